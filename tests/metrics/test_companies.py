"""People of one company answer alike: their answers are one cluster, as it was at the answer."""

import random
from collections import Counter, defaultdict
from math import sqrt

import numpy as np
import pytest
import statsmodels.api as sm
from django.urls import reverse
from django.utils import timezone

from contacts.models import Account, Contact
from contacts.services import erase_contact, merge_contacts
from metrics import reading
from metrics.clusters import ClusterSums, clustered_share
from metrics.folding import differences, fold, mark_repeated, rebuild
from metrics.models import Item, Metric, Observation
from metrics.periods import preset
from metrics.services import Definition, define_missing, revise_metric
from metrics.sources import source_of
from surveys.models import Response
from tests.contacts.factories import make_contact
from tests.metrics.factories import answer, make_survey, response
from tests.surveys.factories import answer as answer_page
from tests.surveys.factories import invite, link
from tests.surveys.factories import make_survey as make_real_survey

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixed_day")]


@pytest.fixture
def survey(owner):
    made = make_survey(owner)
    define_missing()
    return made


def company(name) -> Account:
    return Account.objects.create(name=name, sort_key=name.lower())


def read(user):
    source = source_of(Metric.objects.get(), user=user)
    return reading.read(source, period=preset("30", today=timezone.localdate()))


def test_three_companies_read_as_worked_out_by_hand():
    """4 of 5, 1 of 5 and 5 of 10: p .5, what is left over 1.5, -1.5 and 0."""
    score = clustered_share(ClusterSums.of([(4, 5), (1, 5), (5, 10)]), "company")
    assert score.se == pytest.approx(100 * sqrt(4.5) / 20)
    assert score.method == "Wilson, clustered by company"


def test_the_error_is_that_of_a_regression_clustered_by_company(designer, survey):
    """Statsmodels' cluster-robust error of a constant is the independent computation."""
    chance = random.Random(5)
    accounts = [company(f"c{n}") for n in range(12)]
    rows, clusters = [], []
    for number in range(160):
        account = chance.choice([*accounts, None])
        person = make_contact(account=account)
        liking = 4 + accounts.index(account) % 5 if account else 6
        for _ in range(chance.choice([1, 1, 2])):
            value = max(0, min(10, round(chance.gauss(liking, 2))))
            rows.append(response(survey, {"q": value}, contact=person, account=account))
            clusters.append(account.pk if account else -number)
    Response.objects.bulk_create(rows)
    values = np.array([row.answers["q"] for row in rows], dtype=float)
    fitted = sm.OLS(values, np.ones(len(values))).fit(
        cov_type="cluster",
        cov_kwds={"groups": np.unique(clusters, return_inverse=True)[1], "use_correction": False},
    )
    metric = Metric.objects.get()
    items = list(Item.objects.all())
    revise_metric(metric, items=items, definition=Definition("mean"), by=designer)

    estimate = read(designer).score.estimate

    assert estimate.value == pytest.approx(fitted.params[0])
    assert estimate.se == pytest.approx(fitted.bse[0])
    assert estimate.method.endswith("clustered by company")
    assert (estimate.n, estimate.people) == (len(rows), len({row.contact_id for row in rows}))
    assert estimate.df == len(set(clusters))


def test_colleagues_make_a_wider_interval_than_strangers(client, designer, survey):
    accounts = [company(f"c{n}") for n in range(6)]
    for n in range(60):
        value = 10 if n % 6 < 3 else 2
        answer(survey, {"q": value}, contact=make_contact(), account=accounts[n % 6])
    found = read(designer).score
    assert (found.n, found.people) == (60, 60)
    assert found.estimate.design_effect == pytest.approx(10, rel=0.2)
    client.force_login(designer)
    page = client.get(reverse("metrics:detail", args=[Metric.objects.get().key])).content.decode()
    assert "People of one company count together here" in page
    assert "Answers from one company hang together" in page


def test_somebody_who_changed_companies_is_two_clusters_and_one_person(designer, survey):
    person = make_contact()
    for account in (company("a"), company("b")):
        for _ in range(6):
            answer(survey, {"q": 9}, contact=person, account=account)
    group = reading.groups_of(
        source_of(Metric.objects.get(), user=designer), [preset("30", today=timezone.localdate())]
    )[0]["all", ""]
    assert (group.sums.clusters, group.people, group.companies) == (2, 1, 2)


def test_two_people_of_one_company_mark_the_item(survey):
    account = company("a")
    answer(survey, {"q": 7}, contact=make_contact(), account=account)
    assert not Item.objects.get().repeated
    answer(survey, {"q": 8}, contact=make_contact(), account=account)
    assert Item.objects.get().repeated
    Item.objects.update(repeated=False)
    assert mark_repeated() == 1


def test_the_company_is_the_one_at_the_answer(client, designer, admin):
    survey = make_real_survey(designer)
    before, after = company("before"), company("after")
    contact = make_contact(account=before, email="anna@x.example")
    url = link(invite(survey, contact))
    answer_page(client, url, nps="9")
    answer_page(client, url)
    Contact.objects.filter(pk=contact.pk).update(account=after)
    given = Response.objects.get()
    assert given.account == before
    assert set(Observation.objects.values_list("account_id", flat=True)) == {before.pk}


def test_merging_keeps_the_company_and_erasing_forgets_it(designer, admin):
    survey = make_real_survey(designer)
    account = company("a")
    one, other = make_contact(), make_contact(account=account)
    answer(survey, {"nps": 9}, contact=other, account=account)
    merge_contacts(one, other, take=set(), by=admin)
    assert Observation.objects.get().account_id == account.pk
    erase_contact(one, by=admin)
    assert Observation.objects.get().account_id is None
    assert Response.objects.get().account is None


def test_cells_and_observations_follow_a_changed_company(survey):
    accounts = [company("a"), company("b"), None]
    rows = [answer(survey, {"q": n}, account=accounts[n % 3]) for n in range(9)]
    fold()
    for row, account in zip(rows, reversed(accounts * 3), strict=True):
        Response.objects.filter(pk=row.pk).update(account=account)
        assert differences() == []
    kept = Counter(Observation.objects.values_list("account_id", flat=True))
    expected = Counter(Response.objects.values_list("account_id", flat=True))
    assert kept == expected
    Observation.objects.filter(account_id=None).delete()
    rebuild()
    assert Counter(Observation.objects.values_list("account_id", flat=True)) == expected


def test_companies_are_gathered_as_a_plain_loop_gathers_them(designer, survey):
    chance = random.Random(2)
    accounts = [company(f"c{n}") for n in range(4)]
    people = [make_contact() for _ in range(20)]
    rows = [
        response(
            survey,
            {"q": chance.randint(0, 10)},
            contact=chance.choice(people),
            account=chance.choice([*accounts, None, None]),
        )
        for _ in range(120)
    ]
    Response.objects.bulk_create(rows)
    gathered = defaultdict(list)
    for row in rows:
        cluster = row.account_id or f"p{row.contact_id}"
        gathered[cluster].append((row.answers["q"] >= 9) - (row.answers["q"] <= 6))
    expected = ClusterSums.of((sum(ys), len(ys)) for ys in gathered.values())
    source = source_of(Metric.objects.get(), user=designer)
    [found] = reading.groups_of(source, [preset("30", today=timezone.localdate())])
    assert found["all", ""].sums == expected

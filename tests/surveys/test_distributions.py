import pytest
from django.urls import reverse

from accounts.models import Organisation
from activity.models import Event
from contacts.models import AttributeDefinition, Basis, Contact
from contacts.suppression import suppress
from surveys.models import Distribution, Invitation
from surveys.services import asking
from surveys.services import distributions as planning
from surveys.services.errors import DistributionRefused
from surveys.services.readiness import problems
from tests.browser import PASSWORD
from tests.surveys.asking import (
    launched,
    make_contact,
    make_contacts,
    make_distribution,
    make_sender,
    make_survey,
)

pytestmark = pytest.mark.django_db


def url(name: str, distribution=None, **query) -> str:
    args = [distribution.pk] if distribution else []
    return reverse(f"surveys:{name}", args=args, query=query or None)


@pytest.fixture
def signed_in(client, designer):
    client.force_login(designer)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": 2**40, "reauthenticated": True}
    ]
    session.save()
    return client


# --- who is asked -------------------------------------------------------------------------------------


def test_says_of_everybody_considered_whether_and_why_not(designer):
    distribution = make_distribution(designer)
    make_contact("asked@mail.example")
    make_contact("", given_name="No", family_name="Address")
    make_contact("listed@mail.example")
    suppress("listed@mail.example", "by_staff")
    withdrawn = make_contact("withdrawn@mail.example")
    withdrawn.permissions.update(basis=Basis.WITHDRAWN)
    make_contact("silent@mail.example", allowed=False)
    make_contact("gone@mail.example", erased_at="2026-01-01T00:00Z")
    considered = asking.consider(distribution, by=designer)
    assert considered.asked == 1
    assert considered.left_out == {
        "no_address": 1,
        "suppressed": 1,
        "withdrawn": 1,
        "no_permission": 1,
    }
    planning.launch(distribution, by=designer)
    rows = Invitation.objects.values_list("contact__email", "state", "left_out_because")
    assert set(rows) == {
        ("asked@mail.example", "queued", ""),
        ("", "left_out", "no_address"),
        ("listed@mail.example", "left_out", "suppressed"),
        ("withdrawn@mail.example", "left_out", "withdrawn"),
        ("silent@mail.example", "left_out", "no_permission"),
    }


def test_writes_to_a_shared_address_once(designer):
    distribution = make_distribution(designer)
    planning.set_audience(distribution, audience={}, by=designer)
    make_contact("both@mail.example")
    make_contact("both@mail.example", kind="employee")
    distribution.refresh_from_db()
    considered = asking.consider(distribution, by=designer)
    assert (considered.asked, considered.left_out) == (1, {"same_address": 1})


def test_leaves_out_whom_the_same_survey_asked_lately(designer):
    first = launched(designer, 2)
    again = planning.create_distribution(first.survey, name="Again", by=designer)
    assert asking.consider(again, by=designer).left_out == {"asked_lately": 2}
    other = planning.create_distribution(make_survey(designer), name="Other", by=designer)
    assert asking.consider(other, by=designer).asked == 2


def test_asks_only_contacts_within_reach(north_designer, designer, north, south):
    make_contact("north@mail.example", unit=north)
    make_contact("south@mail.example", unit=south)
    make_contact("none@mail.example")
    distribution = make_distribution(north_designer, unit=north)
    assert asking.consider(distribution, by=north_designer).asked == 1
    assert asking.consider(distribution, by=designer).asked == 3


@pytest.mark.parametrize(
    ("tag", "lang"), [("de-AT", "de"), ("de", "de"), ("fr", "en"), ("", "en"), ("zh-CN", "en")]
)
def test_writes_in_the_language_of_the_person_or_the_first(designer, tag, lang):
    make_contact("a@mail.example", language=tag)
    planning.launch(make_distribution(designer), by=designer)
    assert Invitation.objects.get().language == lang


def test_gives_each_invitation_its_own_message_id_at_the_senders_domain(designer):
    launched(designer, 3)
    ids = set(Invitation.objects.values_list("message_id", flat=True))
    assert len(ids) == 3
    assert all(id_.endswith("@aurora.example") for id_ in ids)
    assert not any(
        str(pk) in " ".join(ids) for pk in Invitation.objects.values_list("pk", flat=True)
    )


# --- launching ----------------------------------------------------------------------------------------


def test_launches_once_however_often_it_is_clicked(designer):
    distribution = launched(designer, 2)
    with pytest.raises(planning.AlreadyLaunched):
        planning.launch(distribution, by=designer)
    assert Invitation.objects.count() == 2
    assert Event.objects.filter(verb="launched").count() == 1


def test_launch_asks_nobody_where_nobody_may_be_asked(designer):
    distribution = make_distribution(designer)
    with pytest.raises(DistributionRefused, match="Nobody would be asked"):
        planning.launch(distribution, by=designer)
    distribution.refresh_from_db()
    assert (distribution.state, Invitation.objects.count()) == ("draft", 0)


@pytest.mark.parametrize("missing", ["imprint", "privacy_url"])
def test_launch_refuses_without_the_legal_footer_and_says_where_it_is_filled_in(
    designer, organisation, missing
):
    Organisation.objects.update(**{missing: ""})
    make_contacts(1)
    distribution = make_distribution(designer)
    with pytest.raises(DistributionRefused, match="Admin, Organisation"):
        planning.launch(distribution, by=designer)


def test_names_everything_that_is_missing(designer):
    distribution = make_distribution(designer, survey=make_survey(designer, published=False))
    sender = distribution.sender
    sender.active = False
    sender.save()
    distribution.bodies = {"en": "Dear {{ pet }}"}
    distribution.save()
    words = " ".join(map(str, problems(distribution)))
    assert "Publish it first" in words
    assert "There is no “pet”" in words
    assert "not used as a sender any more" in words


def test_changes_nothing_after_the_launch(designer):
    distribution = launched(designer, 1)
    with pytest.raises(DistributionRefused):
        planning.set_audience(distribution, audience={}, by=designer)
    with pytest.raises(DistributionRefused):
        planning.set_message(distribution, subjects={}, bodies={}, sender=None, by=designer)


def test_trail_never_quotes_whom_somebody_searched_for(designer):
    distribution = make_distribution(designer)
    planning.set_audience(distribution, audience={"search": "Koch"}, by=designer)
    assert "Koch" not in str(list(Event.objects.values_list("data", "subject_label")))


# --- the pages ----------------------------------------------------------------------------------------


def test_plans_reviews_and_launches_without_scripts(signed_in, designer):
    make_sender()
    survey = make_survey(designer)
    make_contact("anna@mail.example", given_name="Anna", family_name="Koch", language="de")
    make_contact("", given_name="Nobody")
    page = signed_in.post(url("new_distribution"), {"name": "Wave", "survey": survey.pk})
    distribution = Distribution.objects.get()
    assert page["Location"] == url("audience", distribution)
    page = signed_in.post(url("audience", distribution), {"kind": "customer"}, follow=True)
    assert b"{{ salutation }}" in page.content
    fields = {"sender": make_sender().pk}
    for lang in ("en", "de"):
        fields[f"subject_{lang}"] = "{{ given_name|You }}, how was it?"
        fields[f"body_{lang}"] = "{{ salutation }}\n\nTell us."
    page = signed_in.post(url("message", distribution), fields, follow=True)
    assert b"asks 1 person" in page.content
    assert b"No e-mail address" in page.content
    page = signed_in.post(url("launch", distribution), follow=True)
    assert b"0 of 1 sent" in page.content
    assert Invitation.objects.get(state="queued").language == "de"


def test_message_page_names_an_unknown_placeholder(signed_in, designer):
    distribution = make_distribution(designer)
    fields = {"subject_en": "Hello", "body_en": "Your {{ shoe_size }}"}
    page = signed_in.post(url("message", distribution), fields)
    assert page.status_code == 422
    assert "There is no “shoe_size”" in page.content.decode()


def test_counts_the_audience_as_it_is_typed(signed_in, designer):
    distribution = make_distribution(designer)
    make_contact("a@mail.example", language="de")
    make_contact("b@mail.example", language="en")
    page = signed_in.get(
        url("audience_count", distribution, language="de"), headers={"HX-Request": "true"}
    )
    assert b"<b>1</b> contact" in page.content
    assert b"<html" not in page.content


def test_filters_the_audience_by_attributes(signed_in, designer):
    from contacts.models import AttributeDefinition

    AttributeDefinition.objects.create(key="class", label="Class")
    make_contact("a@mail.example", attributes={"class": "Eco"})
    make_contact("b@mail.example", attributes={"class": "Business"})
    distribution = make_distribution(designer)
    signed_in.post(url("audience", distribution), {"of_class": "Business, First"})
    distribution.refresh_from_db()
    assert distribution.audience == {"attributes": {"class": ["Business", "First"]}}
    assert asking.consider(distribution, by=designer).asked == 1
    assert b"Business, First" in signed_in.get(url("audience", distribution)).content


def test_asks_for_the_password_again_above_the_limit(client, designer, settings):
    client.force_login(designer)
    settings.SEND_REAUTHENTICATE_ABOVE = 2
    make_contacts(3)
    distribution = make_distribution(designer)
    page = client.post(url("launch", distribution))
    assert "reauthenticate" in page["Location"]
    assert not Invitation.objects.exists()

    proof = {"password": PASSWORD, "next": url("launch", distribution)}
    client.post(page["Location"], proof)

    assert Invitation.objects.count() == 3


def test_asks_for_no_password_up_to_the_limit(client, designer, settings):
    client.force_login(designer)
    settings.SEND_REAUTHENTICATE_ABOVE = 3
    make_contacts(3)
    client.post(url("launch", make_distribution(designer)))
    assert Invitation.objects.count() == 3


def test_shows_who_is_left_out_by_name(signed_in, designer):
    distribution = make_distribution(designer)
    make_contact("", given_name="Anna", family_name="Koch", display_name="Anna Koch")
    page = signed_in.get(url("considered", distribution, reason="no_address"))
    assert b"Anna Koch" in page.content


def test_progress_is_a_page_and_a_part(signed_in, designer):
    distribution = launched(designer, 2)
    page = signed_in.get(url("distribution", distribution))
    assert b'hx-trigger="every 2s"' in page.content
    assert b"Refresh" in page.content
    part = signed_in.get(url("distribution", distribution), headers={"HX-Request": "true"})
    assert b"0 of 2 sent" in part.content
    assert b"<html" not in part.content
    planning.pause(distribution, by=designer)
    part = signed_in.get(url("distribution", distribution), headers={"HX-Request": "true"})
    assert b"every 2s" not in part.content
    assert part["HX-Refresh"] == "true"
    assert "HX-Refresh" not in signed_in.get(url("distribution", distribution))


def test_watching_never_takes_the_buttons_away(signed_in, designer):
    distribution = launched(designer, 2)
    page = signed_in.get(url("distribution", distribution)).content.decode()
    part = signed_in.get(
        url("distribution", distribution), headers={"HX-Request": "true"}
    ).content.decode()
    assert "Cancel it for everybody who waits" in page
    assert "Cancel it" not in part
    assert page.index("</dl>") < page.index("Cancel it")


def test_shows_what_machines_sent_apart_from_answers(signed_in, designer):
    distribution = launched(designer, 2)
    assert b"by machines" not in signed_in.get(url("distribution", distribution)).content
    Invitation.objects.update(machine_hits=3)
    page = signed_in.get(url("distribution", distribution)).content.decode()
    assert "<dt>Answered</dt><dd>0</dd>" in page
    assert "<dt>Sent by machines, kept apart</dt><dd>6</dd>" in page


@pytest.mark.parametrize(
    ("kind", "words"), [("employee", b"you work for"), ("", b"would like to hear")]
)
def test_tells_readers_why_they_receive_it_by_whom_it_is_for(signed_in, designer, kind, words):
    draft = make_distribution(designer)
    signed_in.post(url("audience", draft), {"kind": kind})
    assert words in signed_in.get(reverse("surveys:letter", args=[draft.pk, "en"])).content


def test_drops_a_draft_after_asking_and_says_that_nobody_was_written_to(signed_in, designer):
    draft = make_distribution(designer)
    assert (
        "It can never be launched then."
        in signed_in.get(url("distribution", draft)).content.decode()
    )
    page = signed_in.post(url("cancel_distribution", draft), follow=True).content.decode()
    assert "November wave was dropped" in page
    assert "None" not in page
    assert "Never" in signed_in.get(url("distributions")).content.decode()


def test_tells_who_answered_only_to_those_who_may_read_it(client, admin, signed_in, designer):
    distribution = launched(designer, 1)
    Invitation.objects.update(done_at=distribution.launched_at)
    page = url("recipients", distribution)
    assert "Answered" in signed_in.get(page).content.decode()
    client.force_login(admin)
    assert "Answered" not in client.get(page).content.decode()


def test_names_the_language_of_a_text_that_is_wrong(signed_in, designer):
    draft = make_distribution(designer)
    data = {"subject_en": "Hi", "body_en": "Hi", "subject_de": "{{ x }}", "body_de": "Hallo"}
    page = signed_in.post(url("message", draft), data).content.decode()
    assert "Subject in German: There is no “x”." in page


def test_refuses_more_values_than_a_filter_takes(signed_in, designer):
    AttributeDefinition.objects.create(key="town", label="Town")
    draft = make_distribution(designer)
    towns = [f"Town {n}" for n in range(51)]
    refused = signed_in.post(url("audience", draft), {"of_town": ", ".join(towns)})
    assert refused.status_code == 422
    assert "at most 50 values. There are 51 now." in refused.content.decode()
    assert (
        signed_in.post(url("audience", draft), {"of_town": ", ".join(towns[:50])}).status_code
        == 302
    )


def test_recipients_are_filtered_and_paged_by_key(signed_in, designer, django_assert_num_queries):
    distribution = launched(designer, 60)
    Invitation.objects.filter(contact__email="person7@mail.example").update(
        state="failed", error="550 no such user"
    )
    first = signed_in.get(url("recipients", distribution))
    assert first.content.count(b"@mail.example") == 50
    rest = signed_in.get(url("recipients", distribution, after=first.context["next"]))
    assert rest.content.count(b"@mail.example") == 10
    failed = signed_in.get(url("recipients", distribution, state="failed"))
    assert b"550 no such user" in failed.content
    with django_assert_num_queries(11):
        signed_in.get(url("recipients", distribution))


def test_list_reads_the_same_few_queries_for_many(
    signed_in, designer, django_assert_max_num_queries
):
    survey = make_survey(designer)
    for number in range(30):
        planning.create_distribution(survey, name=f"Wave {number}", by=designer)
    with django_assert_max_num_queries(12):
        page = signed_in.get(url("distributions"))
    assert page.content.count(b"Wave ") == 25
    older = signed_in.get(url("distributions", before=page.context["older"]))
    assert older.content.count(b"Wave ") == 5


def test_empty_list_says_what_to_do_next(signed_in):
    page = signed_in.get(url("distributions"))
    assert b"Nobody has been asked yet" in page.content
    assert reverse("surveys:new_distribution").encode() in page.content


@pytest.mark.parametrize("name", ["recipients", "considered"])
@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, "\x00"])
def test_nonsense_in_the_address_is_no_error(signed_in, designer, name, after):
    draft = make_distribution(designer)
    assert signed_in.get(url(name, draft, after=after, state="?", reason="")).status_code == 200


def test_letter_is_framed_with_its_own_strict_policy(signed_in, designer):
    distribution = make_distribution(designer)
    page = signed_in.get(reverse("surveys:letter", args=[distribution.pk, "en"]))
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert "script" not in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    assert b"Hello Designer" in page.content


def test_sends_a_test_to_oneself_only(signed_in, designer, sink):
    make_contacts(2)
    distribution = make_distribution(designer)
    signed_in.post(url("test_mail", distribution), {"lang": "de"})
    assert sink.counts == {"designer@cx.example": 1}
    assert str(sink.messages[0]["Subject"]).startswith("[Test]")
    assert not Invitation.objects.exists()


def test_says_why_a_test_did_not_go(signed_in, designer, sink):
    sink.rcpt = lambda address: "550 we know nobody"
    page = signed_in.post(url("test_mail", make_distribution(designer)), follow=True)
    assert b"550 we know nobody" in page.content


def test_erased_contacts_are_never_considered(designer):
    make_contact("a@mail.example", erased_at="2026-01-01T00:00Z")
    assert Contact.objects.count() == 1
    assert asking.consider(make_distribution(designer), by=designer).total == 0

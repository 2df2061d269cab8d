"""The editor's resources: each edit, its refusals, and two people at once."""

import pytest
from django.urls import reverse

from surveys.selectors import draft_of
from surveys.services.surveys import create_survey, publish
from tests.surveys.factories import make_survey


@pytest.fixture
def survey(designer):
    return create_survey("After your flight", by=designer, starter="relationship_nps")


@pytest.fixture
def desk(client, designer, survey):
    """Send one edit of the survey under its present revision; then look at the draft."""
    client.force_login(designer)

    def send(route, *args, **data):
        survey.refresh_from_db()
        data = {"revision": survey.draft_revision, "lang": "en"} | data
        sent = client.post(reverse(f"surveys:{route}", args=[survey.pk, *args]), data)
        survey.refresh_from_db()
        return sent

    return send


def keys(survey) -> list[str]:
    return [each.key for each in draft_of(survey).questions]


def test_adds_copies_and_removes_questions(desk, survey):
    desk("questions", kind="single_choice", page="score", after="nps")
    assert keys(survey)[:2] == ["nps", "choice"]
    desk("question_copy", "choice")
    assert keys(survey)[:3] == ["nps", "choice", "choice_2"]
    desk("question_removal", "choice")
    assert keys(survey)[:2] == ["nps", "choice_2"]
    desk("restoration")
    assert keys(survey)[:3] == ["nps", "choice", "choice_2"]


def test_rewords_moves_adds_and_removes_options(desk, survey):
    desk("questions", kind="single_choice", page="score")

    def labels():
        return [c.label.root["en"] for c in draft_of(survey).by_key["choice"].choices]

    rows = {"choice_key": ["option_1", "option_2"], "choice": ["Red", "Blue"], "title": "Which?"}
    desk("question", "choice", **rows, choice_new="Green", choice_add="1")
    assert labels() == ["Red", "Blue", "Green"]
    rows = {"choice_key": ["option_1", "option_2", "green"], "choice": ["Red", "Blue", "Green"]}
    desk("question", "choice", **rows, choice_up="green")
    assert labels() == ["Red", "Green", "Blue"]
    desk("question", "choice", **rows, choice_gone="option_1")
    assert labels() == ["Blue", "Green"]


def test_keeps_the_other_languages_of_a_text(desk, survey):
    desk("question", "nps", title="Würden Sie?", lang="de")
    title = draft_of(survey).by_key["nps"].title.root
    assert title["de"] == "Würden Sie?"
    assert title["en"].startswith("How likely")


def test_sets_and_lifts_a_condition(desk, survey):
    desk("condition", "what_went_wrong", other="nps", op="between", low="0", high="4")
    assert draft_of(survey).by_key["what_went_wrong"].shown_if.high == 4
    wrong = desk("condition", "what_went_wrong", other="nps", op="between", low="9", high="4")
    assert wrong.status_code == 422
    assert "the lower one first" in wrong.content.decode()
    desk("condition", "what_went_wrong", always="1")
    assert draft_of(survey).by_key["what_went_wrong"].shown_if is None


def test_adds_moves_and_removes_pages(desk, survey):
    desk("pages", after="score")
    desk("page", "page", title="Half way")
    assert [p.key for p in draft_of(survey).pages] == ["score", "page", "why"]
    desk("page_move", "page", direction="up")
    assert [p.key for p in draft_of(survey).pages] == ["page", "score", "why"]
    desk("page_removal", "why")
    assert keys(survey) == ["nps"]
    desk("restoration")
    assert len(keys(survey)) == 4


def test_changes_the_name_the_texts_and_the_languages(desk, survey):
    data = {"name": "New name", "title": "Hello", "languages_sent": "1", "languages": ["de", "en"]}
    desk("texts", **data)
    assert (survey.name, draft_of(survey).languages) == ("New name", ["en", "de"])
    assert desk("texts", languages_sent="1").status_code == 422


def test_never_overwrites_what_a_colleague_saved(desk, survey, designer, admin, client):
    old = survey.draft_revision
    client.force_login(admin)
    desk("question", "nps", title="Mine")
    client.force_login(designer)
    late = desk("question", "nps", title="Yours", revision=old)
    page = late.content.decode()
    assert late.status_code == 409
    assert "Admin changed this survey" in page
    assert ">Yours</textarea>" in page
    assert draft_of(survey).by_key["nps"].title.root["en"] == "Mine"


def test_saves_nothing_where_nothing_changed(desk, survey):
    desk("question", "nps", title="Would you?", required="on")
    assert desk("question", "nps", title="Would you?", required="on", revision=1).status_code == 302
    assert survey.draft_revision == 2


def test_saves_by_itself_and_tells_the_page_the_new_revision(client, designer, survey):
    client.force_login(designer)
    url = reverse("surveys:question", args=[survey.pk, "nps"])
    data = {"revision": survey.draft_revision, "lang": "en", "title": "Would you?"}
    sent = client.post(url, data, headers={"HX-Request": "true"})
    assert '"revision": 2' in sent["HX-Trigger"]
    assert "Would you?" in sent.content.decode()
    assert "<html" not in sent.content.decode()


@pytest.mark.parametrize("data", [{"min": "x"}, {"max": "500"}, {"revision": "\x00"}])
def test_refuses_an_edit_that_makes_no_sense(desk, survey, data):
    desk("questions", kind="rating", page="score")
    assert desk("question", "rating", title="How?", **data).status_code in (409, 422)


def test_shows_the_draft_in_a_frame_of_our_own(client, designer, survey):
    client.force_login(designer)
    url = reverse("surveys:preview", args=[survey.pk])
    shown = client.get(url + "?page=2&lang=de")
    assert "Was ist schiefgelaufen?" in shown.content.decode()
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert client.get(url + "?page=99999&lang=xx").status_code == 200


def test_walks_through_the_preview_and_keeps_nothing(client, designer, survey):
    from tests.surveys.factories import SHOWN

    client.force_login(designer)
    url = reverse("surveys:preview", args=[survey.pk])
    page = client.get(url).content.decode()
    first = {"_page": "1", "_shown": SHOWN.search(page)[1], "nps": "2", "_go": "next"}
    second = client.post(url, first).content.decode()
    assert "What went wrong?" in second
    so_far = second.split('name="_so_far" value="')[1].split('"')[0]
    speaks = client.post(url, first | {"_speak": "de"}).content.decode()
    assert '<html lang="de"' in speaks
    assert 'value="2" checked' in speaks
    sent = {"_page": "2", "_shown": SHOWN.search(second)[1], "_so_far": so_far, "_go": "next"}
    assert "Thank you" in client.post(url, sent).content.decode()
    assert not survey.responses.exists()


def test_says_what_stands_against_publishing(client, designer):
    survey = create_survey("Empty", by=designer)
    client.force_login(designer)
    url = reverse("surveys:publication", args=[survey.pk])
    assert "Add one." in client.get(url).content.decode()
    assert client.post(url, {"revision": 1}).status_code == 409


@pytest.fixture
def shown(client, survey):
    """A page about the survey, as text."""

    def show(route, query=""):
        return client.get(reverse(f"surveys:{route}", args=[survey.pk]) + query).content.decode()

    return show


def test_says_at_both_questions_what_a_move_broke_and_cures_it_by_a_click(desk, survey, shown):
    desk("question_move", "what_went_wrong", page="score", position="0")
    for key in ("what_went_wrong", "nps"):
        page = shown("edit", f"?q={key}")
        assert "“What went wrong?” stands before “How likely are you" in page
        assert "Move question 1 behind question 2" in page
        assert "1 thing to put right first" in page
    assert "Show it always" in shown("edit", "?q=what_went_wrong")
    desk("question_move", "what_went_wrong", page="score", position="1")
    assert keys(survey)[:2] == ["nps", "what_went_wrong"]
    assert "put right first" not in shown("edit")


def test_refuses_to_publish_what_a_move_broke_and_leads_to_the_question(desk, survey, shown):
    desk("question_move", "nps", page="why", position="1")
    refused = desk("publication")
    assert (refused.status_code, survey.versions.count()) == (409, 0)
    assert "It is not published" in refused.content.decode()
    page = shown("publication")
    assert page.count("stands before") == 1
    assert '/edit/?q=what_went_wrong">Go to question 1</a>' in page


def test_says_at_a_page_what_moving_it_broke(desk, survey, shown):
    desk("page_move", "why", direction="up")
    page = shown("edit", "?q=page:why")
    assert page.count("stands before") == 3
    assert "Change when question 3 is shown" in page
    assert "3 things to put right first" in page


def test_leads_from_every_problem_to_where_it_is_put_right(desk, survey, shown):
    desk("texts", title="")
    desk("question", "nps", title="", lang="de", required="on")
    desk("pages")
    page = shown("publication")
    assert "?q=survey&amp;lang=en" in page
    assert "?q=nps&amp;lang=de" in page
    assert "?q=page%3Apage" in page


def test_names_languages(desk, survey, shown):
    desk("question", "nps", title="", lang="zh-Hans", required="on")
    assert "has no text in Simplified Chinese" in shown("publication")


def test_lists_surveys_in_the_same_number_of_queries(
    client, designer, django_assert_max_num_queries
):
    client.force_login(designer)
    for _n in range(3):
        make_survey(designer)
    with django_assert_max_num_queries(14):
        few = client.get("/surveys/")
    for _n in range(9):
        publish(create_survey("More", by=designer, starter="csat_after_purchase"), by=designer)
    with django_assert_max_num_queries(14):
        many = client.get("/surveys/?q=flight")
    assert many.content.decode().count("<tr>") == few.content.decode().count("<tr>")
    part = client.get("/surveys/?q=nothing", headers={"HX-Request": "true"})
    assert "No survey matches" in part.content.decode()
    assert "<html" not in part.content.decode()

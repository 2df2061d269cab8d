import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.document.answering import (
    Progress,
    askable_questions,
    next_page,
    page_questions,
    previous_page,
    progress,
    read_page,
    state,
    states,
)
from surveys.document.expressions import Answered, Between, Compare, answer_of
from surveys.document.logic import shown_questions
from surveys.document.questions import Csat, LongText, MultipleChoice, Nps, Rating
from surveys.document.schema import Page, SurveyDocument
from surveys.document.starters import starter_document

STARTER = starter_document("relationship_nps")


def one_page() -> SurveyDocument:
    low = Compare(op="le", left=answer_of("nps"), value=6)
    told = Answered(left=answer_of("wrong"))
    questions = [
        Nps(key="nps", required=True),
        LongText(key="wrong", shown_if=low, required=True),
        LongText(key="more", shown_if=told),
        Rating(key="seat", not_applicable=True),
    ]
    last = Page(key="last", questions=[Csat(key="csat", shown_if=low)])
    return SurveyDocument(languages=["en"], pages=[Page(key="p", questions=questions), last])


def test_sees_the_values_just_sent_in_conditions_of_the_same_page():
    sent = {"nps": ["3"], "wrong": ["Late"], "more": ["Very"], "seat": ["na"]}
    result = read_page(one_page(), 0, sent, {}, "en")
    assert result.ok
    assert result.answers == {"nps": 3, "wrong": "Late", "more": "Very", "seat": {"na": True}}


def test_drops_answers_that_are_no_longer_in_force_on_any_page():
    stored = {"nps": 3, "wrong": "Late", "csat": 2, "gone": 1}
    sent = {"nps": ["9"], "wrong": ["Late"], "more": ["x"], "csat": ["5"]}
    assert read_page(one_page(), 0, sent, stored, "en").answers == {"nps": 9}


def test_keeps_answers_of_other_pages_and_ignores_what_they_are_sent():
    stored = {"nps": 3, "wrong": "Late", "csat": 2}
    result = read_page(one_page(), 0, {"nps": ["4"], "wrong": ["L"], "csat": ["5"]}, stored, "en")
    assert result.answers == {"nps": 4, "wrong": "L", "csat": 2}


def test_requires_only_what_is_in_force():
    document = one_page()
    assert read_page(document, 0, {}, {}, "en").errors == {"nps": "Choose one of 0 to 10."}
    assert read_page(document, 0, {"nps": ["3"]}, {}, "de").errors == {
        "wrong": "Schreiben Sie eine Antwort."
    }
    assert read_page(document, 0, {"nps": ["9"]}, {}, "en").ok


def test_shows_again_what_was_entered_and_stores_nothing_wrong():
    sent = {"nps": ["11"], "more": ["typed"], "seat": ["5"]}
    result = read_page(one_page(), 0, sent, {}, "en")
    assert list(result.errors) == ["nps"]
    assert result.answers == {"seat": 5}
    assert result.entered == {"nps": ["11"], "wrong": [], "more": ["typed"], "seat": ["5"]}


def test_reads_a_getlist_function_as_well_as_a_mapping():
    sent = {"nps": ["9"]}
    assert read_page(one_page(), 0, lambda key: sent.get(key, []), {}, "en").answers == {"nps": 9}


def test_unsends_an_answer_that_was_taken_back():
    stored = {"nps": 9, "seat": 4}
    assert read_page(one_page(), 0, {"nps": ["9"]}, stored, "en").answers == {"nps": 9}


@pytest.mark.parametrize("index", [-1, 2])
def test_refuses_a_page_that_does_not_exist(index):
    with pytest.raises(IndexError):
        read_page(one_page(), index, {}, {}, "en")


@pytest.mark.parametrize(
    ("score", "key"),
    [(0, "what_went_wrong"), (6, "what_went_wrong"), (7, "what_would_make_it_a_ten"),
     (8, "what_would_make_it_a_ten"), (9, "what_did_we_do_best"), (10, "what_did_we_do_best")],
)  # fmt: skip
def test_asks_the_why_that_fits_the_score(score, key):
    answers = read_page(STARTER, 0, {"nps": [str(score)]}, {}, "ms").answers
    assert next_page(STARTER, answers, 0) == 1
    assert [question.key for question in page_questions(STARTER, answers, 1)] == [key]
    assert progress(STARTER, answers, 1) == Progress(2, 2)


def test_skips_pages_with_nothing_in_force_both_ways():
    document = one_page()
    assert next_page(document, {}, -1) == 0
    assert next_page(document, {"nps": 9}, 0) is None
    assert next_page(document, {"nps": 3}, 0) == 1
    assert previous_page(document, {"nps": 3}, 1) == 0
    assert previous_page(document, {"nps": 3}, 0) is None


def test_counts_a_page_as_a_step_while_it_may_still_come():
    assert progress(STARTER, {}, 0) == Progress(1, 2)
    assert progress(one_page(), {"nps": 9}, 0) == Progress(1, 2)


def test_offers_what_hangs_on_an_answer_of_the_same_page():
    keys = [question.key for question in askable_questions(one_page(), {}, 0)]
    assert keys == ["nps", "wrong", "more", "seat"]
    assert askable_questions(STARTER, {"nps": 3}, 1) == page_questions(STARTER, {"nps": 3}, 1)


def test_tells_skipped_not_applicable_and_not_shown_apart():
    answers = {"nps": 9, "seat": {"na": True}, "wrong": "left over"}
    assert states(one_page(), answers) == {
        "nps": "answered",
        "wrong": "not_shown",
        "more": "not_shown",
        "seat": "not_applicable",
        "csat": "not_shown",
    }
    assert state(one_page(), {}, "nps") == "skipped"
    with pytest.raises(KeyError):
        state(one_page(), {}, "gone")


KEYS = [f"q{n}" for n in range(6)]


@st.composite
def documents(draw) -> SurveyDocument:
    made = []
    for n, key in enumerate(KEYS):
        asked = answer_of(draw(st.sampled_from(KEYS)))
        condition = draw(
            st.sampled_from([None, Between(left=asked, low=1, high=3), Answered(left=asked)])
        )
        kind = draw(st.sampled_from([Nps, LongText, MultipleChoice]))
        required = draw(st.booleans())
        made.append(kind.default(KEYS[n], ["en"], shown_if=condition, required=required))
        assert made[-1].key == key
    pages = [Page(key="a", questions=made[:3]), Page(key="b", questions=made[3:])]
    return SurveyDocument(languages=["en"], pages=pages)


form = st.dictionaries(
    st.sampled_from([*KEYS, "other"]),
    st.lists(st.sampled_from(["1", "2", "9", "11", "option_1", "", "x"]) | st.text(), max_size=3),
)


@given(documents(), form, form, form)
def test_never_keeps_an_answer_to_a_hidden_question(document, first, second, third):
    answers = {}
    for index, sent in ((0, first), (1, second), (0, third)):
        answers = read_page(document, index, sent, answers, "en").answers
        assert set(answers) <= set(shown_questions(document, answers))
        for key, answer in answers.items():
            assert document.by_key[key].export(answer)

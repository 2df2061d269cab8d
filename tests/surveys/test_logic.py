import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from surveys.document.describe import describe
from surveys.document.expressions import (
    All,
    Answered,
    AnyOf,
    Between,
    Compare,
    Condition,
    Not,
    OneOf,
    Selected,
    answer_of,
    evaluate,
    leaves,
    references,
    without,
)
from surveys.document.logic import in_force, shown_questions
from surveys.document.problems import problems
from surveys.document.questions import Csat, LongText, Nps, SingleChoice
from surveys.document.schema import Page, SurveyDocument
from surveys.document.texts import Text

NPS = answer_of("nps")
CONDITION = TypeAdapter(Condition)


def compare(op, value, key="nps"):
    return Compare(op=op, left=answer_of(key), value=value)


def document(*questions, languages=("en",)) -> SurveyDocument:
    page = Page(key="p", questions=list(questions))
    return SurveyDocument(languages=list(languages), title=Text({"en": "T"}), pages=[page])


def nps() -> Nps:
    return Nps.default("nps", ["en"])


def why(key="why", **rest) -> LongText:
    return LongText.default(key, ["en"], **rest)


def codes(made) -> list[str]:
    return [problem.code for problem in problems(made)]


@pytest.mark.parametrize(
    ("op", "value", "holds"),
    [
        ("eq", 7, True), ("eq", 8, False), ("ne", 8, True), ("ne", 7, False),
        ("lt", 8, True), ("lt", 7, False), ("le", 7, True), ("gt", 6, True),
        ("ge", 7, True), ("ge", 8, False), ("eq", "7", False), ("lt", "8", False),
    ],
)  # fmt: skip
def test_compares_an_answer(op, value, holds):
    assert evaluate(compare(op, value), {"nps": 7}) is holds


@pytest.mark.parametrize("answers", [{}, {"nps": {"na": True}}])
@pytest.mark.parametrize("op", ["eq", "ne", "lt", "le", "gt", "ge"])
def test_holds_nothing_of_a_missing_answer_negated_or_not(op, answers):
    assert not evaluate(compare(op, 7), answers)
    assert not evaluate(Not(of=compare(op, 7)), answers)
    assert not evaluate(Answered(left=NPS), answers)
    assert evaluate(Not(of=Answered(left=NPS)), answers)


def test_decides_a_group_where_the_known_part_is_enough():
    known, unknown = compare("eq", 7), compare("eq", 1, "gone")
    assert evaluate(AnyOf(of=[unknown, known]), {"nps": 7})
    assert not evaluate(All(of=[unknown, known]), {"nps": 7})
    assert evaluate(Not(of=All(of=[unknown, known])), {"nps": 8})


def test_finds_picks_and_ranges():
    picked = {"used": ["app", "shop"], "one": "app", "nps": 6}
    for key in ("used", "one"):
        assert evaluate(Selected(left=answer_of(key), choice="app"), picked)
        assert evaluate(OneOf(left=answer_of(key), values=["fax", "app"]), picked)
        assert not evaluate(Selected(left=answer_of(key), choice="fax"), picked)
    assert evaluate(Between(left=NPS, low=0, high=6), picked)
    assert not evaluate(Between(left=NPS, low=7, high=8), picked)


expressions = st.recursive(
    st.builds(compare, st.sampled_from(["eq", "ne", "lt", "ge"]), st.integers(0, 10))
    | st.builds(Answered, left=st.just(NPS))
    | st.builds(Selected, left=st.just(answer_of("one")), choice=st.just("app")),
    lambda inner: (
        st.builds(Not, of=inner)
        | st.builds(All, of=st.lists(inner, min_size=1, max_size=3))
        | st.builds(AnyOf, of=st.lists(inner, min_size=1, max_size=3))
    ),
    max_leaves=8,
)
stored = st.none() | st.integers(-1, 11) | st.text(max_size=3) | st.just({"na": True})
stored |= st.lists(st.sampled_from(["app", "shop"]))


@given(expressions, stored, stored)
def test_gives_a_verdict_on_any_answers_and_never_both(expr, first, second):
    found = {k: v for k, v in {"nps": first, "one": second}.items() if v is not None}
    assert not (evaluate(expr, found) and evaluate(Not(of=expr), found))


@given(expressions)
def test_takes_a_question_out_of_an_expression(expr):
    rest = without(expr, "nps")
    if rest is None:
        assert references(expr) == ["nps"]
    else:
        assert "nps" not in references(rest)
        kept = [leaf for leaf in leaves(expr) if leaf.left.question != "nps"]
        assert list(leaves(rest)) == kept


def test_refuses_over_200_parts_and_over_12_levels():
    leaf = {"op": "answered", "left": {"question": "a"}}
    assert CONDITION.validate_python({"op": "all", "of": [leaf] * 199})
    with pytest.raises(ValidationError, match="more than 200 parts"):
        CONDITION.validate_python({"op": "all", "of": [leaf] * 200})
    deep = leaf
    for _ in range(11):
        deep = {"op": "not", "of": deep}
    assert CONDITION.validate_python(deep)
    with pytest.raises(ValidationError, match="12 levels"):
        CONDITION.validate_python({"op": "not", "of": deep})


@pytest.mark.parametrize("value", [True, 1.5, None, [1]])
def test_refuses_values_that_are_neither_number_nor_text(value):
    with pytest.raises(ValidationError):
        compare("eq", value)


def test_hides_what_hangs_on_a_hidden_question():
    made = document(
        nps(),
        why("a", shown_if=compare("le", 6)),
        why("b", shown_if=Answered(left=answer_of("a"))),
    )
    answers = {"nps": 3, "a": "late", "b": "very"}
    assert shown_questions(made, answers) == ["nps", "a", "b"]
    assert shown_questions(made, {**answers, "nps": 9}) == ["nps"]
    assert in_force(made, {**answers, "nps": 9}).answers == {"nps": 9}


def test_takes_a_later_answer_as_missing():
    made = document(why(shown_if=compare("le", 6)), nps())
    assert shown_questions(made, {"nps": 3}) == ["nps"]


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (compare("eq", 1, "gone"), "unknown_reference"),
        (Answered(left=answer_of("why")), "own_reference"),
        (Answered(left=answer_of("later")), "later_reference"),
        (compare("gt", 10), "impossible"),
        (compare("eq", 11), "impossible"),
        (compare("ne", "x"), "impossible"),
        (AnyOf(of=[compare("eq", 11), compare("eq", 1)]), "impossible"),
        (Selected(left=answer_of("one"), choice="fax"), "impossible"),
        (compare("lt", 3, "one"), "impossible"),
        (All(of=[compare("lt", 3), compare("gt", 8)]), "contradiction"),
        (All(of=[Answered(left=NPS), Not(of=Answered(left=NPS))]), "contradiction"),
    ],
)
def test_reports_conditions_that_cannot_work(condition, code):
    made = document(
        nps(),
        SingleChoice.default("one", ["en"]),
        why(shown_if=condition),
        why("later"),
    )
    found = problems(made)
    assert [(p.code, p.key, p.level) for p in found] == [(code, "why", "error")]
    assert "What is the main reason" in found[0].sentence


@pytest.mark.parametrize(
    "condition",
    [
        compare("le", 6),
        Not(of=compare("ge", 7)),
        AnyOf(of=[compare("eq", 0), Selected(left=answer_of("one"), choice="option_1")]),
        Not(of=Answered(left=NPS)),
    ],
)
def test_lets_conditions_pass_that_can_work(condition):
    made = document(nps(), SingleChoice.default("one", ["en"]), why(shown_if=condition))
    assert codes(made) == []


def test_reports_empty_texts_as_errors_and_missing_translations_as_warnings():
    made = document(why(title={"en": "Why?"}), why("b", title={}), languages=["en", "de"])
    found = [(p.code, p.key, p.level, p.params["language"]) for p in problems(made)]
    assert found == [
        ("missing_translation", "", "warning", "de"),
        ("missing_translation", "why", "warning", "de"),
        ("empty_text", "b", "error", "en"),
    ]


def test_reports_choices_that_read_the_same():
    labels = [{"key": "a", "label": {"en": "Yes"}}, {"key": "b", "label": {"en": "yes"}}]
    made = document(SingleChoice.default("one", ["en"], choices=labels))
    assert codes(made) == ["duplicate_label"]


def test_reports_a_survey_that_asks_nothing_and_ends_without_names():
    assert codes(document()) == ["no_questions"]
    assert codes(document(Csat(key="c", title=Text({"en": "How?"})))) == ["unlabelled_ends"]


def test_reads_groups_aloud_without_ambiguity():
    made = document(nps(), Csat.default("csat", ["en", "de"], title={"en": "Well?", "de": "Gut?"}))
    either = AnyOf(of=[compare("lt", 3, "csat"), compare("eq", 5, "csat")])
    expr = All(of=[Answered(left=answer_of("csat")), either])
    assert describe(expr, made, "en") == (
        "If “Well?” is answered and (“Well?” is 1 to 2 or “Well?” is 5)"
    )
    assert describe(compare("eq", 5, "csat"), made, "de") == "Wenn „Gut?“ gleich 5 ist"
    assert "no longer exists" in describe(compare("eq", 5, "gone"), made, "en")

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from surveys.document.answers import AnswerError, not_applicable
from surveys.document.catalogue import de, en, ms, zh_hans
from surveys.document.compatibility import bound_changes
from surveys.document.describe import describe
from surveys.document.editing import update_question
from surveys.document.messages import CATALOGUES, say
from surveys.document.problems import problems
from surveys.document.questions import (
    TYPES,
    Ces,
    Csat,
    LongText,
    MultipleChoice,
    Nps,
    Rating,
    ShortText,
    SingleChoice,
)
from surveys.document.questions.wording import HIGH_ENDS, LOW_ENDS, TITLES
from surveys.document.schema import Page, SurveyDocument, json_schema
from surveys.document.starters import STARTERS, starter_document
from surveys.document.texts import LANGUAGES, Text, choose_language

AIRLINE = Rating.default("wifi", ["en"], not_applicable=True)
MULTI = MultipleChoice.model_validate(
    {
        "key": "used",
        "min_picks": 1,
        "max_picks": 2,
        "choices": [
            {"key": "app", "label": {"en": "App", "de": "Anwendung"}},
            {"key": "shop", "label": {"en": "Shop, large or small"}},
            {"key": "phone", "label": {"en": "Phone"}},
        ],
    }
)
SINGLE = SingleChoice.model_validate({"key": "one", "choices": MULTI.model_dump()["choices"]})
EVERY_TYPE = [cls.default(cls.default_key, LANGUAGES) for cls in TYPES.values()] + [AIRLINE, MULTI]


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def document(*questions, languages=("en",), **rest) -> SurveyDocument:
    page = Page(key="p", questions=list(questions))
    return SurveyDocument(languages=list(languages), title=Text({"en": "T"}), pages=[page], **rest)


def outcome(read):
    try:
        return read()
    except AnswerError as error:
        return error


# Texts


@pytest.mark.parametrize(
    ("lang", "found"),
    [("zh-Hans-CN", "好"), ("zh-Hans", "好"), ("de-AT", "gut"), ("fr", "good"), ("zh", "good")],
)
def test_picks_the_exact_then_the_truncated_then_the_first_language(lang, found):
    assert Text({"de": "gut", "zh-Hans": "好", "en": "good"}).pick(lang, "en") == found


def test_picks_any_text_rather_than_none():
    assert Text({"ms": "baik"}).pick("fr", "en") == "baik"
    assert Text().pick("fr", "en") == ""


def test_writes_language_tags_in_their_usual_case():
    assert Text({"ZH-hans-cn": "好"}).root == {"zh-Hans-CN": "好"}


@pytest.mark.parametrize("tag", ["", "e", "english language", "en_GB", "1a", "a" * 40])
def test_refuses_what_is_no_language_tag(tag):
    with pytest.raises(ValidationError):
        Text({tag: "x"})


def test_chooses_the_script_that_a_place_implies():
    assert choose_language(["zh-CN", "en"], LANGUAGES) == "zh-Hans"
    assert choose_language(["??", "fr-CA", "ms-MY"], LANGUAGES) == "ms"
    assert choose_language([], LANGUAGES) == "en"


def test_refuses_texts_over_5000_characters():
    assert Text({"en": "x" * 5_000}).pick("en")
    with pytest.raises(ValidationError):
        Text({"en": "x" * 5_001})


def test_strips_what_a_database_cannot_store():
    assert Text({"en": " a\x00b\r\nc\x1b "}).pick("en") == "ab\nc"


# The document


@pytest.mark.parametrize("key", ["Nps", "1st", "", "a" * 41, "a-b", "a\n", "ä"])
def test_refuses_keys_that_are_not_plain(key):
    with pytest.raises(ValidationError):
        Nps(key=key)


def test_refuses_the_same_question_key_on_two_pages():
    pages = [Page(key=key, questions=[Nps(key="nps")]) for key in ("a", "b")]
    with pytest.raises(ValidationError, match="used twice"):
        SurveyDocument(languages=["en"], pages=pages)


def test_refuses_more_than_200_questions():
    questions = [LongText(key=f"q{n}") for n in range(201)]
    halves = [Page(key="a", questions=questions[:100]), Page(key="b", questions=questions[100:])]
    with pytest.raises(ValidationError, match="at most 200"):
        SurveyDocument(languages=["en"], pages=halves)


def test_refuses_more_than_100_choices():
    choices = [{"key": f"c{n}"} for n in range(101)]
    with pytest.raises(ValidationError):
        SingleChoice.model_validate({"key": "a", "choices": choices})


def test_refuses_what_it_does_not_know():
    with pytest.raises(ValidationError):
        SurveyDocument.model_validate({**document().dump(), "script": "x"})


@pytest.mark.parametrize("where", ["shown_if", "title", "key"])
def test_refuses_5000_levels_of_nesting_without_crashing(where):
    deep: object = {"op": "answered", "left": {"question": "a"}}
    for _ in range(5_000):
        deep = {"op": "not", "of": deep}
    data = document(Nps(key="nps")).dump()
    data["pages"][0]["questions"][0][where] = deep
    with pytest.raises(ValidationError, match="too deeply"):
        SurveyDocument.model_validate(data)


def test_refuses_deep_json_text_without_crashing():
    with pytest.raises(ValidationError):
        SurveyDocument.model_validate_json('{"pages":' + "[" * 100_000)


def test_publishes_a_json_schema_that_names_every_type():
    schema = json.dumps(json_schema())
    assert all(f'"const": "{name}"' in schema for name in TYPES)


questions = st.sampled_from(EVERY_TYPE)
texts = st.dictionaries(st.sampled_from(LANGUAGES), st.text(max_size=50)).map(Text)


@given(st.lists(questions, unique_by=lambda q: q.key), texts, st.permutations(LANGUAGES))
def test_comes_back_the_same_from_json(chosen, title, languages):
    made = SurveyDocument(
        languages=languages, title=title, pages=[Page(key="p", title=title, questions=chosen)]
    )
    assert SurveyDocument.model_validate_json(json.dumps(made.dump())) == made


# Question types


@pytest.mark.parametrize("question", EVERY_TYPE, ids=lambda q: q.type)
@given(raw=st.lists(st.text() | st.sampled_from(["7", "na", "app", "-0", "１", "9" * 5_000])))
def test_raises_only_answer_errors_for_any_strings(question, raw):
    for read in (lambda: question.parse(raw), *(lambda c=c: question.parse_cell(c) for c in raw)):
        answer = outcome(read)
        if isinstance(answer, AnswerError):
            assert all(answer.message(lang) for lang in LANGUAGES)
        else:
            assert json.loads(json.dumps(answer)) == answer
            assert list(question.export(answer)) == question.columns()


@pytest.mark.parametrize("question", EVERY_TYPE, ids=lambda q: q.type)
def test_takes_an_empty_form_and_an_empty_cell_as_skipped(question):
    assert question.parse([]) is question.parse([""]) is question.parse_cell("  ") is None
    assert set(question.export(None).values()) == {""}


@pytest.mark.parametrize(
    ("question", "low", "high", "orientation"),
    [
        (Nps.default("a", LANGUAGES), 0, 10, "high_good"),
        (Csat.default("a", LANGUAGES), 1, 5, "high_good"),
        (Ces.default("a", LANGUAGES, version=1), 1, 5, "low_good"),
        (Ces.default("a", LANGUAGES), 1, 7, "high_good"),
        (Rating(key="a", min=-2, max=2), -2, 2, "high_good"),
    ],
)
def test_takes_its_scale_and_nothing_beside_it(question, low, high, orientation):
    scale = question.scale
    assert (scale.min, scale.max, scale.orientation) == (low, high, orientation)
    for number in range(low, high + 1):
        assert question.parse([str(number)]) == number
        assert question.value(number) == number
    for wrong in (str(low - 1), str(high + 1), "3.5", "na", "x"):
        with pytest.raises(AnswerError) as error:
            question.parse([wrong])
        assert error.value.message("en") == f"Choose one of {low} to {high}."
    assert question.value(high + 1) is None
    assert question.value(not_applicable()) is None


def test_refuses_two_different_values_for_one_number():
    assert Nps(key="a").parse(["7", "7", ""]) == 7
    with pytest.raises(AnswerError, match="one_only"):
        Nps(key="a").parse(["7", "8"])


def test_reads_declared_codes_as_not_applicable():
    assert AIRLINE.parse_cell("0", {"0"}) == AIRLINE.parse_cell("0.0", {"0"}) == {"na": True}
    assert AIRLINE.parse_cell(" 5.0 ", {"0"}) == 5
    assert AIRLINE.export({"na": True}) == {"wifi": "NA"}
    with pytest.raises(AnswerError, match="off_scale"):
        AIRLINE.parse_cell("0")


def test_offers_not_applicable_only_where_the_author_does():
    assert AIRLINE.parse(["na"]) == {"na": True}
    with pytest.raises(AnswerError):
        Csat(key="a").parse(["na"])


@pytest.mark.parametrize(("low", "high"), [(0, 101), (5, 5), (5, 1)])
def test_refuses_scales_that_no_item_can_hold(low, high):
    with pytest.raises(ValidationError):
        Rating(key="a", min=low, max=high)


def test_keeps_several_picks_in_the_order_of_the_document():
    assert MULTI.parse(["phone", "app", "app"]) == ["app", "phone"]
    assert MULTI.parse_cell("Phone; anwendung") == ["app", "phone"]
    assert MULTI.export(["phone"]) == {"used.app": "0", "used.shop": "0", "used.phone": "1"}
    assert MULTI.label(["app", "shop"], "de", "en") == "Anwendung, Shop, large or small"


def test_holds_picks_to_their_limits():
    with pytest.raises(AnswerError) as error:
        MULTI.parse(["app", "shop", "phone"])
    assert error.value.message("de") == "Wählen Sie höchstens 2 Antworten aus."
    with pytest.raises(AnswerError, match="unknown_choice"):
        MULTI.parse(["fax"])


def test_refuses_pick_limits_that_cannot_be_met():
    for limits in ({"min_picks": 3}, {"max_picks": 4}):
        with pytest.raises(ValidationError):
            MultipleChoice.model_validate({**MULTI.model_dump(), **limits})


def test_says_how_many_picks_there_may_be():
    hints = [
        MULTI.model_copy(update={"min_picks": low, "max_picks": high}).hint("en")
        for low, high in [(0, None), (2, None), (1, 2), (2, 3), (2, 2)]
    ]
    assert hints == [
        "Choose all that apply.",
        "Choose at least 2.",
        "Choose up to 2.",
        "Choose 2 to 3.",
        "Choose 2.",
    ]
    assert LongText(key="a").hint("ms").startswith("Tulis")


def test_reads_a_choice_by_key_or_by_label_in_any_language():
    for cell in ("app", "APP", "Anwendung"):
        assert SINGLE.parse_cell(cell) == "app"
    assert SINGLE.label("app", "de") == "Anwendung"


def test_tidies_texts_and_says_when_they_are_too_long():
    assert LongText(key="a").parse([" one\r\ntwo\x00\ud800 "]) == "one\ntwo"
    assert ShortText(key="a").parse(["one\r\ntwo"]) == "one two"
    assert LongText(key="a").parse(["x" * 10_000]) == "x" * 10_000
    with pytest.raises(AnswerError) as error:
        LongText(key="a").parse(["x" * 10_001])
    assert "10000 characters" in error.value.message("en")
    assert "10001" in error.value.message("zh-Hans")


@given(st.sampled_from([AIRLINE, Nps(key="a"), Ces(key="a")]), st.integers(-5, 15))
def test_reads_back_its_own_export(question, number):
    if question.value(number) is not None:
        assert question.parse_cell(question.export(number)[question.key]) == number


def test_summarises_itself_in_the_reader_s_language():
    assert Nps(key="a").summary_label("en") == "NPS, 0 to 10"
    assert MULTI.summary_label("ms") == "Berbilang pilihan, 3 pilihan"


# Words


def test_says_everything_in_all_four_languages():
    for words in (de.WORDS, zh_hans.WORDS, ms.WORDS):
        assert words.keys() == en.WORDS.keys()
        for key, text in words.items():
            assert text.strip()
            missing = fields(en.WORDS[key]) ^ fields(text)
            assert missing == set() or (key.endswith("_one") and missing == {"count"}), key


def test_words_every_standard_question_in_all_four_languages():
    for words in (TITLES, LOW_ENDS, HIGH_ENDS):
        assert all(list(each) == list(LANGUAGES) and all(each.values()) for each in words.values())


def test_speaks_english_where_there_is_no_catalogue():
    assert say("fr-CA", "next") == "Next"
    assert say("zh-Hans-SG", "next") == CATALOGUES["zh-Hans"]["next"]
    assert say("en", "picks_min", count=1) == "Choose at least one option."


def test_does_not_shout_or_apologise():
    for words in CATALOGUES.values():
        assert not any(mark in text for text in words.values() for mark in "!！")


# Starters


@pytest.mark.parametrize("key", STARTERS)
def test_starts_complete_and_without_problems(key):
    made = starter_document(key)
    assert [p for p in problems(made) if p.code != "no_questions"] == []
    assert (len(made.questions) == 0) == (key == "blank")
    assert all(
        STARTERS[key].name.has(lang) and STARTERS[key].purpose.has(lang) for lang in LANGUAGES
    )


def test_starts_in_the_languages_asked_for():
    made = starter_document("relationship_nps", ["de", "en"])
    assert made.first_language == "de"
    assert set(made.by_key["nps"].title.root) == {"de", "en"}


def test_reads_its_conditions_aloud():
    made = starter_document("relationship_nps")
    condition = made.by_key["what_went_wrong"].shown_if
    assert describe(condition, made, "en") == (
        "If “How likely are you to recommend us to a friend or colleague?” is 0 to 6"
    )


# Between versions


def test_reports_what_a_key_no_longer_stands_for():
    old = document(Ces.default("ces", ["en"]), SINGLE, LongText(key="why"))
    changed = update_question(old, "ces", {"version": 1}).document
    fewer = {"choices": [{"key": "app"}, {"key": "fax"}]}
    changed = update_question(changed, "one", fewer).document
    assert [(b.key, b.kind) for b in bound_changes(old, changed)] == [
        ("ces", "scale"),
        ("one", "choices"),
    ]
    assert "1 to 7, high is good" in bound_changes(old, changed)[0].sentence


def test_reports_only_the_type_where_the_type_changed():
    breaks = bound_changes(document(Nps(key="a")), document(Csat(key="a")))
    assert [(b.kind, b.before, b.after) for b in breaks] == [("type", "nps", "csat")]


def test_lets_wording_order_and_new_questions_change_freely():
    old = document(Nps(key="nps"), SINGLE)
    turned = SINGLE.model_copy(update={"choices": SINGLE.choices[::-1]})
    new = document(turned, Nps(key="nps", title=Text({"en": "New"}), required=True), Csat(key="c"))
    assert bound_changes(old, new) == []

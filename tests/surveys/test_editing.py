import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.document.edit_errors import EditError
from surveys.document.editing import (
    add_page,
    add_question,
    delete_page,
    delete_question,
    duplicate_question,
    move_page,
    move_question,
    rekey_question,
    restore,
    update_document,
    update_page,
    update_question,
)
from surveys.document.expressions import references
from surveys.document.keys import key_from, unused_key
from surveys.document.problems import problems
from surveys.document.questions import TYPES
from surveys.document.schema import SurveyDocument
from surveys.document.starters import starter_document


@pytest.fixture
def nps() -> SurveyDocument:
    return starter_document("relationship_nps")


def order(document) -> list[list[str]]:
    return [[question.key for question in page.questions] for page in document.pages]


FOLLOW_UPS = ["what_went_wrong", "what_would_make_it_a_ten", "what_did_we_do_best"]


@pytest.mark.parametrize("kind", TYPES)
def test_adds_every_type_with_its_standard_wording(kind):
    edit = add_question(starter_document("blank"), kind, page="page")
    assert order(edit.document) == [[edit.key]]
    assert edit.document.by_key[edit.key].title.has("zh-Hans")
    assert problems(edit.document) == []


def test_adds_after_another_question_under_a_new_readable_key(nps):
    edit = add_question(nps, "nps", page="score", after="nps")
    assert order(edit.document)[0] == ["nps", "nps_2"]
    titled = add_question(nps, "rating", page="why", title="Inflight Wi-Fi service")
    assert titled.key == "inflight_wi_fi_service"
    assert titled.document.by_key[titled.key].title.pick("en") == "Inflight Wi-Fi service"


def test_never_gives_a_key_that_an_earlier_version_used(nps):
    assert add_question(nps, "csat", page="why", taken=["csat", "csat_2"]).key == "csat_3"


@pytest.mark.parametrize(
    ("words", "key"),
    [("On-board service", "on_board_service"), ("Über uns", "uber_uns"), ("服务", "rating"),
     ("4 stars", "rating"), ("a" * 60, "a" * 40)],
)  # fmt: skip
def test_makes_keys_from_words(words, key):
    assert key_from(words, "rating") == key


def test_counts_on_and_stays_within_40_characters():
    assert unused_key("nps_2", {"nps", "nps_2"}) == "nps_3"
    assert unused_key("a" * 40, {"a" * 40}) == "a" * 38 + "_2"


def test_updates_the_given_fields_alone(nps):
    edit = update_question(nps, "nps", {"required": False, "help": {"en": "Be frank."}})
    changed = edit.document.by_key["nps"]
    assert (changed.required, changed.help.pick("en")) == (False, "Be frank.")
    assert changed.title == nps.by_key["nps"].title


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"type": "csat"}, "A question keeps its key and type. Add a new question instead."),
        ({"key": "other"}, "A question keeps its key and type. Add a new question instead."),
        ({"colour": "red"}, "Colour does not belong here. Remove it."),
        ({"title": {"en": "x" * 5_001}}, "Title is too long. Shorten it to 5000 characters."),
        ({"required": "perhaps"}, "Required must be yes or no."),
    ],
)
def test_refuses_a_wrong_field_in_plain_words(nps, fields, sentence):
    with pytest.raises(EditError) as error:
        update_question(nps, "nps", fields)
    assert str(error.value) == sentence


def test_refuses_deep_nesting_in_a_field_without_crashing(nps):
    deep: object = 1
    for _ in range(5_000):
        deep = {"of": deep}
    for field in ("shown_if", "title"):
        with pytest.raises(EditError, match="nested"):
            update_question(nps, "nps", {field: deep})


def test_refuses_a_scale_upside_down_in_plain_words():
    made = add_question(starter_document("blank"), "rating", page="page").document
    with pytest.raises(EditError, match=r"^The highest value must be above the lowest\.$"):
        update_question(made, "rating", {"min": 5, "max": 1})


def test_moves_up_and_down_over_page_borders(nps):
    down = move_question(nps, "nps", direction="down").document
    assert order(down) == [[], ["nps", *FOLLOW_UPS]]
    up = move_question(down, "nps", direction="up").document
    assert order(up) == order(nps)
    swapped = move_question(nps, FOLLOW_UPS[0], direction="down").document
    assert order(swapped)[1] == [FOLLOW_UPS[1], FOLLOW_UPS[0], FOLLOW_UPS[2]]


def test_moves_to_a_place_on_another_page(nps):
    moved = move_question(nps, FOLLOW_UPS[2], page="score", position=0).document
    assert order(moved) == [[FOLLOW_UPS[2], "nps"], FOLLOW_UPS[:2]]
    assert [p.code for p in problems(moved)] == ["later_reference"]


def test_says_when_there_is_nowhere_to_move(nps):
    with pytest.raises(EditError, match="first question already"):
        move_question(nps, "nps", direction="up")
    with pytest.raises(EditError, match="last question already"):
        move_question(nps, FOLLOW_UPS[2], direction="down")


def test_refuses_to_delete_what_others_depend_on_and_names_them(nps):
    with pytest.raises(EditError, match="“What went wrong\\?”, “What would have made it a ten"):
        delete_question(nps, "nps")


def test_deletes_with_the_conditions_and_brings_both_back(nps):
    gone = delete_question(nps, "nps", strip=True)
    assert gone.document.by_key["what_went_wrong"].shown_if is None
    assert restore(gone.document, gone.removed).document == nps


def test_brings_back_a_deleted_page(nps):
    gone = delete_page(nps, "score", strip=True)
    assert order(gone.document) == [FOLLOW_UPS]
    assert restore(gone.document, gone.removed).document == nps


def test_keeps_a_last_page():
    with pytest.raises(EditError, match="needs a page"):
        delete_page(starter_document("blank"), "page")


def test_duplicates_right_after_the_original(nps):
    edit = duplicate_question(nps, "what_went_wrong")
    assert edit.key == "what_went_wrong_2"
    assert order(edit.document)[1][:2] == ["what_went_wrong", "what_went_wrong_2"]
    assert edit.document.by_key[edit.key].title == nps.by_key["what_went_wrong"].title


def test_gives_a_new_key_and_lets_conditions_follow(nps):
    edit = rekey_question(nps, "nps", taken=["nps_2"])
    assert edit.key == "nps_3"
    assert references(edit.document.by_key["what_went_wrong"].shown_if) == ["nps_3"]
    assert problems(edit.document) == []


def test_adds_moves_and_titles_pages(nps):
    edit = add_page(nps, after="score")
    assert [page.key for page in edit.document.pages] == ["score", "page", "why"]
    moved = move_page(edit.document, "page", "up").document
    assert [page.key for page in moved.pages] == ["page", "score", "why"]
    titled = update_page(moved, "page", {"title": {"en": "Welcome"}}).document
    assert titled.pages[0].title.pick("en") == "Welcome"
    with pytest.raises(EditError, match="first page already"):
        move_page(moved, "page", "up")


def test_updates_the_survey_itself_and_nothing_unknown(nps):
    assert update_document(nps, {"languages": ["de"]}).document.first_language == "de"
    with pytest.raises(EditError):
        update_document(nps, {"pages": []})
    with pytest.raises(EditError, match="Languages needs at least 1 entry"):
        update_document(nps, {"languages": []})


def test_says_when_a_question_or_page_is_gone(nps):
    for attempt in (
        lambda: update_question(nps, "gone", {}),
        lambda: add_question(nps, "nps", page="gone"),
        lambda: add_question(nps, "nps", page="score", after="gone"),
        lambda: delete_page(nps, "gone"),
    ):
        with pytest.raises(EditError, match="Reload the page"):
            attempt()


def test_refuses_more_than_200_questions_in_plain_words():
    made = starter_document("blank", ["en"])
    rows = [{"type": "long_text", "key": f"q{n}"} for n in range(200)]
    data = {**made.dump(), "pages": [{"key": "page", "questions": rows}]}
    full = SurveyDocument.model_validate(data)
    with pytest.raises(EditError, match="at most 200"):
        add_question(full, "nps", page="page")


def edits(document, data):
    keys = st.sampled_from([*document.by_key, "gone"])
    pages = st.sampled_from([*(page.key for page in document.pages), "gone"])
    flags, way = st.booleans(), st.sampled_from(["up", "down"])
    draw = data.draw
    return draw(
        st.sampled_from(
            [
                lambda: add_question(document, draw(st.sampled_from([*TYPES])), page=draw(pages)),
                lambda: move_question(document, draw(keys), direction=draw(way)),
                lambda: move_question(
                    document, draw(keys), page=draw(pages), position=draw(st.integers(-3, 9))
                ),
                lambda: delete_question(document, draw(keys), strip=draw(flags)),
                lambda: duplicate_question(document, draw(keys)),
                lambda: rekey_question(document, draw(keys), taken=[]),
                lambda: update_question(document, draw(keys), {"required": draw(flags)}),
                lambda: add_page(document),
                lambda: move_page(document, draw(pages), draw(way)),
                lambda: delete_page(document, draw(pages), strip=draw(flags)),
            ]
        )
    )


def outcome(edit):
    try:
        return edit()
    except EditError as error:
        return error


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_stays_valid_under_any_series_of_edits(data):
    document = starter_document("relationship_nps", ["en"])
    for _ in range(data.draw(st.integers(1, 8))):
        before = document.dump()
        edit = outcome(edits(document, data))
        assert document.dump() == before
        if isinstance(edit, EditError):
            assert str(edit).endswith(".")
        else:
            document = edit.document
        assert SurveyDocument.model_validate(document.dump()) == document
        assert "unknown_reference" not in [problem.code for problem in problems(document)]

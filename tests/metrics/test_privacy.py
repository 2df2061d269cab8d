import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import privacy
from tests.metrics.factories import make_survey

sizes = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 40), min_size=1)


@pytest.mark.parametrize(
    ("people", "hidden"),
    [
        ({"a": 7, "b": 9}, ""),
        ({"a": 7, "b": 1}, "ab"),
        ({"a": 7, "b": 9, "c": 1}, "ac"),
        ({"a": 7, "b": 1, "c": 1}, "abc"),
        ({"a": 7, "b": 4, "c": 4}, "bc"),
        ({"a": 3}, "a"),
        ({"a": 3, "b": 0, "c": 50}, "ac"),
        ({}, ""),
    ],
)
def test_withholding_takes_the_next_smallest_along(people, hidden):
    assert privacy.withheld(people, sees_all=False) == frozenset(hidden)


@given(sizes)
def test_the_total_less_what_is_shown_never_gives_a_small_group_away(people):
    hidden = privacy.withheld(people, sees_all=False)
    shown = {key for key, n in people.items() if n} - hidden
    assert all(people[key] >= privacy.MINIMUM_PEOPLE for key in shown)
    left = sum(people.values()) - sum(people[key] for key in shown)
    assert left == 0 or not shown or (left >= privacy.MINIMUM_PEOPLE and len(hidden) > 1)


@given(sizes)
def test_who_sees_every_answer_sees_every_group(people):
    assert privacy.withheld(people, sees_all=True) == frozenset()


def test_seeing_everyone_takes_the_right_on_every_survey(
    designer, north_designer, owner, leader, admin, north, south
):
    in_north, in_south = (
        make_survey(designer, name="n", unit=north),
        make_survey(designer, name="s", unit=south),
    )
    assert privacy.sees_everyone(designer, [in_north, in_south])
    assert privacy.sees_everyone(north_designer, [in_north])
    assert not privacy.sees_everyone(north_designer, [in_north, in_south])
    assert not any(privacy.sees_everyone(user, [in_north]) for user in (owner, leader, admin))
    in_north.owner = owner
    assert privacy.sees_everyone(owner, [in_north])
    assert not privacy.sees_everyone(designer, [])

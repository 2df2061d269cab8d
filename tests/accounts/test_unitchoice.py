"""The tree in a list to choose from."""

import pytest
from django import forms

from accounts.models import Unit
from accounts.tree import in_tree
from accounts.unitchoice import UnitChoiceField
from tests.conftest import make_unit


class Form(forms.Form):
    unit = UnitChoiceField(label="Unit", required=False, empty_label="Any")

    def __init__(self, units, *args):
        super().__init__(*args)
        self.fields["unit"].queryset = units


def options(units) -> list[str]:
    return [str(label) for _value, label in Form(units).fields["unit"].choices]


def test_shows_units_below_their_parents(root, north, south, oslo):
    assert options(Unit.objects.current()) == [
        "Any",
        "Aurora",
        "\u2003North",
        "\u2003\u2003Oslo",
        "\u2003South",
    ]


def test_hangs_a_unit_below_the_nearest_on_offer(root, north, south, oslo):
    assert in_tree([oslo, root]) == [(root, 0), (oslo, 1)]
    assert in_tree([oslo, south]) == [(oslo, 0), (south, 0)]


def test_says_where_units_of_one_name_belong(root, north, south):
    for parent in (north, south):
        unit = make_unit(f"Desk {parent}", parent)
        Unit.objects.filter(pk=unit.pk).update(name="Desk")
    assert [each.strip() for each in options(Unit.objects.current())] == [
        "Any",
        "Aurora",
        "North",
        "Desk (North)",
        "South",
        "Desk (South)",
    ]


def test_tells_a_reader_without_eyes_what_a_unit_is_part_of(root, north, oslo):
    page = str(Form(Unit.objects.current())["unit"])
    assert 'aria-label="Oslo, part of North"' in page
    assert page.count("aria-label") == 2


def test_asks_the_same_few_questions_of_any_tree(root, north, django_assert_num_queries):
    for number in range(20):
        make_unit(f"Team {number}", north)
    with django_assert_num_queries(2):
        str(Form(Unit.objects.current())["unit"])


@pytest.mark.parametrize("sent", ["0", "x", "-1", "9" * 30])
def test_refuses_what_is_not_on_offer(root, sent):
    assert not Form(Unit.objects.current(), {"unit": sent}).is_valid()


def test_takes_what_is_on_offer(root, oslo):
    form = Form(Unit.objects.current(), {"unit": str(oslo.pk)})
    assert form.is_valid()
    assert form.cleaned_data == {"unit": oslo}

from accounts.models import units_below
from accounts.permissions import Capability


def test_units_below_finds_the_whole_branch(root, north, south, oslo):
    assert units_below([north.pk]) == {north.pk, oslo.pk}


def test_reach_stops_at_the_sister_and_the_parent(north_designer, root, north, south, oslo):
    assert north_designer.may_in(Capability.MANAGE_SURVEYS, oslo.pk)
    assert not north_designer.may_in(Capability.MANAGE_SURVEYS, south.pk)
    assert not north_designer.may_in(Capability.MANAGE_SURVEYS, root.pk)
    assert not north_designer.may_in(Capability.MANAGE_SURVEYS, None)


def test_reach_of_the_root_includes_what_belongs_to_no_unit(designer):
    assert designer.may_in(Capability.MANAGE_SURVEYS, None)

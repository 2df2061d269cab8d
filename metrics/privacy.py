"""Small groups: the one place that decides what a page, an export or a chart may show.

A group under five people is withheld, and so is the next-smallest where the total less the groups
shown would reveal it. Who may see every answer behind a number anyway sees every group.
"""

from collections.abc import Callable, Collection, Hashable, Mapping

from accounts.models import User
from accounts.permissions import Capability, Scope
from contacts.models import AttributeDefinition
from surveys.models import Survey

MINIMUM_PEOPLE = 5


def sees_everyone(user: User, surveys: Collection[Survey]) -> bool:
    """Whether this person may open every answer these surveys hold."""
    return seen_by(user)(surveys)


def seen_by(user: User) -> Callable[[Collection[Survey]], bool]:
    """The same question for many sets of surveys; the rights are looked up once."""
    reach = user.reach(Capability.SEE_ANSWERS)
    owns = Scope.OWN in user.scopes(Capability.SEE_ANSWERS)

    def sees_all(surveys: Collection[Survey]) -> bool:
        return bool(surveys) and all(
            reach.everything or s.unit_id in reach.unit_ids or (owns and s.owner_id == user.pk)
            for s in surveys
        )

    return sees_all


def withheld[Key: Hashable](people: Mapping[Key, int], *, sees_all: bool) -> frozenset[Key]:
    """In: how many people are in each group of one total, everybody in exactly one of them.

    Out: the groups not to be shown. Together they hold at least two groups and five people, or
    are all there is: no sum over what is shown gives one of them away.
    """
    if sees_all:
        return frozenset()
    by_size = sorted((key for key, n in people.items() if n), key=lambda key: people[key])
    hidden = [key for key in by_size if people[key] < MINIMUM_PEOPLE]
    if not hidden:
        return frozenset()
    for key in by_size[len(hidden) :]:
        if len(hidden) > 1 and sum(people[k] for k in hidden) >= MINIMUM_PEOPLE:
            break
        hidden.append(key)
    return frozenset(hidden)


def withheld_within(
    people: Mapping[str, int], parent: Callable[[str], str], *, sees_all: bool
) -> frozenset[str]:
    """The same where groups are parts of others: `parent` names the group one is part of, or "".

    A group withheld takes its parts along: together they would give it away.
    """
    parts: dict[str, dict[str, int]] = {}
    for member, n in people.items():
        parts.setdefault(parent(member), {})[member] = n
    hidden: set[str] = set()
    waiting = [""]
    while waiting:
        at = waiting.pop()
        inside = parts.get(at, {})
        hidden |= set(inside) if at in hidden else withheld(inside, sees_all=sees_all)
        waiting += [member for member in inside if member]
    return frozenset(hidden)


def is_withheld(people: int, *, sees_all: bool) -> bool:
    """Whether a group that stands alone is too small to show; an empty one hides nobody."""
    return not sees_all and 0 < people < MINIMUM_PEOPLE


def dimensions() -> dict[str, str]:
    """What numbers may be broken down by, with its label: attributes only where reportable."""
    attributes = AttributeDefinition.objects.dimensions().filter(reportable=True, personal=False)
    return {f"a:{a.key}": a.label for a in attributes[: AttributeDefinition.MOST_DIMENSIONS]}

"""The one expression language: a typed tree over answers, evaluated on the server.

Three-valued inside: a comparison with a missing answer is unknown, unknown stays unknown under
``not``, and what is unknown at the top is False. So ``not (score < 7)`` equals ``score >= 7``
for everybody, also for who gave no score. *Missing* is skipped, not applicable and not shown.
"""

from collections.abc import Callable, Iterator, Mapping
from operator import eq, ge, gt, le, lt
from typing import Annotated, Final, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    StrictStr,
    model_validator,
)

from surveys.document.answers import Answer, is_not_applicable
from surveys.document.limits import KEY, MAX_NODES, bounded_condition

type Answers = Mapping[str, Answer]
type Value = (
    Annotated[StrictInt, Field(ge=-(10**9), le=10**9)] | Annotated[StrictStr, Field(max_length=200)]
)

_ORDER: Final[dict[str, Callable[[int, int], bool]]] = {"lt": lt, "le": le, "gt": gt, "ge": ge}


class _Node(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AnswerOf(_Node):
    """What was answered to an earlier question."""

    source: Literal["answer"] = "answer"
    question: Annotated[str, Field(pattern=KEY)]


# Becomes a union discriminated on ``source`` when the second kind of operand arrives.
type Operand = AnswerOf


class All(_Node):
    op: Literal["all"] = "all"
    of: Annotated[list["Expression"], Field(min_length=1, max_length=MAX_NODES)]


class AnyOf(_Node):
    op: Literal["any"] = "any"
    of: Annotated[list["Expression"], Field(min_length=1, max_length=MAX_NODES)]


class Not(_Node):
    op: Literal["not"] = "not"
    of: "Expression"


class Compare(_Node):
    op: Literal["eq", "ne", "lt", "le", "gt", "ge"]
    left: Operand
    value: Value


class Between(_Node):
    """Both ends included."""

    op: Literal["between"] = "between"
    left: Operand
    low: StrictInt
    high: StrictInt

    @model_validator(mode="after")
    def _ordered(self) -> "Between":
        if self.low > self.high:
            raise ValueError("needs its lower end first")
        return self


class OneOf(_Node):
    """For several picks: at least one of them is among the values."""

    op: Literal["one_of"] = "one_of"
    left: Operand
    values: Annotated[list[Value], Field(min_length=1, max_length=101)]


class Answered(_Node):
    """A real answer was given: not skipped, not *not applicable*. Never unknown."""

    op: Literal["answered"] = "answered"
    left: Operand


class Selected(_Node):
    """The choice is the one picked, or among those picked."""

    op: Literal["selected"] = "selected"
    left: Operand
    choice: Annotated[str, Field(pattern=KEY)]


type Leaf = Compare | Between | OneOf | Answered | Selected
type Expression = Annotated[
    All | AnyOf | Not | Compare | Between | OneOf | Answered | Selected,
    Field(discriminator="op"),
]
type Condition = Annotated[Expression, BeforeValidator(bounded_condition)]

for _model in (All, AnyOf, Not):
    _model.model_rebuild()


def answer_of(question: str) -> AnswerOf:
    return AnswerOf(question=question)


def leaves(expr: Expression) -> Iterator[Leaf]:
    """The comparisons of an expression, left to right."""
    match expr:
        case All() | AnyOf():
            for part in expr.of:
                yield from leaves(part)
        case Not():
            yield from leaves(expr.of)
        case _:
            yield expr


def references(expr: Expression) -> list[str]:
    """Keys of the questions an expression asks about, each once, in order."""
    return list(dict.fromkeys(leaf.left.question for leaf in leaves(expr)))


def evaluate(expr: Expression, answers: Answers) -> bool:
    """Whether the expression holds; unknown counts as False. Never raises on stored answers."""
    return verdict(expr, answers) is True


def verdict(expr: Expression, answers: Answers) -> bool | None:
    """True, False, or None while it hangs on a missing answer (Kleene's strong logic)."""
    match expr:
        case All():
            found = [verdict(part, answers) for part in expr.of]
            return False if False in found else (None if None in found else True)
        case AnyOf():
            found = [verdict(part, answers) for part in expr.of]
            return True if True in found else (None if None in found else False)
        case Not():
            inner = verdict(expr.of, answers)
            return None if inner is None else not inner
        case _:
            return _leaf(expr, answers.get(expr.left.question))


def _leaf(leaf: Leaf, answer: Answer | None) -> bool | None:
    missing = answer is None or is_not_applicable(answer)
    if isinstance(leaf, Answered):
        return not missing
    if answer is None or missing:
        return None
    match leaf:
        case Compare():
            return _compare(leaf, answer)
        case Between():
            return leaf.low <= answer <= leaf.high if isinstance(answer, int) else None
        case OneOf():
            picked = answer if isinstance(answer, list) else [answer]
            return any(_same(one, value) for one in picked for value in leaf.values)
        case Selected():
            return leaf.choice in answer if isinstance(answer, list) else leaf.choice == answer


def _compare(leaf: Compare, answer: Answer) -> bool | None:
    if leaf.op in ("eq", "ne"):
        alike = _same(answer, [leaf.value] if isinstance(answer, list) else leaf.value)
        return alike if leaf.op == "eq" else not alike
    if isinstance(answer, int) and isinstance(leaf.value, int):
        return _ORDER[leaf.op](answer, leaf.value)
    return None


def _same(left: object, right: object) -> bool:
    return type(left) is type(right) and eq(left, right)


def without(expr: Expression, question: str) -> Expression | None:
    """The expression without its comparisons about ``question``; None if nothing is left."""
    match expr:
        case All() | AnyOf():
            kept = [part for each in expr.of if (part := without(each, question)) is not None]
            if len(kept) < 2:
                return kept[0] if kept else None
            return type(expr)(of=kept)
        case Not():
            inner = without(expr.of, question)
            return None if inner is None else Not(of=inner)
        case _:
            return None if expr.left.question == question else expr


def renamed(expr: Expression, old: str, new: str) -> Expression:
    """The expression asking about ``new`` wherever it asked about ``old``."""
    match expr:
        case All() | AnyOf():
            return type(expr)(of=[renamed(part, old, new) for part in expr.of])
        case Not():
            return Not(of=renamed(expr.of, old, new))
        case _:
            operand = answer_of(new) if expr.left.question == old else expr.left
            return expr.model_copy(update={"left": operand})

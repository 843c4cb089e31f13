"""A figure, or the change of one, with what the rows behind it come to."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from buffet.money import Money
from reports.asking import Asked
from reports.queries.bringing import Conversion
from reports.queries.chart import Node
from reports.queries.parts import Part
from reports.queries.worth import ZERO


@dataclass(frozen=True, slots=True)
class Behind:
    """What the rows come to: how many, by currency as they are, and brought into one.

    `node` is the account or category that they are on, if it is one. Where kept sums tell what they
    come to, nobody counts them.
    """

    asked: Asked
    part: Part
    node: Node | None
    ids: tuple[str, ...]
    entries: int | None
    sums: Sequence[Money]
    total: Money
    conversions: Sequence[Conversion]
    left_out: Sequence[Money]


@dataclass(frozen=True, slots=True)
class Change:
    """A figure less what it was `then`, in an earlier period, whose rows count the other way round.

    It tells of both what `Behind` tells of one.
    """

    now: Behind
    then: Behind

    @property
    def asked(self) -> Asked:
        """What was asked: of the later period."""
        return self.now.asked

    @property
    def part(self) -> Part:
        """Which accounts, and which of their entries."""
        return self.now.part

    @property
    def node(self) -> Node | None:
        """The account or category that all rows are on, if it is one."""
        return self.now.node

    @property
    def entries(self) -> int:
        """How many rows there are in both periods together."""
        return (self.now.entries or 0) + (self.then.entries or 0)

    @property
    def sums(self) -> Sequence[Money]:
        """How each currency changed."""
        return _less(self.now.sums, self.then.sums)

    @property
    def total(self) -> Money:
        """How the figure changed."""
        return self.now.total - self.then.total

    @property
    def conversions(self) -> Sequence[Conversion]:
        """All that was converted in both periods; once where they have a month in common."""
        both = dict.fromkeys([*self.now.conversions, *self.then.conversions])
        return sorted(both, key=lambda one: (one.currency, one.month))

    @property
    def left_out(self) -> Sequence[Money]:
        """What had no rate and is therefore missing from the change."""
        return _less(self.now.left_out, self.then.left_out)


def _less(now: Sequence[Money], then: Sequence[Money]) -> Sequence[Money]:
    """Return sums less others, by currency: also those that come to nothing."""
    left: dict[str, Decimal] = {}
    for sign, sums in ((1, now), (-1, then)):
        for one in sums:
            left[one.currency] = left.get(one.currency, ZERO) + sign * one.amount
    return [Money(amount, currency) for currency, amount in sorted(left.items())]

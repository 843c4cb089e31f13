"""Where the money went: the tree of categories by month, refunds taken off."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from accounts.models import AccountType
from buffet.errors import NotFound
from buffet.money import Money
from reports.asking import Asked
from reports.queries.bringing import Beside, Conversion, beside
from reports.queries.chart import Chart, Node, charted
from reports.queries.worth import ZERO, percent


class Missing(NamedTuple):
    """In which currencies something was spent that had no rate: in the period and those before."""

    total: frozenset[str]
    before: frozenset[str]
    year_before: frozenset[str]


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent on a category and all below it, in the report's currency.

    `own` is what lies on the category itself; `share` is of all that was spent, in percent. What
    came back counts against it, so that an amount may be negative. `depth` is 0 at the top.
    """

    node: Node
    depth: int
    months: tuple[Decimal, ...]
    own: Decimal
    total: Decimal
    before: Decimal
    year_before: Decimal
    missing: Missing
    share: Decimal | None
    entries: int
    has_below: bool


@dataclass(frozen=True, slots=True)
class Spending:
    """The categories with entries in the period or beside it, as a tree: the largest first.

    `left_out` is what had no rate, by currency; so of the periods before.
    """

    asked: Asked
    categories: Sequence[Spent]
    months: Sequence[Decimal]
    total: Decimal
    before: Decimal
    year_before: Decimal
    missing: Missing
    conversions: Sequence[Conversion]
    left_out: Sequence[Money]
    before_left_out: Sequence[Money]
    year_before_left_out: Sequence[Money]


def spending(asked: Asked) -> Spending:
    """Return what was spent in a period: one statement, and one for rates when any are needed.

    :raises NotFound: if an account or category is not in the book, or a category is for income.
    """

    def ask(own: Chart) -> tuple[Beside, tuple[int, int]]:
        own.refuse_unknown(asked.accounts)
        found = beside(asked, _wanted(asked, own))
        return found, found.chart

    own, found = charted(asked.book_id, ask)
    wanted = _wanted(asked, own)
    months = found.now.total(wanted)
    whole = sum(months, ZERO)
    return Spending(
        asked,
        _Tree(own, set(wanted), found, whole).rows(),
        months,
        whole,
        sum(found.before.total(wanted), ZERO),
        sum(found.year_before.total(wanted), ZERO),
        _missing(found, {*wanted}),
        found.now.conversions,
        *(one.left_out for one in found.periods),
    )


def _wanted(asked: Asked, own: Chart) -> list[str]:
    if not asked.categories:
        return own.of_types(AccountType.EXPENSE)
    wanted = own.subtrees(asked.categories)
    if any(own.nodes[id].type != AccountType.EXPENSE for id in wanted):
        raise NotFound("There is no such category of expenses in this book.")
    return wanted


def _missing(found: Beside, accounts: Collection[str]) -> Missing:
    return Missing(*(one.missing_of(accounts) for one in found.periods))


class _Tree:
    """The categories that are asked for, with sums of all below them."""

    def __init__(self, own: Chart, wanted: set[str], found: Beside, whole: Decimal) -> None:
        self.own, self.wanted, self.whole = own, wanted, whole
        self.beside = found
        self.found, self.before, self.year_before = found.periods

    def rows(self) -> list[Spent]:
        """Return the rows of the tree, each before those below it."""
        tops = [
            node
            for node in self.own.nodes.values()
            if node.id in self.wanted and node.parent_id not in self.wanted
        ]
        return self._level(tops, 0)

    def _level(self, nodes: Sequence[Node], depth: int) -> list[Spent]:
        branches = [self._branch(node, depth) for node in nodes]
        branches.sort(key=lambda branch: (-branch[0].total, branch[0].node.name))
        return [row for branch in branches for row in branch if self._is_told(row)]

    def _branch(self, node: Node, depth: int) -> list[Spent]:
        """Return a category with all below it summed up, then those below."""
        rows = self._level(
            [child for child in self.own.below.get(node.id, ()) if child.id in self.wanted],
            depth + 1,
        )
        below = [row for row in rows if row.depth == depth + 1]
        own = months = self.found.row(node.id)
        for row in below:
            months = [one + other for one, other in zip(months, row.months, strict=True)]
        total = sum(months, ZERO)
        first = Spent(
            node,
            depth,
            tuple(months),
            sum(own, ZERO),
            total,
            sum((row.before for row in below), self.before.whole(node.id)),
            sum((row.year_before for row in below), self.year_before.whole(node.id)),
            _missing(self.beside, {node.id, *(row.node.id for row in rows)}),
            percent(total, self.whole) if total > 0 else None,
            self.found.entries(node.id) + sum(row.entries for row in below),
            bool(below),
        )
        return [first, *rows]

    @staticmethod
    def _is_told(row: Spent) -> bool:
        moved = row.entries or row.total or row.before or row.year_before
        return bool(moved or any(row.missing))

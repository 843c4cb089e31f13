"""Some accounts of the portfolio, and what they come to."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from accounts.models import REAL_KINDS, REAL_TYPES
from accounts.rates import not_converted
from buffet.errors import NotFound
from buffet.money import Money
from buffet.rest import query
from reports import asking
from reports.queries.bringing import Conversion
from reports.queries.portfolio import (
    AccountLine,
    PortfolioOverview,
    Share,
    all_held,
    shares,
    worth_now,
)
from reports.queries.worth import MonthEnd

#: What the accounts of a portfolio can be asked for.
PARTS: Mapping[str, query.Reader] = {
    "type": query.one_of(*sorted(REAL_TYPES)),
    "kind": query.one_of(*sorted(REAL_KINDS)),
    "broker": query.words,
    "held": asking.currency,
    "accounts": asking.identities,
    "without": asking.identities,
}


@dataclass(frozen=True)
class PortfolioPart:
    """Some accounts at the end of a day: those that a figure is the sum of, or all."""

    as_of: date
    currency: str
    lines: Sequence[AccountLine]

    @cached_property
    def worth(self) -> MonthEnd:
        """What they come to in the report's currency, those without a rate left out."""
        return worth_now(self.as_of, self.lines, self.currency)

    @property
    def total(self) -> Money:
        """The same as one amount."""
        return Money(self.worth.net_worth, self.currency)

    @property
    def by_type(self) -> Sequence[Share]:
        """What those of each type come to, and their share of what is held among them."""
        lines, whole = self.lines, all_held(self.lines)
        return shares(((line.type, line) for line in lines), whole, self.currency)

    @property
    def apart(self) -> Sequence[AccountLine]:
        """Those with a balance and no rate."""
        return [line for line in self.lines if line.converted is None and line.balance]

    @property
    def conversions(self) -> Sequence[Conversion]:
        """The day's rate of each currency but the report's, by currency."""
        used = {line.balance.currency: line.rate for line in self.lines}
        return [
            Conversion(currency, self.as_of, rate)
            for currency, rate in sorted(used.items())
            if currency != self.currency
        ]

    @property
    def not_converted(self) -> Sequence[Money]:
        """What is on those, one sum for each currency."""
        return not_converted(line.balance for line in self.apart)


def part_of(report: PortfolioOverview, wanted: Mapping[str, Any]) -> PortfolioPart:
    """Return the accounts that `PARTS` ask for: all of the report where none of them does.

    :raises NotFound: if one that is named is no real account of the book.
    """
    is_wanted = asked_for(wanted, report.left_out | {line.id for line in report.accounts})
    lines = [line for line in report.accounts if is_wanted(line)]
    return PortfolioPart(report.as_of, report.currency, lines)


def asked_for(wanted: Mapping[str, Any], known: AbstractSet[str]) -> Callable[[AccountLine], bool]:
    """Return what tells whether `PARTS` ask for an account; the real ones of the book are `known`.

    :raises NotFound: if one that is named is none of them.
    """
    ids, others = ({*map(str, wanted.get(name, ()))} for name in ("accounts", "without"))
    if not ids | others <= known:
        raise NotFound("There is no such account in this book.")

    def is_wanted(line: AccountLine) -> bool:
        return (
            line.type == wanted.get("type", line.type)
            and line.kind == wanted.get("kind", line.kind)
            and line.broker == wanted.get("broker", line.broker)
            and line.balance.currency == wanted.get("held", line.balance.currency)
            and (not ids or line.id in ids)
            and line.id not in others
        )

    return is_wanted

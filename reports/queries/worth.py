"""Net worth by month: sums of many currencies brought into one, and how it changed."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import pstdev

from buffet.money import Money, round_to
from reports.queries.rates import Rates

MONTHS = 60
NOTHING: frozenset[str] = frozenset()
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class MonthSum:
    """What the real accounts of one type and currency moved in a month."""

    month: date
    currency: str
    type: str
    total: Decimal


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """Net worth at the end of a month, or of the report's day in its month.

    Plain amounts in the report's currency, rounded; liabilities are negative. `missing` names the
    currencies that had no rate then: what was held in them is not counted.
    """

    month: date
    assets: Decimal
    liabilities: Decimal
    net_worth: Decimal
    missing: frozenset[str] = NOTHING

    @property
    def is_complete(self) -> bool:
        """Whether everything held is counted."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class Change:
    """How net worth moved since a day, absolutely and in percent of what it was."""

    since: date
    amount: Money
    percent: Decimal | None


def month_ends(first: date | None, on: date) -> list[date]:
    """Return the ends of the months before `on`'s, from that of `first`; 59 at the most."""
    ends: list[date] = []
    start = on.replace(day=1)
    while first is not None and start > first and len(ends) < MONTHS - 1:
        ends.append(start - timedelta(days=1))
        start = ends[-1].replace(day=1)
    return ends[::-1]


def history(sums: Sequence[MonthSum], ends: Iterable[date], rates: Rates) -> list[MonthEnd]:
    """Return net worth at each end, each at its own rates, from sums in the order of months."""
    held: dict[tuple[str, str], Decimal] = {}
    found, position = [], 0
    for end in ends:
        while position < len(sums) and sums[position].month <= end:
            one = sums[position]
            key = one.currency, one.type
            held[key] = held.get(key, ZERO) + one.total
            position += 1
        found.append(_month_end(end, held, rates))
    return found


def _month_end(day: date, held: dict[tuple[str, str], Decimal], rates: Rates) -> MonthEnd:
    assets = liabilities = ZERO
    missing = NOTHING
    for (currency, type), total in held.items():
        if not total:
            continue
        rate = rates.rate(currency, day).rate
        if rate is None:
            missing |= {currency}
        elif type == "asset":
            assets += total * rate
        else:
            liabilities += total * rate
    assets, liabilities = round_to(assets, rates.target), round_to(liabilities, rates.target)
    return MonthEnd(day, assets, liabilities, assets + liabilities, missing)


def change(past: Sequence[MonthEnd], months: int, currency: str) -> Change | None:
    """Return how the last of `past` differs from so many months before.

    None if the book is too young, or if the two do not count the same currencies.
    """
    if not 0 < months < len(past):
        return None
    before, now = past[-1 - months], past[-1]
    if before.missing != now.missing:
        return None
    moved = now.net_worth - before.net_worth
    return Change(before.month, Money(moved, currency), percent(moved, before.net_worth))


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return part of whole in percent with one decimal; None where the whole is not positive."""
    return round(100 * part / whole, 1) if whole > 0 else None


def volatility(past: Sequence[MonthEnd]) -> Decimal | None:
    """Return the population standard deviation of the relative monthly changes, in percent.

    Each change is (after − before) / before, between month ends that count the same currencies and
    start above zero; None for fewer than two of them.
    """
    moves = [
        float((after.net_worth - before.net_worth) / before.net_worth)
        for before, after in itertools.pairwise(past)
        if before.net_worth > 0 and before.missing == after.missing
    ]
    # Floats: a statistic of ratios, not money; rounded to two decimals here.
    return Decimal(f"{100 * pstdev(moves):.2f}") if len(moves) >= 2 else None

"""Net worth by month: sums of many currencies brought into one, and how it changed."""

import itertools
import math
import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from accounts.rates import Rates
from buffet.money import Money, round_to
from reports.periods import DAY, begin

MONTHS = 60
NOTHING: frozenset[str] = frozenset()
ZERO = Decimal(0)


#: What an account moved in a month, or together all those of a side in the report's own currency:
#: month, account or "", currency, whether it is an asset, total. A plain tuple: there are hundreds.
MonthSum = tuple[date, str, str, bool, Decimal]


class MonthEnd(NamedTuple):
    """Net worth at the end of a month's last day, or of the report's day in its month.

    Plain amounts in the report's currency, rounded; liabilities are negative. `missing` names the
    currencies that had no rate then: what was held in them is not counted. Months begin on
    `start_day`.
    """

    day: date
    assets: Decimal
    liabilities: Decimal
    net_worth: Decimal
    missing: frozenset[str] = NOTHING
    start_day: int = 1

    @property
    def name(self) -> date:
        """The first day of the calendar month in which its month begins, by which it is called."""
        return begin(self.day, self.start_day).replace(day=1)

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


@lru_cache(maxsize=256)
def month_ends(first: date | None, on: date, start_day: int = 1) -> tuple[date, ...]:
    """Return the ends of the months before `on`'s, from that of `first`; 59 at the most."""
    ends: list[date] = []
    start = begin(on, start_day)
    while first is not None and start > first and len(ends) < MONTHS - 1:
        ends.append(start - DAY)
        start = begin(ends[-1], start_day)
    return tuple(reversed(ends))


def history(
    sums: Iterable[MonthSum], ends: Sequence[date], rates: Rates, start_day: int = 1
) -> tuple[MonthEnd, ...]:
    """Return net worth at each end, each account at that day's rate and rounded, as it is shown.

    What was moved in a month is beside the first day of the calendar month in which it ends.
    """
    assets, liabilities = [ZERO] * len(ends), [ZERO] * len(ends)
    missing = [NOTHING] * len(ends)
    values: dict[str, list[Decimal | None]] = {}
    for (_, currency, is_asset), moved in _series(sums, ends).items():
        side = assets if is_asset else liabilities
        held = list(itertools.accumulate(moved))
        if currency != rates.target:
            if currency not in values:
                values[currency] = rates.values(currency, ends)
            for place, rate in enumerate(values[currency]):
                if rate is None and held[place]:
                    missing[place] |= {currency}
                held[place] = round_to(held[place] * (rate or ZERO), rates.target)
        side[:] = map(operator.add, side, held)
    return tuple(
        MonthEnd(
            end,
            (kept := round_to(held, rates.target)),
            (owed := round_to(debt, rates.target)),
            kept + owed,
            gone,
            start_day,
        )
        for end, held, debt, gone in zip(ends, assets, liabilities, missing, strict=True)
    )


def _series(
    sums: Iterable[MonthSum], ends: Sequence[date]
) -> dict[tuple[str, str, bool], list[Decimal]]:
    """Return what each account or side moved up to each end; the first has all before it."""
    places = {end.replace(day=1): place for place, end in enumerate(ends)}
    found: dict[tuple[str, str, bool], list[Decimal]] = {}
    for month, account, currency, is_asset, total in sums:
        moved = found.get((account, currency, is_asset))
        if moved is None:
            moved = found[account, currency, is_asset] = [ZERO] * len(ends)
        moved[places.get(month, 0)] += total
    return found


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
    return Change(before.day, Money(moved, currency), percent(moved, before.net_worth))


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return part of whole in percent with one decimal; None where the whole is not positive."""
    return round(100 * part / whole, 1) if whole > 0 else None


def volatility(past: Sequence[MonthEnd]) -> Decimal | None:
    """Return the population standard deviation of the relative monthly changes, in percent.

    Each change is (after − before) / before, between month ends that count the same currencies and
    start above zero; None for fewer than two of them.
    """
    # Floats: a statistic of ratios, not money; rounded to two decimals here.
    moves = [
        float((after.net_worth - before.net_worth) / before.net_worth)
        for before, after in itertools.pairwise(past)
        if before.net_worth > 0 and before.missing == after.missing
    ]
    if len(moves) < 2:
        return None
    mean = sum(moves) / len(moves)
    deviation = math.sqrt(sum((move - mean) ** 2 for move in moves) / len(moves))
    return Decimal(f"{100 * deviation:.2f}")

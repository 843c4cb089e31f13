"""Sums of many currencies brought into one: at which rates, and what could not be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from buffet.money import Money, round_to
from reports.asking import Asked
from reports.queries.rates import Rate, Rates, rates_of
from reports.queries.sums import Sum
from reports.queries.worth import ZERO


@dataclass(frozen=True, slots=True)
class Conversion:
    """All that was converted from one currency for one month, at the rate of its last day."""

    currency: str
    month: date
    rate: Rate


@dataclass(frozen=True, slots=True)
class Brought:
    """What accounts moved by month, in one currency.

    `cells` has an amount for each month of the period by account: each rounded, so that totals are
    sums of what is shown. What had no rate is not in them but in `left_out`.
    """

    currency: str
    months: int
    cells: dict[str, list[Decimal]]
    entries: dict[str, list[int]]
    conversions: Sequence[Conversion]
    left_out: Sequence[Money]
    incomplete: frozenset[int]

    def row(self, account_id: str) -> list[Decimal]:
        """Return what an account moved in each month."""
        return self.cells.get(account_id) or [ZERO] * self.months

    def total(self, account_ids: Iterable[str]) -> list[Decimal]:
        """Return what accounts moved together in each month."""
        rows = [self.cells[id] for id in account_ids if id in self.cells]
        return [sum(column, ZERO) for column in zip(*rows, strict=True)] or [ZERO] * self.months


def bring(asked: Asked, sums: Sequence[Sum]) -> Brought:
    """Return sums in the currency that was asked for, each month at the rate of its last day.

    Of a month that goes on after today, at the latest rate there is.
    """
    months, target = asked.period.months, asked.currency
    rates = _rates(asked, {one.currency for one in sums}, [one.until for one in months])
    cells: dict[str, list[Decimal]] = {}
    entries: dict[str, list[int]] = {}
    left_out: dict[str, Decimal] = {}
    conversions: dict[tuple[str, int], Conversion] = {}
    incomplete = set()
    for one in sums:
        place, currency = one.place, one.currency
        counted = entries.setdefault(one.account_id, [0] * len(months))
        counted[place] += one.entries
        amount = one.amount
        if currency != target:
            month = months[place]
            rate = rates.rate(currency, month.until)
            conversions[currency, place] = Conversion(currency, month.name, rate)
            if rate.rate is None:
                left_out[currency] = left_out.get(currency, ZERO) + amount
                incomplete.add(place)
                continue
            amount = round_to(amount * rate.rate, target)
        row = cells.get(one.account_id)
        if row is None:
            row = cells[one.account_id] = [ZERO] * len(months)
        row[place] += amount
    return Brought(
        target,
        len(months),
        cells,
        entries,
        [conversions[key] for key in sorted(conversions)],
        [Money(total, currency) for currency, total in sorted(left_out.items())],
        frozenset(incomplete),
    )


def _rates(asked: Asked, currencies: Iterable[str], days: Sequence[date]) -> Rates:
    return rates_of(asked.currency, frozenset(currencies), tuple(days), asked.shared)

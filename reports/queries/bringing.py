"""Sums of many currencies brought into one: at which rates, and what could not be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from accounts.rates import Rate, Rates
from buffet.money import Money, round_to
from reports.asking import Asked
from reports.periods import Month
from reports.queries.sums import Sum, sums
from reports.queries.worth import ZERO


class Conversion(NamedTuple):
    """All that was converted from one currency for the month of a place, at its last day's rate."""

    currency: str
    place: int
    month: date
    rate: Rate


class LeftOut(NamedTuple):
    """What had no rate in the month of a place."""

    currency: str
    place: int
    amount: Decimal


def in_all(left_out: Iterable[LeftOut]) -> list[Money]:
    """Return what had no rate, by currency."""
    sums: dict[str, Decimal] = {}
    for one in left_out:
        sums[one.currency] = sums.get(one.currency, ZERO) + one.amount
    return [Money(total, currency) for currency, total in sorted(sums.items())]


@dataclass(frozen=True, slots=True)
class Brought:
    """What accounts moved in some months, in one currency.

    `cells` has an amount for each month by account: each rounded, so that totals are sums of what
    is shown. What had no rate is not in them but in `left_out`.
    """

    currency: str
    months: int
    cells: dict[str, list[Decimal]]
    entries: dict[str, list[int]]
    conversions: Sequence[Conversion]
    left_out: Sequence[LeftOut]
    incomplete: frozenset[int]

    def row(self, account_id: str) -> list[Decimal]:
        """Return what an account moved in each month."""
        return self.cells.get(account_id) or [ZERO] * self.months

    def total(self, account_ids: Iterable[str]) -> list[Decimal]:
        """Return what accounts moved together in each month."""
        rows = [self.cells[id] for id in account_ids if id in self.cells]
        return [sum(column, ZERO) for column in zip(*rows, strict=True)] or [ZERO] * self.months

    def part(self, first: int, months: int) -> "Brought":
        """Return the same of some months in a row: as if no others had been asked for."""
        places = range(first, first + months)
        return Brought(
            self.currency,
            months,
            {id: row[first : first + months] for id, row in self.cells.items()},
            {id: row[first : first + months] for id, row in self.entries.items()},
            [one for one in self.conversions if one.place in places],
            [one for one in self.left_out if one.place in places],
            frozenset(place - first for place in self.incomplete if place in places),
        )


def bring(
    asked: Asked, months: Sequence[Month], found: Sequence[Sum], rates: Rates | None = None
) -> Brought:
    """Return sums of months in the currency that was asked for, each at the rate of its last day.

    Of a month that goes on after today, at the latest rate there is. `rates` are those of the
    months' last days, if they have been read.
    """
    target = asked.currency
    if rates is None:
        currencies = {one.currency for one in found}
        rates = Rates.read(asked.book_id, target, currencies, {one.until for one in months})
    cells: dict[str, list[Decimal]] = {}
    entries: dict[str, list[int]] = {}
    left_out: list[LeftOut] = []
    conversions: dict[tuple[str, int], Conversion] = {}
    incomplete = set()
    for one in found:
        place, currency = one.place, one.currency
        counted = entries.setdefault(one.account_id, [0] * len(months))
        counted[place] += one.entries
        amount = one.amount
        if currency != target:
            month = months[place]
            rate = rates.rate(currency, month.until)
            conversions[currency, place] = Conversion(currency, place, month.name, rate)
            if rate.rate is None:
                left_out.append(LeftOut(currency, place, amount))
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
        left_out,
        frozenset(incomplete),
    )


@dataclass(frozen=True, slots=True)
class Beside:
    """What accounts moved in a period, in the one before it and in the same days a year ago."""

    now: Brought
    before: Brought
    year_before: Brought


def beside(asked: Asked, accounts: Sequence[str], valued: Sequence[str] = ()) -> Beside:
    """Return what accounts moved in a period and beside it, in one statement and one for rates.

    Of those that are `valued`, without what valuations added.
    """
    period = asked.period
    spans = (period.months, period.before.months, period.year_before.months)
    months = [month for span in spans for month in span]
    added = moved(asked, months, accounts, valued=valued) if accounts else []
    found = bring(asked, months, added)
    first, second = len(spans[0]), len(spans[0]) + len(spans[1])
    return Beside(
        found.part(0, len(spans[0])),
        found.part(first, len(spans[1])),
        found.part(second, len(spans[2])),
    )


def moved(
    asked: Asked,
    months: Sequence[Month],
    accounts: Sequence[str] = (),
    status: str = "",
    valued: Sequence[str] = (),
) -> list[Sum]:
    """Return what accounts, or all of them, moved in months; through some if so was asked.

    Of those that are `valued`, without what valuations added.
    """
    return sums(
        asked.book_id,
        months,
        asked.today,
        start_day=asked.period.start_day,
        accounts=accounts,
        through=asked.accounts,
        status=status,
        valued=valued,
    )

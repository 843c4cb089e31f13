"""Sums of many currencies brought into one: at which rates, and what could not be."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property, partial
from typing import NamedTuple, TypeVar

from accounts.rates import Rate, Rates, not_converted, rates_of
from buffet.money import Money, round_to
from reports.asking import Asked
from reports.periods import Month
from reports.queries.spans import Moved, Sum, Term
from reports.queries.sums import Moves, Only, sums
from reports.queries.worth import ZERO

V = TypeVar("V")


class Conversion(NamedTuple):
    """All that was converted from one currency for a month, at its last day's rate.

    Of a report of a day, `month` is that day.
    """

    currency: str
    month: date
    rate: Rate


class Foreign(NamedTuple):
    """What an account moved in another currency than the report's, and the rate into that."""

    account_id: str
    currency: str
    amount: Decimal
    rate: Rate


@dataclass(frozen=True, eq=False, slots=True)
class Column:
    """What accounts moved in a month, in one currency: amounts and numbers of entries by account.

    Each amount is rounded, so that totals are sums of what is shown. What had no rate is only among
    what is `foreign`.
    """

    amounts: Mapping[str, Decimal]
    entries: Mapping[str, int]
    foreign: Sequence[Foreign]
    _totals: dict[Sequence[str], Decimal] = field(default_factory=dict, init=False, repr=False)

    #: So many different totals are kept, which last as long as the column.
    KEPT = 8

    def total(self, accounts: tuple[str, ...]) -> Decimal:
        """Return what these accounts moved together: added up once."""
        found = self._totals.get(accounts)
        if found is None:
            own = self.amounts
            found = sum((own[id] for id in accounts if id in own), ZERO)
            if len(self._totals) >= self.KEPT:
                self._totals.clear()
            self._totals[accounts] = found
        return found


_NOTHING = Column({}, {}, ())


@dataclass(frozen=True)
class Brought:
    """What these accounts moved in some months, in one currency; the columns may have others."""

    months: Sequence[Month]
    columns: Sequence[Column]
    accounts: Collection[str]

    def row(self, account_id: str) -> list[Decimal]:
        """Return what an account moved in each month."""
        return [column.amounts.get(account_id, ZERO) for column in self.columns]

    def whole(self, account_id: str) -> Decimal:
        """Return what an account moved in all of them."""
        return sum(self.row(account_id), ZERO)

    def entries(self, account_id: str) -> int:
        """Return by how many entries it did."""
        return sum(column.entries.get(account_id, 0) for column in self.columns)

    def total(self, account_ids: Iterable[str]) -> list[Decimal]:
        """Return what accounts moved together in each month."""
        wanted = tuple(id for id in account_ids if id in self.accounts)
        return [column.total(wanted) for column in self.columns]

    @cached_property
    def _foreign(self) -> Sequence[tuple[int, Foreign]]:
        return [
            (place, one)
            for place, column in enumerate(self.columns)
            for one in column.foreign
            if one.account_id in self.accounts
        ]

    @cached_property
    def _missing(self) -> Sequence[tuple[int, Foreign]]:
        # Nothing is nothing at any rate.
        return [one for one in self._foreign if one[1].rate.rate is None and one[1].amount]

    @property
    def conversions(self) -> Sequence[Conversion]:
        """All that was converted, or could not be, by currency and month."""
        found = {(one.currency, place): one.rate for place, one in self._foreign}
        return [
            Conversion(currency, self.months[place].name, rate)
            for (currency, place), rate in sorted(found.items(), key=lambda one: one[0])
        ]

    @property
    def left_out(self) -> Sequence[Money]:
        """What had no rate, by currency."""
        return self.left_out_of(self.accounts)

    def left_out_of(self, accounts: Collection[str]) -> Sequence[Money]:
        """Return what had no rate of some accounts, by currency."""
        found = (one for _, one in self._missing if one.account_id in accounts)
        return not_converted(Money(one.amount, one.currency) for one in found)

    def missing_of(self, accounts: Collection[str]) -> frozenset[str]:
        """Return the currencies in which some accounts moved something that had no rate."""
        return frozenset(one.currency for _, one in self._missing if one.account_id in accounts)

    @property
    def incomplete(self) -> frozenset[int]:
        """The places of months in which something had no rate."""
        return frozenset(place for place, _ in self._missing)

    def part(self, first: int, months: int) -> "Brought":
        """Return the same of some months in a row: as if no others had been asked for."""
        places = slice(first, first + months)
        return Brought(self.months[places], self.columns[places], self.accounts)


def bring(
    asked: Asked,
    months: Sequence[Month],
    moves: Moves,
    accounts: Collection[str],
    rates: Rates | None = None,
) -> Brought:
    """Return what moved these accounts in the currency asked for, each at its month's last day.

    Of a month that goes on after today, at the latest rate there is. `rates` are those of the
    months' last days, if they have been read. Months that have not changed are remembered.
    """
    if rates is None:
        days = tuple({month.until: None for month in months})
        rates = rates_of(asked.book_id, asked.currency, currencies_of(moves), days, moves.rates)
    columns = [
        _column(month.until, moved, rates, (asked.currency, month.until, moves.rates))
        for month, moved in zip(months, moves.months, strict=True)
    ]
    return Brought(months, columns, accounts)


def currencies_of(moves: Moves) -> frozenset[str]:
    """Return all currencies that anything moved in, also where it is taken off again."""
    return frozenset().union(*map(_currencies, moves.months))


def _currencies(moved: Moved) -> frozenset[str]:
    kept = (term.state.made("currencies", partial(_named, term.state.sums)) for term in moved.terms)
    return frozenset(_named(moved.parts)).union(*kept)


def _named(found: Iterable[Sum]) -> frozenset[str]:
    return frozenset(one.currency for one in found)


def _column(day: date, moved: Moved, rates: Rates, key: Hashable) -> Column:
    """Return a month in the currency of `rates`, which `key` stands for.

    What terms come to is kept with the first of them.
    """
    column = _NOTHING
    if moved.terms:
        first, *others = moved.terms
        column = first.state.made(
            (key, first.sign, *((one.span, one.state.version, one.sign) for one in others)),
            partial(_of_terms, day, moved.terms, rates),
        )
    return _changed(column, moved.parts, moved, day, rates) if moved.parts else column


def _of_terms(day: date, terms: Sequence[Term], rates: Rates) -> Column:
    first = Moved(terms[:1])
    column = _converted(first.sums(), day, rates)
    others = [one for term in terms[1:] for one in term.sums()]
    return _changed(column, others, Moved(terms), day, rates) if others else column


def _changed(
    column: Column, others: Iterable[Sum], moved: Moved, day: date, rates: Rates
) -> Column:
    """Return a column to which others were added, as is all that moved."""
    # All of an account anew, since each of its currencies is rounded.
    anew = {one.account_id for one in others}
    part = _converted(moved.sums(anew), day, rates)
    return Column(
        {**_without(anew, column.amounts), **part.amounts},
        {**_without(anew, column.entries), **part.entries},
        [*(one for one in column.foreign if one.account_id not in anew), *part.foreign],
    )


def _without(accounts: Collection[str], kept: Mapping[str, V]) -> dict[str, V]:
    return {id: value for id, value in kept.items() if id not in accounts}


def _converted(found: Iterable[Sum], day: date, rates: Rates) -> Column:
    """Return sums of a month in one currency, at a day's rates."""
    target = rates.target
    amounts: dict[str, Decimal] = {}
    entries: dict[str, int] = {}
    foreign = []
    for id, currency, debit, credit, count in found:
        entries[id] = entries.get(id, 0) + count
        amount = debit - credit
        if currency != target:
            rate = rates.rate(currency, day)
            foreign.append(Foreign(id, currency, amount, rate))
            if rate.rate is None:
                continue
            amount = round_to(amount * rate.rate, target)
        amounts[id] = amounts.get(id, ZERO) + amount
    return Column(amounts, entries, foreign)


@dataclass(frozen=True, slots=True)
class Beside:
    """What accounts moved in a period, in the one before it and in the same days a year ago.

    Of a year, both are the same. `chart` is the state of the accounts themselves (`Moves`).
    """

    now: Brought
    before: Brought
    year_before: Brought
    chart: tuple[int, int]

    @property
    def periods(self) -> tuple[Brought, Brought, Brought]:
        """All three."""
        return self.now, self.before, self.year_before


def beside(asked: Asked, accounts: Sequence[str], valued: Sequence[str] = ()) -> Beside:
    """Return what accounts moved in a period and beside it, in one statement and one for rates.

    Of those that are `valued`, without what valuations and opening balances added.
    """
    period = asked.period
    spans = dict.fromkeys((period.months, period.before.months, period.year_before.months))
    months = [month for span in spans for month in span]
    moves = moved(asked, months, accounts, valued=valued)
    found = bring(asked, months, moves, {*accounts})
    first, parts = 0, {}
    for span in spans:
        parts[span] = found.part(first, len(span))
        first += len(span)
    return Beside(
        parts[period.months],
        parts[period.before.months],
        parts[period.year_before.months],
        moves.chart,
    )


def moved(
    asked: Asked,
    months: Sequence[Month],
    accounts: Sequence[str] | None = None,
    only: Only | None = None,
    valued: Sequence[str] = (),
) -> Moves:
    """Return what accounts, or all, moved in months; through some if so was asked.

    Of those that are `valued`, without what valuations and opening balances added.
    """
    return sums(
        asked.book_id,
        months,
        asked.today,
        accounts=accounts,
        through=asked.accounts,
        only=only,
        valued=valued,
    )

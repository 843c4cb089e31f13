"""Count a book again from its beancount journal: with the rules as they are written, and no SQL.

Whatever the reports say follows from three things that beancount has read: accounts, postings and
prices. Periods are cut into months here, too.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cached_property
from typing import Any, NamedTuple

from beancount import loader
from beancount.core import data
from beancount.ops import validation

DAY = timedelta(days=1)
ZERO = Decimal(0)
PLACES = {"BRL": 2, "USD": 2, "EUR": 2, "JPY": 0}
TYPES = {
    "Assets": "asset",
    "Liabilities": "liability",
    "Equity": "equity",
    "Income": "income",
    "Expenses": "expense",
}
REAL = ("asset", "liability")


def later(day: date, months: int) -> date:
    """Return the same day so many months later, or the last that its month has."""
    place = day.year * 12 + day.month - 1 + months
    for number in range(day.day, 0, -1):
        try:
            return date(place // 12, place % 12 + 1, number)
        except ValueError:
            continue
    raise AssertionError


class Days(NamedTuple):
    """Some days, both ends among them."""

    since: date
    until: date

    def months(self, start_day: int) -> list["Days"]:
        """Cut them into months that begin on a day."""
        found: list[Days] = []
        day = self.since
        while day <= self.until:
            if day == self.since or day.day == start_day:
                found.append(Days(day, day))
            found[-1] = Days(found[-1].since, day)
            day += DAY
        return found

    def before(self, start_day: int) -> "Days":
        """Return as many months before, or as many days if they do not begin with a month."""
        if self.since.day == start_day:
            return self._earlier(len(self.months(start_day)))
        count = (self.until - self.since).days + 1
        return Days(self.since - count * DAY, self.since - DAY)

    def year_before(self) -> "Days":
        """Return the same days a year before."""
        return self._earlier(12)

    def _earlier(self, months: int) -> "Days":
        return Days(later(self.since, -months), later(self.until + DAY, -months) - DAY)


class Known(NamedTuple):
    """An account as the journal opens it."""

    id: str
    path: str
    name: str
    type: str
    kind: str
    broker: str
    currency: str


class Posting(NamedTuple):
    """An amount on an account."""

    on: date
    transaction: str
    account: str
    currency: str
    amount: Decimal


Cell = tuple[str, str]


@dataclass
class Recount:
    """The accounts by id, the postings by day, and what one unit was worth on some days."""

    accounts: dict[str, Known]
    postings: Sequence[Posting]
    prices: dict[tuple[str, str], list[tuple[date, Decimal]]]

    @cached_property
    def _by_cell(self) -> dict[Cell, list[Posting]]:
        found: dict[Cell, list[Posting]] = defaultdict(list)
        for one in sorted(self.postings, key=lambda one: one.on):
            found[one.account, one.currency].append(one)
        return dict(found)

    def through(self, accounts: Iterable[str]) -> "Recount":
        """Keep the transactions that touch some accounts."""
        wanted = set(accounts)
        touched = {one.transaction for one in self.postings if one.account in wanted}
        kept = [one for one in self.postings if one.transaction in touched]
        return Recount(self.accounts, kept, self.prices)

    def without(self, accounts: Iterable[str]) -> "Recount":
        """Leave out the transactions that touch some accounts."""
        wanted = set(accounts)
        touched = {one.transaction for one in self.postings if one.account in wanted}
        kept = [one for one in self.postings if one.transaction not in touched]
        return Recount(self.accounts, kept, self.prices)

    def of(self, **named: str) -> set[str]:
        """Return the accounts of a type or kind."""
        return {
            id
            for id, one in self.accounts.items()
            if all(getattr(one, name) == value for name, value in named.items())
        }

    def below(self, ids: Iterable[str]) -> set[str]:
        """Return categories with all below them."""
        paths = [self.accounts[id].path for id in ids]
        return {
            id
            for id, one in self.accounts.items()
            if any(one.path == path or one.path.startswith(f"{path}:") for path in paths)
        }

    def moves(self, cell: Cell, days: Days) -> list[Decimal]:
        """Return what was posted to an account in a currency."""
        return [
            one.amount for one in self._by_cell.get(cell, ()) if days.since <= one.on <= days.until
        ]

    def balances(self, on: date) -> dict[Cell, Decimal]:
        """Return what each account came to in each currency at the end of a day."""
        return {
            cell: sum((one.amount for one in of_it if one.on <= on), ZERO)
            for cell, of_it in self._by_cell.items()
        }

    def rate(self, currency: str, target: str, day: date) -> Decimal | None:
        """Return the freshest rate of a day: direct, inverse, or through the euro."""
        if currency == target:
            return Decimal(1)
        direct = self._latest(currency, target, day)
        inverse = self._latest(target, currency, day)
        here, there = self._latest("EUR", currency, day), self._latest("EUR", target, day)
        found: list[tuple[date, int, Decimal]] = []
        if direct:
            found.append((direct[0], 2, direct[1]))
        if inverse:
            found.append((inverse[0], 1, 1 / inverse[1]))
        if here and there:
            found.append((min(here[0], there[0]), 0, there[1] / here[1]))
        return max(found)[2] if found else None

    def _latest(self, base: str, quote: str, day: date) -> tuple[date, Decimal] | None:
        known = self.prices.get((base, quote), [])
        place = bisect_right(known, day, key=lambda one: one[0])
        return known[place - 1] if place else None

    def convert(self, amount: Decimal, currency: str, target: str, day: date) -> Decimal | None:
        """Return an amount in another currency, rounded half to even; None without a rate."""
        rate = self.rate(currency, target, day)
        return None if rate is None else rounded(amount * rate, target)

    def flow(self, ids: Iterable[str], months: Sequence[Days], target: str) -> list[Decimal]:
        """Return what accounts moved in months: each account, currency and month rounded apart."""
        wanted = set(ids)
        totals = []
        for month in months:
            total = ZERO
            for cell in self._by_cell:
                if cell[0] in wanted:
                    moved = sum(self.moves(cell, month), ZERO)
                    total += self.convert(moved, cell[1], target, month.until) or ZERO
            totals.append(total)
        return totals

    def count(self, ids: Iterable[str], days: Days) -> int:
        """Return how many entries accounts have."""
        wanted = set(ids)
        return sum(len(self.moves(cell, days)) for cell in self._by_cell if cell[0] in wanted)

    def worth(self, ids: Iterable[str], on: date, target: str) -> Decimal:
        """Return what accounts are worth at the end of a day: each balance rounded apart."""
        wanted = set(ids)
        return sum(
            (
                self.convert(total, currency, target, on) or ZERO
                for (id, currency), total in self.balances(on).items()
                if id in wanted
            ),
            ZERO,
        )


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Round half to even."""
    return amount.quantize(Decimal(1).scaleb(-PLACES[currency]), ROUND_HALF_EVEN)


def read(journal: str) -> Recount:
    """Have beancount read a journal, and refuse it where bean-check does."""
    checks = validation.HARDCORE_VALIDATIONS
    entries, errors, _ = loader.load_string(journal, extra_validations=checks)
    assert not errors, [error.message for error in errors[:5]]
    accounts: dict[str, Known] = {}
    ids: dict[str, str] = {}
    postings: list[Posting] = []
    prices: dict[tuple[str, str], list[tuple[date, Decimal]]] = defaultdict(list)
    for one in entries:
        if isinstance(one, data.Open):
            known = _known(one)
            accounts[known.id], ids[one.account] = known, known.id
        elif isinstance(one, data.Price):
            prices[one.currency, one.amount.currency].append((one.date, one.amount.number))
    for one in entries:
        if isinstance(one, data.Transaction):
            postings += [
                Posting(
                    one.date, one.meta["id"], ids[to.account], to.units.currency, to.units.number
                )
                for to in one.postings
            ]
    return Recount(accounts, postings, {pair: sorted(of_it) for pair, of_it in prices.items()})


def _known(one: Any) -> Known:
    return Known(
        one.meta["id"],
        one.account,
        one.meta["name"],
        TYPES[one.account.split(":")[0]],
        one.meta["kind"],
        one.meta.get("broker", ""),
        one.currencies[0] if one.currencies else "",
    )

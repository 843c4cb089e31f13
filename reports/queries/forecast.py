"""Where what is to come leads: the daily balance of the accounts that pay."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from accounts.rates import State
from buffet import money
from buffet.errors import NotFound, invalid
from reports.periods import DAY
from reports.queries.ahead import beginning
from reports.queries.coming import Bill, Coming, Paid, Source, in_order, to_come
from transactions.queries.subscriptions import Missed

ZERO = Decimal(0)
#: How many days ahead a forecast reaches, if not said, and at the most.
DAYS, MOST_DAYS = 90, 732


class Day(NamedTuple):
    """A balance at the end of a day."""

    on: date
    balance: Decimal


@dataclass(frozen=True)
class Projection:
    """An account from today until a day.

    `steps` are the days on which its balance becomes another, today leading: on most days it stays.
    """

    account_id: UUID
    name: str
    currency: str
    steps: tuple[Day, ...]
    until: date

    @cached_property
    def days(self) -> tuple[Day, ...]:
        """Each day with its balance."""
        ends = (*(step.on for step in self.steps[1:]), self.until + DAY)
        return tuple(
            Day(day, balance)
            for (on, balance), end in zip(self.steps, ends, strict=True)
            for day in following(on, (end - on).days)
        )

    @property
    def lowest(self) -> Day:
        """The first day of its lowest balance."""
        return min(self.steps, key=attrgetter("balance"))

    @property
    def below_zero(self) -> date | None:
        """The first day on which it is below zero."""
        return next((day.on for day in self.steps if day.balance < 0), None)


def following(first: date, count: int) -> list[date]:
    """Return so many days in a row."""
    return [first + timedelta(days=number) for number in range(count)]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """An expense (or, below zero, an income) that nobody has decided on: nothing is written."""

    amount: Decimal
    on: date
    account_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is to come from a day until another, in its order, and where that leads.

    `bills` are all the statements of the book's cards, the paid ones too; `accounts` those that
    hold money, by name; `payers` the accounts that cards are paid from; `cards` the accounts of
    each card; `missed` what subscriptions were to move before the first day, and did not. `rates`
    is the state of all rates.

    What was asked of some accounts alone (`only`; empty is all) has in `coming` and `bills` what
    moves these, and among the `others` the other sides of the same transactions.
    """

    as_of: date
    until: date
    coming: tuple[Coming, ...]
    bills: tuple[Bill, ...]
    accounts: Mapping[UUID, dict[str, Any]]
    payers: tuple[UUID, ...]
    cards: Mapping[UUID, Paid]
    missed: tuple[Missed, ...]
    rates: State
    only: frozenset[UUID] = frozenset()
    others: tuple[Coming, ...] = ()

    @property
    def foreseen(self) -> Mapping[UUID, dict[str, Any]]:
        """The accounts that hold money and that were asked for."""
        if not self.only:
            return self.accounts
        return {id: row for id, row in self.accounts.items() if id in self.only}

    @property
    def projections(self) -> tuple[Projection, ...]:
        """The accounts that were asked for, by name.

        Of all, those that something moves, that pay cards or are for payments.
        """
        moves: dict[UUID, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for one in self.coming:
            if one.account_id:
                moves[one.account_id][one.on] += one.amount
        return tuple(
            Projection(
                id,
                row["name"],
                row["currency"],
                _steps(row["balance"], moves.get(id, {}), self.as_of),
                self.until,
            )
            for id, row in self.foreseen.items()
            if self.only or id in moves or id in self.payers or row["kind"] == "checking"
        )

    @property
    def payer(self) -> UUID | None:
        """The account that pays when none is named: a card's payer, or one for payments, or any."""
        own = self.foreseen
        checking = (id for id, row in own.items() if row["kind"] == "checking")
        return next((id for id in (*self.payers, *checking, *own) if id in own), None)

    def ending(self, until: date) -> "Forecast":
        """Return it up to an earlier day; what that day's statements include began before it.

        :raises Invalid: if that day lies before the first.
        """
        _check(self.as_of, until)
        kept = tuple(one for one in self.coming if one.on <= until)
        return replace(self, until=until, coming=kept)

    def narrowed(self, accounts: Collection[UUID]) -> "Forecast":
        """Return what moves some accounts, and where that leads them; itself for none.

        Of a card's account, what its statements ask for and what they include.

        :raises NotFound: if one holds no money in the book and is no card's.
        """
        if not accounts:
            return self
        only = frozenset(accounts)
        if not only <= {*self.accounts, *(one.account_id for one in self.cards.values())}:
            raise NotFound("There is no such account in this book.")
        cards = {id for id, one in self.cards.items() if one.account_id in only}
        payers = {id for id, one in self.cards.items() if one.payer_id in only}
        coming = [one for one in self.coming if one.account_id in only or one.card_id in cards]
        sides = {(one.transaction_id, one.currency) for one in coming if one.transaction_id}
        return replace(
            self,
            coming=tuple(coming),
            bills=tuple(
                one for one in self.bills if one.statement.invoice.card_id in cards | payers
            ),
            missed=tuple(one for one in self.missed if one.account_id in only),
            only=only,
            others=tuple(
                one
                for one in self.coming
                if (one.transaction_id, one.currency) in sides and one not in coming
            ),
        )

    def supposing(self, asked: WhatIf) -> "Forecast":
        """Return what it would be with an expense more.

        :raises NotFound: if its account is none that holds money in the book.
        :raises Invalid: if its day is not one of the forecast, its account none of those that were
            asked for, or its amount has decimals that the account's currency has not.
        """
        if not self.as_of <= asked.on <= self.until:
            sentence = f"This is a day from {self.as_of} to {self.until}."
            raise invalid("?what_if_on", "out_of_range", sentence)
        id = self.payer if asked.account_id is None else asked.account_id
        if self.only and id not in self.foreseen and (id is None or id in self.accounts):
            sentence = "This is an account among those that are asked for, which holds money."
            raise invalid("?what_if_account", "not_asked_for", sentence)
        if id is None or id not in self.accounts:
            raise NotFound("There is no such account in this book.")
        currency = self.accounts[id]["currency"]
        if money.round_to(asked.amount, currency) != asked.amount:
            places = money.decimals(currency)
            sentence = f"An amount in {currency} has at most {places} decimals."
            raise invalid("?what_if", "too_many_decimals", sentence)
        extra = Coming(
            on=asked.on,
            amount=-asked.amount,
            currency=currency,
            source=Source.WHAT_IF,
            title="What if",
            id=None,
            account_id=id,
        )
        return replace(self, coming=tuple(sorted((*self.coming, extra), key=in_order)))


def forecast(book_id: UUID, today: date, until: date, what_if: WhatIf | None = None) -> Forecast:
    """Return what is to come in a book from today on, up to and including `until`.

    :raises NotFound: if the account of `what_if` is none that holds money in the book.
    :raises Invalid: if `until` is not after today, or too far ahead, or `what_if` not between.
    """
    _check(today, until)
    begins = beginning(book_id, today, until)
    ahead = to_come(book_id, today, until, begins)
    found = Forecast(
        as_of=today,
        until=until,
        coming=ahead.coming,
        bills=ahead.bills,
        accounts=begins.accounts,
        payers=ahead.payers,
        cards=ahead.cards,
        missed=ahead.missed,
        rates=begins.rates,
    )
    return found if what_if is None else found.supposing(what_if)


def _check(today: date, until: date) -> None:
    if not today <= until <= today + timedelta(days=MOST_DAYS):
        sentence = f"A forecast ends between today and {MOST_DAYS} days from now."
        raise invalid("?until", "out_of_range", sentence)


def _steps(balance: Decimal, moves: Mapping[date, Decimal], today: date) -> tuple[Day, ...]:
    """Return the days from today on that change a balance, today itself leading."""
    steps = [Day(today, balance + moves.get(today, ZERO))]
    for on in sorted(moves):
        if on > today and moves[on]:
            steps.append(Day(on, steps[-1].balance + moves[on]))
    return tuple(steps)

"""What moved investment accounts: money put in and taken out, earned, paid and gained.

Read from the entries of their transactions in the period, and from nothing else but the accounts'
balance before it and their valuations.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from accounts import rates
from accounts.models import CATEGORY_TYPES, REAL_TYPES, AccountType, Kind
from buffet.errors import NotFound
from buffet.money import Money, round_to
from reports.asking import Asked
from reports.periods import DAY
from reports.queries.worth import ZERO
from transactions.queries import balances, points


class Investment(NamedTuple):
    """An investment account and what it was worth before the period; its broker may be empty."""

    id: str
    name: str
    currency: str
    broker_id: str | None
    broker: str
    is_archived: bool
    opening: Decimal


class Moved(NamedTuple):
    """What a transaction did to an account, in the account's currency.

    `put` is what came from outside of it, negative for what went there: own accounts, opening
    balances and adjustments. Costs have no sign, unless they came back.
    """

    transaction_id: UUID
    account_id: str
    on: date
    put: Decimal
    income: Decimal
    costs: Decimal
    gains: Decimal

    @property
    def total(self) -> Decimal:
        """What it is worth more than before."""
        return self.put + self.income - self.costs + self.gains


@dataclass(frozen=True, slots=True)
class Valuation:
    """What an account was said to be worth at the end of a day, and the gain that booked.

    `transaction_id` is None where nothing was gained or lost. `computed` is what its entries come
    to by now: something else than the value once something before it was changed.
    """

    id: UUID
    transaction_id: UUID | None
    account_id: str
    account: str
    on: date
    value: Money
    gain: Money
    note: str
    computed: Money

    @property
    def ok(self) -> bool:
        """Whether the account is worth by now what was said."""
        return self.value == self.computed


_ACCOUNTS = f"""
{balances.MOVES}
SELECT a.id::text, a.name, a.currency, br.id::text, coalesce(br.name, ''),
    a.archived_at IS NOT NULL, {balances.BALANCE}, rates.*
FROM accounts_account a
{balances.BALANCES}
LEFT JOIN accounts_broker br ON br.id = a.broker_id
CROSS JOIN {rates.STATE} AS rates
WHERE a.book_id = %(book)s AND a.kind = '{Kind.INVESTMENT}'
ORDER BY br.name, a.name, a.id
"""
# With all of their transactions, since the other side says what a movement is.
_ENTRIES = """
SELECT e.transaction_id, e.date, e.account_id::text, a.type, a.kind, e.currency, e.amount
FROM (
    SELECT DISTINCT o.transaction_id AS id FROM transactions_entry o
    WHERE o.account_id = ANY(%(accounts)s::uuid[])
        AND o.date >= %(since)s AND o.date <= %(until)s
) AS t
JOIN transactions_entry e ON e.transaction_id = t.id
JOIN accounts_account a ON a.id = e.account_id
ORDER BY e.date, e.transaction_id, e.id
"""
_VALUATIONS = f"""
SELECT p.id, p.transaction_id, p.account_id::text, p.name, p.on, p.balance, p.currency, coalesce((
    SELECT sum(e.amount) FROM transactions_entry e
    WHERE e.transaction_id = p.transaction_id AND e.account_id = p.account_id
), 0), p.note, p.computed
FROM (
    {points.POINTS} AND p.account_id = ANY(%(accounts)s::uuid[]) AND p.kind = 'valuation'
        AND p.on >= %(since)s AND p.on <= %(until)s
) AS p
ORDER BY p.on DESC, p.name, p.id
"""


class Entered(NamedTuple):
    """An entry of a transaction that investments have a part in, on whatever account."""

    transaction_id: UUID
    on: date
    account_id: str
    type: str
    kind: str
    currency: str
    amount: Decimal


def investments(asked: Asked) -> tuple[list[Investment], rates.State]:
    """Return the investment accounts that were asked for, by broker and name, in one statement.

    It brings along the state of the rates.

    :raises NotFound: if one of them is no investment account of the book.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS, balances.parameters(asked.book_id, asked.period.since - DAY))
        rows = cursor.fetchall()
    state = rates.State(*rows[0][-3:] if rows else ())
    found = [Investment._make(row[:-3]) for row in rows]
    wanted = {str(id) for id in asked.accounts}
    if wanted - {one.id for one in found}:
        raise NotFound("There is no such investment account in this book.")
    found = [
        one
        for one in found
        if (not wanted or one.id in wanted) and asked.broker in (None, one.broker)
    ]
    return found, state


def entered(asked: Asked, accounts: Sequence[Investment]) -> tuple[Entered, ...]:
    """Return what has entries on these accounts in the period, with all of its entries.

    The earliest first, those of a transaction together; in one statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, _parameters(asked, accounts))
        return tuple(map(Entered._make, cursor.fetchall()))


def moves(entries: Iterable[Entered], accounts: Sequence[Investment]) -> list[Moved]:
    """Return what moved these accounts, the earliest first, as `entered` tells it."""
    wanted = {one.id for one in accounts}
    return [
        moved
        for _, group in itertools.groupby(entries, key=lambda one: one.transaction_id)
        for moved in _told_apart(list(group), wanted)
    ]


def valuations(asked: Asked, accounts: Sequence[Investment]) -> list[Valuation]:
    """Return the valuations of these accounts in the period, the latest first, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_VALUATIONS, _parameters(asked, accounts))
        rows = cursor.fetchall()
        return [
            Valuation(
                id,
                booked_by,
                account_id,
                name,
                on,
                Money(value, currency),
                Money(gain, currency),
                note,
                Money(computed, currency),
            )
            for id, booked_by, account_id, name, on, value, currency, gain, note, computed in rows
        ]


def _parameters(asked: Asked, accounts: Sequence[Investment]) -> dict[str, UUID | date | list[str]]:
    period = asked.period
    ids = [one.id for one in accounts]
    return {
        "book": asked.book_id,
        "accounts": ids,
        "since": period.since,
        "until": period.until,
    }


#: What stands in equity for another own account.
_ELSEWHERE = (Kind.OPENING_BALANCES, Kind.ADJUSTMENTS)


def _told_apart(entries: Sequence[Entered], wanted: set[str]) -> Iterator[Moved]:
    """Yield what a transaction did to each of the wanted accounts.

    Entries have two sides, debits and credits. An account has its part, by size, in what own
    accounts gave or got on the other side: that was put in or taken out. The rest is earned, paid
    or gained. So a sale for 1000 less a fee of 10 takes out 990, and the fee is the account's; a
    purchase for 1000 with a fee of 10 puts in 1000, and so is the fee. Where own accounts of other
    kinds stand on its own side alone, as in a salary that is paid in parts, all is put in.
    """
    for currency in sorted({one.currency for one in entries if one.account_id in wanted}):
        here = [one for one in entries if one.currency == currency]
        crosses = any(one.type in REAL_TYPES and one.currency != currency for one in entries)
        own: dict[tuple[str, str], Decimal] = {}
        for one in here:
            if _is_own(one, crosses):
                key = one.account_id, one.kind
                own[key] = own.get(key, ZERO) + one.amount
        booked = [one for one in here if not _is_own(one, crosses)]
        for (id, kind), total in own.items():
            if id in wanted:
                put = round_to(_put(own, (id, kind)), currency)
                first = here[0]
                yield Moved(first.transaction_id, id, first.on, put, *_rest(booked, total - put))


def _is_own(entry: Entered, crosses: bool) -> bool:
    """Whether an entry is money of one's own; where other currencies are, a conversion is, too."""
    return (
        entry.type in REAL_TYPES
        or entry.kind in _ELSEWHERE
        or (crosses and entry.kind == Kind.CONVERSION)
    )


def _put(own: Mapping[tuple[str, str], Decimal], key: tuple[str, str]) -> Decimal:
    """Return what of an account's total was put in, or taken out of it; `key` is its own."""
    total = own[key]
    here = [(kind, abs(amount)) for (_, kind), amount in own.items() if amount * total > 0]
    there = [(kind, abs(amount)) for (_, kind), amount in own.items() if amount * total < 0]
    if not there:
        return ZERO if {kind for kind, _ in here} <= {Kind.INVESTMENT} else total
    given, got = (sum((amount for _, amount in side), ZERO) for side in (there, here))
    if any(kind == Kind.INVESTMENT for kind, _ in there):
        # Between two investments, what differs is the one's or the other's, and not both's.
        given = min(given, got)
    return given * total / got


def _rest(booked: Sequence[Entered], rest: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """Return the income, costs and gains that what is left of an account's total consists of."""
    income = -_sum(one for one in booked if one.type == AccountType.INCOME)
    costs = _sum(one for one in booked if one.type == AccountType.EXPENSE)
    gains = -_sum(one for one in booked if one.kind == Kind.VALUATION)
    if income - costs + gains == rest:
        return income, costs, gains
    # Not all of it is this account's: what this one has is told by its sign alone.
    if gains and not any(one.type in CATEGORY_TYPES for one in booked):
        return ZERO, ZERO, rest
    return (rest, ZERO, ZERO) if rest > 0 else (ZERO, -rest, ZERO)


def _sum(entries: Iterable[Entered]) -> Decimal:
    return sum((one.amount for one in entries), ZERO)

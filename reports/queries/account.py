"""What is on an account: how its balance came there, month by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from accounts.rates import SAME, STATE, Rate, State, rates_of
from buffet.money import Money
from reports.queries.worth import ZERO, month_ends


@dataclass(frozen=True, slots=True)
class AccountPast:
    """The balance at each month's end up to a day, in the account's currency, and its entries.

    `entries` counts those up to the day; `months` are (last day, balance), the day itself last.
    `rates` is the state of the rates then.
    """

    entries: int
    months: Sequence[tuple[date, Decimal]]
    rates: State

    @property
    def on(self) -> date:
        """The day up to which it is told."""
        return self.months[-1][0]


_MONTHS = f"""
SELECT moved.*, rates.* FROM {STATE} AS rates CROSS JOIN (
    SELECT month, sum(debit - credit), sum(entries) FROM transactions_monthlybalance
    WHERE book_id = %(book)s AND account_id = %(account)s AND month < %(first)s AND entries <> 0
    GROUP BY month
    UNION ALL
    SELECT %(first)s, sum(amount), count(*) FROM transactions_entry
    WHERE account_id = %(account)s AND date >= %(first)s AND date <= %(on)s
) AS moved (month, total, entries) ORDER BY moved.month
"""


def account_past(book_id: UUID, account_id: UUID, on: date) -> AccountPast:
    """Return an account's balance by month up to the end of `on`, in one statement.

    Reads its monthly balances and the entries of the day's own month.
    """
    first = on.replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, {"book": book_id, "account": account_id, "first": first, "on": on})
        rows = cursor.fetchall()
    *before, (_, moved, *_) = rows
    ends = month_ends(before[0][0] if before else None, on)
    found, total, position = [], ZERO, 0
    for end in ends:
        while position < len(before) and before[position][0] <= end:
            total += before[position][1]
            position += 1
        found.append((end, total))
    total += sum((row[1] for row in before[position:]), ZERO) + (moved or ZERO)
    entries = int(sum(row[2] for row in rows))
    return AccountPast(entries, [*found, (on, total)], State(*rows[0][3:]))


@dataclass(frozen=True, slots=True)
class Standing:
    """What is on an account at the end of a day, and what that is in another currency.

    `converted` is None where there is no rate.
    """

    balance: Money
    currency: str
    converted: Money | None
    rate: Rate

    @property
    def is_foreign(self) -> bool:
        """Whether the account is in another currency than it is told in."""
        return self.balance.currency != self.currency


def standing(book_id: UUID, past: AccountPast, balance: Money, currency: str) -> Standing:
    """Return what a balance at the end of the day is in a currency, at the day's rate.

    In one statement, if that rate changed since this process last read it.
    """
    own = balance.currency
    if own == currency:
        return Standing(balance, currency, balance, SAME)
    known = rates_of(book_id, currency, frozenset((own,)), (past.on,), past.rates)
    rate = known.rate(own, past.on)
    return Standing(balance, currency, rate.convert(balance.amount, currency), rate)

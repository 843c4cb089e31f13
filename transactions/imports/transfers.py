"""Which lines of a statement are the other side of what the book already tells.

A payment of a card is on two statements, the bank's and the card's, often on days apart. It is one
transaction: the one that is there is completed, or repeated where it is a transfer already.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import REAL_KINDS, Account, Kind
from transactions.imports.matching import Line, Match, special_id
from transactions.models import Verdict

#: How many days may lie between both sides.
APART = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class _Side:
    """What could be the other side of a line: `amount` is what it would bring to the account."""

    transaction_id: UUID
    entry_id: UUID
    date: date
    amount: Decimal


#: Transfers of the account that no statement of it has told yet.
_RECORDED = """
SELECT e.transaction_id, e.id, e.date, e.amount
FROM transactions_entry e
WHERE e.account_id = %(account)s AND e.external_id = '' AND e.amount = ANY(%(amounts)s)
    AND e.date BETWEEN %(first)s AND %(last)s AND NOT e.transaction_id = ANY(%(taken)s)
    AND EXISTS (
        SELECT FROM transactions_entry o JOIN accounts_account a ON a.id = o.account_id
        WHERE o.transaction_id = e.transaction_id AND o.id <> e.id AND a.kind = ANY(%(real)s)
    )
ORDER BY e.date, e.id
"""
#: What left a bank account for nobody knows what, or came to a card from nobody knows where.
_WAITING = """
SELECT e.transaction_id, o.id, e.date, o.amount
FROM transactions_entry e
JOIN accounts_account a ON a.id = e.account_id
JOIN transactions_entry o ON o.transaction_id = e.transaction_id AND o.id <> e.id
JOIN accounts_account u ON u.id = o.account_id
WHERE e.book_id = %(book)s AND e.account_id <> %(account)s AND e.currency = %(currency)s
    AND a.kind = ANY(%(others)s) AND a.archived_at IS NULL AND u.kind = %(uncategorized)s
    AND e.date BETWEEN %(first)s AND %(last)s AND o.amount = ANY(%(amounts)s)
    AND e.amount = -o.amount
    AND (SELECT count(*) FROM transactions_entry n WHERE n.transaction_id = e.transaction_id) = 2
    AND NOT EXISTS (
        SELECT FROM transactions_closedmonth c
        WHERE c.book_id = e.book_id AND c.month = date_trunc('month', e.date)
    )
    AND NOT EXISTS (
        SELECT FROM accounts_account own WHERE own.id = %(account)s AND e.date <= own.locked_through
    )
ORDER BY e.date, e.transaction_id
"""


def recognise(account: Account, matches: Sequence[Match]) -> list[Match]:
    """Return the matches with those new lines told apart that are the other side of something.

    A line repeats the nearest transfer of its amount. It completes a payment of a card only where
    one is nearest: what could be either of two stays a line of its own.
    """
    found = _paired(matches, _recorded(account, matches), _repeats, is_one_of_two=False)
    return _paired(found, _waiting(account, found), _completes, is_one_of_two=True)


def _repeats(match: Match, side: _Side) -> Match:
    return replace(
        match,
        verdict=Verdict.DUPLICATE,
        reason="recorded_as_transfer",
        transaction_id=side.transaction_id,
    )


def _completes(match: Match, side: _Side) -> Match:
    return replace(
        match,
        verdict=Verdict.TRANSFER,
        reason="other_side_of_card_payment",
        # The day may be another, so that the bank's id alone would not find it again.
        external_id=special_id(match.line),
        transaction_id=side.transaction_id,
        entry_id=side.entry_id,
    )


def _paired(
    matches: Sequence[Match],
    sides: Iterable[_Side],
    become: Callable[[Match, _Side], Match],
    *,
    is_one_of_two: bool,
) -> list[Match]:
    """Return the matches, each new one with the nearest side of its amount turned into another."""
    left = list(sides)
    found = list(matches)
    order = sorted(range(len(found)), key=lambda place: found[place].line.date)
    for place in order if left else ():
        line = found[place].line
        if found[place].verdict != Verdict.NEW:
            continue
        near = sorted(
            (abs(side.date - line.date), number)
            for number, side in enumerate(left)
            if side.amount == line.amount and abs(side.date - line.date) <= APART
        )
        is_clear = len(near) == 1 or (near and near[0][0] < near[1][0])
        if is_clear or (near and not is_one_of_two):
            found[place] = become(found[place], left.pop(near[0][1]))
    return found


def _recorded(account: Account, matches: Sequence[Match]) -> list[_Side]:
    taken = [match.transaction_id for match in matches if match.transaction_id]
    return _asked(_RECORDED, account, _new(matches), taken=taken, real=list(REAL_KINDS))


def _waiting(account: Account, matches: Sequence[Match]) -> list[_Side]:
    is_card = account.kind == Kind.CREDIT_CARD
    # Money goes from an account to a card, and not the other way.
    lines = [line for line in _new(matches) if (line.amount > 0) == is_card]
    banks = [str(kind) for kind, type in REAL_KINDS.items() if type == "asset"]
    return _asked(
        _WAITING,
        account,
        lines,
        book=account.book_id,
        currency=account.currency,
        others=banks if is_card else [str(Kind.CREDIT_CARD)],
        uncategorized=str(Kind.UNCATEGORIZED),
    )


def _new(matches: Sequence[Match]) -> list[Line]:
    return [match.line for match in matches if match.verdict == Verdict.NEW]


def _asked(sql: str, account: Account, lines: Sequence[Line], **more: Any) -> list[_Side]:
    if not lines:
        return []
    days = [line.date for line in lines]
    values = more | {
        "account": account.id,
        "amounts": list({line.amount for line in lines}),
        "first": min(days) - APART,
        "last": max(days) + APART,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [_Side(*row) for row in cursor.fetchall()]

"""The accounts at the end of a month: what their banks say, and which days nothing backs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from accounts.models import REAL_KINDS, AccountType, Kind
from buffet.money import Money
from reports.periods import DAY
from reports.queries import stated
from transactions.queries import balances, points
from transactions.queries.balances import month_after
from transactions.queries.points import Check, Point

#: The kinds of accounts of which a bank sends statements: their days are to be backed by some.
STATED = frozenset((Kind.CHECKING, Kind.SAVINGS, Kind.CREDIT_CARD, Kind.LOAN))
#: The kinds that are worth more or less without that anything moves.
VALUED = frozenset((Kind.INVESTMENT,))

#: The first and the last of some days.
Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account at the end of a month.

    `check` is its balance point of that day, or the first after it, beside what the ledger says; if
    that agrees, or there is none, one of the month that does not.
    `gaps` are the days of the month that neither an import nor two points that agree back, from the
    account's first day on.
    """

    id: UUID
    name: str
    kind: str
    balance: Money
    entries: int
    locked_through: date | None
    pending: int
    uncategorised: int
    check: Check | None
    gaps: Sequence[Days]
    is_valued: bool

    @property
    def is_debt(self) -> bool:
        """Whether what is on it is owed: it is a card or a loan."""
        return REAL_KINDS[self.kind] == AccountType.LIABILITY

    @property
    def point(self) -> Point | None:
        """The balance point that says most about the month."""
        return self.check.point if self.check else None

    @property
    def differs(self) -> bool:
        """Whether the ledger says something else than that point."""
        return self.point is not None and not self.point.ok

    @property
    def may_reconcile(self) -> bool:
        """Whether that point agrees and nobody has said so yet."""
        return self.point is not None and self.point.ok and self.point.reconciled_at is None


@dataclass(frozen=True, slots=True)
class _Row:
    """An account, what is on it, what moved it in the month, and the days of its imports."""

    id: UUID
    name: str
    kind: str
    currency: str
    locked_through: date | None
    balance: Decimal
    entries: int
    pending: int
    uncategorised: int
    imports: Sequence[Days]
    began: date | None


# The entries of the month are found by their transactions': what this costs depends on those alone.
_ACCOUNTS = f"""
{balances.MOVES}, moved AS MATERIALIZED (
    SELECT e.id, e.account_id, e.transaction_id, e.status, a.kind
    FROM transactions_transaction t
    JOIN transactions_entry e ON e.transaction_id = t.id
    JOIN accounts_account a ON a.id = e.account_id
    WHERE t.book_id = %(book)s AND t.date >= %(first)s AND t.date <= %(last)s
), counted AS (
    SELECT account_id, count(*) AS entries, count(*) FILTER (WHERE status = 'pending') AS pending
    FROM moved GROUP BY account_id
), without AS (
    SELECT m.account_id, count(DISTINCT u.id) AS entries
    FROM moved u JOIN moved m ON m.transaction_id = u.transaction_id
    WHERE u.kind = 'uncategorized' AND m.kind <> 'uncategorized'
    GROUP BY m.account_id
), bank AS (
    SELECT account_id, array_agg(since ORDER BY since, id) AS starts,
        array_agg(until ORDER BY since, id) AS ends
    FROM ({stated.STATED}) AS stated WHERE since <= %(last)s AND until >= %(first)s
    GROUP BY account_id
)
SELECT a.id, a.name, a.kind, a.currency, a.locked_through, {balances.BALANCE},
    coalesce(counted.entries, 0), coalesce(counted.pending, 0), coalesce(without.entries, 0),
    bank.starts, bank.ends, {stated.BEGAN},
    ARRAY(
        SELECT DISTINCT card_id FROM invoices_invoice
        WHERE book_id = %(book)s AND due_on >= %(first)s AND due_on <= %(last)s
    ),
    (SELECT count(*) FROM moved WHERE kind = 'uncategorized'),
    (SELECT count(*) FROM transactions_transaction WHERE book_id = %(book)s AND date > %(today)s)
FROM accounts_account a
{balances.BALANCES}
LEFT JOIN counted ON counted.account_id = a.id
LEFT JOIN without ON without.account_id = a.id
LEFT JOIN bank ON bank.account_id = a.id
{stated.beginning("first")}
WHERE a.book_id = %(book)s AND a.type IN ('asset', 'liability')
ORDER BY a.name, a.id
"""


def in_month(book_id: UUID, month: date, today: date) -> "InMonth":
    """Return the accounts that had something or that something moved, by name.

    In two statements, and in one more if a balance point differs.
    """
    last = month_after(month) - DAY
    values = balances.parameters(book_id, last) | {"first": month, "last": last, "today": today}
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS, values)
        found = cursor.fetchall()
    beside: dict[UUID, list[Point]] = defaultdict(list)
    for point in points.beside(book_id, month, last):
        beside[point.account_id].append(point)
    shown = [one for own in beside.values() if (one := _telling(own, month, last))]
    narrow = points.narrowed(book_id, shown)
    read = [[*row[:9], [*zip(row[9] or (), row[10] or (), strict=True)], row[11]] for row in found]
    rows = [_Row(*row) for row in read]
    lines = [
        _line(row, beside[row.id], narrow, month, min(last, today))
        for row in rows
        if row.entries or row.balance
    ]
    return InMonth(lines, *(found[0][12:] if found else ((), 0, 0)))


@dataclass(frozen=True, slots=True)
class InMonth:
    """The accounts in a month, the cards whose statements are due in it, and counts of the book."""

    accounts: Sequence[AccountLine]
    cards: Sequence[UUID]
    uncategorised: int
    ahead: int


def _telling(found: Sequence[Point], first: date, last: date) -> Point | None:
    """Return which of an account's points says most about a month."""
    standing = next((point for point in found if point.on >= last), None)
    if standing is not None and not standing.ok:
        return standing
    differing = (point for point in found if first <= point.on <= last and not point.ok)
    return next(differing, standing)


def _line(
    row: _Row, found: Sequence[Point], narrow: dict[UUID, Check], first: date, until: date
) -> AccountLine:
    last = month_after(first) - DAY
    point = _telling(found, first, last)
    backed = [*row.imports, *agreeing((point.on, point.ok) for point in found)]
    # Before an account's first day, as `coverage` knows it, nothing is to be backed.
    days = [one for one in (row.began, *(since for since, _ in row.imports)) if one]
    counts = max(first, min(days)) if days and row.kind in STATED else None
    return AccountLine(
        id=row.id,
        name=row.name,
        kind=row.kind,
        balance=Money(row.balance, row.currency),
        entries=row.entries,
        locked_through=row.locked_through,
        pending=row.pending,
        uncategorised=row.uncategorised,
        check=(narrow.get(point.id) or Check(point)) if point else None,
        gaps=() if counts is None else gaps(counts, until, backed),
        is_valued=row.kind not in VALUED or any(first <= point.on <= last for point in found),
    )


def agreeing(found: Iterable[tuple[date, bool]]) -> Iterator[Days]:
    """Yield the days up to each balance point that agrees, back to one before it that does too.

    The points are days in order, and whether the ledger agrees. What led to an account's first one
    is backed by it from the beginning.
    """
    before: tuple[date, bool] | None = None
    for on, is_ok in found:
        if is_ok and (before is None or before[1]):
            yield (before[0] + DAY if before else date.min), on
        before = on, is_ok


def gaps(first: date, last: date, backed: Iterable[Days]) -> list[Days]:
    """Return the days between two, both included, that none of some others cover."""
    found, begin = [], first
    for since, until in sorted(backed):
        if since > last:
            break
        if since > begin:
            found.append((begin, since - DAY))
        begin = max(begin, until + DAY)
    if begin <= last:
        found.append((begin, last))
    return found

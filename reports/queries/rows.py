"""The rows behind a figure: the entries on some accounts in a period."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from accounts.models import Kind
from reports.periods import DAY
from reports.queries.figures import Behind, Change
from reports.queries.gains import OPENED
from reports.queries.parts import mirrored

PAGE, CHUNK = 50, 500

#: As a row's own date is called like its type.
Day = date


class Row(NamedTuple):
    """An entry with its transaction; `across` names the accounts on its other side.

    `amount` is as the money's owner sees it: less than zero for what was spent. A row that
    `is_against` is of the earlier period of a change, and its amount has the opposite sign.
    """

    date: date
    transaction_id: UUID
    entry_id: UUID
    description: str
    vendor: str
    account: str
    across: str
    amount: Decimal
    currency: str
    status: str
    is_against: bool = False

    @property
    def place(self) -> tuple[Day, UUID, UUID, bool]:
        """Its place among the rows of a figure, after which others come."""
        return self.date, self.transaction_id, self.entry_id, self.is_against


_ROWS = """
SELECT r.date, r.transaction_id, r.id, t.description, coalesce(v.name, ''), a.name,
    coalesce((
        SELECT string_agg(DISTINCT b.name, ', ' ORDER BY b.name)
        FROM transactions_entry o JOIN accounts_account b ON b.id = o.account_id
        WHERE o.transaction_id = r.transaction_id AND o.account_id <> r.account_id
    ), ''),
    r.amount * CASE WHEN (a.type = ANY(%(mirrored)s)) <> r.is_against THEN -1 ELSE 1 END,
    r.currency, r.status, r.is_against
FROM (
    {parts}
    ORDER BY is_against, date DESC, transaction_id DESC, id DESC LIMIT {limit}
) AS r
JOIN transactions_transaction t ON t.id = r.transaction_id
JOIN accounts_account a ON a.id = r.account_id
LEFT JOIN transactions_vendor v ON v.id = t.vendor_id
ORDER BY r.is_against, r.date DESC, r.transaction_id DESC, r.id DESC
"""
# Of each period, as many of each account as are told at once.
_PART = """
    SELECT e.*, {is_against} AS is_against
    FROM unnest(%(ids)s::uuid[]) AS w (id) CROSS JOIN LATERAL (
        SELECT * FROM transactions_entry e
        WHERE e.account_id = w.id AND {days} {narrowed}
        ORDER BY e.date DESC, e.transaction_id DESC, e.id DESC LIMIT {limit}
    ) AS e
"""
_THROUGH = """AND EXISTS (
    SELECT FROM transactions_entry x
    WHERE x.transaction_id = e.transaction_id AND x.account_id = ANY(%(through)s)
)"""
# What moved investments but for valuations and openings, with what these added where a transaction
# has more than that, since it is taken off. What opening balances added in a currency is no more
# than came onto investments (`gains`): where it is all of that, neither is there.
_INVESTED = f"""AND EXISTS (
    SELECT FROM (
        SELECT max(b.kind) FILTER (WHERE x.id = e.id) AS kind,
            bool_or(b.kind = '{Kind.INVESTMENT}') AND NOT (
                bool_or(b.kind = '{Kind.VALUATION}')
                AND bool_and(b.kind IN ('{Kind.INVESTMENT}', '{Kind.VALUATION}'))
            ) AS is_flow,
            coalesce(sum(x.amount) FILTER (
                WHERE b.kind = '{Kind.INVESTMENT}' AND x.currency = e.currency
            ), 0) AS came,
            coalesce(-sum(x.amount) FILTER (
                WHERE b.kind = ANY(%(opened)s) AND x.currency = e.currency
            ), 0) AS opened
        FROM transactions_entry x JOIN accounts_account b ON b.id = x.account_id
        WHERE x.transaction_id = e.transaction_id
    ) AS own
    WHERE own.is_flow AND CASE own.kind
        WHEN '{Kind.VALUATION}' THEN true
        WHEN '{Kind.INVESTMENT}' THEN own.came = 0 OR own.came * own.opened < own.came * own.came
        ELSE own.came * own.opened > 0 AND own.came * own.opened < own.came * own.came
    END
)"""
_COUNT = """(
    SELECT count(*) FROM transactions_entry e
    WHERE e.account_id = ANY(%(ids)s::uuid[]) AND {days} {narrowed}
)"""
_DAYS = "e.date >= %(since_{place})s AND e.date <= %(until_{place})s"
_AFTER = "AND (e.date, e.transaction_id, e.id) < (%(date)s, %(transaction)s, %(entry)s)"


def rows(
    found: Behind | Change, after: tuple[Any, ...] | None = None, limit: int = PAGE + 1
) -> list[Row]:
    """Return the rows of a figure, the newest first, those after a (date, transaction, entry).

    Of a change, those of the period and then those that count against it; `after` says at last
    whether the row there was one of these.
    """
    parts = [found.now, found.then] if isinstance(found, Change) else [found]
    narrowed, values = _narrowed(parts)
    reached = after is not None and len(parts) > 1 and after[3]
    selects = []
    for place in range(int(reached), len(parts)):
        is_cut = after is not None and place == int(reached)
        asked = f"{narrowed} {_AFTER}" if is_cut else narrowed
        days = _DAYS.format(place=place)
        is_against = "true" if place else "false"
        selects.append(
            _PART.format(is_against=is_against, days=days, narrowed=asked, limit=int(limit))
        )
    if after is not None:
        values |= {"date": after[0], "transaction": after[1], "entry": after[2]}
    sql = _ROWS.format(parts="UNION ALL".join(selects), limit=int(limit))
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Row._make(row) for row in cursor.fetchall()]


def counts(parts: Sequence[Behind]) -> list[int]:
    """Return how many rows there are in each of some periods, by reading them all."""
    narrowed, values = _narrowed(parts)
    days = (_DAYS.format(place=place) for place in range(len(parts)))
    each = [_COUNT.format(days=one, narrowed=narrowed) for one in days]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(each)}", values)
        return [int(many) for many in cursor.fetchone()]


def _narrowed(parts: Sequence[Behind]) -> tuple[str, dict[str, Any]]:
    """Return what is asked of an entry `e`, of whichever period, and with which values."""
    asked, part, narrowed = parts[0].asked, parts[0].part, []
    values: dict[str, Any] = {"ids": list(parts[0].ids), "mirrored": mirrored(part)}
    for place, one in enumerate(parts):
        since, until = one.asked.period.since, one.asked.period.until
        if part.balance:
            since, until = date.min, since - DAY if part.balance == "opening" else until
        values |= {f"since_{place}": since, f"until_{place}": until}
    if asked.accounts and not part.is_whole:
        narrowed.append(_THROUGH)
        values["through"] = list(asked.accounts)
    if part.flow == "invested":
        narrowed.append(_INVESTED)
        values["opened"] = [*OPENED]
    if part.only:
        narrowed.append(part.only.sql)
        values |= part.only._asdict()
    return " ".join(narrowed), values


def every(found: Behind | Change) -> Iterator[Row]:
    """Yield all rows of a figure, some hundreds at a time."""
    page = rows(found, limit=CHUNK)
    while page:
        yield from page
        page = rows(found, page[-1].place, CHUNK)

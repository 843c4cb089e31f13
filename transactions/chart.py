"""The accounts that some drafts are about, and which of their months are closed, in one query."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from uuid_utils.compat import uuid7

from accounts.models import REAL_TYPES, SYSTEM_ACCOUNTS, AccountType, Kind


@dataclass(frozen=True, slots=True)
class ChartAccount:
    """What posting needs to know about an account."""

    id: UUID
    name: str
    type: str
    kind: str
    currency: str
    is_archived: bool
    locked_through: date | None = None

    @property
    def is_real(self) -> bool:
        """Whether the account holds money."""
        return self.type in REAL_TYPES

    @property
    def is_category(self) -> bool:
        """Whether the account is a category that people made."""
        return self.kind == Kind.CATEGORY


_SYSTEM_KINDS = sorted({str(kind) for kind, _, _ in SYSTEM_ACCOUNTS})
_READ = """
WITH asked AS MATERIALIZED (
    SELECT
        (SELECT array_agg(month) FROM transactions_closedmonth
         WHERE book_id = %(book)s AND month = ANY(%(months)s::date[])) AS closed,
        (SELECT array_agg(id) FROM transactions_vendor
         WHERE book_id = %(book)s AND id = ANY(%(vendors)s::uuid[])) AS vendors
)
SELECT asked.closed, asked.vendors, a.id, a.name, a.type, a.kind, a.currency,
    a.archived_at IS NOT NULL AND a.id = ANY(%(ids)s::uuid[]), a.locked_through
FROM asked JOIN accounts_account a ON a.book_id = %(book)s
    AND (a.id = ANY(%(ids)s::uuid[]) OR a.kind = ANY(%(kinds)s))
"""
_OPEN = """
INSERT INTO accounts_account (id, book_id, name, type, kind, currency, number, notes)
SELECT wanted.id, %s, wanted.name, wanted.type, wanted.kind, '', '', ''
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[]) AS wanted (id, name, type, kind)
ON CONFLICT DO NOTHING
"""


class Chart:
    """Some accounts of one book by id, and the accounts that the book made for itself.

    `closed` are those of the months asked about that are closed, by their first days; `vendors`
    those of the vendors asked about that the book has.
    """

    def __init__(
        self,
        book_id: UUID,
        accounts: Iterable[ChartAccount],
        closed: Iterable[date] = (),
        vendors: Iterable[UUID] = (),
    ) -> None:
        self.book_id, self.closed, self.vendors = book_id, frozenset(closed), frozenset(vendors)
        self.accounts = {account.id: account for account in accounts}
        self._system = {
            (account.kind, account.type): account
            for account in self.accounts.values()
            if account.kind in _SYSTEM_KINDS
        }

    @classmethod
    def read(
        cls,
        book_id: UUID,
        ids: Iterable[UUID],
        days: Iterable[date] = (),
        vendors: Iterable[UUID] = (),
    ) -> "Chart":
        """Read the accounts with these ids, which months of some days are closed, some vendors.

        Opens the book's own accounts if it is new. Call it while holding the book's lock.
        """
        wanted = {
            "book": book_id,
            "ids": list(set(ids)),
            "months": list({day.replace(day=1) for day in days}),
            "vendors": list(set(vendors)),
            "kinds": _SYSTEM_KINDS,
        }
        chart = cls._read(book_id, wanted)
        if len(chart._system) < len(SYSTEM_ACCOUNTS):
            _open(book_id)
            chart = cls._read(book_id, wanted)
        cls._remember(chart)
        return chart

    @classmethod
    def remembered(cls, book_id: UUID, ids: Iterable[UUID]) -> "Chart | None":
        """Return the chart as this process has seen it; None if an account was never seen open.

        What postings follow from never changes: currency, type and book. That an account is still
        there, open and not reconciled is to be asked again; of closed months and vendors this chart
        knows nothing.
        """
        chart = _seen.get(book_id)
        return chart if chart is not None and chart.accounts.keys() >= set(ids) else None

    @classmethod
    def _remember(cls, chart: "Chart") -> None:
        if len(_seen) >= _MOST_BOOKS:
            forget()
        before = _seen.get(chart.book_id)
        known = [*before.accounts.values()] if before else []
        known += [account for account in chart.accounts.values() if not account.is_archived]
        _seen[chart.book_id] = cls(chart.book_id, known)

    @classmethod
    def _read(cls, book_id: UUID, wanted: dict[str, Any]) -> "Chart":
        with connection.cursor() as cursor:
            cursor.execute(_READ, wanted)
            rows = cursor.fetchall()
        closed, vendors = rows[0][:2] if rows else (None, None)
        return cls(book_id, [ChartAccount(*row[2:]) for row in rows], closed or (), vendors or ())

    def get(self, account_id: UUID | None) -> ChartAccount | None:
        """Return an account that was asked for; None if the book has no such account."""
        return None if account_id is None else self.accounts.get(account_id)

    def system(self, kind: str, of_type: str = AccountType.EQUITY) -> ChartAccount:
        """Return one of the accounts that the book made for itself."""
        return self._system[kind, of_type]


#: What this process has seen of each book's chart, whole for each reader: replaced, not changed.
_seen: dict[UUID, Chart] = {}
_MOST_BOOKS = 1000


def forget() -> None:
    """Forget every chart, as a process that has just started."""
    _seen.clear()


def _open(book_id: UUID) -> None:
    kinds, types, names = zip(*SYSTEM_ACCOUNTS, strict=True)
    texts = [[str(word) for word in words] for words in (names, types, kinds)]
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, (book_id, [uuid7() for _ in names], *texts))

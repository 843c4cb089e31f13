"""The accounts that some drafts are about, read in one query."""

from collections.abc import Iterable
from dataclasses import dataclass
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
SELECT id, name, type, kind, currency, archived_at IS NOT NULL FROM accounts_account
WHERE book_id = %s AND id = ANY(%s)
UNION ALL
SELECT id, name, type, kind, currency, false FROM accounts_account
WHERE book_id = %s AND kind = ANY(%s) AND id <> ALL(%s)
"""
_OPEN = """
INSERT INTO accounts_account (id, book_id, name, type, kind, currency, number, notes)
SELECT wanted.id, %s, wanted.name, wanted.type, wanted.kind, '', '', ''
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[]) AS wanted (id, name, type, kind)
ON CONFLICT DO NOTHING
"""


class Chart:
    """Some accounts of one book by id, and the accounts that the book made for itself."""

    def __init__(self, book_id: UUID, accounts: Iterable[ChartAccount]) -> None:
        self.book_id = book_id
        self.accounts = {account.id: account for account in accounts}
        self._system = {
            (account.kind, account.type): account
            for account in self.accounts.values()
            if account.kind in _SYSTEM_KINDS
        }

    @classmethod
    def read(cls, book_id: UUID, ids: Iterable[UUID]) -> "Chart":
        """Read the accounts with these ids, opening the book's own accounts if it is new.

        Call it while holding the book's lock.
        """
        wanted = list(set(ids))
        chart = cls(book_id, _rows(book_id, wanted))
        if len(chart._system) < len(SYSTEM_ACCOUNTS):
            kinds, types, names = zip(*SYSTEM_ACCOUNTS, strict=True)
            with connection.cursor() as cursor:
                cursor.execute(
                    _OPEN,
                    (
                        book_id,
                        [uuid7() for _ in names],
                        list(names),
                        [str(word) for word in types],
                        [str(word) for word in kinds],
                    ),
                )
            chart = cls(book_id, _rows(book_id, wanted))
        return chart

    def get(self, account_id: UUID) -> ChartAccount | None:
        """Return an account that was asked for; None if the book has no such account."""
        return self.accounts.get(account_id)

    def system(self, kind: str, of_type: str = AccountType.EQUITY) -> ChartAccount:
        """Return one of the accounts that the book made for itself."""
        return self._system[kind, of_type]


def _rows(book_id: UUID, ids: list[UUID]) -> list[ChartAccount]:
    with connection.cursor() as cursor:
        cursor.execute(_READ, (book_id, ids, book_id, _SYSTEM_KINDS, ids))
        return [ChartAccount(*row) for row in cursor.fetchall()]

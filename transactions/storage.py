"""Rows in and out of the ledger's tables: one statement, however many rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from uuid_utils.compat import uuid7

from transactions.drafts import Draft, DraftEntry


@dataclass(frozen=True, slots=True)
class Posting:
    """A draft that has its id and its checked entries."""

    id: UUID
    draft: Draft
    entries: tuple[DraftEntry, ...]


_INSERT_TRANSACTIONS = """
INSERT INTO transactions_transaction (id, book_id, date, description, vendor_id, notes, source)
SELECT t.id, %s, t.date, t.description, t.vendor_id, t.notes, t.source
FROM unnest(%s::uuid[], %s::date[], %s::text[], %s::uuid[], %s::text[], %s::text[])
    AS t (id, date, description, vendor_id, notes, source)
"""
_INSERT_ENTRIES = """
INSERT INTO transactions_entry
    (id, book_id, transaction_id, account_id, date, currency, amount, status, external_id, note)
SELECT e.id, %s, e.transaction_id, e.account_id, e.date, e.currency, e.amount, e.status,
    e.external_id, e.note
FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::date[], %s::text[], %s::numeric[], %s::text[],
        %s::text[], %s::text[])
    AS e (id, transaction_id, account_id, date, currency, amount, status, external_id, note)
"""


def insert(book_id: UUID, postings: Sequence[Posting]) -> None:
    """Insert transactions with their entries, in two statements."""
    drafts = [posting.draft for posting in postings]
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT_TRANSACTIONS,
            (
                book_id,
                [posting.id for posting in postings],
                [draft.date for draft in drafts],
                [draft.description for draft in drafts],
                [draft.vendor_id for draft in drafts],
                [draft.notes for draft in drafts],
                [str(draft.source) for draft in drafts],
            ),
        )
    insert_entries(
        book_id,
        [
            (posting.id, posting.draft.date, entry)
            for posting in postings
            for entry in posting.entries
        ],
    )


def insert_entries(book_id: UUID, rows: Sequence[tuple[UUID, date, DraftEntry]]) -> None:
    """Insert entries, each with its transaction's id and date; they read in the order given."""
    # An entry's place in its transaction is the order of ids.
    ids = iter(sorted(uuid7() for _ in rows))
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT_ENTRIES,
            (
                book_id,
                [entry.id or next(ids) for _, _, entry in rows],
                [transaction_id for transaction_id, _, _ in rows],
                [entry.account_id for _, _, entry in rows],
                [on for _, on, _ in rows],
                [entry.currency for _, _, entry in rows],
                [entry.amount for _, _, entry in rows],
                [str(entry.status) for _, _, entry in rows],
                [entry.external_id for _, _, entry in rows],
                [entry.note for _, _, entry in rows],
            ),
        )


_UPDATE_ENTRIES = """
UPDATE transactions_entry AS e SET account_id = n.account_id, currency = n.currency,
    amount = n.amount, status = n.status, external_id = n.external_id, note = n.note
FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::numeric[], %s::text[], %s::text[], %s::text[])
    AS n (id, account_id, currency, amount, status, external_id, note)
WHERE e.id = n.id AND e.transaction_id = %s
"""


def update_entries(transaction_id: UUID, entries: Sequence[DraftEntry]) -> None:
    """Rewrite entries of one transaction by their ids, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            _UPDATE_ENTRIES,
            (
                [entry.id for entry in entries],
                [entry.account_id for entry in entries],
                [entry.currency for entry in entries],
                [entry.amount for entry in entries],
                [str(entry.status) for entry in entries],
                [entry.external_id for entry in entries],
                [entry.note for entry in entries],
                transaction_id,
            ),
        )

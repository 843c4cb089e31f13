"""Rows in and out of the ledger's tables: one statement, however many rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from uuid_utils.compat import uuid7

from buffet.audit import SET_CONTEXT, Actor, context
from buffet.postgresql.arrays import of_ids, of_plain, of_texts
from transactions.drafts import Draft, DraftEntry
from transactions.queries import reading


@dataclass(frozen=True, slots=True)
class Posting:
    """A draft that has its id and its checked entries."""

    id: UUID
    draft: Draft
    entries: tuple[DraftEntry, ...]


_HEADERS = """
INSERT INTO transactions_transaction (id, book_id, date, description, vendor_id, notes, source)
SELECT t.id, %s, t.date, t.description, t.vendor_id, t.notes, t.source
FROM unnest(%s::uuid[], %s::date[], %s::text[], %s::uuid[], %s::text[], %s::text[])
    AS t (id, date, description, vendor_id, notes, source)
"""
_ENTRIES = """
INSERT INTO transactions_entry
    (id, book_id, transaction_id, account_id, date, currency, amount, status, external_id, note)
SELECT e.id, %s, e.transaction_id, e.account_id, e.date, e.currency, e.amount, e.status,
    e.external_id, e.note
FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::date[], %s::text[], %s::numeric[], %s::text[],
        %s::text[], %s::text[])
    AS e (id, transaction_id, account_id, date, currency, amount, status, external_id, note)
"""


_INSERT = f"WITH headers AS ({_HEADERS}) {_ENTRIES}"
_INSERT_AND_READ = f"""
WITH t AS ({_HEADERS} RETURNING *), e AS ({_ENTRIES} RETURNING *)
{reading.rows("e")}
"""


#: As `_INSERT_AND_READ` for one transaction, with the book's lock and the look at what may have
#: changed: a statement that needs no transaction around it. The look comes after the lock, with a
#: snapshot of its own. One text costs less on its way than fourteen arrays.
_RECORD = f"""
WITH held AS MATERIALIZED (
    SELECT id, {SET_CONTEXT} FROM buffet_book WHERE id = %s FOR NO KEY UPDATE
), good AS MATERIALIZED (
    SELECT held.id AS book_id, sent.* FROM held, json_to_record(%s) AS sent (
        id uuid, date date, description text, vendor uuid, notes text, source text,
        accounts uuid[], entries json
    ) WHERE buffet_may_record(held.id, sent.accounts, sent.date, sent.vendor)
), t AS (
    INSERT INTO transactions_transaction (id, book_id, date, description, vendor_id, notes, source)
    SELECT id, book_id, date, description, vendor, notes, source FROM good RETURNING *
), e AS (
    INSERT INTO transactions_entry (id, book_id, transaction_id, account_id, date, currency,
        amount, status, external_id, note)
    SELECT e.id, good.book_id, good.id, e.account, good.date, e.currency, e.amount, e.status, '',
        e.note
    FROM good, json_to_recordset(good.entries) AS e (
        id uuid, account uuid, currency text, amount numeric, status text, note text
    ) RETURNING *
)
{reading.rows("e")}
"""


def record(book_id: UUID, posting: Posting, *, by: Actor) -> dict[str, Any] | None:
    """Record a transaction on its own, and return it as its readers see it.

    Its entries add up and have no external ids. None, and nothing recorded, if there is no such
    book, an account is not in it or archived, the month is closed, or the vendor is another book's.
    """
    draft = posting.draft
    sent = {
        "id": posting.id,
        "date": draft.date,
        "description": draft.description,
        "vendor": draft.vendor_id,
        "notes": draft.notes,
        "source": str(draft.source),
        "accounts": list({entry.account_id for entry in posting.entries}),
        "entries": [
            {
                "id": id,
                "account": entry.account_id,
                "currency": entry.currency,
                "amount": str(entry.amount),
                "status": str(entry.status),
                "note": entry.note,
            }
            for id, entry in zip(_ids(posting.entries), posting.entries, strict=True)
        ],
    }
    found = reading.written(book_id, _RECORD, (*context(by), book_id, orjson.dumps(sent).decode()))
    return found[0] if found else None


def insert(book_id: UUID, postings: Sequence[Posting]) -> None:
    """Insert transactions with their entries, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, _parameters(book_id, postings))


def insert_and_read(book_id: UUID, postings: Sequence[Posting]) -> list[dict[str, Any]]:
    """Insert transactions and return them as their readers see them, in the order of ids."""
    return reading.written(book_id, _INSERT_AND_READ, _parameters(book_id, postings))


def _parameters(book_id: UUID, postings: Sequence[Posting]) -> tuple[UUID | str, ...]:
    drafts = [posting.draft for posting in postings]
    headers = (
        book_id,
        of_ids(posting.id for posting in postings),
        of_plain(draft.date for draft in drafts),
        of_texts(draft.description for draft in drafts),
        of_ids(draft.vendor_id for draft in drafts),
        of_texts(draft.notes for draft in drafts),
        of_texts(draft.source for draft in drafts),
    )
    entries = _columns(
        book_id,
        [
            (posting.id, posting.draft.date, entry)
            for posting in postings
            for entry in posting.entries
        ],
    )
    return *headers, *entries


def insert_entries(book_id: UUID, rows: Sequence[tuple[UUID, date, DraftEntry]]) -> None:
    """Insert entries, each with its transaction's id and date; they read in the order given."""
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, _columns(book_id, rows))


def _ids(rows: Sequence[object]) -> list[UUID]:
    """Return new ids: an entry's place in its transaction is their order."""
    return sorted(uuid7() for _ in rows)


def _columns(
    book_id: UUID, rows: Sequence[tuple[UUID, date, DraftEntry]]
) -> tuple[UUID | str, ...]:
    """Return the parameters of `_ENTRIES`."""
    return (
        book_id,
        of_ids(entry.id or id for id, (_, _, entry) in zip(_ids(rows), rows, strict=True)),
        of_ids(transaction_id for transaction_id, _, _ in rows),
        of_ids(entry.account_id for _, _, entry in rows),
        of_plain(on for _, on, _ in rows),
        of_texts(entry.currency for _, _, entry in rows),
        of_plain(entry.amount for _, _, entry in rows),
        of_texts(entry.status for _, _, entry in rows),
        of_texts(entry.external_id for _, _, entry in rows),
        of_texts(entry.note for _, _, entry in rows),
    )


_UPDATE_ENTRIES = """
UPDATE transactions_entry AS e SET account_id = n.account_id, currency = n.currency,
    amount = n.amount, status = n.status, external_id = n.external_id, note = n.note
FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::numeric[], %s::text[], %s::text[], %s::text[])
    AS n (id, account_id, currency, amount, status, external_id, note)
WHERE e.id = n.id
"""


def update_entries(entries: Sequence[DraftEntry]) -> None:
    """Rewrite entries by their ids, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            _UPDATE_ENTRIES,
            (
                of_ids(entry.id for entry in entries),
                of_ids(entry.account_id for entry in entries),
                of_texts(entry.currency for entry in entries),
                of_plain(entry.amount for entry in entries),
                of_texts(entry.status for entry in entries),
                of_texts(entry.external_id for entry in entries),
                of_texts(entry.note for entry in entries),
            ),
        )


_UPDATE_HEADERS = """
UPDATE transactions_transaction AS t SET date = n.date, description = n.description,
    vendor_id = n.vendor_id, notes = n.notes
FROM unnest(%s::uuid[], %s::date[], %s::text[], %s::uuid[], %s::text[])
    AS n (id, date, description, vendor_id, notes)
WHERE t.id = n.id
"""


def update_headers(rows: Sequence[tuple[UUID, Draft]]) -> None:
    """Rewrite what transactions say beside their entries, by their ids, in one statement.

    Entries follow their transaction to its day.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _UPDATE_HEADERS,
            (
                of_ids(id for id, _ in rows),
                of_plain(draft.date for _, draft in rows),
                of_texts(draft.description for _, draft in rows),
                of_ids(draft.vendor_id for _, draft in rows),
                of_texts(draft.notes for _, draft in rows),
            ),
        )


#: In one statement, so that no transaction is stamped as changed, or looked at, before it goes.
_DELETE = """
WITH entries AS (DELETE FROM transactions_entry WHERE transaction_id = ANY(%(ids)s))
DELETE FROM transactions_transaction WHERE id = ANY(%(ids)s)
"""


def delete(ids: Sequence[UUID]) -> None:
    """Delete transactions with their entries."""
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, {"ids": list(ids)})

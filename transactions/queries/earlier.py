"""What a transaction was before each of its changes, as its history and its entries' tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from buffet.ids import id_at
from transactions.drafts import DraftEntry
from transactions.models import Entry, EntryEvent, Transaction, TransactionEvent


@dataclass(frozen=True, slots=True)
class Step:
    """A change of a transaction or of its entries; its id is in the order of time."""

    id: UUID
    at: datetime
    who: str
    door: str
    reason: str


@dataclass(frozen=True, slots=True)
class State:
    """What a transaction was, with its entries by their ids."""

    date: date
    description: str
    vendor_id: UUID | None
    notes: str
    entries: Mapping[UUID, DraftEntry]


def steps(transaction_id: UUID) -> list[Step]:
    """Return the changes of a transaction, the latest first."""
    found: dict[UUID, Step] = {}
    for event in _events([transaction_id])[transaction_id]:
        story = event.pgh_context.metadata if event.pgh_context else {}
        who = story.get("email") or story.get("user") or "somebody"
        step = Step(
            _step_id(event),
            event.pgh_created_at,
            who,
            story.get("door", "sql"),
            story.get("reason", ""),
        )
        found.setdefault(step.id, step)
    return sorted(found.values(), key=lambda one: one.id, reverse=True)


# Those that are there: what was deleted comes back by being restored.
_CHANGED_BY = """
SELECT t.id, t.version FROM (
    SELECT pgh_obj_id AS id FROM transactions_transactionevent WHERE pgh_context_id = %(step)s
    UNION
    SELECT transaction_id FROM transactions_entryevent WHERE pgh_context_id = %(step)s
) AS changed
JOIN transactions_transaction t ON t.id = changed.id AND t.book_id = %(book)s
ORDER BY t.id
"""


def changed_by(book_id: UUID, step_id: UUID) -> dict[UUID, int]:
    """Return the transactions of a book that a change was of, and the version of each by now."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED_BY, {"book": book_id, "step": step_id})
        return dict(cursor.fetchall())


def before(transactions: Sequence[Transaction], step_id: UUID) -> dict[UUID, State]:
    """Return what transactions were before a change; those without such a change are left out.

    An entry that came with the change or later is recognised by its id, which begins with its time.
    Three statements, however many they are.
    """
    events = _events([one.id for one in transactions])
    entries: dict[UUID, list[Any]] = {one.id: [] for one in transactions}
    for entry in Entry.objects.filter(transaction_id__in=list(entries)):
        entries[entry.transaction_id].append(entry)
    return {
        one.id: _before(one, entries[one.id], events[one.id], step_id)
        for one in transactions
        if step_id in {_step_id(event) for event in events[one.id]}
    }


def _before(
    transaction: Transaction, entries: Sequence[Entry], events: Sequence[Any], step_id: UUID
) -> State:
    rows: dict[UUID, Any] = {transaction.id: transaction}
    rows |= {entry.id: entry for entry in entries}
    undone = [event for event in events if _step_id(event) >= step_id]
    # What a row was before the first change of it that is undone.
    rows |= {event.pgh_obj_id: event for event in reversed(undone)}
    header = rows.pop(transaction.id)
    return State(
        date=header.date,
        description=header.description,
        vendor_id=header.vendor_id,
        notes=header.notes,
        entries={id: draft_of(row, id) for id, row in sorted(rows.items()) if id < step_id},
    )


def draft_of(row: Entry | EntryEvent, id: UUID) -> DraftEntry:
    """Return an entry, or what it was, as somebody wants it."""
    return DraftEntry(
        row.account_id, row.amount, row.currency, row.status, row.external_id, row.note, id
    )


def _events(transaction_ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    """Return what happened to transactions and their entries, of each row in its order."""
    found: dict[UUID, list[Any]] = {id: [] for id in transaction_ids}
    ids = list(found)
    headers = TransactionEvent.objects.filter(pgh_obj_id__in=ids)
    entries = EntryEvent.objects.filter(transaction_id__in=ids)
    for header in headers.select_related("pgh_context").order_by("pgh_id"):
        found[header.pgh_obj_id].append(header)
    for entry in entries.select_related("pgh_context").order_by("pgh_id"):
        found[entry.transaction_id].append(entry)
    return found


def _step_id(event: Any) -> UUID:
    """Return the change of an event; of one past the services, the instant as an id."""
    return event.pgh_context_id or id_at(event.pgh_created_at)

"""Record transactions."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from uuid_utils.compat import uuid7

from buffet.audit import Actor, writing
from buffet.errors import Fault, Invalid, Refusal
from buffet.models import Book
from transactions import posting, storage
from transactions.chart import Chart
from transactions.drafts import Draft, DraftEntry
from transactions.services.months import closed_fault
from transactions.services.reconciled import reconciled_faults
from transactions.services.together import Outcome, insist, refusals_of


def record(*, book: Book, by: Actor, drafts: Sequence[Draft], reason: str = "") -> list[UUID]:
    """Record transactions, all or none, and return their ids in order.

    :raises Invalid: naming everything that is wrong, by pointer.
    """
    with writing(book.id, by=by, reason=reason):
        return write(book.id, drafts)


def record_one(*, book: Book, by: Actor, draft: Draft) -> dict[str, Any]:
    """Record one transaction and return it as its readers see it.

    :raises Invalid: naming everything that is wrong, by pointer.
    """
    recorded = _recorded_at_once(book.id, by, draft)
    if recorded is None:
        with writing(book.id, by=by):
            (recorded,) = storage.insert_and_read(book.id, _good(book.id, [draft]))
    return recorded


def _recorded_at_once(book_id: UUID, by: Actor, draft: Draft) -> dict[str, Any] | None:
    """Return the transaction, recorded by a single statement; None if it needs a closer look.

    Whatever is wrong, and whatever this process has not seen before, needs one.
    """
    chart = Chart.remembered(book_id, _mentioned([draft]))
    if chart is None:
        return None
    faults: list[Fault] = []
    entries = posting.entries_of(draft, chart, faults)
    if faults or any(entry.external_id for entry in entries):
        return None
    return storage.record(book_id, storage.Posting(uuid7(), draft, entries), by=by)


def record_each(
    *, book: Book, by: Actor, rows: Sequence[Draft | Refusal], partly: bool = False
) -> list[Outcome]:
    """Record transactions and return what became of each row; one refused already stays so.

    :raises Invalid: naming everything that is wrong, unless what is right is wanted `partly`.
    """
    with writing(book.id, by=by):
        drafts = [row for row in rows if isinstance(row, Draft)]
        postings, faults = _checked(book.id, drafts)
        refused = refusals_of(faults, [draft.pointer for draft in drafts])
        ids = {one.draft.pointer: one.id for one in postings}
        outcomes: list[Outcome] = [
            row if isinstance(row, Refusal) else refused.get(row.pointer, ids[row.pointer])
            for row in rows
        ]
        if not partly:
            insist(outcomes, [getattr(row, "pointer", "") for row in rows])
        good = [one for one in postings if one.draft.pointer not in refused]
        if good:
            storage.insert(book.id, good)
        return outcomes


def write(book_id: UUID, drafts: Sequence[Draft]) -> list[UUID]:
    """Check and insert drafts; for services that already hold the book's lock.

    :raises Invalid: naming everything that is wrong, by pointer.
    """
    postings = _good(book_id, drafts)
    storage.insert(book_id, postings)
    return [one.id for one in postings]


def _good(book_id: UUID, drafts: Sequence[Draft]) -> list[storage.Posting]:
    postings, faults = _checked(book_id, drafts)
    if faults:
        raise Invalid(faults)
    return postings


def _checked(book_id: UUID, drafts: Sequence[Draft]) -> tuple[list[storage.Posting], list[Fault]]:
    """Return the drafts with their entries, and all that is wrong with them."""
    chart = Chart.read(
        book_id,
        _mentioned(drafts),
        days=[draft.date for draft in drafts],
        vendors=[draft.vendor_id for draft in drafts if draft.vendor_id],
    )
    faults: list[Fault] = []
    ids = sorted(uuid7() for _ in drafts)
    postings = [
        storage.Posting(id, draft, posting.entries_of(draft, chart, faults))
        for id, draft in zip(ids, drafts, strict=True)
    ]
    faults += vendor_faults(chart, drafts)
    faults += closed_month_faults(chart, [(draft.pointer, draft.date) for draft in drafts])
    faults += reconciled_faults(
        chart,
        [
            (one.draft.pointer, one.draft.date, entry.account_id)
            for one in postings
            for entry in one.entries
        ],
    )
    faults += duplicate_faults(
        (entry_pointer(one.draft, index), entry)
        for one in postings
        for index, entry in enumerate(one.entries)
    )
    return postings, faults


def entry_pointer(draft: Draft, index: int) -> str:
    """Return where the input says what became the entry at `index`."""
    return f"{draft.pointer}/entries/{index}" if draft.entries else draft.pointer


def _mentioned(drafts: Iterable[Draft]) -> Iterator[UUID]:
    for draft in drafts:
        yield from (entry.account_id for entry in draft.entries)
        for id in (draft.account_id, draft.category_id, draft.transfer_to_id):
            if id is not None:
                yield id


def vendor_faults(chart: Chart, drafts: Sequence[Draft]) -> list[Fault]:
    """Name the drafts whose vendor is not in the book, of those that `chart` was asked about."""
    return [
        Fault(f"{draft.pointer}/vendor", "not_found", "There is no such vendor in this book.")
        for draft in drafts
        if draft.vendor_id is not None and draft.vendor_id not in chart.vendors
    ]


def closed_month_faults(chart: Chart, days: Iterable[tuple[str, date]]) -> list[Fault]:
    """Name the (pointer, day) pairs in a closed month, of those that `chart` was asked about."""
    return [
        closed_fault(f"{pointer}/date", day)
        for pointer, day in days
        if day.replace(day=1) in chart.closed
    ]


_TAKEN = """
SELECT e.account_id, e.external_id
FROM unnest(%s::uuid[], %s::text[]) AS wanted (account_id, external_id)
JOIN transactions_entry e
    ON e.account_id = wanted.account_id AND e.external_id = wanted.external_id
    AND e.external_id <> ''
WHERE e.id <> ALL(%s)
"""


def duplicate_faults(
    entries: Iterable[tuple[str, DraftEntry]], *, besides: Sequence[UUID] = ()
) -> list[Fault]:
    """Name the (pointer, entry) pairs whose external id its account already has, or has twice.

    Entries with an id in `besides` are being rewritten and do not count.
    """
    named = [(pointer, entry) for pointer, entry in entries if entry.external_id]
    if not named:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKEN,
            (
                [entry.account_id for _, entry in named],
                [entry.external_id for _, entry in named],
                list(besides),
            ),
        )
        taken = set(cursor.fetchall())
    counts = Counter((entry.account_id, entry.external_id) for _, entry in named)
    return [
        Fault(
            f"{pointer}/external_id",
            "duplicate",
            f"The account already has an entry with the external id {entry.external_id}.",
        )
        for pointer, entry in named
        if (entry.account_id, entry.external_id) in taken
        or counts[entry.account_id, entry.external_id] > 1
    ]

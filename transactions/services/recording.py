"""Record transactions."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from uuid import UUID

from django.db import connection
from uuid_utils.compat import uuid7

from buffet.audit import Actor, writing
from buffet.errors import Fault, Invalid
from buffet.models import Book
from transactions import posting, storage
from transactions.chart import Chart
from transactions.drafts import Draft, DraftEntry
from transactions.models import ClosedMonth, Vendor


def record(*, book: Book, by: Actor, drafts: Sequence[Draft], reason: str = "") -> list[UUID]:
    """Record transactions, all or none, and return their ids in order.

    :raises Invalid: naming everything that is wrong, by pointer.
    """
    with writing(book.id, by=by, reason=reason):
        return write(book.id, drafts)


def write(book_id: UUID, drafts: Sequence[Draft]) -> list[UUID]:
    """Check and insert drafts; for services that already hold the book's lock.

    :raises Invalid: naming everything that is wrong, by pointer.
    """
    chart = Chart.read(book_id, _mentioned(drafts))
    faults: list[Fault] = []
    ids = sorted(uuid7() for _ in drafts)
    postings = [
        storage.Posting(id, draft, posting.entries_of(draft, chart, faults))
        for id, draft in zip(ids, drafts, strict=True)
    ]
    faults += vendor_faults(book_id, drafts)
    faults += closed_month_faults(book_id, [(draft.pointer, draft.date) for draft in drafts])
    faults += duplicate_faults(
        (entry_pointer(one.draft, index), entry)
        for one in postings
        for index, entry in enumerate(one.entries)
    )
    if faults:
        raise Invalid(faults)
    storage.insert(book_id, postings)
    return ids


def entry_pointer(draft: Draft, index: int) -> str:
    """Return where the input says what became the entry at `index`."""
    return f"{draft.pointer}/entries/{index}" if draft.entries else draft.pointer


def _mentioned(drafts: Iterable[Draft]) -> Iterator[UUID]:
    for draft in drafts:
        yield from (entry.account_id for entry in draft.entries)
        for id in (draft.account_id, draft.category_id, draft.transfer_to_id):
            if id is not None:
                yield id


def vendor_faults(book_id: UUID, drafts: Sequence[Draft]) -> list[Fault]:
    """Name the drafts whose vendor is not in the book."""
    wanted = {draft.vendor_id for draft in drafts} - {None}
    if not wanted:
        return []
    known = set(Vendor.objects.filter(book_id=book_id, id__in=wanted).values_list("id", flat=True))
    return [
        Fault(f"{draft.pointer}/vendor", "not_found", "There is no such vendor in this book.")
        for draft in drafts
        if draft.vendor_id is not None and draft.vendor_id not in known
    ]


def closed_month_faults(book_id: UUID, days: Sequence[tuple[str, date]]) -> list[Fault]:
    """Name the (pointer, day) pairs that fall into a closed month."""
    months = {day.replace(day=1) for _, day in days}
    closed = set(
        ClosedMonth.objects.filter(book_id=book_id, month__in=months).values_list(
            "month", flat=True
        )
    )
    return [
        Fault(
            f"{pointer}/date",
            "month_closed",
            f"{day:%Y-%m} is closed; an owner of the book can reopen it.",
        )
        for pointer, day in days
        if day.replace(day=1) in closed
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

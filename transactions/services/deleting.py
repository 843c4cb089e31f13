"""Delete transactions, and bring them back from their history."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from buffet.audit import Actor, writing
from buffet.errors import ChangedMeanwhile, Fault, Invalid, NotFound, Refusal, invalid
from buffet.models import Book
from transactions import posting, storage
from transactions.chart import Chart
from transactions.drafts import Deletion, Draft, DraftEntry
from transactions.models import EntryEvent, Transaction, TransactionEvent, Vendor
from transactions.services.reconciled import reconciled_faults, reconciled_faults_of
from transactions.services.recording import closed_month_faults, duplicate_faults
from transactions.services.ties import tie_again
from transactions.services.together import Outcome, insist, refusals_of


class NothingToRestore(Refusal):
    """This transaction was not deleted, or never was in this book."""

    code = "nothing_to_restore"
    status = 404


class StillThere(Refusal):
    """This transaction is in the book: there is nothing to restore."""

    code = "still_there"


def delete(
    *,
    book: Book,
    by: Actor,
    transaction_ids: Sequence[UUID],
    reason: str = "",
    version: int | None = None,
) -> None:
    """Delete transactions, all or none; their history can bring them back.

    :raises NotFound: if the book has not every one of them.
    :raises ChangedMeanwhile: if `version` is given and one of them has another.
    :raises Invalid: if one lies in a closed month or on days that are reconciled.
    """
    with writing(book.id, by=by, reason=reason):
        remove(book.id, transaction_ids, version=version)


def delete_each(
    *, book: Book, by: Actor, rows: Sequence[Deletion | Refusal], partly: bool = False
) -> list[Outcome]:
    """Delete transactions and return what became of each row; one refused already stays so.

    :raises Invalid: naming everything that is wrong, unless what is right is wanted `partly`.
    """
    with writing(book.id, by=by):
        deletions = [row for row in rows if isinstance(row, Deletion)]
        ids = [row.transaction_id for row in deletions]
        found = Transaction.objects.filter(book_id=book.id).in_bulk(ids)
        chart = Chart.read(book.id, [], [row.date for row in found.values()])
        seen: set[UUID] = set()
        outcomes = [
            row if isinstance(row, Refusal) else _outcome(row, found, chart, seen) for row in rows
        ]
        outcomes = _unlocked(rows, outcomes)
        if not partly:
            insist(outcomes, [getattr(row, "pointer", "") for row in rows])
        if good := [one for one in outcomes if isinstance(one, UUID)]:
            storage.delete(good)
        return outcomes


def _outcome(
    row: Deletion, found: Mapping[UUID, Transaction], chart: Chart, seen: set[UUID]
) -> Outcome:
    transaction = found.get(row.transaction_id)
    if transaction is None:
        return NotFound("There is no such transaction in this book.")
    if transaction.id in seen:
        return invalid(f"{row.pointer}/id", "repeated", "This transaction is named twice.")
    seen.add(transaction.id)
    if row.version is not None and row.version != transaction.version:
        return ChangedMeanwhile()
    if faults := closed_month_faults(chart, [(row.pointer, transaction.date)]):
        return Invalid(faults)
    return transaction.id


def _unlocked(rows: Sequence[Deletion | Refusal], outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the outcomes, a refusal in the place of each deletion on reconciled days."""
    pointers = {
        one: row.pointer
        for row, one in zip(rows, outcomes, strict=True)
        if isinstance(one, UUID) and isinstance(row, Deletion)
    }
    refused = refusals_of(reconciled_faults_of(pointers), [*pointers.values()])
    return [refused.get(pointers[one], one) if isinstance(one, UUID) else one for one in outcomes]


def remove(book_id: UUID, transaction_ids: Sequence[UUID], *, version: int | None = None) -> None:
    """Check and delete transactions; for services that already hold the book's lock."""
    wanted = list(dict.fromkeys(transaction_ids))
    found = Transaction.objects.filter(book_id=book_id, id__in=wanted)
    rows = list(found.values_list("id", "date", "version"))
    if len(rows) < len(wanted):
        raise NotFound("There is no such transaction in this book.")
    if version is not None and any(row[2] != version for row in rows):
        raise ChangedMeanwhile
    chart = Chart.read(book_id, [], [day for _, day, _ in rows])
    faults = closed_month_faults(chart, [("", day) for _, day, _ in rows])
    if faults := faults + reconciled_faults_of(dict.fromkeys(wanted, "")):
        raise Invalid(faults)
    storage.delete(wanted)


def restore(*, book: Book, by: Actor, transaction_id: UUID, reason: str = "") -> UUID:
    """Bring a deleted transaction back as it last was, under its own id, and what hung on it.

    It pays the due date of the subscription again, is a parcel of its plan and stands on the
    statement that it was moved to, as far as these are there and nothing took its place. A vendor
    that was deleted since is left out.

    :raises StillThere: if it is not deleted.
    :raises NothingToRestore: if the book's history does not know it.
    :raises Invalid: if it cannot return: its month is closed, its days are reconciled, an account
        of it archived or gone, or its external id taken since.
    """
    with writing(book.id, by=by, reason=reason):
        if Transaction.objects.filter(book_id=book.id, id=transaction_id).exists():
            raise StillThere
        event = (
            TransactionEvent.objects.filter(
                pgh_obj_id=transaction_id, book_id=book.id, pgh_label="delete"
            )
            .order_by("-pgh_id")
            .first()
        )
        if event is None:
            raise NothingToRestore
        restored = _posting(event)
        day = restored.draft.date
        chart = Chart.read(book.id, [entry.account_id for entry in restored.entries], [day])
        faults: list[Fault] = []
        posting.entries_of(restored.draft, chart, faults)
        faults += closed_month_faults(chart, [("", day)])
        faults += reconciled_faults(
            chart, [("", day, entry.account_id) for entry in restored.entries]
        )
        faults += duplicate_faults(("", entry) for entry in restored.entries)
        if faults:
            raise Invalid(faults)
        storage.insert(book.id, [restored])
        tie_again(book.id, transaction_id, event.pgh_created_at)
        return transaction_id


def _posting(event: TransactionEvent) -> storage.Posting:
    """Return what was deleted: the events of one database transaction have the same instant."""
    # Within that one, a transaction may have been deleted before: the last of each entry counts.
    latest = EntryEvent.objects.filter(
        transaction_id=event.pgh_obj_id,
        pgh_label="delete",
        pgh_created_at=event.pgh_created_at,
    ).order_by("pgh_obj_id", "-pgh_id")
    entries = latest.distinct("pgh_obj_id")
    kept = tuple(
        DraftEntry(
            entry.account_id,
            entry.amount,
            entry.currency,
            entry.status,
            entry.external_id,
            entry.note,
            entry.id,
        )
        for entry in entries
    )
    vendor_id = event.vendor_id
    vendors = Vendor.objects.filter(book_id=event.book_id)
    vendor_is_there = vendor_id is not None and vendors.filter(id=vendor_id).exists()
    draft = Draft(
        date=event.date,
        description=event.description,
        vendor_id=vendor_id if vendor_is_there else None,
        notes=event.notes,
        source=event.source,
        entries=kept,
    )
    return storage.Posting(event.pgh_obj_id, draft, kept)

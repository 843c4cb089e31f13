"""Make one transfer of two transactions, each of which tells of one side of the same movement."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F

from accounts.models import Kind
from buffet.audit import Actor, writing
from buffet.errors import Invalid, NotFound, Refusal, invalid
from buffet.models import Book
from transactions.chart import Chart
from transactions.drafts import Changes, EntryChange
from transactions.models import Entry, Import, ImportLine, Transaction, Verdict
from transactions.services.correcting import correct
from transactions.services.deleting import remove

#: What an entry is against that is one side of a movement, of which the other is not known yet.
_OPEN_KINDS = (Kind.CATEGORY, Kind.UNCATEGORIZED)


class MergeOfItself(Refusal):
    """A transaction cannot be merged into itself."""

    code = "merge_of_itself"
    pointer = "/into"


@dataclass(frozen=True, slots=True)
class _Side:
    """An entry on an account that holds money, and the one against it."""

    own: Entry
    other: Entry


def merge_into_transfer(
    *, book: Book, by: Actor, source_id: UUID, target_id: UUID, reason: str = ""
) -> UUID:
    """Merge a transaction into another that tells of the same movement; return the other's id.

    That one is a transfer then: its day and words stay, and on the account of the first it has the
    amount, the status and the bank's id which that had. It may be a transfer between the two
    already, of which no statement has told on that account. Lines of imports that brought the
    first tell of the other, so that either import can be taken back.

    :raises NotFound: if the book has no such transaction.
    :raises MergeOfItself: if both are one.
    :raises Invalid: if they are no two sides of one movement, by pointer; or one of them cannot
        change, since its month is closed or its days are reconciled.
    """
    with writing(book.id, by=by, reason=reason):
        found = Transaction.objects.filter(book=book).in_bulk([source_id, target_id])
        if source_id not in found:
            raise NotFound("There is no such transaction in this book.")
        if target_id not in found:
            raise invalid("/into", "not_found", "There is no such transaction.")
        if source_id == target_id:
            raise MergeOfItself
        entries: dict[UUID, list[Entry]] = {source_id: [], target_id: []}
        rows = Entry.objects.filter(transaction_id__in=list(found)).select_related("account")
        for entry in rows.order_by("id"):
            entries[entry.transaction_id].append(entry)
        gone = _open_side(entries[source_id], "")
        changed, entry_id = _changes(entries[target_id], gone, book)
        notes = found[source_id].notes
        given = {"notes": notes} if notes and not found[target_id].notes else {}
        with _pointing(""):
            remove(book.id, [source_id])
        with _pointing("/into"):
            correct(book=book, by=by, transaction_id=target_id, changes=Changes(given, changed))
        _lead_lines(source_id, gone.own.id, target_id, entry_id)
        return target_id


@contextmanager
def _pointing(pointer: str) -> Iterator[None]:
    """Point at what was sent, which says nothing of days and entries."""
    try:
        yield
    except Invalid as refusal:
        faults = (replace(one, pointer=pointer) for one in refusal.faults)
        raise Invalid([*dict.fromkeys(faults)]) from None


def _open_side(entries: Sequence[Entry], pointer: str) -> _Side:
    """Return the side that a transaction tells of.

    :raises Invalid: if it is not of one account and one category, or none.
    """
    real = [one for one in entries if one.account.is_real]
    others = [one for one in entries if one.account.kind in _OPEN_KINDS]
    if len(entries) != 2 or len(real) != 1 or len(others) != 1:
        sentence = "Only what is on one account, of one category or none, is a side of a transfer."
        raise invalid(pointer, "not_one_side", sentence)
    return _Side(real[0], others[0])


def _changes(
    entries: Sequence[Entry], gone: _Side, book: Book
) -> tuple[tuple[EntryChange, ...], UUID]:
    """Return how the target changes, and its entry that tells of the other account then."""
    there = [one for one in entries if one.account_id == gone.own.account_id]
    real = [one for one in entries if one.account.is_real]
    if len(real) == 2 and there:
        return _told(there[0], gone), there[0].id
    side = _open_side(entries, "/into")
    own, name = side.own, gone.own.account.name
    if own.account_id == gone.own.account_id:
        sentence = f"Both are on {name}: a transfer goes from one account to another."
        raise invalid("/into", "transfer_to_itself", sentence)
    if (own.amount < 0) == (gone.own.amount < 0):
        sentence = "Both go the same way: a transfer leaves one account and arrives on another."
        raise invalid("/into", "same_direction", sentence)
    given = _as_told(gone.own) | {"account_id": gone.own.account_id}
    if own.currency == gone.own.currency:
        _refuse_other_amount(-own.amount, gone.own)
        return (EntryChange(side.other.id, given=given),), side.other.id
    given |= {"amount": gone.own.amount, "currency": gone.own.currency}
    conversion = Chart.read(book.id, []).system(Kind.CONVERSION).id
    crossing = [
        EntryChange(given={"account_id": conversion, "amount": -amount, "currency": currency})
        for amount, currency in (
            (own.amount, own.currency),
            (gone.own.amount, gone.own.currency),
        )
    ]
    return (EntryChange(side.other.id, given=given), *crossing), side.other.id


def _told(there: Entry, gone: _Side) -> tuple[EntryChange, ...]:
    """Return how the side of a transfer changes of which a statement has told now."""
    if there.external_id:
        sentence = f"A statement of {there.account.name} has told of this transfer already."
        raise invalid("/into", "told_already", sentence)
    _refuse_other_amount(there.amount, gone.own)
    return (EntryChange(there.id, given=_as_told(gone.own)),)


def _as_told(entry: Entry) -> dict[str, Any]:
    return {"status": entry.status, "external_id": entry.external_id}


def _refuse_other_amount(amount: Decimal, entry: Entry) -> None:
    if amount != entry.amount:
        sentence = f"Both accounts are in {entry.currency}: the amounts are the same."
        raise invalid("/into", "other_amount", sentence)


def _lead_lines(source_id: UUID, own_id: UUID, target_id: UUID, entry_id: UUID) -> None:
    """Let the lines of statements that brought a transaction, or told of it, tell of another."""
    brought = ImportLine.objects.filter(new_id=source_id, verdict=Verdict.NEW)
    told = ImportLine.objects.filter(transaction_id=source_id)
    imports = {*(brought | told).values_list("of_import", flat=True)}
    told.filter(entry_id=own_id).update(entry_id=entry_id)
    told.update(transaction_id=target_id)
    brought.update(
        verdict=Verdict.TRANSFER,
        reason="chosen",
        is_chosen=True,
        transaction_id=target_id,
        entry_id=entry_id,
    )
    # So that they have a new version, as their lines have changed.
    Import.objects.filter(id__in=imports).update(done=F("done"))

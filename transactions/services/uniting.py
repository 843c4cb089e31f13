"""Make one transfer of two transactions, each of which tells of one side of the same movement."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from accounts.models import Kind
from buffet.audit import Actor, writing
from buffet.errors import Invalid, NotFound, Refusal, invalid
from buffet.models import Book
from transactions.chart import Chart
from transactions.drafts import Changes, EntryChange
from transactions.models import (
    Entry,
    Import,
    ImportLine,
    ImportStatus,
    SubscriptionPayment,
    Transaction,
    Verdict,
)
from transactions.services import ties
from transactions.services.correcting import correct
from transactions.services.deleting import remove

#: What an entry is against that is one side of a movement, of which the other is not known yet.
_OPEN_KINDS = (Kind.CATEGORY, Kind.UNCATEGORIZED)


class MergeOfItself(Refusal):
    """A transaction cannot be merged into itself."""

    code = "merge_of_itself"
    pointer = "/into"


class BroughtByImport(Refusal):
    """An import brought that one, and this was recorded by hand: merge that one into this."""

    code = "brought_by_import"
    pointer = "/into"


@dataclass(frozen=True, slots=True)
class _Side:
    """An entry on an account that holds money, and the one against it."""

    own: Entry
    other: Entry


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the transaction that stays changes, and its entry on the account of the other.

    What was a transfer before is told again by that one's statement, and not completed.
    """

    changes: tuple[EntryChange, ...]
    entry_id: UUID
    was_transfer: bool = False


def merge_into_transfer(
    *,
    book: Book,
    by: Actor,
    source_id: UUID,
    target_id: UUID,
    on: date | None = None,
    reason: str = "",
) -> UUID:
    """Merge a transaction into another that tells of the same movement; return the other's id.

    That one is a transfer then, of its own day or `on` another: its words stay, and on the account
    of the first it has the amount, the status and the bank's id which that had. It may be a
    transfer between the two already, of which no statement has told on that account. Lines of
    imports that brought the first tell of the other, so that either import can be taken back. What
    the first paid of a subscription the other has paid.

    :raises NotFound: if the book has no such transaction.
    :raises MergeOfItself: if both are one.
    :raises BroughtByImport: if only the other was brought by an import, which takes it away again.
    :raises Refusal: if something else hangs on one of them that a transfer cannot be.
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
        plan = _plan(entries[target_id], gone, book)
        if _is_brought(target_id) and not _is_brought(source_id):
            raise BroughtByImport
        ties.refuse_merging((source_id, target_id))
        notes = found[source_id].notes
        given: dict[str, Any] = {"date": on} if on else {}
        if notes and not found[target_id].notes:
            given["notes"] = notes
        _lead_payment(source_id, target_id, on or found[target_id].date)
        with _pointing(""):
            remove(book.id, [source_id])
        with _pointing("/into"):
            changes = Changes(given, plan.changes)
            correct(book=book, by=by, transaction_id=target_id, changes=changes)
        ties.lead_to(book.id, target_id, gone.own.id, plan.entry_id)
        _lead_lines(source_id, gone.own.id, target_id, plan)
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


def _plan(entries: Sequence[Entry], gone: _Side, book: Book) -> _Plan:
    there = [one for one in entries if one.account_id == gone.own.account_id]
    real = [one for one in entries if one.account.is_real]
    if len(real) == 2 and len(there) == 1:
        _refuse_told(there[0])
        _refuse_other_amount(there[0].amount, gone.own)
        told = EntryChange(there[0].id, given=_as_told(gone.own))
        return _Plan((told,), there[0].id, was_transfer=True)
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
        return _Plan((EntryChange(side.other.id, given=given),), side.other.id)
    given |= {"amount": gone.own.amount, "currency": gone.own.currency}
    conversion = Chart.read(book.id, []).system(Kind.CONVERSION).id
    crossing = [
        EntryChange(
            given={"account_id": conversion, "amount": -one.amount, "currency": one.currency}
        )
        for one in (own, gone.own)
    ]
    return _Plan((EntryChange(side.other.id, given=given), *crossing), side.other.id)


def _as_told(entry: Entry) -> dict[str, Any]:
    return {"status": entry.status, "external_id": entry.external_id}


def _refuse_told(there: Entry) -> None:
    """Refuse to have a side of a transfer told by two statements, or twice by one."""
    committed = (ImportStatus.COMMITTING, ImportStatus.COMMITTED)
    lines = ImportLine.objects.filter(
        of_import__account_id=there.account_id, of_import__status__in=committed
    ).exclude(verdict=Verdict.IGNORED)
    brought = Q(new_id=there.transaction_id, verdict=Verdict.NEW)
    told = lines.filter(Q(transaction_id=there.transaction_id) | brought)
    if there.external_id or told.exists():
        sentence = f"A statement of {there.account.name} has told of this transfer already."
        raise invalid("/into", "told_already", sentence)


def _refuse_other_amount(amount: Decimal, entry: Entry) -> None:
    if amount != entry.amount:
        sentence = f"Both accounts are in {entry.currency}: the amounts are the same."
        raise invalid("/into", "other_amount", sentence)


def _is_brought(transaction_id: UUID) -> bool:
    return ImportLine.objects.filter(new_id=transaction_id, verdict=Verdict.NEW).exists()


def _lead_payment(source_id: UUID, target_id: UUID, day: date) -> None:
    """Let what a transaction paid of a subscription be paid by another."""
    paid = SubscriptionPayment.objects.filter(transaction=source_id)
    if paid.exists() and SubscriptionPayment.objects.filter(transaction=target_id).exists():
        sentence = "Both are payments of subscriptions: unlink one of them first."
        raise invalid("/into", "already_linked", sentence)
    paid.update(transaction=target_id, date=day)


def _lead_lines(source_id: UUID, own_id: UUID, target_id: UUID, plan: _Plan) -> None:
    """Let the lines of statements that brought a transaction, or told of it, tell of another."""
    brought = ImportLine.objects.filter(new_id=source_id, verdict=Verdict.NEW)
    told = ImportLine.objects.filter(transaction_id=source_id)
    imports = {*(brought | told).values_list("of_import", flat=True)}
    told.filter(entry_id=own_id).update(entry_id=plan.entry_id)
    verdict = Verdict.DUPLICATE if plan.was_transfer else Verdict.TRANSFER
    decided: dict[str, Any] = {"verdict": verdict, "reason": "chosen", "is_chosen": True}
    # What was posted is not pending again, nor what another statement tells what that one does.
    told.filter(verdict=Verdict.POSTED).update(**decided)
    told.update(transaction_id=target_id)
    brought.update(**decided, transaction_id=target_id, entry_id=plan.entry_id)
    # So that they have a new version, as their lines have changed.
    Import.objects.filter(id__in=imports).update(done=F("done"))

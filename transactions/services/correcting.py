"""Correct a transaction: its history keeps what it was before."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import Kind
from buffet.audit import Actor, writing
from buffet.errors import Fault, Invalid, NotFound, Refusal, invalid
from buffet.models import Book
from transactions import posting, storage
from transactions.chart import Chart
from transactions.drafts import Changes, Draft, DraftEntry, EntryChange
from transactions.models import Entry, Transaction
from transactions.services.recording import closed_month_faults, duplicate_faults, vendor_faults

HEADER = {
    "date": "date",
    "description": "description",
    "vendor_id": "vendor_id",
    "notes": "notes",
}
SIMPLE = ("account_id", "amount", "category_id", "transfer_to_id", "transfer_amount")
OF_FIRST_ENTRY = ("status", "external_id")


class IsSplit(Refusal):
    """This transaction is split over several accounts: change it by its entries."""

    code = "split"
    status = 409


class ChangedMeanwhile(Refusal):
    """The transaction has been changed since you read it."""

    code = "changed_meanwhile"
    status = 412


def correct(
    *,
    book: Book,
    by: Actor,
    transaction_id: UUID,
    changes: Changes,
    reason: str = "",
    version: int | None = None,
) -> UUID:
    """Change a transaction as `changes` says and return its id.

    :raises NotFound: if the book has no such transaction.
    :raises ChangedMeanwhile: if `version` is given and the transaction has another one.
    :raises IsSplit: if simple fields are given for a transaction of several accounts.
    :raises Invalid: naming everything that is wrong, by pointer.
    """
    with writing(book.id, by=by, reason=reason):
        found = Transaction.objects.filter(book_id=book.id, id=transaction_id).first()
        if found is None:
            raise NotFound("There is no such transaction in this book.")
        if version is not None and version != found.version:
            raise ChangedMeanwhile
        old = [_draft_entry(entry) for entry in found.entries.order_by("id")]
        header = {field: getattr(found, field) for field in HEADER}
        header |= {field: changes.given[field] for field in HEADER if field in changes.given}
        new, chart = _wanted_entries(book.id, old, changes, header)
        faults = _header_faults(book.id, found, header)
        checked = posting.entries_of(Draft(**header, entries=tuple(new)), chart, faults)
        faults += duplicate_faults(
            ((f"/entries/{index}", entry) for index, entry in enumerate(checked)),
            besides=[entry.id for entry in old if entry.id],
        )
        if faults:
            raise Invalid(faults)
        _rewrite(book.id, found, header, old, list(checked))
        return found.id


def _draft_entry(entry: Entry) -> DraftEntry:
    return DraftEntry(
        entry.account_id,
        entry.amount,
        entry.currency,
        entry.status,
        entry.external_id,
        entry.note,
        entry.id,
    )


def _header_faults(book_id: UUID, found: Transaction, header: dict[str, Any]) -> list[Fault]:
    faults = vendor_faults(book_id, [Draft(**header)])
    days = {found.date, header["date"]}
    return faults + closed_month_faults(book_id, [("", day) for day in sorted(days)])


def _wanted_entries(
    book_id: UUID, old: Sequence[DraftEntry], changes: Changes, header: dict[str, Any]
) -> tuple[list[DraftEntry], Chart]:
    ids = {entry.account_id for entry in old}
    ids |= {
        change.given["account_id"] for change in changes.entries if "account_id" in change.given
    }
    named = ("account_id", "category_id", "transfer_to_id")
    ids |= {changes.given[name] for name in named if changes.given.get(name) is not None}
    chart = Chart.read(book_id, ids)
    if changes.entries:
        return _changed(old, changes.entries), chart
    if any(name in changes.given for name in SIMPLE):
        return _simple_again(old, changes, header, chart), chart
    new = list(old)
    first = new.index(primary(new, chart))
    own = {name: changes.given[name] for name in OF_FIRST_ENTRY if name in changes.given}
    new[first] = replace(new[first], **own)
    return new, chart


def primary(entries: Sequence[DraftEntry], chart: Chart) -> DraftEntry:
    """Return the entry by which a transaction is read in its simple form."""
    for entry in entries:
        account = chart.get(entry.account_id)
        if account is not None and account.is_real:
            return entry
    return entries[0]


def _changed(old: Sequence[DraftEntry], wanted: Sequence[EntryChange]) -> list[DraftEntry]:
    """Return the entries after the changes; those that no change names stay."""
    kept: dict[UUID | None, DraftEntry] = {entry.id: entry for entry in old}
    added = []
    for index, change in enumerate(wanted):
        if change.id is None:
            added.append(DraftEntry(**change.given))
        elif change.id not in kept:
            sentence = "This transaction has no such entry, or it was named twice."
            raise invalid(f"/entries/{index}/id", "not_found", sentence)
        elif change.remove:
            del kept[change.id]
        else:
            given = dict(change.given)
            if "account_id" in given:
                # The new account's own currency, unless the caller names one.
                given.setdefault("currency", "")
            kept[change.id] = replace(kept[change.id], **given)
    return [*kept.values(), *added]


def _simple_again(
    old: Sequence[DraftEntry], changes: Changes, header: dict[str, Any], chart: Chart
) -> list[DraftEntry]:
    """Return the entries of the simple form with what changes about it, on the old entries' ids."""
    given = {name: changes.given[name] for name in SIMPLE if name in changes.given}
    simple = replace(_simple_form(old, chart), **header)
    if given.get("transfer_to_id") is not None:
        given.setdefault("category_id", None)
    if given.get("category_id") is not None:
        given.setdefault("transfer_to_id", None)
    if given.get("transfer_to_id", simple.transfer_to_id) is None:
        given["transfer_amount"] = None
    own = {name: changes.given[name] for name in OF_FIRST_ENTRY if name in changes.given}
    draft = replace(simple, **given, **own)
    if _same_currency(draft, chart):
        draft = replace(draft, transfer_amount=given.get("transfer_amount"))
    faults: list[Fault] = []
    new = posting.entries_of(draft, chart, faults)
    if faults:
        raise Invalid(faults)
    return [
        replace(entry, id=before.id, note=before.note) if before else entry
        for entry, before in zip(new, [*old, *[None] * len(new)], strict=False)
    ]


def _same_currency(draft: Draft, chart: Chart) -> bool:
    here, there = chart.get(draft.account_id), chart.get(draft.transfer_to_id)  # type: ignore[arg-type]  # None is not found
    return here is not None and there is not None and here.currency == there.currency


def _simple_form(old: Sequence[DraftEntry], chart: Chart) -> Draft:
    """Return the draft in simple form that would make these entries.

    :raises IsSplit: if none would.
    """
    accounts = [chart.accounts[entry.account_id] for entry in old]
    shapes = [account.kind == Kind.CONVERSION for account in accounts]
    if shapes not in ([False, False], [False, False, True, True]) or not accounts[0].is_real:
        raise IsSplit
    own, other = old[0], old[1]
    kind = accounts[1].kind
    if kind not in (Kind.CATEGORY, Kind.UNCATEGORIZED) and not accounts[1].is_real:
        raise IsSplit
    arrives: Decimal | None = abs(other.amount) if len(old) == 4 else None
    return Draft(
        date=None,  # type: ignore[arg-type]  # the caller puts the header's
        description="",
        account_id=own.account_id,
        amount=own.amount,
        category_id=other.account_id if kind == Kind.CATEGORY else None,
        transfer_to_id=other.account_id if accounts[1].is_real else None,
        transfer_amount=arrives,
        status=own.status,
        external_id=own.external_id,
    )


def _rewrite(
    book_id: UUID,
    found: Transaction,
    header: dict[str, Any],
    old: Sequence[DraftEntry],
    new: Sequence[DraftEntry],
) -> None:
    """Write the differences, and only those."""
    changed = [field for field in HEADER if getattr(found, field) != header[field]]
    if changed:
        Transaction.objects.filter(id=found.id).update(**{f: header[f] for f in changed})
    before = {entry.id: entry for entry in old}
    kept = [entry for entry in new if entry.id in before]
    gone = set(before) - {entry.id for entry in kept}
    if gone:
        Entry.objects.filter(id__in=gone)._raw_delete("default")
    moved = [entry for entry in kept if entry != before[entry.id]]
    if moved:
        storage.update_entries(found.id, moved)
    added = [entry for entry in new if entry.id not in before]
    if added:
        storage.insert_entries(book_id, [(found.id, header["date"], entry) for entry in added])

"""Correct a transaction: its history keeps what it was before."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from buffet.audit import Actor, writing
from buffet.errors import Fault, Invalid, NotFound, Refusal, invalid
from buffet.models import Book
from transactions import posting, simple_form, storage
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
_OF_ENTRY = re.compile(r"/entries/(\d+)/(\w+)")


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
        faults: list[Fault] = []
        checked = posting.entries_of(Draft(**header, entries=tuple(new)), chart, faults)
        faults += duplicate_faults(
            ((f"/entries/{index}", entry) for index, entry in enumerate(checked)),
            besides=[entry.id for entry in old if entry.id],
        )
        faults = _as_sent(faults, new, changes, simple_form.primary(old, chart))
        if faults := _header_faults(book.id, found, header) + faults:
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


def _as_sent(
    faults: Sequence[Fault], new: Sequence[DraftEntry], changes: Changes, own: DraftEntry
) -> list[Fault]:
    """Point the faults of entries at what was sent; an entry may be at fault that nobody named."""
    if changes.entries:
        added = (index for index, change in enumerate(changes.entries) if change.id is None)
        named = {change.id: index for index, change in enumerate(changes.entries) if change.id}
        numbers = [named.get(entry.id) if entry.id else next(added) for entry in new]
        places = [None if number is None else f"/entries/{number}/" for number in numbers]
    else:
        places = ["/" if entry.id == own.id else None for entry in new]
    elsewhere = "/entries" if changes.entries else ""
    sent = []
    for fault in faults:
        if match := _OF_ENTRY.fullmatch(fault.pointer):
            place = places[int(match[1])]
            fault = replace(fault, pointer=place + match[2] if place else elsewhere)
        sent.append(fault)
    return sent


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
    if any(name in changes.given for name in simple_form.FIELDS):
        return simple_form.again(old, changes, header, chart), chart
    new = list(old)
    first = new.index(simple_form.primary(new, chart))
    own = {
        name: changes.given[name] for name in simple_form.OF_FIRST_ENTRY if name in changes.given
    }
    new[first] = replace(new[first], **own)
    return new, chart


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
    if not kept and not added:
        raise invalid("/entries", "required", "A transaction has entries on two accounts or more.")
    return [*kept.values(), *added]


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
        if _swaps_external_ids(moved, list(old)):
            bare = [replace(before[entry.id], external_id="") for entry in moved]
            storage.update_entries(found.id, bare)
        storage.update_entries(found.id, moved)
    added = [entry for entry in new if entry.id not in before]
    if added:
        storage.insert_entries(book_id, [(found.id, header["date"], entry) for entry in added])


def _swaps_external_ids(moved: Sequence[DraftEntry], old: Sequence[DraftEntry]) -> bool:
    """Whether an entry takes the external id that another had, which both may never have."""
    had = {(entry.account_id, entry.external_id): entry.id for entry in old if entry.external_id}
    return any(
        had.get((entry.account_id, entry.external_id), entry.id) != entry.id for entry in moved
    )

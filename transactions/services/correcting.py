"""Correct a transaction: its history keeps what it was before."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from buffet.audit import Actor, writing
from buffet.errors import ChangedMeanwhile, Fault, Invalid, NotFound, Refusal, invalid
from buffet.models import Book
from transactions import full_form, posting, simple_form, storage
from transactions.chart import Chart
from transactions.drafts import Changes, Correction, Draft, DraftEntry
from transactions.models import Entry, Transaction
from transactions.services.reconciled import reconciled_faults
from transactions.services.recording import closed_month_faults, duplicate_faults, vendor_faults
from transactions.services.together import Outcome, insist

HEADER = ("date", "description", "vendor_id", "notes")
_OF_ENTRY = re.compile(r"/entries/(\d+)/(\w+)")


@dataclass(frozen=True, slots=True)
class _Plan:
    """A transaction as it is and as it will be."""

    found: Transaction
    header: Draft
    old: Sequence[DraftEntry]
    own: DraftEntry
    new: Sequence[DraftEntry]


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
        (plan,) = _plans(book.id, [Correction(transaction_id, changes, version)])
        if isinstance(plan, Refusal):
            raise plan
        _rewrite(book.id, [plan])
        return transaction_id


def correct_each(
    *,
    book: Book,
    by: Actor,
    rows: Sequence[Correction | Refusal],
    partly: bool = False,
    reason: str = "",
) -> list[Outcome]:
    """Change transactions and return what became of each row; one refused already stays so.

    :raises Invalid: naming everything that is wrong, unless what is right is wanted `partly`.
    """
    with writing(book.id, by=by, reason=reason):
        corrections = [row for row in rows if isinstance(row, Correction)]
        plans = iter(_plans(book.id, corrections))
        planned = [row if isinstance(row, Refusal) else next(plans) for row in rows]
        if not partly:
            insist(planned, [getattr(row, "pointer", "") for row in rows])
        _rewrite(book.id, [one for one in planned if isinstance(one, _Plan)])
        return [one.found.id if isinstance(one, _Plan) else one for one in planned]


def refusals(book_id: UUID, corrections: Sequence[Correction]) -> list[Refusal | None]:
    """Return why each correction would be refused, None for one that would not; nothing changes."""
    plans = _plans(book_id, corrections)
    return [plan if isinstance(plan, Refusal) else None for plan in plans]


def _plans(book_id: UUID, corrections: Sequence[Correction]) -> list[_Plan | Refusal]:
    """Return how each transaction will be, or why it will not; in a few statements for all."""
    ids = [one.transaction_id for one in corrections]
    found = Transaction.objects.filter(book_id=book_id).in_bulk(ids)
    old: dict[UUID, list[DraftEntry]] = {id: [] for id in found}
    for entry in Entry.objects.filter(transaction_id__in=list(found)).order_by("id"):
        old[entry.transaction_id].append(_draft_entry(entry))
    chart = _chart(book_id, corrections, found, old)
    plans: list[_Plan | Refusal] = []
    seen: set[UUID] = set()
    for one in corrections:
        try:
            plans.append(_plan(one, found, old, chart, seen))
        except Refusal as refusal:
            plans.append(_at(one.pointer, refusal))
    _refuse_duplicates(corrections, plans)
    return plans


def _chart(
    book_id: UUID,
    corrections: Sequence[Correction],
    found: Mapping[UUID, Transaction],
    old: Mapping[UUID, Sequence[DraftEntry]],
) -> Chart:
    given = [one.changes.given for one in corrections]
    given_entries = [change.given for one in corrections for change in one.changes.entries]
    named = ("account_id", "category_id", "transfer_to_id")
    accounts = {entry.account_id for entries in old.values() for entry in entries}
    accounts |= {
        sent[name] for sent in (*given, *given_entries) for name in named if sent.get(name)
    }
    days = {row.date for row in found.values()} | {sent["date"] for sent in given if "date" in sent}
    vendors = {row.vendor_id for row in found.values()} | {sent.get("vendor_id") for sent in given}
    return Chart.read(book_id, accounts, days, {id for id in vendors if id is not None})


def _plan(
    one: Correction,
    found: Mapping[UUID, Transaction],
    old: Mapping[UUID, Sequence[DraftEntry]],
    chart: Chart,
    seen: set[UUID],
) -> _Plan:
    """Return how a transaction will be.

    :raises Refusal: if it will not, pointing into its own correction.
    """
    row, changes = found.get(one.transaction_id), one.changes
    if row is None:
        raise NotFound("There is no such transaction in this book.")
    if row.id in seen:
        raise invalid("/id", "repeated", "This transaction is named twice.")
    seen.add(row.id)
    if one.version is not None and one.version != row.version:
        raise ChangedMeanwhile
    given = {field: changes.given[field] for field in HEADER if field in changes.given}
    header = {field: getattr(row, field) for field in HEADER} | given
    wanted = Draft(**header)
    before = old[row.id]
    new = _wanted_entries(before, changes, header, chart)
    faults: list[Fault] = []
    checked = posting.entries_of(replace(wanted, entries=tuple(new)), chart, faults)
    own = simple_form.primary(before, chart)
    faults = _as_sent(faults, new, changes, own)
    days = [("", day) for day in sorted({row.date, wanted.date})]
    faults = vendor_faults(chart, [wanted]) + closed_month_faults(chart, days) + faults
    if not faults:
        touched = _moves(row.date, before) ^ _moves(wanted.date, checked)
        faults = reconciled_faults(chart, [("", day, account) for _, day, account, *_ in touched])
    if faults:
        raise Invalid(faults)
    return _Plan(row, wanted, before, own, checked)


def _moves(day: date, entries: Sequence[DraftEntry]) -> set[tuple[Any, ...]]:
    """Return of each entry what its account's balance follows from, and whether the bank agrees."""
    return {(one.id, day, one.account_id, one.currency, one.amount, one.status) for one in entries}


def _at(pointer: str, refusal: Refusal) -> Refusal:
    """Return a refusal that points into the whole request."""
    if not pointer or not isinstance(refusal, Invalid):
        return refusal
    return Invalid([replace(fault, pointer=pointer + fault.pointer) for fault in refusal.faults])


def _refuse_duplicates(corrections: Sequence[Correction], plans: list[_Plan | Refusal]) -> None:
    """Put a refusal in the place of each plan whose external ids its accounts have already."""
    planned = {place: plan for place, plan in enumerate(plans) if isinstance(plan, _Plan)}
    faults = duplicate_faults(
        (
            (f"/{place}/entries/{index}", entry)
            for place, plan in planned.items()
            for index, entry in enumerate(plan.new)
        ),
        besides=[entry.id for plan in planned.values() for entry in plan.old if entry.id],
    )
    found: dict[int, list[Fault]] = {}
    for fault in faults:
        _, at, rest = fault.pointer.split("/", 2)
        found.setdefault(int(at), []).append(replace(fault, pointer=f"/{rest}"))
    for place, wrong in found.items():
        one, plan = corrections[place], planned[place]
        sent = _as_sent(wrong, plan.new, one.changes, plan.own)
        plans[place] = _at(one.pointer, Invalid(sent))


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
    old: Sequence[DraftEntry], changes: Changes, header: dict[str, Any], chart: Chart
) -> list[DraftEntry]:
    if changes.entries:
        return full_form.again(old, changes.entries, chart)
    if any(name in changes.given for name in simple_form.FIELDS):
        return simple_form.again(old, changes, header, chart)
    new = list(old)
    first = new.index(simple_form.primary(new, chart))
    own = {
        name: changes.given[name] for name in simple_form.OF_FIRST_ENTRY if name in changes.given
    }
    new[first] = replace(new[first], **own)
    return new


def _rewrite(book_id: UUID, plans: Sequence[_Plan]) -> None:
    """Write the differences, and only those, in a few statements."""
    headers = [
        (plan.found.id, plan.header)
        for plan in plans
        if any(getattr(plan.found, field) != getattr(plan.header, field) for field in HEADER)
    ]
    if headers:
        storage.update_headers(headers)
    old = [entry for plan in plans for entry in plan.old]
    before = {entry.id: entry for entry in old}
    kept = [entry for plan in plans for entry in plan.new if entry.id in before]
    gone = {id for id in before if id is not None} - {entry.id for entry in kept}
    if gone:
        Entry.objects.filter(id__in=gone)._raw_delete("default")
    moved = [entry for entry in kept if entry != before[entry.id]]
    if moved:
        if _swaps_external_ids(moved, old):
            storage.update_entries([replace(before[one.id], external_id="") for one in moved])
        storage.update_entries(moved)
    added = [
        (plan.found.id, plan.header.date, entry)
        for plan in plans
        for entry in plan.new
        if entry.id not in before
    ]
    if added:
        storage.insert_entries(book_id, added)


def _swaps_external_ids(moved: Sequence[DraftEntry], old: Sequence[DraftEntry]) -> bool:
    """Whether an entry takes the external id that another had, which both may never have."""
    had = {(entry.account_id, entry.external_id): entry.id for entry in old if entry.external_id}
    return any(
        had.get((entry.account_id, entry.external_id), entry.id) != entry.id for entry in moved
    )

"""Return a transaction to what it was before one of its changes: a correction like any other."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from buffet.audit import Actor, writing
from buffet.errors import NotFound, Refusal
from buffet.models import Book
from transactions.bodies import MAX_BULK
from transactions.drafts import Changes, Correction, DraftEntry, EntryChange
from transactions.models import Entry, Transaction, Vendor
from transactions.queries import earlier
from transactions.services.correcting import HEADER, correct, correct_each


class NoSuchStep(Refusal):
    """The history of this transaction has no such change."""

    code = "no_such_step"
    status = 404


class AsItWas(Refusal):
    """The transaction is as it was then: there is nothing to change."""

    code = "as_it_was"


def return_to(
    *, book: Book, by: Actor, transaction_id: UUID, step_id: UUID, reason: str = ""
) -> UUID:
    """Make a transaction what it was before one of its changes, and return its id.

    An entry that was taken out since comes again under a new id; a vendor that was deleted since
    is left out.

    :raises NotFound: if the book has no such transaction.
    :raises NoSuchStep: if its history has no such change.
    :raises AsItWas: if it is already what it was.
    :raises Invalid: if it cannot return: a month is closed, days are reconciled, an account of it
        archived or gone, or its external id taken since.
    """
    with writing(book.id, by=by, reason=reason):
        found = Transaction.objects.filter(book_id=book.id, id=transaction_id).first()
        if found is None:
            raise NotFound("There is no such transaction in this book.")
        changes = _changes([found], step_id).get(found.id)
        if changes is None:
            raise NoSuchStep
        if not changes.entries and not changes.given:
            raise AsItWas
        return correct(
            book=book, by=by, transaction_id=transaction_id, changes=changes, reason=reason
        )


def take_back(
    *, book: Book, by: Actor, step_id: UUID, version: int, reason: str = ""
) -> list[UUID]:
    """Make transactions what they were before a change of many, and return their ids.

    Those whose version is another than that were changed since, and stay as they are.

    :raises NoSuchStep: if there was no such change in the book, or of more than can be taken back.
    :raises Invalid: if one of them cannot return, by pointers that begin with its id: none does
        then.
    """
    with writing(book.id, by=by, reason=reason):
        changed = earlier.changed_by(book.id, step_id)
        if not 0 < len(changed) <= MAX_BULK:
            raise NoSuchStep
        ids = [id for id, now in changed.items() if now == version]
        found = Transaction.objects.filter(book_id=book.id, id__in=ids).order_by("id")
        rows = [
            Correction(id, changes, version, f"/{id}")
            for id, changes in _changes(list(found), step_id).items()
            if changes.entries or changes.given
        ]
        correct_each(book=book, by=by, rows=rows, reason=reason)
        return [row.transaction_id for row in rows]


def _changes(transactions: Sequence[Transaction], step_id: UUID) -> dict[UUID, Changes]:
    """Return what is to change for each to be what it was; those without the change are left out.

    A few statements, however many they are.
    """
    states = earlier.before(transactions, step_id)
    named = {state.vendor_id for state in states.values() if state.vendor_id}
    vendors = set(Vendor.objects.filter(id__in=named).values_list("id", "book_id"))
    there: dict[UUID, dict[UUID, DraftEntry]] = {id: {} for id in states}
    for entry in Entry.objects.filter(transaction_id__in=list(states)).order_by("id"):
        there[entry.transaction_id][entry.id] = earlier.draft_of(entry, entry.id)
    return {
        one.id: Changes(
            _header(
                one, states[one.id], is_kept=(states[one.id].vendor_id, one.book_id) in vendors
            ),
            _entries(there[one.id], states[one.id]),
        )
        for one in transactions
        if one.id in states
    }


def _header(found: Transaction, state: earlier.State, *, is_kept: bool) -> dict[str, object]:
    """Return what of the transaction itself changes; a vendor that is not kept is left out."""
    wanted = {name: getattr(state, name) for name in HEADER}
    if not is_kept:
        wanted["vendor_id"] = None
    return {name: value for name, value in wanted.items() if value != getattr(found, name)}


def _entries(there: Mapping[UUID, DraftEntry], state: earlier.State) -> tuple[EntryChange, ...]:
    """Return what of its entries changes."""
    entries: list[EntryChange] = []
    spare = [entry for id, entry in there.items() if id not in state.entries]
    for id, entry in state.entries.items():
        if id in there:
            if entry != there[id]:
                entries.append(EntryChange(id, given=_given(entry)))
        elif same := next((one for one in spare if _given(one) == _given(entry)), None):
            # It has come again already, as another row.
            spare.remove(same)
        else:
            entries.append(EntryChange(None, given=_given(entry)))
    entries += [EntryChange(one.id, remove=True) for one in spare]
    return tuple(entries)


def _given(entry: DraftEntry) -> dict[str, object]:
    """Return all about an entry but which one it is."""
    names = ("account_id", "amount", "currency", "status", "external_id", "note")
    return {name: getattr(entry, name) for name in names}

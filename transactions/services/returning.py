"""Return a transaction to what it was before one of its changes: a correction like any other."""

from contextlib import suppress
from uuid import UUID

from buffet.audit import Actor, writing
from buffet.errors import NotFound, Refusal
from buffet.models import Book
from transactions.drafts import Changes, DraftEntry, EntryChange
from transactions.models import Entry, Transaction, Vendor
from transactions.queries import earlier
from transactions.services.correcting import HEADER, correct


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
        state = earlier.before(found, step_id)
        if state is None:
            raise NoSuchStep
        changes = _changes(found, state)
        if not changes.entries and not changes.given:
            raise AsItWas
        return correct(
            book=book, by=by, transaction_id=transaction_id, changes=changes, reason=reason
        )


def take_back(*, book: Book, by: Actor, step_id: UUID, reason: str = "") -> list[UUID]:
    """Make all transactions of a change what they were before it, and return their ids.

    One that was changed since stays as it is, and so does one that is what it was.

    :raises NoSuchStep: if there was no such change in the book.
    :raises Refusal: if one of them cannot return, as `return_to` says: none does then.
    """
    with writing(book.id, by=by, reason=reason):
        ids = earlier.changed_by(book.id, step_id)
        if not ids:
            raise NoSuchStep
        taken = []
        for id in ids:
            if earlier.steps(id)[0].id != step_id:
                continue
            with suppress(AsItWas):
                taken.append(
                    return_to(book=book, by=by, transaction_id=id, step_id=step_id, reason=reason)
                )
        return taken


def _changes(found: Transaction, state: earlier.State) -> Changes:
    """Return what is to change for a transaction to be what it was."""
    wanted = {name: getattr(state, name) for name in HEADER}
    if not Vendor.objects.filter(id=state.vendor_id, book_id=found.book_id).exists():
        wanted["vendor_id"] = None
    given = {name: value for name, value in wanted.items() if value != getattr(found, name)}
    there = {
        entry.id: earlier.draft_of(entry, entry.id)
        for entry in Entry.objects.filter(transaction_id=found.id).order_by("id")
    }
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
    return Changes(given, tuple(entries))


def _given(entry: DraftEntry) -> dict[str, object]:
    """Return all about an entry but which one it is."""
    names = ("account_id", "amount", "currency", "status", "external_id", "note")
    return {name: getattr(entry, name) for name in names}

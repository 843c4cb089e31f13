"""Separate a transfer into the two transactions of which it was made."""

from uuid import UUID

from accounts.models import AccountType, Kind
from buffet.audit import Actor, writing
from buffet.errors import NotFound, Refusal
from buffet.models import Book
from transactions.chart import Chart
from transactions.drafts import Changes, DraftEntry, EntryChange
from transactions.models import Entry, SubscriptionPayment, Transaction
from transactions.queries import earlier
from transactions.queries.merged import Merged, merged
from transactions.services.correcting import correct
from transactions.services.deleting import restore


class NothingMerged(Refusal):
    """Nothing was merged into this transaction: there is nothing to separate."""

    code = "nothing_merged"


def separate(*, book: Book, by: Actor, transaction_id: UUID, reason: str = "") -> UUID:
    """Separate what was merged into a transaction last, and return the id of what comes back.

    That comes back as it was. The other loses this side: it is of the category that it had, if
    that is still open, or the transfer that it was before a statement told of it again.

    :raises NotFound: if the book has no such transaction.
    :raises NothingMerged: if nothing was merged into it, or it tells of another side by now.
    :raises Invalid: if one of them cannot change, since its month is closed, its days are
        reconciled, or an account of it archived or gone.
    """
    with writing(book.id, by=by, reason=reason):
        into = Transaction.objects.filter(book=book, id=transaction_id).first()
        if into is None:
            raise NotFound("There is no such transaction in this book.")
        found = merged(book.id, transaction_id)
        if found is None:
            raise NothingMerged
        was = earlier.before([into], found.step_id)[into.id].entries.get(found.entry_id)
        changes = Changes({}, tuple(_entries(book.id, found, was)))
        correct(book=book, by=by, transaction_id=into.id, changes=changes)
        restore(book=book, by=by, transaction_id=found.id)
        # What the account of that one pays was paid by it.
        paid = SubscriptionPayment.objects.filter(
            transaction=into, subscription__account=found.account_id
        )
        paid.update(transaction=found.id, date=found.date)
        return found.id


def _entries(book_id: UUID, found: Merged, was: DraftEntry | None) -> list[EntryChange]:
    """Return how the entries change of what stays.

    An entry that came with the very change is of no category.
    """
    rows = Entry.objects.filter(transaction=found.into_id).select_related("account")
    own = [row for row in rows if row.account.is_real and row.id != found.entry_id]
    told = {"status": was.status if was else own[0].status, "external_id": ""}
    if was is not None and was.account_id == found.account_id:
        return [EntryChange(found.entry_id, given=told | {"external_id": was.external_id})]
    chart = Chart.read(book_id, [was.account_id] if was else [])
    category = chart.get(was.account_id if was else None)
    if category is None or category.is_archived or category.is_real:
        spent = AccountType.EXPENSE if own[0].amount < 0 else AccountType.INCOME
        category = chart.system(Kind.UNCATEGORIZED, spent)
    given = told | {
        "account_id": category.id,
        "amount": -own[0].amount,
        "currency": own[0].currency,
    }
    conversions = [row for row in rows if row.account.kind == Kind.CONVERSION]
    return [
        EntryChange(found.entry_id, given=given),
        *(EntryChange(row.id, remove=True) for row in conversions),
    ]

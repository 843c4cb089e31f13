"""To take back that an account was opened."""

from uuid import UUID

from accounts.models import CreditCard
from buffet.audit import Actor, writing
from buffet.models import Book
from invoices import services as cards
from transactions import services as ledger
from transactions.models import Source, Transaction


def take_back(*, book: Book, by: Actor, account_id: UUID) -> None:
    """Delete an account or card with what was on it as it was opened; all of it, or nothing.

    :raises Refusal: if anything else is on it by now.
    """
    with writing(book.id, by=by):
        opening = Transaction.objects.filter(
            book=book, source=Source.OPENING, entries__account_id=account_id
        )
        ids = [*opening.values_list("id", flat=True).distinct()]
        if ids:
            ledger.delete(book=book, by=by, transaction_ids=ids)
        card = CreditCard.objects.filter(account_id=account_id).first()
        if card is not None:
            cards.delete_card(book=book, by=by, card_id=card.id)
        else:
            ledger.delete_account(book=book, by=by, account_id=account_id)

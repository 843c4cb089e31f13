"""Pay a statement, and decide which payment settles which."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from accounts.models import Account
from buffet.audit import Actor, writing
from buffet.errors import ChangedMeanwhile, Fault, Invalid, NotFound, Refusal, invalid
from buffet.models import Book
from invoices.models import AllocationChoice, Invoice, InvoiceLine, Section
from invoices.queries import statements
from invoices.services.statements import get_invoice
from transactions import services as ledger
from transactions.drafts import Draft

#: Where the ledger's names of the transfer stand in the body of a payment.
_SENT = {
    "/transfer_to": "/from_account",
    "/transfer_amount": "/from_amount",
    "/account": "",
}


class AlreadyPaid(Refusal):
    """Nothing is owed of this invoice."""

    code = "already_paid"


class AlreadyScheduled(Refusal):
    """Payments dated ahead are for all that is owed of this invoice."""

    code = "already_scheduled"


class NotAllocated(Refusal):
    """This payment settles nothing of this invoice."""

    code = "not_allocated"


def pay(
    *,
    book: Book,
    by: Actor,
    invoice_id: UUID,
    today: date,
    amount: Decimal | None = None,
    on: date | None = None,
    from_account_id: UUID | None = None,
    from_amount: Decimal | None = None,
    description: str = "",
    notes: str = "",
    seen: Decimal | None = None,
) -> UUID:
    """Record the payment of a statement as a transfer to the card, and return its transaction.

    Left out, the amount is what remains and is not scheduled, the day today and the account the one
    that pays the card. Without a description it says what it pays, in English. What is paid beyond
    that goes on to the next statement that is owed. `seen` is what was to be paid when the payer
    looked, so that a form that is sent twice pays once.

    :raises NotFound: if the book has no such statement.
    :raises AlreadyPaid: if nothing is owed of it.
    :raises AlreadyScheduled: if payments dated ahead are for all that is owed.
    :raises ChangedMeanwhile: if another amount is to be paid than was seen.
    :raises Invalid: naming what is wrong.
    """
    with writing(book.id, by=by):
        one = statements.get(book.id, invoice_id, today)
        card = one.invoice.card_id
        row = get_invoice(book, invoice_id)
        if not one.remaining:
            raise AlreadyPaid
        if not one.unscheduled:
            raise AlreadyScheduled
        if seen is not None and seen != one.unscheduled:
            raise ChangedMeanwhile
        payer = from_account_id or row.card.paying_account_id
        if payer is None:
            sentence = "Say from which account; the card names none that pays it."
            raise invalid("/from_account", "required", sentence)
        _refuse_own(row, payer)
        if amount is not None and amount <= 0:
            raise invalid("/amount", "not_positive", "A payment is more than zero.")
        draft = Draft(
            date=on or today,
            description=description or f"Payment of {row.card.account.name}, {row.month:%Y-%m}",
            account_id=row.card.account_id,
            amount=amount or one.unscheduled,
            transfer_to_id=payer,
            transfer_amount=from_amount,
            notes=notes,
        )
        try:
            (id,) = ledger.record(book=book, by=by, drafts=[draft])
        except Invalid as error:
            faults = (
                Fault(_SENT.get(one.pointer, one.pointer), one.code, one.detail)
                for one in error.faults
            )
            raise Invalid(tuple(faults)) from None
        entry_id = InvoiceLine.objects.get(transaction_id=id, card=card).entry_id
        AllocationChoice.objects.create(book=book, invoice=row, entry_id=entry_id)
        return id


def _refuse_own(row: Invoice, payer: UUID) -> None:
    account = Account.objects.filter(book_id=row.book_id, id=payer).first()
    if account is None or not account.is_real:
        raise invalid("/from_account", "not_found", "There is no such account in this book.")
    if account.id == row.card.account_id:
        raise invalid("/from_account", "transfer_to_itself", "A card does not pay itself.")


def _payment(row: Invoice, entry_id: UUID, pointer: str) -> InvoiceLine:
    line = InvoiceLine.objects.filter(
        book_id=row.book_id, card_id=row.card_id, entry_id=entry_id, section=Section.PAYMENT
    ).first()
    if line is None:
        sentence = "There is no such payment on the card of this invoice."
        if pointer:
            raise invalid(pointer, "not_found", sentence)
        raise NotFound(sentence)
    return line


def allocate(
    *,
    book: Book,
    by: Actor,
    invoice_id: UUID,
    entry_id: UUID,
    amount: Decimal | None = None,
    reason: str = "",
) -> None:
    """Let a payment settle this statement before others, up to `amount` if it is given.

    :raises NotFound: if the book has no such statement.
    :raises Invalid: if the card has no such payment, or not so much of it or of what is owed.
    """
    with writing(book.id, by=by, reason=reason):
        row = get_invoice(book, invoice_id)
        line = _payment(row, entry_id, "/payment")
        owed = statements.total(row)
        if amount is not None and not 0 < amount <= min(line.amount, max(owed, Decimal(0))):
            sentence = "This is more than zero, than was paid and than the invoice asks for."
            if amount > 0:
                sentence = "This is more than was paid, or than the invoice asks for."
            raise invalid("/amount", "too_much", sentence)
        AllocationChoice.objects.update_or_create(
            invoice=row,
            entry_id=entry_id,
            defaults={"book": book, "refused": False, "amount": amount},
        )


def take_back(
    *, book: Book, by: Actor, invoice_id: UUID, entry_id: UUID, today: date, reason: str = ""
) -> None:
    """Let a payment no longer settle this statement; it goes on to others that are owed.

    :raises NotFound: if the book has no such statement, or the card no such payment.
    :raises NotAllocated: if it settles nothing of it.
    """
    with writing(book.id, by=by, reason=reason):
        one = statements.get(book.id, invoice_id, today)
        row = get_invoice(book, invoice_id)
        _payment(row, entry_id, "")
        if all(part.payment is None or part.payment.entry_id != entry_id
               for part in (*one.allocations, *one.scheduled)):  # fmt: skip
            raise NotAllocated
        AllocationChoice.objects.update_or_create(
            invoice=row,
            entry_id=entry_id,
            defaults={"book": book, "refused": True, "amount": None},
        )

"""What transactions paid for: each is linked to one due date of a subscription."""

from datetime import date
from uuid import UUID

from buffet.audit import Actor, writing
from buffet.errors import NotFound, Refusal, invalid
from buffet.models import Book
from transactions.models import Entry, Subscription, SubscriptionPayment, Transaction
from transactions.services.subscriptions import get_subscription, is_income


class PaymentLinked(Refusal):
    """This transaction is linked to a due date already: unlink it first."""

    code = "already_linked"
    pointer = "/transaction"


class DueDatePaid(Refusal):
    """Another transaction paid what was due on this day: unlink it first."""

    code = "already_paid"
    pointer = "/due_on"


class NothingDue(Refusal):
    """Every due date of this subscription is paid."""

    code = "nothing_due"


class NotPaidFromAccount(Refusal):
    """This transaction moves nothing on the account that pays the subscription."""

    code = "other_account"
    pointer = "/transaction"


class MovesTheOtherWay(Refusal):
    """This transaction goes the other way: what is paid goes out, what is earned comes in."""

    code = "other_direction"
    pointer = "/transaction"


def link_payment(
    *,
    book: Book,
    by: Actor,
    subscription_id: UUID,
    transaction_id: UUID,
    due_on: date | None = None,
) -> Subscription:
    """Say that a transaction paid what was due on a day.

    Without `due_on` it is the unpaid due date nearest to the transaction's own, of two the earlier.

    :raises NotFound: if the book has no such subscription.
    :raises PaymentLinked: if the transaction is linked already, to whatever it may be.
    :raises DueDatePaid: if another transaction paid that day's.
    :raises NothingDue: if no day was named, and every due date is paid.
    :raises NotPaidFromAccount: if it has no entry on the account that pays.
    :raises MovesTheOtherWay: if it brings in what is paid, or takes what is earned.
    :raises Invalid: if the book has no such transaction, or nothing falls due on that day.
    """
    with writing(book.id, by=by):
        found = get_subscription(book, subscription_id)
        transaction = Transaction.objects.filter(book=book, id=transaction_id).first()
        if transaction is None:
            sentence = "There is no such transaction in this book."
            raise invalid("/transaction", "not_found", sentence)
        if SubscriptionPayment.objects.filter(transaction=transaction).exists():
            raise PaymentLinked
        _refuse_other_payment(found, transaction)
        paid = set(found.payments.values_list("due_on", flat=True))
        if due_on is None:
            due_on = found.schedule.nearest(transaction.date, paid)
            if due_on is None:
                raise NothingDue
        elif not found.schedule.falls_due(due_on):
            raise invalid("/due_on", "not_due", f"{found.name} does not fall due on this day.")
        elif due_on in paid:
            raise DueDatePaid
        SubscriptionPayment.objects.create(
            book=book,
            subscription=found,
            transaction=transaction,
            due_on=due_on,
            date=transaction.date,
        )
        return get_subscription(book, subscription_id)


def unlink_payment(*, book: Book, by: Actor, subscription_id: UUID, transaction_id: UUID) -> None:
    """Take back that a transaction paid for a subscription; the transaction stays.

    :raises NotFound: if the book has no such subscription, or the transaction did not pay for it.
    """
    with writing(book.id, by=by):
        found = get_subscription(book, subscription_id)
        linked = found.payments.filter(transaction_id=transaction_id)
        if not linked.exists():
            raise NotFound("This transaction is not linked to the subscription.")
        linked._raw_delete("default")


def _refuse_other_payment(found: Subscription, transaction: Transaction) -> None:
    amounts = Entry.objects.filter(transaction=transaction, account_id=found.account_id)
    moved = [*amounts.values_list("amount", flat=True)]
    if not moved:
        raise NotPaidFromAccount
    if (sum(moved) > 0) != is_income(found):
        raise MovesTheOtherWay

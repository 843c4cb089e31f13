"""What transactions paid for: each is linked to one due date of a subscription."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db.models import Sum

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
    return link_payments(
        book=book, by=by, subscription_id=subscription_id, paid={transaction_id: due_on}
    )


def link_payments(
    *, book: Book, by: Actor, subscription_id: UUID, paid: Mapping[UUID, date | None]
) -> Subscription:
    """Say which due dates some transactions paid, all of them or none, as `link_payment` does.

    `paid` are the due dates by transaction, taken in this order. It raises what that does.
    """
    with writing(book.id, by=by):
        found = get_subscription(book, subscription_id)
        transactions = Transaction.objects.filter(book=book).in_bulk(paid)
        if len(transactions) < len(paid):
            sentence = "There is no such transaction in this book."
            raise invalid("/transaction", "not_found", sentence)
        if SubscriptionPayment.objects.filter(transaction__in=paid).exists():
            raise PaymentLinked
        _refuse_other_payments(found, list(paid))
        taken = set(found.payments.values_list("due_on", flat=True))
        made = []
        for transaction_id, due_on in paid.items():
            day = transactions[transaction_id].date
            due_on = _due(found, day, due_on, taken)
            taken.add(due_on)
            made.append(
                SubscriptionPayment(
                    book=book,
                    subscription=found,
                    transaction_id=transaction_id,
                    due_on=due_on,
                    date=day,
                )
            )
        SubscriptionPayment.objects.bulk_create(made)
        return get_subscription(book, subscription_id)


def _due(found: Subscription, day: date, due_on: date | None, taken: set[date]) -> date:
    """Return which due date is paid by what moved on a day."""
    if due_on is None:
        due_on = found.schedule.nearest(day, taken)
        if due_on is None:
            raise NothingDue
    elif not found.schedule.falls_due(due_on):
        raise invalid("/due_on", "not_due", f"{found.name} does not fall due on this day.")
    elif due_on in taken:
        raise DueDatePaid
    return due_on


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


def _refuse_other_payments(found: Subscription, ids: list[UUID]) -> None:
    entries = Entry.objects.filter(transaction__in=ids, account_id=found.account_id)
    moved = dict(entries.values_list("transaction").annotate(Sum("amount")).order_by())
    if len(moved) < len(ids):
        raise NotPaidFromAccount
    if any((amount > 0) != is_income(found) for amount in moved.values()):
        raise MovesTheOtherWay

"""A transaction as a document: its entries as debits and credits, and all that it stands on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.template.loader import render_to_string

from buffet import money
from buffet.admin.base import address_of
from buffet.models import User
from transactions.models import ImportLine, SubscriptionPayment, Transaction

#: The lines of files about one transaction that are shown.
MOST_LINES = 10


@dataclass(frozen=True, slots=True)
class Beside:
    """Something that a transaction stands on, or came from."""

    label: str
    text: str
    address: str


#: What is beside a transaction; apps above add theirs.
PARTS: list[Callable[[Transaction], Iterator[Beside]]] = []


def of_files(transaction: Transaction) -> Iterator[Beside]:
    """Yield the lines of banks' files that it came from, or that told of it again."""
    told = Q(new_id=transaction.pk) | Q(transaction_id=transaction.pk)
    lines = ImportLine.objects.filter(told, book=transaction.book_id).select_related("of_import")
    for line in lines.order_by("id")[:MOST_LINES]:
        text = f"{line.of_import.file_name}, line {line.number} ({line.verdict})"
        yield Beside("Import", text, address_of(line.of_import))


def of_subscription(transaction: Transaction) -> Iterator[Beside]:
    """Yield the subscription that it paid."""
    paid = SubscriptionPayment.objects.filter(transaction=transaction.pk)
    for payment in paid.select_related("subscription"):
        text = f"{payment.subscription.name}, due on {payment.due_on}"
        yield Beside("Subscription", text, address_of(payment.subscription))


PARTS += [of_files, of_subscription]


def document(transaction: Transaction) -> str:
    """Return the transaction as HTML."""
    rows = list(transaction.entries.select_related("account").order_by("-amount", "id"))
    lines = [
        {
            "entry": row,
            "account": address_of(row.account),
            "debit": money.text(row.amount, row.currency) if row.amount > 0 else "",
            "credit": money.text(-row.amount, row.currency) if row.amount < 0 else "",
        }
        for row in rows
    ]
    context = {
        "transaction": transaction,
        "book": address_of(transaction.book),
        "vendor": address_of(transaction.vendor) if transaction.vendor else None,
        "lines": lines,
        "maker": _maker(transaction),
        "beside": [one for part in PARTS for one in part(transaction)],
    }
    return render_to_string("admin/house/document.html", context)


def _maker(transaction: Transaction) -> User | None:
    made_by = transaction.created_by
    return None if made_by is None else User.objects.filter(pk=made_by).first()

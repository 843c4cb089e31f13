"""What statements add to a transaction's document: where its lines stand, and its parcel."""

from collections.abc import Iterator

from buffet.admin.base import address_of
from invoices.models import Installment, InvoiceLine
from transactions.admin.document import PARTS, Beside
from transactions.models import Transaction


def of_statements(transaction: Transaction) -> Iterator[Beside]:
    """Yield the statements that its entries stand on."""
    lines = InvoiceLine.objects.filter(transaction_id=transaction.pk)
    for line in lines.select_related("invoice", "card__account").order_by("entry_id"):
        text = f"{line.card.account.name}, {line.invoice.month:%Y-%m} ({line.section})"
        yield Beside("Statement", text, address_of(line.invoice))


def of_plan(transaction: Transaction) -> Iterator[Beside]:
    """Yield the purchase of which it is a parcel."""
    for parcel in Installment.objects.filter(transaction=transaction.pk).select_related("plan"):
        text = f"{parcel.plan.description}, {parcel.number} of {parcel.plan.parcels}"
        yield Beside("Purchase in parcels", text, address_of(parcel.plan))


PARTS += [of_statements, of_plan]

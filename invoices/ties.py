"""What a card's transaction comes back to when it is restored: its plan, and its statement."""

from collections.abc import Sequence
from uuid import UUID

from buffet.errors import Refusal
from invoices.models import Installment
from transactions.services import ties

#: As a parcel, unless its plan is gone or the parcel is there again.
_PARCEL = """
INSERT INTO invoices_installment (id, book_id, plan_id, number, transaction_id, date, fate)
SELECT e.id, t.book_id, p.id, e.number, t.id, t.date, e.fate
FROM invoices_installmentevent e
JOIN transactions_transaction t ON t.id = e.transaction_id AND t.book_id = e.book_id
JOIN invoices_installmentplan p ON p.id = e.plan_id AND p.book_id = e.book_id
WHERE e.book_id = %(book)s AND e.transaction_id = %(transaction)s
    AND e.pgh_label = 'delete' AND e.pgh_created_at = %(at)s
    AND NOT EXISTS (
        SELECT FROM invoices_installment o WHERE o.plan_id = p.id AND o.number = e.number
    )
ORDER BY e.pgh_id DESC LIMIT 1
"""
#: On the statements that its lines had been moved to, those that are there.
_MOVED = """
UPDATE invoices_invoiceline l SET chosen_month = e.chosen_month
FROM (
    SELECT DISTINCT ON (entry_id) entry_id, chosen_month FROM invoices_invoicelineevent
    WHERE book_id = %(book)s AND pgh_label = 'delete' AND pgh_created_at = %(at)s
        AND entry_id IN (
            SELECT entry_id FROM invoices_invoiceline WHERE transaction_id = %(transaction)s
        )
    ORDER BY entry_id, pgh_id DESC
) AS e
WHERE e.entry_id = l.entry_id AND EXISTS (
    SELECT FROM invoices_invoice i WHERE i.card_id = l.card_id AND i.month = e.chosen_month
)
"""
_BILLED = """
SELECT buffet_bill(ARRAY[transaction_id]) FROM invoices_invoiceline
WHERE transaction_id = %(transaction)s AND chosen_month IS NOT NULL LIMIT 1
"""
#: A plan costs what its parcels do as soon as all of them are there, whose prices the database
#: looks at with each line.
_COUNTED = """
UPDATE invoices_invoiceline l SET amount = l.amount
WHERE l.transaction_id = %(transaction)s AND EXISTS (
    SELECT FROM invoices_installment n WHERE n.transaction_id = l.transaction_id
)
"""
#: A line that was moved to another statement stays there when its transaction becomes another.
_STAYS = """
UPDATE invoices_invoiceline l SET chosen_month = e.chosen_month
FROM (
    SELECT chosen_month FROM invoices_invoicelineevent
    WHERE book_id = %(book)s AND entry_id = %(source)s AND pgh_label = 'delete'
    ORDER BY pgh_id DESC LIMIT 1
) AS e
WHERE l.entry_id = %(entry)s AND EXISTS (
    SELECT FROM invoices_invoice i WHERE i.card_id = l.card_id AND i.month = e.chosen_month
)
"""


class ParcelInTransfer(Refusal):
    """A parcel of a purchase was bought, not moved: it is no side of a transfer."""

    code = "is_parcel"


def refuse_parcels(ids: Sequence[UUID]) -> None:
    """Refuse to make transfers of parcels.

    :raises ParcelInTransfer: if one of these transactions is one.
    """
    if Installment.objects.filter(transaction__in=ids).exists():
        raise ParcelInTransfer


def join() -> None:
    """Add these ties to those of the ledger."""
    ties.add(_PARCEL, _MOVED, _BILLED, _COUNTED)
    ties.add_merging(refuse_parcels, _STAYS, _BILLED)

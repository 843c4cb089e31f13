"""Statements of cards and what was decided about them, in the file of a whole book."""

from invoices.models import (
    SUMS,
    AllocationChoice,
    Installment,
    InstallmentPlan,
    Invoice,
    InvoiceChange,
    InvoiceLine,
)
from transactions.books import kinds
from transactions.books.fields import day_of_statement
from transactions.books.kinds import Kind

#: Lines follow from entries, but for the months that people chose for some.
_MOVE = (
    """
    UPDATE invoices_invoiceline l SET chosen_month = n.chosen_month
    FROM taken n WHERE n.entry_id = l.entry_id AND l.book_id = {book}
    """,
    """
    SELECT buffet_bill(array_agg(DISTINCT l.transaction_id))
    FROM invoices_invoiceline l JOIN taken n USING (entry_id) HAVING count(*) > 0
    """,
    """
    SELECT n.entry_id FROM taken n WHERE NOT EXISTS (
        SELECT FROM invoices_invoiceline l
        WHERE l.entry_id = n.entry_id AND l.chosen_month = n.chosen_month
    )
    """,
)
#: Who changed it is known where it was changed.
_KEEP = (
    """
    INSERT INTO invoices_invoicechange (book_id, invoice_id, entry_id, transaction_id, date,
        before, after, changed_at, changed_via, changed_by)
    SELECT {book}, invoice_id, entry_id, transaction_id, date, before, after, changed_at,
        changed_via, NULL
    FROM taken
    """,
)


def join() -> None:
    """Add these kinds to those of the ledger, and what is left out."""
    kept = frozenset({*SUMS.values(), "lines", "filled_in"})
    days = dict.fromkeys(("month", "opens_on", "closes_on", "due_on"), day_of_statement)
    kinds.add(
        Kind("invoice", Invoice, ("card_id", "month"), besides=kept, reads=days),
        before="transaction",
    )
    kinds.add(
        Kind(
            "moved_line",
            InvoiceLine,
            ("entry_id",),
            where="r.book_id = {book} AND r.chosen_month IS NOT NULL",
            only=frozenset({"entry_id", "chosen_month"}),
            reads={"chosen_month": day_of_statement},
            taken=_MOVE,
        ),
        Kind("installment_plan", InstallmentPlan),
        Kind("installment", Installment, ("plan_id", "number")),
        Kind("allocation_choice", AllocationChoice),
        Kind("invoice_change", InvoiceChange, besides=frozenset({"changed_by"}), taken=_KEEP),
        before="subscription",
    )

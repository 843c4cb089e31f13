"""Statements: dates that the bank moved, lines that belong elsewhere."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from buffet import money
from buffet.audit import Actor, writing
from buffet.errors import NotFound, invalid
from buffet.models import Book
from invoices.models import Invoice, InvoiceLine


def get_invoice(book: Book, invoice_id: UUID) -> Invoice:
    """Return a statement of the book with its card and account.

    :raises NotFound: if the book has no such statement.
    """
    found = Invoice.objects.select_related("card__account").filter(book=book, id=invoice_id).first()
    if found is None:
        raise NotFound("There is no such invoice in this book.")
    return found


def change_invoice(
    *,
    book: Book,
    by: Actor,
    invoice_id: UUID,
    opens_on: date | None = None,
    closes_on: date | None = None,
    due_on: date | None = None,
    reason: str = "",
    **given: Any,
) -> Invoice:
    """Change the dates of a statement, or its minimum payment.

    The statement before ends where this one begins, and the one after begins where this one ends;
    lines follow to the statement that their day now lies in, save those moved by hand.

    :raises NotFound: if the book has no such statement.
    :raises Invalid: if one of the three would close before it opens or be due before it closes.
    """
    with writing(book.id, by=by, reason=reason):
        row = get_invoice(book, invoice_id)
        if "minimum_payment" in given:
            _check_minimum(given["minimum_payment"], row.card.account.currency)
            Invoice.objects.filter(id=row.id).update(minimum_payment=given["minimum_payment"])
        gap = timedelta(days=0 if row.card.closing_day_is_next else 1)
        near = Invoice.objects.filter(card=row.card).order_by("month")
        before = near.filter(month__lt=row.month).last()
        after = near.filter(month__gt=row.month).first()
        changed = []
        if opens_on is not None and opens_on != row.opens_on:
            row.opens_on = opens_on
            if before is not None:
                before.closes_on, before.dates_kept = opens_on - gap, True
                before.due_on = max(before.due_on, before.closes_on)
                changed.append(before)
        if closes_on is not None and closes_on != row.closes_on:
            row.closes_on, row.dates_kept = closes_on, True
            if after is not None:
                after.opens_on = closes_on + gap
                changed.append(after)
        if due_on is not None:
            row.due_on, row.dates_kept = due_on, True
        elif row.due_on < row.closes_on:
            sentence = f"It would be due on {row.due_on}, before it closes: say when it is due."
            raise invalid("/due_on", "before_closing", sentence)
        _refuse_crossed(row, before, after)
        _write([row, *changed])
        return get_invoice(book, invoice_id)


def _check_minimum(amount: Decimal | None, currency: str) -> None:
    if amount is None:
        return
    if amount < 0:
        raise invalid("/minimum_payment", "negative", "A minimum payment is zero or more.")
    if money.round_to(amount, currency) != amount:
        places = money.decimals(currency)
        sentence = f"An amount in {currency} has at most {places} decimals."
        raise invalid("/minimum_payment", "too_many_decimals", sentence)


def _refuse_crossed(row: Invoice, before: Invoice | None, after: Invoice | None) -> None:
    if row.closes_on < row.opens_on:
        sentence = f"It would close on {row.closes_on}, before it opens on {row.opens_on}."
        raise invalid("/closes_on", "before_opening", sentence)
    if row.due_on < row.closes_on:
        sentence = f"It would be due on {row.due_on}, before it closes on {row.closes_on}."
        raise invalid("/due_on", "before_closing", sentence)
    if before is not None and before.closes_on < before.opens_on:
        sentence = f"The statement of {before.month:%Y-%m} would close before it opens."
        raise invalid("/opens_on", "crosses_previous", sentence)
    if after is not None and after.closes_on < after.opens_on:
        sentence = f"The statement of {after.month:%Y-%m} would close before it opens."
        raise invalid("/closes_on", "crosses_next", sentence)


_WRITE = """
UPDATE invoices_invoice i
SET opens_on = n.opens_on, closes_on = n.closes_on, due_on = n.due_on, dates_kept = n.dates_kept
FROM unnest(%s::uuid[], %s::date[], %s::date[], %s::date[], %s::bool[])
    AS n (id, opens_on, closes_on, due_on, dates_kept)
WHERE n.id = i.id
"""


def _write(rows: list[Invoice]) -> None:
    """Write the dates of neighbours in one statement, so that lines are billed anew once."""
    columns = ("id", "opens_on", "closes_on", "due_on", "dates_kept")
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [[getattr(row, name) for row in rows] for name in columns])


def get_line(book: Book, invoice_id: UUID, entry_id: UUID) -> InvoiceLine:
    """Return a line of a statement of the book.

    :raises NotFound: if there is no such line on it.
    """
    line = InvoiceLine.objects.filter(book=book, invoice_id=invoice_id, entry_id=entry_id).first()
    if line is None:
        raise NotFound("There is no such line on this invoice.")
    return line


def move_line(
    *, book: Book, by: Actor, entry_id: UUID, invoice_id: UUID | None, reason: str = ""
) -> Invoice:
    """Move a line to another statement of its card, where it stays; None: to that of its day.

    :raises NotFound: if the book has no such line.
    :raises Invalid: if the statement is not one of the same card.
    """
    with writing(book.id, by=by, reason=reason):
        line = InvoiceLine.objects.filter(book=book, entry_id=entry_id).first()
        if line is None:
            raise NotFound("There is no such line in this book.")
        month = None
        if invoice_id is not None:
            target = Invoice.objects.filter(book=book, id=invoice_id).first()
            if target is None:
                raise invalid("/invoice", "not_found", "There is no such invoice in this book.")
            if target.card_id != line.card_id:
                sentence = "A line moves between statements of its own card."
                raise invalid("/invoice", "other_card", sentence)
            month = target.month
        pin([(entry_id, month)])
        line.refresh_from_db()
        return get_invoice(book, line.invoice_id)


def pin(lines: list[tuple[UUID, date | None]]) -> None:
    """Bill entries in the statements of these months, whatever their day; None: by their day.

    For services that hold the book's lock; a month without a statement leaves its line as it was.
    """
    entries, months = [entry for entry, _ in lines], [month for _, month in lines]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE invoices_invoiceline l SET chosen_month = n.month "
            "FROM unnest(%s::uuid[], %s::date[]) AS n (entry_id, month) "
            "WHERE n.entry_id = l.entry_id",
            (entries, months),
        )
        cursor.execute(
            "SELECT buffet_bill(array_agg(DISTINCT transaction_id)) FROM invoices_invoiceline "
            "WHERE entry_id = ANY(%s) HAVING count(*) > 0",
            (entries,),
        )

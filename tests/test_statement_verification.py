"""Verification finds every way in which statements and parcels could be off, and names that."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from cards import Cardholder
from conftest import TODAY
from django.core.management import call_command
from django.db import connection
from raw import check_now, run

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from invoices import services
from invoices.models import Invoice
from transactions.queries.verification import OF_OTHERS, verify

BILLED = "each card entry is on exactly one statement of its card"
OF_ITS_DAY = "each line is on the statement of its day, or the one that was chosen"
SUMS = "the sums of statements are those of their lines"
PARCELS = "the parcels of a plan add up to its total"
GAPS = "statements follow each other without a gap"
MAY = "WHERE card_id = %(card)s AND month = '2026-05-01'"

#: What is broken, by which statement, and all checks that see it.
DAMAGE = {
    "an entry without a line": (
        "DELETE FROM invoices_invoiceline WHERE transaction_id = %(lunch)s",
        {BILLED, SUMS},
    ),
    "a line of another amount": (
        "UPDATE invoices_invoiceline SET amount = amount - 1 WHERE transaction_id = %(lunch)s",
        {BILLED, SUMS},
    ),
    "a line on the statement of another card": (
        "UPDATE invoices_invoiceline SET invoice_id = (SELECT id FROM invoices_invoice "
        "WHERE card_id = %(other)s AND month = '2026-05-01') WHERE transaction_id = %(lunch)s",
        {BILLED, SUMS},
    ),
    "a line on the statement of another month": (
        "UPDATE invoices_invoiceline SET invoice_id = (SELECT id FROM invoices_invoice "
        "WHERE card_id = %(card)s AND month = '2026-08-01') WHERE transaction_id = %(lunch)s",
        {OF_ITS_DAY, SUMS},
    ),
    "a line that was chosen for another month": (
        "UPDATE invoices_invoiceline SET chosen_month = '2026-08-01' "
        "WHERE transaction_id = %(lunch)s",
        {OF_ITS_DAY},
    ),
    "a sum": (f"UPDATE invoices_invoice SET purchases = purchases + 1 {MAY}", {SUMS}),
    "a sum of another kind": (
        f"UPDATE invoices_invoice SET fees = fees + 1, interest = interest - 1 {MAY}",
        {SUMS},
    ),
    "a count": (f"UPDATE invoices_invoice SET lines = lines + 1 {MAY}", {SUMS}),
    "a plan of another total": (
        "UPDATE invoices_installmentplan SET total = total + 1",
        {PARCELS},
    ),
    "days between two statements": (
        f"UPDATE invoices_invoice SET closes_on = closes_on - 2 {MAY}",
        {GAPS},
    ),
}


@pytest.fixture
def unguarded(book: Book, by: Actor, checking: Account, groceries: Account) -> dict[str, UUID]:
    """Two sound cards, and their ids; from here on no trigger and no foreign key looks."""
    holder = Cardholder(book, by, checking, closing_day=25, due_day=5)
    other = Cardholder(book, by, checking, closing_day=25, due_day=5, name="Gold")
    lunch = holder.spend("2026-05-04", "20", groceries)
    holder.transfer("2026-05-05", "5")
    other.spend("2026-05-04", "9", groceries)
    services.create_plan(
        **holder.who, card_id=holder.card.id, description="Lamp", total=Decimal(100), parcels=3,
        purchased_on=date(2026, 5, 10),
    )  # fmt: skip
    check_now()
    assert off(book) == off(None) == set()
    # Until the test's own database transaction is undone.
    run("SET LOCAL session_replication_role = replica")
    return {"card": holder.card.id, "other": other.card.id, "lunch": lunch}


def off(book: Book | None) -> set[str]:
    """Return the names of the checks that fail."""
    return {check.name for check in verify(book.id if book else None) if not check.ok}


@pytest.mark.parametrize("damage", DAMAGE)
def test_each_damage_fails_its_checks(unguarded: dict[str, UUID], book: Book, damage: str) -> None:
    statement, names = DAMAGE[damage]
    with connection.cursor() as cursor:
        cursor.execute(statement, unguarded)
        assert cursor.rowcount == 1

    elsewhere = Book.objects.create(name="Elsewhere", base_currency="EUR")
    assert off(book) == off(None) == names
    assert off(elsewhere) == set()


def test_every_check_of_statements_is_failed_by_some_damage() -> None:
    assert set.union(*(names for _, names in DAMAGE.values())) == set(OF_OTHERS)


@pytest.mark.django_db
def test_statements_of_idle_cards_are_made_ahead(
    book: Book, by: Actor, checking: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    idle = services.create_card(
        book=book, by=by, today=TODAY, name="Idle", currency="BRL", closing_day=25, due_day=5
    )
    Invoice.objects.filter(card=idle, month__gt=date(2026, 8, 1)).delete()

    counts = []
    for _ in range(2):
        call_command("statements")
        counts.append(Invoice.objects.filter(card=idle).count())

    assert counts[0] == counts[1] > 12
    assert capsys.readouterr().out.startswith("1 cards have statements")
    assert off(book) == set()

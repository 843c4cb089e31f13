"""Traps that other finance systems fell into: cards and their statements."""

from datetime import date
from decimal import Decimal

import pytest
from cards import Cardholder
from conftest import TODAY, Api

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from invoices import services
from invoices.models import Invoice
from invoices.queries import cards, lines, statements


@pytest.fixture
def holder(book: Book, by: Actor, checking: Account) -> Cardholder:
    """A card that closes on the 25th, is due on the 5th and has a limit of 1,000."""
    return Cardholder(book, by, checking, closing_day=25, due_day=5, limit=Decimal("1000"))


def _totals(holder: Cardholder, today: str = "2026-06-15") -> dict[str, str]:
    return {
        month: f"{one.total:.2f}"
        for month, one in holder.statements(today).items()
        if one.invoice.lines
    }


def test_a_purchase_on_the_closing_day_and_one_the_day_after(
    holder: Cardholder, groceries: Account
) -> None:
    holder.spend("2026-04-25", "10.00", groceries)
    holder.spend("2026-04-26", "20.00", groceries)

    assert _totals(holder) == {"2026-04": "10.00", "2026-05": "20.00"}


def test_a_card_whose_purchases_on_the_closing_day_are_of_the_next_statement(
    book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    holder = Cardholder(book, by, checking, closing_day=25, due_day=5, closing_day_is_next=True)
    holder.spend("2026-04-24", "10.00", groceries)
    holder.spend("2026-04-25", "20.00", groceries)

    assert _totals(holder) == {"2026-04": "10.00", "2026-05": "20.00"}
    assert holder.statement("2026-04", "2026-06-15").invoice.closes_on == date(2026, 4, 25)


def test_closing_on_the_31st_in_february(
    book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    holder = Cardholder(book, by, checking, closing_day=31, due_day=31)
    for day in ("2024-02-29", "2024-03-01", "2025-02-28", "2025-03-01", "2025-03-31"):
        holder.spend(day, "1.00", groceries)

    found = holder.statements("2026-06-15")
    dates = {
        month: (str(found[month].invoice.closes_on), str(found[month].invoice.due_on))
        for month in ("2024-02", "2025-01", "2025-02", "2025-03")
    }

    assert dates == {
        "2024-02": ("2024-02-29", "2024-03-31"),
        "2025-01": ("2025-01-31", "2025-02-28"),
        "2025-02": ("2025-02-28", "2025-03-31"),
        "2025-03": ("2025-03-31", "2025-04-30"),
    }
    assert _totals(holder) == {
        "2024-02": "1.00", "2024-03": "1.00", "2025-02": "1.00", "2025-03": "2.00"
    }  # fmt: skip


def test_one_closing_moved_by_hand_is_honoured_by_every_view(
    holder: Cardholder, groceries: Account, api: Api
) -> None:
    holder.spend("2026-04-24", "10.00", groceries)
    april = holder.statement("2026-04", "2026-06-15").invoice
    services.change_invoice(**holder.who, invoice_id=april.id, closes_on=date(2026, 4, 23))
    holder.spend("2026-04-23", "5.00", groceries)
    holder.spend("2026-04-25", "7.00", groceries)

    assert _totals(holder) == {"2026-04": "5.00", "2026-05": "17.00"}
    may = holder.statement("2026-05", "2026-06-15").invoice
    assert may.opens_on == date(2026, 4, 24)
    listed = api.get(f"/invoices?card={holder.card.id}&month=2026-05").json()["results"][0]
    assert (listed["total"], listed["opens_on"]) == ("17.00", "2026-04-24")
    shown = api.get(f"/invoices/{april.id}/lines").json()["results"]
    assert [row["amount"] for row in shown] == ["5.00"]
    # A new closing day leaves the date that the bank set.
    services.change_card(
        **holder.who, card_id=holder.card.id, today=TODAY, closing_day=20,
        from_month=date(2026, 4, 1),
    )  # fmt: skip
    kept = holder.statements("2026-06-15")
    assert kept["2026-04"].invoice.closes_on == date(2026, 4, 23)
    assert kept["2026-05"].invoice.closes_on == date(2026, 5, 20)


def test_an_early_payment_settles_the_open_statement(
    holder: Cardholder, groceries: Account
) -> None:
    holder.spend("2026-06-01", "80.00", groceries)
    holder.transfer("2026-06-10", "30.00")

    open_one = holder.statement("2026-06", "2026-06-15")
    assert (open_one.status, open_one.paid, open_one.remaining) == ("open", 30, 50)
    holder.transfer("2026-06-12", "50.00")
    assert holder.statement("2026-06", "2026-06-26").status == "paid"


def test_a_partial_payment_leaves_the_rest_owed(holder: Cardholder, groceries: Account) -> None:
    holder.spend("2026-05-01", "80.00", groceries)
    holder.pay("2026-05", "2026-06-01", "30.00")

    found = holder.statement("2026-05", "2026-06-05")
    assert (found.status, found.remaining) == ("partially_paid", 50)
    assert holder.statement("2026-05", "2026-06-06").status == "overdue"
    assert holder.statement("2026-06", "2026-06-06").carried_over == 80 - 30


def test_an_over_payment_goes_on_to_the_next_statement(
    holder: Cardholder, groceries: Account
) -> None:
    holder.spend("2026-05-01", "80.00", groceries)
    holder.spend("2026-06-01", "25.00", groceries)
    holder.pay("2026-05", "2026-06-02", "100.00")

    found = holder.statements("2026-06-15")
    assert [(month, found[month].paid) for month in ("2026-05", "2026-06")] == [
        ("2026-05", 80),
        ("2026-06", 20),
    ]


def test_one_payment_for_two_statements(holder: Cardholder, groceries: Account) -> None:
    holder.spend("2026-04-01", "40.00", groceries)
    holder.spend("2026-05-01", "60.00", groceries)
    holder.transfer("2026-06-01", "100.00")

    found = holder.statements("2026-06-15")
    assert [found[month].status for month in ("2026-04", "2026-05")] == ["paid", "paid"]
    payments = {found[month].allocations[0].payment for month in ("2026-04", "2026-05")}
    assert len(payments) == 1


def test_a_refund_reduces_spending_and_is_not_a_payment(
    holder: Cardholder, groceries: Account, api: Api
) -> None:
    holder.spend("2026-05-01", "80.00", groceries)
    holder.spend("2026-05-10", "-30.00", groceries)

    found = holder.statement("2026-05", "2026-06-01")
    assert (found.total, found.paid, found.invoice.payments) == (50, 0, 0)
    assert (found.invoice.purchases, found.invoice.refunds) == (80, 30)
    months = groceries.monthly_balances.values_list("debit", "credit")
    assert list(months) == [(80, 30)]


def test_utilisation_is_of_what_is_outstanding_not_of_the_cycle(
    holder: Cardholder, groceries: Account
) -> None:
    holder.spend("2026-05-01", "300.00", groceries)
    holder.spend("2026-06-10", "100.00", groceries)

    (card,) = cards.cards(holder.book.id, TODAY)
    assert (card["outstanding"], card["available"]) == ("400.00", "600.00")
    assert card["utilisation"] == "0.4000"
    assert card["current_statement"]["total"] == "100.00"


def test_lines_of_interest_tax_and_an_annual_fee_stand_apart(
    holder: Cardholder, book: Book, by: Actor
) -> None:
    for number, kind in enumerate(("interest", "tax", "fee"), start=1):
        category = chart.create_category(
            book=book, by=by, name=kind, type="expense", billed_as=kind
        )
        holder.spend(f"2026-05-0{number}", f"{number}.00", category)

    row = holder.statement("2026-05", "2026-06-01").invoice
    assert (row.interest, row.taxes, row.fees, row.purchases) == (1, 2, 3, 0)
    shown = [line["section"] for line in lines.page(book.id, row.id)]
    assert shown == ["interest", "tax", "fee"]


def test_a_category_that_becomes_a_fee_takes_its_lines_along(
    holder: Cardholder, groceries: Account
) -> None:
    holder.spend("2026-05-01", "12.00", groceries)
    chart.change_category(**holder.who, category_id=groceries.id, billed_as="fee")

    row = holder.statement("2026-05", "2026-06-01").invoice
    assert (row.purchases, row.fees) == (0, 12)


def test_a_card_in_another_currency_is_paid_from_an_account_of_ours(
    book: Book, by: Actor, checking: Account, groceries: Account, api: Api
) -> None:
    holder = Cardholder(book, by, checking, closing_day=25, due_day=5, currency="USD")
    holder.spend("2026-05-01", "100.00", groceries)
    invoice = holder.statement("2026-05", "2026-06-01").invoice

    refused = api.post(f"/invoices/{invoice.id}/pay", {})
    paid = api.post(f"/invoices/{invoice.id}/pay", {"from_amount": "551.20"})

    assert refused.json()["errors"][0]["pointer"] == "/from_amount"
    assert (paid.json()["status"], paid.json()["paid"]) == ("paid", "100.00")
    assert api.get(f"/accounts/{checking.id}").json()["balance"] == "-551.20"


@pytest.mark.django_db(transaction=True)
def test_a_paid_bill_never_still_looks_open(
    holder: Cardholder, groceries: Account, api: Api
) -> None:
    holder.spend("2026-05-01", "80.00", groceries)
    invoice = holder.statement("2026-05", "2026-06-15").invoice
    before = api.get(f"/invoices/{invoice.id}")
    holder.transfer("2026-06-02", "80.00")

    after = api.get(f"/invoices/{invoice.id}", **{"If-None-Match": before["ETag"]})

    assert (before.json()["status"], after.status_code) == ("overdue", 200)
    assert after.json()["status"] == "paid"
    listed = api.get(f"/invoices?card={holder.card.id}&status=overdue").json()["results"]
    assert listed == []


def test_purchases_and_the_payment_of_their_bill_are_not_both_spending(
    holder: Cardholder, groceries: Account, book: Book
) -> None:
    holder.spend("2026-05-01", "80.00", groceries)
    holder.pay("2026-05", "2026-06-01")

    spent = Account.objects.filter(book=book, type="expense").values_list(
        "totals__debit", "totals__credit"
    )
    assert [pair for pair in spent if pair != (None, None)] == [(80, 0)]


def test_a_line_that_was_moved_stays_moved(holder: Cardholder, groceries: Account) -> None:
    id = holder.spend("2026-05-24", "80.00", groceries)
    holder.move(id, "2026-06", "2026-06-15")
    may = holder.statement("2026-05", "2026-06-15").invoice
    services.change_invoice(**holder.who, invoice_id=may.id, closes_on=date(2026, 5, 27))
    services.change_card(
        **holder.who,
        card_id=holder.card.id,
        today=TODAY,
        closing_day=10,
        from_month=date(2026, 6, 1),
    )

    assert _totals(holder) == {"2026-06": "80.00"}
    services.move_line(**holder.who, entry_id=holder.line(id).entry_id, invoice_id=None)
    assert _totals(holder) == {"2026-05": "80.00"}


def test_a_closed_statement_that_changes_says_what_and_when(
    holder: Cardholder, groceries: Account, by: Actor
) -> None:
    id = holder.spend("2026-05-01", "80.00", groceries)
    # Its lines of the database transaction that first fills it are no change of it.
    found = holder.statement("2026-05", "2026-06-15")
    assert not found.adjusted
    _another_transaction(holder)
    late = holder.spend("2026-05-02", "9.00", groceries)

    shown = statements.detail(holder.statement("2026-05", "2026-06-15"))
    assert shown["adjusted"]
    (change,) = shown["adjustments"]
    assert (change["before"], change["after"]) == (None, "9.00")
    assert (change["transaction"], change["by"], change["via"]) == (late, by.user_id, "api")
    assert change["at"].endswith("Z")
    assert id != late


def _another_transaction(holder: Cardholder) -> None:
    """Let what was done so far be that of an earlier database transaction."""
    Invoice.objects.filter(card=holder.card, filled_in__isnull=False).update(filled_in=1)

"""What was owed when a card begins was billed before, so that no later statement asks for it."""

from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from bookkeeping import Bookkeeper
from cards import Cardholder
from conftest import TODAY
from django.test import Client
from raw import run
from test_imports_open_accounts import agreed
from wallet import text_of

from accounts.models import Account, CreditCard
from buffet.audit import Actor
from buffet.models import Book, User
from invoices import services
from invoices.models import Invoice, InvoiceLine
from invoices.queries import statements
from invoices.queries.statements import Statement
from transactions.queries.verification import verify

#: The file of a card that closes on the 3rd and is due on the 10th, when 2,134.56 had been billed.
NUBANK = (
    "date,title,amount\n"
    "2026-05-02,Padaria Estrela,34.65\n"
    "2026-04-20,Estorno Loja,-32.10\n"
    "2026-04-10,Pagamento recebido,-2134.56\n"
    "2026-04-05,Mercado Bom,800.00\n"
)


def of(card: CreditCard, on: date = TODAY) -> dict[str, Statement]:
    """Return the statements of a card that matter on a day, by month."""
    found = statements.listed(card.book_id, on, [card.id])
    return {f"{one.invoice.month:%Y-%m}": one for one in found if one.invoice.lines}


def is_sound(book: Book) -> bool:
    """Say whether what is recomputed of a book is what it keeps."""
    return not any(check.count for check in verify(book.id))


def began_on(book: Book, by: Actor, payer: Account, day: str, **more: Any) -> Cardholder:
    """Return who has a card, closing on the 3rd and due on the 10th, that began with a debt."""
    began = {"opened_on": date.fromisoformat(day), "opening_balance": Decimal(-300)}
    return Cardholder(book, by, payer, closing_day=3, due_day=10, **began, **more)


@pytest.fixture
def nubank(client: Client, owner: User, by: Actor, book: Book, checking: Account) -> CreditCard:
    """A card that was opened from its file, whose lines are recorded as the file has them."""
    Bookkeeper(book, by).move(checking, date(2026, 4, 10), "-2134.56", description="Fatura")
    client.force_login(owner)
    days = {"closing_day": "3", "due_day": "10", "opened_on": "2026-04-04", "owed": "2134.56"}
    preview = agreed(client, NUBANK, kind="credit_card", **days)["Location"]
    client.post(preview, {"action": "commit"})
    return CreditCard.objects.get(book=book)


def test_what_was_owed_is_on_the_statement_before_the_first_lines(nubank: CreditCard) -> None:
    found = of(nubank)

    assert {month: one.total for month, one in found.items()} == {
        "2026-04": Decimal("2134.56"),
        "2026-05": Decimal("802.55"),
    }
    assert found["2026-04"].invoice.closes_on == date(2026, 4, 3)
    assert found["2026-05"].balance == Decimal("802.55")
    # As on paper: what was paid before it closed is not carried over by it.
    assert found["2026-05"].carried_over == 0
    assert [one.payment.date for one in found["2026-04"].allocations] == [date(2026, 4, 10)]
    assert [str(one.status) for one in found.values()] == ["paid", "overdue"]


def test_what_the_file_brings_is_no_change_of_a_closed_statement(nubank: CreditCard) -> None:
    assert not any(one.adjusted for one in of(nubank).values())


def test_pages_lists_and_what_is_to_come_tell_the_same(client: Client, nubank: CreditCard) -> None:
    (row,) = (
        one
        for one in client.get(f"/cards/{nubank.id}?format=json").json()["statements"]
        if one["month"] == "2026-05"
    )
    page = text_of(client.get(f"/cards/{nubank.id}/2026-05"))

    assert row["total"] == row["remaining"] == row["balance"] == "802.55"
    assert "802.55" in page
    assert "2,937.11" not in page
    assert "2,134.56" in text_of(client.get(f"/cards/{nubank.id}/2026-04"))
    assert "802.55" in text_of(client.get("/coming"))
    assert is_sound(nubank.book)


@pytest.mark.parametrize(
    ("began", "month"),
    [
        ("2026-04-02", "2026-04"),
        ("2026-04-03", "2026-04"),
        ("2026-04-04", "2026-04"),
        ("2026-04-10", "2026-04"),
        # Nobody opens a card with a bill that is overdue: it is what the next one will ask for.
        ("2026-04-11", "2026-05"),
    ],
)
def test_a_debt_is_on_the_statement_that_had_closed_and_was_not_due_before(
    book: Book, by: Actor, checking: Account, began: str, month: str
) -> None:
    holder = began_on(book, by, checking, began)

    (debt,) = InvoiceLine.objects.filter(card=holder.card).select_related("invoice")

    assert f"{debt.invoice.month:%Y-%m}" == month
    assert str(debt.date) == began
    assert is_sound(book)


def test_where_the_closing_day_is_of_the_next_statement_a_debt_is_of_the_one_before(
    book: Book, by: Actor, checking: Account
) -> None:
    holder = began_on(book, by, checking, "2026-04-03", closing_day_is_next=True)

    assert list(of(holder.card)) == ["2026-04"]


def test_a_debt_goes_along_when_its_statement_is_due_on_another_day(
    book: Book, by: Actor, checking: Account
) -> None:
    holder = began_on(book, by, checking, "2026-04-11")

    april = Invoice.objects.get(card=holder.card, month=date(2026, 4, 1))
    services.change_invoice(**holder.who, invoice_id=april.id, due_on=date(2026, 4, 12))

    assert list(of(holder.card)) == ["2026-04"]
    assert is_sound(book)


def test_a_debt_that_is_moved_by_hand_stays_and_goes_back(
    book: Book, by: Actor, checking: Account
) -> None:
    holder = began_on(book, by, checking, "2026-04-04")
    (debt,) = InvoiceLine.objects.filter(card=holder.card)

    holder.move(debt.transaction_id, "2026-05", "2026-06-15")
    moved = list(of(holder.card))
    services.move_line(**holder.who, entry_id=debt.entry_id, invoice_id=None)

    assert (moved, list(of(holder.card))) == (["2026-05"], ["2026-04"])


def test_debts_that_were_billed_by_their_day_stay_there(
    book: Book, by: Actor, checking: Account
) -> None:
    holder = began_on(book, by, checking, "2026-04-04")
    (debt,) = InvoiceLine.objects.filter(card=holder.card)
    may = Invoice.objects.get(card=holder.card, month=date(2026, 5, 1))
    # As the release before left it.
    run("UPDATE invoices_invoiceline SET invoice_id = %s", may.id)

    run(import_module("invoices.migrations.0008_debts_stay_where_they_are").STAY)
    run("SELECT buffet_bill(ARRAY[%s])", debt.transaction_id)

    assert list(of(holder.card)) == ["2026-05"]
    assert is_sound(book)


def test_verification_names_a_debt_on_another_statement(
    book: Book, by: Actor, checking: Account
) -> None:
    holder = began_on(book, by, checking, "2026-04-04")
    may = Invoice.objects.get(card=holder.card, month=date(2026, 5, 1))

    run("UPDATE invoices_invoiceline SET invoice_id = %s", may.id)

    assert not is_sound(book)

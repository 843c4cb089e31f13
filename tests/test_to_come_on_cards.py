"""What is dated ahead on a card: purchases are committed, payments and refunds are awaited."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from cards import Cardholder
from conftest import TODAY, Api
from django.test import Client
from fields import sent_by
from wallet import Wallet, text_of

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from invoices import services
from invoices.queries import cards, lines
from invoices.services.paying import AlreadyScheduled
from reports.queries.closing import month_end
from reports.queries.forecast import forecast


@pytest.fixture
def holder(book: Book, by: Actor, checking: Account) -> Cardholder:
    """A card with a limit of 5,000 that closes on the 20th and is due on the 28th."""
    return Cardholder(book, by, checking, closing_day=20, due_day=28, limit=Decimal(5000))


def _figures(holder: Cardholder, today: date = TODAY) -> list[str]:
    told = cards.get(holder.book.id, holder.card.id, today)
    names = ("outstanding", "committed", "available", "utilisation")
    return [told[name] for name in names]


def test_what_is_paid_or_comes_back_later_leaves_no_more_of_the_limit_today(
    holder: Cardholder, groceries: Account
) -> None:
    holder.spend("2026-04-10", "1000.00", groceries)
    assert _figures(holder) == ["1000.00", "0.00", "4000.00", "0.2000"]

    holder.transfer("2026-07-28", "1000.00")
    assert _figures(holder) == ["1000.00", "0.00", "4000.00", "0.2000"]

    holder.spend("2026-07-15", "-500.00", groceries)
    assert _figures(holder) == ["1000.00", "0.00", "4000.00", "0.2000"]
    assert _figures(holder, date(2026, 7, 15))[:3] == ["500.00", "0.00", "4500.00"]
    assert _figures(holder, date(2026, 7, 28))[:3] == ["-500.00", "0.00", "5500.00"]


def test_purchases_to_come_are_committed_whatever_comes_back_beside_them(
    holder: Cardholder, groceries: Account
) -> None:
    holder.spend("2026-06-10", "400.00", groceries)
    services.create_plan(
        **holder.who, card_id=holder.card.id, description="Lamp", total=Decimal(900), parcels=3,
        purchased_on=TODAY,
    )  # fmt: skip
    later = holder.spend("2026-07-01", "50.00", groceries)
    holder.spend("2026-07-02", "-200.00", groceries)
    holder.transfer("2026-07-03", "700.00")

    # 400 and the first parcel today; two parcels of 300 and the 50 to come.
    assert _figures(holder) == ["700.00", "650.00", "3650.00", "0.1400"]
    ahead = lines.ahead(holder.book.id, holder.card.id, TODAY, 10)
    assert [(str(one["date"]), one["amount"]) for one in ahead] == [
        ("2026-07-01", "50.00"), ("2026-07-15", "300.00"), ("2026-08-15", "300.00"),
    ]  # fmt: skip
    assert ahead[0]["transaction"] == later
    # What a purchase adds it adds once: on its day it is owed, and committed no more.
    assert _figures(holder, date(2026, 7, 1))[:3] == ["750.00", "600.00", "3650.00"]


def _stands(holder: Cardholder, month: str, today: str) -> list[str]:
    told = holder.statement(month, today).summary
    return [told[name] for name in ("status", "paid", "remaining", "scheduled")]


def test_a_payment_dated_ahead_pays_nothing_before_its_day(
    holder: Cardholder, groceries: Account
) -> None:
    holder.spend("2026-04-10", "1000.00", groceries)
    april = holder.statement("2026-04", "2026-06-15")
    assert (april.status, april.invoice.due_on) == ("overdue", date(2026, 4, 28))
    services.pay(
        **holder.who, invoice_id=april.invoice.id, today=TODAY, on=date(2026, 7, 28),
        amount=Decimal(600),
    )  # fmt: skip

    assert _stands(holder, "2026-04", "2026-06-15") == ["overdue", "0.00", "1000.00", "600.00"]
    assert holder.statement("2026-04", "2026-06-15").scheduled_on == date(2026, 7, 28)
    # What is left out is what nobody has scheduled; what all is scheduled for is asked for no more.
    services.pay(**holder.who, invoice_id=april.invoice.id, today=TODAY, on=date(2026, 6, 16))
    assert _stands(holder, "2026-04", "2026-06-15") == ["overdue", "0.00", "1000.00", "1000.00"]
    assert _stands(holder, "2026-04", "2026-06-16") == ["overdue", "400.00", "600.00", "600.00"]
    assert _stands(holder, "2026-04", "2026-07-28") == ["paid", "1000.00", "0.00", "0.00"]
    with pytest.raises(AlreadyScheduled):
        services.pay(**holder.who, invoice_id=april.invoice.id, today=TODAY)
    (unpaid,) = month_end(holder.book.id, date(2026, 4, 1), TODAY).unpaid
    assert (unpaid.remaining, unpaid.unscheduled) == (1000, 0)
    # The money leaves on the days of the payments, and once.
    coming = forecast(holder.book.id, TODAY, date(2026, 8, 31)).coming
    assert [(str(one.on), one.amount, str(one.source)) for one in coming] == [
        ("2026-06-16", -400, "transaction"), ("2026-07-28", -600, "transaction"),
    ]  # fmt: skip


def test_payments_that_were_made_settle_before_those_to_come(
    holder: Cardholder, groceries: Account
) -> None:
    holder.spend("2026-04-10", "300.00", groceries)
    holder.spend("2026-05-10", "200.00", groceries)
    april = holder.statement("2026-04", "2026-06-15").invoice.id
    services.pay(**holder.who, invoice_id=april, today=TODAY, on=date(2026, 7, 1))

    # Nobody said what it is for: April, which is the oldest, until the payment for April comes.
    holder.transfer("2026-06-10", "350.00")

    assert _stands(holder, "2026-04", "2026-06-15") == ["paid", "300.00", "0.00", "0.00"]
    assert _stands(holder, "2026-05", "2026-06-15") == ["overdue", "50.00", "150.00", "150.00"]
    assert _figures(holder)[0:2] == ["150.00", "0.00"]
    assert cards.get(holder.book.id, holder.card.id, TODAY)["credit"] == "0.00"
    # 650 paid for 500: from its day on, 150 are in the holder's favour.
    assert _stands(holder, "2026-05", "2026-07-01") == ["paid", "200.00", "0.00", "0.00"]
    assert cards.get(holder.book.id, holder.card.id, date(2026, 7, 1))["credit"] == "150.00"


def test_a_refund_to_come_is_no_credit_before_its_day(
    holder: Cardholder, groceries: Account
) -> None:
    holder.spend("2026-06-25", "-500.00", groceries)

    def credit(today: date) -> str:
        return str(cards.get(holder.book.id, holder.card.id, today)["credit"])

    assert [credit(TODAY), credit(date(2026, 6, 25))] == ["0.00", "500.00"]


def test_a_scheduled_payment_is_told_and_counted_once(
    api: Api, page: Any, client: Client, wallet: Wallet, checking: Account
) -> None:
    invoice, address = wallet.statement(10), wallet.address(10)
    due = invoice.due_on
    sent = sent_by(page(address)) | {"amount": "120.00", "date": f"{due}"}

    assert client.post(address, sent).status_code == 303

    told = api.get(f"/invoices/{invoice.id}").json()
    assert (told["status"], told["paid"], told["remaining"]) == ("closed", "0.00", "120.00")
    assert (told["scheduled"], told["scheduled_on"], told["allocations"]) == (
        "120.00", f"{due}", [],
    )  # fmt: skip
    (part,) = told["scheduled_allocations"]
    assert (part["amount"], part["date"], part["chosen"]) == ("120.00", f"{due}", True)
    # The same form again, and whoever pays without having looked.
    assert "Payments dated ahead are for all that is owed" in text_of(client.post(address, sent))
    again = api.post(f"/invoices/{invoice.id}/pay", {"from_account": str(checking.id)})
    assert (again.status_code, again.json()["code"]) == (409, "already_scheduled")
    seen = text_of(page(address))
    assert "Left to pay by" in seen
    assert re.search(r"What will pay it .* Scheduled 120\.00", seen)
    assert "Record the payment" not in seen
    for path in ("/cards", f"/cards/{wallet.card.id}", f"/coming/{due:%Y-%m}"):
        body = page(path)
        assert "120.00 BRL scheduled for" in text_of(body), path
        assert "#pay" not in body.content.decode()
    unpaid = page(f"/month-end/{due:%Y-%m}?format=json").json()["statements"]
    assert [(one["remaining"], one["scheduled_on"]) for one in unpaid] == [("120.00", f"{due}")]
    # The bill is to be paid, and its payment only moves money; what leaves the account is that.
    month = page(f"/coming/{due:%Y-%m}?format=json").json()
    rows = [(one["source"], one["part"], one["left"]) for one in month["results"]]
    assert rows == [("statement", "to_pay", "120.00"), ("transaction", "transfer", "0.00")]
    (total,) = month["totals"]
    assert (total["amount"], total["paid"], total["left"]) == ("120.00", "0.00", "120.00")
    until = due + timedelta(days=3)
    coming = api.get(f"/reports/forecast?until={until}").json()["coming"]
    assert [(one["source"], one["amount"]) for one in coming] == [("transaction", "-120.00")]

    assert api.delete(f"/invoices/{invoice.id}/allocations/{part['payment']}").status_code == 204
    assert api.get(f"/invoices/{invoice.id}").json()["scheduled"] == "0.00"


def test_what_is_overdue_stays_so_until_the_scheduled_day(
    api: Api, page: Any, wallet: Wallet, checking: Account
) -> None:
    wallet.buy(75, "30.00")
    invoice, soon = wallet.statement(75), wallet.today + timedelta(days=9)
    sent = {"from_account": str(checking.id), "date": f"{soon}"}

    told = api.post(f"/invoices/{invoice.id}/pay", sent).json()

    assert (told["status"], told["scheduled"]) == ("overdue", "30.00")
    seen = text_of(page(f"/month-end/{invoice.due_on:%Y-%m}"))
    assert re.search(r"30\.00 BRL was due on .* and is not paid ?; 30\.00 BRL scheduled for", seen)
    assert "(30.00 BRL scheduled for" in re.sub(r"\( ", "(", text_of(page("/coming")))

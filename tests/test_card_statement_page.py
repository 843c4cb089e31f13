"""A card's statement as on paper, and the bills of a month."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from wallet import Wallet, text_of

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from invoices import services
from reports.cards import pages
from transactions import services as ledger
from transactions.drafts import Draft


def test_a_statement_reads_as_on_paper(
    page: Any, book: Book, by: Actor, wallet: Wallet, checking: Account, groceries: Account
) -> None:
    fees = chart.create_category(book=book, by=by, name="Fees", type="expense", billed_as="fee")
    wallet.buy(45, "70.00")
    id = wallet.buy(9, "30.00", description="Bread", category_id=groceries.id)
    wallet.buy(8, "5.00", description="Annual fee", category_id=fees.id)
    wallet.keeper.move(
        wallet.card.account,
        wallet.today - timedelta(days=7),
        "12.50",
        category_id=groceries.id,
        description="Bread back",
    )
    wallet.keeper.move(
        wallet.card.account,
        wallet.today - timedelta(days=6),
        "50.00",
        transfer_to_id=checking.id,
        description="Bill",
    )

    answer = page(wallet.address(10))

    summary = text_of(answer).partition("Summary")[2]
    assert summary.lstrip().startswith(
        "What BRL Owed at the last closing 70.00 Payments −50.00 Carried over 20.00 "
        "Purchases 150.00 Refunds −12.50 Fees 5.00 Balance at closing 162.50"
    )
    lines = summary.partition("5 lines, by date.")[2]
    order = ["Purchases", "Market", "Bread", "Refunds", "Bread back", "Fees", "Annual fee", "Bill"]
    places = [lines.index(name) for name in order]
    assert places == sorted(places)
    assert f'<a href="/transactions/{id}">Groceries</a>' in answer.content.decode()
    assert ">Uncategorised</a>" in answer.content.decode()
    card = page(f"/accounts/{wallet.card.account_id}")
    assert "Credit card: balance at the end of" in text_of(card)
    assert "Something is still to pay from earlier statements" in text_of(answer)
    assert f'href="{wallet.address(45)}" rel="prev"' in answer.content.decode()


# A change counts as late in another database transaction than the one that filled the statement.
@pytest.mark.django_db(transaction=True)
def test_a_statement_says_what_paid_it_and_what_changed_later(page: Any, wallet: Wallet) -> None:
    paid = services.pay(
        **wallet.keeper.who,
        invoice_id=wallet.statement(10).id,
        today=wallet.today,
        amount=Decimal("100.00"),
    )
    late = wallet.buy(11, "7.00", description="Found late")
    services.change_invoice(
        **wallet.keeper.who,
        invoice_id=wallet.statement(10).id,
        minimum_payment=Decimal("15.00"),
    )

    answer = page(wallet.address(10))

    seen = text_of(answer)
    assert "Minimum payment 15.00" in seen
    assert "chosen for this statement 100.00 Paid 100.00" in seen
    assert f'href="/transactions/{paid}"' in answer.content.decode()
    adjusted = seen.partition("Adjusted after it had closed")[2]
    assert re.search(r"Found late .* by Owner not there 7\.00", adjusted)
    assert f'href="/transactions/{late}"' in answer.content.decode()


def test_the_csv_of_lines_holds_no_formula(page: Any, wallet: Wallet) -> None:
    wallet.buy(9, "3.00", description="=HYPERLINK(1)")
    wallet.buy(9, "4.00", description="@SUM(1)")

    rows = page(f"{wallet.address(10)}?format=csv").getvalue().decode().splitlines()

    assert rows[0].startswith("date,section,description,vendor,category,amount,currency")
    assert [row.split(",")[2] for row in rows[1:]] == ["Market", "'=HYPERLINK(1)", "'@SUM(1)"]
    assert [row.split(",")[5] for row in rows[1:]] == ["120.00", "3.00", "4.00"]
    for path in ("/cards", f"/cards/{wallet.card.id}", "/coming"):
        assert page(f"{path}?format=csv")["Content-Type"].startswith("text/csv")


def test_many_lines_are_paged(page: Any, book: Book, by: Actor, wallet: Wallet) -> None:
    drafts = [
        Draft(
            date=wallet.today - timedelta(days=6 + number % 3),
            description=f"N{number}",
            account_id=wallet.card.account_id,
            amount=Decimal("-1.00"),
        )
        for number in range(pages.LINES + 20)
    ]
    ledger.record(book=book, by=by, drafts=drafts)

    first = page(wallet.address(10))
    following = re.search(r'href="(\?cursor=[^"]+)" rel="next"', first.content.decode())
    second = page(wallet.address(10) + following[1])

    assert "100 of 121 lines" in text_of(first)
    assert "21 of 121 lines" in text_of(second)
    seen = re.findall(r">(N\d+|Market)</a>", first.content.decode() + second.content.decode())
    assert len(seen) == len(set(seen)) == 121
    assert "Purchases 240.00" in text_of(second)
    assert 'rel="prev"' in second.content.decode().partition('class="pager"')[2]
    csv = page(f"{wallet.address(10)}?format=csv").getvalue().decode().splitlines()
    assert len(csv) == 122


def test_bills_stand_on_their_day(
    page: Any, wallet: Wallet, issue: Any, book: Book, by: Actor
) -> None:
    euros = issue("Travel", currency="EUR", limit=None)
    Wallet(wallet.keeper, euros, wallet.today).buy(10, "40.00")
    due = wallet.statement(10).due_on
    services.pay(
        **wallet.keeper.who,
        invoice_id=wallet.statement(10).id,
        today=wallet.today,
        amount=Decimal("20.00"),
    )

    answer = page(f"/coming/{due:%Y-%m}")

    body = answer.content.decode()
    day = re.search(rf'<td[^>]*><time datetime="{due}".*?</td>', body, re.DOTALL)[0]
    assert wallet.address(10) in day
    assert "<b>100.00</b>" in day
    assert "partly paid" in day
    seen = text_of(answer)
    assert "2 bills due" in seen
    assert "100.00 BRL 40.00 EUR" in seen
    found = page(f"/coming/{due:%Y-%m}?format=json").json()
    assert [(row["title"], row["left"], row["status"]) for row in found["results"]] == [
        ("Platinum", "100.00", "partially_paid"),
        ("Travel", "40.00", "closed"),
    ]
    assert found["totals"] == [
        {
            "amount": "120.00",
            "paid": "20.00",
            "left": "100.00",
            "coming_in": "0.00",
            "currency": "BRL",
        },
        {
            "amount": "40.00",
            "paid": "0.00",
            "left": "40.00",
            "coming_in": "0.00",
            "currency": "EUR",
        },
    ]


def test_what_is_overdue_is_not_forgotten_when_the_month_is_over(page: Any, wallet: Wallet) -> None:
    wallet.buy(75, "66.00")
    due = wallet.statement(75).due_on

    seen = text_of(page("/coming"))

    assert due.replace(day=1) < wallet.today.replace(day=1)
    assert re.search(r"Overdue from earlier months: Platinum , 66\.00 BRL since", seen)


# A change counts as late in another database transaction than the one that filled the statement.
@pytest.mark.django_db(transaction=True)
def test_many_late_changes_do_not_push_the_lines_away(page: Any, wallet: Wallet) -> None:
    for number in range(11):
        wallet.buy(11, "7.00", description=f"Late {number}")

    answer = page(wallet.address(10))

    adjusted = text_of(answer).partition("Adjusted after it had closed")[2].partition(" Lines ")[0]
    assert "Late 10" in adjusted
    assert re.search(r"Late 0\b", adjusted) is None
    assert "These are the latest 10;" in adjusted

"""One year of one card, worked out by hand on paper.

The card closes on the 31st and is due on the 10th. What the bank printed:

January    5 Jan 200.00 · 31 Jan 50.00 (the closing day)                              = 250.00
February   1 Feb 30.00 (the day after) · 28 Feb 70.00 (closes on the 28th)            = 100.00
           10 Feb paid 250.00: January is settled
March      2 Mar annual fee 25.00 · 20 Mar first of 3 parcels of 100.00: 33.34        =  58.34
           10 Mar paid 60.00 of February's 100.00; 40.00 carried over, balance 98.34
April      closes on the 28th this once; interest 4.10 · 10.00 dollars at 57.30
           20 Apr second parcel 33.33                                                 =  94.73
           10 Apr paid 98.34: the 40.00 of February and March's 58.34
May        29 Apr 15.00 (after the moved closing) · 20 May last parcel 33.33
           12 May refund 20.00                                                        =  28.33
           10 May paid 120.00 for April's 94.73: 25.27 too much, which May takes; balance 3.06
June       5 Jun 300.00                                                               = 300.00
           10 Jun paid May's 3.06 · 25 Jun paid 100.00 early; balance 200.00
July       3 Jul 80.00, nothing paid; 200.00 carried over, balance 280.00             =  80.00
August     3 Aug 60.00 · tax 2.19                                                     =  62.19
           10 Aug paid 280.00 at once: June's 200.00 and July's 80.00
September  2 Sep 10.00 · 8 Sep refund 40.00                                           = -30.00
           10 Sep paid August's 62.19; balance -30.00, a credit
October    7 Oct 50.00, of which the credit takes 30.00; balance 20.00                =  50.00
November   10 Nov paid 20.00; 15 Nov 45.00, which the bank prints in December         =   0.00
December   the 45.00 of November · 9 Dec 12.00                                        =  57.00
"""

from datetime import date
from decimal import Decimal

import pytest
from cards import Cardholder

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from invoices import services
from transactions.queries import balances
from transactions.queries.verification import verify

#: Month → opens, closes, due, total, carried over, balance, paid, status on 5 January 2026.
PRINTED = """
2025-01  2025-01-01  2025-01-31  2025-02-10  250.00    0.00  250.00  250.00  paid
2025-02  2025-02-01  2025-02-28  2025-03-10  100.00    0.00  100.00  100.00  paid
2025-03  2025-03-01  2025-03-31  2025-04-10   58.34   40.00   98.34   58.34  paid
2025-04  2025-04-01  2025-04-28  2025-05-10   94.73    0.00   94.73   94.73  paid
2025-05  2025-04-29  2025-05-31  2025-06-10   28.33  -25.27    3.06   28.33  paid
2025-06  2025-06-01  2025-06-30  2025-07-10  300.00 -100.00  200.00  300.00  paid
2025-07  2025-07-01  2025-07-31  2025-08-10   80.00  200.00  280.00   80.00  paid
2025-08  2025-08-01  2025-08-31  2025-09-10   62.19    0.00   62.19   62.19  paid
2025-09  2025-09-01  2025-09-30  2025-10-10  -30.00    0.00  -30.00    0.00  paid
2025-10  2025-10-01  2025-10-31  2025-11-10   50.00  -30.00   20.00   50.00  paid
2025-11  2025-11-01  2025-11-30  2025-12-10    0.00    0.00    0.00    0.00  paid
2025-12  2025-12-01  2025-12-31  2026-01-10   57.00    0.00   57.00    0.00  closed
2026-01  2026-01-01  2026-01-31  2026-02-10    0.00   57.00   57.00    0.00  open
2026-02  2026-02-01  2026-02-28  2026-03-10    0.00   57.00   57.00    0.00  open
"""
#: Statement → what settled it, row by row: (day, amount), or the month whose credit did.
SETTLED = {
    "2025-01": [("2025-02-10", "250.00")],
    "2025-02": [("2025-03-10", "60.00"), ("2025-04-10", "40.00")],
    "2025-03": [("2025-04-10", "58.34")],
    "2025-04": [("2025-05-10", "94.73")],
    "2025-05": [("2025-05-10", "25.27"), ("2025-06-10", "3.06")],
    "2025-06": [("2025-06-25", "100.00"), ("2025-08-10", "200.00")],
    "2025-07": [("2025-08-10", "80.00")],
    "2025-08": [("2025-09-10", "62.19")],
    "2025-09": [],
    "2025-10": [("2025-09", "30.00"), ("2025-11-10", "20.00")],
    "2025-11": [],
    "2025-12": [],
}


@pytest.fixture
def special(book: Book, by: Actor) -> dict[str, Account]:
    """Categories that a statement prints apart."""
    return {
        name: chart.create_category(
            book=book, by=by, name=name.title(), type="expense", billed_as=name
        )
        for name in ("fee", "interest", "tax")
    }


@pytest.fixture
def holder(book: Book, by: Actor, checking: Account) -> Cardholder:
    """A card that closes on the 31st and is due on the 10th."""
    return Cardholder(book, by, checking, closing_day=31, due_day=10)


def _status(holder: Cardholder, month: str, today: str) -> str:
    return str(holder.statement(month, today).status)


@pytest.fixture
def year(holder: Cardholder, groceries: Account, special: dict[str, Account]) -> Cardholder:
    """The year, as it went."""
    holder.spend("2025-01-05", "200.00", groceries)
    holder.spend("2025-01-31", "50.00", groceries)
    assert _status(holder, "2025-01", "2025-01-31") == "open"
    assert _status(holder, "2025-01", "2025-02-01") == "closed"
    holder.spend("2025-02-01", "30.00", groceries)
    holder.pay("2025-01", "2025-02-10")
    assert _status(holder, "2025-01", "2025-02-10") == "paid"
    holder.spend("2025-02-28", "70.00", groceries)
    holder.spend("2025-03-02", "25.00", special["fee"])
    holder.pay("2025-02", "2025-03-10", "60.00")
    assert _status(holder, "2025-02", "2025-03-10") == "partially_paid"
    assert _status(holder, "2025-02", "2025-03-11") == "overdue"
    services.create_plan(
        **holder.who,
        card_id=holder.card.id,
        description="Lamp",
        total=Decimal("100.00"),
        parcels=3,
        purchased_on=date(2025, 3, 20),
        category_id=groceries.id,
    )
    services.change_invoice(
        **holder.who,
        invoice_id=holder.statement("2025-04", "2025-04-01").invoice.id,
        closes_on=date(2025, 4, 28),
    )
    holder.spend("2025-04-05", "4.10", special["interest"])
    holder.spend_abroad("2025-04-08", "57.30", "10.00", groceries)
    holder.transfer("2025-04-10", "98.34")
    holder.spend("2025-04-29", "15.00", groceries)
    holder.pay("2025-04", "2025-05-10", "120.00")
    holder.spend("2025-05-12", "-20.00", groceries)
    holder.spend("2025-06-05", "300.00", groceries)
    holder.pay("2025-05", "2025-06-10")
    holder.transfer("2025-06-25", "100.00")
    holder.spend("2025-07-03", "80.00", groceries)
    assert _status(holder, "2025-06", "2025-07-10") == "partially_paid"
    assert _status(holder, "2025-06", "2025-07-11") == "overdue"
    holder.spend("2025-08-03", "60.00", groceries)
    holder.spend("2025-08-20", "2.19", special["tax"])
    holder.transfer("2025-08-10", "280.00")
    holder.spend("2025-09-02", "10.00", groceries)
    holder.spend("2025-09-08", "-40.00", groceries)
    holder.pay("2025-08", "2025-09-10")
    holder.spend("2025-10-07", "50.00", groceries)
    holder.transfer("2025-11-10", "20.00")
    late = holder.spend("2025-11-15", "45.00", groceries)
    holder.move(late, "2025-12", "2025-11-15")
    holder.spend("2025-12-09", "12.00", groceries)
    return holder


def test_each_statement_is_as_printed(year: Cardholder) -> None:
    shown = [
        f"{month}  {one.invoice.opens_on}  {one.invoice.closes_on}  {one.invoice.due_on} "
        f"{one.total:7.2f} {one.carried_over:7.2f} {one.balance:7.2f} {one.paid:7.2f}  {one.status}"
        for month, one in sorted(year.statements("2026-01-05").items())
    ]

    assert shown == PRINTED.strip().splitlines()


def test_each_statement_says_what_paid_it(year: Cardholder) -> None:
    found = year.statements("2026-01-05")
    months = {one.invoice.id: month for month, one in found.items()}
    settled = {
        month: [
            (
                str(part.payment.date) if part.payment else months[part.credit_of],
                f"{part.amount:.2f}",
            )
            for part in one.allocations
        ]
        for month, one in found.items()
        if month < "2026"
    }

    assert {month: sorted(parts) for month, parts in settled.items()} == SETTLED


def test_each_kind_of_line_is_summed_apart(year: Cardholder) -> None:
    found = year.statements("2026-01-05")

    def of(month: str) -> dict[str, str]:
        row = found[month].invoice
        names = ("purchases", "refunds", "fees", "interest", "taxes", "payments")
        return {name: f"{getattr(row, name):.2f}" for name in names if getattr(row, name)}

    assert of("2025-03") == {"purchases": "33.34", "fees": "25.00", "payments": "60.00"}
    assert of("2025-04") == {"purchases": "90.63", "interest": "4.10", "payments": "98.34"}
    assert of("2025-05") == {"purchases": "48.33", "refunds": "20.00", "payments": "120.00"}
    assert of("2025-08") == {"purchases": "60.00", "taxes": "2.19", "payments": "280.00"}
    assert of("2025-11") == {"payments": "20.00"}


def test_the_last_statement_is_overdue_after_its_day(year: Cardholder) -> None:
    assert _status(year, "2025-12", "2026-01-10") == "closed"
    assert _status(year, "2025-12", "2026-01-11") == "overdue"


def test_the_balance_of_the_account_is_that_of_the_last_statement(year: Cardholder) -> None:
    balance = balances.balance(year.book.id, year.card.account_id, date(2025, 12, 31))

    assert balance == Decimal("-57.00")
    assert [check.name for check in verify(year.book.id) if not check.ok] == []

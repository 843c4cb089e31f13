"""Investments for a book that is measured: what was put into them, and what they were worth."""

from datetime import date, timedelta
from decimal import Decimal

from buffet.audit import Actor
from buffet.bench.book import Loaded
from transactions import services as ledger
from transactions.drafts import Draft
from transactions.models import PointKind

#: So many accounts, each paid into and valued in so many months.
ACCOUNTS, MONTHS = 3, 24
PAID, GROWTH = Decimal("500.00"), Decimal("1.004")


def invest(loaded: Loaded, today: date) -> Loaded:
    """Give a book investments that were paid into and valued each month up to `today`."""
    by = Actor(loaded.user.id, "command", email=loaded.user.email)
    first = today - timedelta(days=30 * MONTHS)
    for number in range(ACCOUNTS):
        account = ledger.open_account(
            book=loaded.book,
            by=by,
            today=today,
            name=f"Fund {number}",
            kind="investment",
            currency="BRL",
            opened_on=first,
        ).id
        days = [first + timedelta(days=30 * month) for month in range(1, MONTHS)]
        paid = [
            Draft(
                date=day,
                description="Paid in",
                account_id=loaded.accounts[0],
                amount=-PAID,
                transfer_to_id=account,
            )
            for day in days
        ]
        ledger.record(book=loaded.book, by=by, drafts=paid)
        worth = Decimal(0)
        for day in days:
            worth = ((worth + PAID) * GROWTH).quantize(Decimal("0.01"))
            ledger.create_point(
                book=loaded.book,
                by=by,
                today=today,
                account_id=account,
                on=day,
                balance=worth,
                kind=PointKind.VALUATION,
            )
    return loaded

"""All that the reports say of a book on a day, as JSON that can be compared."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from raw import one

from accounts.models import Account, Broker
from accounts.queries import category_tree
from buffet.models import Book
from invoices.models import InstallmentPlan, Invoice
from invoices.queries import cards, installments, lines, statements
from reports import documents
from reports.cards.faces import report_document
from reports.closing.documents import month_end as month_end_document
from reports.known import as_known
from reports.queries import account_past, portfolio_overview, transaction_story
from reports.queries.cards_together import cards_together
from reports.queries.closing import month_end
from reports.queries.forecast import forecast
from reports.queries.forecast_together import together
from reports.queries.statement import late_changes
from transactions.models import ClosedMonth, Import, Transaction, Vendor
from transactions.queries import balances, subscriptions, transactions
from transactions.queries.transactions import Filters

#: What is not kept, or is that of now by intention: the names of people.
LEFT_OUT = {"version", "transaction_version", "updated_at", "by", "closed_by"}


def now() -> datetime:
    """Return the database's instant."""
    return one("SELECT clock_timestamp()")


def told(book: Book, on: date) -> dict[str, Any]:
    """Return what every report says of a book."""
    said = {name: report(book, on) for name, report in REPORTS.items()}
    return plain(orjson.loads(orjson.dumps(said, default=str)))


def told_as_known(book: Book, on: date, at: datetime) -> dict[str, Any]:
    """Return the same as it was known at an instant."""
    with as_known(book, at) as then:
        return told(then, on)


def plain(said: Any) -> Any:
    """Return what was said without what is not kept."""
    if isinstance(said, dict):
        return {name: plain(value) for name, value in said.items() if name not in LEFT_OUT}
    return [plain(one) for one in said] if isinstance(said, list) else said


def _accounts(book: Book, on: date) -> Any:
    rows = balances.accounts(book.id, on)
    return [[row, account_past(book.id, row["id"], on).months] for row in rows]


def _transactions(book: Book, on: date) -> Any:
    rows = transactions.page(book.id, Filters(), limit=1000)
    count = transactions.count(book.id, Filters(date_to=on))
    return [count, *([row, transaction_story(book.id, row["id"])] for row in rows)]


def _cards(book: Book, on: date) -> Any:
    every = [
        [
            statements.detail(one),
            lines.page(book.id, one.invoice.id),
            late_changes(book.id, one, 50),
        ]
        for card in statements.of_cards(book.id, on).values()
        for one in card.statements
    ]
    return cards.cards(book.id, on), every


def _plans(book: Book, on: date) -> Any:
    rows = InstallmentPlan.objects.filter(book=book).select_related("card__account")
    return [installments.detail(row, on) for row in rows], installments.committed(book.id, on)


def _subscriptions(book: Book, on: date) -> Any:
    rows = [subscriptions.standing(row, on) for row in subscriptions.of_book(book.id, on)]
    return [
        [str(row.subscription), row.status, row.next_due_on, row.missed, row.last_payment]
        for row in rows
    ]


def _rows(book: Book, on: date) -> Any:
    found = []
    for model in (Account, Broker, Vendor, Transaction, Invoice, ClosedMonth, Import):
        left = {*LEFT_OUT, "filled_in"}
        names = [f.attname for f in model._meta.concrete_fields if f.name not in left]
        found.append(list(model.objects.filter(book=book).order_by("id").values(*names)))
    return found


REPORTS: dict[str, Callable[[Book, date], Any]] = {
    "book": lambda book, on: [book.name, book.base_currency, book.time_zone],
    "overview": lambda book, on: documents.portfolio_overview(portfolio_overview(book, on), 0),
    "accounts": _accounts,
    "categories": lambda book, on: category_tree(book),
    "transactions": _transactions,
    "cards": _cards,
    "cards together": lambda book, on: report_document(cards_together(book, on, {})),
    "plans": _plans,
    "subscriptions": _subscriptions,
    "forecast": lambda book, on: documents.forecast(
        together(forecast(book.id, on, on + timedelta(days=120)), book.id, book.base_currency)
    ),
    "month's end": lambda book, on: month_end_document(
        month_end(book.id, date(2025, 3, 1), on), version=0
    ),
    "rows": _rows,
}

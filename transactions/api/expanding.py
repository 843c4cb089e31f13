"""The rows that others name, by their ids, as their own addresses show them."""

from typing import Any

from accounts import queries as chart
from accounts.api import broker_row
from accounts.models import Broker
from buffet.rest.views import BookView
from transactions.api.vendors import vendor_row
from transactions.models import Vendor
from transactions.queries import balances

Rows = dict[str, dict[str, Any]]


def accounts(view: BookView, ids: set[str]) -> Rows:
    """Return accounts with their balances today."""
    return {row["id"]: row for row in balances.accounts(view.book_id, view.today, ids=[*ids])}


def categories(view: BookView, ids: set[str]) -> Rows:
    """Return categories with their places in the tree."""
    return {str(row["id"]): row for row in chart.category_tree(view.book) if str(row["id"]) in ids}


def brokers(view: BookView, ids: set[str]) -> Rows:
    """Return brokers."""
    rows = Broker.objects.filter(book_id=view.book_id, id__in=ids)
    return {str(row.id): broker_row(row) for row in rows}


def vendors(view: BookView, ids: set[str]) -> Rows:
    """Return vendors."""
    rows = Vendor.objects.filter(book_id=view.book_id, id__in=ids)
    return {str(row.id): vendor_row(row) for row in rows}

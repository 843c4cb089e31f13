"""What the page of transactions finds and sorts in the tests, and what it says of that."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from bookkeeping import Bookkeeper
from django.test import Client
from django.utils import timezone
from fields import sent_by

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services
from transactions.drafts import Changes
from transactions.queries import transactions

MAY = date(2026, 5, 4)


def recorded(
    book: Book,
    by: Actor,
    checking: Account,
    savings: Account,
    groceries: Account,
    salary: Account,
) -> dict[str, str]:
    """Record some transactions; return their ids and those of what they are about, by name."""
    keeper = Bookkeeper(book, by)
    bread = chart.create_category(
        book=book, by=by, name="Bread", type="expense", parent_id=groceries.id
    )
    shop = services.create_vendor(book=book, by=by, name="Corner shop")
    made = {
        "pay": keeper.move(checking, MAY, "3000.00", category_id=salary.id, description="Pay"),
        "rye": keeper.move(
            checking, MAY + timedelta(1), "-8.50", category_id=bread.id, vendor_id=shop.id,
            description="Rye",
        ),
        "bare": keeper.move(checking, MAY + timedelta(2), "-20.00", description="100% bare"),
        "moved": keeper.move(
            checking, MAY + timedelta(3), "-100.00", transfer_to_id=savings.id,
            description="Put aside",
        ),
        "waits": keeper.move(
            savings, MAY + timedelta(4), "-8.50", category_id=groceries.id, status="pending",
            description="Waits", notes="for the bank",
        ),
        "ahead": keeper.move(
            checking, book.day(timezone.now()) + timedelta(30), "-5.00", description="Ahead"
        ),
    }  # fmt: skip
    about = {"bread": bread, "shop": shop, "groceries": groceries, "checking": checking}
    return {
        **{name: str(id) for name, id in made.items()},
        **{name: str(row.id) for name, row in about.items()},
        "tomorrow": f"{book.day(timezone.now()) + timedelta(1)}",
    }


def names(found: Any) -> list[str]:
    """Return what the transactions of a page are called."""
    return [row["description"] for row in found.json()["transactions"]]


def sorter(client: Client) -> Callable[..., Any]:
    """Return who ticks rows of a list and sends its form: `sort("q=x", ticked, category=…)`."""

    def send(asked: str, ticked: list[str], **given: Any) -> Any:
        address = f"/transactions?{asked}"
        form = sent_by(client.get(address), "shown")
        return client.post(address, {**form, "action": "sort", "row": ticked, **given})

    return send


def about(book: Book, id: str) -> tuple[Any, ...]:
    """Return what a transaction can be given."""
    row = transactions.get(book.id, UUID(id))
    return row["category_name"], row["vendor_name"], row["status"]


def correct_elsewhere(book: Book, by: Actor, ids: dict[str, str]) -> None:
    """Have somebody correct one of them meanwhile."""
    somebody = Actor(by.user_id, "api", email=by.email)
    changes = Changes({"category_id": UUID(ids["bread"])})
    services.correct(book=book, by=somebody, transaction_id=UUID(ids["bare"]), changes=changes)


def told(client: Client, done: Any) -> str:
    """Return what the page says of what was done."""
    assert done.status_code == 303, done.content
    seen = client.get(done["Location"]).content.decode()
    return re.search(r'role="status"><b>([^<]+)</b>', seen)[1]

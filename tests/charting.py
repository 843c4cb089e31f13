"""Say the verbs of the chart of accounts briefly."""

from datetime import date
from typing import Any

from raw import check_now

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger

TODAY = date(2026, 6, 15)


class Chart:
    """The verbs of the chart in one book."""

    def __init__(self, book: Book, by: Actor) -> None:
        self.who = {"book": book, "by": by}

    def open(self, name: str, **fields: Any) -> Account:
        """Open a cash account."""
        given = {"kind": "cash", "currency": "BRL", "today": TODAY} | fields
        return ledger.open_account(**self.who, name=name, **given)

    def category(self, name: str, parent: Account | None = None, type: str = "expense") -> Account:
        """Create a category."""
        return chart.create_category(
            **self.who, name=name, type=type, parent_id=parent.id if parent else None
        )

    def change(self, category: Account, **given: Any) -> Account:
        """Change a category."""
        return chart.change_category(**self.who, category_id=category.id, **given)

    def merge(self, source: Account, target: Account) -> None:
        """Merge one category into another."""
        ledger.merge_categories(**self.who, source_id=source.id, target_id=target.id)
        check_now()

    def delete(self, account: Account) -> None:
        """Delete an account or category."""
        ledger.delete_account(**self.who, account_id=account.id)
        check_now()

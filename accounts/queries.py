"""The questions to the chart of accounts."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from accounts.models import Account
from buffet.audit import history_of
from buffet.models import Book
from buffet.rest.times import instant


def category_tree(book: Book, *, of_type: str = "") -> list[dict[str, Any]]:
    """Return the book's categories in the order of the tree: expenses, income; each by name."""
    rows = Account.objects.categories().filter(book=book).order_by("type", "name", "id")
    if of_type:
        rows = rows.filter(type=of_type)
    return tree_of(rows)


def tree_of(rows: Iterable[Account]) -> list[dict[str, Any]]:
    """Return categories as `category_tree` does, for those who have read them in its order."""
    children: dict[UUID | None, list[Account]] = defaultdict(list)
    for row in rows:
        children[row.parent_id].append(row)
    found: list[dict[str, Any]] = []
    waiting = [(row, 0, "") for row in reversed(children[None])]
    while waiting:
        row, depth, above = waiting.pop()
        path = f"{above} / {row.name}" if above else row.name
        found.append(_category(row, depth, path))
        waiting += [(child, depth + 1, path) for child in reversed(children[row.id])]
    return found


def category(book: Book, category_id: UUID) -> dict[str, Any] | None:
    """Return one category as in the tree; None if the book has no such category."""
    return next((row for row in category_tree(book) if row["id"] == category_id), None)


def was_deleted(book: Book, account_id: UUID) -> bool:
    """Whether the book had an account or category of this id that is deleted."""
    return history_of(Account, pgh_label="delete", pgh_obj_id=account_id, book=book).exists()


def _category(row: Account, depth: int, path: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "type": row.type,
        "parent": row.parent_id,
        "depth": depth,
        "path": path,
        "billed_as": row.billed_as,
        "notes": row.notes,
        "archived_at": instant(row.archived_at) if row.archived_at else None,
        "version": row.version,
        "created_at": instant(row.created_at),
        "updated_at": instant(row.updated_at),
    }

"""The demo household's rules: what it would rather not say of every line again."""

from decimal import Decimal
from functools import partial
from uuid import UUID

from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger


def make(book: Book, by: Actor, ids: dict[str, UUID], vendors: dict[str, UUID]) -> None:
    """Keep rules of each kind, one of them off."""
    create = partial(ledger.create_rule, book=book, by=by)
    create(
        name="Electricity", contains="enel", direction="out", vendor_id=vendors["Enel"],
        category_id=ids["Electricity"],
    )  # fmt: skip
    create(
        name="Water", regex=r"^(sabesp|[aá]gua)\b", category_id=ids["Water"],
    )  # fmt: skip
    create(
        name="Restaurants", regex="outback|sushi|cantina|ifood", direction="out",
        category_id=ids["Restaurants"],
    )  # fmt: skip
    create(name="Books", contains="livraria", category_id=ids["Books"])
    create(
        name="Refunds", direction="in", contains="refund", amount_max=Decimal(2000),
        category_id=ids["Refunds"], account_id=ids["Nubank"], is_active=False,
    )  # fmt: skip

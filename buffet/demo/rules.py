"""The demo household's rules: what it would rather not say of every line again."""

from decimal import Decimal
from uuid import UUID

from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger


def make(book: Book, by: Actor, ids: dict[str, UUID], vendors: dict[str, UUID]) -> None:
    """Keep rules of each kind, one of them off."""
    who = {"book": book, "by": by}
    ledger.create_rule(
        **who, name="Electricity", contains="enel", direction="out", vendor_id=vendors["Enel"],
        category_id=ids["Electricity"],
    )  # fmt: skip
    ledger.create_rule(
        **who, name="Water", regex=r"^(sabesp|[aá]gua)\b", category_id=ids["Water"],
    )  # fmt: skip
    ledger.create_rule(
        **who, name="Refunds", direction="in", contains="refund", amount_max=Decimal(2000),
        category_id=ids["Refunds"], account_id=ids["Nubank"], is_active=False,
    )  # fmt: skip

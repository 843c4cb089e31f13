"""Bank files for tests of imports, and what becomes of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from uuid import UUID

from test_imports import Row, ofx

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger
from transactions.models import Entry, Import, ImportLine


@dataclass(frozen=True, slots=True)
class Importer:
    """Someone who imports files into an account."""

    book: Book
    by: Actor
    account: Account
    closing: str = field(default="0.00")

    def look(self, rows: Iterable[Row]) -> Import:
        """Upload a file."""
        file = BytesIO(ofx([*rows], self.closing))
        return ledger.preview(
            book=self.book, by=self.by, account_id=self.account.id, file=file, file_name="x.ofx"
        )

    def choose(self, started: Import, number: int, **given: Any) -> list[ImportLine]:
        """Choose for a line."""
        choices = [ledger.LineChoice(number, given)]
        return ledger.choose(book=self.book, by=self.by, import_id=started.id, choices=choices)

    def commit(self, started: Import, **more: Any) -> Import:
        """Commit."""
        return ledger.commit(book=self.book, by=self.by, import_id=started.id, **more)

    def revert(self, started: Import, **more: Any) -> Import:
        """Revert."""
        return ledger.revert(book=self.book, by=self.by, import_id=started.id, **more)

    def bring(self, rows: Iterable[Row]) -> Import:
        """Upload a file and commit it."""
        return self.commit(self.look(rows))

    def entries(self) -> list[tuple[str, str, str, str]]:
        """Return what the account has: day, amount, text and status, in order."""
        rows = Entry.objects.filter(account=self.account).order_by("date", "amount", "id")
        found = rows.values_list("date", "amount", "transaction__description", "status")
        return sorted(
            (f"{day}", f"{amount:.2f}", text, status) for day, amount, text, status in found
        )


def verdicts(started: Import) -> list[tuple[str, str]]:
    """Return the verdict and the reason of each line."""
    return [*started.lines.order_by("number").values_list("verdict", "reason")]


def line(started: Import, number: int = 1) -> ImportLine:
    """Return a line."""
    return started.lines.get(number=number)


def transaction_of(started: Import, number: int = 1) -> UUID | None:
    """Return what a line became."""
    return line(started, number).became_id

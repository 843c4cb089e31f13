"""Which account of a book a file is about, by the number that the file names."""

from accounts.models import REAL_TYPES, Account
from buffet.models import Book
from transactions.imports.statement import Statement


def account_of(book: Book, statement: Statement) -> Account | None:
    """Return the one open account of the book that has the statement's number and currency."""
    number = bare(statement.account_number)
    if not number:
        return None
    rows = Account.objects.filter(book=book, type__in=REAL_TYPES, archived_at__isnull=True)
    if statement.currency:
        rows = rows.filter(currency=statement.currency)
    found = [row for row in rows.exclude(number="") if bare(row.number) == number]
    return found[0] if len(found) == 1 else None


def bare(number: str) -> str:
    """Return an account's number without the signs that banks and people set differently."""
    return "".join(sign for sign in number if sign.isalnum()).lstrip("0").upper()

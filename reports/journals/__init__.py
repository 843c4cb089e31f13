"""A book as a journal for plain text accounting: beancount's or hledger's."""

from collections.abc import Iterator

from buffet.models import Book
from reports.journals import beancount, hledger, reading
from reports.journals.rates import rates
from reports.journals.transactions import transactions

FORMATS = {"beancount": beancount, "hledger": hledger}


def journal(book: Book, format: str, *, asserting: bool = False) -> Iterator[str]:
    """Yield a book as a journal, a piece at a time: accounts, rates, transactions.

    What it holds in memory does not grow with the book. With `asserting`, the journal also says
    what each account came to by month, so that whoever reads it finds out what is off. Pieces are
    read one after the other: inside a database transaction that sees one state, they are of one.
    """
    written = FORMATS[format]
    currencies = reading.currencies(book)
    yield written.head(book, currencies)
    names = {}
    for account in reading.accounts(book):
        names[account.id] = account.name
        yield written.account(account)
    for rate in rates(book):
        yield written.rate(rate)
    yield from transactions(book, written, names, currencies)
    if asserting:
        for balance in reading.balances(book, names):
            yield written.balance(balance)

"""What a file's lines are compared with is looked up: the rest of a large book is not read."""

import io
from datetime import timedelta

import pytest
from bookkeeping import Bookkeeper
from conftest import TODAY
from django.db import connection
from django.db.transaction import atomic

from accounts.models import Account
from buffet.audit import Actor, writing
from buffet.bench.book import copy_purchases
from buffet.models import Book
from transactions import services as ledger
from transactions.imports import matching
from transactions.models import Import

PURCHASES, LINES, DAYS = 20_000, matching.MANY, 300
READ = """
SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables
WHERE relname = 'transactions_entry'
"""


def a_file(lines: int) -> bytes:
    """Return a table of so many expenses, each on its day."""
    rows = [
        f"{TODAY - timedelta(days=number % DAYS)};Line {number};-{number + 1}.50"
        for number in range(lines)
    ]
    return "\n".join(["Date;Description;Amount", *rows, ""]).encode()


def entries_read() -> int:
    """Return how many entries this transaction has read so far."""
    with connection.cursor() as cursor:
        cursor.execute(READ)
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_matching_reads_few_entries_of_a_large_book(
    book: Book, by: Actor, checking: Account, savings: Account, groceries: Account
) -> None:
    waiting = Bookkeeper(book, by).move(checking, TODAY, "1.50", description="From savings")
    with writing(book.id, by=by):
        spent = [(checking.id, "BRL")], [groceries.id], [None]
        copy_purchases(book.id, PURCHASES, TODAY, DAYS, *spent)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE transactions_entry, transactions_transaction")
    started = ledger.preview(
        book=book, by=by, account_id=savings.id, file=io.BytesIO(a_file(LINES)), file_name="x.csv"
    )

    with atomic():
        before = entries_read()
        matching.match(started, savings)
        read = entries_read() - before

    assert read < PURCHASES / 10
    proposed = Import.objects.get().lines.exclude(proposed_verdict="")
    assert [one.proposed_id for one in proposed] == [waiting]

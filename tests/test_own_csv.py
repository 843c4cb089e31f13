"""Our own table of entries is read as what was written: it brings nothing a second time."""

from datetime import date
from io import BytesIO
from typing import Any

from bookkeeping import Bookkeeper
from conftest import Api

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger
from transactions.imports.reading import read

ODD = ["=1+1", "-42,50 off", "@home", "'=1", "''quoted", "plain"]


def test_our_table_of_entries_adds_nothing_again(
    api: Api, book: Book, by: Actor, checking: Account
) -> None:
    keeper = Bookkeeper(book, by)
    for number, said in enumerate(ODD, 1):
        keeper.move(
            checking, date(2026, 5, number), f"-{number}.50", description=said, notes="Kept"
        )
    answer: Any = api.get("/exports/transactions.csv")
    file = BytesIO(b"".join(answer.streaming_content))

    started = ledger.preview(
        book=book, by=by, account_id=checking.id, file=file, file_name="ours.csv"
    )

    lines = started.lines.order_by("number")
    assert [line.description for line in lines] == ODD
    assert {line.verdict for line in lines} == {"duplicate"}


def test_other_tables_keep_their_apostrophes() -> None:
    file = BytesIO(b"date,description,amount\n2026-05-01,'@home,-1.50\n")

    assert [line.description for line in read(file).statements[0].lines] == ["'@home"]


def test_the_table_of_an_account_s_page_is_read_as_it_was() -> None:
    header = b"date,description,vendor,category,status,amount,balance,currency\n"
    file = BytesIO(header + b"2026-05-01,'@home,,Food,posted,-1.50,98.50,BRL\n")

    assert [line.description for line in read(file).statements[0].lines] == ["@home"]

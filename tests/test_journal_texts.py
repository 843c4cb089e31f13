"""Whatever people write, a journal of it is read as it was meant."""

import random
from datetime import date

import pytest
from beancount import loader
from beancount.core import account, data
from uuid_utils.compat import uuid7

from accounts.models import Account
from buffet.audit import Actor, writing
from buffet.models import Book
from reports.journals import hledger, journal
from reports.journals.names import component
from reports.journals.reading import JournalAccount
from transactions.models import Entry, Transaction, Vendor

COUNT, DAY = 300, date(2026, 1, 1)
_MARKS = [
    *";|*!()[]{}=@~#\"'\\:,.-_%^& \t\n\r09aZéß現ǆ☕",
    "date:",
    "2020-01-01",
    "\u2028",
    "\u0301",
]


def texts(count: int, longest: int) -> list[str]:
    """Return texts of what means something to journals, and of letters of all scripts."""
    chance = random.Random(7)
    spans = ((32, 0x3000), (0xA000, 0xD7FF), (0x10000, 0x1FFFF))
    return [
        "".join(
            chance.choice(_MARKS) if chance.random() < 0.7 else chr(chance.randrange(*span))
            for span in chance.choices(spans, k=chance.randrange(longest))
        )
        for _ in range(count)
    ]


@pytest.fixture
def written(book: Book, checking: Account, savings: Account, by: Actor) -> list[Transaction]:
    """Transactions with any texts that there are."""
    words = iter(texts(7 * COUNT, 14))
    vendors = [Vendor(book=book, name=f"{number} {next(words)}") for number in range(COUNT)]
    rows = [
        Transaction(
            book=book, date=DAY, description=next(words), notes=next(words), vendor=vendor,
            source="manual",
        )
        for vendor in vendors
    ]  # fmt: skip
    sides = ((checking, 1, "pending"), (savings, -1, "reconciled"))
    with writing(book.id, by=by):
        Vendor.objects.bulk_create(vendors)
        Transaction.objects.bulk_create(rows)
        Entry.objects.bulk_create(
            Entry(
                id=uuid7(), book=book, transaction=row, account=account, date=DAY, currency="BRL",
                amount=amount, status=status, note=next(words),
                external_id=f"{next(words)}{number}" if amount > 0 else "",
            )
            for number, row in enumerate(rows)
            for account, amount, status in sides
        )  # fmt: skip
    return rows


def test_any_name_becomes_a_part_of_an_account_s_name() -> None:
    paths = {f"Assets:{component(name)}" for name in texts(3000, 8)}

    entries, errors, _ = loader.load_string(
        "".join(f"2026-01-01 open {path}\n" for path in sorted(paths))
    )

    assert not errors
    assert {one.account for one in entries} == paths
    assert all(account.is_valid(path) for path in paths)


def test_beancount_reads_any_text_as_it_was(book: Book, written: list[Transaction]) -> None:
    entries, errors, _ = loader.load_string("".join(journal(book, "beancount")))

    assert not errors
    found = {
        one.meta["id"]: (one.payee, one.narration, one.meta.get("notes", ""), one.postings)
        for one in entries
        if isinstance(one, data.Transaction)
    }
    assert len(found) == COUNT
    for row in written:
        *said, postings = found[str(row.id)]
        assert said == [row.vendor.name, row.description, row.notes]
        for entry, posting in zip(row.entries.order_by("id"), postings, strict=True):
            more = posting.meta.get("external_id", ""), posting.meta.get("note", "")
            assert more == (entry.external_id, entry.note)
            assert posting.flag == ("!" if entry.status == "pending" else None)


def test_hledger_is_given_a_line_for_each_line(book: Book, written: list[Transaction]) -> None:
    parts = "".join(journal(book, "hledger")).split("\n\n")

    for row, part in zip(sorted(written, key=lambda row: row.id), parts[-COUNT:], strict=True):
        first, *more = part.removesuffix("\n").split("\n")
        assert len(more) == 2 + bool(row.notes)
        said = [tidy(one).translate(str.maketrans(";|", ",/")) for one in told(row)]
        assert first == f"2026-01-01 ! ({row.id}) {' | '.join(filter(None, said))}"
        if row.notes:
            assert more.pop(0) == f"    ; notes:{comment(row.notes)}"
        for entry, line in zip(row.entries.order_by("id"), more, strict=True):
            mark = "! " if entry.status == "pending" else "* "
            name = "Assets:Checking  1.00" if entry.amount > 0 else "Assets:Savings  -1.00"
            tags = {"external_id": entry.external_id, "note": entry.note}
            kept = ", ".join(f"{name}:{comment(said)}" for name, said in tags.items() if said)
            assert line == f"    {mark}{name} BRL{'  ; ' if kept else ''}{kept}"
    named = JournalAccount("1", "Assets:A", "a, b: [c]", "cash", "BRL", "", date.min, None)
    assert hledger.account(named) == "account Assets:A  ; id:1, kind:cash, name:a; b; (c)\n"


def told(row: Transaction) -> tuple[str, str]:
    """Return what a description is made of."""
    return row.vendor.name, row.description


def tidy(said: str) -> str:
    """Return a text as one line."""
    return " ".join(said.split())


def comment(said: str) -> str:
    """Return a text as it stands in a comment: nothing in it is a tag or a date."""
    return tidy(said).translate(str.maketrans(":,[]", ";;()"))

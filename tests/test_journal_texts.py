"""Whatever people write, a journal of it is read as it was meant."""

import random
from datetime import date
from decimal import Decimal

import pytest
from beancount import loader
from beancount.core import account, data

from reports.journals import beancount, hledger
from reports.journals.names import component
from reports.journals.reading import JournalAccount, JournalEntry, JournalTransaction

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
def transactions() -> list[JournalTransaction]:
    """Transactions with any texts that there are."""
    words = iter(texts(7 * 300, 14))
    return [
        JournalTransaction(
            str(number),
            date(2026, 1, 1),
            next(words),
            next(words),
            next(words),
            [
                JournalEntry("Assets:A", Decimal(1), "BRL", "pending", next(words), next(words)),
                JournalEntry("Assets:B", Decimal(-1), "BRL", "reconciled", next(words), ""),
            ],
        )
        for number in range(300)
    ]


def test_any_name_becomes_a_part_of_an_account_s_name() -> None:
    paths = {f"Assets:{component(name)}" for name in texts(3000, 8)}

    entries, errors, _ = loader.load_string(
        "".join(f"2026-01-01 open {path}\n" for path in sorted(paths))
    )

    assert not errors
    assert {one.account for one in entries} == paths
    assert all(account.is_valid(path) for path in paths)


def test_beancount_reads_any_text_as_it_was(transactions: list[JournalTransaction]) -> None:
    opened = "2025-01-01 open Assets:A\n2025-01-01 open Assets:B\n"

    entries, errors, _ = loader.load_string(
        opened + "".join(map(beancount.transaction, transactions))
    )

    assert not errors
    assert {
        one.meta["id"]: (one.payee or "", one.narration, one.meta.get("notes", ""))
        for one in entries
        if isinstance(one, data.Transaction)
    } == {one.id: (one.vendor, one.description, one.notes) for one in transactions}


def test_hledger_is_given_a_line_for_each_line(transactions: list[JournalTransaction]) -> None:
    for one in transactions:
        lines = hledger.transaction(one).split("\n")

        assert len(lines) == 5 + bool(one.notes)
        assert lines[1].startswith(f"2026-01-01 ! ({one.id})")
        assert ";" not in lines[1]
        assert all(line.partition(" ; ")[2].count("[") == 0 for line in lines)
    named = JournalAccount("1", "Assets:A", "a, b: [c]", "cash", "BRL", "", date.min, None)
    assert hledger.account(named) == "account Assets:A  ; id:1, kind:cash, name:a; b; (c)\n"

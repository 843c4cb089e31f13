"""What few of many transactions have is found as surely as what all have."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import Bookkeeper

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger
from transactions.drafts import Changes
from transactions.queries import transactions
from transactions.queries.transactions import Filters

BEGIN = date(2026, 1, 1)


@pytest.fixture
def kept(book: Book, by: Actor, checking: Account, groceries: Account) -> list[Any]:
    """Purchases of 1.00 to 40.00: every seventh waits, every fifth has no category."""
    keeper = Bookkeeper(book, by)
    made = []
    for number in range(1, 41):
        category = None if number % 5 == 0 else groceries.id
        day = BEGIN + timedelta(days=number // 2)
        made.append(keeper.move(checking, day, f"-{number}.00", category_id=category))
        if number % 7 == 0:
            waits = Changes({"status": "pending"})
            ledger.correct(**keeper.who, transaction_id=made[-1], changes=waits)
    return made


@pytest.mark.parametrize("few", [0, 1000])
@pytest.mark.parametrize("falling", [True, False])
@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({"amount_min": "-12.00", "amount_max": "-9.50"}, [10, 11, 12]),
        ({"amount_max": "-38.00"}, [38, 39, 40]),
        ({"amount_min": "100"}, []),
        ({"status": "pending"}, [7, 14, 21, 28, 35]),
        ({"status": "pending", "amount_min": "-20"}, [7, 14]),
        ({"status": "reconciled"}, []),
        ({"uncategorized": True}, [5, 10, 15, 20, 25, 30, 35, 40]),
        ({"uncategorized": True, "status": "pending"}, [35]),
        ({"uncategorized": True, "amount_min": "-11"}, [5, 10]),
    ],
)
def test_what_few_have_is_found_whatever_the_way(
    monkeypatch: pytest.MonkeyPatch,
    kept: list[Any],
    book: Book,
    filters: dict[str, Any],
    numbers: list[int],
    falling: bool,
    few: int,
) -> None:
    monkeypatch.setattr(transactions, "FEW", few)
    asked = Filters(
        **{key: Decimal(value) if "amount" in key else value for key, value in filters.items()}
    )

    found: list[str] = []
    place = None
    while rows := transactions.page(book.id, asked, limit=2, place=place, falling=falling):
        found += [row["id"] for row in rows]
        place = transactions.Place(rows[-1]["date"], rows[-1]["id"])

    # Of two on a day the later one is the later in the list.
    wanted = [str(kept[number - 1]) for number in numbers]
    assert found == (wanted[::-1] if falling else wanted)
    assert transactions.count(book.id, asked) == len(wanted)

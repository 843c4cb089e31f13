"""The page of transactions: what it finds, in every face, and for whom."""

import csv
import html
import re
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from bookkeeping import TODAY, Bookkeeper
from conftest import Api
from django.test import Client
from django.utils import timezone
from sorting_desk import names, recorded

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, Role, User
from reports import ledger

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ids(
    book: Book,
    by: Actor,
    checking: Account,
    savings: Account,
    groceries: Account,
    salary: Account,
) -> dict[str, str]:
    """Some transactions and what they are about, by name."""
    return recorded(book, by, checking, savings, groceries, salary)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["Waits", "Put aside", "100% bare", "Rye", "Pay"]),
        ("ahead=1", ["Ahead", "Waits", "Put aside", "100% bare", "Rye", "Pay"]),
        ("q=BANK", ["Waits"]),
        ("q=corner", ["Rye"]),
        ("q=100%25", ["100% bare"]),
        ("account={checking}", ["Put aside", "100% bare", "Rye", "Pay"]),
        ("category={groceries}", ["Waits", "Rye"]),
        ("category={bread}", ["Rye"]),
        ("category=none", ["100% bare"]),
        ("category=none&ahead=1", ["Ahead", "100% bare"]),
        ("vendor={shop}", ["Rye"]),
        ("status=pending", ["Waits"]),
        ("status=pending&category={groceries}", ["Waits"]),
        ("status=cleared&category={groceries}", ["Rye"]),
        ("amount=8.50", ["Waits", "Rye"]),
        ("amount=-3000", ["Pay"]),
        ("amount=8.50&account={checking}", ["Rye"]),
        ("period=2026-04", []),
        ("period=2026-05&q=pay", ["Pay"]),
        ("date_from=2026-05-05&date_to=2026-05-06", ["100% bare", "Rye"]),
        ("date_from=1990-01-01&date_to=2026-05-04", ["Pay"]),
        ("on=2026-05-05", ["Rye", "Pay"]),
        ("on=2026-05-05&period=2026-04", ["Rye", "Pay"]),
        ("date_from={tomorrow}", ["Ahead"]),
    ],
)
def test_it_finds_what_is_asked_for_the_newest_first(
    page: Any, ids: dict[str, str], asked: str, found: list[str]
) -> None:
    query = asked.format(**ids)

    assert names(page(f"/transactions?{query}&format=json")) == found
    seen = page(f"/transactions?{query}").content.decode()
    places = [seen.find(f">{name}</a>") for name in found]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("category={groceries}", "2 transactions · −17.00 BRL"),
        # What was put aside is nothing to all accounts, and left the one.
        ("date_from=2026-05-06&date_to=2026-05-07", "2 transactions · −20.00 BRL"),
        (
            "account={checking}&date_from=2026-05-06&date_to=2026-05-07",
            "2 transactions · −120.00 BRL",
        ),
    ],
)
def test_what_was_found_is_counted_and_added_up(
    page: Any, ids: dict[str, str], asked: str, says: str
) -> None:
    assert says in page(f"/transactions?{asked.format(**ids)}").content.decode()


def test_what_changed_currencies_is_added_up_in_both(
    page: Any, book: Book, keeper: Bookkeeper, checking: Account, dollars: Account
) -> None:
    keeper.move(checking, TODAY, "1500.00")
    sent = {"transfer_to_id": dollars.id, "transfer_amount": Decimal("190.00")}
    keeper.move(checking, TODAY, "-1000.00", description="Sent", **sent)

    def said(asked: str) -> str:
        return str(page(f"/transactions?date_to={TODAY}&{asked}").content.decode())

    assert "2 transactions · 500.00 BRL · 190.00 USD" in said("")
    assert "1 transaction · −1,000.00 BRL · 190.00 USD" in said("q=sent")
    assert "1 transaction · 190.00 USD" in said(f"account={dollars.id}")


@pytest.mark.parametrize(
    "asked", ["date_to=2199-12-31", "q=a&date_to=2026-12-31", "amount=8.50", "category=none"]
)
def test_the_api_finds_the_same(page: Any, api: Api, ids: dict[str, str], asked: str) -> None:
    ours = page(f"/transactions?{asked}&ahead=1&format=json").json()["transactions"]

    assert ours == api.get(f"/transactions?{asked}").json()["results"]
    assert ours


def test_an_amount_is_typed_as_its_reader_writes_it(page: Any, ids: dict[str, str]) -> None:
    reader = {"headers": {"accept-language": "pt-BR"}}

    found = page("/transactions?typed=3.000,5&q=", **reader)
    wrong = page("/transactions?typed=3,000,5&q=rye", **reader)

    assert found["Location"] == "/transactions?amount=3000.5"
    assert 'value="3000,5"' in page(found["Location"], **reader).content.decode()
    assert wrong.status_code == 400
    seen = wrong.content.decode()
    assert 'value="3,000,5"' in seen
    assert 'id="find_typed_error"' in seen
    for face in ("json", "csv"):
        assert page(f"/transactions?typed=3,000,5&format={face}").status_code == 400
    assert 'value="rye"' in seen


def test_what_is_no_amount_finds_nothing_and_says_so(page: Any, ids: dict[str, str]) -> None:
    seen = page("/transactions?typed=abc").content.decode()

    assert "“abc” is no amount, so nothing was looked for." in seen
    assert "<details open>" in seen
    assert "<table" not in seen
    assert "format=csv" not in seen


def test_an_amount_in_the_address_may_be_as_its_reader_writes_it(
    page: Any, ids: dict[str, str]
) -> None:
    reader = {"headers": {"accept-language": "pt-BR"}}

    assert page("/transactions?amount=-42,50", **reader)["Location"] == "/transactions?amount=42.50"
    assert page("/transactions?amount=-42.50", **reader).status_code == 200
    wrong = page("/transactions?amount=x", **reader).content.decode()
    assert "<b>Valor:</b> Um valor é um número simples" in wrong


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("account=x", 400),
        ("amount=x", 400),
        ("status=lost", 400),
        ("category=any", 400),
        ("cursor=x", 400),
        ("date_from=2026-05-02&date_to=2026-05-01", 400),
        ("period=2026-05&date_to=2026-05-01", 400),
        (f"account={UUID(int=1)}", 404),
        (f"category={UUID(int=1)}", 404),
        (f"vendor={UUID(int=1)}", 404),
        ("account={groceries}", 404),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    page: Any, ids: dict[str, str], asked: str, status: int
) -> None:
    assert page(f"/transactions?{asked.format(**ids)}").status_code == status


def test_fields_that_were_left_empty_are_left_out_of_the_address(
    page: Any, ids: dict[str, str]
) -> None:
    answer = page("/transactions?q=rye&account=&category=&status=&typed=&date_from=&date_to=")

    assert (answer.status_code, answer["Location"]) == (302, "/transactions?q=rye")


def test_pages_follow_each_other(
    page: Any, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "PAGE", 2)

    first = page("/transactions?format=json").json()
    second = page(f"/transactions?format=json&cursor={first['older']}")
    back = page(f"/transactions?format=json&cursor={second.json()['newer']}").json()

    assert names(second) == ["100% bare", "Rye"]
    assert first["newer"] is None
    assert back["transactions"] == first["transactions"]


def test_a_file_has_all_of_it(
    page: Any, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "CHUNK", 2)

    table = b"".join(page("/transactions?format=csv").streaming_content).decode()

    rows = list(csv.DictReader(table.splitlines()))
    assert [row["description"] for row in rows] == ["Waits", "Put aside", "100% bare", "Rye", "Pay"]
    assert rows[3]["vendor"] == "Corner shop"
    assert [row["category or account"] for row in rows][1:4] == [
        "Transfer: Savings",
        "Uncategorised",
        "Bread",
    ]
    assert rows[0]["notes"] == "for the bank"


def test_a_viewer_sees_and_sorts_nothing(
    client: Client, book: Book, person: Any, ids: dict[str, str]
) -> None:
    client.force_login(person("viewer", book, Role.VIEWER))

    seen = client.get("/transactions").content.decode()
    answer = client.post("/transactions", {"action": "sort", "row": [ids["bare"]], "all": "1"})

    assert ">Rye</a>" in seen
    assert 'name="row"' not in seen
    assert 'id="sort"' not in seen
    assert answer.status_code == 403


def test_what_was_known_is_looked_at_alone(
    page: Any, book: Book, owner: User, ids: dict[str, str]
) -> None:
    today = book.day(timezone.now())

    seen = page(f"/transactions?known_on={today}").content.decode()

    assert ">Rye</a>" in seen
    assert 'id="sort"' not in seen
    links = re.findall(r'<a href="(/transactions[/?][^"]+)"', seen[seen.index('id="found"') :])
    assert links
    assert all(f"known_on={today}" in one for one in links)


def test_every_page_of_the_navigation_takes_what_goes_along(page: Any, ids: dict[str, str]) -> None:
    seen = page("/cash-flow?currency=USD&period=2026-05").content.decode()
    navigation = seen[seen.index("<nav") : seen.index("</nav>")]

    links = [html.unescape(one) for one in re.findall(r'href="([^"]+)"', navigation)]

    assert len(links) == 10
    refused = [one for one in (*links, "/book?currency=USD") if page(one).status_code != 200]
    assert not refused

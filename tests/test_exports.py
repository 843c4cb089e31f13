"""Books out: files of one state, harmless to spreadsheets, told to nobody else, one at a time."""

import csv
import re
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO, StringIO
from typing import Any
from unittest.mock import patch

import pytest
from bookkeeping import Bookkeeper
from conftest import Api
from django.core import signing
from django.test import Client
from django.utils import timezone
from ofxtools.Parser import OFXTree

from accounts.models import Account, CreditCard
from buffet.audit import Actor
from buffet.cells import as_it_was, harmless
from buffet.models import Book, Membership, Role, Session, User
from reports.exports.kinds import EXPORTS
from reports.exports.serializers import KINDS
from transactions.imports import ofx
from transactions.models import Entry
from transactions.queries.verification import verify

ODD = ["=1+1", "+55 11", "-42", "-42,50 off", "@home", "'=1", "''quoted", 'plain; "x", y', "\tx"]


@pytest.fixture
def spent(book: Book, by: Actor, checking: Account, groceries: Account) -> Bookkeeper:
    """A book with purchases of odd descriptions."""
    keeper = Bookkeeper(book, by)
    for number, said in enumerate(ODD, 1):
        keeper.move(
            checking,
            date(2026, 5, number),
            f"-{number}.50",
            description=said,
            category_id=groceries.id,
        )
    return keeper


def content(answer: Any) -> bytes:
    """Return all of a file."""
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def rows(answer: Any) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    return list(csv.DictReader(StringIO(content(answer).decode(), newline="")))


def test_entries_as_csv_come_back_as_they_were(api: Api, spent: Bookkeeper) -> None:
    answer = api.get("/exports/transactions.csv")

    found = rows(answer)
    assert answer["Content-Disposition"] == 'attachment; filename="household-transactions.csv"'
    assert [as_it_was(row["description"]) for row in found[::2]] == ODD
    for row in found:
        said = row["description"]
        assert said == "-42" or not said.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert found[0].items() >= {
        "date": "2026-05-01", "account": "Checking", "amount": "-1.50", "currency": "BRL",
        "description": "'=1+1", "account_type": "asset", "vendor": "", "source": "manual",
    }.items()  # fmt: skip
    assert len(found) == Entry.objects.count()


@pytest.mark.parametrize("cell", [*ODD, "", "'", "''", "'-1", "-1.5", "+1", "=", "\rx", "é"])
def test_a_harmless_cell_says_what_it_was(cell: str) -> None:
    assert as_it_was(str(harmless(cell))) == cell


def test_the_database_makes_cells_harmless_as_we_do(
    api: Api, book: Book, by: Actor, checking: Account
) -> None:
    keeper = Bookkeeper(book, by)
    cells = ["'-1", "''=x", "'", "+1", "-1.5", "-x", "1+1", "a=b", "@"]
    for number, said in enumerate(cells, 1):
        keeper.move(checking, date(2026, 5, number), "-1.00", description=said)

    found = rows(api.get(f"/exports/transactions.csv?account={checking.id}"))

    assert [row["description"] for row in found] == [harmless(cell) for cell in cells]


def test_entries_of_some_days_and_an_account(
    api: Api, spent: Bookkeeper, checking: Account
) -> None:
    asked = f"account={checking.id}&date_from=2026-05-02&date_to=2026-05-03"

    found = rows(api.get(f"/exports/transactions.csv?{asked}"))

    assert [(row["date"], row["amount"]) for row in found] == [
        ("2026-05-02", "-2.50"),
        ("2026-05-03", "-3.50"),
    ]


def test_what_cannot_be_asked_of_an_export_is_refused(api: Api, checking: Account) -> None:
    assert api.get("/exports/transactions.csv?since=2026-01-01").status_code == 400
    assert api.get(f"/exports/transactions.csv?account={Book().id}").status_code == 404
    backwards = f"/accounts/{checking.id}/statement.ofx?date_from=2026-02-02&date_to=2026-01-01"
    assert api.get(backwards).status_code == 400
    # None of them has kept the turn.
    assert content(api.get("/exports/transactions.csv"))


def test_a_statement_as_ofx_is_read_back_as_it_was(
    api: Api, spent: Bookkeeper, checking: Account
) -> None:
    long = "A purchase whose description is longer than thirty-two signs & <more>"
    spent.move(checking, date(2026, 5, 20), "1234.56", description=long)

    (found,) = ofx.read(content(api.get(f"/accounts/{checking.id}/statement.ofx")))

    balance = api.get(f"/accounts/{checking.id}").json()["balance"]
    assert (f"{found.closing_balance}", found.currency) == (balance, "BRL")
    assert sum(line.amount for line in found.lines) == found.closing_balance
    assert [line.description for line in found.lines] == [one.strip() for one in (*ODD, long)]
    assert len({line.external_id for line in found.lines}) == len(found.lines)


@pytest.mark.parametrize("currency", ["BRL", "JPY", "KWD", "BTC"])
def test_amounts_of_a_statement_are_read_with_their_decimals(
    api: Api, book: Book, by: Actor, currency: str
) -> None:
    amount = {"BRL": "-1.20", "JPY": "-1200", "KWD": "-1.234", "BTC": "-0.00000001"}[currency]
    account = Bookkeeper(book, by).open("Theirs", "cash", currency)
    Bookkeeper(book, by).move(account, date(2026, 5, 1), amount)

    (found,) = ofx.read(content(api.get(f"/accounts/{account.id}/statement.ofx")))

    assert f"{found.lines[0].amount:f}".rstrip("0") == amount.rstrip("0")


def test_a_statement_that_is_imported_elsewhere_gives_the_same_balance_once(
    api: Api, spent: Bookkeeper, checking: Account, savings: Account
) -> None:
    file = content(api.get(f"/accounts/{checking.id}/statement.ofx"))
    headers = {"Authorization": f"Bearer {api.token}"}

    for _ in range(2):
        form = {"account": str(savings.id), "file": StringIO(file.decode())}
        made = api.client.post("/api/v1/imports", form, headers=headers).json()
        assert api.post(f"/imports/{made['id']}/commit", {}).status_code == 200

    balances = {row["name"]: row["balance"] for row in api.get("/accounts").json()["results"]}
    assert balances["Savings"] == balances["Checking"]
    here, there = (
        Entry.objects.filter(account=one)
        .order_by("date", "id")
        .values_list("date", "amount", "transaction__description")
        for one in (checking, savings)
    )
    assert [*there] == [(*rest, said.strip()) for *rest, said in here]


@pytest.mark.parametrize("kind", ["checking", "credit_card"])
def test_a_statement_as_ofx_is_read_by_a_parser_of_others(
    kind: str, api: Api, spent: Bookkeeper, checking: Account, issue: Callable[..., CreditCard]
) -> None:
    account = checking if kind == "checking" else issue().account
    spent.move(account, date(2026, 5, 21), "1234.56", description="<Refund> & more than a name has")
    parser = OFXTree()

    parser.parse(BytesIO(content(api.get(f"/accounts/{account.id}/statement.ofx"))))

    (found,) = parser.convert().statements
    told = [(one.dtposted.date(), one.trnamt, one.memo or one.name) for one in found.transactions]
    entries = Entry.objects.filter(account=account).order_by("date", "id")
    assert told == [
        (row.date, row.amount, row.transaction.description.strip())
        for row in entries.select_related("transaction")
    ]
    assert found.curdef == "BRL"
    assert found.ledgerbal.balamt == sum(row.amount for row in entries)


def test_every_export_is_documented_by_its_name() -> None:
    assert list(EXPORTS) == KINDS


# Links


def link(api: Api, kind: str = "book.jsonl", **asked: str) -> str:
    """Return the path of a new link."""
    answer = api.post("/exports", {"kind": kind, "parameters": asked})
    assert answer.status_code == 201, answer.content
    assert answer.json()["expires_at"] > f"{timezone.now() + timedelta(minutes=5):%Y-%m-%dT%H:%M}"
    return re.sub(r"^https?://[^/]+", "", answer.json()["url"])


def test_a_link_opens_without_a_token(api: Api, spent: Bookkeeper, checking: Account) -> None:
    path = link(api, "transactions.csv", account=str(checking.id), date_from="2026-05-09")

    answer = Client().get(path)

    assert [row["amount"] for row in rows(answer)] == ["-9.50"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == "private, no-store"


def test_a_link_expires_with_a_sentence(api: Api, settings: Any, checking: Account) -> None:
    path = link(api)
    with patch.object(signing.time, "time", return_value=signing.time.time() + 601):
        answer = Client().get(path)

    assert answer.status_code == 410
    assert "This link has expired: ask for a new one." in answer.content.decode()


def test_a_link_is_its_maker_s_alone(
    api: Api, owner: User, person: Callable[..., User], book: Book
) -> None:
    path, friend = link(api), person("friend", book, Role.OWNER)
    others, own = Client(), Client()
    others.force_login(friend)
    own.force_login(owner)

    assert others.get(path).status_code == 404
    assert content(own.get(path))


@pytest.mark.parametrize("end", ["sign out", "seat", "deactivated"])
def test_a_link_ends_with_what_it_was_made_by(
    end: str, api: Api, owner: User, book: Book, person: Callable[..., User]
) -> None:
    path = link(api)
    if end == "sign out":
        Session.objects.filter(user=owner).update(ended_at=timezone.now())
    elif end == "seat":
        person("other", book)
        Membership.objects.filter(user=owner).update(expires_at=timezone.now())
    else:
        User.objects.filter(id=owner.id).update(is_active=False)

    assert Client().get(path).status_code == 404


def test_a_link_of_a_token_ends_with_it(api: Api, owner: User, book: Book) -> None:
    made = api.post("/tokens", {"name": "Backup", "scope": "write"}).json()
    path = link(Api(api.client, made["token"]))
    assert content(Client().get(path))

    api.delete(f"/tokens/{made['id']}")

    assert Client().get(path).status_code == 404


def test_a_link_that_was_changed_is_none(api: Api) -> None:
    path = link(api)

    assert Client().get(path.replace("/exports/", "/exports/x")).status_code == 404


def test_a_link_to_nothing_is_refused(api: Api) -> None:
    for kind, asked in (
        ("book.zip", {}),
        ("book.jsonl", {"account": "x"}),
        ("statement.ofx", {}),
        ("transactions.csv", {"date_from": "yesterday"}),
    ):
        answer = api.post("/exports", {"kind": kind, "parameters": asked})

        assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


# One at a time


def test_a_process_writes_one_export_at_a_time(api: Api, spent: Bookkeeper) -> None:
    first = api.get("/exports/book.jsonl")
    assert first.status_code == 200

    second = api.get("/exports/book.jsonl")

    assert (second.status_code, second.json()["code"]) == (503, "busy")
    assert second["Retry-After"] == "5"
    content(first)
    assert content(api.get("/exports/book.jsonl"))


def test_books_that_went_out_are_still_sound(api: Api, spent: Bookkeeper, book: Book) -> None:
    for name in ("book.jsonl", "book.beancount", "book.hledger"):
        assert content(api.get(f"/exports/{name}"))

    assert not [check for check in verify(book.id) if not check.ok]

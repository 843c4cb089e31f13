"""Clients ask for lists in the order, with the fields and with the rows beside them they need."""

from typing import Any
from uuid import UUID

import pytest
from conftest import Api
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account


@pytest.fixture
def spent(api: Api, checking: Account, savings: Account, groceries: Account) -> list[str]:
    """Three transactions, the oldest first: at a vendor, of a category, a transfer."""
    vendor = api.post("/vendors", {"name": "Baker"}).json()["id"]
    own = {"account": str(checking.id), "amount": "-5.00", "description": "x"}
    sent = [
        own | {"date": "2026-05-01", "vendor": vendor, "category": str(groceries.id)},
        own | {"date": "2026-05-02", "category": str(groceries.id)},
        own | {"date": "2026-05-03", "transfer_to": str(savings.id)},
    ]
    return [api.post("/transactions", one).json()["id"] for one in sent]


def results(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def fault(answer: Any) -> tuple[str, str]:
    assert answer.status_code == 400, answer.content
    (error,) = answer.json()["errors"]
    return error["pointer"], error["detail"]


def test_only_the_wanted_fields_come(api: Api, spent: list[str]) -> None:
    listed = results(api.get("/transactions?fields=id,amount"))
    read = api.get(f"/transactions/{spent[0]}?fields=amount").json()

    assert listed == [{"id": id, "amount": "-5.00"} for id in reversed(spent)]
    assert read == {"amount": "-5.00"}


@pytest.mark.parametrize(
    "resource", ["accounts", "categories", "vendors", "brokers", "subscriptions"]
)
def test_every_resource_gives_parts(
    resource: str, api: Api, spent: list[str], checking: Account
) -> None:
    api.post("/brokers", {"name": "Broker"})
    body = {"name": "Music", "account": str(checking.id), "amount": "5.00"}
    api.post("/subscriptions", body | {"cadence": "monthly", "starts_on": "2026-05-01"})

    for row in results(api.get(f"/{resource}?fields=name,version")):
        assert set(row) == {"name", "version"}
        full = results(api.get(f"/{resource}"))[0]
        assert api.get(f"/{resource}/{full['id']}?fields=name").json() == {"name": full["name"]}


def test_what_a_transaction_names_comes_with_it(
    api: Api, spent: list[str], checking: Account, savings: Account, groceries: Account
) -> None:
    listed = results(api.get("/transactions?expand=account,category,vendor,transfer_to"))

    transfer, plain, at_vendor = (row["expanded"] for row in listed)
    assert transfer["account"] == api.get(f"/accounts/{checking.id}").json()
    assert transfer["transfer_to"] == api.get(f"/accounts/{savings.id}").json()
    assert transfer["category"] is transfer["vendor"] is plain["vendor"] is None
    assert plain["category"] == api.get(f"/categories/{groceries.id}").json()
    assert at_vendor["vendor"]["name"] == "Baker"
    one = api.get(f"/transactions/{spent[0]}?expand=vendor&fields=id").json()
    assert one == {"id": spent[0], "expanded": {"vendor": at_vendor["vendor"]}}


def test_an_account_comes_with_its_broker(api: Api) -> None:
    broker = api.post("/brokers", {"name": "Broker"}).json()
    body = {"name": "Shares", "kind": "investment", "currency": "EUR", "broker": broker["id"]}
    made = api.post("/accounts", body).json()

    read = api.get(f"/accounts/{made['id']}?expand=broker").json()

    assert read["expanded"] == {"broker": broker}


def test_expanding_more_rows_takes_no_more_statements(
    api: Api, spent: list[str], checking: Account
) -> None:
    def statements(limit: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            found = results(
                api.get(f"/transactions?limit={limit}&expand=account,category,vendor,transfer_to")
            )
        assert len(found) == limit
        return len(queries)

    few = statements(3)
    for number in range(20):
        body = {"account": str(checking.id), "amount": "-1.00", "date": "2026-05-04"}
        vendor = api.post("/vendors", {"name": f"Vendor {number}"}).json()["id"]
        api.post("/transactions", body | {"description": "x", "vendor": vendor})

    assert statements(20) <= few


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("fields=id,colour", "?fields"),
        ("fields=", "?fields"),
        ("fields=id,id", "?fields"),
        ("expand=entries", "?expand"),
        ("expand=account.broker", "?expand"),
        ("expand=account,account", "?expand"),
        ("sort=amount", "?sort"),
        ("sort=--date", "?sort"),
    ],
)
def test_what_is_not_there_is_refused_by_name(
    query: str, pointer: str, api: Api, spent: list[str]
) -> None:
    where, sentence = fault(api.get(f"/transactions?{query}"))

    assert where == pointer
    assert sentence


def test_transactions_come_oldest_first_when_asked(api: Api, spent: list[str]) -> None:
    assert [row["id"] for row in results(api.get("/transactions?sort=date"))] == spent
    assert [row["id"] for row in results(api.get("/transactions?sort=-date"))] == spent[::-1]


def walk(api: Api, path: str, way: str = "next") -> list[dict[str, Any]]:
    """Follow a list's links, a row at a time, and return all rows in the order of the links."""
    found, last = [], None
    while path:
        answer = api.get(path.split("/api/v1")[-1]).json()
        found += answer["results"]
        path, last = answer[way], answer
        assert len(found) < 50
    assert last is not None
    return found


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/transactions?sort=date", lambda row: (row["date"], row["id"])),
        ("/transactions?sort=date&account={checking}", lambda row: (row["date"], row["id"])),
        ("/vendors?sort=-name", lambda row: row["name"]),
        ("/vendors?sort=created_at", lambda row: row["id"]),
        ("/vendors?sort=-created_at", lambda row: row["id"]),
        ("/accounts?sort=-name", lambda row: row["name"]),
        ("/books?sort=-name", lambda row: row["name"]),
    ],
)
def test_pages_in_any_order_join_without_a_gap_in_both_directions(
    path: str, key: Any, api: Api, spent: list[str], checking: Account
) -> None:
    for name in ("Zoo", "Art"):
        api.post("/vendors", {"name": name})
        api.post("/books", {"name": name, "base_currency": "EUR"})
    path = path.format(checking=checking.id)
    falling = "sort=-" in path

    forth = walk(api, f"{path}&limit=1")

    assert len(forth) > 1
    assert forth == results(api.get(path))
    assert forth == sorted(forth, key=key, reverse=falling)
    last = api.get(f"{path}&limit=1").json()
    while last["next"]:
        last = api.get(last["next"].split("/api/v1")[1]).json()
    back = last["results"] + walk(api, last["previous"], "previous")
    assert back == forth[::-1]


def test_a_cursor_of_another_order_is_refused(api: Api, spent: list[str]) -> None:
    api.post("/vendors", {"name": "Zoo"})
    link = api.get("/vendors?sort=created_at&limit=1").json()["next"].split("/api/v1")[1]

    refused = api.get(link.replace("sort=created_at", "sort=name"))

    assert fault(refused)[0] == "?cursor"


def test_an_answer_s_tag_knows_its_shape(api: Api, spent: list[str]) -> None:
    paths = ["/accounts", "/accounts?fields=id", "/accounts?fields=id&expand=broker"]
    tags = {api.get(path).headers["ETag"] for path in paths}

    assert len(tags) == 3
    assert UUID(results(api.get(paths[1]))[0]["id"])

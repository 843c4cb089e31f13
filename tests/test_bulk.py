"""Many transactions at once: all or none, or each by itself, or only what would happen."""

from typing import Any
from uuid import UUID

import pytest
from conftest import Api
from django.db import connection
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from accounts.models import Account
from transactions.models import Entry, Transaction

BULK = "/transactions/bulk"


def row(account: Account, **more: Any) -> dict[str, Any]:
    return {
        "account": str(account.id), "amount": "-1.00", "date": "2026-05-10", "description": "x",
    } | more  # fmt: skip


@pytest.fixture
def three(api: Api, checking: Account) -> list[str]:
    """The ids of three purchases, in their order."""
    rows = [row(checking, description=name) for name in "abc"]
    return [one["id"] for one in api.post(BULK, {"transactions": rows}).json()["results"]]


def kept() -> list[tuple[str, str]]:
    rows = Entry.objects.filter(amount__lt=0).order_by("transaction__description")
    return [(e.transaction.description, f"{e.amount:.2f}") for e in rows]


BEFORE = [("a", "-1.00"), ("b", "-1.00"), ("c", "-1.00")]


def test_what_is_right_is_recorded_and_what_is_not_is_said(api: Api, checking: Account) -> None:
    rows = [
        row(checking, description="good"),
        row(checking, amount="one"),
        row(checking) | {"account": str(uuid7())},
        row(checking, description="too", external_id="1"),
        row(checking, description="twice", external_id="2"),
        row(checking, description="twice", external_id="2"),
    ]

    answer = api.post(f"{BULK}?atomic=false", {"transactions": rows})

    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [one["index"] for one in results] == [0, 1, 2, 3, 4, 5]
    assert [one["ok"] for one in results] == [True, False, False, True, False, False]
    assert [error["pointer"] for one in results[1:3] for error in one["errors"]] == [
        "/transactions/1/amount",
        "/transactions/2/account",
    ]
    assert results[5]["errors"][0]["pointer"] == "/transactions/5/external_id"
    assert results[3]["transaction"]["external_id"] == "1"
    assert {name for name, _ in kept()} == {"good", "too"}


def test_one_wrong_row_refuses_all(api: Api, checking: Account) -> None:
    rows = [row(checking), row(checking, amount="0.00"), row(checking, date="2026-02-30")]

    answer = api.post(BULK, {"transactions": rows})

    assert answer.status_code == 400
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/transactions/1/amount",
        "/transactions/2/date",
    }
    assert not Transaction.objects.exists()


@pytest.mark.parametrize("atomic", ["true", "false"])
def test_a_dry_run_says_what_would_happen_and_does_nothing(
    atomic: str, api: Api, three: list[str], checking: Account
) -> None:
    query = f"{BULK}?dry_run=true&atomic={atomic}"

    created = api.post(query, {"transactions": [row(checking, amount="-9.00")]})
    changed = api.patch(query, {"transactions": [{"id": three[0], "amount": "-8.00"}]})
    deleted = api("DELETE", query, {"transactions": [{"id": three[1]}]})

    for answer in (created, changed, deleted):
        assert answer.status_code == 200
        assert answer.json()["dry_run"] is True
        assert [one["ok"] for one in answer.json()["results"]] == [True]
    assert created.json()["results"][0]["transaction"]["amount"] == "-9.00"
    assert changed.json()["results"][0]["transaction"]["amount"] == "-8.00"
    assert kept() == BEFORE


def test_a_dry_run_of_what_is_wrong_is_refused_as_it_would_be(api: Api, checking: Account) -> None:
    answer = api.post(f"{BULK}?dry_run=true", {"transactions": [row(checking, amount="0.00")]})

    assert answer.status_code == 400


def test_many_are_corrected_together(
    api: Api, three: list[str], savings: Account, groceries: Account
) -> None:
    rows = [
        {"id": three[0], "amount": "-2.00", "category": str(groceries.id)},
        {"id": three[1], "date": "2026-05-12", "description": "b2", "external_id": "7"},
        {"id": three[2], "account": str(savings.id)},
    ]

    answer = api.patch(BULK, {"transactions": rows})

    assert answer.status_code == 200, answer.content
    a, b, c = answer.json()["results"]
    assert (a["amount"], a["category"], a["description"]) == ("-2.00", str(groceries.id), "a")
    assert (b["date"], b["description"], b["external_id"]) == ("2026-05-12", "b2", "7")
    assert c["account"] == str(savings.id)
    assert [one["id"] for one in (a, b, c)] == three
    assert api.get(f"/transactions/{three[1]}").json() == b


def test_external_ids_are_swapped_between_transactions(api: Api, three: list[str]) -> None:
    first = [{"id": id, "external_id": name} for id, name in zip(three, "xyz", strict=True)]
    swapped = [{"id": id, "external_id": name} for id, name in zip(three, "yzx", strict=True)]
    assert api.patch(BULK, {"transactions": first}).status_code == 200

    answer = api.patch(BULK, {"transactions": swapped})

    assert [one["external_id"] for one in answer.json()["results"]] == ["y", "z", "x"]


WRONG = {
    "nobody's": ({"id": str(UUID(int=1))}, "not_found", "/transactions/1"),
    "of another version": ({"version": 0}, "changed_meanwhile", "/transactions/1"),
    "with a wrong amount": ({"amount": "0.00"}, "zero", "/transactions/1/amount"),
    "malformed": ({"amount": "one"}, "malformed", "/transactions/1/amount"),
    "of an unknown field": ({"amont": "1"}, "unknown_field", "/transactions/1/amont"),
    "in an unknown category": (
        {"category": str(UUID(int=1))}, "not_found", "/transactions/1/category",
    ),
    "without a known entry": (
        {"entries": [{"id": str(UUID(int=1)), "note": "n"}]},
        "not_found",
        "/transactions/1/entries/0/id",
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_correction_refuses_all_and_says_where(
    wrong: str, api: Api, three: list[str]
) -> None:
    change, code, pointer = WRONG[wrong]
    rows = [{"id": three[0], "amount": "-2.00"}, {"id": three[1]} | change]

    answer = api.patch(BULK, {"transactions": rows})

    assert answer.status_code == 400
    assert [(e["code"], e["pointer"]) for e in answer.json()["errors"]] == [(code, pointer)]
    assert kept() == BEFORE


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_correction_alone_is_left_out(wrong: str, api: Api, three: list[str]) -> None:
    change, code, _ = WRONG[wrong]
    rows = [{"id": three[0], "amount": "-2.00"}, {"id": three[1]} | change]

    answer = api.patch(f"{BULK}?atomic=false", {"transactions": rows})

    good, refused = answer.json()["results"]
    assert (good["ok"], good["transaction"]["amount"]) == (True, "-2.00")
    assert refused["ok"] is False
    assert code in {refused["code"], *(error["code"] for error in refused["errors"])}
    assert kept() == [("a", "-2.00"), *BEFORE[1:]]


def test_a_transaction_named_twice_is_corrected_once(api: Api, three: list[str]) -> None:
    rows = [{"id": three[0], "amount": "-2.00"}, {"id": three[0], "amount": "-3.00"}]

    together = api.patch(BULK, {"transactions": rows})
    apart = api.patch(f"{BULK}?atomic=false", {"transactions": rows})

    assert together.json()["errors"][0]["pointer"] == "/transactions/1/id"
    assert [one["ok"] for one in apart.json()["results"]] == [True, False]


def test_many_are_deleted_together_and_come_back(api: Api, three: list[str]) -> None:
    answer = api("DELETE", BULK, {"transactions": [{"id": id} for id in three[:2]]})

    assert answer.json() == {"results": [{"id": id} for id in three[:2]]}
    assert kept() == BEFORE[2:]
    for id in three[:2]:
        assert api.post(f"/transactions/{id}/restore").status_code == 200
    assert kept() == BEFORE


def test_deletions_are_refused_together_or_alone(api: Api, three: list[str]) -> None:
    rows = [{"id": three[0]}, {"id": str(UUID(int=1))}, {"id": three[1], "version": 0}]

    together = api("DELETE", BULK, {"transactions": rows})
    before = kept()
    apart = api("DELETE", f"{BULK}?atomic=false", {"transactions": rows})

    assert together.status_code == 400
    assert [error["pointer"] for error in together.json()["errors"]] == [
        "/transactions/1",
        "/transactions/2",
    ]
    assert before == BEFORE
    assert [one["ok"] for one in apart.json()["results"]] == [True, False, False]
    assert kept() == BEFORE[1:]


def test_a_closed_month_keeps_its_rows(api: Api, three: list[str], checking: Account) -> None:
    assert api.post("/closed-months", {"month": "2026-05"}).status_code == 201
    sent = {"transactions": [{"id": three[0], "amount": "-2.00"}]}

    for answer in (
        api.patch(BULK, sent),
        api("DELETE", BULK, {"transactions": [{"id": three[0]}]}),
    ):
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["code"] == "month_closed"
    assert kept() == BEFORE


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_statements_do_not_grow_with_rows(method: str, api: Api, checking: Account) -> None:
    counts = []
    api.post(BULK, {"transactions": [row(checking)]})
    for many in (2, 200):
        made = api.post(BULK, {"transactions": [row(checking)] * many}).json()["results"]
        body = {
            "POST": [row(checking)] * many,
            "PATCH": [
                {"id": one["id"], "amount": "-2.00", "date": "2026-05-11", "external_id": one["id"]}
                for one in made
            ],
            "DELETE": [{"id": one["id"]} for one in made],
        }[method]

        with CaptureQueriesContext(connection) as seen:
            assert api(method, BULK, {"transactions": body}).status_code in (200, 201)
        counts.append(len(seen))

    assert counts[0] == counts[1] <= 12

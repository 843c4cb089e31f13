"""A long file is recorded in parts, that go on where they stopped; a file is read in many ways."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from conftest import Api
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from importing import Importer, verdicts
from test_imports import Row, ofx, upload

from accounts.models import Account
from buffet.audit import Actor
from buffet.errors import Invalid
from buffet.models import Book
from transactions import services as ledger
from transactions.models import Entry, ImportFile, ImportStatus, Transaction
from transactions.queries.verification import verify
from transactions.services.importing.standing import AlreadyCommitted

ROWS: list[Row] = [
    (f"202605{day:02}", f"-{day}.00", f"F{day}", f"Row {day}") for day in range(1, 11)
]
CSV = b"Date;Description;Amount\n04/05/2026;Bread;-9,90\n05/06/2026;Rice;-12,00\n"


@pytest.fixture
def bank(book: Book, by: Actor, checking: Account, settings: Any) -> Importer:
    """Someone who imports files into checking, three lines at once."""
    settings.IMPORT_CHUNK = 3
    return Importer(book, by, checking)


def test_the_same_request_again_goes_on(bank: Importer, api: Api, settings: Any) -> None:
    settings.IMPORT_SECONDS = 0
    id = bank.look(ROWS).id

    answers = [api.post(f"/imports/{id}/commit") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [202, 202, 202, 200]
    told = [answer.json() for answer in answers]
    assert [one["progress"]["done"] for one in told] == [3, 6, 9, 10]
    assert [one["status"] for one in told] == ["committing"] * 3 + ["committed"]
    assert len(bank.entries()) == 10
    assert told[-1]["statement"]["gap"] == "55.00"


def test_what_is_partly_recorded_is_taken_back_in_parts(
    bank: Importer, api: Api, settings: Any
) -> None:
    settings.IMPORT_SECONDS = 0
    id = bank.look(ROWS).id
    for _ in range(2):
        api.post(f"/imports/{id}/commit")

    first, second = (api.post(f"/imports/{id}/revert") for _ in range(2))

    assert (first.status_code, first.json()["status"]) == (202, "reverting")
    assert (second.status_code, second.json()["status"]) == (200, "reverted")
    assert bank.entries() == []
    assert api.get("/integrity").json()["ok"]


def test_a_replayed_202_does_nothing_more(bank: Importer, api: Api, settings: Any) -> None:
    settings.IMPORT_SECONDS = 0
    id = bank.look(ROWS).id
    key = {"Idempotency-Key": "one"}

    first, again = (api.post(f"/imports/{id}/commit", **key) for _ in range(2))

    assert first.content == again.content
    assert api.get(f"/imports/{id}").json()["progress"] == {"done": 3, "total": 10}


def test_a_month_closed_between_two_parts_stops_the_rest(bank: Importer) -> None:
    rows = [*ROWS[:5], ("20260601", "-1.00", "J", "June")]
    started = bank.look(rows)
    bank.commit(started, seconds=0)
    ledger.close_month(book=bank.book, by=bank.by, month=date(2026, 6, 1), today=date(2026, 7, 15))

    with pytest.raises(Invalid) as refused:
        bank.commit(started)

    assert [one.code for one in refused.value.faults] == ["month_closed"]
    assert [one.pointer for one in refused.value.faults] == ["/lines/5/date"]
    bank.revert(started)
    assert bank.entries() == []


def test_a_row_that_came_between_two_parts_is_not_recorded_again(bank: Importer) -> None:
    started, other = bank.look(ROWS), bank.look(ROWS[4:])
    bank.commit(started, seconds=0)
    bank.commit(other)

    bank.commit(started)

    assert len(bank.entries()) == 10
    assert [one for one, _ in verdicts(started)] == ["new"] * 4 + ["duplicate"] * 6


@pytest.mark.django_db(transaction=True)
def test_a_part_that_is_cut_off_leaves_nothing_and_is_done_again(bank: Importer) -> None:
    started = bank.look(ROWS)
    bank.commit(started, seconds=0)

    with cut_off("INSERT INTO transactions_entry"), pytest.raises(Exception):  # noqa: B017, PT011
        bank.commit(started)

    assert len(bank.entries()) == 3
    assert bank.commit(started).status == ImportStatus.COMMITTED
    assert len(bank.entries()) == 10
    assert all(check.ok for check in verify())


@contextmanager
def cut_off(words: str) -> Iterator[None]:
    """Kill the connection at a statement with some words, once it has run."""

    def kill(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = execute(sql, params, many, context)
        if words in sql:
            connection.connection.close()
        return found

    with connection.execute_wrapper(kill):
        yield
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_two_who_commit_at_once_record_no_line_twice(bank: Importer) -> None:
    started = bank.look(ROWS)
    wrong: list[Exception] = []

    def commit() -> None:
        try:
            bank.commit(started)
        except AlreadyCommitted:
            pass
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=commit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert len(bank.entries()) == 10


# The file, and its reading


def test_a_question_is_answered_and_the_file_read_again(checking: Account, api: Api) -> None:
    asked = upload(api, checking, CSV)
    assert (asked.status_code, asked.json()["errors"][0]["code"]) == (400, "ambiguous")
    assert "Say which with " in asked.json()["errors"][0]["detail"]
    assert api.get("/imports").json()["results"] == []

    sent = {"account": str(checking.id), "options": '{"day_first": true}'}
    file = SimpleUploadedFile("may.csv", CSV)
    headers = {"Authorization": f"Bearer {api.token}"}
    first = api.client.post("/api/v1/imports", sent | {"file": file}, headers=headers).json()
    assert [one["date"] for one in first["lines"]] == ["2026-05-04", "2026-06-05"]
    api.patch(f"/imports/{first['id']}/lines/1", {"description": "Loaf"})

    second = api.patch(f"/imports/{first['id']}", {"options": {"day_first": False}}).json()

    assert [one["date"] for one in second["lines"]] == ["2026-04-05", "2026-05-06"]
    third = api.patch(f"/imports/{first['id']}", {"options": {"day_first": True}}).json()
    assert third["profile"]["date_order"] == "dmy"
    api.post(f"/imports/{first['id']}/commit")
    assert not ImportFile.objects.exists()


def test_a_choice_stays_with_its_line_when_the_file_is_read_again(
    checking: Account, api: Api
) -> None:
    id = upload(api, checking, ofx(ROWS)).json()["id"]
    api.patch(f"/imports/{id}/lines/2", {"verdict": "ignored"})

    again = api.patch(f"/imports/{id}", {"options": {"day_first": True}}).json()

    assert [one["verdict"] for one in again["lines"]] == ["new", "ignored"] + ["new"] * 8
    assert again["lines"][1]["chosen"]


def test_the_account_is_known_by_the_number_in_the_file(checking: Account, api: Api) -> None:
    headers = {"Authorization": f"Bearer {api.token}"}

    def send() -> Any:
        file = SimpleUploadedFile("may.ofx", ofx(ROWS))
        return api.client.post("/api/v1/imports", {"file": file}, headers=headers)

    assert send().json()["errors"][0]["code"] == "which_account"
    api.patch(f"/accounts/{checking.id}", {"number": "0077 1"})
    assert send().json()["account"] == str(checking.id)
    assert send().status_code == 201


def test_a_look_into_a_file_keeps_nothing(checking: Account, api: Api) -> None:
    file = SimpleUploadedFile("may.ofx", ofx(ROWS, "-55.00"))
    headers = {"Authorization": f"Bearer {api.token}"}

    found = api.client.post("/api/v1/imports/inspect", {"file": file}, headers=headers).json()

    (statement,) = found["statements"]
    assert (found["format"], statement["lines"], statement["total"]) == ("ofx", 10, "-55.00")
    assert statement["sample"][0]["description"] == "Row 1"
    assert api.get("/imports").json()["results"] == []


def test_lines_come_by_pages_and_are_chosen_for_together(checking: Account, api: Api) -> None:
    id = upload(api, checking, ofx(ROWS)).json()["id"]

    chosen = api.post(
        f"/imports/{id}/lines",
        {"lines": [{"number": 2, "verdict": "ignored"}, {"number": 9, "verdict": "ignored"}]},
    )

    assert chosen.json()["counts"]["ignored"] == 2
    page = api.get(f"/imports/{id}/lines?verdict=new&limit=5").json()
    assert [one["number"] for one in page["results"]] == [1, 3, 4, 5, 6]
    rest = api.get(page["next"].removeprefix("http://testserver/api/v1")).json()
    assert [one["number"] for one in rest["results"]] == [7, 8, 10]
    repeated = {"lines": [{"number": 1, "verdict": "new"}, {"number": 11, "verdict": "new"}]}
    refused = api.post(f"/imports/{id}/lines", repeated).json()
    assert refused["errors"][0]["pointer"] == "/lines/1/number"


def test_a_file_of_a_thousand_lines_and_more_says_where_the_others_are(
    checking: Account, api: Api
) -> None:
    rows = [("20260501", "-1.00", f"A{number}", "x") for number in range(1100)]

    found = upload(api, checking, ofx(rows)).json()

    assert (len(found["lines"]), found["progress"]["total"]) == (1000, 1100)
    page = api.get(found["next"].removeprefix("http://testserver/api/v1")).json()
    assert page["results"][0]["number"] == 1001


# Any files, in any order


LINES = st.lists(
    st.tuples(
        st.integers(1, 4).map(lambda day: f"202605{day:02}"),
        st.sampled_from(["-1.00", "-2.00", "3.00"]),
        st.sampled_from(["", "", "own", "shared"]),
        st.sampled_from(["Market", "Coffee"]),
    ),
    min_size=1,
    max_size=10,
)


@examples(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lines=LINES, data=st.data())
def test_halves_shuffles_and_reverts_give_the_same_book(
    lines: list[Row], data: st.DataObject, book: Book, by: Actor, settings: Any
) -> None:
    """Rows that are equal, share an id or have none; the first file has them all."""
    settings.IMPORT_CHUNK = 4
    # A bank's own ids are one per row; a shared one comes with other words each time.
    rows = [
        (
            day,
            amount,
            f"id{place}" if id == "own" else id,
            f"{text} {place}" * (id == "shared") or text,
        )
        for place, (day, amount, id, text) in enumerate(lines)
    ]
    account = ledger.open_account(
        book=book, by=by, today=date(2026, 6, 15), name=f"A {Account.objects.count()}",
        kind="cash", currency="BRL",
    )  # fmt: skip
    bank = Importer(book, by, account)
    first = bank.bring(rows)
    expected = bank.entries()
    half = len(rows) // 2

    for file in (rows, rows[: half + 1], rows[half:], data.draw(st.permutations(rows)), rows):
        bank.bring(file)
        assert bank.entries() == expected
    bank.revert(first)
    bank.bring(data.draw(st.permutations(rows)))
    assert bank.entries() == expected
    for started in account.imports.filter(status="committed"):
        bank.revert(started)
    assert bank.entries() == []
    bank.bring(rows[half:])
    bank.bring(rows)
    assert bank.entries() == expected
    assert Transaction.objects.filter(entries__account=account).count() == len(expected)
    assert Entry.objects.filter(account=account).count() == len(rows)

"""A bank's file in: previewed, committed once, reverted whole."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from conftest import TODAY, Api
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger
from transactions.models import Entry, Transaction
from transactions.queries import balances
from transactions.queries.imports import detail

Row = tuple[str, str, str, str]
ROWS: list[Row] = [
    ("20260501", "-35.34", "A1", "Market"),
    ("20260502", "-9.90", "A2", "Coffee"),
    ("20260502", "-9.90", "A3", "Coffee"),
    ("20260510", "1200.00", "A4", "Salary"),
]


def ofx(rows: list[Row], closing: str = "1555.00", currency: str = "BRL") -> bytes:
    """Return a bank's file, as banks write it: values without closing tags."""
    lines = "".join(
        f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>{day}120000[-3:BRT]<TRNAMT>{amount}"
        + (f"<FITID>{id}" if id else "")
        + f"<MEMO>{memo}</STMTTRN>\n"
        for day, amount, id, memo in rows
    )
    return (
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>"
        f"<CURDEF>{currency}<BANKACCTFROM><BANKID>1<ACCTID>77-1<ACCTTYPE>CHECKING</BANKACCTFROM>"
        f"<BANKTRANLIST><DTSTART>20260501<DTEND>20260531\n{lines}</BANKTRANLIST>"
        f"<LEDGERBAL><BALAMT>{closing}<DTASOF>20260531</LEDGERBAL>"
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    ).encode()


def upload(api: Api, account: Account, content: bytes) -> Any:
    """Upload a file and return the answer."""
    return api.client.post(
        "/api/v1/imports",
        {"account": str(account.id), "file": SimpleUploadedFile("may.ofx", content)},
        headers={"Authorization": f"Bearer {api.token}"},
    )


def balance(api: Api, account: Account) -> str:
    """Return the balance of an account."""
    return api.get(f"/accounts/{account.id}").json()["balance"]


def test_a_preview_names_the_gap_and_changes_nothing(checking: Account, api: Api) -> None:
    preview = upload(api, checking, ofx(ROWS)).json()

    assert preview["counts"] == {"new": 4, "transfer": 0, "posted": 0, "duplicate": 0, "ignored": 0}
    statement = preview["statement"]
    assert (statement["opening"], statement["total"], statement["closing"]) == (
        "410.14", "1144.86", "1555.00",
    )  # fmt: skip
    assert statement["gap"] == "410.14"
    assert balance(api, checking) == "0.00"


def test_the_gap_is_booked_when_asked(checking: Account, api: Api) -> None:
    id = upload(api, checking, ofx(ROWS)).json()["id"]

    done = api.post(f"/imports/{id}/commit", {"book_opening_balance": True})

    assert (done.json()["status"], done.json()["statement"]["gap"]) == ("committed", "0.00")
    assert balance(api, checking) == "1555.00"
    oldest = api.get(f"/transactions?account={checking.id}").json()["results"][-1]
    assert (oldest["date"], oldest["amount"], oldest["kind"]) == ("2026-04-30", "410.14", "equity")


def test_without_being_asked_the_gap_stays(checking: Account, api: Api) -> None:
    id = upload(api, checking, ofx(ROWS)).json()["id"]

    api.post(f"/imports/{id}/commit")

    assert balance(api, checking) == "1144.86"


@pytest.mark.parametrize(
    ("has_balance", "opened", "before"),
    [(True, "1555.00", "410.14"), (False, "1555.00", "410.14"), (False, "1144.86", "0.00")],
)
def test_what_an_account_opened_with_later_has_the_lines_already(
    has_balance: bool, opened: str, before: str, book: Book, by: Actor, api: Api
) -> None:
    account = ledger.open_account(
        book=book, by=by, today=TODAY, name="Old", kind="checking", currency="BRL",
        opened_on=date(2026, 6, 1), opening_balance=Decimal(opened),
    )  # fmt: skip
    id = str(Transaction.objects.get(source="opening").id)
    csv = "Date,Description,Amount\n" + "".join(
        f"2026-05-{day[6:]},{memo},{amount}\n" for day, amount, _, memo in ROWS
    )
    content = ofx(ROWS) if has_balance else csv.encode()

    preview = upload(api, account, content).json()
    assert preview["opened_later"] == {
        "transaction": id,
        "date": "2026-06-01",
        "amount": opened,
        "lines": 4,
        "instead": {"date": "2026-04-30", "amount": before},
    }
    commit = f"/imports/{preview['id']}/commit"
    done = api.post(commit, {"book_opening_balance": True}).json()

    assert (done["status"], done["opened_later"]) == ("committed", None)
    assert done["statement"]["gap"] == ("0.00" if has_balance else None)
    assert balance(api, account) == opened
    moved = api.get(f"/transactions/{id}").json()
    # An account that opened with nothing has no such entry.
    is_there = ("2026-04-30", before) if before != "0.00" else (None, None)
    assert (moved.get("date"), moved.get("amount")) == is_there
    api.post(f"/imports/{preview['id']}/revert")
    back = api.get(f"/transactions/{id}").json()
    assert (back["date"], back["amount"]) == ("2026-06-01", opened)
    assert balance(api, account) == opened


def test_the_same_file_again_adds_nothing(checking: Account, api: Api) -> None:
    first = upload(api, checking, ofx(ROWS)).json()["id"]
    second = upload(api, checking, ofx(ROWS)).json()["id"]
    api.post(f"/imports/{first}/commit")

    # Previewed before the first was committed, and still adds nothing.
    again = api.post(f"/imports/{second}/commit", {"book_opening_balance": True}).json()

    assert again["counts"] == {"new": 0, "transfer": 0, "posted": 0, "duplicate": 4, "ignored": 0}
    assert {line["reason"] for line in again["lines"]} == {"same_bank_id"}
    assert len(api.get("/transactions").json()["results"]) == 5
    assert api.post(f"/imports/{second}/commit").json()["code"] == "already_committed"


def test_a_revert_takes_all_back_and_the_file_comes_in_again(checking: Account, api: Api) -> None:
    id = upload(api, checking, ofx(ROWS)).json()["id"]
    api.post(f"/imports/{id}/commit", {"book_opening_balance": True})

    reverted = api.post(f"/imports/{id}/revert")

    assert reverted.json()["status"] == "reverted"
    assert balance(api, checking) == "0.00"
    assert api.get("/transactions").json()["results"] == []
    assert upload(api, checking, ofx(ROWS)).json()["counts"]["new"] == 4


def test_a_bank_that_gives_one_id_to_two_rows_loses_none(checking: Account, api: Api) -> None:
    rows = [("20260501", "-1.00", "X", "One"), ("20260501", "-2.00", "X", "Two")]
    for order in (rows, rows[::-1], rows[:1], rows[1:]):
        id = upload(api, checking, ofx(order)).json()["id"]
        api.post(f"/imports/{id}/commit")

    assert balance(api, checking) == "-3.00"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.4", "PDF"),
        (b"", "empty"),
        (ofx(ROWS)[:-60], "not complete"),
        (ofx([("20260501", "12,34.5", "A", "x")]), "Line"),
        (ofx([("20261350", "1.00", "A", "x")]), "DTPOSTED"),
        (ofx(ROWS, currency="USD"), "USD"),
        (ofx([("20260501", "1.005", "A", "x")]), "decimals"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(
    content: bytes, said: str, checking: Account, api: Api
) -> None:
    answer = upload(api, checking, content)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/file"
    assert said in answer.json()["detail"]
    assert api.get("/imports").json()["results"] == []


def test_a_line_in_a_closed_month_commits_nothing(checking: Account, api: Api) -> None:
    id = upload(api, checking, ofx(ROWS)).json()["id"]
    api.post("/closed-months", {"month": "2026-05"})

    answer = api.post(f"/imports/{id}/commit")

    assert {error["code"] for error in answer.json()["errors"]} == {"month_closed"}
    assert balance(api, checking) == "0.00"


def test_a_file_that_is_too_large_is_refused(checking: Account, api: Api, settings: Any) -> None:
    settings.IMPORT_MAX_BYTES = 100

    answer = upload(api, checking, ofx(ROWS))

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_preview_is_discarded(checking: Account, api: Api) -> None:
    id = upload(api, checking, ofx(ROWS)).json()["id"]

    assert api.delete(f"/imports/{id}").status_code == 204
    assert api.get(f"/imports/{id}").status_code == 404


def test_the_list_costs_three_statements_however_many_there_are(
    checking: Account, api: Api, django_assert_num_queries: Any
) -> None:
    for many in (2, 5):
        for _ in range(many):
            upload(api, checking, ofx(ROWS))
        with django_assert_num_queries(3):
            listed = api.get("/imports").json()["results"]
    assert {row["counts"]["new"] for row in listed} == {4}


LINES = st.lists(
    st.tuples(
        st.integers(1, 28).map(lambda day: f"202605{day:02}"),
        st.integers(-5000, 5000).filter(bool).map(lambda cents: f"{cents / 100:.2f}"),
        st.sampled_from(["Market", "Coffee"]),
    ),
    min_size=1,
    max_size=12,
)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lines=LINES, with_ids=st.booleans(), data=st.data())
def test_any_order_and_overlap_of_files_gives_the_same_book(
    lines: list[tuple[str, str, str]], with_ids: bool, data: st.DataObject, book: Book, by: Actor
) -> None:
    account = ledger.open_account(
        book=book,
        by=by,
        today=date(2026, 6, 15),
        name=f"Account {Account.objects.count()}",
        kind="cash",
        currency="BRL",
    )
    rows = [
        (day, amount, f"id{i}" if with_ids else "", memo)
        for i, (day, amount, memo) in enumerate(lines)
    ]
    half = len(rows) // 2
    files = [rows, rows[: half + 1], rows[half:], data.draw(st.permutations(rows))]

    def bring(content: list[Row]) -> dict[str, Any]:
        started = ledger.preview(
            book=book, by=by, account_id=account.id, file=BytesIO(ofx(content)), file_name="x.ofx"
        )
        return detail(ledger.commit(book=book, by=by, import_id=started.id))

    first = bring(files[0])
    for content in files[1:]:
        assert bring(content)["counts"]["new"] == 0
    ledger.revert(book=book, by=by, import_id=first["id"])
    assert balances.balance(book.id, account.id, date(2026, 12, 31)) == 0
    again = bring(files[3])

    assert again["counts"]["new"] == len(rows)
    assert again["statement"]["total"] == first["statement"]["total"]


def test_what_is_pending_is_in_no_balance_of_the_bank(checking: Account, api: Api) -> None:
    pending = (
        "<BANKTRANLISTP><DTASOF>20260531<STMTTRNP><TRNTYPE>DEBIT<DTTRAN>20260531<TRNAMT>-7.00"
        "<NAME>Kiosk</STMTTRNP></BANKTRANLISTP><LEDGERBAL>"
    )
    content = ofx(ROWS).replace(b"<LEDGERBAL>", pending.encode())

    preview = upload(api, checking, content).json()
    done = api.post(f"/imports/{preview['id']}/commit", {"book_opening_balance": True}).json()

    assert [line["pending"] for line in preview["lines"]] == [False] * 4 + [True]
    for said in (preview["statement"], done["statement"]):
        assert (said["total"], said["opening"]) == ("1144.86", "410.14")
    assert (preview["statement"]["gap"], done["statement"]["gap"]) == ("410.14", "0.00")
    assert balance(api, checking) == "1548.00"


def test_what_a_file_says_is_reconciled_is_recorded_so(checking: Account, api: Api) -> None:
    rows = "D31/12/2025\nT-1.00\nCX\nPa\n^\nD31/12/2025\nT-2.00\nC*\nPb\n^\n"
    started = upload(api, checking, f"!Type:Bank\n{rows}".encode()).json()

    api.post(f"/imports/{started['id']}/commit")

    assert [line["reconciled"] for line in started["lines"]] == [True, False]
    found = Entry.objects.filter(account=checking).order_by("-amount")
    assert [*found.values_list("status", flat=True)] == ["reconciled", "cleared"]

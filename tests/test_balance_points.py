"""What an account is known to have is compared with what the ledger says, to the cent."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from bookkeeping import TODAY, Bookkeeper
from conftest import Api
from django.db import connection
from django.test.utils import CaptureQueriesContext
from raw import refused, run

from accounts.models import Account
from buffet.audit import Actor
from buffet.errors import Invalid
from buffet.models import Book
from transactions import services as ledger
from transactions.models import BalancePoint
from transactions.queries import balances, points
from transactions.services.accounts import HasPoints
from transactions.services.points import PointTaken


def test_each_point_is_beside_what_the_ledger_says_at_the_end_of_its_day(
    book: Book, keeper: Bookkeeper, checking: Account, dollars: Account
) -> None:
    for number in range(70):
        keeper.move(checking, date(2026, 3, 1) + timedelta(number), f"{number + 1}.07")
    keeper.move(dollars, date(2026, 4, 1), "5.00")
    days = [date(2026, 2, 28) + timedelta(number) for number in range(0, 75, 3)]
    for day in days:
        keeper.point(checking, day, "100.00")

    found = points.page(book.id, points.Filters(account_id=checking.id))

    assert [point.on for point in found] == days[::-1]
    for point in found:
        assert point.computed == balances.balance(book.id, checking.id, point.on), point.on
        assert point.difference == Decimal("100.00") - point.computed


@pytest.mark.parametrize(("count", "months"), [(2, 3), (30, 60)])
def test_points_are_computed_by_one_statement_however_many_they_are(
    book: Book, keeper: Bookkeeper, checking: Account, count: int, months: int
) -> None:
    for month in range(months):
        keeper.move(checking, date(2021 + month // 12, month % 12 + 1, 20), "1.00")
    for number in range(count):
        keeper.point(checking, date(2021, 1, 15) + timedelta(number), "0")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = points.page(book.id, points.Filters(account_id=checking.id))

    assert (len(found), len(queries)) == (count, 1)


def test_an_account_s_first_point_that_differs_says_since_when(
    book: Book, keeper: Bookkeeper, checking: Account
) -> None:
    keeper.move(checking, date(2026, 3, 10), "100.00")
    keeper.move(checking, date(2026, 4, 10), "-30.00")
    keeper.point(checking, date(2026, 3, 31), "100.00")
    keeper.point(checking, date(2026, 4, 30), "65.55")
    keeper.point(checking, date(2026, 5, 31), "1.00")

    found = points.checks(book.id, checking.id)

    assert [check.point.ok for check in found] == [True, False, False]
    assert [(check.differs_from, check.differs_until) for check in found] == [
        (None, None), (date(2026, 4, 1), date(2026, 4, 30)), (None, None)
    ]  # fmt: skip


def test_without_a_point_that_agrees_it_is_since_the_first_entry(
    book: Book, keeper: Bookkeeper, checking: Account
) -> None:
    keeper.move(checking, date(2026, 3, 10), "100.00")
    keeper.point(checking, date(2026, 4, 30), "65.55")

    (check,) = points.checks(book.id, checking.id)

    assert (check.differs_from, check.differs_until) == (date(2026, 3, 10), date(2026, 4, 30))


@pytest.mark.parametrize(
    ("balance", "narrowed"),
    [
        # Without it, and with the other sign.
        ("100.00", True), ("130.00", True), ("99.99", False),
    ],
)  # fmt: skip
def test_a_transaction_that_explains_all_of_it_is_named(
    book: Book, keeper: Bookkeeper, checking: Account, balance: str, narrowed: bool
) -> None:
    keeper.move(checking, date(2026, 4, 2), "100.00")
    suspect = keeper.move(checking, date(2026, 4, 10), "-30.00")
    keeper.move(checking, date(2026, 4, 11), "-12.00")
    keeper.move(checking, date(2026, 4, 12), "12.00")
    keeper.point(checking, date(2026, 4, 30), balance)

    (check,) = points.checks(book.id, checking.id)

    days = (date(2026, 4, 10),) * 2 if narrowed else (date(2026, 4, 2), date(2026, 4, 30))
    assert (check.differs_from, check.differs_until) == days
    assert check.suspect == (suspect if narrowed else None)


def test_a_point_is_not_of_another_book(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account
) -> None:
    theirs = Book.objects.create(name="Theirs", base_currency="BRL")

    with pytest.raises(Invalid) as error:
        Bookkeeper(theirs, by).point(checking, date(2026, 4, 30), "1.00")

    assert [(one.pointer, one.code) for one in error.value.faults] == [("/account", "not_found")]


@pytest.mark.parametrize(
    ("on", "balance", "pointer", "code"),
    [
        (TODAY + timedelta(1), "1.00", "/on", "in_the_future"),
        (TODAY, "1.001", "/balance", "too_many_decimals"),
    ],
)
def test_a_balance_is_of_a_past_day_and_in_the_currency_s_decimals(
    keeper: Bookkeeper, checking: Account, on: date, balance: str, pointer: str, code: str
) -> None:
    with pytest.raises(Invalid) as error:
        keeper.point(checking, on, balance)

    assert [(one.pointer, one.code) for one in error.value.faults] == [(pointer, code)]


def test_a_day_has_one_point(keeper: Bookkeeper, checking: Account) -> None:
    point = keeper.point(checking, TODAY, "1.00")

    with pytest.raises(PointTaken):
        keeper.point(checking, TODAY, "2.00")
    with refused("one_point_per_day"):
        run(
            'INSERT INTO transactions_balancepoint (id, book_id, account_id, "on", balance, kind, '
            "note) SELECT gen_random_uuid(), book_id, account_id, \"on\", 1, kind, '' "
            "FROM transactions_balancepoint WHERE id = %s",
            point.id,
        )


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("balance = 'NaN'", "point_is_an_amount"),
        ("balance = 0.001", "point_has_decimals_of_currency"),
        ("kind = 'guess'", "point_is_known"),
        ("account_id = %(groceries)s", "point_is_of_an_account"),
        ("account_id = %(nothing)s", "point_is_of_an_account"),
        ("import_id = %(nothing)s", "point_import_in_book"),
        ("transaction_id = %(nothing)s, booked_on = '2026-06-01'", "only_valuations_book"),
        ("kind = 'valuation', transaction_id = %(nothing)s", "only_valuations_book"),
        (
            "kind = 'valuation', transaction_id = %(nothing)s, booked_on = '2026-06-01'",
            "point_transaction_in_book",
        ),
    ],
)
def test_the_database_refuses_a_point_that_says_nonsense(
    keeper: Bookkeeper, checking: Account, groceries: Account, change: str, constraint: str
) -> None:
    point = keeper.point(checking, TODAY, "1.00")
    names = {"groceries": groceries.id, "nothing": point.id}

    with refused(constraint), connection.cursor() as cursor:
        cursor.execute(f"UPDATE transactions_balancepoint SET {change}", names)


def test_an_account_with_points_is_not_deleted(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account
) -> None:
    point = keeper.point(checking, TODAY, "1.00")

    with pytest.raises(HasPoints):
        ledger.delete_account(book=book, by=by, account_id=checking.id)
    with refused("point_account_in_book"):
        run("DELETE FROM accounts_account WHERE id = %s", checking.id)
    ledger.delete_point(book=book, by=by, point_id=point.id)
    ledger.delete_account(book=book, by=by, account_id=checking.id)

    assert not BalancePoint.objects.exists()


def test_points_are_listed_by_day_and_filtered(
    api: Api, keeper: Bookkeeper, checking: Account, savings: Account
) -> None:
    keeper.move(checking, date(2026, 4, 10), "10.00")
    for day in (10, 20, 30):
        keeper.point(checking, date(2026, 4, day), "10.00" if day == 20 else "11.00")
    keeper.point(savings, date(2026, 4, 15), "0.00", kind="statement")

    def days(asked: str) -> list[str]:
        return [row["on"][-2:] for row in api.get(f"/balance-points{asked}").json()["results"]]

    assert days("") == ["30", "20", "15", "10"]
    assert days(f"?account={checking.id}&ok=false") == ["30", "10"]
    assert days("?ok=true") == ["20", "15"]
    assert days("?kind=valuation") == []
    assert days("?date_from=2026-04-15&date_to=2026-04-20") == ["20", "15"]
    first = api.get("/balance-points?limit=3").json()
    second = api.get(first["next"].split("/api/v1")[1]).json()
    assert [row["on"][-2:] for row in second["results"]] == ["10"]
    back = api.get(second["previous"].split("/api/v1")[1]).json()
    assert back["results"] == first["results"]


def test_a_point_is_kept_changed_and_deleted_over_the_api(api: Api, checking: Account) -> None:
    body = {"account": str(checking.id), "on": "2026-05-31", "balance": "-5.00", "note": "Letter"}

    made = api.post("/balance-points", body).json()
    address = f"/balance-points/{made['id']}"
    changed = api.patch(address, {"balance": "0", "note": None})

    assert (made["balance"], made["computed"], made["difference"]) == ("-5.00", "0.00", "-5.00")
    assert (made["ok"], made["differs_from"], made["differs_until"]) == (
        False, "2026-05-31", "2026-05-31"
    )  # fmt: skip
    told = changed.json()
    assert (told["ok"], told["differs_from"], told["note"]) == (True, None, "")
    assert api.get(address).json() == told
    assert api.patch(address, {"note": "x"}, **{"If-Match": '"999"'}).status_code == 412
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == 404


def test_a_commit_keeps_the_bank_s_balance_and_a_revert_takes_it_away(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account, statement: Any
) -> None:
    started = statement(checking)

    ledger.commit(book=book, by=by, import_id=started.id)

    (point,) = BalancePoint.objects.filter(of_import=started)
    assert (point.account_id, point.on, point.balance) == (
        checking.id, date(2026, 5, 31), Decimal("100.00")
    )  # fmt: skip
    assert point.kind == "statement"
    ledger.revert(book=book, by=by, import_id=started.id)
    assert not BalancePoint.objects.exists()


def test_a_commit_leaves_the_point_that_is_there(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account, statement: Any
) -> None:
    mine = keeper.point(checking, date(2026, 5, 31), "7.00")
    started = statement(checking)

    ledger.commit(book=book, by=by, import_id=started.id)
    ledger.revert(book=book, by=by, import_id=started.id)

    assert BalancePoint.objects.get() == mine


@pytest.fixture
def statement(book: Book, by: Actor) -> Any:
    """A maker of previewed imports, of a statement that ends with 100.00 on 31 May."""
    content = (
        b"OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>BRL"
        b"<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST><STMTTRN><TRNTYPE>DEBIT"
        b"<DTPOSTED>20260502<TRNAMT>-9.90<FITID>a1<MEMO>Bread</STMTTRN></BANKTRANLIST>"
        b"<LEDGERBAL><BALAMT>100.00<DTASOF>20260531</LEDGERBAL></STMTRS></STMTTRNRS>"
        b"</BANKMSGSRSV1></OFX>"
    )

    def make(account: Account) -> Any:
        return ledger.preview(
            book=book, by=by, account_id=account.id, file=BytesIO(content), file_name="may.ofx"
        )

    return make

"""What a bank agreed with stays: the database refuses to change it, the services say so before."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from bookkeeping import TODAY, Bookkeeper
from conftest import Api
from raw import check_now, put, refused, run

from accounts.models import Account
from buffet.audit import Actor
from buffet.errors import Invalid
from buffet.models import Book, Role
from transactions import services as ledger
from transactions.drafts import Changes, Correction, Deletion, Draft, DraftEntry
from transactions.models import BalancePoint, BalancePointEvent, Entry, Transaction
from transactions.services.points import PointReconciled
from transactions.services.reconciling import (
    AlreadyReconciled,
    BalancesDiffer,
    LaterIsReconciled,
    NotReconciled,
    StillPending,
)

MARCH, APRIL, MAY = date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)
LOCKED = date(2026, 4, 10)


@pytest.fixture
def locked(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account, groceries: Account
) -> UUID:
    """A purchase of 10 April on checking, which is reconciled up to the 30th."""
    bought = keeper.move(checking, LOCKED, "-30.00", category_id=groceries.id)
    point = keeper.point(checking, APRIL, "-30.00")
    ledger.reconcile(book=book, by=by, point_id=point.id)
    return bought


def statuses(account: Account) -> list[str]:
    """Return the status of each entry of an account, the earliest first."""
    rows = Entry.objects.filter(account=account).order_by("date", "id")
    return list(rows.values_list("status", flat=True))


# Reconciling


def test_entries_up_to_the_day_are_reconciled(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account, locked: UUID
) -> None:
    keeper.move(checking, date(2026, 5, 1), "-1.00")

    checking.refresh_from_db()
    assert statuses(checking) == ["reconciled", "cleared"]
    assert checking.locked_through == APRIL
    assert BalancePoint.objects.get().reconciled_at is not None


def test_a_balance_that_differs_is_refused_by_how_much(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account
) -> None:
    keeper.move(checking, LOCKED, "-30.00")
    point = keeper.point(checking, APRIL, "-17.50")

    with pytest.raises(BalancesDiffer, match=r"should have -17\.50 BRL.*has -30\.00.* is 12\.50"):
        ledger.reconcile(book=book, by=by, point_id=point.id)

    checking.refresh_from_db()
    assert checking.locked_through is None


def test_pending_entries_are_in_the_way(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account
) -> None:
    for day in (4, 3, 5):
        keeper.move(checking, date(2026, 4, day), "-1.00", status="pending")
    point = keeper.point(checking, APRIL, "-3.00")

    with pytest.raises(StillPending, match=r"^3 entries are still pending .* first of 2026-04-03"):
        ledger.reconcile(book=book, by=by, point_id=point.id)


def test_a_point_is_reconciled_once(
    book: Book, by: Actor, keeper: Bookkeeper, locked: UUID
) -> None:
    with pytest.raises(AlreadyReconciled):
        ledger.reconcile(book=book, by=by, point_id=BalancePoint.objects.get().id)


def test_entries_of_closed_months_keep_the_status_that_they_have(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account
) -> None:
    keeper.move(checking, MARCH, "-1.00")
    keeper.move(checking, LOCKED, "-1.00")
    ledger.close_month(book=book, by=by, month=MARCH, today=TODAY)
    point = keeper.point(checking, APRIL, "-2.00")

    ledger.reconcile(book=book, by=by, point_id=point.id)

    assert statuses(checking) == ["cleared", "reconciled"]


def test_what_is_reconciled_stays_as_it_is(
    book: Book, by: Actor, keeper: Bookkeeper, locked: UUID
) -> None:
    point = BalancePoint.objects.get()

    with pytest.raises(PointReconciled):
        ledger.change_point(book=book, by=by, point_id=point.id, balance=Decimal(1))
    with pytest.raises(PointReconciled):
        ledger.delete_point(book=book, by=by, point_id=point.id)
    ledger.change_point(book=book, by=by, point_id=point.id, note="Seen")
    with refused("reconciled_points_stay"):
        run("UPDATE transactions_balancepoint SET balance = 1")
    with refused("reconciled_points_stay"):
        run("UPDATE transactions_balancepoint SET \"on\" = '2026-04-29'")
    with refused("reconciled_points_stay"):
        run("DELETE FROM transactions_balancepoint")


# The database


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE transactions_entry SET amount = amount * 2",
        "UPDATE transactions_entry SET status = 'pending'",
        "UPDATE transactions_entry SET account_id = %(savings)s WHERE account_id = %(checking)s",
        "DELETE FROM transactions_entry",
        "UPDATE transactions_transaction SET date = '2026-05-10' WHERE date = '2026-04-10'",
        "UPDATE transactions_transaction SET date = '2026-04-30' WHERE date = '2026-05-10'",
    ],
)
def test_the_database_refuses_to_change_reconciled_entries(
    keeper: Bookkeeper, checking: Account, savings: Account, locked: UUID, change: str
) -> None:
    keeper.move(checking, date(2026, 5, 10), "-2.00")
    check_now()
    names = {"%(savings)s": f"'{savings.id}'", "%(checking)s": f"'{checking.id}'"}
    for name, value in names.items():
        change = change.replace(name, value)

    with refused("reconciled_days_stay"):
        run(change)


def test_the_database_refuses_entries_that_come_or_move_there(
    book: Book, keeper: Bookkeeper, checking: Account, savings: Account, groceries: Account,
    locked: UUID,
) -> None:  # fmt: skip
    with refused("reconciled_days_stay"):
        put(book, (groceries, "1.00"), (checking, "-1.00"), on=APRIL)
    put(book, (checking, "-1.00"), (groceries, "1.00"), on=date(2026, 5, 1))
    put(book, (savings, "-1.00"), (groceries, "1.00"), on=LOCKED)
    check_now()
    with refused("reconciled_days_stay"):
        run(
            "UPDATE transactions_entry SET account_id = %s WHERE account_id = %s",
            checking.id,
            savings.id,
        )


def test_the_database_lets_change_what_the_balance_does_not_follow_from(
    checking: Account, groceries: Account, salary: Account, locked: UUID
) -> None:
    run("UPDATE transactions_entry SET note = 'x', external_id = id::text")
    run(
        "UPDATE transactions_entry SET account_id = %s WHERE account_id = %s",
        salary.id,
        groceries.id,
    )

    check_now()


# The services


def _record(keeper: Bookkeeper, checking: Account, bought: UUID) -> None:
    keeper.move(checking, LOCKED, "-1.00")


def _record_one(keeper: Bookkeeper, checking: Account, bought: UUID) -> None:
    draft = Draft(date=APRIL, description="x", account_id=checking.id, amount=Decimal(1))
    ledger.record_one(**keeper.who, draft=draft)


def _change_amount(keeper: Bookkeeper, checking: Account, bought: UUID) -> None:
    changes = Changes({"amount": Decimal(-31)})
    ledger.correct(**keeper.who, transaction_id=bought, changes=changes)


def _change_date(keeper: Bookkeeper, checking: Account, bought: UUID) -> None:
    changes = Changes({"date": date(2026, 5, 2)})
    ledger.correct(**keeper.who, transaction_id=bought, changes=changes)


def _change_status(keeper: Bookkeeper, checking: Account, bought: UUID) -> None:
    ledger.correct(**keeper.who, transaction_id=bought, changes=Changes({"status": "cleared"}))


def _bring(keeper: Bookkeeper, checking: Account, bought: UUID) -> None:
    later = keeper.move(checking, date(2026, 5, 2), "-1.00")
    ledger.correct(**keeper.who, transaction_id=later, changes=Changes({"date": LOCKED}))


def _delete(keeper: Bookkeeper, checking: Account, bought: UUID) -> None:
    ledger.delete(**keeper.who, transaction_ids=[bought])


@pytest.mark.parametrize(
    "does", [_record, _record_one, _change_amount, _change_date, _change_status, _bring, _delete]
)
def test_a_service_names_the_account_and_the_day(
    keeper: Bookkeeper, checking: Account, locked: UUID,
    does: Callable[[Bookkeeper, Account, UUID], None],
) -> None:  # fmt: skip
    with pytest.raises(Invalid) as error:
        does(keeper, checking, locked)

    (fault,) = error.value.faults
    assert (fault.pointer, fault.code) == ("/date", "days_reconciled")
    assert fault.detail.startswith("Checking is reconciled up to 2026-04-30;")


def test_each_row_of_many_is_refused_by_itself(
    keeper: Bookkeeper, checking: Account, locked: UUID
) -> None:
    good = keeper.move(checking, date(2026, 5, 2), "-1.00")
    amount = Changes({"amount": Decimal(-5)})
    deletions = [Deletion(locked, pointer="/0"), Deletion(good, pointer="/1")]
    corrections = [Correction(id, amount, pointer=f"/{at}") for at, id in enumerate((locked, good))]

    changed = ledger.correct_each(**keeper.who, rows=corrections, partly=True)
    deleted = ledger.delete_each(**keeper.who, rows=deletions, partly=True)

    for outcomes in (changed, deleted):
        refusal, done = outcomes
        assert done == good
        assert isinstance(refusal, Invalid)
        assert [fault.pointer for fault in refusal.faults] == ["/0/date"]


def test_what_was_deleted_before_does_not_return(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account
) -> None:
    gone = keeper.move(checking, LOCKED, "-30.00")
    ledger.delete(book=book, by=by, transaction_ids=[gone])
    ledger.reconcile(book=book, by=by, point_id=keeper.point(checking, APRIL, "0").id)

    with pytest.raises(Invalid) as error:
        ledger.restore(book=book, by=by, transaction_id=gone)

    assert {fault.code for fault in error.value.faults} == {"days_reconciled"}


@pytest.mark.parametrize(
    "given",
    [
        {"description": "Market"},
        {"notes": "With a friend"},
        {"category_id": None},
        {"external_id": "bank-1"},
    ],
)
def test_what_leaves_the_account_as_it_is_may_change(
    keeper: Bookkeeper, checking: Account, locked: UUID, given: dict[str, Any]
) -> None:
    ledger.correct(**keeper.who, transaction_id=locked, changes=Changes(given))

    check_now()
    (own,) = Entry.objects.filter(transaction=locked, account=checking)
    assert (own.amount, own.status) == (Decimal(-30), "reconciled")


def test_the_other_side_of_a_transfer_may_not_leave_its_own_locked_account(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account, savings: Account, locked: UUID
) -> None:
    moved = keeper.move(savings, date(2026, 5, 2), "-5.00", transfer_to_id=checking.id)

    with pytest.raises(Invalid) as error:
        ledger.correct(
            **keeper.who, transaction_id=moved, changes=Changes({"date": date(2026, 4, 29)})
        )

    assert [fault.code for fault in error.value.faults] == ["days_reconciled"]


def test_each_account_is_named_once(
    keeper: Bookkeeper, checking: Account, groceries: Account, locked: UUID
) -> None:
    entries = (
        DraftEntry(checking.id, Decimal(-1)),
        DraftEntry(checking.id, Decimal(-2)),
        DraftEntry(groceries.id, Decimal(3)),
    )

    with pytest.raises(Invalid) as error:
        ledger.record(**keeper.who, drafts=[Draft(LOCKED, "x", entries=entries)])

    assert [fault.pointer for fault in error.value.faults] == ["/date"]


def test_an_import_into_reconciled_days_is_refused_by_line(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account, locked: UUID
) -> None:
    content = (
        b"OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>BRL"
        b"<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST>"
        b"<STMTTRN><DTPOSTED>20260502<TRNAMT>-9.90<FITID>a<MEMO>Bread</STMTTRN>"
        b"<STMTTRN><DTPOSTED>20260429<TRNAMT>-7.90<FITID>b<MEMO>Milk</STMTTRN>"
        b"</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )
    started = ledger.preview(
        book=book, by=by, account_id=checking.id, file=BytesIO(content), file_name="april.ofx"
    )

    with pytest.raises(Invalid) as error:
        ledger.commit(book=book, by=by, import_id=started.id)

    assert [(one.pointer, one.code) for one in error.value.faults] == [
        ("/lines/1/date", "days_reconciled")
    ]


def test_an_import_whose_days_were_reconciled_since_is_not_reverted(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account
) -> None:
    content = (
        b"OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>BRL"
        b"<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST>"
        b"<STMTTRN><DTPOSTED>20260429<TRNAMT>-7.90<FITID>b<MEMO>Milk</STMTTRN></BANKTRANLIST>"
        b"<LEDGERBAL><BALAMT>-7.90<DTASOF>20260430</LEDGERBAL>"
        b"</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )
    started = ledger.preview(
        book=book, by=by, account_id=checking.id, file=BytesIO(content), file_name="april.ofx"
    )
    ledger.commit(book=book, by=by, import_id=started.id)
    ledger.reconcile(book=book, by=by, point_id=BalancePoint.objects.get().id)

    with pytest.raises(Invalid) as error:
        ledger.revert(book=book, by=by, import_id=started.id)

    assert {fault.code for fault in error.value.faults} == {"days_reconciled"}
    assert Transaction.objects.count() == 1


# Unlocking


def test_the_latest_day_is_unlocked_first(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account, locked: UUID
) -> None:
    keeper.move(checking, date(2026, 5, 2), "-1.00")
    april = BalancePoint.objects.get()
    may = keeper.point(checking, MAY, "-31.00")
    ledger.reconcile(book=book, by=by, point_id=may.id)
    with pytest.raises(LaterIsReconciled, match="up to 2026-05-31"):
        ledger.unlock(book=book, by=by, point_id=april.id, reason="x")

    ledger.unlock(book=book, by=by, point_id=may.id, reason="x")

    checking.refresh_from_db()
    assert checking.locked_through == APRIL
    assert statuses(checking) == ["reconciled", "cleared"]
    ledger.unlock(book=book, by=by, point_id=april.id, reason="x")
    with pytest.raises(NotReconciled):
        ledger.unlock(book=book, by=by, point_id=april.id, reason="x")
    assert statuses(checking) == ["cleared", "cleared"]
    ledger.delete(book=book, by=by, transaction_ids=[locked])


def test_only_an_owner_unlocks_and_the_history_keeps_why(
    api: Api, book: Book, person: Any, sign_in: Any, keeper: Bookkeeper, checking: Account
) -> None:
    point = keeper.point(checking, APRIL, "0")
    address = f"/balance-points/{point.id}"
    editor = sign_in(person("editor", book, Role.EDITOR))
    assert editor.post(f"{address}/reconcile").json()["reconciled_at"]
    assert api.get(f"/accounts/{checking.id}").json()["locked_through"] == "2026-04-30"

    refused_to_editor = editor.post(f"{address}/unlock", {"reason": "x"})
    unreasoned = api.post(f"{address}/unlock", {})
    unlocked = api.post(f"{address}/unlock", {"reason": "A fee came back"})

    assert (refused_to_editor.status_code, refused_to_editor.json()["code"]) == (403, "owners_only")
    assert unreasoned.status_code == 400
    assert unlocked.json()["reconciled_at"] is None
    event = BalancePointEvent.objects.latest("pgh_id")
    assert event.pgh_context.metadata["reason"] == "A fee came back"
    assert event.reconciled_at is not None

"""Staff change books through the services: they see what will change first, and say why."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from conftest import PASSWORD
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from drafting import record
from importing import Importer
from raw import run
from staffing import desk, page, select

from accounts import services as chart
from accounts.models import Account
from buffet.admin import rehearsing
from buffet.audit import Actor
from buffet.errors import NotFound
from buffet.models import Book, User
from transactions import services as ledger
from transactions.drafts import Changes, EntryChange
from transactions.models import (
    BalancePoint,
    ClosedMonth,
    Entry,
    Import,
    RuleRun,
    Transaction,
    TransactionEvent,
    Vendor,
)
from transactions.queries import earlier
from transactions.services.returning import NoSuchStep

__all__ = ["desk"]
pytestmark = pytest.mark.django_db
MAY, JUNE = date(2026, 5, 4), date(2026, 6, 10)


def ask(desk: Client, row: Any, verb: str, **sent: Any) -> str:
    """Return what is shown before something is done."""
    return desk.post(page(row, verb), sent | {"preview": "1"}).content.decode()


def do(desk: Client, row: Any, verb: str, **sent: Any) -> None:
    """Do something to a row."""
    answer = desk.post(page(row, verb), sent)
    assert answer.status_code == 302, answer.content.decode()


def everything() -> list[Any]:
    """Return all that people have in their books."""
    return [
        *Transaction.objects.order_by("id").values(),
        *Entry.objects.order_by("id").values(),
        *Vendor.objects.order_by("id").values(),
        *Account.objects.order_by("id").values(),
        *ClosedMonth.objects.order_by("id").values(),
        *Import.objects.order_by("id").values(),
    ]


def why(row_id: UUID, label: str = "update") -> Any:
    """Return the last story of a transaction: by whom, through which door and why."""
    events = TransactionEvent.objects.filter(pgh_obj_id=row_id, pgh_label=label)
    story = events.latest("pgh_id").pgh_context.metadata
    return story["email"], story["door"], story["reason"]


def vendors(book: Book, by: Actor) -> list[Vendor]:
    """Make two vendors that are one."""
    return [ledger.create_vendor(book=book, by=by, name=name) for name in ("Shop", "Market")]


STAFF = ("staff@example.com", "admin", "A wish")


def test_what_will_change_is_shown_and_nothing_has(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    shop, market = (
        ledger.create_vendor(book=book, by=by, name=name) for name in ("Shop", "Market")
    )
    record(book, by, account=checking, amount="-10", category=groceries, vendor=shop)
    before = everything()

    said = ask(desk, shop, "merge", into=market.pk, reason="A wish")

    for part in (
        "1 transaction changed",
        "1 vendor deleted",
        "Shop</del>",
        "Market</ins>",
        "A wish",
    ):
        assert part in said
    assert everything() == before
    assert not TransactionEvent.objects.exists()


SLOW = """
CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_sleep(0.6); RETURN NULL; END $$;
CREATE TRIGGER slowly AFTER UPDATE ON transactions_transaction
FOR EACH STATEMENT EXECUTE FUNCTION slowly();
"""


@pytest.mark.parametrize("patience", [0.0, 0.3], ids=["between statements", "in a statement"])
def test_what_is_too_much_to_try_beforehand_is_counted_instead(
    desk: Client,
    book: Book,
    by: Actor,
    checking: Account,
    groceries: Account,
    monkeypatch: pytest.MonkeyPatch,
    patience: float,
) -> None:
    shop, market = vendors(book, by)
    id = record(book, by, account=checking, amount="-10", category=groceries, vendor=shop)
    run(SLOW)
    monkeypatch.setattr(rehearsing, "PATIENCE", patience)
    before = everything()

    said = ask(desk, shop, "merge", into=market.pk, reason="A wish")

    assert "This is done in parts" in said
    assert '<th scope="row">Into</th><td>Market</td>' in said
    assert '<th scope="row">Transactions</th><td>1</td>' in said
    assert "Nothing." not in said
    assert everything() == before
    do(desk, shop, "merge", into=market.pk, reason="A wish")
    assert Transaction.objects.get(pk=id).vendor_id == market.pk


def test_what_was_shown_is_shown_again_if_the_book_changed_meanwhile(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    shop, market = (
        ledger.create_vendor(book=book, by=by, name=name) for name in ("Shop", "Market")
    )
    seen = Book.objects.get(pk=book.pk).version
    sent = {"into": market.pk, "reason": "A wish", "seen": str(seen - 1)}

    said = desk.post(page(shop, "merge"), sent).content.decode()

    assert "Somebody changed the book meanwhile" in said
    assert Vendor.objects.filter(pk=shop.pk).exists()
    do(desk, shop, "merge", **sent | {"seen": str(seen)})
    assert not Vendor.objects.filter(pk=shop.pk).exists()


def test_a_merged_vendor_leaves_all_to_the_other(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    shop, market = (
        ledger.create_vendor(book=book, by=by, name=name) for name in ("Shop", "Market")
    )
    id = record(book, by, account=checking, amount="-10", category=groceries, vendor=shop)
    rule = ledger.create_rule(book=book, by=by, name="Shop", contains="shop", vendor_id=shop.id)

    do(desk, shop, "merge", into=market.pk, reason="A wish")

    rule.refresh_from_db()
    assert Transaction.objects.get(pk=id).vendor_id == rule.vendor_id == market.pk
    assert why(id) == STAFF


def test_a_vendor_of_a_closed_month_is_not_merged(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    shop, market = (
        ledger.create_vendor(book=book, by=by, name=name) for name in ("Shop", "Market")
    )
    given = {"account": checking, "amount": "-10", "category": groceries}
    record(book, by, vendor=shop, date=MAY, **given)
    ledger.close_month(book=book, by=by, month=MAY, today=JUNE)

    said = ask(desk, shop, "merge", into=market.pk, reason="A wish")

    assert "closed months, which do not change: 2026-05" in said
    assert desk.post(page(shop, "merge"), {"into": market.pk, "reason": "x"}).status_code == 400


def test_a_vendor_is_merged_within_its_book(desk: Client, book: Book, by: Actor) -> None:
    shop = ledger.create_vendor(book=book, by=by, name="Shop")
    other = Book.objects.create(name="Other", base_currency="BRL")
    theirs = ledger.create_vendor(book=other, by=by, name="Theirs")

    for into in (theirs.pk, shop.pk):
        answer = desk.post(page(shop, "merge"), {"into": into, "reason": "x"})
        assert answer.status_code == 400
    assert Vendor.objects.count() == 2


def test_a_category_is_merged(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    food = chart.create_category(book=book, by=by, name="Food", type="expense")
    id = record(book, by, account=checking, amount="-10", category=groceries)

    assert "1 entry changed" in ask(desk, groceries, "merge", into=food.pk, reason="A wish")
    do(desk, groceries, "merge", into=food.pk, reason="A wish")

    assert Entry.objects.filter(transaction=id, account=food).exists()
    assert not Account.objects.filter(pk=groceries.pk).exists()
    assert desk.get(page(checking, "merge")).status_code == 404


@pytest.fixture
def corrected(book: Book, by: Actor, checking: Account, groceries: Account) -> UUID:
    """A purchase of 10.00 at a vendor's, corrected twice: last it was split."""
    shop = ledger.create_vendor(book=book, by=by, name="Shop")
    fruit = chart.create_category(book=book, by=by, name="Fruit", type="expense")
    id = record(
        book, by, account=checking, amount="-10", category=groceries, vendor=shop, date=MAY,
        external_id="bank-1",
    )  # fmt: skip
    mistyped = Changes({"description": "Market", "date": JUNE, "vendor_id": None})
    own, bought = Entry.objects.filter(transaction=id).order_by("id")
    split = [
        EntryChange(own.pk, given={"amount": Decimal(-12), "note": "More"}),
        EntryChange(bought.pk, remove=True),
        EntryChange(None, given={"account_id": fruit.pk, "amount": Decimal(7)}),
        EntryChange(None, given={"account_id": groceries.pk, "amount": Decimal(5)}),
    ]
    for reason, changes in (("Mistyped", mistyped), ("Split", Changes({}, tuple(split)))):
        # Each comes anew, as requests do.
        each = Actor(by.user_id, "api", email=by.email)
        ledger.correct(book=book, by=each, transaction_id=id, changes=changes, reason=reason)
    return id


def standing(id: UUID) -> Any:
    """Return what a transaction is, whatever the ids of its entries."""
    header = Transaction.objects.values_list("date", "description", "vendor__name").get(pk=id)
    rows = Entry.objects.filter(transaction=id).order_by("account__name")
    return header, list(rows.values_list("account__name", "amount", "external_id", "note"))


FIRST = (
    (MAY, "Test", "Shop"),
    [("Checking", Decimal(-10), "bank-1", ""), ("Groceries", Decimal(10), "", "")],
)
MARKET = ((JUNE, "Market", None), FIRST[1])


def step(id: UUID, reason: str) -> str:
    """Return the id of a change of a transaction."""
    (found,) = [one.id for one in earlier.steps(id) if one.reason == reason]
    return str(found)


def test_a_transaction_returns_to_what_it_was_before_each_of_its_changes(
    desk: Client, corrected: UUID
) -> None:
    row, last = Transaction.objects.get(pk=corrected), standing(corrected)
    before = everything()

    said = ask(desk, row, "return_to", step=step(corrected, "Mistyped"), reason="A wish")
    assert "Market</del> → <ins>Test</ins>" in said
    assert "2 entries deleted" in said
    assert everything() == before

    do(desk, row, "return_to", step=step(corrected, "Split"), reason="Not split")
    assert standing(corrected) == MARKET
    assert why(corrected) == ("owner@example.com", "api", "Mistyped")
    do(desk, row, "return_to", step=step(corrected, "Mistyped"), reason="A wish")
    assert standing(corrected) == FIRST
    assert why(corrected) == STAFF

    # What was undone is a state as well.
    do(desk, row, "return_to", step=step(corrected, "Not split"), reason="Back")
    assert standing(corrected) == last


def test_where_a_transaction_cannot_return_staff_are_told_why(
    desk: Client, book: Book, by: Actor, corrected: UUID, groceries: Account, checking: Account
) -> None:
    row = Transaction.objects.get(pk=corrected)
    sent = {"step": step(corrected, "Mistyped"), "reason": "x"}

    def refused() -> str:
        answer = desk.post(page(row, "return_to"), sent)
        assert answer.status_code == 400
        assert standing(corrected)[0] == (JUNE, "Market", None)
        return answer.content.decode()

    ledger.close_month(book=book, by=by, month=MAY, today=JUNE)
    assert "2026-05 is closed" in refused()
    ledger.reopen_month(book=book, by=by, month=MAY, reason="x")
    chart.archive_account(book=book, by=by, account_id=groceries.pk)
    assert "Groceries is archived" in refused()
    chart.reopen_account(book=book, by=by, account_id=groceries.pk)
    other = chart.create_category(book=book, by=by, name="Food", type="expense")
    ledger.merge_categories(book=book, by=by, source_id=groceries.pk, target_id=other.pk)
    assert "no such account" in refused()


def test_a_transaction_returns_without_a_vendor_that_is_gone(
    desk: Client, book: Book, by: Actor, corrected: UUID
) -> None:
    ledger.delete_vendor(book=book, by=by, vendor_id=Vendor.objects.get().pk)
    row = Transaction.objects.get(pk=corrected)

    do(desk, row, "return_to", step=step(corrected, "Mistyped"), reason="A wish")

    assert standing(corrected) == ((MAY, "Test", None), FIRST[1])


def test_nothing_returns_to_what_it_is_or_to_the_change_of_another(
    desk: Client, book: Book, by: Actor, corrected: UUID, checking: Account
) -> None:
    row = Transaction.objects.get(pk=corrected)
    do(desk, row, "return_to", step=step(corrected, "Split"), reason="Back")
    again = desk.post(page(row, "return_to"), {"step": step(corrected, "Split"), "reason": "Back"})
    other = Transaction.objects.get(
        pk=record(book, by, account=checking, amount="-1", description="Other")
    )
    theirs = {"step": step(corrected, "Split"), "reason": "x"}

    assert "as it was then" in again.content.decode()
    assert desk.post(page(other, "return_to"), theirs).status_code == 400
    assert "Nothing has changed" in desk.get(page(other, "return_to")).content.decode()
    with pytest.raises(NoSuchStep):
        ledger.return_to(book=book, by=by, transaction_id=other.pk, step_id=UUID(theirs["step"]))
    elsewhere = Book.objects.create(name="Elsewhere", base_currency="BRL")
    with pytest.raises(NotFound):
        ledger.return_to(book=elsewhere, by=by, transaction_id=row.pk, step_id=UUID(theirs["step"]))


def test_an_import_is_matched_again_and_reverted(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    bank = Importer(book, by, checking)
    started = bank.look([("20260610", "-10.00", "a1", "Market")])
    bought = {"account": checking, "amount": "-10", "category": groceries, "date": JUNE}
    record(book, by, external_id="a1", **bought)

    said = ask(desk, started, "match_again", reason="A wish")
    assert "Lines that are new" in said
    do(desk, started, "match_again", reason="A wish")
    assert started.lines.exclude(verdict="new").exists()

    second = bank.bring([("20260611", "-7.00", "a2", "Market")])
    assert "1 transaction deleted" in ask(desk, second, "revert", reason="A wish")
    do(desk, second, "revert", reason="A wish")
    second.refresh_from_db()
    assert second.status == "reverted"
    assert why(second.lines.get().new_id, "delete") == STAFF


def test_a_month_is_closed_and_reopened(desk: Client, book: Book) -> None:
    said = ask(desk, book, "close_month", month="2026-05-31", reason="A wish")
    assert "New closed month" in said
    do(desk, book, "close_month", month="2026-05-31", reason="A wish")
    closed = ClosedMonth.objects.get()
    assert (closed.month, closed.created_via) == (date(2026, 5, 1), "admin")

    do(desk, closed, "reopen", reason="A wish")

    assert not ClosedMonth.objects.exists()


def test_a_reconciled_balance_is_unlocked(
    desk: Client, book: Book, by: Actor, checking: Account
) -> None:
    point = ledger.create_point(
        book=book, by=by, account_id=checking.id, on=MAY, balance=Decimal(0), today=JUNE
    )
    ledger.reconcile(book=book, by=by, point_id=point.id)

    do(desk, BalancePoint.objects.get(), "unlock", reason="A wish")

    assert BalancePoint.objects.get().reconciled_at is None


def test_a_run_of_rules_is_taken_back(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    id = record(book, by, account=checking, amount="-10", description="Market")
    ledger.create_rule(book=book, by=by, name="Market", contains="market", category_id=groceries.id)
    ledger.apply_rules(book=book, by=by, first=JUNE, last=JUNE)
    assert Entry.objects.filter(transaction=id, account=groceries).exists()

    do(desk, RuleRun.objects.get(), "take_back", reason="A wish")

    assert not Entry.objects.filter(transaction=id, account=groceries).exists()


def test_a_selection_is_moved_to_another_account(
    desk: Client, book: Book, by: Actor, checking: Account, savings: Account, groceries: Account
) -> None:
    given = {"account": checking, "category": groceries}
    ids = [record(book, by, amount=f"-{number}", **given) for number in (1, 2)]
    sent = {"asked": "1", "source": checking.pk, "target": savings.pk, "reason": "A wish"}

    asked = select(desk, "move_selection", ids).content.decode()
    shown = select(desk, "move_selection", ids, **sent, preview="1").content.decode()
    assert not savings.entries.exists()
    done = select(desk, "move_selection", ids, **sent)

    assert "Say why" not in asked
    assert "2 entries changed" in shown
    assert done.status_code == 302
    assert {entry.transaction_id for entry in savings.entries.all()} == set(ids)


def test_a_selection_is_not_moved_to_another_currency(
    desk: Client, book: Book, by: Actor, checking: Account, dollars: Account, groceries: Account
) -> None:
    ids = [record(book, by, account=checking, amount="-1", category=groceries)]
    sent = {"asked": "1", "source": checking.pk, "target": dollars.pk, "reason": "A wish"}

    refused = select(desk, "move_selection", ids, **sent)

    assert refused.status_code == 400
    assert "is in USD, not in BRL: say how much it is." in refused.content.decode()
    assert not dollars.entries.exists()


def test_a_selection_is_deleted_all_or_none(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    given = {"account": checking, "category": groceries, "amount": "-1"}
    ids = [record(book, by, date=day, **given) for day in (MAY, JUNE)]
    ledger.close_month(book=book, by=by, month=MAY, today=JUNE)

    refused = select(desk, "delete_selection", ids, asked="1", reason="A wish")
    assert refused.status_code == 400
    assert Transaction.objects.count() == 2
    select(desk, "delete_selection", ids[1:], asked="1", reason="A wish")

    assert why(ids[1], "delete") == STAFF


def test_a_selection_of_two_books_is_refused(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    other = Book.objects.create(name="Other", base_currency="BRL")
    cash, bank = (
        ledger.open_account(book=other, by=by, today=JUNE, name=name, kind="cash", currency="BRL")
        for name in ("Cash", "Bank")
    )
    ids = [
        record(book, by, account=checking, amount="-1", category=groceries),
        record(other, by, account=cash, amount="-1", transfer_to=bank),
    ]

    answer = desk.post(
        reverse("admin:transactions_transaction_changelist"),
        {"action": "move_selection", "_selected_action": [str(id) for id in ids]},
        follow=True,
    )

    assert "These are of several books" in answer.content.decode()


def test_a_selection_is_exported_harmless_and_with_a_trace(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    id = record(book, by, account=checking, amount="-1", category=groceries, description="=1+1")
    assert "Export 1 transactions" in select(desk, "export_selection", [id]).content.decode()
    assert not LogEntry.objects.exists()

    answer = select(desk, "export_selection", [id], asked="1", reason="For the tax office")

    (row,) = csv.DictReader(io.StringIO(answer.content.decode()))
    assert row["id"] == str(id)
    assert "'=1+1" in row.values()
    trace = LogEntry.objects.get()
    assert trace.user.email == "staff@example.com"
    assert trace.change_message == "Exported: For the tax office"


def test_the_direct_post_of_who_may_only_look_is_refused(
    book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    shop = ledger.create_vendor(book=book, by=by, name="Shop")
    id = record(book, by, account=checking, amount="-1", category=groceries)
    looking = Client()
    looking.force_login(User.objects.create_user("reader@example.com", PASSWORD, is_staff=True))
    before = everything()

    for row, verb in ((shop, "merge"), (groceries, "merge"), (book, "close_month")):
        for sent in ({"reason": "x"}, {"reason": "x", "preview": "1"}):
            assert looking.post(page(row, verb), sent).status_code == 403
    for action in ("move_selection", "delete_selection", "export_selection"):
        assert select(looking, action, [id], asked="1", reason="x").status_code == 403
    assert everything() == before


def test_a_merge_is_offered_for_a_category_and_for_no_account(
    desk: Client, checking: Account, groceries: Account
) -> None:
    offered = [
        page(row, "merge") in desk.get(page(row)).content.decode() for row in (groceries, checking)
    ]

    assert offered == [True, False]

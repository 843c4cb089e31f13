"""A subscription is paid by transactions, each once and each due date once; what is off is told."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from conftest import TODAY
from django.db.transaction import atomic
from drafting import correct
from raw import check_now, one, refused, run
from subscribing import Subscriber
from uuid_utils.compat import uuid7

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.errors import Invalid, NotFound, Refusal
from buffet.models import Book
from transactions import services as ledger
from transactions.models import Subscription, SubscriptionPayment, Transaction
from transactions.services.accounts import HasSubscriptions
from transactions.services.payments import (
    DueDatePaid,
    MovesTheOtherWay,
    NothingDue,
    NotPaidFromAccount,
    PaymentLinked,
)
from transactions.services.subscriptions import (
    PaidInAnotherCurrency,
    PaidTheOtherWay,
    SubscriptionNameTaken,
    SubscriptionPaid,
)
from transactions.services.vendors import VendorInUse


def day(month: int, of_month: int = 10) -> date:
    return date(2026, month, of_month)


@pytest.fixture
def ana(book: Book, by: Actor, checking: Account) -> Subscriber:
    """Someone who pays from checking."""
    return Subscriber(book, by, checking)


def version(row: Subscription) -> int:
    return Subscription.objects.get(id=row.id).version


def codes(error: pytest.ExceptionInfo[Invalid]) -> set[tuple[str, str]]:
    return {(fault.pointer, fault.code) for fault in error.value.faults}


# Linking


@pytest.mark.django_db(transaction=True)
def test_linking_the_same_payment_twice_advances_nothing_twice(ana: Subscriber) -> None:
    row = ana.subscribe()
    (paid,) = ana.pay(row, day(6))
    before, known = ana.standing(row), version(row)

    with pytest.raises(PaymentLinked):
        ana.link(row, paid)
    with pytest.raises(PaymentLinked):
        ana.link(row, paid, day(7))

    assert ana.standing(row) == before
    assert (ana.due_dates(row), before.next_due_on) == ([day(6)], day(7))
    assert version(row) == known


def test_a_transaction_pays_for_one_subscription_alone(ana: Subscriber) -> None:
    first, second = ana.subscribe("One"), ana.subscribe("Two")
    (paid,) = ana.pay(first, day(6))

    with pytest.raises(PaymentLinked):
        ana.link(second, paid)


def test_a_due_date_is_paid_once(ana: Subscriber) -> None:
    row = ana.subscribe()
    ana.pay(row, day(6))

    with pytest.raises(DueDatePaid):
        ana.link(row, ana.spend(day(6)), day(6))


def test_the_database_itself_refuses_what_is_paid_twice(ana: Subscriber) -> None:
    row = ana.subscribe()
    (paid,) = ana.pay(row, day(6))
    other = ana.spend(day(7))

    def put(transaction: UUID, due_on: date, on: date) -> None:
        SubscriptionPayment.objects.create(
            book=ana.book, subscription=row, transaction_id=transaction, due_on=due_on, date=on
        )

    with refused("a_due_date_is_paid_once"):
        put(other, day(6), day(7))
    with refused("transactions_subscriptionpayment_transaction_id_key"):
        put(paid, day(7), day(6))
    with refused("payment_by_transaction"):
        put(other, day(7), day(8))


@pytest.mark.parametrize(
    ("paid_on", "taken", "due_on"),
    [
        (day(3, 12), [], day(3)),
        (day(2, 24), [], day(2)),  # 14 days from both 10 February and 10 March
        (day(2, 25), [], day(3)),
        (date(2025, 12, 1), [], day(1)),
        (day(3, 10), [3], day(2)),  # 28 days before, 31 after
        (day(3, 10), [2, 3], day(4)),
    ],
)
def test_a_payment_is_for_the_nearest_unpaid_due_date_of_two_the_earlier(
    ana: Subscriber, paid_on: date, taken: list[int], due_on: date
) -> None:
    row = ana.subscribe()
    for month in taken:
        ana.pay(row, day(month))
    before = ana.due_dates(row)

    ana.pay(row, paid_on)

    assert set(ana.due_dates(row)) - set(before) == {due_on}


def test_only_what_falls_due_is_paid(ana: Subscriber) -> None:
    row = ana.subscribe(ends_on=day(2))
    paid = ana.spend(day(3))

    with pytest.raises(Invalid) as refusal:
        ana.link(row, paid, day(3))
    assert codes(refusal) == {("/due_on", "not_due")}
    ana.pay(row, day(1), day(2))
    with pytest.raises(NothingDue):
        ana.link(row, paid)


def test_what_did_not_pay_is_not_linked(ana: Subscriber, savings: Account, salary: Account) -> None:
    row = ana.subscribe()
    earned = ana.subscribe("Rent", category_id=salary.id)

    with pytest.raises(NotPaidFromAccount):
        ana.link(row, ana.spend(day(6), account_id=savings.id))
    with pytest.raises(MovesTheOtherWay):
        ana.link(row, ana.spend(day(6), "20.00"))
    with pytest.raises(MovesTheOtherWay):
        ana.link(earned, ana.spend(day(6)))
    with pytest.raises(Invalid) as refusal:
        ana.link(row, uuid7())
    assert codes(refusal) == {("/transaction", "not_found")}


@pytest.mark.django_db(transaction=True)
def test_links_raise_the_subscription_s_version(ana: Subscriber) -> None:
    row = ana.subscribe()
    known = [version(row)]

    (paid,) = ana.pay(row, day(6))
    known.append(version(row))
    ledger.unlink_payment(**ana.who, subscription_id=row.id, transaction_id=paid)
    known.append(version(row))
    ana.link(row, paid)
    known.append(version(row))
    ledger.delete(**ana.who, transaction_ids=[paid])
    known.append(version(row))

    assert known == sorted(set(known))


@pytest.mark.django_db(transaction=True)
def test_a_deleted_transaction_takes_its_link_along_and_brings_it_back(ana: Subscriber) -> None:
    row = ana.subscribe()
    (paid,) = ana.pay(row, day(6))

    ledger.delete(**ana.who, transaction_ids=[paid], reason="Twice")

    assert ana.due_dates(row) == []
    sql = "SELECT count(*) FROM transactions_subscriptionpaymentevent WHERE pgh_label = 'delete'"
    assert one(sql) == 1
    ledger.restore(**ana.who, transaction_id=paid)
    assert ana.due_dates(row) == [day(6)]


@pytest.mark.django_db(transaction=True)
def test_a_corrected_transaction_keeps_its_link(
    ana: Subscriber, book: Book, by: Actor, savings: Account
) -> None:
    row = ana.subscribe()
    (paid,) = ana.pay(row, day(6))

    correct(book, by, paid, date=day(6, 12), amount="-21.00")
    last = ana.standing(row).last_payment
    correct(book, by, paid, account=savings)
    elsewhere = ana.standing(row).last_payment

    assert last is not None
    assert (last.due_on, last.date, last.amount) == (day(6), day(6, 12), Decimal("21.00"))
    assert elsewhere == last


def test_unlinking_what_is_not_linked(ana: Subscriber) -> None:
    row = ana.subscribe()

    with pytest.raises(NotFound):
        ledger.unlink_payment(**ana.who, subscription_id=row.id, transaction_id=ana.spend(day(6)))


# What a subscription is


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"amount": "0"}, ("/amount", "not_positive")),
        ({"amount": "-1.00"}, ("/amount", "not_positive")),
        ({"amount": "1.001"}, ("/amount", "too_many_decimals")),
        ({"every": 0}, ("/every", "out_of_range")),
        ({"every": 121}, ("/every", "out_of_range")),
        ({"cadence": "daily"}, ("/cadence", "unknown")),
        ({"ends_on": date(2026, 1, 9)}, ("/ends_on", "before_start")),
        ({"account_id": "{groceries}"}, ("/account", "not_a_real_account")),
        ({"account_id": "{nothing}"}, ("/account", "not_found")),
        ({"account_id": "{old}"}, ("/account", "archived")),
        ({"category_id": "{savings}"}, ("/category", "not_found")),
        ({"category_id": "{nothing}"}, ("/category", "not_found")),
        ({"vendor_id": "{nothing}"}, ("/vendor", "not_found")),
    ],
)
def test_what_is_wrong_is_named(
    ana: Subscriber, groceries: Account, savings: Account, given: dict[str, Any], fault: Any
) -> None:
    old = ledger.open_account(**ana.who, today=TODAY, name="Old", kind="cash", currency="BRL")
    chart.archive_account(**ana.who, account_id=old.id)
    names = {"{groceries}": groceries.id, "{savings}": savings.id, "{old}": old.id}
    names["{nothing}"] = uuid7()
    given = {name: names.get(value, value) for name, value in given.items()}
    row = ana.subscribe()

    with pytest.raises(Invalid) as created:
        ana.subscribe("Other", **given)
    if "amount" in given:
        given["amount"] = Decimal(given["amount"])
    with pytest.raises(Invalid) as changed:
        ledger.change_subscription(**ana.who, subscription_id=row.id, **given)

    assert codes(created) == codes(changed) == {fault}


def test_names_are_told_apart_whatever_their_case(ana: Subscriber) -> None:
    ana.subscribe("Music")
    row = ana.subscribe("Films")

    with pytest.raises(SubscriptionNameTaken):
        ana.subscribe("MUSIC")
    with pytest.raises(SubscriptionNameTaken):
        ledger.change_subscription(**ana.who, subscription_id=row.id, name="music")
    ledger.change_subscription(**ana.who, subscription_id=row.id, name="FILMS")


def test_the_database_refuses_what_a_subscription_never_is(
    ana: Subscriber, groceries: Account, savings: Account
) -> None:
    ana.subscribe()

    for sql, constraint in (
        ("amount = 0", "subscription_costs_something"),
        ("amount = 'NaN'", "subscription_costs_something"),
        ("amount = 0.001", "subscription_has_decimals_of_currency"),
        ("every = 0", "subscription_comes_again"),
        ("cadence = 'daily'", "cadence_is_known"),
        ("ends_on = '2026-01-09'", "subscription_ends_after_it_starts"),
        (f"account_id = '{groceries.id}'", "subscription_is_paid_from_an_account"),
        (f"category_id = '{savings.id}'", "subscription_counts_towards_a_category"),
    ):
        with refused(constraint):
            run(f"UPDATE transactions_subscription SET {sql}")


def test_null_clears(ana: Subscriber, groceries: Account) -> None:
    vendor = ledger.create_vendor(**ana.who, name="Sounds")
    row = ana.subscribe(
        vendor_id=vendor.id, category_id=groceries.id, ends_on=day(12), notes="Noted"
    )

    changed = ledger.change_subscription(
        **ana.who, subscription_id=row.id, vendor_id=None, category_id=None, ends_on=None, notes=""
    )

    assert (changed.vendor, changed.category, changed.ends_on, changed.notes) == (None,) * 3 + ("",)


@pytest.mark.django_db(transaction=True)
def test_a_change_of_nothing_changes_nothing(ana: Subscriber) -> None:
    row = ana.subscribe()
    known = version(row)

    ledger.change_subscription(**ana.who, subscription_id=row.id, name="Music", every=1)

    assert version(row) == known


def test_payments_keep_their_currency_and_their_way(
    ana: Subscriber, dollars: Account, salary: Account, groceries: Account, savings: Account
) -> None:
    row = ana.subscribe()
    ana.pay(row, day(6))

    def change(**given: Any) -> None:
        ledger.change_subscription(**ana.who, subscription_id=row.id, **given)

    with pytest.raises(PaidInAnotherCurrency):
        change(account_id=dollars.id)
    with pytest.raises(PaidTheOtherWay):
        change(category_id=salary.id)
    change(account_id=savings.id, category_id=groceries.id)


def test_what_was_paid_is_ended_not_deleted(ana: Subscriber) -> None:
    row = ana.subscribe()
    (paid,) = ana.pay(row, day(6))

    with pytest.raises(SubscriptionPaid):
        ledger.delete_subscription(**ana.who, subscription_id=row.id)
    ended = ledger.end_subscription(**ana.who, subscription_id=row.id, on=day(6, 14))
    with pytest.raises(Invalid):
        ledger.end_subscription(**ana.who, subscription_id=row.id, on=day(1, 9))

    assert ended.ends_on == day(6, 14)
    ledger.unlink_payment(**ana.who, subscription_id=row.id, transaction_id=paid)
    ledger.delete_subscription(**ana.who, subscription_id=row.id)
    check_now()


# What subscriptions name


def test_what_a_subscription_names_is_not_deleted(ana: Subscriber, groceries: Account) -> None:
    vendor = ledger.create_vendor(**ana.who, name="Sounds")
    ana.subscribe(vendor_id=vendor.id, category_id=groceries.id)

    for refusal, sentence, verb, named in (
        (VendorInUse, "Music", ledger.delete_vendor, {"vendor_id": vendor.id}),
        (HasSubscriptions, "Music", ledger.delete_account, {"account_id": ana.account.id}),
        (HasSubscriptions, "Music", ledger.delete_account, {"account_id": groceries.id}),
    ):
        with pytest.raises(refusal, match=sentence):
            verb(**ana.who, **named)
    for table, named in (("vendor", vendor.id), ("account", groceries.id)):
        app = "transactions" if table == "vendor" else "accounts"
        constraint = "vendor" if table == "vendor" else "category"
        with refused(f"subscription_{constraint}_in_book"):
            run(f"DELETE FROM {app}_{table} WHERE id = %s", named)


def test_a_merge_of_categories_carries_subscriptions_over(
    ana: Subscriber, groceries: Account
) -> None:
    food = chart.create_category(**ana.who, name="Food", type="expense")
    row = ana.subscribe(category_id=food.id)

    ledger.merge_categories(**ana.who, source_id=food.id, target_id=groceries.id)
    check_now()

    assert Subscription.objects.get(id=row.id).category == groceries


def test_nothing_is_linked_across_books(ana: Subscriber, by: Actor) -> None:
    theirs = Book.objects.create(name="Theirs", base_currency="BRL")
    account = ledger.open_account(
        book=theirs, by=by, today=TODAY, name="Own", kind="cash", currency="BRL"
    )
    other = Subscriber(theirs, by, account)
    row, foreign = ana.subscribe(), other.subscribe()
    paid = other.spend(day(6))

    with pytest.raises(Invalid):
        ana.link(row, paid)
    with pytest.raises(NotFound):
        ana.link(foreign, ana.spend(day(6)))
    for book, subscription, constraint in (
        (ana.book, row, "payment_by_transaction"),
        (theirs, row, "payment_of_subscription"),
    ):
        with refused(constraint):
            SubscriptionPayment.objects.create(
                book=book, subscription=subscription, transaction_id=paid, due_on=day(6),
                date=day(6),
            )  # fmt: skip
    for column, value in (("account_id", account.id),):
        with refused("subscription_account_in_book"):
            run(f"UPDATE transactions_subscription SET {column} = %s WHERE id = %s", value, row.id)


def test_a_refused_link_leaves_nothing(ana: Subscriber) -> None:
    row = ana.subscribe()
    paid = ana.spend(day(6), "20.00")

    with pytest.raises(Refusal), atomic():
        ana.link(row, paid)

    assert ana.due_dates(row) == []
    assert Transaction.objects.filter(id=paid).exists()

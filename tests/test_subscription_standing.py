"""Where a subscription stands follows from its payments: due, missed, dearer, ended, per month."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from subscribing import TODAY, Subscriber

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger
from transactions.queries import subscriptions as queries
from transactions.queries.proposals import proposals


def day(month: int, of_month: int = 10) -> date:
    return date(2026, month, of_month)


@pytest.fixture
def ana(book: Book, by: Actor, checking: Account) -> Subscriber:
    """Someone who pays from checking."""
    return Subscriber(book, by, checking)


# Due and missed


def test_next_is_the_first_unpaid_due_date_from_today_on(ana: Subscriber) -> None:
    row = ana.subscribe(starts_on=TODAY)
    assert ana.standing(row).next_due_on == TODAY

    ana.pay(row, TODAY)
    ana.link(row, ana.spend(TODAY), date(2026, 7, 15))

    assert ana.standing(row).next_due_on == date(2026, 8, 15)
    assert ana.standing(row).status == "active"


def test_a_payment_is_missed_more_than_five_days_after_its_due_date(ana: Subscriber) -> None:
    row = ana.subscribe()
    ana.pay(row, day(5))

    fifth, sixth = ana.standing(row, day(6, 15)), ana.standing(row, day(6, 16))

    assert (fifth.status, fifth.missed) == ("active", ())
    assert (sixth.status, sixth.missed) == ("missed", (day(6),))
    assert fifth.next_due_on == sixth.next_due_on == day(7)


def test_what_was_missed_goes_back_to_the_last_payment_and_no_further(ana: Subscriber) -> None:
    row = ana.subscribe()
    assert ana.standing(row).missed == tuple(day(month) for month in range(1, 6))

    ana.pay(row, day(3))

    assert ana.standing(row).missed == (day(4), day(5))


def test_a_payment_ahead_does_not_hide_what_was_missed(ana: Subscriber) -> None:
    row = ana.subscribe()
    ana.pay(row, day(4))
    ana.link(row, ana.spend(day(6)), day(7))

    assert ana.standing(row).missed == (day(5),)


def test_of_many_missed_payments_the_latest_twelve_are_told(ana: Subscriber) -> None:
    row = ana.subscribe(starts_on=date(2020, 1, 10))

    missed = ana.standing(row).missed

    assert len(missed) == 12
    assert (missed[0], missed[-1]) == (date(2025, 6, 10), day(5))


def test_upcoming_until_it_starts_and_ended_when_nothing_is_to_come(ana: Subscriber) -> None:
    row = ana.subscribe(starts_on=day(7), ends_on=day(8, 20))

    found = {on: ana.standing(row, on).status for on in (day(7, 9), day(7), day(8), day(8, 11))}

    assert [*found.values()] == ["upcoming", "active", "missed", "ended"]


def test_of_what_ended_the_oldest_unpaid_due_date_is_next(ana: Subscriber) -> None:
    row = ana.subscribe(ends_on=day(2))

    owed = ana.standing(row)
    ana.pay(row, day(1), day(2))
    settled = ana.standing(row)

    assert (owed.status, owed.next_due_on, owed.missed) == ("ended", day(1), (day(1), day(2)))
    assert (settled.status, settled.next_due_on, settled.missed) == ("ended", None, ())


def test_what_ended_yesterday_may_still_be_paid(ana: Subscriber) -> None:
    row = ana.subscribe(starts_on=date(2026, 6, 14), ends_on=date(2026, 6, 14))

    found = ana.standing(row)

    assert (found.status, found.next_due_on, found.missed) == ("ended", date(2026, 6, 14), ())


# Prices


def test_a_price_rise_is_noticed(ana: Subscriber) -> None:
    row = ana.subscribe()
    ana.pay(row, day(4), day(5))
    assert ana.standing(row).price_change is None

    ana.pay(row, day(6, 11), amount="-22.50")
    risen = ana.standing(row).price_change

    assert risen is not None
    assert (risen.before, risen.after) == (Decimal("20.00"), Decimal("22.50"))
    assert (risen.since, risen.percent) == (day(6, 11), Decimal("12.50"))


def test_a_new_price_is_news_until_it_is_the_amount_and_was_paid_twice(ana: Subscriber) -> None:
    row = ana.subscribe()
    ana.pay(row, day(3))
    ana.pay(row, day(4), day(5), amount="-22.00")
    stale = ana.standing(row).price_change

    ledger.change_subscription(**ana.who, subscription_id=row.id, amount=Decimal("22.00"))

    assert stale is not None
    assert stale.since == day(4)
    assert ana.standing(row).price_change is None


def test_an_amount_that_was_changed_with_the_price_still_tells_the_rise_once(
    ana: Subscriber,
) -> None:
    row = ana.subscribe()
    ana.pay(row, day(4))
    ledger.change_subscription(**ana.who, subscription_id=row.id, amount=Decimal("18.00"))
    ana.pay(row, day(5), amount="-18.00")
    fallen = ana.standing(row).price_change
    ana.pay(row, day(6), amount="-18.00")

    assert fallen is not None
    assert (fallen.before, fallen.after, fallen.percent) == (20, 18, Decimal("-10.00"))
    assert ana.standing(row).price_change is None


# Per month


def test_the_monthly_burn_is_rounded_once_at_the_end(ana: Subscriber, salary: Account) -> None:
    for number in range(3):
        ana.subscribe(f"Yearly {number}", amount="100.00", cadence="yearly")
    weekly = ana.subscribe("Weekly", amount="10.00", cadence="weekly")
    ana.subscribe("Rent", amount="900.00", category_id=salary.id)
    ana.subscribe("Over", ends_on=day(2))
    ana.subscribe("To come", starts_on=day(7))

    (burn,) = queries.burn(ana.book.id, TODAY)

    assert ana.standing(weekly).monthly_burn == Decimal("43.33")
    # 3 × 8.333… + 43.333…, where the rounded rows make 68.32.
    assert (burn.currency, burn.expenses, burn.income) == ("BRL", Decimal("68.33"), 900)
    assert [one.subscription.name for one in burn.rows] == [
        "Rent", "Weekly", "Yearly 0", "Yearly 1", "Yearly 2",
    ]  # fmt: skip


def test_currencies_are_kept_apart(ana: Subscriber, dollars: Account) -> None:
    ana.subscribe()
    ana.subscribe("Films", account_id=dollars.id)

    assert [one.currency for one in queries.burn(ana.book.id, TODAY)] == ["BRL", "USD"]


# To come


def test_what_is_to_come_is_signed_dated_and_not_yet_paid(
    ana: Subscriber, salary: Account, groceries: Account
) -> None:
    vendor = ledger.create_vendor(**ana.who, name="Sounds")
    row = ana.subscribe(category_id=groceries.id, vendor_id=vendor.id)
    rent = ana.subscribe("Rent", category_id=salary.id, amount="900.00", starts_on=day(6, 30))
    ana.subscribe("Over", ends_on=day(6, 9))
    ana.link(row, ana.spend(day(6)), day(7))

    found = queries.upcoming(ana.book.id, day(6), day(8))

    assert [(one.name, one.due_on, one.amount) for one in found] == [
        ("Music", day(6), Decimal("-20.00")),
        ("Rent", day(6, 30), Decimal("900.00")),
        ("Rent", day(7, 30), Decimal("900.00")),
        ("Music", day(8), Decimal("-20.00")),
    ]
    music = found[0]
    assert (music.subscription_id, music.account_id) == (row.id, ana.account.id)
    assert (music.category_id, music.vendor_id) == (groceries.id, vendor.id)
    assert (music.currency, found[1].subscription_id) == ("BRL", rent.id)


# Proposals


def test_a_proposal_says_why(ana: Subscriber) -> None:
    vendor = ledger.create_vendor(**ana.who, name="Sounds Ltd")
    row = ana.subscribe(vendor_id=vendor.id)
    by_vendor = ana.spend(day(4, 12), vendor_id=vendor.id)
    by_name = ana.spend(day(5), "-22.00", description="Card MUSIC 0012")
    by_vendor_name = ana.spend(day(6, 9), "-19.00", description="SOUNDS LTD")

    found = {one.transaction_id: one for one in proposals(ana.book.id, TODAY)}

    assert {id: (one.due_on, one.reason) for id, one in found.items()} == {
        by_vendor: (
            day(4),
            "It is of the same vendor; the amount is the same; 2 days after it fell due.",
        ),
        by_name: (
            day(5),
            "Its description names Music; the amount is 10.0 % more than 20.00 BRL; on the day.",
        ),
        by_vendor_name: (
            day(6),
            "Its description names Sounds Ltd; the amount is 5.0 % less than 20.00 BRL; "
            "1 day before it fell due.",
        ),
    }
    assert {one.subscription_id for one in found.values()} == {row.id}
    assert all(0 <= one.score <= 100 for one in found.values())
    assert ana.due_dates(row) == []


@pytest.mark.parametrize(
    ("on", "amount", "description"),
    [
        (day(6, 4), "-20.00", "Music"),
        (day(5, 16), "-20.00", "Music"),
        (day(6), "-24.01", "Music"),
        (day(6), "-15.99", "Music"),
        (day(6), "20.00", "Music"),
        (day(6), "-20.00", "Musings"),
        (date(2025, 5, 10), "-20.00", "Music"),
    ],
)
def test_what_does_not_look_like_a_payment_is_not_proposed(
    ana: Subscriber, on: date, amount: str, description: str
) -> None:
    ana.subscribe(starts_on=date(2024, 1, 10))
    ana.spend(on, amount, description=description)

    assert proposals(ana.book.id, TODAY) == []


def test_what_is_linked_or_paid_is_not_proposed(ana: Subscriber) -> None:
    row = ana.subscribe()
    first, second = (ana.spend(day(6), description="Music") for _ in range(2))
    (proposed,) = proposals(ana.book.id, TODAY)
    assert proposed.transaction_id == first

    ana.link(row, second)

    assert proposals(ana.book.id, TODAY) == []


def test_nothing_is_proposed_twice(ana: Subscriber) -> None:
    ana.subscribe("Music")
    ana.subscribe("Music hall", amount="21.00")
    ana.spend(day(6), "-21.00", description="Music hall")

    (found,) = proposals(ana.book.id, TODAY)

    assert found.name == "Music hall"


def test_questions_take_the_same_statements_for_one_and_for_many(
    ana: Subscriber, dollars: Account
) -> None:
    def cost() -> list[int]:
        found = []
        for ask in (
            lambda: [queries.standing(row, TODAY) for row in queries.of_book(ana.book.id, TODAY)],
            lambda: queries.upcoming(ana.book.id, TODAY, day(12)),
            lambda: queries.burn(ana.book.id, TODAY),
            lambda: proposals(ana.book.id, TODAY),
        ):
            with CaptureQueriesContext(connection) as seen:
                assert ask()
            found.append(len(seen))
        return found

    vendor = ledger.create_vendor(**ana.who, name="Sounds")
    for number in range(2):
        ana.pay(ana.subscribe(f"Music {number}", vendor_id=vendor.id), day(5))
        ana.spend(day(6), description=f"Music {number}")
    few = cost()
    for number in range(2, 12):
        ana.pay(ana.subscribe(f"Music {number}", vendor_id=vendor.id), day(4), day(5))
        ana.spend(day(6), description=f"Music {number}")

    assert cost() == few == [1, 1, 1, 2]

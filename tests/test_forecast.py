"""What is to come: one list with its sources, and where it leads."""

from datetime import date
from decimal import Decimal
from typing import Any

import icalendar
import pytest
from cards import Cardholder
from conftest import TODAY, Api
from drafting import record

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, User
from invoices import services
from reports.queries.coming import Source
from reports.queries.forecast import WhatIf, forecast
from transactions import services as ledger
from transactions.models import Subscription

UNTIL = date(2026, 9, 12)


@pytest.fixture
def holder(book: Book, by: Actor, checking: Account, salary: Account) -> Cardholder:
    """A card that closes on the 25th and is due on the 5th, and 500.00 to pay it."""
    record(book, by, account=checking, amount="500.00", category=salary, date=date(2026, 6, 1))
    return Cardholder(book, by, checking, closing_day=25, due_day=5)


def _shown(book: Book, **more: object) -> list[tuple[str, str, str]]:
    found = forecast(book.id, TODAY, UNTIL, **more)
    return [(str(one.on), f"{one.amount:.2f}", str(one.source)) for one in found.coming]


def test_a_statement_leaves_the_account_that_pays_it_on_its_due_day(
    book: Book, holder: Cardholder, groceries: Account, checking: Account
) -> None:
    holder.spend("2026-06-10", "120.00", groceries)

    found = forecast(book.id, TODAY, UNTIL)

    assert _shown(book) == [("2026-07-05", "-120.00", "statement")]
    (projection,) = found.projections
    assert projection.account_id == checking.id
    balances = {str(day.on): day.balance for day in projection.days}
    assert (balances["2026-06-15"], balances["2026-07-04"]) == (500, 500)
    assert (balances["2026-07-05"], balances["2026-09-12"]) == (380, 380)
    assert (str(projection.lowest.on), projection.lowest.balance) == ("2026-07-05", 380)
    assert projection.below_zero is None


def test_what_is_overdue_is_expected_today(
    book: Book, holder: Cardholder, groceries: Account
) -> None:
    holder.spend("2026-05-10", "700.00", groceries)

    found = forecast(book.id, TODAY, UNTIL)

    assert _shown(book) == [("2026-06-15", "-700.00", "statement")]
    assert found.projections[0].below_zero == TODAY


def test_what_is_paid_is_expected_no_more(
    book: Book, holder: Cardholder, groceries: Account
) -> None:
    holder.spend("2026-05-10", "70.00", groceries)
    holder.pay("2026-05", "2026-06-02")

    assert _shown(book) == []


def test_a_transaction_dated_ahead_is_expected_once(
    book: Book, by: Actor, holder: Cardholder, checking: Account, groceries: Account
) -> None:
    record(book, by, account=checking, amount="-40.00", category=groceries, date=date(2026, 6, 20))

    assert _shown(book) == [("2026-06-20", "-40.00", "transaction")]
    days = {str(day.on): day.balance for day in forecast(book.id, TODAY, UNTIL).projections[0].days}
    assert (days["2026-06-19"], days["2026-06-20"]) == (500, 460)


def test_a_subscription_is_expected_on_each_of_its_days(
    book: Book, by: Actor, holder: Cardholder, checking: Account, groceries: Account
) -> None:
    ledger.create_subscription(
        book=book, by=by, name="Gym", account_id=checking.id, category_id=groceries.id,
        amount=Decimal("90.00"), cadence="monthly", every=1, starts_on=date(2026, 1, 31),
    )  # fmt: skip

    assert [row for row in _shown(book) if row[2] == "subscription"] == [
        ("2026-06-30", "-90.00", "subscription"),
        ("2026-07-31", "-90.00", "subscription"),
        ("2026-08-31", "-90.00", "subscription"),
    ]
    assert forecast(book.id, TODAY, UNTIL).projections[0].days[-1].balance == 500 - 270


def _rent(book: Book, by: Actor, checking: Account, groceries: Account) -> Subscription:
    return ledger.create_subscription(
        book=book, by=by, name="Rent", account_id=checking.id, category_id=groceries.id,
        amount=Decimal("90.00"), cadence="yearly", every=1, starts_on=TODAY,
    )  # fmt: skip


def test_what_is_due_today_is_expected_today_until_it_is_paid(
    book: Book, by: Actor, checking: Account, salary: Account, groceries: Account
) -> None:
    record(book, by, account=checking, amount="500.00", category=salary, date=date(2026, 6, 1))
    rent = _rent(book, by, checking, groceries)

    assert _shown(book) == [("2026-06-15", "-90.00", "subscription")]
    assert forecast(book.id, TODAY, UNTIL).projections[0].days[0].balance == 410

    paid = record(book, by, account=checking, amount="-90.00", category=groceries, date=TODAY)
    ledger.link_payment(
        book=book, by=by, subscription_id=rent.id, transaction_id=paid, due_on=TODAY
    )

    assert _shown(book) == []
    assert forecast(book.id, TODAY, UNTIL).projections[0].days[0].balance == 410


def test_what_is_due_today_and_looks_paid_is_not_expected_again(
    book: Book, by: Actor, checking: Account, salary: Account, groceries: Account
) -> None:
    record(book, by, account=checking, amount="500.00", category=salary, date=date(2026, 6, 1))
    _rent(book, by, checking, groceries)
    record(
        book, by, account=checking, amount="-90.00", category=groceries, date=date(2026, 6, 14),
        description="Rent of June",
    )  # fmt: skip

    assert _shown(book) == []
    assert forecast(book.id, TODAY, UNTIL).projections[0].days[0].balance == 410


def test_a_subscription_on_a_card_is_part_of_the_statement_that_will_be_due(
    book: Book, by: Actor, holder: Cardholder, groceries: Account
) -> None:
    holder.spend("2026-06-10", "120.00", groceries)
    ledger.create_subscription(
        book=book, by=by, name="Music", account_id=holder.card.account_id,
        category_id=groceries.id, amount=Decimal("20.00"), cadence="monthly", every=1,
        starts_on=date(2026, 6, 20),
    )  # fmt: skip

    found = forecast(book.id, TODAY, UNTIL)

    assert [row for row in _shown(book) if row[2] == "statement"] == [
        ("2026-07-05", "-140.00", "statement"),
        ("2026-08-05", "-20.00", "statement"),
        ("2026-09-05", "-20.00", "statement"),
    ]
    on_card = [one for one in found.coming if one.source == Source.SUBSCRIPTION]
    assert {one.account_id for one in on_card} == {None}
    assert all(one.invoice_id for one in on_card)
    # Each once: the statements move the account, what they include does not.
    assert found.projections[0].days[-1].balance == 500 - 180


def test_what_lies_behind_the_last_statement_is_not_heaped_upon_it(
    book: Book, by: Actor, holder: Cardholder, groceries: Account
) -> None:
    ledger.create_subscription(
        book=book, by=by, name="Music", account_id=holder.card.account_id,
        category_id=groceries.id, amount=Decimal("20.00"), cadence="monthly", every=1,
        starts_on=date(2026, 6, 20),
    )  # fmt: skip

    found = forecast(book.id, TODAY, date(2028, 6, 1)).coming

    due = [one.amount for one in found if one.source == Source.STATEMENT]
    assert set(due) == {Decimal("-20.00")}
    music = [one for one in found if one.source == Source.SUBSCRIPTION]
    assert len([one for one in music if one.invoice_id]) == len(due) < len(music)


def test_parcels_to_come_are_listed_and_counted_in_their_statements(
    book: Book, by: Actor, holder: Cardholder, groceries: Account
) -> None:
    services.create_plan(
        book=book, by=by, card_id=holder.card.id, description="Lamp", total=Decimal("100.00"),
        parcels=3, purchased_on=date(2026, 6, 10), category_id=groceries.id,
    )  # fmt: skip

    assert _shown(book) == [
        ("2026-07-05", "-33.34", "statement"),
        ("2026-07-10", "-33.33", "installment"),
        ("2026-08-05", "-33.33", "statement"),
        ("2026-08-10", "-33.33", "installment"),
        ("2026-09-05", "-33.33", "statement"),
    ]
    assert forecast(book.id, TODAY, UNTIL).projections[0].days[-1].balance == 400


def test_what_if_is_in_the_projection_and_writes_nothing(
    book: Book, holder: Cardholder, groceries: Account, api: Api
) -> None:
    holder.spend("2026-06-10", "120.00", groceries)
    asked = WhatIf(Decimal("450.00"), date(2026, 6, 30))
    version = Book.objects.get(id=book.id).version

    found = forecast(book.id, TODAY, UNTIL, asked)

    assert ("2026-06-30", "-450.00", "what_if") in _shown(book, what_if=asked)
    assert found.projections[0].below_zero == date(2026, 7, 5)
    assert found.projections[0].lowest.balance == -70
    assert Book.objects.get(id=book.id).version == version
    assert ("2026-06-30", "-450.00", "what_if") not in _shown(book)


def test_the_api_says_the_same(book: Book, api: Api, checking: Account) -> None:
    answer = api.get("/reports/forecast?what_if=10.00")

    assert answer.status_code == 200
    shown = answer.json()
    assert [one["source"] for one in shown["coming"]] == ["what_if"]
    (projection,) = shown["projections"]
    assert (projection["account"], projection["below_zero_on"]) == (
        str(checking.id),
        shown["coming"][0]["date"],
    )
    assert len(projection["days"]) == 91


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ("until=2199-01-01", "?until"),
        ("until=2020-01-01", "?until"),
        ("what_if_on=2026-12-01", "?what_if"),
        ("what_if=much", "?what_if"),
        ("what_if=1.234", "?what_if"),
        ("what_if=-5.00", "?what_if"),
        ("what_if=0", "?what_if"),
        ("what_if=1.00&what_if_on=2020-01-01", "?what_if_on"),
    ],
)
def test_what_makes_no_sense_is_refused(
    api: Api, checking: Account, asked: str, pointer: str
) -> None:
    answer = api.get(f"/reports/forecast?{asked}")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_another_book_s_account_is_not_found(api: Api, book: Book, owner: object) -> None:
    answer = api.get(f"/reports/forecast?what_if=1.00&what_if_account={book.id}")

    assert answer.status_code == 404


def test_the_forecast_reads_as_many_statements_whatever_there_is(
    book: Book, holder: Cardholder, groceries: Account, django_assert_max_num_queries: Any
) -> None:
    def count() -> int:
        with django_assert_max_num_queries(50) as seen:
            forecast(book.id, TODAY, UNTIL)
        return len(seen)

    before = count()
    for day in range(1, 15):
        holder.spend(f"2026-06-{day:02}", "1.00", groceries)
        holder.spend(f"2026-07-{day:02}", "1.00", groceries)

    assert count() == before


def _calendar(api: Api, address: str) -> object:
    return api.client.get(address.removeprefix("http://testserver"))


def test_a_private_link_shows_the_calendar_until_it_is_revoked(
    api: Api, holder: Cardholder, groceries: Account
) -> None:
    holder.spend("2026-06-10", "120.00", groceries)
    made = api.post("/calendar-links").json()

    answer = _calendar(api, made["url"])

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    shown = icalendar.Calendar.from_ical(answer.content)
    (event,) = shown.walk("VEVENT")
    assert event["SUMMARY"] == "Platinum, 2026-06: 120.00 BRL"
    assert api.get("/calendar-links").json()["results"][0].keys() == {"id", "created_at"}
    assert api.delete(f"/calendar-links/{made['id']}").status_code == 204
    assert _calendar(api, made["url"]).status_code == 404


def test_a_link_ends_with_the_seat_of_who_made_it(api: Api, owner: User, book: Book) -> None:
    made = api.post("/calendar-links").json()
    owner.is_active = False
    owner.save()

    assert _calendar(api, made["url"]).status_code == 404


def test_a_made_up_link_shows_nothing(api: Api) -> None:
    assert _calendar(api, "/calendar/made-up.ics").status_code == 404


def test_what_a_title_says_is_text_in_the_calendar(
    api: Api, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    ledger.create_subscription(
        book=book, by=by, name="A;B,C\\D\nBEGIN:VEVENT", account_id=checking.id,
        category_id=groceries.id, amount=Decimal("9.00"), cadence="yearly", every=1,
        starts_on=date(2026, 1, 31),
    )  # fmt: skip
    made = api.post("/calendar-links").json()

    shown = icalendar.Calendar.from_ical(_calendar(api, made["url"]).content)

    assert len(shown.walk("VEVENT")) >= 1
    assert shown.walk("VEVENT")[0]["SUMMARY"].startswith("A;B,C\\D\nBEGIN:VEVENT: 9.00")

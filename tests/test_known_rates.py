"""`?known_on=` and the rates that all books share: those of later change no figure of then."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from bookkeeping import Bookkeeper, own_rate, rate
from conftest import Api
from django.db.transaction import atomic
from django.test import Client
from django.utils import timezone
from raw import one, run
from telling import now, told, told_as_known

from accounts.ecb import Quotation
from accounts.loading import load_rates
from accounts.models import Account, BookRate, ExchangeRate
from accounts.rates import Rate, Rates
from buffet.audit import Actor
from buffet.models import Book, User
from reports.known import as_known

#: How ids begin that were made in 2026-01, long before today.
OLD = "019b7700-0000-"
TABLES = (
    "transactions_transaction",
    "accounts_account",
    "accounts_exchangerate",
    "accounts_bookrate",
    "buffet_book",
)

pytestmark = pytest.mark.django_db(transaction=True)


class Past(NamedTuple):
    """The days of a book that has 100 dollars and 15,000 yen, all of it known before yesterday.

    A dollar was 4 on `early` and 6 from `middle` on, both through the euro. Yen had no rate.
    """

    book: Book
    by: Actor
    early: date
    middle: date
    yesterday: date


def age() -> None:
    """Let all that is there be from two days ago; entries are as old as their ids."""
    with atomic():
        run("SET LOCAL session_replication_role = replica")
        for table in TABLES:
            run(f"UPDATE {table} SET created_at = created_at - interval '2 days'")
        run("UPDATE transactions_entry SET id = (%s || substr(id::text, 15))::uuid", OLD)


@pytest.fixture
def past(book: Book, by: Actor, dollars: Account) -> Past:
    """A book as it was known yesterday."""
    keeper, today = Bookkeeper(book, by), book.day(timezone.now())
    found = Past(book, by, *(today - timedelta(days=days) for days in (90, 60, 1)))
    keeper.move(dollars, found.early, "100.00")
    keeper.move(keeper.open("Yen", "savings", "JPY"), found.early, "15000")
    for on, reais in ((found.early, "5.00"), (found.middle, "7.50")):
        rate("EUR", "USD", on, "1.25")
        rate("EUR", "BRL", on, reais)
    age()
    return found


def load(past: Past, on: date, **rates: str) -> None:
    """Load what one euro was worth: `load(past, on, BRL="7.50")`."""
    quoted = [Quotation(on, currency, Decimal(value)) for currency, value in rates.items()]
    load_rates(by=past.by, quotations=quoted)


def load_yesterday(past: Past) -> None:
    """A dollar was 7 yesterday."""
    load(past, past.yesterday, USD="1.25", BRL="8.75")


def correct(past: Past) -> None:
    """A dollar was 8 and not 6."""
    load(past, past.middle, BRL="9.00")
    load(past, past.middle, BRL="10.00")


def delete(past: Past) -> None:
    """A dollar is 4 still, since the later rate was none."""
    ExchangeRate.objects.filter(on=past.middle, quote="BRL").delete()


def quote_yen(past: Past) -> None:
    """15,000 yen are 750 from a day on that was past already."""
    load(past, past.middle, JPY="150")


def load_anew(past: Past) -> None:
    """A dollar was 8, by rows that are all of now."""
    ExchangeRate.objects.all().delete()
    load(past, past.middle, USD="1.25", BRL="10.00")


def leave(past: Past) -> None:
    """Nothing happens to a rate."""


#: What happened later → net worth, and what has no rate, as told now.
LATER: dict[Callable[[Past], None], tuple[str, bool]] = {
    load_yesterday: ("700.00", True),
    correct: ("800.00", True),
    delete: ("400.00", True),
    quote_yen: ("1350.00", False),
    load_anew: ("800.00", True),
    leave: ("600.00", True),
}
YEN = [{"amount": "15000", "currency": "JPY"}]
THEN = ("600.00", YEN)


@pytest.fixture(params=LATER, ids=lambda happens: happens.__name__)
def changed(past: Past, request: pytest.FixtureRequest) -> tuple[date, tuple[str, Any]]:
    """Yesterday, and what is told since something happened to rates."""
    request.param(past)
    worth, is_left_out = LATER[request.param]
    return past.yesterday, (worth, YEN if is_left_out else [])


def test_net_worth_of_the_api_is_that_of_the_rates_of_then(
    api: Api, past: Past, changed: Any
) -> None:
    yesterday, told_now = changed
    path = f"/reports/net-worth?date_from={past.early}&date_to={yesterday}"

    def told(known: str = "") -> tuple[str, Any]:
        found = api.get(f"{path}{known}").json()
        return found["months"][-1]["net_worth"]["amount"], found["not_converted"]

    # One process asks of now, of then and of now again, and twice each.
    for _ in range(2):
        assert told() == told_now
        assert told(f"&known_on={yesterday}") == THEN


def test_the_overview_of_the_api_is_that_of_the_rates_of_then(
    api: Api, past: Past, changed: Any
) -> None:
    yesterday, told_now = changed

    def told(known: str = "") -> tuple[tuple[str, Any], Any]:
        found = api.get(f"/reports/accounts/portfolio-overview?on={yesterday}{known}").json()
        said = {line["currency"]: line["conversion"] for line in found["currencies"]}
        return (found["net_worth"]["amount"], found["not_converted"]), said["USD"]

    for _ in range(2):
        assert told()[0] == told_now
        figures, conversion = told(f"&known_on={yesterday}")
        assert figures == THEN
        assert conversion == {
            "rate": "6.00000000",
            "as_of": past.middle.isoformat(),
            "source": "test",
            "status": "carried",
        }


@pytest.mark.parametrize("path", ["/net-worth", "/"])
def test_pages_are_those_of_the_rates_of_then(
    client: Client, owner: User, changed: Any, path: str
) -> None:
    yesterday, (worth, _) = changed
    client.force_login(owner)

    def figure(known: str = "") -> str:
        text = client.get(f"{path}?on={yesterday}{known}").content.decode()
        (found,) = re.findall(r'<p class="figure">(.*?)</p>', text)[:1]
        return re.sub(r"<[^>]+>|,", "", found).removesuffix("BRL").strip()

    for _ in range(2):
        assert figure() == worth
        assert figure(f"&known_on={yesterday}") == "600.00"


def test_own_rates_go_before_those_of_then_as_ever(api: Api, past: Past) -> None:
    own_rate(past.book, "USD", "BRL", past.middle, "6.50")
    age()
    correct(past)
    load_yesterday(past)
    BookRate.objects.update(rate=Decimal(9))
    path = f"/reports/net-worth?date_from={past.early}&date_to={past.yesterday}"

    now, then = (
        api.get(f"{path}{known}").json()["months"][-1]["net_worth"]["amount"]
        for known in ("", f"&known_on={past.yesterday}")
    )

    assert (now, then) == ("700.00", "650.00")


def test_each_instant_has_the_rates_it_had(past: Past) -> None:
    said, instants = [], []
    for happens in (leave, correct, delete, load_yesterday, quote_yen, load_anew, load_yesterday):
        happens(past)
        said.append(told(past.book, past.yesterday))
        instants.append(now())

    assert [told_as_known(past.book, past.yesterday, at) for at in instants] == said
    assert [one["overview"]["net_worth"]["amount"] for one in said] == [
        *("600.00", "800.00", "400.00", "700.00", "1575.00", "800.00", "700.00"),
    ]


def test_days_of_which_no_rate_was_known_yet_have_none(past: Past) -> None:
    days = [past.early - timedelta(days=9), past.early, past.middle, past.yesterday]
    at = now()
    load(past, days[0], USD="1.25", BRL="2.50", JPY="150")
    load_yesterday(past)

    with as_known(past.book, at):
        found = Rates.read(past.book.id, "BRL", "BRL", ["USD", "JPY"], days)
        assert one("SELECT count(*) FROM accounts_exchangerate") == 4

    assert [found.rate("JPY", day).status for day in days] == ["missing"] * 4
    assert [found.rate("USD", day) for day in days] == [
        Rate("missing"),
        Rate("exact", Decimal(4), past.early, "test"),
        Rate("exact", Decimal(6), past.middle, "test"),
        Rate("carried", Decimal(6), past.middle, "test"),
    ]


def test_rates_that_were_kept_before_it_was_said_since_when_are_always_known(past: Past) -> None:
    at = past.book.created_at - timedelta(days=1)
    known = []
    for since in (now(), datetime(1970, 1, 1, tzinfo=UTC)):
        run("UPDATE accounts_exchangerate SET created_at = %s", since)
        run("DELETE FROM accounts_exchangerateevent")
        with as_known(past.book, at):
            known.append(one("SELECT count(*) FROM accounts_exchangerate"))

    assert known == [0, 4]


def test_what_was_loaded_later_is_passed_by_once_and_not_for_each_day(past: Past) -> None:
    at = now()
    run(
        'INSERT INTO accounts_exchangerate (base, quote, "on", rate, source) '
        "SELECT 'EUR', 'BRL', %s::date - d, 5, 'test' FROM generate_series(0, 2000) d "
        "ON CONFLICT DO NOTHING",
        past.yesterday,
    )
    run("ANALYZE accounts_exchangerate")
    days = [past.early + timedelta(days=number) for number in range(89)]

    with as_known(past.book, at):
        found = Rates.read(past.book.id, "BRL", "BRL", ["USD"], days)
        read = one(
            "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables "
            "WHERE schemaname = current_schema() AND relname = 'accounts_exchangerate'"
        )

    assert found.values("USD", days) == [Decimal(4)] * 30 + [Decimal(6)] * 59
    assert 89 < read < 200


def test_a_forecast_and_its_page_are_at_the_rates_of_then(
    past: Past, api: Api, client: Client, owner: User, dollars: Account
) -> None:
    load_yesterday(past)
    asked = f"accounts={dollars.id}&known_on="
    client.force_login(owner)

    told = api.get(f"/reports/forecast?{asked}{past.yesterday}").json()

    assert told["converted"]["balance"] == "600.00"
    assert told["converted"]["conversions"][0]["conversion"]["as_of"] == str(past.middle)
    page = client.get(f"/coming?{asked}{past.yesterday}&format=json").json()
    assert page["forecast"] == told
    today = past.yesterday + timedelta(days=1)
    later = api.get(f"/reports/forecast?{asked}{today}").json()
    assert later["converted"]["balance"] == "700.00"

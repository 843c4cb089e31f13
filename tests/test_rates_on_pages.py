"""The book's own exchange rates on pages: listed, added, corrected, deleted, without a script."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from bookkeeping import Bookkeeper, own_rate, rate
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from fields import sent_by
from wallet import text_of

from accounts.models import Account, BookRate
from buffet.audit import Actor
from buffet.models import Book, Role, User
from transactions import services as ledger

LIST = "/exchange-rates"
MAY = date(2026, 5, 4)
DIGITS = "A rate is a number above zero, of at most 12 digits before the decimal mark"
PORTUGUESE = {"Accept-Language": "pt-BR"}


@pytest.fixture
def browser(client: Client, book: Book, owner: User, person: Any) -> Callable[..., Client]:
    """A maker of signed-in browsers: `browser("editor")`."""

    def make(role: str = Role.OWNER) -> Client:
        client.force_login(owner if role == Role.OWNER else person(role, book, role))
        return client

    return make


def form(client: Client, **typed: str) -> dict[str, str]:
    """Return what the form of a new rate sends."""
    given = {"base": "USD", "rate": "5.4321", "on": "2026-05-04"}
    return sent_by(client.get(LIST), "base") | given | typed


def kept() -> list[tuple[str, str, date, Decimal, str]]:
    """Return the book's own rates."""
    rows = BookRate.objects.order_by("on", "base")
    return [(one.base, one.quote, one.on, one.rate.normalize(), one.source) for one in rows]


def test_what_has_no_rate_leads_to_the_form_that_gives_it_one(
    browser: Any, book: Book, by: Actor, dollars: Account
) -> None:
    client, today = browser(Role.EDITOR), book.day(timezone.now())
    Bookkeeper(book, by).move(dollars, today - timedelta(days=3), "100.00")
    address = f"{LIST}?base=USD&amp;currency=BRL&amp;on={today}#add"

    for page in ("/", "/accounts"):
        assert f'href="{address}">Add a rate</a>' in client.get(page).content.decode()
    before = f"/accounts?since={today - timedelta(days=1)}"
    assert client.get(before).content.decode().count(">Add a rate</a>") == 2
    asked = f"{LIST}?base=USD&currency=BRL&on={today}"
    sent = sent_by(client.get(asked), "base")
    assert (sent["base"], sent["quote"], sent["on"]) == ("USD", "BRL", today.isoformat())
    assert client.post(asked, sent | {"rate": "5.5"}).status_code == 303

    assert "550.00" in text_of(client.get("/accounts"))
    assert "Add a rate" not in client.get("/accounts").content.decode()


@pytest.mark.parametrize("page", ["/spending", "/cash-flow", "/net-worth"])
def test_so_do_the_reports_of_a_period(
    browser: Any,
    book: Book,
    by: Actor,
    checking: Account,
    dollars: Account,
    groceries: Account,
    page: str,
) -> None:
    today = book.day(timezone.now())
    for account in (checking, dollars):
        Bookkeeper(book, by).move(account, today, "-9.00", category_id=groceries.id)

    seen = browser().get(f"{page}?currency=BRL").content.decode()

    assert f'href="{LIST}?base=USD&amp;currency=BRL#add">Add a rate</a>' in seen


def test_the_settings_lead_there_and_it_begins_with_today_and_the_book_s_currency(
    browser: Any, book: Book
) -> None:
    client = browser()
    assert f'href="{LIST}"' in client.get("/book").content.decode()

    page = client.get(LIST)
    sent = sent_by(page, "base")

    assert "There are none yet" in text_of(page)
    today = book.day(timezone.now()).isoformat()
    assert (sent["base"], sent["quote"], sent["on"]) == ("", "BRL", today)


def test_the_page_says_until_when_each_holds(browser: Any, book: Book) -> None:
    rows = [own_rate(book, "USD", "BRL", MAY + timedelta(days=day), "5.5") for day in (0, 2)]
    rows += [own_rate(book, "EUR", "BRL", MAY, "6"), own_rate(book, "GBP", "BRL", MAY, "7")]
    rate("USD", "BRL", MAY, "5.4")
    rate("EUR", "BRL", MAY + timedelta(days=3), "6.1")
    rate("EUR", "USD", MAY + timedelta(days=4), "1.1")
    client = browser()
    client.get(LIST)

    with CaptureQueriesContext(connection) as asked:
        seen = text_of(client.get(LIST))

    for said in (
        "Holds until 5 May 2026, then the book's own of 6 May 2026",
        "Holds until 7 May 2026, then the one through the euro of 8 May 2026",
        "Holds until 6 May 2026, then the shared one of 7 May 2026",
        "Holds until another one comes",
    ):
        assert seen.count(said) == 1
    assert "the book's own of 6 May" in text_of(client.get(f"{LIST}/{rows[0].id}"))
    said = text_of(client.get(LIST, headers=PORTUGUESE))
    assert "Vale até 06/05/2026; depois, a compartilhada de 07/05/2026" in said
    for code in ("JPY", "CHF", "MXN"):
        own_rate(book, code, "BRL", MAY, "2")
    with CaptureQueriesContext(connection) as asked_of_more:
        client.get(LIST)
    assert len(asked_of_more) == len(asked)


def test_a_rate_is_added_and_told_in_the_list(browser: Any) -> None:
    client = browser(Role.EDITOR)

    answer = client.post(LIST, form(client, base="usd", source="  card bill "))

    assert (answer.status_code, answer["Location"]) == (303, f"{LIST}?told=added")
    assert kept() == [("USD", "BRL", MAY, Decimal("5.4321"), "card bill")]
    told = text_of(client.get(answer["Location"]))
    assert "The rate is added" in told
    assert "4 May 2026 USD 5.4321 BRL card bill" in told


def test_it_is_typed_as_one_s_language_writes_it(browser: Any) -> None:
    client = browser()
    sent = form(client, rate="1.234,5000001")

    assert client.post(LIST, sent, headers=PORTUGUESE).status_code == 303
    assert kept()[0][3] == Decimal("1234.5000001")
    page = client.get(LIST, headers=PORTUGUESE)
    assert "1234,5000001" in text_of(page)

    (row,) = BookRate.objects.all()
    shown = sent_by(client.get(f"{LIST}/{row.id}", headers=PORTUGUESE), "rate")
    assert shown["rate"] == "1234,5000001"


@pytest.mark.parametrize(
    ("typed", "field", "why"),
    [
        ({"rate": "0"}, "rate", DIGITS),
        ({"rate": "-5"}, "rate", DIGITS),
        ({"rate": "five"}, "rate", DIGITS),
        ({"rate": "1e3"}, "rate", DIGITS),
        ({"rate": "1234567890123"}, "rate", DIGITS),
        ({"rate": "0.0000000000001"}, "rate", DIGITS),
        ({"rate": ""}, "rate", "required"),
        ({"base": "XXX"}, "base", "ISO 4217"),
        ({"base": "BRL"}, "quote", "A currency has no rate against itself."),
        ({"on": "2026-02-30"}, "on", "day"),
        ({"on": "2026-05-05"}, "on", "The book already has a rate of its own between these"),
        ({"base": "BRL", "quote": "USD", "on": "2026-05-05"}, "on", "already has a rate"),
        ({"on": "2026-04-30"}, "on", "April 2026 is closed"),
        ({"source": "x" * 41}, "source", "40"),
    ],
)
def test_a_refusal_stands_beside_its_field_and_what_was_typed_stays(
    browser: Any, book: Book, by: Actor, typed: dict[str, str], field: str, why: str
) -> None:
    own_rate(book, "USD", "BRL", date(2026, 5, 5), "5")
    ledger.close_month(book=book, by=by, month=date(2026, 4, 1), today=date(2026, 6, 1))
    client = browser()
    before = kept()

    answer = client.post(LIST, form(client, **typed))

    assert answer.status_code == 400
    seen = answer.content.decode()
    beside = seen.partition(f'id="add_{field}_error">')[2].partition("</p>")[0]
    assert why in beside
    assert all(f'value="{value}"' in seen for value in typed.values() if value)
    assert kept() == before


def test_a_form_that_is_sent_twice_adds_once(browser: Any) -> None:
    client = browser()
    sent = form(client)

    answers = [client.post(LIST, sent) for _ in range(2)]

    assert [one.status_code for one in answers] == [303, 303]
    assert len(kept()) == 1
    again = client.post(LIST, sent | {"on": "2026-05-06"})
    assert again.status_code == 400
    assert "This form has recorded something else already" in text_of(again)


def test_the_list_has_pages_of_the_newest_first(browser: Any, book: Book) -> None:
    for number in range(120):
        own_rate(book, "USD", "BRL", MAY + timedelta(days=number), "5")
        rate("EUR", "BRL", MAY + timedelta(days=number), "6")
    client = browser()

    def days(page: Any) -> list[str]:
        rows = page.content.decode().split('<time datetime="')[1:]
        return [row[:10] for row in rows]

    def to(page: Any, rel: str) -> str:
        before = page.content.decode().partition(f'" rel="{rel}"')[0]
        return LIST + before.rpartition('href="')[2].replace("&amp;", "&")

    first = client.get(f"{LIST}?told=added")
    second = client.get(to(first, "next"))
    third = client.get(to(second, "next"))

    found = [*days(first), *days(second), *days(third)]
    assert found == sorted(found, reverse=True)
    assert (len(set(found)), len(days(third))) == (120, 20)
    assert "The rate is added" not in text_of(second)
    assert 'rel="next"' not in third.content.decode()
    assert days(client.get(to(third, "prev"))) == days(second)
    assert client.get(f"{LIST}?cursor=x").status_code == 400


@pytest.fixture
def row(book: Book) -> BookRate:
    """A dollar was 5.5 reais."""
    return own_rate(book, "USD", "BRL", MAY, "5.5")


def test_a_rate_is_corrected(browser: Any, row: BookRate) -> None:
    client, address = browser(Role.EDITOR), f"{LIST}/{row.id}"
    sent = sent_by(client.get(address), "rate") | {"action": "correct"}

    answer = client.post(address, sent | {"rate": "5.6", "on": "2026-05-06"})

    assert (answer.status_code, answer["Location"]) == (303, f"{LIST}?told=corrected")
    assert kept() == [("USD", "BRL", date(2026, 5, 6), Decimal("5.6"), "own")]
    assert client.post(address, sent | {"rate": "5.6", "on": "2026-05-06"}).status_code == 303


def test_what_somebody_else_corrected_meanwhile_stays(browser: Any, row: BookRate) -> None:
    client, address = browser(), f"{LIST}/{row.id}"
    sent = sent_by(client.get(address), "rate") | {"action": "correct"}
    BookRate.objects.update(rate=Decimal(6))

    client.post(address, sent | {"source": "bank"})

    assert kept() == [("USD", "BRL", MAY, Decimal(6), "bank")]


def test_the_same_that_somebody_else_corrected_is_not_written_over(
    browser: Any, row: BookRate
) -> None:
    client, address = browser(), f"{LIST}/{row.id}"
    sent = sent_by(client.get(address), "rate") | {"action": "correct", "rate": "7"}
    BookRate.objects.update(rate=Decimal(6))

    answer = client.post(address, sent)

    assert answer.status_code == 400
    assert "This has changed since you read it" in text_of(answer)
    assert kept() == [("USD", "BRL", MAY, Decimal(6), "own")]
    again = sent_by(answer, "rate") | {"action": "correct"}
    assert client.post(address, again).status_code == 303
    assert kept() == [("USD", "BRL", MAY, Decimal(7), "own")]


def test_what_may_not_be_corrected_is_refused_beside_its_field(
    browser: Any, book: Book, by: Actor, row: BookRate
) -> None:
    client, address = browser(), f"{LIST}/{row.id}"
    sent = sent_by(client.get(address), "rate") | {"action": "correct"}
    ledger.close_month(book=book, by=by, month=MAY, today=date(2026, 6, 15))

    for change in ({"rate": "7"}, {"rate": "x"}):
        answer = client.post(address, sent | change)
        assert answer.status_code == 400
        assert 'class="error" id="correct_' in answer.content.decode()
    refused = client.post(address, {"action": "delete"})

    assert refused.status_code == 400
    assert "May 2026 is closed" in text_of(refused)
    assert kept() == [("USD", "BRL", MAY, Decimal("5.5"), "own")]


def test_a_rate_is_deleted_by_the_first_of_two_clicks(browser: Any, row: BookRate) -> None:
    client, address = browser(), f"{LIST}/{row.id}"

    answers = [client.post(address, {"action": "delete"}) for _ in range(2)]

    assert [one["Location"] for one in answers] == [f"{LIST}?told=deleted"] * 2
    assert kept() == []
    assert client.get(address).status_code == 404
    assert client.post(address, {"action": "correct"}).status_code == 404


def test_viewers_see_and_do_not_write(browser: Any, row: BookRate) -> None:
    client, address = browser(Role.VIEWER), f"{LIST}/{row.id}"
    listed, one = client.get(LIST), client.get(address)

    assert "USD 5.5 BRL" in text_of(listed)
    assert "5.5 BRL" in text_of(one)
    for page in (listed, one):
        assert 'method="post" action="/exchange-rates' not in page.content.decode()
    for where in (LIST, address):
        sent = {"action": "delete", "base": "EUR", "quote": "BRL", "rate": "6", "on": "2026-05-04"}
        assert client.post(where, sent).status_code == 403
    assert kept() == [("USD", "BRL", MAY, Decimal("5.5"), "own")]


@pytest.mark.django_db(transaction=True)
def test_as_known_one_sees_and_does_not_write(browser: Any, book: Book, row: BookRate) -> None:
    client, today = browser(), book.day(timezone.now())

    for where in (LIST, f"{LIST}/{row.id}"):
        page = client.get(f"{where}?known_on={today}")
        assert page.status_code == 200
        assert 'action="/exchange-rates' not in page.content.decode()


def test_another_book_s_rates_and_those_of_nobody_are_not_there(browser: Any, book: Book) -> None:
    other = Book.objects.create(name="Other", base_currency="BRL")
    theirs = own_rate(other, "USD", "BRL", MAY, "9")
    gone = own_rate(other, "EUR", "BRL", MAY, "9")
    BookRate.objects.filter(id=gone.id).delete()
    client = browser()

    assert "USD" not in text_of(client.get(LIST)).partition("Add a rate")[0]
    for id in (theirs.id, gone.id, uuid4()):
        assert client.get(f"{LIST}/{id}").status_code == 404
        for action in ("correct", "delete", ""):
            assert client.post(f"{LIST}/{id}", {"action": action}).status_code == 404
    assert BookRate.objects.count() == 1

"""The pages: who sees them, what they say, and that nothing in them runs."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from bookkeeping import TODAY, Bookkeeper, rate
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, Membership, Role, User
from buffet.money import Money
from reports.faces import harmless
from reports.templatetags import figures
from transactions import services as ledger

ON = "?on=2026-06-15"
#: What shows a chart's values beside the pointer: a file of ours, the only one that runs.
POINTING = '<script type="module" src="/static/reports/chart.js"></script>'


@pytest.fixture
def spend(book: Book, by: Actor) -> Callable[..., UUID]:
    """Record a transaction in the book."""
    return Bookkeeper(book, by).move


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_overview_says_what_one_is_worth(
    page: Any, checking: Account, savings: Account, spend: Any
) -> None:
    spend(checking, date(2026, 5, 10), "1000000.00")
    spend(savings, date(2026, 6, 10), "-1.50")

    answer = page(f"/{ON}")

    seen = text_of(answer)
    assert "Net worth at the end of 15 June 2026 999,998.50 BRL" in seen
    assert "Since 31 May 2026 −1.50" in seen
    for account in (checking, savings):
        assert f'href="/accounts/{account.id}?on=2026-06-15"' in answer.content.decode()


def test_each_part_links_to_the_accounts_whose_sum_it_is(
    page: Any, book: Book, by: Actor, checking: Account, savings: Account, spend: Any
) -> None:
    broker = chart.create_broker(book=book, by=by, name="B&B <Bank>")
    chart.change_account(book=book, by=by, account_id=savings.id, broker_id=broker.id)
    spend(checking, TODAY, "7.00")
    spend(savings, TODAY, "35.00")

    overview = page(f"/{ON}").content.decode()
    links = re.findall(r'href="(/accounts\?[^"]*(?:kind|broker|type)=[^"]*)">([^<]+)<', overview)

    assert len(links) == 10
    for link, figure in links:
        rows = text_of(page(link.replace("&amp;", "&")))
        assert f"at the end of 15 June 2026 {figure} BRL" in rows, link


def test_a_first_look_at_an_empty_book_says_what_to_do(page: Any, book: Book) -> None:
    assert "Nothing here yet" in text_of(page("/"))
    assert "No accounts yet" in text_of(page("/accounts"))


def test_what_is_not_counted_is_said(page: Any, dollars: Account, spend: Any) -> None:
    spend(dollars, TODAY, "5.00")

    seen = text_of(page(f"/{ON}"))

    assert "Not converted and not counted: 5.00 USD" in seen
    assert "There is no rate to BRL on or before 15 June 2026." in seen


def test_a_day_that_was_left_empty_is_today(page: Any, book: Book) -> None:
    assert page("/?on=&known_on=&currency=").status_code == 200
    assert page("/accounts?on=&period=").status_code == 200
    assert page("/spending?date_from=&date_to=").status_code == 200
    assert "<b>At the end of:</b> A date is written" in page("/?on=x").content.decode()


def test_nothing_in_a_currency_that_has_a_rate_is_counted_as_nothing(
    page: Any, dollars: Account
) -> None:
    rate("USD", "BRL", TODAY, "5")

    for path in (f"/{ON}", f"/accounts{ON}"):
        seen = page(path).content.decode()
        table = page(f"{path}&format=csv").getvalue().decode()

        assert "not counted" not in seen
        assert f'<td class="n other"><a href="/accounts/{dollars.id}{ON}">0.00</a>' in seen
        assert "USD,0.00,0.00,5.00000000,2026-06-15,test,exact" in table


def test_names_are_text_everywhere(
    page: Any, book: Book, by: Actor, checking: Account, spend: Any
) -> None:
    evil = "<script>alert(1)</script>\"'><svg onload=alert(1)>"
    chart.change_account(book=book, by=by, account_id=checking.id, name=evil)
    for month in (3, 4, 5):
        id = spend(checking, date(2026, month, 1), "1.00", description=evil)

    for path in ("/", "/accounts", f"/accounts/{checking.id}", f"/transactions/{id}"):
        body = page(path).content.decode()
        assert "<script" not in body.replace(POINTING, ""), path
        assert "<svg onload" not in body, path
        assert "&lt;script&gt;" in body, path


@pytest.mark.parametrize(
    "path", ["/", "/accounts", "/accounts/{account}", "/transactions/{transaction}", "/sign-in"]
)
def test_nothing_in_a_page_runs_or_styles_itself(
    page: Any, client: Client, checking: Account, spend: Any, path: str
) -> None:
    for month in (3, 4, 5):
        id = spend(checking, date(2026, month, 1), "1.00")
    if path == "/sign-in":
        client.logout()

    answer = page(path.format(account=checking.id, transaction=id))

    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    body = answer.content.decode().replace(POINTING, "")
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", body)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', body)


def test_someone_elses_things_do_not_exist(
    client: Client, book: Book, person: Any, checking: Account, spend: Any
) -> None:
    id = spend(checking, TODAY, "5.00")
    client.force_login(person("stranger", Book.objects.create(name="T", base_currency="EUR")))

    for path in (f"/accounts/{checking.id}", f"/transactions/{id}", f"/?book={book.id}"):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert "There is no such page" in text_of(answer)
    assert "5.00" not in text_of(client.get(f"/{ON}"))


def test_a_seat_that_expired_shows_nothing(client: Client, book: Book, person: Any) -> None:
    accountant = person("accountant", book, Role.VIEWER)
    Membership.objects.filter(user=accountant).update(expires_at=timezone.now() - timedelta(1))
    client.force_login(accountant)

    assert "No book yet" in text_of(client.get("/"))


def test_the_chosen_book_stays_chosen(page: Any, owner: User, book: Book) -> None:
    other = Book.objects.create(name="Shop", base_currency="USD")
    Membership.objects.create(book=other, user=owner, role=Role.OWNER)

    assert "<title>Portfolio overview · Household" in page("/").content.decode()
    page(f"/?book={other.id}")

    assert "<title>Accounts · Shop" in page("/accounts").content.decode()


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        ("/", "/?book={other}"),
        ("/cash-flow?period=2026-05", "/cash-flow?book={other}&amp;period=2026-05"),
        ("/accounts?kind=checking&currency=USD", "/accounts?book={other}&amp;currency=USD"),
        ("/month-end", "/month-end?book={other}"),
        # What is about something of this book is left.
        ("/accounts/{account}", "/?book={other}"),
        ("/rows?account={account}&period=2026-05", "/?book={other}&amp;period=2026-05"),
    ],
)
def test_another_book_is_chosen_on_the_same_page(
    page: Any, owner: User, checking: Account, asked: str, leads: str
) -> None:
    other = Book.objects.create(name="Shop", base_currency="USD")
    Membership.objects.create(book=other, user=owner, role=Role.OWNER)

    seen = page(asked.format(account=checking.id)).content.decode()

    address = leads.format(other=other.id)
    assert f'<a href="{address}">Shop</a>' in seen
    assert page(address.replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("on=2026-02-30", "This is not a day of the calendar, YYYY-MM-DD."),
        ("on=yesterday", "A date is written YYYY-MM-DD."),
        ("year=2026", "Unknown parameter"),
        ("cursor=x", "This is not a cursor that this list gave out."),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(
    page: Any, checking: Account, query: str, sentence: str
) -> None:
    answer = page(f"/accounts/{checking.id}?{query}")

    assert answer.status_code == 400
    assert sentence in text_of(answer)


def test_the_json_face_is_the_apis_answer(
    page: Any, api: Any, checking: Account, spend: Any
) -> None:
    spend(checking, TODAY, "5.00")

    answer = page(f"/{ON}&format=json").json()

    assert answer == api.get(f"/reports/accounts/portfolio-overview{ON}").json()


def test_the_csv_face_holds_no_formula(
    page: Any, book: Book, by: Actor, checking: Account, spend: Any
) -> None:
    chart.change_account(book=book, by=by, account_id=checking.id, name="=HYPERLINK(1)")
    spend(checking, TODAY, "-5.00")

    answer = page(f"/{ON}&format=csv")

    row = answer.getvalue().decode().splitlines()[1].split(",")
    assert row[0] == "'=HYPERLINK(1)"
    assert row[5] == "-5.00"


@pytest.mark.parametrize("cell", ["=1", "+a", "-a", "@a", "\ta", "\ra", "-1+1", "+1e5", "-inf"])
def test_a_formula_is_made_harmless(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless("-12.50") == "-12.50"


@pytest.mark.django_db(transaction=True)
def test_a_second_look_costs_no_page(page: Any, checking: Account, spend: Any) -> None:
    first = page(f"/{ON}")
    seen = {"If-None-Match": first.headers["ETag"]}

    again = page(f"/{ON}", headers=seen)
    spend(checking, TODAY, "5.00")
    changed = page(f"/{ON}", headers=seen)

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
    assert first.headers["Cache-Control"] == "private, no-cache"


def test_statements_of_a_page_do_not_grow_with_accounts(
    page: Any, book: Book, by: Actor, checking: Account, dollars: Account, spend: Any
) -> None:
    spend(checking, date(2026, 1, 5), "5.00")
    spend(dollars, date(2026, 1, 5), "5.00")
    with CaptureQueriesContext(connection) as few:
        page(f"/{ON}")
    for number in range(18):
        account = ledger.open_account(
            book=book, by=by, today=TODAY, name=f"A{number}", kind="savings", currency="BRL"
        )
        spend(account, date(2026, 1 + number % 5, 5), "5.00")

    with CaptureQueriesContext(connection) as many:
        page(f"/{ON}")

    assert len(few) == len(many) <= 6


def test_figures_are_in_the_readers_language() -> None:
    owed = Money(Decimal("-1234567.5"), "BRL")

    assert figures.figure(owed) == "−1,234,567.50"
    assert figures.figure(Money(Decimal("-1234"), "JPY")) == "−1,234"
    assert figures.signed(Money(Decimal("5"), "KWD")) == "+5.000"
    assert figures.short(Decimal("820785.73")) == "820.8 k"
    with translation.override("pt-br"):
        assert figures.figure(owed) == "−1.234.567,50"
        assert figures.day(TODAY) == "15 de junho de 2026"
        assert figures.day(TODAY.replace(day=1)) == "1º de junho de 2026"
        assert figures.short_day(TODAY) == "15/06/2026"
        assert figures.short_month(TODAY) == "jun/2026"
        assert figures.percent(Decimal("12.34")) == "12,3%"
        assert figures.short(Decimal("820785.73")) == "820,8 mil"

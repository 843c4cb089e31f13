"""The page of a book's settings: owners change them, others read them, wrong ones are named."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from wallet import text_of

from buffet.models import Book, Role, User

SENT = {
    "name": "Household",
    "base_currency": "BRL",
    "time_zone": "America/Sao_Paulo",
    "month_start_day": "1",
}


@pytest.fixture
def kept(book: Book) -> Book:
    """The book as its form has it."""
    Book.objects.filter(id=book.id).update(name=SENT["name"], time_zone=SENT["time_zone"])
    book.refresh_from_db()
    return book


@pytest.fixture
def browser(owner: User) -> Client:
    """The owner's browser."""
    found = Client()
    found.force_login(owner)
    return found


def state(book: Book) -> tuple[Any, ...]:
    """Return what is kept of the settings."""
    return Book.objects.values_list(*SENT).get(id=book.id)


def test_an_owner_changes_a_book_and_its_reports_follow(browser: Client, kept: Book) -> None:
    before = text_of(browser.get("/cash-flow?period=2026-05"))

    sent = SENT | {"name": "Casa", "base_currency": "eur", "month_start_day": "25"}
    answer = browser.post("/book", sent)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/book?saved=1")
    assert state(kept) == ("Casa", "EUR", "America/Sao_Paulo", 25)
    page = browser.get(answer.headers["Location"])
    assert "Your changes are saved." in text_of(page)
    assert 'name="month_start_day" value="25"' in page.content.decode()
    assert "25 May 2026" not in before
    assert "25 May 2026" in text_of(browser.get("/cash-flow?period=2026-05"))


@pytest.mark.parametrize(
    ("name", "sent", "said"),
    [
        ("month_start_day", "29", "A day from 1 to 28"),
        ("month_start_day", "0", "A day from 1 to 28"),
        ("month_start_day", "first", "A day from 1 to 28"),
        ("month_start_day", "", "This field is required"),
        ("base_currency", "R$", "ISO 4217"),
        ("time_zone", "Mars/Olympus", "Mars/Olympus"),
        ("name", " ", "This field is required"),
        ("name", "x" * 101, "100"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    browser: Client, kept: Book, name: str, sent: str, said: str
) -> None:
    before = state(kept)

    answer = browser.post("/book", SENT | {name: sent})

    body = answer.content.decode()
    assert answer.status_code == 400
    assert said in body[body.index(f'id="id_{name}_error"') :].partition("</p>")[0]
    assert body.count('class="error"') == 1
    assert f'aria-describedby="id_{name}_' in body
    assert state(kept) == before


def test_what_another_owner_changed_meanwhile_stays(browser: Client, kept: Book) -> None:
    page = browser.get("/book").content.decode()
    was = {f"initial-{name}": value for name, value in SENT.items()}
    for name, value in was.items():
        assert re.search(rf'type="hidden" name="{name}" value="{value}"', page), name

    browser.post("/book", SENT | was | {"month_start_day": "10"})
    browser.post("/book", SENT | was | {"name": "Casa"})

    assert state(kept) == ("Casa", "BRL", "America/Sao_Paulo", 10)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
def test_who_is_no_owner_reads_the_settings_and_changes_nothing(
    kept: Book, person: Callable[..., User], role: str
) -> None:
    before, browser = state(kept), Client()
    browser.force_login(person("member", kept, role))

    seen = browser.get("/book")
    refused = browser.post("/book", SENT | {"name": "Mine"})

    assert "America/Sao_Paulo" in text_of(seen)
    assert "An owner of the book can change this." in text_of(seen)
    assert 'name="month_start_day"' not in seen.content.decode()
    assert refused.status_code == 403
    assert state(kept) == before


def test_the_past_is_looked_at_and_not_changed(browser: Client, kept: Book) -> None:
    page = browser.get("/book?known_on=2026-01-01")

    assert 'name="month_start_day"' not in page.content.decode()


@pytest.mark.parametrize(
    ("address", "current"), [("/book", "page"), ("/sharing", "true"), ("/export", "true")]
)
def test_the_pages_about_a_book_stand_below_its_settings(
    browser: Client, kept: Book, address: str, current: str
) -> None:
    body = browser.get(address).content.decode()

    top = body[body.index('<header class="top">') : body.index("</header>")]
    assert f'<a href="/book" aria-current="{current}">Settings</a>' in top
    assert top.count("aria-current") == 1


def test_settings_are_a_step_away_from_every_page(browser: Client, kept: Book) -> None:
    for address in ("/", "/cash-flow", "/month-end", "/imports"):
        body = browser.get(address).content.decode()
        assert body.count('href="/book"') == 1, address

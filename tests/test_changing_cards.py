"""A card's terms and a statement's dates are changed on pages, by the services of the API."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from fields import sent_by
from wallet import Wallet, text_of

from accounts.models import Account, CardTerms, CreditCard
from buffet.audit import Actor
from buffet.models import Book, Role, User
from invoices import services
from invoices.models import Invoice

NOBODY = "0199c4a0-0000-7000-8000-000000000000"


@pytest.fixture
def browser(client: Client, book: Book, owner: User, person: Any) -> Callable[..., Client]:
    """A maker of signed-in browsers: `browser("editor")`."""

    def make(role: str = Role.OWNER) -> Client:
        client.force_login(owner if role == Role.OWNER else person(role, book, role))
        return client

    return make


def form(client: Client, address: str, field: str = "closing_day", **typed: str) -> dict[str, str]:
    """Return what the form of a page sends."""
    return sent_by(client.get(address), field) | {"action": "keep"} | typed


def test_a_card_s_terms_are_changed_from_its_page(
    browser: Any, wallet: Wallet, checking: Account
) -> None:
    client, address = browser(Role.EDITOR), f"/cards/{wallet.card.id}/change"
    assert f'href="{address}"' in client.get(f"/cards/{wallet.card.id}").content.decode()
    current = wallet.statement(0)
    typed = {"closing_day": "12", "due_day": "20", "closing_day_is_next": "next", "brand": "elo"}
    typed |= {"limit": "6,500.50", "paying_account": "", "name": "Gold", "last_four": "0042"}

    answer = client.post(address, form(client, address, **typed))

    assert answer["Location"] == f"/cards/{wallet.card.id}?told=changed#content"
    card = CreditCard.objects.select_related("account").get()
    assert (card.limit, card.paying_account_id) == (Decimal("6500.50"), None)
    assert (card.account.name, card.brand, card.last_four) == ("Gold", "elo", "0042")
    assert card.closing_day_is_next
    latest = CardTerms.objects.latest("from_month")
    assert (latest.from_month, latest.closing_day, latest.due_day) == (current.month, 12, 20)
    closes = Invoice.objects.get(id=current.id).closes_on
    assert closes.day == 12
    assert "The card is changed. The current statement, of" in text_of(
        client.get(answer["Location"])
    )


def test_new_days_hold_from_the_statement_that_was_chosen(browser: Any, wallet: Wallet) -> None:
    client, address = browser(), f"/cards/{wallet.card.id}/change"
    before = wallet.statement(0)
    later = Invoice.objects.filter(card=wallet.card, month__gt=before.month).order_by("month")[1]

    sent = form(client, address, from_month=f"{later.month:%Y-%m}", closing_day="9")
    assert client.post(address, sent).status_code == 303

    assert CardTerms.objects.latest("from_month").from_month == later.month
    assert Invoice.objects.get(id=later.id).closes_on.day == 9
    assert Invoice.objects.get(id=before.id).closes_on == before.closes_on
    assert "closes on day 9, due on day" in text_of(client.get(address))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("closing_day", "32", "A day from 1 to 31"),
        ("due_day", "", "required"),
        ("limit", "-1", "A limit is zero or more."),
        ("limit", "1.234", "decimals"),
        ("last_four", "12", "four digits"),
        ("name", "Checking", "already has an account of this name"),
        ("paying_account", NOBODY, "There is no such account in this book."),
        ("from_month", "1999-01", "valid choice"),
    ],
)
def test_what_is_wrong_with_a_card_is_said_beside_its_field(
    browser: Any, wallet: Wallet, checking: Account, field: str, value: str, said: str
) -> None:
    client, address = browser(), f"/cards/{wallet.card.id}/change"

    answer = client.post(address, form(client, address, **{"limit": "7", field: value}))

    body = answer.content.decode()
    assert answer.status_code == 400
    assert said in body.partition(f'id="keep_{field}_error">')[2].partition("</p>")[0]
    assert CreditCard.objects.get().limit == Decimal(5000)


def test_what_somebody_else_changed_on_a_card_stays_or_is_asked_about(
    browser: Any, book: Book, by: Actor, wallet: Wallet
) -> None:
    client, address = browser(), f"/cards/{wallet.card.id}/change"
    sent = form(client, address)
    services.change_card(
        book=book, by=by, card_id=wallet.card.id, today=wallet.today, limit=Decimal(9000)
    )

    refused = client.post(address, sent | {"limit": "7000"})
    assert refused.status_code == 400
    assert "This has changed since you read it" in text_of(refused)
    assert CreditCard.objects.get().limit == Decimal(9000)
    assert client.post(address, sent | {"last_four": "1234"}).status_code == 303
    card = CreditCard.objects.get()
    assert (card.limit, card.last_four) == (Decimal(9000), "1234")


def test_a_statement_s_dates_are_changed_from_its_page(browser: Any, wallet: Wallet) -> None:
    client, page = browser(Role.EDITOR), wallet.address(10)
    assert f'href="{page}/change"' in client.get(page).content.decode()
    row = wallet.statement(10)
    closes, due = row.closes_on + timedelta(days=1), row.due_on + timedelta(days=3)
    typed = {"closes_on": closes.isoformat(), "due_on": due.isoformat(), "minimum_payment": "12.5"}

    answer = client.post(f"{page}/change", form(client, f"{page}/change", "opens_on", **typed))

    assert answer["Location"] == f"{page}?told=changed#content"
    assert "The statement is changed." in text_of(client.get(answer["Location"]))
    found = wallet.statement(10)
    assert (found.closes_on, found.due_on) == (closes, due)
    assert (found.minimum_payment, found.dates_kept) == (Decimal("12.5"), True)
    after = Invoice.objects.filter(card=wallet.card, month__gt=row.month).earliest("month")
    assert after.opens_on == closes + timedelta(days=1)


def test_dates_that_cross_are_refused_beside_their_field(browser: Any, wallet: Wallet) -> None:
    client, address = browser(), f"{wallet.address(10)}/change"
    wallet.buy(100, "1.00")
    row = wallet.statement(10)
    wrong = {
        "closes_on": row.opens_on - timedelta(days=1),
        "due_on": row.closes_on - timedelta(days=1),
        "opens_on": row.opens_on - timedelta(days=70),
    }

    for field, day in wrong.items():
        answer = client.post(address, form(client, address, "opens_on", **{field: str(day)}))
        assert answer.status_code == 400
        assert f'id="keep_{field}_error"' in answer.content.decode()
    sent = form(client, address, "opens_on", minimum_payment="5")
    Invoice.objects.filter(id=row.id).update(minimum_payment=Decimal(7))
    assert "This has changed since you read it" in text_of(client.post(address, sent))
    assert wallet.statement(10).minimum_payment == Decimal(7)


def test_viewers_and_strangers_change_neither(
    browser: Any, client: Client, wallet: Wallet, person: Any
) -> None:
    pages = (f"/cards/{wallet.card.id}", wallet.address(10))
    browser(Role.VIEWER)
    for page in pages:
        assert f'href="{page}/change"' not in client.get(page).content.decode()
        assert "An owner or editor of the book" in text_of(client.get(f"{page}/change"))
        assert client.post(f"{page}/change", {"action": "keep"}).status_code == 403
    client.force_login(person("stranger", Book.objects.create(name="T", base_currency="EUR")))
    for page in pages:
        assert client.get(f"{page}/change").status_code == 404
        assert client.post(f"{page}/change", {"action": "keep"}).status_code == 404

"""The pages of those who come in: by a letter's link, each step with its form and its refusals."""

import re
from typing import Any

import pytest
from conftest import PASSWORD
from django.core import mail
from django.test import Client
from fields import sent_by

from buffet import services
from buffet.audit import Actor
from buffet.models import Book, Membership, SignIn, User

NEW = "new@example.com"


def link() -> str:
    """Return the address in the last letter, without the host."""
    return re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)[1]


def path(answer: Any) -> str:
    """Return where an answer leads."""
    assert answer.status_code == 302, answer.content
    return answer.headers["Location"]


def test_a_stranger_registers_and_opens_a_book(db: None, client: Client) -> None:
    assert 'href="/register"' in client.get("/sign-in").content.decode()
    told = client.post("/register", {"email": NEW})
    assert "A letter is on its way to new@example.com" in told.content.decode()

    assert NEW in client.get(link()).content.decode()
    assert path(client.post(link(), {"name": "Ana", "password": PASSWORD})) == "/"
    assert 'href="/books/new"' in client.get("/").content.decode()
    opened = client.post(
        "/books/new", {"name": "Home", "base_currency": "brl", "time_zone": "America/Sao_Paulo"}
    )

    book = Book.objects.get()
    assert path(opened) == f"/?book={book.id}"
    assert (book.base_currency, book.time_zone) == ("BRL", "America/Sao_Paulo")
    assert "Home" in client.get(path(opened)).content.decode()


def test_a_new_book_s_time_zone_is_where_its_reader_lives(owner: User, client: Client) -> None:
    client.force_login(owner)

    english = client.get("/books/new").content.decode()
    portuguese = client.get("/books/new", headers={"Accept-Language": "pt-BR"}).content.decode()
    sent = client.post("/books/new", {"time_zone": "Asia/Tokyo"}).content.decode()

    assert '<option value="UTC" selected>' in english
    assert '<option value="America/Sao_Paulo" selected>' in portuguese
    assert "data-own-zone" in portuguese
    assert "reports/zone" in portuguese
    # What somebody chose is left alone by the script.
    assert "data-own-zone" not in sent


def test_who_clicks_twice_opens_one_book(owner: User, client: Client) -> None:
    client.force_login(owner)
    sent = sent_by(client.get("/books/new"), "base_currency") | {
        "name": "Home",
        "base_currency": "EUR",
    }

    first, again = (path(client.post("/books/new", sent)) for _ in range(2))
    other = client.post("/books/new", sent | {"name": "Firm"})

    assert first == again
    assert Book.objects.filter(name="Home").count() == 1
    assert other.status_code == 400
    assert not Book.objects.filter(name="Firm").exists()
    # What is shown then has a key of its own.
    assert client.post("/books/new", sent_by(other, "base_currency")).status_code == 302
    assert Book.objects.filter(name="Firm").count() == 1


@pytest.mark.parametrize(
    ("address", "sent", "says"),
    [
        ("/register", {"email": "nobody"}, "Enter a valid email address."),
        ("/forgot-password", {}, "This field is required."),
        ("{link}", {"password": "new"}, "too short"),
        ("/books/new", {"name": "x", "base_currency": "E", "time_zone": "UTC"}, "currency"),
        ("/books/new", {"name": "x", "base_currency": "EUR", "time_zone": "Mars"}, "valid choice"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    address: str, sent: dict[str, str], says: str, owner: User, client: Client
) -> None:
    if address == "/books/new":
        client.force_login(owner)
    client.post("/register", {"email": NEW})

    answer = client.post(address.replace("{link}", link()), sent)

    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert (User.objects.count(), Book.objects.count()) == (1, 1)


def test_a_forgotten_password_is_replaced_and_one_is_signed_in(owner: User, client: Client) -> None:
    client.post("/forgot-password", {"email": owner.email})
    chosen = link()
    assert owner.email in client.get(chosen).content.decode()

    assert path(client.post(chosen, {"password": "another battery staple"})) == "/"

    assert client.get("/").status_code == 200
    assert client.get(chosen).status_code == 403


@pytest.mark.parametrize("address", ["/register/x", "/reset-password/x", "/invitations/x"])
def test_a_link_of_nobody_leads_nowhere(address: str, db: None, client: Client) -> None:
    for method in (client.get, client.post):
        answer = method(address)

        assert answer.status_code == 403
        assert "no more" in answer.content.decode() or "nowhere" in answer.content.decode()


def test_where_registering_is_closed_no_page_offers_it(
    db: None, client: Client, settings: Any
) -> None:
    settings.REGISTRATION = "closed"

    assert "/register" not in client.get("/sign-in").content.decode()
    assert client.post("/register", {"email": NEW}).status_code == 400
    assert mail.outbox == []


def invite(book: Book, owner: User, email: str) -> None:
    by = Actor(owner.id, "api", email=owner.email)
    services.invite(by=by, book_id=book.id, email=email, role="viewer")


def test_an_invited_friend_signs_in_and_accepts(
    book: Book, owner: User, person: Any, client: Client
) -> None:
    friend = person("friend")
    invite(book, owner, friend.email)
    assert path(client.get(link())) == f"/sign-in?next={link()}"
    client.force_login(friend)
    shown = client.get(link()).content.decode()
    assert "Household" in shown
    assert "Owner invites you to it as its viewer." in shown

    assert path(client.post(link())) == f"/?book={book.id}"

    assert Membership.objects.get(user=friend).role == "viewer"


def test_an_invited_stranger_registers_on_the_way(book: Book, owner: User, client: Client) -> None:
    invite(book, owner, NEW)
    registering = path(client.get(link()))
    assert "Household" in client.get(registering).content.decode()

    assert path(client.post(registering, {"password": PASSWORD})) == "/"

    assert "Household" in client.get("/").content.decode()


def test_an_invitation_for_somebody_else_is_refused_with_a_sentence(
    book: Book, owner: User, person: Any, client: Client
) -> None:
    invite(book, owner, NEW)
    client.force_login(person("friend"))

    answer = client.post(link())

    assert answer.status_code == 400
    assert "another e-mail address than yours" in answer.content.decode()


def test_entering_by_a_letter_is_in_the_history_of_signing_in(db: None, client: Client) -> None:
    story = {"REMOTE_ADDR": "203.0.113.9", "HTTP_USER_AGENT": "Firefox"}
    client.post("/register", {"email": NEW})
    client.post(link(), {"password": "weak"}, **story)
    client.post(link(), {"name": "Ana", "password": PASSWORD}, **story)
    client.post("/forgot-password", {"email": NEW})
    chosen = link()
    for password in ("weak", "another battery staple", "a third battery staple"):
        client.post(chosen, {"password": password}, **story)

    rows = SignIn.objects.values_list("user__email", "door", "outcome", "address", "user_agent")
    assert list(rows) == [(NEW, "page", "letter", "203.0.113.9", "Firefox")] * 2

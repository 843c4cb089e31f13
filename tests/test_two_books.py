"""Who keeps two books and has both open: what is sent is about the book whose page had the form."""

from typing import Any

import pytest
from django.test import Client
from fields import sent_by

from accounts.models import Account
from buffet.models import Book, Invitation, Membership, Role, User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def firm(owner: User) -> Book:
    """The owner's other book."""
    made = Book.objects.create(name="Firm", base_currency="EUR")
    Membership.objects.create(book=made, user=owner, role=Role.OWNER)
    return made


@pytest.mark.parametrize(
    ("address", "field", "more", "changed"),
    [
        ("/book", "month_start_day", {"name": "Home"}, lambda: _of(Book, "Home", "id")),
        (
            "/accounts/new",
            "opening_balance",
            {"name": "Purse", "kind": "cash", "currency": "BRL"},
            lambda: _of(Account, "Purse", "book_id"),
        ),
        (
            "/categories",
            "name",
            {"name": "Books", "type": "expense", "action": "add"},
            lambda: _of(Account, "Books", "book_id"),
        ),
        (
            "/categories",
            "of_book",
            {"action": "start"},
            lambda: sorted(set(Account.objects.values_list("book_id", flat=True))),
        ),
        (
            "/sharing",
            "email",
            {"email": "friend@example.com", "action": "invite"},
            lambda: list(Invitation.objects.values_list("book_id", flat=True)),
        ),
    ],
)
def test_a_form_is_about_its_own_book(
    address: str,
    field: str,
    more: dict[str, str],
    changed: Any,
    client: Client,
    page: Any,
    book: Book,
    firm: Book,
) -> None:
    form = sent_by(page(f"{address}?book={book.id}"), field)
    page(f"/?book={firm.id}")

    answer = client.post(address, form | more)

    assert answer.status_code == 303
    assert changed() == [book.id]
    assert b"Firm" not in page("/").content.split(b'<p class="margin">')[1].split(b"</p>")[0]


def test_what_names_no_book_is_about_the_one_that_is_looked_at(
    client: Client, page: Any, book: Book, firm: Book
) -> None:
    form = sent_by(page(f"/book?book={book.id}"), "month_start_day")
    del form["of_book"]
    page(f"/?book={firm.id}")

    client.post("/book", form | {"name": "Home"})

    assert _of(Book, "Home", "id") == [firm.id]


@pytest.mark.parametrize("of", ["nonsense", "00000000-0000-0000-0000-000000000000", "theirs"])
def test_a_book_that_one_is_no_member_of_is_not_there(
    of: str, client: Client, page: Any, book: Book, person: Any
) -> None:
    theirs = Book.objects.create(name="Theirs", base_currency="EUR")
    person("stranger", theirs)
    form = sent_by(page("/book"), "month_start_day")
    assert form["of_book"] == str(book.id)
    assert len(form["csrfmiddlewaretoken"]) > 30
    sent = {"name": "Home", "of_book": str(theirs.id) if of == "theirs" else of}

    answer = client.post("/book", form | sent)

    assert answer.status_code == 404
    assert _of(Book, "Home", "id") == []


def _of(model: Any, name: str, field: str) -> list[Any]:
    return list(model.objects.filter(name=name).values_list(field, flat=True))

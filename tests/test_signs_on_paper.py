"""What the paper of the accountant's pack has no letters for is seen to be missing, and said."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from bookkeeping import Bookkeeper
from django.test import Client
from pypdf import PdfReader
from test_accountants_pack import ADDRESS, Opened

from buffet.audit import Actor
from buffet.models import Book, User

NOTE = "� stands for a character that cannot be shown here; the files beside this report have it."


@pytest.fixture
def told(api: Any, book: Book, by: Actor) -> Callable[[str], Opened]:
    """Open an account of a name, and unpack the pack of the year."""

    def make(name: str) -> Opened:
        Bookkeeper(book, by).open(
            name, "savings", "BRL", opening_balance=Decimal(5), opened_on=date(2026, 3, 1)
        )
        return Opened(api.get(ADDRESS))

    return make


def pages(opened: Opened) -> list[str]:
    """Return what each page says."""
    found = PdfReader(BytesIO(opened.read("report.pdf"))).pages
    return [" ".join(page.extract_text().split()) for page in found]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("東京 Yen", "�� Yen"),
        ("現金", "��"),
        ("Касса حساب ₿ Zł", "Касса ���� ₿ Zł"),
        ("Viagem ✈\ufe0f 🏖", "Viagem � �"),
    ],
)
def test_what_cannot_be_shown_has_a_sign_and_a_note(
    told: Callable[[str], Opened], name: str, shown: str
) -> None:
    opened = told(name)

    assert f" {shown} Savings 5.00" in opened.paper()
    for page in pages(opened):
        assert (NOTE in page) == (shown in page)
    assert name in {row["account"] for row in opened.rows("balances.csv")}


@pytest.mark.parametrize("name", ["Poupança Ωmega Жук ₿", "a\u200bb"])
def test_what_can_be_shown_needs_no_note(told: Callable[[str], Opened], name: str) -> None:
    opened = told(name)

    assert name.replace("\u200b", "") in opened.paper().replace("\u200b", "")
    assert "�" not in opened.paper()


def test_a_book_whose_name_cannot_be_shown_says_so_on_each_page(
    told: Callable[[str], Opened], book: Book
) -> None:
    Book.objects.filter(id=book.id).update(name="家計簿")

    found = pages(told("Poupança"))

    assert all("���" in page and NOTE in page for page in found)


def test_the_note_is_in_the_reader_s_language(
    client: Client, owner: User, told: Callable[[str], Opened]
) -> None:
    told("現金")
    client.force_login(owner)

    answer = client.get("/accountants-pack?period=2026", headers={"Accept-Language": "pt-BR"})
    paper = Opened(answer).paper()

    assert "� está no lugar de um caractere que não pode ser mostrado aqui" in paper

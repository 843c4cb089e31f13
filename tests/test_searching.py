"""What people type to find something: words in any order, whatever their case and accents."""

import pytest
from conftest import Api
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Account
from buffet.searching import patterns

pytestmark = pytest.mark.django_db


def is_found(typed: str, written: str) -> bool:
    with connection.cursor() as cursor:
        found = []
        for pattern in patterns(typed):
            cursor.execute("SELECT %s::text ~ %s", [written, pattern])
            found.append(cursor.fetchone()[0])
    return all(found)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("cafe", "Café do Mercado"),
        ("CAFÉ", "cafe do mercado"),
        ("cafe", "CAFÉ"),
        ("farmacia sao", "São João Farmácia"),
        # Composed or not, on either side.
        ("café", "Cafe\u0301"),
        ("Cafe\u0301", "Café"),
        ("cafeteria", "Cafe\u0301teria"),
        ("mercado cafe", "Café do Mercado"),
        ("d'o", "Boulevard d'Omaha"),
        ("lodz", "Łódź"),
        ("pho bo", "Phở bò"),
        ("книга", "КНИГА"),
        ("がす", "がす会社"),
        ("100%", "100% bare"),
        (r"a.b\c", r"xa.b\cx"),
        ("***", "stars ***"),
        ("(?i)", "a (?i) b"),
        ("[x]{2}^$|+", "[x]{2}^$|+"),
        ("straße", "Straße 5"),
    ],
)
def test_it_is_found(typed: str, written: str) -> None:
    assert is_found(typed, written)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("cafes", "Café"),
        ("cafe tea", "Café"),
        ("_", "a"),
        ("a.c", "abc"),
        ("100%", "1000 bare"),
        ("がす", "かす"),
        (r"\d", "7"),
    ],
)
def test_it_is_not_found(typed: str, written: str) -> None:
    assert not is_found(typed, written)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60))
@settings(max_examples=150, deadline=None)
def test_every_text_finds_itself(text: str) -> None:
    assert is_found(text, text)


def test_lists_of_the_api_are_searched_so(api: Api, checking: Account, groceries: Account) -> None:
    shop = api.post("/vendors", {"name": "Padaria São Bento"}).json()["id"]
    for text, vendor in (("Pão de queijo", shop), ("Pao", None), ("Queijo", None)):
        body = {
            "account": str(checking.id), "category": str(groceries.id), "amount": "-8.50",
            "date": "2026-05-05", "description": text, "vendor": vendor,
        }  # fmt: skip
        assert api.post("/transactions", body).status_code == 201

    def found(address: str, name: str) -> set[str]:
        return {row[name] for row in api.get(address).json()["results"]}

    assert found("/transactions?q=PAO", "description") == {"Pão de queijo", "Pao"}
    # A word of the vendor, and one of the description.
    assert found("/transactions?q=queijo+sao", "description") == {"Pão de queijo"}
    assert found("/vendors?q=bento+sao", "name") == {"Padaria São Bento"}
    assert found("/vendors?q=bento+rio", "name") == set()

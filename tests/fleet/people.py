"""People with books for the load: `python -m tests.fleet.people PEOPLE TRANSACTIONS`, as JSON."""

import json
import os
import sys
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "buffet.settings")
django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402 (after setup)
from django.db import connection  # noqa: E402 (after setup)
from django.utils import timezone  # noqa: E402 (after setup)

from accounts import services as chart  # noqa: E402 (after setup)
from buffet import services  # noqa: E402 (after setup)
from buffet.audit import Actor, writing  # noqa: E402 (after setup)
from buffet.bench.book import copy_purchases  # noqa: E402 (after setup)
from buffet.models import User  # noqa: E402 (after setup)
from invoices import services as cards  # noqa: E402 (after setup)
from transactions import services as ledger  # noqa: E402 (after setup)

PASSWORD = "month end in the fleet"


def add(number: int, transactions: int, password: str) -> dict[str, Any]:
    """Make a person with a book of five accounts and so many purchases; return their keys."""
    today = timezone.now().date()
    user = User.objects.create_user(f"{uuid4()}@example.com", None, name=f"Person {number}")
    User.objects.filter(id=user.id).update(password=password)
    by = Actor(user.id, "command", email=user.email)
    book = services.create_book(
        by=by, user_id=user.id, name="Home", base_currency="BRL", time_zone="UTC"
    )
    accounts = [
        ledger.open_account(
            book=book, by=by, today=today, name=f"Account {one}", kind="checking", currency="BRL",
            opened_on=today - timedelta(days=800), opening_balance=Decimal("1000.00"),
        ).id
        for one in range(5)
    ]  # fmt: skip
    categories = [
        chart.create_category(book=book, by=by, name=f"Category {one}", type="expense").id
        for one in range(5)
    ]
    vendors = [ledger.create_vendor(book=book, by=by, name="Market").id]
    cards.create_card(
        book=book, by=by, today=today, name="Card", currency="BRL", limit=Decimal("5000.00"),
        closing_day=25, due_day=5, paying_account_id=accounts[0],
    )  # fmt: skip
    with writing(book.id, by=by):
        money = [(id, "BRL") for id in accounts]
        copy_purchases(book.id, transactions, today, 730, money, categories, vendors)
    user.refresh_from_db()
    return {
        "email": user.email,
        "password": PASSWORD,
        "access": services.open_session(user).access,
        "account": str(accounts[0]),
        "category": str(categories[0]),
    }


def main(people: int, transactions: int) -> None:
    """Make so many people with so many transactions each."""
    password = make_password(PASSWORD)
    made = [add(number, transactions, password) for number in range(people)]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    sys.stdout.write(json.dumps(made))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

"""The demo household: the same everywhere, believable, and kept out of other people's data."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Account, Broker
from buffet.demo import household, loading
from buffet.models import Book, User
from transactions.models import Transaction
from transactions.queries import balances
from transactions.queries.verification import verify

TODAY = date(2026, 11, 23)


def test_the_same_day_makes_the_same_household() -> None:
    assert household.rows(TODAY) == household.rows(TODAY)
    assert household.rows(TODAY)[-1].date <= TODAY


@pytest.mark.django_db
def test_the_household_is_as_large_as_promised_and_sound() -> None:
    book = loading.load(TODAY)

    real = Account.objects.real().filter(book=book)
    assert real.count() >= 8
    assert {account.currency for account in real} == {"BRL", "USD"}
    assert real.filter(kind="credit_card").count() == 2
    assert Broker.objects.filter(book=book).count() >= 2
    assert Account.objects.categories().filter(book=book).count() >= 30
    assert Transaction.objects.filter(book=book).count() >= 4000
    assert all(check.ok for check in verify(book.id))
    for account in balances.accounts(book.id, TODAY):
        owed = account["type"] == "liability"
        assert (float(account["balance"]) < 0) == owed, account


@pytest.mark.django_db
def test_the_demo_is_loaded_once() -> None:
    call_command("demo")
    before = Transaction.objects.count()

    call_command("demo")
    call_command("demo", if_empty=True)

    assert (Transaction.objects.count(), Book.objects.count()) == (before, 1)
    assert User.objects.get(email="staff@example.com").is_superuser


@pytest.mark.django_db
def test_other_people_s_data_is_not_touched() -> None:
    User.objects.create_user("somebody@example.com", "x")

    call_command("demo", if_empty=True)
    with pytest.raises(CommandError, match="other people"):
        call_command("demo")

    assert not Book.objects.exists()

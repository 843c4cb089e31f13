"""Support reads everything but amounts, until the book's owner lets them see those."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from test_admin import DAY, fill
from test_staff_roles import clerk

from accounts.models import Account
from buffet import roles, services
from buffet.admin.masking import without_numbers
from buffet.audit import Actor
from buffet.models import Book, SupportAccess
from transactions import services as ledger
from transactions.drafts import Changes, Draft
from transactions.models import Entry, Import, ImportLine, Transaction

#: No day or other number of the tests has these digits: they come from an amount, or from an id or
#: token made by chance.
_BY_CHANCE = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9A-Za-z]{32,}")
TELLTALE = ("6173", "6,173", "8391", "8,391")


@pytest.fixture
def secret(book: Book, by: Actor, checking: Account, groceries: Account) -> Transaction:
    """A purchase whose amount was corrected, in a book that has a row of everything."""
    fill(book, by, checking, groceries, "one")
    draft = Draft(
        date=DAY, description="Market", account_id=checking.id, amount=Decimal("-6173.00"),
        category_id=groceries.id,
    )  # fmt: skip
    (id,) = ledger.record(book=book, by=by, drafts=[draft])
    ledger.correct(
        book=book, by=by, transaction_id=id, changes=Changes({"notes": "Checked"}), reason="Why"
    )
    return Transaction.objects.get(id=id)


@pytest.fixture
def amounts(secret: Transaction) -> None:
    """Tell-tale amounts wherever a row has one."""
    Import.objects.update(opening_balance="6173.00", closing_balance="8391.00", total="2218.00")
    ImportLine.objects.update(amount="6173.00")


@pytest.fixture
def support(db: None) -> Client:
    """The browser of somebody of support."""
    return clerk(roles.SUPPORT)


def told(page: Any) -> set[str]:
    """Return the amounts that a page tells."""
    content = _BY_CHANCE.sub("", page.content.decode())
    return {one for one in TELLTALE if one in content}


def address(row: Any, verb: str = "change") -> str:
    """Return the address of a row's page."""
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_{verb}", args=[row.pk])


def pages(secret: Transaction) -> list[str]:
    """Return the addresses of all lists, and of the documents of one row of each."""
    found = []
    for model, page in admin.site._registry.items():
        name = model._meta.label_lower.replace(".", "_")
        found.append(reverse(f"admin:{name}_changelist"))
        rows = page.get_queryset(_Anybody())
        if model is Entry:
            rows = rows.filter(transaction=secret)
        row = secret if model is Transaction else rows.order_by("pk").first()
        if row is not None:
            found += [address(row), address(row, "history")]
    return found


class _Anybody:
    """As much of a request as a queryset asks for."""

    user, GET = None, {}


def test_no_list_document_or_history_tells_support_an_amount(
    support: Client, secret: Transaction, amounts: None
) -> None:
    leaks = {}
    for one in pages(secret):
        page = support.get(one)
        assert page.status_code == 200, one
        if found := told(page):
            leaks[one] = found

    assert leaks == {}


def test_the_amounts_are_there_for_who_may_see_them(secret: Transaction, amounts: None) -> None:
    auditor = clerk(roles.AUDITOR)

    telling = {one for one in pages(secret) if told(auditor.get(one))}

    for row in (secret, secret.entries.order_by("pk").first(), ImportLine.objects.get()):
        assert address(row) in telling
    assert reverse("admin:transactions_entry_changelist") in telling


def test_a_masked_document_still_says_what_it_is_about(
    support: Client, secret: Transaction
) -> None:
    page = support.get(address(secret)).content.decode()

    for said in ("Market", "Checking", "Groceries", "2026-06-01", "•••", "Checked"):
        assert said in page


def test_amounts_are_not_found_by_asking_for_them(support: Client, secret: Transaction) -> None:
    entries = reverse("admin:transactions_entry_changelist")

    assert support.get(entries, {"amount": "6173"}).status_code in (302, 400)
    assert support.get(entries, {"amount__lt": "0"}).status_code in (302, 400)
    transactions = reverse("admin:transactions_transaction_changelist")
    assert support.get(transactions, {"entries__amount__gt": "0"}).status_code in (302, 400)
    for number in range(1, 8):
        up, down = (
            [one.pk for one in support.get(entries, {"o": o}).context["cl"].result_list]
            for o in (f"{number}", f"-{number}")
        )
        by_amount = list(Entry.objects.order_by("amount", "id").values_list("pk", flat=True))
        assert up != by_amount
        assert down != by_amount


@pytest.fixture
def grant(book: Book, by: Actor) -> Callable[..., SupportAccess]:
    """A maker of grants, for a day unless it is said otherwise."""

    def make(**wait: int) -> SupportAccess:
        until = timezone.now() + timedelta(**(wait or {"days": 1}))
        return services.grant_support(by=by, book_id=book.id, expires_at=until)

    return make


def test_an_owner_lets_support_see_the_amounts_of_their_book_and_ends_that(
    support: Client, secret: Transaction, book: Book, by: Actor, grant: Any
) -> None:
    granted = grant()
    assert told(support.get(address(secret)))

    services.revoke_support(by=by, book_id=book.id, access_id=granted.id)

    assert not told(support.get(address(secret)))
    granted.refresh_from_db()
    assert granted.revoked_at is not None


def test_a_grant_ends_by_itself(support: Client, secret: Transaction, grant: Any) -> None:
    granted = grant(days=1)
    past = timezone.now() - timedelta(minutes=1)
    SupportAccess.objects.filter(id=granted.id).update(
        created_at=past - timedelta(days=1), expires_at=past
    )

    assert not told(support.get(address(secret)))


def test_a_grant_is_of_one_book(support: Client, secret: Transaction, by: Actor) -> None:
    other = services.create_book(by=by, user_id=by.user_id, name="Other", base_currency="BRL")
    until = timezone.now() + timedelta(days=1)
    services.grant_support(by=by, book_id=other.id, expires_at=until)

    assert not told(support.get(address(secret)))


def test_numbers_are_hidden_and_days_and_ids_stay() -> None:
    id = "0198c7a2-7a1b-7cde-8f00-1234567890ab"

    assert without_numbers("-6,173.00 BRL") == "••• BRL"
    assert without_numbers("1.234,56 on 2026-06-01 12:30:00, of 2026-06") == (
        "••• on 2026-06-01 12:30:00, of 2026-06"
    )
    assert without_numbers(f"<b>{id} 5</b>") == f"&lt;b&gt;{id} •••&lt;/b&gt;"

"""Staff find everything, and change money only through the services."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from conftest import PASSWORD
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db.models import CompositePrimaryKey
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import quoting
from accounts import services as chart
from accounts.models import Account, ExchangeRate
from buffet import services
from buffet.audit import Actor, Event
from buffet.models import Book, Membership, RecoveryCode, Session, SignIn, User, Visit
from buffet.services import second_factor as factors
from invoices import services as cards
from invoices.models import InvoiceChange, InvoiceLine
from transactions import services as ledger
from transactions.drafts import Draft
from transactions.imports.tables import Profile
from transactions.models import (
    BalanceCheck,
    Import,
    ImportFile,
    ImportLine,
    Transaction,
    TransactionEvent,
)

DAY = date(2026, 6, 1)
PAGES = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def staff(db: None) -> User:
    """A member of staff who may do everything."""
    return User.objects.create_superuser("staff@example.com", PASSWORD)


@pytest.fixture
def desk(staff: User) -> Client:
    """The browser of staff."""
    client = Client()
    client.force_login(staff)
    return client


def spend(book: Book, by: Actor, account: Account, category: Account, name: str = "Market") -> Any:
    """Record a purchase and return its id."""
    draft = Draft(
        date=DAY, description=name, account_id=account.id, amount=Decimal("-10.00"),
        category_id=category.id,
    )  # fmt: skip
    return ledger.record(book=book, by=by, drafts=[draft])[0]


def fill(book: Book, by: Actor, checking: Account, groceries: Account, name: str) -> None:
    """Make one row of everything."""
    ids = [spend(book, by, checking, groceries, f"{name} {n}") for n in range(2)]
    ledger.delete(book=book, by=by, transaction_ids=ids[:1])
    ledger.create_vendor(book=book, by=by, name=name)
    ledger.create_rule(
        book=book, by=by, name=name, contains=f"rule {name}", category_id=groceries.id
    )
    draft = Draft(
        date=DAY, description=f"rule {name}", account_id=checking.id, amount=Decimal("-1.00")
    )
    ledger.record(book=book, by=by, drafts=[draft])
    ledger.apply_rules(book=book, by=by, first=DAY, last=DAY)
    chart.create_broker(book=book, by=by, name=name)
    person = User.objects.create_user(f"{name}@example.com".replace(" ", ""), PASSWORD)
    Session.objects.create(
        user=person, refresh_id=name, expires_at=datetime(2030, 1, 1, tzinfo=UTC)
    )
    factors.enrolment(user=person)
    code = RecoveryCode.objects.create(factor_id=person.id, digest=name)
    SignIn.objects.create(user=person, door="page", outcome="password", user_agent=code.digest)
    until = timezone.now() + timedelta(days=1)
    Visit.objects.create(book=book, staff=person, reason=name, expires_at=until)
    other = Book.objects.create(name=f"<script>{name}</script>", base_currency="BRL")
    other.memberships.create(user=person, role="owner")
    number = ExchangeRate.objects.count()
    ExchangeRate.objects.create(
        base="EUR", quote="BRL", on=date(2026, 1, 1 + number), rate=6, source="test"
    )
    quoting.create_own_rate(
        book=book, by=by, base="USD", quote="BRL", on=date(2026, 1, 1 + number), rate=Decimal(5)
    )
    subscribed = ledger.create_subscription(
        book=book, by=by, name=name, account_id=checking.id, amount=Decimal("10.00"),
        cadence="monthly", starts_on=DAY, category_id=groceries.id,
    )  # fmt: skip
    ledger.link_payment(
        book=book, by=by, subscription_id=subscribed.id, transaction_id=ids[1], due_on=DAY
    )
    started = Import.objects.create(
        book=book, account=checking, format="ofx", file_name=name, file_hash="0"
    )
    ledger.create_profile(book=book, by=by, name=name, profile=Profile(), account_id=checking.id)
    ImportLine.objects.create(
        book=book, of_import=started, number=1, date=DAY, amount=1, description=name,
        verdict="new", reason="x",
    )  # fmt: skip
    _fill_card(book, by, checking, groceries, name)
    month = date(2025, 1 + number, 1)
    ledger.close_month(book=book, by=by, month=month, today=date(2026, 6, 15))


def _fill_card(book: Book, by: Actor, checking: Account, groceries: Account, name: str) -> None:
    card = cards.create_card(
        book=book, by=by, today=DAY, name=f"{name} card", currency="BRL", closing_day=25, due_day=5,
        paying_account_id=checking.id,
    )  # fmt: skip
    cards.create_plan(
        book=book, by=by, card_id=card.id, description=name, total=Decimal("90.00"), parcels=3,
        purchased_on=DAY,
    )  # fmt: skip
    services.open_calendar(by=by, user_id=by.user_id, book_id=book.id)
    transaction_id = spend(book, by, card.account, groceries, name)
    line = InvoiceLine.objects.get(transaction_id=transaction_id)
    cards.pay(book=book, by=by, invoice_id=line.invoice_id, today=DAY)
    InvoiceChange.objects.create(
        book=book, invoice=line.invoice, entry_id=line.entry_id, transaction_id=transaction_id,
        date=DAY, after=line.amount,
    )  # fmt: skip


def test_every_model_can_be_found() -> None:
    ours = {
        model
        for model in apps.get_models()
        if model._meta.app_label in ("buffet", "accounts", "transactions", "invoices")
        # Histories are shown below their rows; Django's admin opens no row with a key of parts.
        and not issubclass(model, Event)
        and not isinstance(model._meta.pk, CompositePrimaryKey)
        # Bytes of a file that is being looked at: nothing to read there.
        and model is not ImportFile
    }

    assert ours - set(PAGES) == set()
    groups = settings.UNFOLD["SIDEBAR"]["navigation"]
    offered = {str(item["link"]) for group in groups for item in group["items"]}
    # What waits to be looked at is gone when its database transaction is.
    shown = ours - {BalanceCheck}
    names = [f"{model._meta.app_label}_{model._meta.model_name}" for model in shown]
    assert {reverse(f"admin:{name}_changelist") for name in names} <= offered


def test_a_last_owner_cannot_be_demoted_here(desk: Client, book: Book, owner: User) -> None:
    seat = Membership.objects.get(book=book, user=owner)
    address = reverse("admin:buffet_membership_change", args=[seat.pk])

    page = desk.post(address, {"role": "viewer", "expires_at_0": "", "expires_at_1": ""})

    assert "A book keeps an owner" in page.content.decode()
    assert Membership.objects.get(id=seat.id).role == "owner"


@pytest.mark.parametrize("model", PAGES, ids=lambda model: model._meta.label)
def test_every_list_costs_the_same_for_two_rows_and_for_ten(
    model: Any,
    desk: Client,
    book: Book,
    by: Actor,
    checking: Account,
    groceries: Account,
    django_assert_max_num_queries: Any,
) -> None:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    costs = []
    for name in ("one", "two"):
        fill(book, by, checking, groceries, name)
    desk.get(address)
    for many in (0, 8):
        for number in range(many):
            fill(book, by, checking, groceries, f"more {number}")
        with django_assert_max_num_queries(15) as seen:
            page = desk.get(address)
        assert page.status_code == 200
        assert b"<script>one" not in page.content
        costs.append(len(seen))

    assert costs[0] == costs[1]


@pytest.mark.parametrize("model", PAGES, ids=lambda model: model._meta.label)
def test_every_row_and_every_search_opens(
    model: Any, desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    fill(book, by, checking, groceries, "one")
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    page = admin.site._registry[model]
    row = page.get_queryset(_Request()).first()
    if row is not None:
        assert desk.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200
    for term in ("one", str(checking.id), "' OR 1=1 --", "\x00"):
        assert desk.get(reverse(f"{name}_changelist"), {"q": term}).status_code == 200


class _Request:
    """As much of a request as a queryset asks for."""

    user = None
    GET: dict[str, str] = {}


LEDGER = ("transactions.transaction", "transactions.entry", "transactions.closedmonth",
          "accounts.account", "transactions.vendor", "transactions.import",
          "accounts.creditcard", "accounts.cardterms", "accounts.exchangerate", "accounts.bookrate",
          "invoices.invoice", "invoices.invoiceline",
          "invoices.invoicechange", "invoices.allocationchoice")  # fmt: skip


@pytest.mark.parametrize("label", LEDGER)
def test_the_stock_forms_change_no_money(
    label: str, desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    fill(book, by, checking, groceries, "one")
    model = next(one for one in PAGES if one._meta.label_lower == label)
    row = model.objects.first()
    name = f"admin:{label.replace('.', '_')}"

    answers = [
        desk.post(reverse(f"{name}_add"), {"description": "x", "name": "x"}),
        desk.post(reverse(f"{name}_change", args=[row.pk]), {"description": "x", "name": "x"}),
        desk.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}),
    ]

    assert {answer.status_code for answer in answers} == {403}
    desk.post(
        reverse(f"{name}_changelist"),
        {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes"},
    )
    assert model.objects.filter(pk=row.pk).exists()


def correction(id: Any, **more: str) -> dict[str, str]:
    """Return the form of a correction with its two entries, filled as the page fills it."""
    entries = list(Transaction.objects.get(id=id).entries.order_by("id"))
    sent = {
        "date": "2026-06-01", "description": "Market", "notes": "", "vendor": "",
        "reason": "Mistyped", "form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "2",
    }  # fmt: skip
    for number, entry in enumerate(entries):
        sent |= {
            f"form-{number}-id": str(entry.id),
            f"form-{number}-account": str(entry.account_id),
            f"form-{number}-amount": str(entry.amount),
            f"form-{number}-currency": entry.currency,
            f"form-{number}-status": entry.status,
        }
    return sent | {"form-2-status": "cleared"} | more


def test_a_correction_goes_through_the_service_and_into_the_history(
    desk: Client, staff: User, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    id = spend(book, by, checking, groceries)
    page = reverse("admin:transactions_transaction_change", args=[id])
    address = reverse("admin:transactions_transaction_correct", args=[id])
    assert desk.get(address).status_code == 200

    done = desk.post(
        address, correction(id, **{"form-0-amount": "-12.00", "form-1-amount": "12.00"})
    )

    assert done.status_code == 302
    assert {str(e.amount) for e in Transaction.objects.get(id=id).entries.all()} == {
        "-12.00000000", "12.00000000",
    }  # fmt: skip
    shown = desk.get(page).content.decode()
    for said in (staff.email, "Mistyped", "through admin", "-10.00"):
        assert said in shown


def test_a_correction_that_would_unbalance_is_refused_in_a_sentence(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    id = spend(book, by, checking, groceries)
    address = reverse("admin:transactions_transaction_correct", args=[id])

    answer = desk.post(address, correction(id, **{"form-0-amount": "-12.00"}))

    assert answer.status_code == 400
    assert "off by -2.00 BRL" in answer.content.decode()
    assert Transaction.objects.get(id=id).entries.filter(amount=-10).exists()


def test_a_correction_cannot_reach_another_book(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    id = spend(book, by, checking, groceries)
    other = Book.objects.create(name="Other", base_currency="BRL")
    theirs = ledger.open_account(
        book=other, by=by, today=DAY, name="Theirs", kind="cash", currency="BRL"
    )
    address = reverse("admin:transactions_transaction_correct", args=[id])

    answer = desk.post(address, correction(id, **{"form-0-account": str(theirs.id)}))

    assert answer.status_code == 400
    assert not theirs.entries.exists()


def test_a_correction_wants_a_reason(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    id = spend(book, by, checking, groceries)
    address = reverse("admin:transactions_transaction_correct", args=[id])

    answer = desk.post(address, correction(id, reason="", description="Changed"))

    assert "Say why" in answer.content.decode()
    assert Transaction.objects.get(id=id).description == "Market"


def test_deleting_and_restoring_by_staff_shows_in_the_history(
    desk: Client, staff: User, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    id = spend(book, by, checking, groceries)

    desk.post(
        reverse("admin:transactions_transaction_remove", args=[id]), {"reason": "Entered twice"}
    )
    assert not Transaction.objects.filter(id=id).exists()
    event = TransactionEvent.objects.get(pgh_obj_id=id, pgh_label="delete")
    listed = desk.get(reverse("admin:transactions_transactionevent_changelist"))
    assert "Entered twice" in listed.content.decode()
    desk.post(
        reverse("admin:transactions_transactionevent_restore", args=[event.pk]),
        {"reason": "It was not"},
    )

    shown = desk.get(reverse("admin:transactions_transaction_change", args=[id])).content.decode()
    for said in ("deleted", "Entered twice", staff.email, "through admin"):
        assert said in shown
    restored = Transaction.objects.get(id=id)
    assert (restored.created_by, restored.created_via) == (staff.id, "admin")


def test_staff_without_the_permission_change_nothing(
    book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    id = spend(book, by, checking, groceries)
    helper = User.objects.create_user("helper@example.com", PASSWORD, is_staff=True)
    desk = Client()
    desk.force_login(helper)

    for verb, row in (("correct", id), ("remove", id)):
        address = reverse(f"admin:transactions_transaction_{verb}", args=[row])
        assert desk.post(address, {"reason": "x"}).status_code in (302, 403)
    assert desk.get(reverse("admin:transactions_transaction_changelist")).status_code == 403
    assert Transaction.objects.filter(id=id).exists()


def test_a_list_of_transactions_never_counts_them_all(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    spend(book, by, checking, groceries)

    with django_assert_max_num_queries(20) as seen:
        desk.get(reverse("admin:transactions_transaction_changelist"))

    counts = [
        q["sql"] for q in seen if "COUNT(*)" in q["sql"] and "transactions_transaction" in q["sql"]
    ]
    assert all("LIMIT 10001" in sql for sql in counts), counts

"""Staff find everything, and change money only through the services."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import pytest
from conftest import PASSWORD
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import EmptyPage
from django.db import connection
from django.db.models import CompositePrimaryKey, DateField
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from raw import run

from accounts import services as chart
from accounts.models import Account, ExchangeRate, OwnRates
from buffet import services
from buffet.admin.lists import MOST_PAGES, EstimatingPaginator
from buffet.admin.people import RESOURCES
from buffet.audit import Actor, Event
from buffet.models import (
    Book,
    BookRow,
    Membership,
    RecoveryCode,
    Session,
    SharedState,
    SignIn,
    SlowRequest,
    Tombstone,
    User,
    Visit,
)
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
    SubscriptionPayment,
    Transaction,
    TransactionEvent,
    Verification,
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
    services.open_calendar(by=by, user_id=person.id, book_id=other.id)
    number = ExchangeRate.objects.count()
    ExchangeRate.objects.create(
        base="EUR", quote="BRL", on=date(2026, 1, 1 + number), rate=6, source="test"
    )
    ledger.create_own_rate(
        book=book, by=by, base="USD", quote="BRL", on=date(2026, 1, 1 + number), rate=Decimal(5)
    )
    subscribed = ledger.create_subscription(
        book=book, by=by, name=name, account_id=checking.id, amount=Decimal("10.00"),
        cadence="monthly", starts_on=DAY, category_id=groceries.id,
    )  # fmt: skip
    ledger.link_payment(
        book=book, by=by, subscription_id=subscribed.id, transaction_id=ids[1], due_on=DAY
    )
    Verification.objects.create(book=book, checks=18, broken={}, who=name)
    SlowRequest.objects.create(
        request_id=name, method="GET", route="x", status=200, milliseconds=1200, queries=9
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
    month = date(2020 + number // 12, 1 + number % 12, 1)
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


MANY = 30


def test_every_page_costs_the_same_for_two_rows_and_for_thirty(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    for name in ("one", "two"):
        fill(book, by, checking, groceries, name)
    rows = {model: _first(model) for model in PAGES}
    # Looked up once in a process.
    ContentType.objects.get_for_models(*PAGES)
    few = _costs(desk, rows)
    for number in range(MANY - 2):
        fill(book, by, checking, groceries, f"more {number}")

    many = _costs(desk, rows)

    assert {name: (few[name], cost) for name, cost in many.items() if cost > few[name]} == {}
    assert max(few.values()) <= 40


def _first(model: Any) -> Any:
    return admin.site._registry[model].get_queryset(_Request()).order_by("pk").first()


def _costs(desk: Client, rows: dict[Any, Any]) -> dict[str, int]:
    """Return how many statements each list and each row's page takes; all are answered."""
    costs = {}
    for model, row in rows.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        addresses = {"list": reverse(f"{name}_changelist")}
        if row is not None:
            addresses["page"] = reverse(f"{name}_change", args=[row.pk])
        for which, address in addresses.items():
            with CaptureQueriesContext(connection) as seen:
                page = desk.get(address)
            assert page.status_code == 200, address
            assert b"<script>one" not in page.content
            costs[f"{name} {which}"] = len(seen)
    return costs


def test_every_list_is_searched_narrowed_and_walked_by_days(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    fill(book, by, checking, groceries, "one")
    for model in PAGES:
        name, page = f"admin:{model._meta.app_label}_{model._meta.model_name}", _page(model)
        asked: list[dict[str, str]] = [
            {"q": term} for term in ("one", str(checking.id), "' OR 1=1 --", "\x00")
        ]
        row = _first(model)
        asked += [
            {f"{key}__id__exact": str(getattr(row, f"{key}_id"))}
            for key in (page._narrowing() if row is not None else ())
        ]
        if day := page.date_hierarchy:
            of_instants = model._meta.get_field(day).get_internal_type() == "DateTimeField"
            time = "T00:00:00+00:00" if of_instants else ""
            asked += [
                {f"{day}__gte": f"2026-{first}{time}", f"{day}__lt": f"2026-{after}{time}"}
                for first, after in (("01-01", "12-31"), ("06-01", "07-01"), ("06-01", "06-02"))
            ]
        for one in asked:
            answer = desk.get(reverse(f"{name}_changelist"), one)
            assert answer.status_code == 200, (name, one, answer.headers)


def _page(model: Any) -> Any:
    return admin.site._registry[model]


def test_a_list_is_paged_through_up_to_a_limit_and_says_so(desk: Client) -> None:
    SlowRequest.objects.bulk_create(
        SlowRequest(request_id="x", method="GET", route="x", status=200, milliseconds=1, queries=1)
        for _ in range(MOST_PAGES + 1)
    )

    pages = EstimatingPaginator(SlowRequest.objects.order_by("id"), 1)

    assert (pages.said, pages.num_pages, pages.within_reach) == ("201", MOST_PAGES, MOST_PAGES)
    with pytest.raises(EmptyPage):
        pages.page(MOST_PAGES + 1)


def test_the_admin_has_the_icon_of_the_pages(desk: Client) -> None:
    said = desk.get(reverse("admin:index")).content.decode()

    assert re.search(r'<link rel="icon" href="[^"]*/icon[^"]*svg"', said)


def test_every_kind_of_tombstone_can_be_chosen() -> None:
    kinds = {model._meta.model_name for model in apps.get_models() if issubclass(model, BookRow)}

    assert kinds == set(RESOURCES)


def test_every_list_has_what_finds_a_row() -> None:
    bare = {BalanceCheck, SharedState, OwnRates}
    for model, page in admin.site._registry.items():
        if model in bare:
            continue
        fields = {field.name: field for field in model._meta.concrete_fields}
        assert page.list_display != ("__str__",), model
        shown = {name for name in page.list_display if name in fields}
        references = {name for name in shown if fields[name].is_relation}
        joined = {name.partition("__")[0] for name in page.list_select_related or ()}
        assert references <= joined, model
        if any(isinstance(one, DateField) for one in fields.values()):
            assert page.date_hierarchy, model
        assert page.search_fields or page.search_ids != ("pk",) or model is Tombstone, model


def test_a_search_finds_by_the_beginning_whatever_the_case(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    for name in ("Ávila market", "Market Ávila", "50% off"):
        spend(book, by, checking, groceries, name)
    address = reverse("admin:transactions_transaction_changelist")

    def found(term: str) -> list[str]:
        shown = desk.get(address, {"q": term}).context["cl"].result_list
        return [row.description for row in shown]

    assert found("ávila") == ["Ávila market"]
    assert found("MARKET") == ["Market Ávila"]
    assert found("50%") == ["50% off"]
    assert found("%") == []


def test_an_entry_is_found_by_the_id_that_the_bank_gave(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    id = spend(book, by, checking, groceries)
    run("UPDATE transactions_entry SET external_id = 'bank-7' WHERE account_id = %s", checking.id)
    address = reverse("admin:transactions_entry_changelist")

    (entry,) = desk.get(address, {"q": "bank-7"}).context["cl"].result_list

    assert entry.transaction_id == id


def test_a_large_list_offers_years_once_it_is_narrowed_and_months_within_them(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    spend(book, by, checking, groceries)
    address = reverse("admin:transactions_transaction_changelist")
    of_book = {"book__id__exact": str(book.id)}

    def steps(**more: str) -> Any:
        return desk.get(address, {**of_book, **more}).context["cl"].steps

    assert "Choose a book" in desk.get(address).context["cl"].steps["hint"]
    assert [step.title for step in steps()["choices"]] == ["2026"]
    year = steps(date__gte="2026-01-01", date__lt="2027-01-01")
    assert [step.title for step in year["choices"]][4:6] == ["May", "June"]
    june = desk.get(address + year["choices"][5].link).context["cl"]
    assert (june.steps["title"], june.result_count, len(june.steps["choices"])) == (
        "June 2026",
        1,
        30,
    )
    may = desk.get(address + year["choices"][4].link).context["cl"]
    assert may.result_count == 0


def test_transactions_are_filtered_by_what_no_index_knows_within_a_month(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    spend(book, by, checking, groceries)
    address = reverse("admin:transactions_transaction_changelist")
    of_book = {"book__id__exact": str(book.id)}
    year = {"date__gte": "2026-01-01", "date__lt": "2027-01-01"}
    june = {"date__gte": "2026-06-01", "date__lt": "2026-07-01"}

    def shown(**more: str) -> Any:
        return desk.get(address, {**of_book, **more}).context["cl"]

    def filters(shown: Any) -> list[str]:
        return [one.title for one in shown.filter_specs]

    for wide in ({}, year):
        assert filters(shown(**wide)) == ["book"]
        assert shown(**wide).steps["hint"] == "Choose a month to filter by source or created via."
    assert filters(shown(**june)) == ["book", "source", "created via"]
    assert "hint" not in shown(**june).steps
    asked = {"source__exact": "import", "created_via": "api", "q": "pur"}
    found = shown(**june, **asked)
    assert found.result_count == 0
    # What is filtered stays filtered in a day, and no longer in a year.
    day = parse_qs(found.steps["choices"][0].link.lstrip("?"))
    assert set(day) == {*of_book, *june, *asked}
    wider = parse_qs(found.steps["back"].link.lstrip("?"))
    assert {name: value for name, (value,) in wider.items()} == {**of_book, **year, "q": "pur"}


def test_a_transaction_reads_like_a_document(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    fill(book, by, checking, groceries, "one")
    line = InvoiceLine.objects.order_by("entry_id").last()
    paid = SubscriptionPayment.objects.get()
    told = ImportLine.objects.get()
    ImportLine.objects.update(transaction_id=paid.transaction_id)

    def page(id: Any) -> str:
        return desk.get(
            reverse("admin:transactions_transaction_change", args=[id])
        ).content.decode()

    on_card, of_subscription = page(line.transaction_id), page(paid.transaction_id)

    assert reverse("admin:invoices_invoice_change", args=[line.invoice_id]) in on_card
    for address in (
        reverse("admin:accounts_account_change", args=[checking.id]),
        reverse("admin:transactions_subscription_change", args=[paid.subscription_id]),
        reverse("admin:transactions_import_change", args=[told.of_import_id]),
    ):
        assert address in of_subscription


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


def test_a_correction_keeps_or_changes_the_vendor(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    id = spend(book, by, checking, groceries)
    vendor = ledger.create_vendor(book=book, by=by, name="Market")
    address = reverse("admin:transactions_transaction_correct", args=[id])

    assert desk.post(address, correction(id, vendor=str(vendor.pk))).status_code == 302

    assert Transaction.objects.get(id=id).vendor_id == vendor.pk


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

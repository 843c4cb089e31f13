"""Each role of staff may do what the table says, whatever a form offers, and nothing else."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from conftest import PASSWORD
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from test_admin import fill

from accounts.models import Account
from buffet import roles
from buffet.audit import Actor
from buffet.models import Book, User

#: The roles by a letter each: support, operator, auditor, administrator.
LETTERS = dict(zip("SOUA", roles.ROLES, strict=True))
ALL, SEEING, CORRECTING, ADMIN, NOBODY = "SOUA", "OUA", "OA", "A", ""

#: Of each table: who may read it, and who may add, change and delete with the stock forms.
TABLES = {
    "accounts.Account": (ALL, NOBODY, NOBODY, NOBODY),
    "accounts.BookRate": (ALL, NOBODY, NOBODY, NOBODY),
    "accounts.Broker": (ALL, NOBODY, NOBODY, NOBODY),
    "accounts.CardTerms": (ALL, NOBODY, NOBODY, NOBODY),
    "accounts.CreditCard": (ALL, NOBODY, NOBODY, NOBODY),
    "accounts.ExchangeRate": (ALL, NOBODY, NOBODY, NOBODY),
    "accounts.OwnRates": (ALL, NOBODY, NOBODY, NOBODY),
    "buffet.Attempts": (ALL, NOBODY, NOBODY, NOBODY),
    "buffet.Book": (ALL, NOBODY, ADMIN, NOBODY),
    "buffet.CalendarLink": (ALL, NOBODY, NOBODY, NOBODY),
    "buffet.Erasure": (ALL, NOBODY, NOBODY, NOBODY),
    "buffet.Invitation": (ALL, NOBODY, NOBODY, NOBODY),
    "buffet.KeptAnswer": (ALL, NOBODY, NOBODY, NOBODY),
    "buffet.Membership": (ALL, ADMIN, ADMIN, NOBODY),
    "buffet.PersonalToken": (ALL, NOBODY, NOBODY, NOBODY),
    "buffet.RecoveryCode": (ALL, NOBODY, NOBODY, NOBODY),
    "buffet.SecondFactor": (ALL, NOBODY, NOBODY, NOBODY),
    "buffet.Session": (ALL, NOBODY, NOBODY, NOBODY),
    "buffet.SharedState": (ALL, NOBODY, NOBODY, NOBODY),
    "buffet.SignIn": (ALL, NOBODY, NOBODY, NOBODY),
    "buffet.SupportAccess": (ALL, NOBODY, NOBODY, NOBODY),
    "buffet.SlowRequest": (ALL, NOBODY, NOBODY, NOBODY),
    "buffet.Tombstone": (ALL, NOBODY, NOBODY, NOBODY),
    "buffet.User": (ALL, ADMIN, ADMIN, NOBODY),
    "buffet.Visit": (ALL, NOBODY, NOBODY, NOBODY),
    "invoices.AllocationChoice": (ALL, NOBODY, NOBODY, NOBODY),
    "invoices.Installment": (ALL, NOBODY, NOBODY, NOBODY),
    "invoices.InstallmentPlan": (ALL, NOBODY, NOBODY, NOBODY),
    "invoices.Invoice": (ALL, NOBODY, NOBODY, NOBODY),
    "invoices.InvoiceChange": (ALL, NOBODY, NOBODY, NOBODY),
    "invoices.InvoiceLine": (ALL, NOBODY, NOBODY, NOBODY),
    "transactions.BalanceCheck": (ALL, NOBODY, NOBODY, NOBODY),
    "transactions.BalancePoint": (ALL, NOBODY, NOBODY, NOBODY),
    "transactions.ClosedMonth": (ALL, NOBODY, NOBODY, NOBODY),
    "transactions.Entry": (ALL, NOBODY, NOBODY, NOBODY),
    "transactions.Import": (ALL, NOBODY, NOBODY, NOBODY),
    "transactions.ImportLine": (ALL, NOBODY, NOBODY, NOBODY),
    "transactions.ImportProfile": (ALL, NOBODY, NOBODY, NOBODY),
    "transactions.Rule": (ALL, NOBODY, NOBODY, NOBODY),
    "transactions.RuleChange": (ALL, NOBODY, NOBODY, NOBODY),
    "transactions.RuleRun": (ALL, NOBODY, NOBODY, NOBODY),
    "transactions.Subscription": (ALL, NOBODY, NOBODY, NOBODY),
    "transactions.SubscriptionPayment": (ALL, NOBODY, NOBODY, NOBODY),
    "transactions.Transaction": (ALL, NOBODY, NOBODY, NOBODY),
    "transactions.TransactionEvent": (ALL, NOBODY, NOBODY, NOBODY),
    "transactions.Vendor": (ALL, NOBODY, NOBODY, NOBODY),
    "transactions.Verification": (ALL, NOBODY, NOBODY, NOBODY),
}

#: Every other address of the admin by its name: who may go there, and send something.
ADDRESSES = {
    "accounts_account_archive_or_reopen": CORRECTING,
    "accounts_account_merge": CORRECTING,
    "accounts_bookrate_change_rate": CORRECTING,
    "accounts_bookrate_remove": CORRECTING,
    "accounts_creditcard_archive_or_reopen": CORRECTING,
    "accounts_creditcard_change_card": CORRECTING,
    "accounts_exchangerate_correct": ADMIN,
    "app_list": ALL,
    "auth_user_password_change": ADMIN,
    "buffet_book_close_month": CORRECTING,
    "buffet_book_coming": ALL,
    "buffet_book_history_of_book": ALL,
    "buffet_book_verify": ALL,
    "buffet_membership_see_as": CORRECTING,
    "buffet_user_erase": ADMIN,
    "buffet_user_export_all": ADMIN,
    "buffet_secondfactor_forget": ADMIN,
    "buffet_user_history_of_person": ALL,
    "index": ALL,
    "invoices_installmentplan_cancel_rest": CORRECTING,
    "invoices_installmentplan_delete_plan": CORRECTING,
    "invoices_installmentplan_prepay": CORRECTING,
    "invoices_invoice_change_dates": CORRECTING,
    "invoices_invoice_move_line": CORRECTING,
    "invoices_invoice_pay": CORRECTING,
    "invoices_invoice_settle": CORRECTING,
    "password_change": ALL,
    "search": ALL,
    "staff-coming": SEEING,
    "staff-coming-in": SEEING,
    "staff-history": ALL,
    "transactions_balancepoint_unlock": CORRECTING,
    "transactions_closedmonth_reopen": CORRECTING,
    "transactions_import_match_again": CORRECTING,
    "transactions_import_revert": CORRECTING,
    "transactions_rulerun_take_back": CORRECTING,
    "transactions_subscription_change_subscription": CORRECTING,
    "transactions_subscription_end": CORRECTING,
    "transactions_transaction_correct": CORRECTING,
    "transactions_transaction_remove": CORRECTING,
    "transactions_transaction_return_to": CORRECTING,
    "transactions_transactionevent_restore": CORRECTING,
    "transactions_vendor_merge": CORRECTING,
}
#: Addresses that tell nothing of any book, or that need more words than a table has.
OPEN = {"login", "logout", "jsi18n", "password_change_done", "view_on_site", "autocomplete"}
OPEN |= {"second-factor"}
#: What can be done with rows that were ticked in a list: "label action" to who may.
TICKED = {f"{label} export_selection": ALL for label in TABLES} | {
    "transactions.Transaction delete_selection": CORRECTING,
    "transactions.Transaction move_selection": CORRECTING,
}

PAGES = {page.model._meta.label: page for page in admin.site._registry.values()}
#: Staff who were given no role.
NEWCOMER = ""


def clerk(role: str) -> Client:
    """Return the browser of a member of staff with a role."""
    user = User.objects.create_user(f"{role}@example.com", PASSWORD, is_staff=True)
    if role:
        roles.give(user.id, role)
    desk = Client()
    desk.force_login(user)
    return desk


def _patterns(found: list[Any], before: str = "") -> Iterator[tuple[str, str]]:
    for one in found:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _patterns(one.url_patterns, path)
        elif isinstance(one, URLPattern) and path.startswith("admin/") and one.name:
            yield one.name, path


def others() -> dict[str, str]:
    """Return the addresses of the admin that are no stock page of a table, by their names."""
    stock = {
        f"{page.opts.app_label}_{page.opts.model_name}_{verb}"
        for page in PAGES.values()
        for verb in ("changelist", "add", "history", "delete", "change")
    }
    return {
        name: path for name, path in _patterns(get_resolver().url_patterns) if name not in stock
    }


def ticked() -> set[str]:
    """Return what can be done with ticked rows of each list."""
    return {
        f"{label} {getattr(one, '__name__', one)}"
        for label, page in PAGES.items()
        for one in page.actions or ()
    }


def test_everything_of_the_admin_has_a_row_in_the_table() -> None:
    assert PAGES.keys() == TABLES.keys()
    assert others().keys() - OPEN == ADDRESSES.keys()
    assert ticked() == TICKED.keys()


class _Anybody:
    """As much of a request as a queryset asks for."""

    user, GET = None, {}


def _id(label: str) -> Any:
    row = PAGES[label].get_queryset(_Anybody()).first()
    return row.pk if row is not None else "00000000-0000-7000-8000-000000000000"


def _stock(desk: Client, label: str) -> tuple[bool, ...]:
    """Return whether one may read, add to, change and delete from a table, by trying."""
    name = f"admin:{label.lower().replace('.', '_')}"
    row = [_id(label)]
    tries = (
        (desk.get(reverse(f"{name}_changelist")), desk.get(reverse(f"{name}_change", args=row))),
        (desk.get(reverse(f"{name}_add")), desk.post(reverse(f"{name}_add"), {"name": "x"})),
        # A form would not offer it to who may only read.
        (desk.post(reverse(f"{name}_change", args=row), {"name": "x"}),),
        (
            desk.get(reverse(f"{name}_delete", args=row)),
            desk.post(reverse(f"{name}_delete", args=row), {"post": "yes"}),
        ),
    )
    found = []
    for answers in tries:
        assert {one.status_code for one in answers} <= {200, 302, 403}, (label, answers)
        (let_in,) = {one.status_code != 403 for one in answers}
        found.append(let_in)
    return tuple(found)


def _other(desk: Client, name: str, book: Book) -> bool:
    """Whether one may go to an address and send something there, by trying."""
    path = f"/{others()[name]}"
    owner = next(
        (label for label in PAGES if name.startswith(f"{label.lower().replace('.', '_')}_")),
        "buffet.User",
    )
    for given, value in (
        ("<path:object_id>", _id(owner)),
        ("<id>", _id(owner)),
        ("<uuid:id>", book.id),
        ("<month:month>", "2026-06"),
        ("^(?P<app_label>buffet|accounts|transactions|invoices)/$", "invoices/"),
    ):
        path = path.replace(given, str(value))
    said = desk.get(path), desk.post(path, {})
    for one in said:
        # A file is read to its end, or nobody closes it.
        b"".join(one)
    answers = {one.status_code for one in said}
    assert answers <= {200, 302, 400, 403, 404, 405}, (name, answers)
    # There is no such page for who may see none of its tables.
    refused = (403, 404) if name == "app_list" else (403,)
    (let_in,) = {status not in refused for status in answers - {405}}
    return let_in


@pytest.mark.parametrize("letter", [*LETTERS, NEWCOMER])
def test_a_role_may_do_what_the_table_says(
    letter: str, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    fill(book, by, checking, groceries, "one")
    version = Book.objects.get(id=book.id).version
    desk = clerk(LETTERS.get(letter, NEWCOMER))

    stock = {label: _stock(desk, label) for label in TABLES}
    other = {name: _other(desk, name, book) for name in ADDRESSES}

    def may(row: str) -> bool:
        return bool(letter) and letter in row

    assert stock == {label: tuple(map(may, row)) for label, row in TABLES.items()}
    # Some pages are of nobody's in particular: their own menu, and their own password.
    free = ("index", "password_change", "search") if not letter else ()
    assert other == {name: name in free or may(row) for name, row in ADDRESSES.items()}
    assert Book.objects.get(id=book.id).version == version


@pytest.mark.parametrize("letter", LETTERS)
def test_what_is_done_with_ticked_rows_is_offered_to_whom_the_table_says(
    letter: str, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    fill(book, by, checking, groceries, "one")
    desk = clerk(LETTERS[letter])

    for one, row in TICKED.items():
        label, action = one.split()
        address = reverse(f"admin:{label.lower().replace('.', '_')}_changelist")
        page = desk.get(address).content.decode()
        assert (f'value="{action}"' in page) == (letter in row), one
        if letter not in row:
            before = Book.objects.get(id=book.id).version
            desk.post(address, {"action": action, "_selected_action": [str(_id(label))]})
            assert Book.objects.get(id=book.id).version == before


def test_the_migration_makes_the_roles(db: None) -> None:
    # Run again: tests that empty the tables take groups along.
    import_module("buffet.migrations.0012_roles").make(apps, None)

    assert set(Group.objects.values_list("name", flat=True)) >= set(roles.ROLES)


def test_a_role_alone_opens_no_door(book: Book, owner: User) -> None:
    roles.give(owner.id, roles.ADMINISTRATOR)
    browser = Client()
    browser.force_login(owner)

    answer = browser.get(reverse("admin:buffet_book_changelist"))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")

"""Whatever staff do in the admin, in any order: books stay what their entries say."""

import os
from datetime import date

import pytest
from django.db.transaction import atomic, set_rollback
from django.test import Client
from drafting import record
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from raw import check_now
from staffing import desk, page, select

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger
from transactions.models import ClosedMonth, Transaction, TransactionEvent, Vendor
from transactions.queries import earlier
from transactions.queries.verification import verify

__all__ = ["desk"]
pytestmark = pytest.mark.django_db
MAY, JUNE = date(2026, 5, 4), date(2026, 6, 10)
EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", 3))
VERBS = st.tuples(
    st.sampled_from(
        ["correct", "return_to", "remove", "restore", "move", "merge", "vendor", "close", "reopen"]
    ),
    st.integers(0, 30),
    st.sampled_from(["-3.00", "-12.5", "0", "12345678.9", "x", ""]),
)


@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True,
    # What fails is short enough, and each step is a page.
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=st.lists(VERBS, min_size=8, max_size=14))
def test_whatever_staff_do_the_books_are_what_their_entries_say(
    steps: list[tuple[str, int, str]],
    desk: Client,
    book: Book,
    by: Actor,
    checking: Account,
    savings: Account,
    groceries: Account,
) -> None:
    with atomic():
        for day in (MAY, JUNE):
            record(book, by, account=checking, amount="-5", category=groceries, date=day)
        for number, (verb, place, amount) in enumerate(steps):
            _try(desk, book, by, verb, place, amount, number)
        check_now()

        assert [check.name for check in verify() if not check.ok] == []
        set_rollback(True)


def _try(
    desk: Client, book: Book, by: Actor, verb: str, place: int, amount: str, number: int
) -> None:
    """Do what is possible; what is not is refused or not found, and never an error."""
    rows = {
        "correct": Transaction, "return_to": Transaction, "remove": Transaction,
        "move": Transaction, "restore": TransactionEvent, "merge": Account, "vendor": Vendor,
        "reopen": ClosedMonth,
    }  # fmt: skip
    if verb == "close":
        desk.post(page(book, "close_month"), {"month": f"2026-0{place % 6 + 1}-01", "reason": "x"})
        return
    if verb == "vendor":
        ledger.create_vendor(book=book, by=by, name=f"Vendor {number} {Vendor.objects.count()}")
    found = list(rows[verb].objects.order_by("pk"))
    if verb == "restore":
        found = [one for one in found if one.pgh_label == "delete"]
    if not found:
        return
    row = found[place % len(found)]
    accounts = list(Account.objects.filter(book=book).order_by("pk"))
    other = accounts[(place * 7 + 1) % len(accounts)]
    if verb == "correct":
        entries = list(row.entries.order_by("id"))
        sent = {
            "date": f"2026-0{place % 6 + 1}-10", "description": f"x{amount}", "notes": "",
            "vendor": "", "form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2",
        }  # fmt: skip
        for at, entry in enumerate(entries[:2]):
            value = amount if at == 0 else amount.removeprefix("-")
            sent |= {
                f"form-{at}-id": str(entry.pk), f"form-{at}-account": str(entry.account_id),
                f"form-{at}-amount": value, f"form-{at}-currency": entry.currency,
                f"form-{at}-status": "cleared",
            }  # fmt: skip
        answer = desk.post(page(row, "correct"), sent | {"reason": "x"})
    elif verb == "return_to":
        steps = [str(one.id) for one in earlier.steps(row.pk)] or [""]
        answer = desk.post(page(row, verb), {"step": steps[place % len(steps)], "reason": "x"})
    elif verb == "move":
        source = row.entries.order_by("id").first().account_id
        answer = select(
            desk, "move_selection", [row.pk], asked="1", source=source, target=other.pk, reason="x"
        )
    elif verb in ("merge", "vendor"):
        into = other.pk if verb == "merge" else found[0].pk
        answer = desk.post(page(row, "merge"), {"into": into, "reason": "x"})
    else:
        answer = desk.post(page(row, verb), {"reason": "x"})
    assert answer.status_code in (302, 400, 404), (verb, answer.status_code)

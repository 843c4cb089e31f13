"""Staff read statements as on paper, and change cards and statements only through the services."""

from datetime import date, timedelta
from typing import Any

import pytest
from conftest import PASSWORD
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from writes import Scene

from accounts.models import CreditCard
from buffet.audit import Actor
from buffet.models import Book, User
from invoices.models import AllocationChoice, Invoice, InvoiceLine
from transactions.models import Transaction

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(book: Book, by: Actor) -> Scene:
    """A book in which to make cards."""
    return Scene(book, by, None)  # type: ignore[arg-type]  # staff have no use for the API


@pytest.fixture
def desk() -> Client:
    """The browser of staff who may do everything."""
    client = Client()
    client.force_login(User.objects.create_superuser("staff@example.com", PASSWORD))
    return client


def page(row: Any, verb: str = "change") -> str:
    """Return the address of a row's page, or of one of its verbs."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{verb}", args=[row.pk])


def shown(desk: Client, row: Any) -> str:
    """Return the page of a row."""
    return desk.get(page(row)).content.decode()


def test_a_statement_reads_as_on_paper(desk: Client, scene: Scene) -> None:
    invoice, entry_id = scene.paid()

    said = shown(desk, invoice)

    for part in ("Purchase", "7.00", "Paid by", "Payment of", "(chosen)", "0.00 BRL to pay"):
        assert part in said
    listed = desk.get(reverse("admin:invoices_invoice_changelist"), {"q": "Card"})
    assert "7.00 BRL" in listed.content.decode()
    assert str(entry_id) not in listed.content.decode()


def test_a_bank_moves_a_date(desk: Client, scene: Scene) -> None:
    invoice, line = scene.billed()
    address = page(invoice, "change_dates")
    assert "2026-05-25" in desk.get(address).content.decode()
    sent = {"opens_on": "2026-04-26", "closes_on": "2026-05-02", "due_on": "2026-05-12",
            "minimum_payment": "", "reason": "The bank says so"}  # fmt: skip

    assert desk.post(address, sent).status_code == 302

    invoice.refresh_from_db()
    assert (invoice.closes_on, invoice.due_on) == (date(2026, 5, 2), date(2026, 5, 12))
    assert InvoiceLine.objects.get(entry_id=line.entry_id).invoice.month == date(2026, 6, 1)
    for part in ("The bank says so", "staff@example.com", "through admin", "May 2, 2026"):
        assert part in shown(desk, invoice)


def test_dates_that_cross_are_refused_in_a_sentence(desk: Client, scene: Scene) -> None:
    invoice, _ = scene.billed()
    sent = {"opens_on": "2026-04-26", "closes_on": "2026-04-01", "due_on": "2026-06-05",
            "reason": "x"}  # fmt: skip

    answer = desk.post(page(invoice, "change_dates"), sent)

    assert answer.status_code == 400
    assert "before it opens on 2026-04-26" in answer.content.decode()


def test_a_line_is_moved_and_stays(desk: Client, scene: Scene) -> None:
    invoice, line = scene.billed()
    june = Invoice.objects.get(card=invoice.card, month=date(2026, 6, 1))
    address = page(invoice, "move_line")
    assert "2026-05-03 x 7.00" in desk.get(address).content.decode()

    answer = desk.post(address, {"line": str(line.entry_id), "to": str(june.id), "reason": "x"})

    assert answer.url == page(june)
    assert "(moved by hand)" in shown(desk, june)
    assert "No lines." in shown(desk, invoice)


def test_a_line_of_another_card_cannot_be_chosen(desk: Client, scene: Scene) -> None:
    invoice, _ = scene.billed()
    _, other = scene.billed()

    answer = desk.post(page(invoice, "move_line"), {"line": str(other.entry_id), "to": ""})

    assert answer.status_code == 400


def test_a_statement_is_paid_once(desk: Client, scene: Scene) -> None:
    invoice, _ = scene.billed()
    address = page(invoice, "pay")
    assert "7.00 BRL remain" in desk.get(address).content.decode()
    payer = invoice.card.paying_account_id

    sent = {"from_account": payer, "reason": "The bank paid it"}
    assert desk.post(address, sent).status_code == 302
    again = desk.post(address, sent)

    assert "Nothing is owed" in again.content.decode()
    paid = Transaction.objects.get(description__startswith="Payment of")
    assert (paid.created_via, paid.date) == ("admin", scene.book.day(timezone.now()))
    assert paid.notes == "The bank paid it"


def test_a_payment_is_shown_before_it_is_made_and_what_it_leaves_to_pay(
    desk: Client, scene: Scene
) -> None:
    invoice, _ = scene.billed()
    payer = invoice.card.paying_account_id
    sent = {"from_account": payer, "reason": "The bank paid it", "preview": "1"}

    said = desk.post(page(invoice, "pay"), sent).content.decode()

    assert "New transaction" in said
    assert "2026-05, to pay" in said
    assert "<ins>0.00</ins>" in said
    assert not Transaction.objects.filter(description__startswith="Payment of").exists()


def test_staff_decide_which_payment_settles_a_statement(desk: Client, scene: Scene) -> None:
    invoice, _ = scene.billed()
    payer = invoice.card.paying_account_id
    desk.post(page(invoice, "pay"), {"from_account": payer, "reason": "x"})
    payment = InvoiceLine.objects.get(card=invoice.card, section="payment")
    sent = {"payment": str(payment.entry_id), "settles": "no", "reason": "It was for June"}

    shown_first = desk.post(page(invoice, "settle"), sent | {"preview": "1"}).content.decode()
    assert "<ins>7.00</ins>" in shown_first
    assert desk.post(page(invoice, "settle"), sent).status_code == 302
    assert str(AllocationChoice.objects.get()) == "no payment for 2026-05"

    said = shown(desk, invoice)
    assert "Nothing yet." in said
    assert "It was for June" in said


def test_a_card_gets_other_days_from_a_month_on(desk: Client, scene: Scene) -> None:
    card = scene.card()
    address = page(card, "change")
    verb = page(card, "change_card")
    ahead = scene.book.day(timezone.now()).replace(day=1) + timedelta(days=62)
    sent = {"limit": "900.00", "paying_account": card.paying_account_id, "closing_day": "20",
            "due_day": "1", "from_month": f"{ahead}", "reason": "A new contract"}  # fmt: skip
    assert desk.get(verb).status_code == 200

    assert desk.post(verb, sent).status_code == 302

    said = desk.get(address).content.decode()
    for part in ("closes on 25, due on 5", "closes on 20, due on 1", "A new contract"):
        assert part in said
    assert CreditCard.objects.get(id=card.id).limit == 900
    month = Invoice.objects.get(card=card, month=ahead.replace(day=1))
    assert month.closes_on.day == 20


def test_a_card_is_archived_and_reopened(desk: Client, scene: Scene) -> None:
    card = scene.card()
    address = page(card, "archive_or_reopen")

    for archived in (True, False):
        assert desk.post(address, {"reason": "Lost"}).status_code == 302
        card.account.refresh_from_db()
        assert (card.account.archived_at is not None) is archived


def test_staff_without_the_permission_change_nothing(scene: Scene) -> None:
    invoice, line = scene.billed()
    desk = Client()
    desk.force_login(User.objects.create_user("helper@example.com", PASSWORD, is_staff=True))
    verbs = [page(invoice, verb) for verb in ("change_dates", "move_line", "pay")]
    verbs += [page(invoice.card, verb) for verb in ("change_card", "archive_or_reopen")]

    answers = [desk.post(one, {"line": str(line.entry_id), "reason": "x"}) for one in verbs]

    assert {answer.status_code for answer in answers} == {403}
    assert not Transaction.objects.filter(description__startswith="Payment of").exists()

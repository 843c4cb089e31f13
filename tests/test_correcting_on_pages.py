"""A transaction's page: it is corrected, deleted and brought back there, as the ledger allows."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from bookkeeping import Bookkeeper
from conftest import TODAY
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from fields import sent_by
from recording import told
from test_refused_recordings import EVIL
from test_writers import Start, start, until_waiting
from wallet import text_of

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor, writing
from buffet.models import Book, Role, User
from reports.words import said
from transactions import services as ledger
from transactions.drafts import Changes, Draft, DraftEntry
from transactions.models import Entry, Transaction, Vendor

__all__ = ["start"]


@pytest.fixture
def browser(owner: User) -> Client:
    """The owner's browser, in English."""
    found = Client(headers={"Accept-Language": "en"})
    found.force_login(owner)
    return found


@pytest.fixture
def bread(keeper: Bookkeeper, checking: Account, groceries: Account) -> UUID:
    """A purchase of 12.50 at the bakery."""
    vendor = ledger.create_vendor(**keeper.who, name="Bakery")
    more = {"category_id": groceries.id, "vendor_id": vendor.id, "notes": "For Sunday"}
    return keeper.move(checking, TODAY, "-12.50", description="Bread", **more)


def shown(browser: Client, id: UUID, **changed: Any) -> dict[str, str]:
    """Return what the form that corrects a transaction sends, with something changed in it."""
    was = sent_by(browser.get(f"/transactions/{id}"), "initial-description")
    return was | {name: str(one) for name, one in changed.items()} | {"action": "correct"}


def moved(id: UUID) -> dict[str, Decimal]:
    """Return what a transaction moves, by account."""
    rows = Entry.objects.filter(transaction_id=id).select_related("account")
    return {row.account.name: row.amount for row in rows}


def test_the_form_has_what_the_page_says(browser: Client, bread: UUID) -> None:
    page = browser.get(f"/transactions/{bread}").content.decode()

    for name, value in (("amount", "12.50"), ("date", "2026-06-15"), ("vendor", "Bakery")):
        for which in (name, f"initial-{name}"):
            assert re.search(rf'name="{which}" value="{value}"', page), which
    assert re.search(r'name="kind" value="out"[^>]*checked', page)
    assert 'name="initial-kind" value="out"' in page


def test_all_of_a_simple_transaction_is_corrected(
    browser: Client, book: Book, by: Actor, bread: UUID
) -> None:
    rent = chart.create_category(book=book, by=by, name="Rent", type="expense")
    changed = {"amount": "1,000.00", "date": "2026-06-01", "description": "June", "notes": ""}

    answer = browser.post(
        f"/transactions/{bread}",
        shown(browser, bread, category=rent.id, vendor="Landlord", **changed),
    )

    assert answer.status_code == 303
    assert answer["Location"] == f"/transactions/{bread}?told=corrected#content"
    found = Transaction.objects.get()
    assert (found.date, found.description, found.notes) == (date(2026, 6, 1), "June", "")
    assert found.vendor.name == "Landlord"
    assert moved(bread) == {"Checking": Decimal(-1000), "Rent": Decimal(1000)}
    page = text_of(browser.get(answer["Location"]))
    assert "Corrected. What it was before stays in its history." in page
    assert "Changed by Owner through a page" in page


def test_money_that_came_in_may_have_gone_out(browser: Client, bread: UUID) -> None:
    browser.post(f"/transactions/{bread}", shown(browser, bread, kind="in"))

    assert moved(bread) == {"Checking": Decimal("12.5"), "Groceries": Decimal("-12.5")}


def test_a_category_and_a_vendor_are_taken_away(browser: Client, bread: UUID) -> None:
    browser.post(f"/transactions/{bread}", shown(browser, bread, category="", vendor=""))

    assert moved(bread) == {
        "Checking": Decimal("-12.5"),
        "Uncategorised expenses": Decimal("12.5"),
    }
    assert Transaction.objects.get().vendor is None


def test_what_another_changed_meanwhile_stays(
    browser: Client, book: Book, by: Actor, bread: UUID
) -> None:
    sent = shown(browser, bread, description="Rolls")
    changes = Changes({"amount": Decimal(-20), "notes": "Theirs"})
    ledger.correct(book=book, by=by, transaction_id=bread, changes=changes)

    first = browser.post(f"/transactions/{bread}", sent)
    again = browser.post(f"/transactions/{bread}", sent)

    assert (first.status_code, again.status_code) == (303, 303)
    found = Transaction.objects.get()
    assert (found.description, found.notes) == ("Rolls", "Theirs")
    assert moved(bread)["Checking"] == -20


def test_both_amounts_of_a_transfer_between_currencies_are_corrected(
    browser: Client, keeper: Bookkeeper, checking: Account, dollars: Account
) -> None:
    more = {"transfer_to_id": dollars.id, "transfer_amount": Decimal("185.30")}
    id = keeper.move(checking, TODAY, "-1000", **more)
    sent = shown(browser, id, transfer_amount="190.00")

    assert sent["kind"] == "transfer"
    browser.post(f"/transactions/{id}", sent | {"amount": "1,010.00"})

    rows = Entry.objects.filter(transaction_id=id).order_by("id")
    assert [row.amount for row in rows] == [-1010, 190, 1010, -190]
    wrong = browser.post(f"/transactions/{id}", shown(browser, id, transfer_amount="1.005"))
    assert told(wrong, "transfer_amount", "correct") == "An amount in USD has at most 2 decimals."


def test_what_is_split_keeps_its_amounts(
    browser: Client, book: Book, by: Actor, checking: Account, groceries: Account, salary: Account
) -> None:
    amounts = ((checking, 90), (groceries, 10), (salary, -100))
    entries = tuple(DraftEntry(one.id, Decimal(amount)) for one, amount in amounts)
    draft = Draft(date=TODAY, description="Pay", entries=entries)
    (id,) = ledger.record(book=book, by=by, drafts=[draft])
    sent = shown(browser, id, description="Pay of June")

    assert not {"kind", "amount", "category", "transfer_amount"} & sent.keys()
    assert browser.post(f"/transactions/{id}", sent).status_code == 303
    assert Transaction.objects.get().description == "Pay of June"
    assert moved(id) == {"Checking": 90, "Groceries": 10, "Salary": -100}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("amount", "12,5", "An amount is a plain decimal number"),
        ("amount", "1.234", "An amount in BRL has at most 2 decimals."),
        ("amount", "-1", "Leave the sign out"),
        ("amount", "0", "its amount is not zero"),
        ("amount", "", "Say how much."),
        ("date", "yesterday", "A date is written YYYY-MM-DD."),
        ("description", "", "Say what it was."),
        ("category", "0199c4a0-0000-7000-8000-000000000000", "There is no such category"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(
    browser: Client, bread: UUID, field: str, value: str, sentence: str
) -> None:
    before = Transaction.objects.get().version
    sent = shown(browser, bread, **{"notes": "Kept", "vendor": "New", field: value})

    answer = browser.post(f"/transactions/{bread}", sent)

    body = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in told(answer, field, "correct")
    assert body.count('class="error"') == 1
    assert '<details class="deed record" open>' in body
    assert ">\nKept</textarea>" in body
    assert Transaction.objects.get().version == before
    assert not Vendor.objects.filter(name="New").exists()


def test_a_closed_month_is_neither_corrected_nor_deleted(
    browser: Client, book: Book, by: Actor, bread: UUID
) -> None:
    sent = shown(browser, bread, amount="1.00")
    version = Transaction.objects.get().version
    ledger.close_month(book=book, by=by, month=TODAY.replace(day=1), today=TODAY + timedelta(60))

    page = browser.get(f"/transactions/{bread}")
    refused = browser.post(f"/transactions/{bread}", sent)
    kept = browser.post(f"/transactions/{bread}", {"action": "delete", "version": version})

    assert 'value="correct"' not in page.content.decode()
    assert (
        told(refused, "date", "correct")
        == "June 2026 is closed; an owner of the book can reopen it."
    )
    assert kept.status_code == 400
    assert "June 2026 is closed; an owner of the book can reopen it." in text_of(kept)
    assert moved(bread)["Checking"] == Decimal("-12.5")


def test_deleting_asks_first_and_says_that_it_can_be_brought_back(
    browser: Client, bread: UUID, checking: Account
) -> None:
    page = browser.get(f"/transactions/{bread}")
    deletion = page.content.decode().partition("<summary>Delete it</summary>")[2]
    version = re.search(r'name="version" value="(\d+)"', deletion)[1]
    sent = {"action": "delete", "version": version}

    first = browser.post(f"/transactions/{bread}", sent)
    again = browser.post(f"/transactions/{bread}", sent)

    assert "Do you want to delete it?" in deletion
    assert "brings it back" in deletion
    assert (first.status_code, again.status_code) == (303, 303)
    assert first["Location"] == again["Location"] == f"/transactions/{bread}#content"
    assert not Transaction.objects.exists()
    gone = browser.get(f"/transactions/{bread}")
    assert gone.status_code == 410
    assert re.search(r"Bread This transaction is deleted .* Owner deleted it on", text_of(gone))

    back = [browser.post(f"/transactions/{bread}", {"action": "restore"}) for _ in range(2)]

    assert [one["Location"] for one in back] == [f"/transactions/{bread}?told=restored#content"] * 2
    assert "It is back." in text_of(browser.get(back[0]["Location"]))
    assert moved(bread) == {"Checking": Decimal("-12.5"), "Groceries": Decimal("12.5")}


@pytest.mark.django_db(transaction=True)
def test_who_brought_it_back_is_told_behind_who_recorded_and_deleted_it(
    browser: Client, book: Book, by: Actor, bread: UUID
) -> None:
    who: dict[str, Any] = {"book": book, "by": by}
    recorded_at = Transaction.objects.get().created_at
    ledger.correct(**who, transaction_id=bread, changes=Changes({"amount": Decimal(-20)}))
    for _time in range(2):
        ledger.delete(**who, transaction_ids=[bread])
        browser.post(f"/transactions/{bread}", {"action": "restore"})
    ledger.correct(**who, transaction_id=bread, changes=Changes({"notes": "Late"}))

    page = browser.get(f"/transactions/{bread}").content.decode()

    story = page.partition('<ul class="story">')[2].partition("</ul>")[0]
    told = re.findall(r"<li>(.+?) by Owner (through .+?), <time datetime=\"(.+?)\"", story)
    assert [(deed, door) for deed, door, _at in told] == [
        ("Recorded", "through the API"),
        ("Changed", "through the API"),
        ("Deleted", "through the API"),
        ("Brought back", "through a page"),
        ("Deleted", "through the API"),
        ("Brought back", "through a page"),
        ("Changed", "through the API"),
    ]
    times = [at for _deed, _door, at in told]
    assert times == sorted(times)
    assert times[0] == f"{recorded_at:%Y-%m-%dT%H:%M:%S}.{recorded_at:%f}+00:00"


@pytest.mark.django_db(transaction=True)
def test_what_changed_since_is_not_deleted_unseen(
    browser: Client, book: Book, by: Actor, bread: UUID
) -> None:
    sent = {"action": "delete", "version": str(Transaction.objects.get().version)}
    changes = Changes({"amount": Decimal(-20)})
    ledger.correct(book=book, by=by, transaction_id=bread, changes=changes)

    answer = browser.post(f"/transactions/{bread}", sent)

    assert answer.status_code == 400
    assert "This has changed since you read it" in text_of(answer)
    assert Transaction.objects.exists()


def test_what_cannot_come_back_says_why(
    browser: Client, book: Book, by: Actor, bread: UUID
) -> None:
    ledger.delete(book=book, by=by, transaction_ids=[bread])
    ledger.close_month(book=book, by=by, month=TODAY.replace(day=1), today=TODAY + timedelta(60))

    answer = browser.post(f"/transactions/{bread}", {"action": "restore"})

    assert answer.status_code == 410
    assert "June 2026 is closed; an owner of the book can reopen it." in text_of(answer)
    with override("pt-br"):
        named = said("2026-06 is closed; an owner of the book can reopen it.")
    assert named == "O mês de junho de 2026 está fechado; um titular do livro pode reabrir."
    assert not Transaction.objects.exists()


def test_a_viewer_corrects_deletes_and_brings_back_nothing(
    browser: Client, book: Book, by: Actor, bread: UUID, person: Callable[..., User]
) -> None:
    sent = shown(browser, bread, amount="1.00")
    client = Client()
    client.force_login(person("viewer", book, Role.VIEWER))
    address = f"/transactions/{bread}"

    seen = client.get(address)
    refused = [client.post(address, one) for one in (sent, {"action": "delete", "version": "1"})]
    ledger.delete(book=book, by=by, transaction_ids=[bread])
    refused.append(client.post(address, {"action": "restore"}))

    assert "Correct it" not in text_of(seen)
    assert [one.status_code for one in refused] == [403] * 3
    assert "Bring it back" not in text_of(client.get(address))
    assert not Transaction.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_past_is_looked_at_and_not_corrected(browser: Client, book: Book, bread: UUID) -> None:
    page = browser.get(f"/transactions/{bread}?known_on={book.day(timezone.now())}")

    assert page.status_code == 200
    assert "Correct it" not in text_of(page)


def test_a_stranger_finds_neither_what_is_there_nor_what_was(
    browser: Client, book: Book, by: Actor, bread: UUID, person: Callable[..., User]
) -> None:
    sent = shown(browser, bread, amount="1.00")
    client = Client()
    client.force_login(person("stranger", Book.objects.create(name="T", base_currency="EUR")))
    address = f"/transactions/{bread}"
    deeds = (sent, {"action": "delete", "version": "1"}, {"action": "restore"})

    before = [client.get(address), *(client.post(address, one) for one in deeds)]
    ledger.delete(book=book, by=by, transaction_ids=[bread])
    after = [client.get(address), *(client.post(address, one) for one in deeds)]

    assert [one.status_code for one in (*before, *after)] == [404] * 8


def test_what_is_no_deed_is_not_found(browser: Client, bread: UUID) -> None:
    assert browser.post(f"/transactions/{bread}", {"action": "burn"}).status_code == 404


def test_names_are_text(
    browser: Client, book: Book, by: Actor, keeper: Bookkeeper, checking: Account
) -> None:
    category = chart.create_category(book=book, by=by, name=EVIL, type="expense")
    id = keeper.move(checking, TODAY, "-1", description=EVIL, category_id=category.id, notes=EVIL)
    answers = [
        browser.get(f"/transactions/{id}"),
        browser.post(f"/transactions/{id}", shown(browser, id, amount=EVIL, vendor=EVIL)),
    ]
    ledger.delete(book=book, by=by, transaction_ids=[id])
    answers.append(browser.get(f"/transactions/{id}"))

    for answer in answers:
        body = answer.content.decode()
        assert "<script" not in body
        assert "<svg onload" not in body
        assert "&lt;script&gt;" in body


def test_the_same_that_another_changed_meanwhile_is_not_written_over(
    browser: Client, book: Book, by: Actor, bread: UUID
) -> None:
    rent = chart.create_category(book=book, by=by, name="Rent", type="expense")
    theirs = {
        "kind": "in", "amount": "20.00", "date": "2026-06-01", "description": "Their rolls",
        "category": str(rent.id), "vendor": "Their bakery", "notes": "Theirs",
    }  # fmt: skip
    first, second = (shown(browser, bread) for _ in range(2))
    browser.post(f"/transactions/{bread}", first | theirs)

    answer = browser.post(f"/transactions/{bread}", second | {"amount": "30.00"})

    assert answer.status_code == 400
    assert "This has changed since you read it" in text_of(answer)
    again = sent_by(answer, "initial-description")
    assert {name: again[name] for name in theirs} == theirs | {"amount": "30.00"}
    assert {name: again[f"initial-{name}"] for name in theirs} == theirs
    sent_again = browser.post(f"/transactions/{bread}", again | {"action": "correct"})
    assert sent_again.status_code == 303
    found = shown(browser, bread)
    assert {name: found[name] for name in theirs} == theirs | {"amount": "30.00"}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [({"kind": "in"}, {"amount": "30.00"}), ({"amount": "30.00"}, {"kind": "in"})],
)
def test_the_direction_and_the_sum_are_one_figure(
    browser: Client, bread: UUID, theirs: dict[str, str], ours: dict[str, str]
) -> None:
    first, second = (shown(browser, bread) for _ in range(2))
    browser.post(f"/transactions/{bread}", first | theirs)
    between = moved(bread)

    answer = browser.post(f"/transactions/{bread}", second | ours)

    assert answer.status_code == 400
    assert "This has changed since you read it" in text_of(answer)
    assert moved(bread) == between
    again = sent_by(answer, "initial-description") | {"action": "correct"}
    assert browser.post(f"/transactions/{bread}", again).status_code == 303
    assert moved(bread)["Checking"] == 30


@pytest.mark.django_db(transaction=True)
def test_what_is_changed_while_a_correction_waits_is_not_written_over(
    browser: Client, book: Book, by: Actor, bread: UUID, start: Start
) -> None:
    sent = shown(browser, bread, amount="30.00")

    with writing(book.id, by=by):
        waiting = start(lambda: browser.post(f"/transactions/{bread}", sent))
        until_waiting()
        changes = Changes({"amount": Decimal(-20), "notes": "Theirs"})
        ledger.correct(book=book, by=by, transaction_id=bread, changes=changes)
    refused = waiting.result(timeout=10)

    assert refused.status_code == 400
    again = sent_by(refused, "initial-description")
    assert (again["initial-amount"], again["amount"]) == ("20.00", "30.00")
    assert again["notes"] == "Theirs"
    assert moved(bread)["Checking"] == -20


@pytest.mark.django_db(transaction=True)
def test_clicking_twice_corrects_and_is_no_mistake(
    browser: Client, owner: User, book: Book, by: Actor, bread: UUID, start: Start
) -> None:
    sent = shown(browser, bread, amount="30.00")
    other = Client()
    other.force_login(owner)

    with writing(book.id, by=by):
        clicks = [
            start(partial(one.post, f"/transactions/{bread}", sent)) for one in (browser, other)
        ]
        until_waiting(2)
    answers = [one.result(timeout=10) for one in clicks]

    assert [one.status_code for one in answers] == [303, 303]
    assert moved(bread)["Checking"] == -30

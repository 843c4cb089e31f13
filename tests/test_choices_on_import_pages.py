"""What a person chooses of lines on the page of an import is kept, or is there to be mended."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from test_import_pages import browser, field, preview, upload
from wallet import text_of

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, Role
from transactions import services as ledger
from transactions.drafts import Draft
from transactions.models import Entry, Import, ImportStatus, Transaction, Vendor

__all__ = ["browser"]


def test_a_choice_is_taken_back(browser: Any, checking: Account) -> None:
    client = browser(Role.OWNER)
    address = preview(client, checking)
    client.post(address, {"action": "choose", "verdict-1": "ignored"})
    assert "you said so" in text_of(client.get(address))

    client.post(address, {"action": "choose", "verdict-1": "again"})

    assert "2 new lines" in text_of(client.get(address))


def test_what_a_line_may_be_besides_waits_for_a_choice(
    browser: Any, book: Book, by: Actor, checking: Account
) -> None:
    draft = Draft(
        date=date(2026, 5, 3), description="Loaf", account_id=checking.id, amount=Decimal("-9.90")
    )
    (id,) = ledger.record(book=book, by=by, drafts=[draft])
    client = browser(Role.OWNER)
    address = preview(client, checking)

    seen = text_of(client.get(f"{address}?verdict=proposed"))
    assert "1 of them may be a transfer, or in the book already under another text" in seen
    assert "perhaps what was recorded by hand as “Loaf”, 3 May 2026: 50% sure" in seen
    assert "Market" not in seen
    client.post(address, {"action": "choose", "verdict-1": f"duplicate:{id}"})

    seen = text_of(client.get(address))
    assert "1 new line" in seen
    assert "1 of them" not in seen


def test_what_a_recorded_line_may_be_besides_begins_its_own_line(
    browser: Any, book: Book, by: Actor, checking: Account
) -> None:
    draft = Draft(
        date=date(2026, 5, 3), description="Loaf", account_id=checking.id, amount=Decimal("-9.90")
    )
    ledger.record(book=book, by=by, drafts=[draft])
    client = browser(Role.OWNER)
    address = preview(client, checking)
    asked = "perhaps what was recorded by hand as “Loaf”, 3 May 2026: 50% sure"
    assert f"not in the book yet; {asked}" in text_of(client.get(address))

    client.post(address, {"action": "commit"})

    assert f"<small>{asked}</small>" in client.get(address).content.decode()


@pytest.mark.django_db(transaction=True)
def test_rules_that_are_made_meanwhile_reach_a_file_that_waits(
    browser: Any, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    client = browser(Role.OWNER)
    address = preview(client, checking)
    assert "have changed since" not in text_of(client.get(address))
    rule = {"book": book, "by": by, "category_id": groceries.id}
    ledger.create_rule(**rule, name="Bread", contains="bread")
    assert "have changed since these lines" in text_of(client.get(address))
    client.post(address, {"action": "match", "verdict-2": "ignored", "was-2": "new"})
    seen = client.get(address)
    assert "by a rule" in text_of(seen)
    assert "have changed since" not in text_of(seen)
    assert "1 new line" in text_of(seen)
    ledger.create_rule(**rule, name="Market", contains="market")

    client.post(address, {"action": "commit", "verdict-2": "again", "was-2": "ignored"})

    done = text_of(client.get(address))
    assert Entry.objects.filter(account=groceries).count() == 2
    assert done.count("by a rule") == 2
    fees = chart.create_category(book=book, by=by, name="Fees", type="expense")
    Entry.objects.filter(account=groceries).update(account=fees)
    done = text_of(client.get(address))
    assert (done.count("by a rule"), done.count("Fees")) == (0, 2)


def test_a_line_s_text_and_vendor_are_chosen_on_the_page(
    browser: Any, book: Book, checking: Account
) -> None:
    client = browser(Role.OWNER)
    vendor = Vendor.objects.create(book=book, name="Padaria Real")
    address = preview(client, checking)
    words = {"text-1": " Fresh  bread ", "vendor-1": "padaria REAL"}
    kept = {"action": "choose", "verdict-1": "new", "verdict-2": "new"} | words

    assert client.post(address, kept).status_code == 303
    page = client.get(address).content.decode()
    assert 'value="Fresh bread"' in page
    assert 'value="Padaria Real" list="vendors"' in page
    unknown = client.post(address, kept | {"vendor-2": "Nobody", "text-2": "Never"})
    assert unknown.status_code == 400
    assert "There is no vendor “Nobody” in this book." in text_of(unknown)
    client.post(address, {"action": "commit"})

    made = Transaction.objects.get(description="Fresh bread")
    assert (made.vendor, Transaction.objects.filter(description="Never").count()) == (vendor, 0)


def test_what_is_chosen_is_imported_at_once(
    browser: Any, checking: Account, groceries: Account
) -> None:
    client = browser(Role.EDITOR)
    address = preview(client, checking)
    chosen = {"verdict-1": "new", "category-1": str(groceries.id), "verdict-2": "ignored"}

    answers = [client.post(address, chosen | {"action": "commit"}) for _ in range(2)]

    assert [one.status_code for one in answers] == [303, 400]
    (made,) = Transaction.objects.all()
    assert made.description == "Bread"
    assert Entry.objects.filter(account=groceries, transaction=made).exists()


def test_a_refused_choice_imports_nothing_and_all_stay_chosen(
    browser: Any, checking: Account, groceries: Account
) -> None:
    client = browser(Role.OWNER)
    address = preview(client, checking)
    chosen = {"verdict-1": "new", "category-1": str(groceries.id), "vendor-1": "Nobody"}
    chosen |= {"text-1": "Fresh bread", "verdict-2": "ignored", "book_opening_balance": "on"}

    answer = client.post(address, chosen | {"action": "commit"})

    assert answer.status_code == 400
    assert "There is no vendor “Nobody” in this book." in text_of(answer)
    assert Import.objects.get().status == ImportStatus.PREVIEW
    assert not Import.objects.get().lines.exclude(category_id=None).exists()
    page = answer.content.decode()
    assert f'<option value="{groceries.id}" selected>' in page
    assert '<option value="ignored" selected>' in page
    assert 'value="Fresh bread"' in page
    assert 'value="Nobody"' in page
    assert 'id="commit_gap" checked' in page


def test_what_a_page_had_of_a_line_is_no_choice(browser: Any, checking: Account) -> None:
    client = browser(Role.OWNER)
    address = preview(client, checking)
    seen = field(client.get(address), "was-1")
    client.post(address, {"action": "choose", "verdict-1": "ignored"})

    client.post(address, {"action": "choose", "verdict-1": seen, "was-1": seen})

    assert Import.objects.get().lines.get(number=1).verdict == "ignored"


def test_an_answer_that_is_neither_true_nor_false_is_refused(
    browser: Any, checking: Account
) -> None:
    client = browser(Role.OWNER)
    doubtful = "!Type:Bank\nD04/05/2026\nT-9.90\nPBread\n^\n"

    refused = upload(client, doubtful, checking, answer="day_first=perhaps")

    assert refused.status_code == 400
    assert "This is true or false." in text_of(refused)
    assert not Import.objects.exists()
    assert upload(client, doubtful, checking, answer="day_first=true").status_code == 303

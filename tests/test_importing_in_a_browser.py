"""In a real browser: a bank's file from the disk into the book and out again, with a long one."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from bookkeeping import Bookkeeper
from browsing import Reader, chromium
from conftest import PASSWORD
from playwright.sync_api import Browser

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, User
from transactions import services as ledger
from transactions.models import Import, Transaction

# One worker runs them all, so that one browser is enough.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
DOUBTFUL = "Date,Description,Amount\n04/05/2026,Bread,-9.90\n06/05/2026,Market,-42.50\n"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def reader(browser: Browser, live_server: Any, owner: User, request: Any) -> Iterator[Reader]:
    """The owner, signed in, with JavaScript or without."""
    scripts = getattr(request, "param", True)
    made = Reader(browser, live_server.url, locale="en-US", java_script_enabled=scripts)
    made.sign_in(owner.email, PASSWORD)
    yield made
    made.context.close()


@pytest.mark.parametrize("reader", [True, False], indirect=True, ids=["scripts", "none"])
def test_a_file_is_brought_in_and_taken_back(
    reader: Reader, checking: Account, groceries: Account, tmp_path: Path
) -> None:
    page, file = reader.page, tmp_path / "may.csv"
    file.write_text(DOUBTFUL)
    reader.amiss.clear()

    page.get_by_role("link", name="Imports").click()
    page.get_by_role("link", name="Import your first statement").click()
    page.get_by_label("File").set_input_files(file)
    page.get_by_label("Account").select_option(label="Checking (BRL)")
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="4 May 2026").click()
    assert page.locator(".figure").inner_text() == "2 new lines"
    page.get_by_label("What line 2 is").select_option("ignored")
    page.get_by_role("button", name="Keep these choices").click()
    assert page.locator(".figure").inner_text() == "1 new line"
    page.get_by_label("Category of line 1").select_option(label="Groceries")
    page.get_by_role("button", name="Import", exact=True).click()
    assert page.locator(".figure").inner_text() == "Imported"
    page.get_by_role("link", name="Bread").first.click()
    assert "Groceries" in page.locator("main").inner_text()
    page.go_back()
    page.get_by_label("Why").fill("The wrong file")
    page.get_by_role("button", name="Take it back").click()
    assert page.locator(".figure").inner_text() == "Taken back"

    assert not Transaction.objects.exists()
    assert reader.amiss == []


@pytest.mark.parametrize("reader", [True, False], indirect=True, ids=["scripts", "none"])
def test_the_first_file_opens_its_account(reader: Reader, tmp_path: Path) -> None:
    page, file = reader.page, tmp_path / "may.csv"
    file.write_text("Date,Description,Amount,Balance\n2026-05-04,Bread,-9.90,90.10\n")
    page.goto("/imports/new")
    reader.amiss.clear()

    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    assert not page.get_by_label("Closes on day").is_visible()
    assert page.get_by_label("What was on it").input_value() == "100.00"
    page.get_by_label("What it is").select_option(label="Credit card")
    # What is owed stands where it belongs now, and what only a card has is asked for.
    assert not page.get_by_label("What was on it").is_visible()
    assert page.get_by_label("What was owed").input_value() == "-100.00"
    assert page.get_by_label("Closes on day").is_visible()
    page.get_by_label("What it is").select_option(label="Checking account")
    page.get_by_label("Name").fill("Ours")
    page.get_by_role("button", name="Open the account and look at the lines").click()
    assert page.locator(".figure").inner_text() == "1 new line"
    assert "The account agrees with the bank." in page.locator("main").inner_text()

    assert Account.objects.real().get().name == "Ours"
    assert reader.amiss == []


def test_what_a_file_says_of_its_account_fits_and_keeps_nobody_out(
    reader: Reader, tmp_path: Path
) -> None:
    page, file = reader.page, tmp_path / "may.csv"
    file.write_text("Date,Description,Amount,Balance\n2026-05-04,Bread,-9.90,90.10\n")
    page.goto("/imports/new")

    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_label("What it is").select_option(label="Credit card")

    for width, scheme in ((390, "light"), (1280, "dark")):
        reader.see(width, scheme)
        assert reader.overflow() <= 0
        assert reader.barriers() == []


def test_on_a_small_screen_a_file_s_lines_are_counted_in_words(
    reader: Reader, tmp_path: Path
) -> None:
    page, file = reader.page, tmp_path / "may.csv"
    file.write_text("Date,Description,Amount,Balance\n2026-05-04,Bread,-9.90,90.10\n")
    page.goto("/imports/new")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()

    reader.see(390, "light")
    assert page.locator(".statements-of-file .other").inner_text() == "Lines 1"
    reader.see(1280, "light")
    assert page.locator(".statements-of-file .other").inner_text() == "1"


def test_on_a_small_screen_nothing_of_what_rules_would_change_covers_another(
    reader: Reader, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    ledger.create_rule(book=book, by=by, name="Breads", contains="bread", category_id=groceries.id)
    Bookkeeper(book, by).move(checking, date(2026, 5, 4), "-9.90", description="Bread")
    page = reader.page
    page.goto("/rules?try=1&date_from=2026-05-01&date_to=2026-05-31")

    reader.see(390, "light")
    row = page.locator(".changes-of-rules tbody tr")
    boxes = [box for one in row.locator("> *").all() if (box := one.bounding_box())]
    assert len(boxes) == 6
    for n, one in enumerate(boxes):
        for other in boxes[n + 1 :]:
            assert (
                one["x"] + one["width"] <= other["x"] + 0.5
                or other["x"] + other["width"] <= one["x"] + 0.5
                or one["y"] + one["height"] <= other["y"] + 0.5
                or other["y"] + other["height"] <= one["y"] + 0.5
            ), (one, other)
    assert "It is –\nIt would be Groceries" in row.inner_text()


@pytest.mark.parametrize("reader", [True, False], indirect=True, ids=["scripts", "none"])
def test_below_the_lines_is_the_same_and_enter_imports_nothing(
    reader: Reader, checking: Account, groceries: Account, tmp_path: Path
) -> None:
    page, file = reader.page, tmp_path / "may.csv"
    file.write_text("Date,Description,Amount\n2026-05-04,Bread,-9.90\n")
    page.goto(f"/imports/new?account={checking.id}")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    reader.amiss.clear()

    page.get_by_text("Text and vendor").click()
    page.get_by_label("Text of line 1").fill("Fresh bread")
    page.get_by_label("Text of line 1").press("Enter")
    page.wait_for_url("**#lines")
    assert page.get_by_label("Text of line 1").input_value() == "Fresh bread"
    assert not Transaction.objects.exists()
    page.get_by_label("Category of line 1").select_option(label="Groceries")
    page.get_by_role("button", name="Import with these choices").click()
    assert page.locator(".figure").inner_text() == "Imported"

    assert Transaction.objects.get().description == "Fresh bread"
    assert groceries.entries.count() == 1
    assert reader.amiss == []


def test_a_long_file_goes_on_by_itself(
    reader: Reader, checking: Account, tmp_path: Path, settings: Any
) -> None:
    settings.IMPORT_CHUNK, settings.IMPORT_SECONDS = 20, 0
    page, file = reader.page, tmp_path / "long.csv"
    rows = "".join(f"2026-05-{1 + n % 28:02d},Line {n},-1.00\n" for n in range(100))
    file.write_text(f"Date,Description,Amount\n{rows}")
    page.goto(f"/imports/new?account={checking.id}")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    reader.amiss.clear()

    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_text("Imported", exact=True).wait_for()

    assert Transaction.objects.count() == 100
    assert Import.objects.get().done == 100
    assert reader.amiss == []
    assert reader.barriers() == []

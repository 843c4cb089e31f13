"""What is too much to be done at once by staff is done in parts, each of them whole."""

from collections.abc import Iterator
from typing import Any

import pytest
from browsing import Reader, chromium
from conftest import PASSWORD
from django.conf import settings as configured
from django.test import Client
from drafting import DAY, draft, record
from importing import Importer
from playwright.sync_api import Browser, expect
from staffing import desk, page
from test_staff_verbs import STAFF, ask, everything, vendors, why

from accounts import services as chart
from accounts.models import Account
from buffet.admin import rehearsing
from buffet.audit import Actor
from buffet.models import Book, User
from transactions import services as ledger
from transactions.admin import importing, merging
from transactions.models import Entry, Transaction, Vendor
from transactions.queries.verification import verify

__all__ = ["desk"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "PART", 2)
    monkeypatch.setattr(importing, "PART", 2)
    monkeypatch.setattr(importing, "MOST_CHANGES", 2)


@pytest.fixture
def shops(book: Book, by: Actor, checking: Account, groceries: Account) -> list[Vendor]:
    """Two vendors, the first of five transactions."""
    shop, market = vendors(book, by)
    for _ in range(5):
        record(book, by, account=checking, amount="-10", category=groceries, vendor=shop)
    return [shop, market]


def test_a_vendor_is_merged_in_parts(desk: Client, shops: list[Vendor]) -> None:
    shop, market = shops
    before, sent = everything(), {"into": market.pk, "reason": "A wish"}

    said = ask(desk, shop, "merge", **sent)
    assert "This is done in parts" in said
    assert "<td>5</td>" in said
    assert everything() == before

    for left in (3, 1):
        answer = desk.post(page(shop, "merge"), sent)
        assert answer.status_code == 200
        assert f"<td>{left}</td>" in answer.content.decode()
        assert Transaction.objects.filter(vendor=shop).count() == left
        assert all(check.ok for check in verify())
    answer = desk.post(page(shop, "merge"), sent)

    assert (answer.status_code, answer["Location"]) == (302, page(market))
    assert not Vendor.objects.filter(pk=shop.pk).exists()
    moved = Transaction.objects.filter(vendor=market).values_list("pk", flat=True)
    assert {why(id) for id in moved} == {STAFF}
    assert len(moved) == 5


def test_what_is_few_is_merged_at_once(desk: Client, by: Actor, shops: list[Vendor]) -> None:
    shop, market = shops
    ids = Transaction.objects.filter(vendor=shop).values_list("pk", flat=True)
    ledger.delete(book=shop.book, by=by, transaction_ids=ids[:4])
    sent = {"into": market.pk, "reason": "A wish"}

    assert "1 transaction changed" in ask(desk, shop, "merge", **sent)
    assert desk.post(page(shop, "merge"), sent).status_code == 302


def test_what_follows_a_full_part_is_a_part_of_its_own(
    desk: Client, by: Actor, shops: list[Vendor]
) -> None:
    shop, market = shops
    ids = Transaction.objects.filter(vendor=shop).values_list("pk", flat=True)
    ledger.delete(book=shop.book, by=by, transaction_ids=ids[:3])
    sent = {"into": market.pk, "reason": "A wish"}

    answers = [desk.post(page(shop, "merge"), sent).status_code for _ in range(2)]

    assert answers == [200, 302]
    assert (Vendor.objects.count(), Transaction.objects.filter(vendor=market).count()) == (1, 2)


def test_what_forbids_a_part_stops_the_rest(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    food = chart.create_category(book=book, by=by, name="Food", type="expense")
    for _ in range(3):
        record(book, by, account=checking, amount="-10", category=groceries)
    between = draft(entries=[(groceries, "1", "BRL"), (food, "-1", "BRL")])
    ledger.record(book=book, by=by, drafts=[between])
    sent = {"into": food.pk, "reason": "A wish"}

    first, second = (desk.post(page(groceries, "merge"), sent) for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 400)
    assert "only move money between the two" in second.content.decode()
    assert "data-goes-on" not in second.content.decode()
    assert Entry.objects.filter(account=groceries).count() == 2
    assert all(check.ok for check in verify())


def test_an_import_is_reverted_in_parts(
    desk: Client, book: Book, by: Actor, checking: Account
) -> None:
    rows = [(f"202606{day}", f"-{day}.00", f"a{day}", "Market") for day in range(11, 16)]
    started = Importer(book, by, checking).bring(rows)
    sent = {"reason": "A wish"}

    assert "This is done in parts" in ask(desk, started, "revert", **sent)
    answers = [desk.post(page(started, "revert"), sent).status_code for _ in range(3)]

    started.refresh_from_db()
    assert (answers, started.status) == ([200, 200, 302], "reverted")
    assert not Transaction.objects.exists()


def test_a_run_of_rules_is_taken_back_in_parts(
    desk: Client, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    for _ in range(5):
        record(book, by, account=checking, amount="-10", description="Market", date=DAY)
    ledger.create_rule(book=book, by=by, name="Market", contains="market", category_id=groceries.id)
    run, _ = ledger.apply_rules(book=book, by=by, first=DAY, last=DAY)
    sent = {"reason": "A wish"}

    assert "This is done in parts" in ask(desk, run, "take_back", **sent)
    for left in (3, 1):
        answer = desk.post(page(run, "take_back"), sent)
        assert (answer.status_code, f"<td>{left}</td>" in answer.content.decode()) == (200, True)
        assert Entry.objects.filter(account=groceries).count() == left
    answer = desk.post(page(run, "take_back"), sent)

    assert (answer.status_code, answer["Location"]) == (302, page(run))
    assert not Entry.objects.filter(account=groceries).exists()
    assert all(check.ok for check in verify())


def test_what_is_too_much_to_try_but_is_done_at_once_says_so(
    desk: Client, book: Book, by: Actor, checking: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = Importer(book, by, checking).look([("20260610", "-10.00", "a1", "Market")])
    monkeypatch.setattr(rehearsing, "PATIENCE", 0.0)

    said = ask(desk, started, "match_again", reason="A wish")

    assert "This takes longer than a preview may" in said


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all."""
    with chromium() as browser:
        yield browser


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("waits", [False, True], ids=["by themselves", "by a button"])
def test_the_parts_follow(
    browser: Browser, live_server: Any, shops: list[Vendor], *, waits: bool
) -> None:
    shop, market = shops
    client = Client()
    client.force_login(User.objects.create_superuser("staff@example.com", PASSWORD))
    reader = Reader(browser, live_server.url, locale="en-US")
    if waits:
        empty = {"body": "", "content_type": "text/javascript"}
        reader.page.route("**/going-on*.js", lambda route: route.fulfill(**empty))
    name = configured.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    reader.context.add_cookies([cookie])
    reader.open(page(shop, "merge"))
    reader.page.get_by_label("Into").select_option(label="Market")
    reader.page.get_by_label("Reason").fill("A wish")
    reader.page.get_by_role("button", name="Show what will change").click()
    merge = reader.page.get_by_role("button", name="Merge", exact=True)
    expect(merge).to_be_visible()
    reader.shoot("staff-parts-shown")
    merge.click()
    if waits:
        for left in ("3", "1"):
            expect(reader.page.get_by_label("What is left")).to_contain_text(left)
            expect(reader.page.get_by_role("button", name="Go on")).to_be_visible()
            reader.shoot(f"staff-parts-left-{left}")
            reader.page.get_by_role("button", name="Go on").click()

    reader.page.wait_for_url(f"**{page(market)}")
    expect(reader.page.locator("body")).to_contain_text("Merge Shop into another vendor: done.")
    assert reader.amiss == []
    assert not Vendor.objects.filter(pk=shop.pk).exists()
    reader.context.close()

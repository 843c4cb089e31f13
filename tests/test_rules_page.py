"""Rules on pages: kept, ordered, tried, applied and taken back, without a script."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from bookkeeping import Bookkeeper
from django.test import Client
from wallet import text_of

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, Role, User
from transactions import services as ledger
from transactions.models import Entry, Rule, RuleRun

DAY = date(2026, 5, 4)
MAY = "try=1&date_from=2026-05-01&date_to=2026-05-31"


@pytest.fixture
def browser(client: Client, book: Book, owner: User, person: Any) -> Callable[[str], Client]:
    """A maker of signed-in browsers: `browser("editor")`."""

    def make(role: str = Role.OWNER) -> Client:
        client.force_login(owner if role == Role.OWNER else person(role, book, role))
        return client

    return make


@pytest.fixture
def market(book: Book, by: Actor, groceries: Account) -> Rule:
    """A rule for what says Market."""
    return ledger.create_rule(
        book=book, by=by, name="Market", contains="market", category_id=groceries.id
    )


def form(**more: str) -> dict[str, str]:
    """Return what the form of a rule sends."""
    return {"action": "keep", "direction": "any", "is_active": "on", **more}


def test_a_stranger_finds_rules_and_makes_the_first(
    browser: Any, groceries: Account, salary: Account
) -> None:
    client = browser()
    assert 'href="/rules"' in client.get("/imports").content.decode()
    assert "no rules yet" in text_of(client.get("/rules"))
    sent = form(name="Market", contains="100%", amount_max="1,234.50", category=str(groceries.id))

    answer = client.post("/rules/new", sent)

    assert (answer.status_code, answer["Location"]) == (303, "/rules")
    (rule,) = Rule.objects.all()
    assert (str(rule.amount_max), rule.is_active) == ("1234.50000000", True)
    seen = text_of(client.get("/rules"))
    assert "the text contains “100%”, up to 1234.5" in seen

    wrong = client.post(f"/rules/{rule.id}", form(name="Market", regex="(", vendor=""))
    assert wrong.status_code == 400
    assert "RE2" in text_of(wrong)
    changed = form(name="Pay", contains="x", category=str(salary.id), is_active="")
    assert client.post(f"/rules/{rule.id}", changed).status_code == 303
    assert "Off" in text_of(client.get("/rules"))
    assert client.post(f"/rules/{rule.id}", {"action": "delete"}).status_code == 303
    assert not Rule.objects.exists()


def test_rules_change_places(browser: Any, book: Book, by: Actor, market: Rule) -> None:
    second = ledger.create_rule(
        book=book, by=by, name="Second", contains="x", category_id=market.category_id
    )
    client = browser()

    assert client.post("/rules", {"action": "up", "id": str(second.id)}).status_code == 303
    assert [rule.name for rule in Rule.objects.all()] == ["Second", "Market"]
    client.post("/rules", {"action": "down", "id": str(second.id)})
    assert [rule.name for rule in Rule.objects.all()] == ["Market", "Second"]
    for wrong in ({"action": "up", "id": "x"}, {"action": "fly", "id": str(second.id)}):
        assert client.post("/rules", wrong).status_code == 404


def test_what_is_shown_is_what_is_changed_and_it_is_taken_back(
    browser: Any, keeper: Bookkeeper, checking: Account, market: Rule, salary: Account
) -> None:
    keeper.move(checking, DAY, "-12.50", description="Market hall")
    keeper.move(checking, DAY, "-1.00", description="Market own", category_id=salary.id)
    client = browser()

    page = client.get(f"/rules?{MAY}").content.decode()
    assert "Market hall" in page
    assert "Market own" not in page
    assert "Change 1 transaction" in page
    action = re.search(r'<form method="post" action="([^"]*try=1[^"]*)"', page)[1]

    assert client.post(action.replace("&amp;", "&"), {"action": "apply"}).status_code == 303
    (run,) = RuleRun.objects.all()
    assert (run.changed, run.date_from, run.created_via) == (1, date(2026, 5, 1), "page")
    assert Entry.objects.filter(account=market.category).count() == 1

    undone = client.post("/rules", {"action": "undo", "id": str(run.id)})
    assert undone.status_code == 303
    assert not Entry.objects.filter(account=market.category).exists()
    assert "Taken back" in text_of(client.get("/rules"))
    assert client.post("/rules", {"action": "undo", "id": str(run.id)}).status_code == 400


def test_what_is_left_of_a_run_is_named(
    browser: Any, keeper: Bookkeeper, book: Book, by: Actor, checking: Account, market: Rule
) -> None:
    id = keeper.move(checking, DAY, "-12.50", description="Market hall")
    client = browser()
    client.post(f"/rules?{MAY}", {"action": "apply"})
    ledger.close_month(book=book, by=by, month=date(2026, 5, 1), today=date(2026, 6, 15))

    answer = client.post("/rules", {"action": "undo", "id": str(RuleRun.objects.get().id)})

    assert answer.status_code == 200
    assert f"/transactions/{id}" in answer.content.decode()
    assert "May 2026 is closed" in text_of(answer)


def test_a_viewer_reads_rules_and_changes_none(browser: Any, market: Rule) -> None:
    client = browser(Role.VIEWER)

    assert "Make a rule" not in text_of(client.get(f"/rules?{MAY}"))
    assert "the text contains" in text_of(client.get(f"/rules/{market.id}"))
    for path in ("/rules", "/rules/new", f"/rules/{market.id}"):
        assert client.post(path, form(name="x")).status_code == 403


def test_names_are_text(browser: Any, book: Book, by: Actor, market: Rule) -> None:
    evil = "<script>alert(1)</script>"
    ledger.change_rule(book=book, by=by, rule_id=market.id, name=evil, contains=evil)
    client = browser()

    for path in ("/rules", f"/rules/{market.id}"):
        assert evil not in client.get(path).content.decode()


def test_another_book_s_rule_is_not_found(client: Client, market: Rule, person: Any) -> None:
    elsewhere = Book.objects.create(name="Theirs", base_currency="BRL")
    client.force_login(person("stranger", elsewhere))

    assert client.get(f"/rules/{market.id}").status_code == 404
    for action in ("up", "undo"):
        assert client.post("/rules", {"action": action, "id": str(market.id)}).status_code == 404

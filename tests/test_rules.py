"""Rules say what a transaction is about: in their order, by text, amount, account and direction."""

import time
from decimal import Decimal
from typing import Any

import pytest
from conftest import Api
from hypothesis import given as any_of
from hypothesis import settings
from hypothesis import strategies as st
from raw import refused, run

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, Role
from transactions import services as ledger
from transactions.classifying.known import active_rules, plain
from transactions.classifying.patterns import Patterns
from transactions.classifying.rules import Given, Rulebook, given
from transactions.classifying.texts import fold, key
from transactions.services.rules import RuleNameTaken, TooManyRules

HOSTILE = ("(a+)+$", "(a|aa)+$", "(.*)*x", "(.*a){20}", "((a*)*)*b", r"(\w+\s?)+$")


@pytest.fixture
def make(book: Book, by: Actor, groceries: Account) -> Any:
    """A maker of rules for groceries: `make("Market", contains="market")`."""

    def made(name: str, **more: Any) -> Any:
        more = more if more.keys() & {"category_id", "vendor_id"} else more | _for(groceries)
        return ledger.create_rule(book=book, by=by, name=name, **more)

    return made


def _for(category: Account) -> dict[str, Any]:
    return {"category_id": category.id}


def ask(book: Book, text: str, amount: str = "-10.00", account: Account | None = None) -> Given:
    """Return what the book's rules give."""
    rulebook = Rulebook(plain(active_rules(book.id)))
    return given(rulebook.of_text(text), Decimal(amount), account and account.id)


def test_the_first_rule_that_gives_something_decides_that(
    book: Book, by: Actor, make: Any, groceries: Account, salary: Account
) -> None:
    shop = ledger.create_vendor(book=book, by=by, name="Shop").id
    named = make("Who", contains="shop", vendor_id=shop)
    first = make("First", contains="shop")
    second = make("Second", contains="sh", category_id=salary.id)

    found = ask(book, "The shop")

    assert (found.vendor_id, found.vendor_reason) == (shop, f"rule:{named.id}")
    assert (found.category_id, found.category_reason) == (groceries.id, f"rule:{first.id}")

    ledger.order_rules(book=book, by=by, rule_ids=[second.id, named.id, first.id])
    assert ask(book, "The shop").category_id == salary.id
    ledger.move_rule(book=book, by=by, rule_id=first.id, up=True)
    ledger.move_rule(book=book, by=by, rule_id=first.id, up=True)
    ledger.move_rule(book=book, by=by, rule_id=first.id, up=True)
    assert ask(book, "The shop").category_id == groceries.id
    assert [rule.name for rule in active_rules(book.id)] == ["First", "Second", "Who"]


@pytest.mark.parametrize(
    ("condition", "meets", "misses"),
    [
        ({"contains": "Açaí  da"}, ["ACAI DA ESQUINA", "o açaí da"], ["acai", "aca da"]),
        ({"contains": "100%_"}, ["juice 100%_ x"], ["juice 100 x", "100%a"]),
        ({"contains": "a.c"}, ["a.c"], ["abc"]),
        ({"regex": "^uber( eats)?$"}, ["UBER", "Uber Eats"], ["uber x"]),
        ({"regex": r"\d{4}", "contains": "card"}, ["card 1234"], ["card", "1234"]),
    ],
)
def test_a_text_meets_a_condition(
    book: Book, make: Any, condition: dict[str, str], meets: list[str], misses: list[str]
) -> None:
    make("One", **condition)

    assert [text for text in meets + misses if ask(book, text).category_id] == meets


@pytest.mark.parametrize(
    ("condition", "meets", "misses"),
    [
        ({"amount_min": Decimal(10)}, ["-10.00", "10", "-99"], ["-9.99"]),
        ({"amount_max": Decimal(10)}, ["-10.00", "1"], ["-10.01", "11"]),
        ({"direction": "out"}, ["-1"], ["1"]),
        ({"direction": "in"}, ["1"], ["-1"]),
    ],
)
def test_an_amount_meets_a_condition(
    book: Book, make: Any, condition: dict[str, Any], meets: list[str], misses: list[str]
) -> None:
    make("One", **condition)

    found = [amount for amount in meets + misses if ask(book, "x", amount).category_id]

    assert found == meets


def test_an_account_meets_a_condition(
    book: Book, make: Any, checking: Account, savings: Account
) -> None:
    make("One", account_id=checking.id)

    assert ask(book, "x", account=checking).category_id
    assert not ask(book, "x", account=savings).category_id
    assert not ask(book, "x").category_id


def test_what_is_off_or_archived_gives_nothing(
    book: Book, by: Actor, make: Any, groceries: Account, salary: Account
) -> None:
    first = make("First", contains="x")
    make("Second", contains="x", category_id=salary.id)

    chart.archive_account(book=book, by=by, account_id=groceries.id)
    assert ask(book, "x").category_id == salary.id

    chart.reopen_account(book=book, by=by, account_id=groceries.id)
    ledger.change_rule(book=book, by=by, rule_id=first.id, is_active=False)
    assert ask(book, "x").category_id == salary.id


@pytest.mark.parametrize("pattern", HOSTILE)
def test_a_hostile_expression_takes_no_time(pattern: str) -> None:
    patterns = Patterns([pattern] * 20)
    texts = ["a" * 499 + "!", "ab " * 166, "a" * 500]

    began = time.perf_counter()
    for text in texts * 20:
        patterns.found(text)

    assert time.perf_counter() - began < 1


def test_expressions_that_fill_the_memory_together_are_found_all_the_same() -> None:
    patterns = Patterns([rf"x.{{1,40}}\pL{{1,9}}{number}" for number in range(60)])

    assert 7 in patterns.found("x" + "é" * 30 + "7")
    assert not patterns.found("y")


@settings(max_examples=60, deadline=None, derandomize=True)
@any_of(texts=st.lists(st.text("aáAb1 .%", max_size=8), min_size=1, max_size=6))
def test_all_expressions_at_once_find_what_each_does(texts: list[str]) -> None:
    every = ["a", "^b", r"\d", r"á", r"[ab]{2}", r"\.$", r"a|1"]
    alone = [Patterns([one]) for one in every]

    for text in texts:
        each = {place for place, one in enumerate(alone) if one.found(text)}
        assert set(Patterns(every).found(text)) == each


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("COMPRA CARTÃO 12/05 Mercado São João *1234", "compra cartao mercado sao joao"),
        ("PIX 0001-9 JOSE", "pix jose"),
        ("XXXX1234 Uber", "uber"),
        ("123 456", "123 456"),
    ],
)
def test_the_words_of_a_text_stay_when_it_comes_again(text: str, words: str) -> None:
    assert key(text) == words
    assert fold("  Ação ÉTICA ") == "acao etica"


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({}, "/contains"),
        ({"contains": "x", "category": None}, "/category"),
        ({"contains": "x", "amount_min": "-1"}, "/amount_min"),
        ({"contains": "x", "amount_min": "2", "amount_max": "1"}, "/amount_max"),
        ({"regex": "(?=x)"}, "/regex"),
        ({"regex": "("}, "/regex"),
        ({"regex": r"(((\pL{30}){30}){30})"}, "/regex"),
        ({"contains": "x", "direction": "up"}, "/direction"),
        ({"contains": "x", "account": "0192f0c0-0000-7000-8000-000000000000"}, "/account"),
        ({"contains": "x", "vendor": "0192f0c0-0000-7000-8000-000000000000"}, "/vendor"),
        ({"contains": "x", "stop": True}, "/stop"),
    ],
)
def test_what_is_wrong_with_a_rule_is_named(
    api: Api, groceries: Account, wanted: dict[str, Any], pointer: str
) -> None:
    body = {"name": "One", "category": str(groceries.id)} | wanted

    answer = api.post("/rules", body)

    assert answer.status_code == 400, answer.content
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}


def test_rules_are_made_read_changed_ordered_and_deleted(api: Api, groceries: Account) -> None:
    ids = [
        api.post("/rules", {"name": n, "contains": n, "category": str(groceries.id)}).json()["id"]
        for n in ("One", "Two", "Three")
    ]
    assert api.post("/rules", {"name": "one", "contains": "x"}).json()["code"] == "name_taken"

    changed = api.patch(f"/rules/{ids[0]}", {"amount_max": "20.50", "direction": "out"}).json()
    assert (changed["amount_max"], changed["direction"]) == ("20.5", "out")
    assert changed == api.get(f"/rules/{ids[0]}").json()

    ordered = api.post("/rules/order", {"rules": ids[::-1]}).json()
    assert [row["name"] for row in ordered["results"]] == ["Three", "Two", "One"]
    assert ordered == api.get("/rules").json()
    for wrong in (ids[:2], [*ids, ids[0]], [*ids[:2], str(groceries.id)]):
        assert api.post("/rules/order", {"rules": wrong}).status_code == 400

    assert api.delete(f"/rules/{ids[1]}").status_code == 204
    assert [row["name"] for row in api.get("/rules").json()["results"]] == ["Three", "One"]


def test_the_list_costs_as_many_statements_however_many_there_are(
    api: Api, make: Any, django_assert_num_queries: Any
) -> None:
    for many in (2, 5):
        for number in range(many):
            make(f"{many} {number}", contains="x")
        with django_assert_num_queries(2):
            api.get("/rules")


def test_a_viewer_makes_no_rules_and_a_stranger_finds_none(
    book: Book, make: Any, person: Any, sign_in: Any
) -> None:
    rule = make("One", contains="x")
    viewer = sign_in(person("viewer", book, Role.VIEWER))
    elsewhere = Book.objects.create(name="Theirs", base_currency="BRL")
    stranger = sign_in(person("stranger", elsewhere))

    assert viewer.get(f"/rules/{rule.id}").status_code == 200
    for path in ("/rules", "/rules/order", "/rules/try", "/rules/apply"):
        assert viewer.post(path, {}).status_code == 403
    assert stranger.get(f"/rules/{rule.id}").status_code == 404
    assert stranger.patch(f"/rules/{rule.id}", {"name": "Mine"}).status_code == 404
    for path, more in (("/rules/try", {}), ("/rules/apply", {})):
        body = {"rules": [str(rule.id)], "date_from": "2026-05-01", "date_to": "2026-05-31"}
        assert stranger.post(path, body | more).json()["errors"][0]["code"] == "not_found"


def test_what_a_rule_names_is_not_deleted_and_a_merge_takes_it_along(
    book: Book, by: Actor, make: Any, api: Api, groceries: Account, salary: Account
) -> None:
    vendor = ledger.create_vendor(book=book, by=by, name="Shop")
    food = chart.create_category(book=book, by=by, name="Food", type="expense")
    rule = make("One", contains="x", vendor_id=vendor.id, category_id=groceries.id)

    assert "One" in api.delete(f"/categories/{groceries.id}").json()["detail"]
    assert "One" in api.delete(f"/vendors/{vendor.id}").json()["detail"]

    ledger.merge_categories(book=book, by=by, source_id=groceries.id, target_id=food.id)
    assert ledger.get_rule(book, rule.id).category_id == food.id


def test_a_book_has_so_many_rules_and_one_of_a_name(make: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("transactions.services.rules.MOST_RULES", 1)
    make("One", contains="x")

    with pytest.raises(RuleNameTaken):
        make("ONE", contains="x")
    with pytest.raises(TooManyRules):
        make("Two", contains="x")


def test_the_database_refuses_rules_that_say_nothing(make: Any, checking: Account) -> None:
    make("One", contains="x")

    for change, constraint in (
        ("contains = ''", "rule_asks_something"),
        ("category_id = NULL", "rule_gives_something"),
        ("direction = 'up'", "direction_is_known"),
        ("amount_min = -1", "rule_has_amounts_without_sign"),
        ("amount_max = 'NaN'", "rule_has_amounts_without_sign"),
        ("amount_min = 2, amount_max = 1", "rule_has_a_range"),
        (f"category_id = '{checking.id}'", "rule_gives_a_category"),
        ("account_id = category_id", "rule_is_about_an_account"),
    ):
        with refused(constraint):
            run(f"UPDATE transactions_rule SET {change}")

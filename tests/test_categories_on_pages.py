"""The pages of categories: the tree, a new one, and one that is changed, archived or deleted."""

from collections.abc import Callable
from typing import Any

import pytest
from bookkeeping import TODAY, Bookkeeper
from django.test import Client
from fields import offered, sent_by
from wallet import text_of

from accounts import services as chart
from accounts.models import Account, BilledAs, Kind
from buffet.audit import Actor
from buffet.models import Book, Role, User


@pytest.fixture
def browser(client: Client, book: Book, owner: User, person: Any) -> Callable[[str], Client]:
    """A maker of signed-in browsers: `browser("editor")`."""

    def make(role: str) -> Client:
        client.force_login(owner if role == Role.OWNER else person(role, book, role))
        return client

    return make


def tree() -> set[tuple[str, str, str]]:
    """Return the categories: type, name, and the name of the one above."""
    rows = Account.objects.filter(kind=Kind.CATEGORY).select_related("parent")
    return {(one.type, one.name, one.parent.name if one.parent else "") for one in rows}


def test_an_editor_adds_categories_and_one_below_another(browser: Any, book: Book) -> None:
    client = browser(Role.EDITOR)
    assert "None yet" in text_of(client.get("/categories"))

    for name, below in (("Food", "expense"), ("Salary", "income")):
        answer = client.post("/categories", {"action": "add", "name": name, "below": below})
        assert (answer.status_code, answer["Location"]) == (303, "/categories")
    food = Account.objects.get(name="Food")
    client.post("/categories", {"action": "add", "name": "Bread", "below": str(food.id)})

    assert tree() == {
        ("expense", "Food", ""), ("income", "Salary", ""), ("expense", "Bread", "Food"),
    }  # fmt: skip
    seen = text_of(client.get("/categories"))
    assert seen.index("Food") < seen.index("Bread") < seen.index("Salary")
    assert "Add or change categories" in text_of(client.get("/spending"))


@pytest.mark.parametrize(
    ("sent", "status", "why"),
    [
        ({"name": "", "below": "expense"}, 400, "This field is required."),
        ({"name": "groceries", "below": "expense"}, 400, "already a category of this name here"),
        ({"name": "Bread", "below": "asset"}, 400, "asset is not one of the available choices"),
        ({"name": "Bread", "below": "{checking}"}, 400, "is not one of the available choices"),
        ({"name": "Bread\x00", "below": "expense"}, 400, "Null characters are not allowed."),
        ({"action": "drop", "name": "Bread", "below": "expense"}, 404, ""),
    ],
)
def test_what_is_wrong_with_a_new_one_is_said(
    browser: Any, groceries: Account, checking: Account, sent: dict[str, str], status: int, why: str
) -> None:
    client, before = browser(Role.OWNER), tree()
    sent = {name: one.format(checking=checking.id) for name, one in sent.items()}

    answer = client.post("/categories", {"action": "add"} | sent)

    assert answer.status_code == status
    assert why in text_of(answer)
    assert tree() == before


def test_a_category_is_renamed_and_moved(
    browser: Any, book: Book, by: Actor, groceries: Account
) -> None:
    food = chart.create_category(book=book, by=by, name="Food", type="expense")
    client, address = browser(Role.EDITOR), f"/categories/{groceries.id}"
    assert str(groceries.id) not in offered(client.get(address), "below")

    shown = {"initial-name": "Groceries", "initial-below": "", "initial-billed_as": "purchase"}
    sent = {"action": "keep", "name": "Market", "below": str(food.id), "billed_as": "fee"}
    answer = client.post(address, shown | sent)

    assert (answer.status_code, answer["Location"]) == (303, "/categories")
    groceries.refresh_from_db()
    assert (groceries.name, groceries.parent_id, groceries.billed_as) == ("Market", food.id, "fee")
    below = client.post(
        f"/categories/{food.id}",
        {"action": "keep", "name": "Food", "initial-name": "Food", "below": str(groceries.id),
         "billed_as": "purchase", "initial-billed_as": "purchase"},
    )  # fmt: skip
    assert below.status_code == 400
    assert "A category cannot be moved below itself." in text_of(below)


def test_what_is_billed_as_a_tax_stays_one_when_it_is_renamed(
    browser: Any, book: Book, by: Actor
) -> None:
    tax = chart.create_category(book=book, by=by, name="Tax", type="expense", billed_as="tax")
    client, address = browser(Role.EDITOR), f"/categories/{tax.id}"

    sent = sent_by(client.get(address), "billed_as") | {"action": "keep", "name": "IOF"}
    assert client.post(address, sent).status_code == 303

    tax.refresh_from_db()
    assert (tax.name, tax.billed_as) == ("IOF", "tax")


def test_a_category_is_archived_taken_back_and_deleted_if_it_was_never_used(
    browser: Any, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    client, address = browser(Role.OWNER), f"/categories/{groceries.id}"

    client.post(address, {"action": "archive"})
    assert "Groceries archived" in text_of(client.get("/categories"))
    assert "Take it back into use" in text_of(client.get(address))
    client.post(address, {"action": "reopen"})
    groceries.refresh_from_db()
    assert groceries.archived_at is None

    keeper = Bookkeeper(book, by)
    keeper.move(checking, TODAY, "-7.00", category_id=groceries.id)
    refused = client.post(address, {"action": "drop"})
    assert (refused.status_code, "has entries" in text_of(refused)) == (400, True)
    unused = chart.create_category(book=book, by=by, name="Unused", type="income")
    assert client.post(f"/categories/{unused.id}", {"action": "drop"}).status_code == 303
    assert tree() == {("expense", "Groceries", "")}


@pytest.mark.parametrize("action", ["archive", "reopen", "drop"])
def test_what_is_sent_twice_is_done_once_and_no_mistake(
    browser: Any, groceries: Account, action: str
) -> None:
    client, address = browser(Role.OWNER), f"/categories/{groceries.id}"
    if action == "reopen":
        client.post(address, {"action": "archive"})

    answers = [client.post(address, {"action": action}) for _ in range(2)]

    assert [(one.status_code, one["Location"]) for one in answers] == [(303, "/categories")] * 2
    found = Account.objects.filter(id=groceries.id)
    if action == "drop":
        assert not found.exists()
    else:
        assert (found.get().archived_at is None) == (action == "reopen")


def test_what_the_book_made_for_itself_and_viewers_change_nothing(
    browser: Any, book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    Bookkeeper(book, by).move(checking, TODAY, "-7.00")
    own = Account.objects.filter(book=book, kind=Kind.UNCATEGORIZED)[0]
    owner = browser(Role.OWNER)
    for id in (own.id, checking.id):
        assert owner.get(f"/categories/{id}").status_code == 404
        for action in ("archive", "drop"):
            assert owner.post(f"/categories/{id}", {"action": action}).status_code == 404

    viewer = browser(Role.VIEWER)
    assert "A new category" not in text_of(viewer.get("/categories"))
    for address, action in (("/categories", "add"), (f"/categories/{groceries.id}", "archive")):
        sent = {"action": action, "name": "x", "below": "expense"}
        assert viewer.post(address, sent).status_code == 403
    assert tree() == {("expense", "Groceries", "")}


def test_a_form_that_is_sent_twice_adds_one(browser: Any, book: Book) -> None:
    client = browser(Role.OWNER)
    sent = sent_by(client.get("/categories"), "below") | {"action": "add", "name": "Food"}

    answers = [client.post("/categories", sent) for _ in range(2)]
    other = client.post("/categories", sent | {"name": "Bread"})

    assert [one.status_code for one in answers] == [303, 303]
    assert "This form has recorded something else already" in text_of(other)
    assert tree() == {("expense", "Food", "")}


# A common set for a book that has none


@pytest.mark.parametrize(
    ("language", "offers", "expected"),
    [
        (
            "en",
            "Housing (Rent, Condominium, Electricity, Water, Internet), Food (Groceries",
            {("expense", "Rent", "Housing"), ("expense", "Groceries", "Food"),
             ("expense", "Taxes", ""), ("income", "Salary", "")},
        ),
        (
            "pt-BR",
            "Moradia (Aluguel, Condomínio, Energia, Água, Internet), Alimentação (Mercado",
            {("expense", "Aluguel", "Moradia"), ("expense", "Mercado", "Alimentação"),
             ("expense", "Impostos", ""), ("income", "Salário", "")},
        ),
    ],
)  # fmt: skip
def test_a_book_without_categories_starts_with_a_common_set_in_its_readers_language(
    browser: Any, language: str, offers: str, expected: set[tuple[str, str, str]]
) -> None:
    client = browser(Role.EDITOR)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    shown = client.get("/categories")
    assert offers in text_of(shown)

    answer = client.post("/categories", {"action": "start"})

    assert (answer.status_code, answer["Location"]) == (303, "/categories")
    assert expected < tree()
    assert 'value="start"' not in client.get("/categories").content.decode()
    billed = Account.objects.filter(kind=Kind.CATEGORY).exclude(billed_as=BilledAs.PURCHASE)
    assert sorted(billed.values_list("billed_as", flat=True)) == ["fee", "interest", "tax"]
    assert len({one.version for one in Account.objects.filter(kind=Kind.CATEGORY)}) == 1


def test_the_common_set_is_there_once_and_only_where_there_was_nothing(
    browser: Any, book: Book, by: Actor
) -> None:
    client = browser(Role.OWNER)

    assert [client.post("/categories", {"action": "start"}).status_code for _ in range(2)] == [
        303,
        303,
    ]
    twice = tree()
    assert len(twice) == Account.objects.filter(kind=Kind.CATEGORY).count() == 22

    Account.objects.filter(kind=Kind.CATEGORY, parent__isnull=False)._raw_delete("default")
    Account.objects.filter(kind=Kind.CATEGORY)._raw_delete("default")
    own = chart.create_category(book=book, by=by, name="Own", type="expense")
    chart.archive_account(book=book, by=by, account_id=own.id)
    assert 'value="start"' not in client.get("/categories").content.decode()
    assert client.post("/categories", {"action": "start"}).status_code == 303
    assert tree() == {("expense", "Own", "")}


def test_viewers_are_neither_offered_the_common_set_nor_may_send_it(browser: Any) -> None:
    viewer = browser(Role.VIEWER)

    assert 'value="start"' not in viewer.get("/categories").content.decode()
    assert viewer.post("/categories", {"action": "start"}).status_code == 403
    assert tree() == set()


def test_the_settings_of_the_book_lead_to_its_categories(browser: Any) -> None:
    page = browser(Role.VIEWER).get("/book").content.decode()
    assert '<a href="/categories">Categories</a>' in page.split('id="more"')[1]

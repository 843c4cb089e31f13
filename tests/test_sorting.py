"""Transactions that were found are given a category, a vendor or a status, many at once."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from bookkeeping import Bookkeeper
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from fields import sent_by
from sorting_desk import MAY, about, correct_elsewhere, names, recorded, sorter, told

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, User
from transactions import services
from transactions.models import Transaction, TransactionEvent, Vendor
from transactions.queries import transactions

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ids(
    book: Book,
    by: Actor,
    checking: Account,
    savings: Account,
    groceries: Account,
    salary: Account,
) -> dict[str, str]:
    """Some transactions and what they are about, by name."""
    return recorded(book, by, checking, savings, groceries, salary)


@pytest.fixture
def sort(page: Any, client: Client) -> Callable[..., Any]:
    """The owner, who ticks rows and sends the form."""
    return sorter(client)


def test_those_that_are_ticked_are_given_what_was_chosen(
    sort: Any, page: Any, client: Client, book: Book, owner: User, ids: dict[str, str]
) -> None:
    ticked = [ids["bare"], ids["waits"]]

    answer = sort("q=a", ticked, category=ids["bread"], vendor="Baker", status="cleared")

    assert answer.status_code == 303
    assert answer["Location"].startswith("/transactions?q=a&step=")
    assert [about(book, id) for id in ticked] == [("Bread", "Baker", "cleared")] * 2
    assert about(book, ids["pay"]) == ("Salary", None, "cleared")
    assert told(client, answer) == "2 transactions changed."
    baker = Vendor.objects.get(name="Baker")
    rule = f"/rules/new?contains=a&amp;category={ids['bread']}&amp;vendor={baker.id}"
    assert rule in page(answer["Location"]).content.decode()
    last = TransactionEvent.objects.filter(pgh_obj_id=ids["bare"]).latest("pgh_id")
    assert (last.pgh_context.metadata["door"], last.pgh_context.metadata["user"]) == (
        "page",
        str(owner.id),
    )


def test_what_is_left_stays_as_it_is(sort: Any, book: Book, ids: dict[str, str]) -> None:
    sort("", [ids["rye"]], status="pending")
    assert about(book, ids["rye"]) == ("Bread", "Corner shop", "pending")

    sort("", [ids["rye"]], category="none")
    assert about(book, ids["rye"]) == (None, "Corner shop", "pending")


def test_all_on_the_page_are_those_that_have_a_category(
    sort: Any, client: Client, book: Book, ids: dict[str, str]
) -> None:
    answer = sort("account={checking}".format(**ids), [], all="1", category=ids["groceries"])

    # The transfer has none; what is dated ahead does not stand on the page.
    assert told(client, answer) == "3 transactions changed."
    assert {about(book, ids[one])[0] for one in ("pay", "rye", "bare")} == {"Groceries"}
    assert about(book, ids["ahead"])[0] is None


@pytest.mark.parametrize(
    ("ticked", "given", "says"),
    [
        ([], {"status": "cleared"}, "Tick the transactions that you mean."),
        (["pay"], {}, "Say what they are to be given."),
        (["rye", "moved"], {"category": "{bread}"}, "Put aside, 7 May 2026: It is a transfer"),
        (["rye"], {"category": str(UUID(int=1))}, "Rye, 5 May 2026: There is no such category"),
        (["rye"], {"category": "x"}, "Choose one of these."),
        (["rye"], {"status": "reconciled"}, "Select a valid choice"),
        (["rye"], {"vendor": "x" * 151}, "at most 150 characters"),
        (["rye"], {"status": "pending", "shown": "x"}, "Open the page again."),
        (["rye"], {"status": "pending", "vendor": "New", "shown": f"{UUID(int=1)}:1"}, None),
        (
            ["rye"],
            {"status": "pending", "shown": ",".join(f"{UUID(int=one)}:1" for one in range(51))},
            "Open the page again.",
        ),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_changed(
    sort: Any,
    client: Client,
    book: Book,
    ids: dict[str, str],
    ticked: list[str],
    given: Any,
    says: str | None,
) -> None:
    before = list(Transaction.objects.order_by("id").values())
    wanted = {name: value.format(**ids) for name, value in given.items()}

    answer = sort("", [ids[one] for one in ticked], **wanted)

    assert list(Transaction.objects.order_by("id").values()) == before
    assert [one.name for one in Vendor.objects.all()] == ["Corner shop"]
    if says is None:
        assert told(client, answer) == "They were so already: nothing was changed."
        return
    assert answer.status_code == 400
    assert says in answer.content.decode().replace("&#x27;", "'")
    assert answer.content.decode().count(" checked") == len(ticked)


def test_what_somebody_else_changed_meanwhile_is_not_written_over(
    sort: Any, page: Any, client: Client, book: Book, by: Actor, ids: dict[str, str]
) -> None:
    form = sent_by(page("/transactions"), "shown")
    correct_elsewhere(book, by, ids)
    sent = {**form, "action": "sort", "row": [ids["bare"], ids["rye"]], "status": "pending"}

    answer = client.post("/transactions", sent)

    assert answer.status_code == 400
    assert "100% bare, 6 May 2026: This has changed since" in answer.content.decode()
    assert about(book, ids["rye"])[2] == "cleared"
    # Who has seen it may go on.
    again = sent_by(answer, "shown") | {name: sent[name] for name in ("action", "row", "status")}
    assert told(client, client.post("/transactions", again)) == "2 transactions changed."


def test_what_was_deleted_meanwhile_is_said(
    page: Any, client: Client, book: Book, by: Actor, ids: dict[str, str]
) -> None:
    form = sent_by(page("/transactions"), "shown")
    services.delete(book=book, by=by, transaction_ids=[UUID(ids["bare"])])
    sent = {**form, "action": "sort", "row": [ids["bare"], ids["rye"]], "status": "pending"}

    answer = client.post("/transactions", sent)

    assert answer.status_code == 400
    assert "This has changed since you read it" in answer.content.decode()
    assert about(book, ids["rye"])[2] == "cleared"


def test_sent_twice_it_is_done_once_and_is_no_mistake(
    page: Any, client: Client, book: Book, ids: dict[str, str]
) -> None:
    form = sent_by(page("/transactions"), "shown")
    sent = {**form, "action": "sort", "row": [ids["bare"]], "category": ids["bread"]}

    first, again = (client.post("/transactions", sent) for _ in range(2))
    other = client.post("/transactions", sent | {"row": [ids["rye"]]})

    assert first["Location"] == again["Location"]
    assert told(client, again) == "1 transaction changed."
    assert other.status_code == 400
    assert "This form has recorded something else already" in other.content.decode()
    assert about(book, ids["rye"])[0] == "Bread"


def test_a_closed_month_has_nothing_to_tick(
    sort: Any, page: Any, client: Client, book: Book, by: Actor, ids: dict[str, str]
) -> None:
    form = sent_by(page("/transactions"), "shown")
    services.close_month(book=book, by=by, month=date(2026, 5, 1), today=date(2026, 6, 15))

    assert b'type="checkbox" name="row"' not in page("/transactions").content
    answer = client.post(
        "/transactions",
        {**form, "action": "sort", "row": [ids["bare"]], "category": ids["bread"]},
    )
    assert answer.status_code == 400
    assert "100% bare, 6 May 2026: May 2026 is closed" in answer.content.decode()
    assert about(book, ids["bare"])[0] is None


def statuses(book: Book, id: str) -> dict[str, str]:
    """Return how far the bank agrees with the entries of a transaction, by account."""
    entries = transactions.get(book.id, UUID(id))["entries"]
    return {one["account_name"]: one["status"] for one in entries}


def test_a_status_is_that_of_all_sides_or_of_the_account_that_is_looked_at(
    sort: Any, page: Any, book: Book, savings: Account, ids: dict[str, str]
) -> None:
    moved = ids["moved"]

    sort("", [moved], status="pending")
    assert statuses(book, moved) == {"Checking": "pending", "Savings": "pending"}

    sort(f"account={savings.id}&status=pending", [moved], status="cleared")
    assert statuses(book, moved) == {"Checking": "pending", "Savings": "cleared"}
    assert names(page(f"/transactions?account={savings.id}&status=pending&format=json")) == [
        "Waits"
    ]

    sort("status=pending", [moved], status="cleared")
    assert statuses(book, moved) == {"Checking": "cleared", "Savings": "cleared"}


def test_many_take_as_many_statements_as_a_few(
    page: Any, client: Client, book: Book, by: Actor, checking: Account, ids: dict[str, str]
) -> None:
    keeper = Bookkeeper(book, by)
    for _ in range(30):
        keeper.move(checking, MAY, "-1.00", description="Many")
    counts: list[int] = []

    def counted(form: dict[str, Any]) -> Any:
        with CaptureQueriesContext(connection) as seen:
            answer = client.post("/transactions?q=many", form)
        counts.append(len(seen))
        return answer

    for many in (3, 30):
        form = sent_by(page("/transactions?q=many"), "shown")
        rows = [one.partition(":")[0] for one in form["shown"].split(",")][:many]
        sent = {**form, "action": "sort", "row": rows, "category": ids["bread"]}
        done = counted(sent)
        counted(sent_by(client.get(done["Location"]), "step") | {"action": "back"})

    assert counts[:2] == counts[2:]


def test_a_rule_begins_with_what_was_looked_for_and_given(page: Any, ids: dict[str, str]) -> None:
    asked = f"contains=corner+shop&category={ids['bread']}&vendor={ids['shop']}"

    form = sent_by(page(f"/rules/new?{asked}"), "contains")

    assert (form["name"], form["contains"]) == ("corner shop", "corner shop")
    assert (form["category"], form["vendor"]) == (ids["bread"], ids["shop"])

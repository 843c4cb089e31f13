"""The page of transactions: what it finds, in every face, and many that are sorted at once."""

import csv
import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from bookkeeping import Bookkeeper
from conftest import Api
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from fields import sent_by

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, Role, User
from reports import ledger
from transactions import services
from transactions.drafts import Changes, EntryChange
from transactions.models import Transaction, TransactionEvent, Vendor
from transactions.queries import transactions

pytestmark = pytest.mark.django_db(transaction=True)
MAY = date(2026, 5, 4)


@pytest.fixture
def page(client: Client, owner: User) -> Callable[..., Any]:
    """The owner's browser, signed in."""
    client.force_login(owner)
    return client.get


@pytest.fixture
def keeper(book: Book, by: Actor) -> Bookkeeper:
    """The owner, who records."""
    return Bookkeeper(book, by)


@pytest.fixture
def ids(
    keeper: Bookkeeper,
    book: Book,
    by: Actor,
    checking: Account,
    savings: Account,
    groceries: Account,
    salary: Account,
) -> dict[str, str]:
    """Some transactions and what they are about, by name."""
    bread = chart.create_category(
        book=book, by=by, name="Bread", type="expense", parent_id=groceries.id
    )
    shop = services.create_vendor(book=book, by=by, name="Corner shop")
    made = {
        "pay": keeper.move(checking, MAY, "3000.00", category_id=salary.id, description="Pay"),
        "rye": keeper.move(
            checking, MAY + timedelta(1), "-8.50", category_id=bread.id, vendor_id=shop.id,
            description="Rye",
        ),
        "bare": keeper.move(checking, MAY + timedelta(2), "-20.00", description="100% bare"),
        "moved": keeper.move(
            checking, MAY + timedelta(3), "-100.00", transfer_to_id=savings.id,
            description="Put aside",
        ),
        "waits": keeper.move(
            savings, MAY + timedelta(4), "-8.50", category_id=groceries.id, status="pending",
            description="Waits", notes="for the bank",
        ),
        "ahead": keeper.move(
            checking, book.day(timezone.now()) + timedelta(30), "-5.00", description="Ahead"
        ),
    }  # fmt: skip
    about = {"bread": bread, "shop": shop, "groceries": groceries, "checking": checking}
    return {
        **{name: str(id) for name, id in made.items()},
        **{name: str(row.id) for name, row in about.items()},
        "tomorrow": f"{book.day(timezone.now()) + timedelta(1)}",
    }


def names(found: Any) -> list[str]:
    """Return what the transactions of a page are called."""
    return [row["description"] for row in found.json()["transactions"]]


# What it finds


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["Waits", "Put aside", "100% bare", "Rye", "Pay"]),
        ("ahead=1", ["Ahead", "Waits", "Put aside", "100% bare", "Rye", "Pay"]),
        ("q=BANK", ["Waits"]),
        ("q=corner", ["Rye"]),
        ("q=100%25", ["100% bare"]),
        ("account={checking}", ["Put aside", "100% bare", "Rye", "Pay"]),
        ("category={groceries}", ["Waits", "Rye"]),
        ("category={bread}", ["Rye"]),
        ("category=none", ["100% bare"]),
        ("category=none&ahead=1", ["Ahead", "100% bare"]),
        ("vendor={shop}", ["Rye"]),
        ("status=pending", ["Waits"]),
        ("status=pending&category={groceries}", ["Waits"]),
        ("status=cleared&category={groceries}", ["Rye"]),
        ("amount=8.50", ["Waits", "Rye"]),
        ("amount=-3000", ["Pay"]),
        ("amount=8.50&account={checking}", ["Rye"]),
        ("period=2026-04", []),
        ("period=2026-05&q=pay", ["Pay"]),
        ("date_from=2026-05-05&date_to=2026-05-06", ["100% bare", "Rye"]),
        ("date_from=1990-01-01&date_to=2026-05-04", ["Pay"]),
        ("on=2026-05-05", ["Rye", "Pay"]),
        ("on=2026-05-05&period=2026-04", ["Rye", "Pay"]),
        ("date_from={tomorrow}", ["Ahead"]),
    ],
)
def test_it_finds_what_is_asked_for_the_newest_first(
    page: Any, ids: dict[str, str], asked: str, found: list[str]
) -> None:
    query = asked.format(**ids)

    assert names(page(f"/transactions?{query}&format=json")) == found
    seen = page(f"/transactions?{query}").content.decode()
    places = [seen.find(f">{name}</a>") for name in found]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("category={groceries}", "2 transactions · −17.00 BRL"),
        # What was put aside is nothing to all accounts, and left the one.
        ("date_from=2026-05-06&date_to=2026-05-07", "2 transactions · −20.00 BRL"),
        (
            "account={checking}&date_from=2026-05-06&date_to=2026-05-07",
            "2 transactions · −120.00 BRL",
        ),
    ],
)
def test_what_was_found_is_counted_and_added_up(
    page: Any, ids: dict[str, str], asked: str, says: str
) -> None:
    assert says in page(f"/transactions?{asked.format(**ids)}").content.decode()


@pytest.mark.parametrize(
    "asked", ["date_to=2199-12-31", "q=a&date_to=2026-12-31", "amount=8.50", "category=none"]
)
def test_the_api_finds_the_same(page: Any, api: Api, ids: dict[str, str], asked: str) -> None:
    ours = page(f"/transactions?{asked}&ahead=1&format=json").json()["transactions"]

    assert ours == api.get(f"/transactions?{asked}").json()["results"]
    assert ours


def test_an_amount_is_typed_as_its_reader_writes_it(page: Any, ids: dict[str, str]) -> None:
    reader = {"headers": {"accept-language": "pt-BR"}}

    found = page("/transactions?typed=3.000,5&q=", **reader)
    wrong = page("/transactions?typed=3,000,5&q=rye", **reader)

    assert found["Location"] == "/transactions?amount=3000.5"
    assert 'value="3000,5"' in page(found["Location"], **reader).content.decode()
    assert wrong.status_code == 400
    seen = wrong.content.decode()
    assert 'value="3,000,5"' in seen
    assert 'id="find_typed_error"' in seen
    assert 'value="rye"' in seen


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("account=x", 400),
        ("amount=x", 400),
        ("status=lost", 400),
        ("category=any", 400),
        ("cursor=x", 400),
        ("date_from=2026-05-02&date_to=2026-05-01", 200),
        ("period=2026-05&date_to=2026-05-01", 400),
        (f"account={UUID(int=1)}", 404),
        (f"category={UUID(int=1)}", 404),
        (f"vendor={UUID(int=1)}", 404),
        ("account={groceries}", 404),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    page: Any, ids: dict[str, str], asked: str, status: int
) -> None:
    assert page(f"/transactions?{asked.format(**ids)}").status_code == status


def test_fields_that_were_left_empty_are_left_out_of_the_address(
    page: Any, ids: dict[str, str]
) -> None:
    answer = page("/transactions?q=rye&account=&category=&status=&typed=&date_from=&date_to=")

    assert (answer.status_code, answer["Location"]) == (302, "/transactions?q=rye")


def test_pages_follow_each_other(
    page: Any, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "PAGE", 2)

    first = page("/transactions?format=json").json()
    second = page(f"/transactions?format=json&cursor={first['older']}")
    back = page(f"/transactions?format=json&cursor={second.json()['newer']}").json()

    assert names(second) == ["100% bare", "Rye"]
    assert first["newer"] is None
    assert back["transactions"] == first["transactions"]


def test_a_file_has_all_of_it(
    page: Any, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "CHUNK", 2)

    table = b"".join(page("/transactions?format=csv").streaming_content).decode()

    rows = list(csv.DictReader(table.splitlines()))
    assert [row["description"] for row in rows] == ["Waits", "Put aside", "100% bare", "Rye", "Pay"]
    assert rows[3]["vendor"] == "Corner shop"
    assert [row["category or account"] for row in rows][1:4] == [
        "Transfer: Savings",
        "Uncategorised",
        "Bread",
    ]
    assert rows[0]["notes"] == "for the bank"


# Many that are sorted at once


@pytest.fixture
def sort(page: Any, client: Client) -> Callable[..., Any]:
    """Someone who ticks rows of a list and sends its form: `sort("q=x", ticked, category=…)`."""

    def send(asked: str, ticked: list[str], **given: Any) -> Any:
        address = f"/transactions?{asked}"
        form = sent_by(page(address), "shown")
        return client.post(address, {**form, "action": "sort", "row": ticked, **given})

    return send


def about(book: Book, id: str) -> tuple[Any, ...]:
    """Return what a transaction can be given."""
    row = transactions.get(book.id, UUID(id))
    return row["category_name"], row["vendor_name"], row["status"]


def correct_elsewhere(book: Book, by: Actor, ids: dict[str, str]) -> None:
    """Have somebody correct one of them meanwhile."""
    somebody = Actor(by.user_id, "api", email=by.email)
    changes = Changes({"category_id": UUID(ids["bread"])})
    services.correct(book=book, by=somebody, transaction_id=UUID(ids["bare"]), changes=changes)


def told(client: Client, done: Any) -> str:
    """Return what the page says of what was done."""
    assert done.status_code == 303, done.content
    seen = client.get(done["Location"]).content.decode()
    return re.search(r'role="status"><b>([^<]+)</b>', seen)[1]


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
    assert "100% bare, 6 May 2026: 2026-05 is closed" in answer.content.decode()
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
    page: Any, client: Client, keeper: Bookkeeper, checking: Account, ids: dict[str, str]
) -> None:
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


# What was done is taken back


def taken_back(client: Client, done: Any) -> Any:
    """Press the button of the page that tells what was done."""
    where = done["Location"]
    form = sent_by(client.get(where), "step")
    return client.post(where, form | {"action": "back"})


def test_what_was_done_is_taken_back(
    sort: Any, client: Client, book: Book, ids: dict[str, str]
) -> None:
    ticked = [ids["bare"], ids["rye"]]
    before = [about(book, id) for id in ticked]
    done = sort("q=r", ticked, category=ids["groceries"], vendor="Baker", status="pending")
    assert [about(book, id) for id in ticked] != before

    back = taken_back(client, done)

    assert back["Location"].startswith("/transactions?q=r&back=")
    assert [about(book, id) for id in ticked] == before
    assert told(client, back) == "2 transactions are what they were before."
    # Once more, from the page as it is by now: there is nothing left to take back.
    again = taken_back(client, done)
    assert told(client, again) == "Nothing was left to take back."


def test_taken_back_twice_it_is_done_once(
    sort: Any, client: Client, book: Book, ids: dict[str, str]
) -> None:
    done = sort("", [ids["bare"]], category=ids["groceries"])
    form = sent_by(client.get(done["Location"]), "step") | {"action": "back"}

    first, again = (client.post("/transactions", form) for _ in range(2))

    assert first["Location"] == again["Location"]
    assert told(client, again) == "1 transaction is what it was before."


def test_what_changed_since_stays(
    sort: Any, client: Client, book: Book, by: Actor, ids: dict[str, str]
) -> None:
    done = sort("", [ids["bare"], ids["rye"]], category=ids["groceries"])
    correct_elsewhere(book, by, ids)

    back = taken_back(client, done)

    assert told(client, back) == "1 transaction is what it was before."
    assert [about(book, ids[one])[0] for one in ("bare", "rye")] == ["Bread", "Bread"]


def test_entries_that_were_added_since_stay(
    sort: Any, client: Client, book: Book, by: Actor, ids: dict[str, str]
) -> None:
    done = sort("", [ids["bare"]], category=ids["groceries"])
    somebody = Actor(by.user_id, "api", email=by.email)
    added = tuple(
        EntryChange(given={"account_id": UUID(ids[name]), "amount": amount, "currency": "BRL"})
        for name, amount in (("bread", Decimal(5)), ("groceries", Decimal(-5)))
    )
    changes = Changes({}, added)
    services.correct(book=book, by=somebody, transaction_id=UUID(ids["bare"]), changes=changes)

    taken_back(client, done)

    assert len(transactions.get(book.id, UUID(ids["bare"]))["entries"]) == 4


def test_a_step_of_another_book_is_not_there(
    sort: Any, client: Client, book: Book, person: Any, ids: dict[str, str]
) -> None:
    done = sort("", [ids["bare"]], category=ids["groceries"])
    step, _, version = done["Location"].partition("step=")[2].partition(".")
    other = Book.objects.create(name="Other", base_currency="BRL", time_zone="UTC")
    client.force_login(person("stranger", other))

    for sent in (step, str(uuid4()), "x"):
        back = {"action": "back", "step": sent, "version": version}
        answer = client.post("/transactions", back)
        assert answer.status_code in (400, 404), sent
    assert about(book, ids["bare"])[0] == "Groceries"


# Who only looks


def test_a_viewer_sees_and_sorts_nothing(
    client: Client, book: Book, person: Any, ids: dict[str, str]
) -> None:
    client.force_login(person("viewer", book, Role.VIEWER))

    seen = client.get("/transactions").content.decode()
    answer = client.post("/transactions", {"action": "sort", "row": [ids["bare"]], "all": "1"})

    assert ">Rye</a>" in seen
    assert 'name="row"' not in seen
    assert 'id="sort"' not in seen
    assert answer.status_code == 403


def test_what_was_known_is_looked_at_alone(
    page: Any, book: Book, owner: User, ids: dict[str, str]
) -> None:
    today = book.day(timezone.now())

    seen = page(f"/transactions?known_on={today}").content.decode()

    assert ">Rye</a>" in seen
    assert 'id="sort"' not in seen
    links = re.findall(r'<a href="(/transactions[/?][^"]+)"', seen[seen.index('id="found"') :])
    assert links
    assert all(f"known_on={today}" in one for one in links)


def test_a_rule_begins_with_what_was_looked_for_and_given(page: Any, ids: dict[str, str]) -> None:
    asked = f"contains=corner+shop&category={ids['bread']}&vendor={ids['shop']}"

    form = sent_by(page(f"/rules/new?{asked}"), "contains")

    assert (form["name"], form["contains"]) == ("corner shop", "corner shop")
    assert (form["category"], form["vendor"]) == (ids["bread"], ids["shop"])


def test_every_page_of_the_navigation_takes_what_goes_along(page: Any, ids: dict[str, str]) -> None:
    seen = page("/cash-flow?currency=USD&period=2026-05").content.decode()
    navigation = seen[seen.index("<nav") : seen.index("</nav>")]

    links = [html.unescape(one) for one in re.findall(r'href="([^"]+)"', navigation)]

    assert len(links) == 10
    refused = [one for one in (*links, "/book?currency=USD") if page(one).status_code != 200]
    assert not refused

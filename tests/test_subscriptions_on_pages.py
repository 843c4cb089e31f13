"""Subscriptions on pages: listed, added, changed, ended, and paid by linking transactions."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone
from fields import sent_by
from recording import told
from subscribing import Subscriber
from wallet import text_of

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, Role, User
from transactions import services as ledger
from transactions.models import Subscription, SubscriptionPayment, Vendor

LIST, NEW = "/subscriptions", "/subscriptions/new"
PORTUGUESE = {"Accept-Language": "pt-BR"}


@pytest.fixture
def ana(book: Book, by: Actor, checking: Account) -> Subscriber:
    """Someone who pays from checking."""
    return Subscriber(book, by, checking)


@pytest.fixture
def today(book: Book) -> date:
    """The book's day."""
    return book.day(timezone.now())


@pytest.fixture
def browser(owner: User) -> Client:
    """The owner's browser."""
    found = Client(headers={"Accept-Language": "en"})
    found.force_login(owner)
    return found


@pytest.fixture
def weekly(ana: Subscriber, today: date) -> Subscription:
    """A box of 20.00 a week that was due two weeks ago for the first time, and never paid."""
    return ana.subscribe("Box", cadence="weekly", starts_on=today - timedelta(days=14))


def shown(browser: Client, row: Subscription, **changed: str) -> dict[str, str]:
    """Return what the form that changes a subscription sends, with something changed in it."""
    was = sent_by(browser.get(f"{LIST}/{row.id}"), "initial-name")
    return was | changed | {"action": "change"}


def typed(browser: Client, paid_from: Account, address: str = NEW, **more: str) -> dict[str, str]:
    """Return what the form of a new one sends after somebody has typed the least."""
    least = {"name": "Music", "amount": "20.00", "account": str(paid_from.id)}
    return sent_by(browser.get(address)) | least | more


def paid_for(row: Subscription) -> set[UUID]:
    """Return the transactions that paid for a subscription."""
    return set(row.payments.values_list("transaction_id", flat=True))


def test_the_list_says_what_they_cost_when_they_are_due_and_what_is_amiss(
    browser: Client, ana: Subscriber, weekly: Subscription, salary: Account, today: date
) -> None:
    dearer = ana.subscribe("Music", starts_on=today - timedelta(days=2))
    ana.pay(dearer, today, amount="-25.00")
    ana.subscribe("Wages", amount="500.00", starts_on=today, category_id=salary.id)
    over = ana.subscribe("Over", starts_on=today - timedelta(days=90))
    ledger.end_subscription(**ana.who, subscription_id=over.id, on=today - timedelta(days=60))

    page = text_of(browser.get(LIST))

    assert "What they cost a month 106.67 BRL" in page
    assert "500.00 BRL come in a month." in page
    assert "Box 2 did not come, since" in page
    assert "Dearer: 25.00 BRL instead of 20.00 since" in page
    assert "(+25.0 %)" in page
    listed = page.partition("All of them")[2]
    names = ("Going out", "Box", "Music", "Coming in", "Wages", "Ended", "Over")
    order = [listed.index(name) for name in names]
    assert order == sorted(order)
    assert "every week, Checking" in page


def test_what_is_coming_and_what_was_missed_lead_there(
    browser: Client, weekly: Subscription, today: date
) -> None:
    page = browser.get("/coming").content.decode()
    found = browser.get(f"/coming/{today + timedelta(days=14):%Y-%m}?format=json").json()

    assert f'href="{LIST}">Subscriptions: what they cost a month</a>' in page
    missed = page.partition('id="missed"')[2].partition("</section>")[0]
    assert missed.count(f'href="{LIST}/{weekly.id}"') == 2
    assert {one["link"] for one in found["results"]} == {f"{LIST}/{weekly.id}"}


def test_a_new_one_is_added_once(browser: Client, checking: Account, groceries: Account) -> None:
    assert f'href="{NEW}"' in browser.get(LIST).content.decode()
    given = {"amount": "1,020.50", "every": "2", "cadence": "yearly", "starts_on": "2026-01-31"}
    sent = typed(browser, checking, **given, vendor="Radio", category=str(groceries.id))

    answers = [browser.post(NEW, sent) for _ in range(2)]

    (row,) = Subscription.objects.select_related("vendor")
    assert {one["Location"] for one in answers} == {f"{LIST}/{row.id}?told=added"}
    assert (row.amount, row.every, row.cadence) == (Decimal("1020.50"), 2, "yearly")
    assert (row.starts_on, row.ends_on) == (date(2026, 1, 31), None)
    assert (row.vendor.name, row.category_id) == ("Radio", groceries.id)
    again = browser.post(NEW, sent | {"name": "More"})
    assert again.status_code == 400
    assert "This form has recorded something else already" in text_of(again)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "box", "The book already has a subscription of this name."),
        ("name", "", "required"),
        ("amount", "0", "more than zero"),
        ("amount", "-1", "Leave the sign out"),
        ("amount", "1.234", "An amount in BRL has at most 2 decimals."),
        ("account", "", "Say on which account."),
        ("account", "{groceries}", "is not an account that holds money"),
        ("every", "0", "A whole number, up to 120."),
        ("every", "x", "A whole number, up to 120."),
        ("starts_on", "soon", "A date is written YYYY-MM-DD."),
        ("ends_on", "2020-01-01", "and ends then at the earliest."),
        ("category", "{checking}", "There is no such category in this book."),
    ],
)
def test_a_refusal_stands_beside_its_field_and_nothing_is_kept(
    browser: Client,
    weekly: Subscription,
    checking: Account,
    groceries: Account,
    field: str,
    value: str,
    sentence: str,
) -> None:
    value = value.format(groceries=groceries.id, checking=checking.id)

    new = browser.post(NEW, typed(browser, checking, vendor="New", **{field: value}))
    row = Subscription.objects.get()
    changed = {"name": "", "amount": "", field: value} if field == "name" else {field: value}
    if value != "box":
        change = browser.post(f"{LIST}/{row.id}", shown(browser, row, vendor="New", **changed))
        assert change.status_code == 400
        assert sentence in told(change, field, "change")
        assert '<details class="deed record" open>' in change.content.decode()

    assert new.status_code == 400
    assert sentence in told(new, field, "keep")
    assert Subscription.objects.get().version == row.version
    assert not Vendor.objects.exists()


def test_a_transaction_is_made_a_subscription_that_it_paid(
    browser: Client, ana: Subscriber, checking: Account, groceries: Account, today: date
) -> None:
    vendor = ledger.named_vendor(**ana.who, name="Radio")
    id = ana.spend(today, "-9.90", category_id=groceries.id, vendor_id=vendor, description="CARD 1")
    page = browser.get(f"/transactions/{id}").content.decode()
    address = f"{NEW}?transaction={id}"

    assert f'href="{address}">Make a subscription of this</a>' in page
    sent = sent_by(browser.get(address))
    assert (sent["name"], sent["amount"], sent["vendor"]) == ("Radio", "9.90", "Radio")
    assert (sent["account"], sent["category"]) == (str(checking.id), str(groceries.id))
    assert sent["starts_on"] == today.isoformat()
    answer = browser.post(address, sent)

    row = Subscription.objects.get()
    assert answer["Location"] == f"{LIST}/{row.id}?told=added"
    assert paid_for(row) == {id}
    page = text_of(browser.get(f"/transactions/{id}"))
    assert "It paid what was due on" in page
    assert "Make a subscription of this" not in page


def test_one_that_the_transaction_did_not_pay_is_not_kept_either(
    browser: Client, ana: Subscriber, savings: Account, today: date
) -> None:
    id = ana.spend(today, "-9.90")
    address = f"{NEW}?transaction={id}"

    answer = browser.post(address, typed(browser, savings, address, vendor="New"))

    assert answer.status_code == 400
    assert "moves nothing on the account that pays" in text_of(answer)
    assert not Subscription.objects.exists()
    assert not Vendor.objects.exists()


def test_a_transfer_is_not_made_one(
    browser: Client, ana: Subscriber, savings: Account, today: date
) -> None:
    id = ana.spend(today, transfer_to_id=savings.id)

    assert "Make a subscription of this" not in text_of(browser.get(f"/transactions/{id}"))


@pytest.mark.parametrize("page", [LIST, f"{LIST}/{{}}"])
def test_what_looks_like_payments_is_linked_by_a_button(
    browser: Client, ana: Subscriber, weekly: Subscription, today: date, page: str
) -> None:
    paid = ana.spend(today - timedelta(days=7), description="Box 7")
    less = ana.spend(today - timedelta(days=12), "-16.50", description="Box 12")
    address = page.format(weekly.id)
    body = browser.get(address).content.decode().partition('id="payments"')[2]

    assert "its description names Box; the same amount; on the day" in body
    assert "its description names Box; 17.5\xa0% less; 2 days after" in body
    rows = body.partition("</form>")[0].split("<tr>")[2:]
    boxes = {row.partition('value="')[2].partition('"')[0]: " checked>" in row for row in rows}
    first, last = f"{weekly.starts_on}", f"{today - timedelta(days=7)}"
    assert boxes == {f"{weekly.id}.{paid}.{last}": True, f"{weekly.id}.{less}.{first}": False}
    answers = [
        browser.post(address, {"action": "link", "pair": [*boxes]}, headers=PORTUGUESE)
        for _ in range(2)
    ]

    assert [one["Location"] for one in answers] == [f"{address}?told=linked"] * 2
    assert ana.due_dates(weekly) == [weekly.starts_on, today - timedelta(days=7)]
    assert "These look like payments" not in text_of(browser.get(address))


def test_nothing_is_linked_if_a_part_of_it_cannot_be(
    browser: Client, ana: Subscriber, weekly: Subscription, today: date
) -> None:
    other = ana.subscribe("Music", starts_on=today)
    one, two = ana.spend(today, description="Box"), ana.spend(today, description="Music")
    pairs = [f"{weekly.id}.{one}.{today}", f"{other.id}.{two}.{today - timedelta(days=1)}"]

    answer = browser.post(LIST, {"action": "link", "pair": pairs})
    nothing = browser.post(LIST, {"action": "link"})

    assert (answer.status_code, nothing.status_code) == (400, 400)
    assert "Music does not fall due on this day." in text_of(answer)
    assert "Tick those that are payments." in text_of(nothing)
    assert not SubscriptionPayment.objects.exists()
    assert browser.post(LIST, {"action": "link", "pair": "x.y"}).status_code == 404


def test_a_transaction_s_page_links_it_and_unlinks_it(
    browser: Client, ana: Subscriber, weekly: Subscription, savings: Account, today: date
) -> None:
    Subscriber(ana.book, ana.who["by"], savings).subscribe("Elsewhere")
    id = ana.spend(today, "-35.00")
    address = f"/transactions/{id}"
    page = browser.get(address)
    sent = {"action": "paid-for", "subscription": str(weekly.id), "due_on": ""}

    assert f'<option value="{weekly.id}">Box</option>' in page.content.decode()
    assert "Elsewhere" not in text_of(page)
    wrong = browser.post(address, sent | {"due_on": f"{today - timedelta(days=1)}"})
    linked = [browser.post(address, sent) for _ in range(2)]

    assert told(wrong, "due_on", "paid-for") == "Box does not fall due on this day."
    assert [one["Location"] for one in linked] == [f"{address}?told=linked#content"] * 2
    assert ana.due_dates(weekly) == [today]
    taken = {"action": "unlink", "subscription": str(weekly.id), "transaction": str(id)}
    unlinked = [browser.post(where, taken) for where in (address, f"{LIST}/{weekly.id}")]
    assert [one["Location"] for one in unlinked] == [
        f"{address}?told=unlinked#content",
        f"{LIST}/{weekly.id}?told=unlinked",
    ]
    assert ana.due_dates(weekly) == []


def test_what_was_missed_leads_to_the_transactions_of_its_days(
    browser: Client, ana: Subscriber, weekly: Subscription, today: date
) -> None:
    ana.spend(today - timedelta(days=5), description="Vegetables")
    page = browser.get(f"{LIST}/{weekly.id}").content.decode()
    addresses = [
        part.partition('"')[0].replace("&amp;", "&")
        for part in page.partition('id="missed"')[2].split('href="')[1:3]
    ]

    assert ["Vegetables" in text_of(browser.get(one)) for one in addresses] == [True, True]


def test_one_is_changed_and_what_somebody_else_changed_meanwhile_stays(
    browser: Client, ana: Subscriber, weekly: Subscription
) -> None:
    sent = shown(browser, weekly, amount="22.00", vendor="Farm")
    ledger.change_subscription(**ana.who, subscription_id=weekly.id, notes="Theirs")

    answer = browser.post(f"{LIST}/{weekly.id}", sent)

    assert answer["Location"] == f"{LIST}/{weekly.id}?told=changed"
    row = Subscription.objects.select_related("vendor").get()
    assert (row.amount, row.notes, row.vendor.name) == (22, "Theirs", "Farm")
    browser.post(f"{LIST}/{row.id}", shown(browser, row, vendor="", ends_on="2090-01-01"))
    row = Subscription.objects.get()
    assert (row.vendor_id, row.ends_on) == (None, date(2090, 1, 1))


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ({"amount": Decimal("25.00")}, {"amount": "22.00"}),
        ({"name": "Greens"}, {"name": "Vegetables"}),
        ({"ends_on": date(2090, 1, 1)}, {"ends_on": "2091-01-01"}),
        # Every two weeks and every month are not every two months.
        ({"cadence": "monthly"}, {"every": "2"}),
    ],
)
def test_the_same_that_somebody_else_changed_meanwhile_is_not_written_over(
    browser: Client,
    ana: Subscriber,
    weekly: Subscription,
    theirs: dict[str, Any],
    ours: dict[str, str],
) -> None:
    address = f"{LIST}/{weekly.id}"
    sent = shown(browser, weekly, **ours)
    ledger.change_subscription(**ana.who, subscription_id=weekly.id, **theirs)

    answer = browser.post(address, sent)

    assert answer.status_code == 400
    assert "This has changed since you read it" in text_of(answer)
    assert Subscription.objects.filter(id=weekly.id, **theirs).exists()
    again = sent_by(answer, "initial-name")
    assert {name: again[name] for name in ours} == ours
    assert browser.post(address, again | {"action": "change"}).status_code == 303
    assert Subscription.objects.filter(id=weekly.id, **ours).exists()


def test_a_new_price_is_taken_by_a_button(
    browser: Client, ana: Subscriber, weekly: Subscription, today: date
) -> None:
    ana.pay(weekly, today, amount="-23.50")
    address = f"{LIST}/{weekly.id}"
    sent = sent_by(browser.get(address)) | {"action": "reprice"}

    browser.post(address, sent, headers=PORTUGUESE)

    assert Subscription.objects.get().amount == Decimal("23.50")
    assert "from now on" not in text_of(browser.get(address))


@pytest.mark.parametrize("amount", ["1e400", "NaN", "-5", "0", "1.234", "9" * 30, "", "x"])
def test_a_new_price_that_is_no_amount_is_refused(
    browser: Client, ana: Subscriber, weekly: Subscription, today: date, amount: str
) -> None:
    ana.pay(weekly, today, amount="-23.50")

    answer = browser.post(f"{LIST}/{weekly.id}", {"action": "reprice", "amount": amount})

    assert answer.status_code == 400
    assert 'class="error"' in answer.content.decode()
    assert Subscription.objects.get().amount == Decimal("20.00")


def test_one_is_ended_and_only_one_that_was_never_paid_is_deleted(
    browser: Client, ana: Subscriber, weekly: Subscription, today: date
) -> None:
    address, end = f"{LIST}/{weekly.id}", {"action": "end", "on": "2020-01-01"}
    early = browser.post(address, end)
    browser.post(address, end | {"on": f"{today - timedelta(days=3)}"})

    assert "and ends then at the earliest." in told(early, "on", "end")
    assert "It ended on" in text_of(browser.get(address))
    (id,) = ana.pay(weekly, weekly.starts_on)
    kept = browser.post(address, {"action": "delete"})
    assert kept.status_code == 400
    assert "end it instead of deleting it" in text_of(kept)
    ledger.unlink_payment(**ana.who, subscription_id=weekly.id, transaction_id=id)
    gone = [browser.post(address, {"action": "delete"}) for _ in range(2)]
    assert [one["Location"] for one in gone] == [f"{LIST}?told=deleted"] * 2
    assert browser.get(address).status_code == 404


def test_many_have_pages(browser: Client, ana: Subscriber) -> None:
    for number in range(120):
        ana.subscribe(f"Name {number:03}")

    def next_of(page: Any) -> str:
        before = page.content.decode().partition('" rel="next"')[0]
        return LIST + before.rpartition('href="')[2].replace("&amp;", "&")

    def names(page: Any) -> list[str]:
        return [part[:3] for part in text_of(page).split("Name ")[1:]]

    first = browser.get(f"{LIST}?told=added")
    second = browser.get(next_of(first))
    third = browser.get(next_of(second))
    found = [*names(first), *names(second), *names(third)]

    assert found == [f"{number:03}" for number in range(120)]
    back = third.content.decode().partition('" rel="prev"')[0].rpartition('href="')[2]
    assert names(browser.get(LIST + back.replace("&amp;", "&"))) == names(second)


def test_viewers_see_and_do_not_write(
    book: Book, ana: Subscriber, weekly: Subscription, person: Callable[..., User], today: date
) -> None:
    id = ana.spend(today, description="Box")
    viewer = Client()
    viewer.force_login(person("viewer", book, Role.VIEWER))
    sent = {"name": "x", "amount": "1", "action": "end", "on": f"{today}"}

    for address in (LIST, f"{LIST}/{weekly.id}", NEW):
        page = viewer.get(address)
        assert page.status_code == 200
        assert 'method="post" action="/subscriptions' not in page.content.decode()
        assert viewer.post(address, sent).status_code == 403
    assert "Make a subscription" not in text_of(viewer.get(f"/transactions/{id}"))
    assert Subscription.objects.get().ends_on is None


@pytest.mark.django_db(transaction=True)
def test_as_known_one_sees_and_does_not_write(
    browser: Client, weekly: Subscription, today: date
) -> None:
    for address in (LIST, f"{LIST}/{weekly.id}", NEW):
        page = browser.get(f"{address}?known_on={today}")
        assert page.status_code == 200
        assert 'method="post" action="/subscriptions' not in page.content.decode()


def test_a_stranger_finds_none_of_ours(
    ana: Subscriber, weekly: Subscription, person: Callable[..., User], today: date
) -> None:
    id = ana.spend(today, description="Box")
    other = Book.objects.create(name="Other", base_currency="BRL")
    stranger = Client()
    stranger.force_login(person("stranger", other))
    pair = f"{weekly.id}.{id}.{today}"

    assert "There are no subscriptions yet" in text_of(stranger.get(LIST))
    for address in (f"{LIST}/{weekly.id}", f"{LIST}/{uuid4()}", f"{NEW}?transaction={id}"):
        assert stranger.get(address).status_code == 404
        for action in ("change", "delete", "end", ""):
            assert stranger.post(address, {"action": action}).status_code == 404
    assert stranger.post(LIST, {"action": "link", "pair": pair}).status_code == 400
    assert not SubscriptionPayment.objects.exists()

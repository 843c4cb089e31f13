"""Every report takes a few statements, also of a process that remembers nothing of it.

Counted is what the web process sends for a request, less what finds the caller: one statement of
the gate for the API; of a page two, the session's and the reader's. A report may send six more,
whatever is in the book, and as many for a book with two of everything as for one with one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from addresses import ENTRANCES, PAGES
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from django.utils import timezone
from furnishing import Furnisher

from accounts.models import Account, CreditCard
from buffet import services
from buffet.audit import Actor
from buffet.bench.measuring import request, statements
from buffet.bench.reports import FINDING, STATEMENTS
from buffet.gate import Gate
from buffet.models import Book, User
from buffet.remembering import forget
from reports import api_urls
from transactions.models import Transaction

pytestmark = pytest.mark.django_db(transaction=True)

#: The API's reports by their routes, each with what is asked of it besides what it says by itself.
REPORTS = {
    "reports/accounts/portfolio-overview": (
        *("?on={day}&currency=USD", "?accounts={account}&currency=USD"),
    ),
    "reports/accounts/balances": (
        *("?on={day}", "?kind=checking&accounts={account}"),
        "?since={day}&currency=USD",
    ),
    "reports/accounts/<uuid:account>/timeline": (
        *("?period=last-month", "?period=last-month&currency=USD"),
    ),
    "reports/cash-flow": ("?period=last-12-months&currency=USD", "?accounts={account}"),
    "reports/spending": ("?period=last-12-months&currency=USD", "?accounts={account}"),
    "reports/net-worth": ("?period=last-12-months&currency=USD",),
    "reports/trial-balance": ("?period=last-12-months",),
    "reports/investment-performance": ("?currency=USD",),
    "reports/cards": ("?currency=USD&accounts={gold_account}&period=last-12-months",),
    "reports/coverage": ("?period=last-24-months", "?accounts={account}"),
    "reports/month-end": ("?month={past}",),
    "reports/forecast": (
        *("?what_if=10", "?accounts={gold_account}"),
        "?period=this-year&currency=USD&accounts={account}",
    ),
}
#: A file of every report of a period, made for whoever waits for it.
NO_REPORT = {"reports/accountants-pack"}
#: Pages that ask nothing of a book, and the one that has no other face than the page.
NO_REPORTS = {*ENTRANCES, "invitation", "open-book", "not a page"}
#: Pages on which people work: what they take is asked beside what they do.
NO_REPORTS |= {"record", "new-account", "imports", "new-import", "import"}
NO_REPORTS |= {"rules", "new-rule", "rule", "change-account", "categories", "category", "seat"}
NO_REPORTS |= {"exchange-rates", "exchange-rate", "change-card", "change-statement"}
NO_REPORTS |= {"plans", "plan", "split", "in-parcels"}
NO_REPORTS |= {"valuation", "subscriptions", "new-subscription", "subscription"}
PAGE_ALONE = {"transaction"}


@dataclass
class Counted:
    """A furnished book behind the gate, and how many statements its reports take."""

    gate: Gate
    furnisher: Furnisher
    token: str
    cookie: str
    known: dict[str, Any]

    def every(self) -> dict[str, int]:
        """Return what each report takes in each face, beyond what finds the caller."""
        found = {}
        for route, ways in REPORTS.items():
            for way in ("", *ways):
                path = f"/api/v1/{route.replace('uuid:account', '')}{way}".replace(
                    "<>", "{account}"
                )
                found[f"API {route}{way}"] = self.count(path, is_api=True)
        for name, ways in PAGES.items():
            for way in ways if name not in NO_REPORTS else ():
                found[f"page {way}"] = self.count(way)
                if name not in PAGE_ALONE:
                    as_json = f"{way}{'&' if '?' in way else '?'}format=json"
                    # A day long past is refused where there is no page to say so on.
                    if "what_if" not in way and "last-year" not in way:
                        found[f"JSON of {way}"] = self.count(as_json)
        return found

    def count(self, way: str, *, is_api: bool = False) -> int:
        """Return how many statements an address takes, with nothing remembered."""
        token, cookie = (self.token, "") if is_api else ("", self.cookie)

        def send() -> None:
            path = way.format(**self.known)
            status, content, _ = request(self.gate, "GET", path, token, cookie=cookie)
            assert status in (200, 400), (path, status, content[:500])

        forget()
        return statements(send, self.gate) - FINDING["JSON" if is_api else "page"]


@pytest.fixture
def counted(book: Book, owner: User, by: Actor, client: Client) -> Iterator[Counted]:
    """A book with one of everything, and its owner signed in to API and pages."""
    today = book.day(timezone.now())
    furnisher = Furnisher(book, by, today)
    furnisher.furnish()
    client.force_login(owner)
    card = CreditCard.objects.get()
    known = {
        "account": Account.objects.get(kind="checking").id,
        "transaction": Transaction.objects.latest("date").id,
        "closed_transaction": Transaction.objects.earliest("date").id,
        "card": card.id,
        "gold": card.id,
        "gold_account": card.account_id,
        "day": furnisher.day(45),
        "month": f"{today:%Y-%m}",
        "past": f"{furnisher.day(31):%Y-%m}",
        "next": f"{furnisher.day(-31):%Y-%m}",
        "closed": f"{furnisher.day(150):%Y-%m}",
    }
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    gate = Gate(WSGIHandler())
    yield Counted(gate, furnisher, services.open_session(owner).access, cookie, known)
    gate.ask.close()


def test_each_report_of_the_api_is_asked_here() -> None:
    routes = {str(one.pattern) for one in api_urls.urlpatterns}

    reports = {route for route in routes if route.startswith("reports/")}

    assert reports - NO_REPORT == REPORTS.keys()


def test_six_statements_at_most_with_nothing_remembered(counted: Counted) -> None:
    first = counted.every()

    counted.furnisher.furnish()
    twice = counted.every()

    assert {name: many for name, many in first.items() if many > STATEMENTS} == {}
    assert {name: (first[name], many) for name, many in twice.items() if many > first[name]} == {}

"""Each figure of a page that leads to rows is what those rows come to."""

import html
import re
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import TODAY
from django.test import Client
from furnishing import Furnisher

from buffet.audit import Actor
from buffet.models import Book, User

PAGES = {
    "/net-worth?period=last-12-months": 20,
    "/cash-flow?period=last-12-months": 40,
    "/cash-flow?period=last-12-months&currency=USD": 20,
    "/spending?period=last-12-months": 20,
    "/trial-balance?period={month}": 10,
    "/trial-balance?period=last-12-months": 20,
    "/investments?period=last-12-months": 10,
    "/investments?period=last-24-months&currency=USD": 10,
    "/month-end/{month}": 3,
    "/accounts": 3,
}
_LINK = re.compile(r'<a href="([^"#]+)"[^>]*>([^<]+)</a>')
_FIGURE = re.compile(r"[+−]?[\d,]+\.\d\d")


@pytest.mark.django_db(transaction=True)
def test_a_figure_is_the_sum_of_the_rows_that_it_leads_to(
    client: Client, book: Book, by: Actor, owner: User
) -> None:
    furnisher = Furnisher(book, by, TODAY)
    furnisher.furnish()
    client.force_login(owner)

    for path, least in PAGES.items():
        page = path.format(month=f"{TODAY:%Y-%m}")
        asked = "currency=USD" if "currency=USD" in page else ""
        found = [
            (address, figure, told)
            for address, figure in _figures(client.get(page).content.decode())
            if (told := _come_to(client, address, asked)) is not None
        ]
        assert len(found) >= least, page
        # What is spent has a minus where it leaves, and none where it is called expenses.
        differ = [one for one in found if abs(one[1]) != abs(one[2])]
        assert not differ, (page, differ)


def _figures(content: str) -> list[tuple[str, Decimal]]:
    return [
        (html.unescape(address), Decimal(text.replace(",", "").replace("−", "-")))
        for address, text in _LINK.findall(content)
        if _FIGURE.fullmatch(text)
    ]


def _come_to(client: Client, address: str, asked: str) -> Decimal | None:
    """Return what an address comes to: rows together, or an account at the end of a day.

    None where it is something else, or in another currency than the page.
    """
    if not re.match(r"/(investments/)?rows\?|/accounts/", address):
        return None
    told: Any = client.get(f"{address}{'&' if '?' in address else '?'}format=json").json()
    if "account" in told:
        account = told["account"]
        own = account["currency"]
        is_own = own == "USD" if asked else own == "BRL"
        return Decimal(account["balance"]) if is_own else None
    return Decimal(told["total"]["amount"])

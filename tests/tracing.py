"""Where the figures of a page lead, and what is there."""

import html
import re
from decimal import Decimal
from typing import Any

from django.test import Client

_LINK = re.compile(r'<a href="([^"#]+)"[^>]*>([^<]+)</a>')
FIGURE = re.compile(r"[+−]?[\d,]+\.\d\d")
_ROWS = re.compile(r"/(rows|investments/rows|net-worth/rates|accounts)\?|/accounts/")


def figures(content: str) -> list[tuple[str, Decimal]]:
    """Return the figures of a page that are links, with their addresses."""
    return [
        (html.unescape(address), Decimal(text.replace(",", "").replace("−", "-")))
        for address, text in _LINK.findall(content)
        if FIGURE.fullmatch(text)
    ]


def come_to(client: Client, address: str, currency: str) -> Decimal | None:
    """Return what an address comes to: rows together, or an account at the end of a day.

    None where it is something else, or in another currency than the page and the address.
    """
    if not _ROWS.match(address):
        return None
    told: Any = client.get(f"{address}{'&' if '?' in address else '?'}format=json").json()
    if "account" in told:
        is_own = told["account"]["currency"] == currency
        return Decimal(told["account"]["balance"]) if is_own else None
    if "rows" in told and not told.get("older"):
        _add_up(address, told)
    change = told.get("change", {}).get("amount")
    return Decimal((told.get("total") or change or told["net_worth"])["amount"])


def _add_up(address: str, told: Any) -> None:
    """Check that all rows come to their total, and are as many; if they are of one currency."""
    total = told["total"]
    amounts = [
        row["amount"]
        if isinstance(row["amount"], dict)
        else {"amount": row["amount"], "currency": row["currency"]}
        for row in told["rows"]
    ]
    if {one["currency"] for one in amounts} <= {total["currency"]}:
        assert sum(Decimal(one["amount"]) for one in amounts) == Decimal(total["amount"]), address
    if told.get("count") is not None:
        assert told["count"] == len(amounts), address

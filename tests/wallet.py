"""A card that closed three days ago and is due in five, and what happens on it."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

from bookkeeping import Bookkeeper

from accounts.models import CreditCard
from invoices.models import Invoice


@dataclass(frozen=True)
class Wallet:
    """A card that closed three days ago and is due in five, and what happens on it."""

    keeper: Bookkeeper
    card: CreditCard
    today: date

    def buy(self, days_ago: int, amount: str, **more: Any) -> Any:
        """Buy something on the card so many days ago."""
        day = self.today - timedelta(days=days_ago)
        return self.keeper.move(self.card.account, day, f"-{amount}", **more)

    def statement(self, days_ago: int) -> Invoice:
        """Return the statement that collected purchases so many days ago."""
        day = self.today - timedelta(days=days_ago)
        return Invoice.objects.filter(card=self.card, opens_on__lte=day).latest("opens_on")

    def address(self, days_ago: int) -> str:
        """Return the page of that statement."""
        return f"/cards/{self.card.id}/{self.statement(days_ago).month:%Y-%m}"


class _Fields(HTMLParser):
    """The fields of the forms in which `wanted` is one, with what stands in them."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self._wanted, self._found, self._select = wanted, {}, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = dict(attrs)
        if tag == "form":
            self._found = {}
        elif tag == "input" and of.get("name"):
            self._found[str(of["name"])] = of.get("value") or ""
        elif tag == "select":
            self._select = str(of["name"])
        elif tag == "option" and "selected" in of:
            self._found[self._select] = of.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._wanted in self._found:
            self.sent |= self._found


def sent_by(answer: Any, field: str = "amount") -> dict[str, str]:
    """Return what a page's form with this field sends when nothing is changed."""
    fields = _Fields(field)
    fields.feed(answer.content.decode())
    return fields.sent


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))

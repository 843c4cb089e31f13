"""A card that closed three days ago and is due in five, and what happens on it."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
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


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))

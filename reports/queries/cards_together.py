"""Cards as one report: which are asked for, their statements, and what they come to together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from accounts.rates import Rate, Rates
from buffet.errors import NotFound
from buffet.models import Book
from buffet.money import round_to
from invoices.queries.statements import Statement
from reports import periods
from reports.periods import Period
from reports.queries.cards import CardFigures, cards

#: What is added up over cards; one without a limit adds nothing to some.
SUMMED = ("outstanding", "committed", "limit", "available")
ZERO = Decimal(0)
#: Amounts by the names in `SUMMED`.
Amounts = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """What the cards of a currency come to; and in the report's, if there is a rate."""

    currency: str
    cards: Sequence[CardFigures]
    amounts: Amounts
    rate: Rate
    converted: Amounts | None


@dataclass(frozen=True)
class CardsReport:
    """Some cards of a book or all, by name, in one currency at the rates of the day.

    With a `period`, of their statements those that close in it. `accounts` narrow it down to the
    cards of these accounts; none of them is all.
    """

    as_of: date
    currency: str
    cards: Sequence[CardFigures]
    rates: Rates
    period: Period | None = None
    accounts: tuple[UUID, ...] = ()

    def statements(self, card: CardFigures) -> Sequence[Statement]:
        """Return the statements of a card that the report lists, the newest first."""
        if self.period is None:
            return card.listed
        since, until = self.period.since, self.period.until
        return [one for one in card.listed if since <= one.invoice.closes_on <= until]

    def rate(self, card: CardFigures) -> Rate:
        """Return the rate that a card's amounts are converted at."""
        return self.rates.rate(card.row["currency"], self.as_of)

    def converted(self, card: CardFigures) -> Mapping[str, Decimal | None] | None:
        """Return a card's amounts in the report's currency, each rounded; None without a rate."""
        rate = self.rate(card).rate
        if rate is None:
            return None
        return {
            name: None if amount is None else round_to(amount * rate, self.currency)
            for name, amount in _amounts(card).items()
        }

    @cached_property
    def totals(self) -> Sequence[CurrencyTotal]:
        """What they come to, by currency."""
        return [
            self._total(currency)
            for currency in sorted({card.row["currency"] for card in self.cards})
        ]

    def _total(self, currency: str) -> CurrencyTotal:
        own = [card for card in self.cards if card.row["currency"] == currency]
        rate = self.rates.rate(currency, self.as_of)
        converted = None
        if rate.rate is not None:
            converted = _sums(self.converted(card) or {} for card in own)
        return CurrencyTotal(currency, own, _sums(_amounts(card) for card in own), rate, converted)

    @property
    def total(self) -> Amounts:
        """What they come to in the report's currency, those without a rate left out."""
        return _sums(one.converted for one in self.totals if one.converted is not None)

    @property
    def apart(self) -> Sequence[CurrencyTotal]:
        """What has no rate and is in no total, by currency."""
        return [one for one in self.totals if one.converted is None and any(one.amounts.values())]

    @property
    def is_converted(self) -> bool:
        """Whether there is any amount in another currency than the report's."""
        return any(one.currency != self.currency for one in self.totals)


def cards_together(book: Book, today: date, wanted: Mapping[str, Any]) -> CardsReport:
    """Return the cards that a request's parameters ask for; all of the book if they name none.

    :raises NotFound: if an account that is named is that of no card in the book.
    :raises Invalid: if the parameters of a period contradict each other.
    """
    period = None
    if wanted.keys() & periods.PARAMETERS.keys():
        start_day = book.month_start_day
        period = periods.read(dict(wanted), today=today, start_day=start_day, default="this-month")
    currency = wanted.get("currency") or book.base_currency
    found, accounts = cards(book.id, today), wanted.get("accounts", ())
    if not {*accounts} <= {card.row["account"] for card in found}:
        raise NotFound("There is no such card in this book.")
    kept = [card for card in found if not accounts or card.row["account"] in accounts]
    rates = Rates.read(
        book.id, book.base_currency, currency, {card.row["currency"] for card in kept}, [today]
    )
    return CardsReport(today, currency, kept, rates, period, accounts)


def _amounts(card: CardFigures) -> Mapping[str, Decimal | None]:
    return {name: None if (sent := card.row[name]) is None else Decimal(sent) for name in SUMMED}


def _sums(found: Iterable[Mapping[str, Decimal | None]]) -> Amounts:
    """Return the sum of amounts by name; what is not there adds nothing."""
    sums = dict.fromkeys(SUMMED, ZERO)
    for amounts in found:
        for name, amount in amounts.items():
            sums[name] += amount or ZERO
    return sums

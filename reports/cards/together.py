"""What the template of the cards' page is given: all cards, and what they come to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.http import urlencode

from accounts.rates import Rate
from buffet.money import Money
from reports.asking import MOST
from reports.cards.contexts import PAGE, Row, Utilisation, rows_of
from reports.flows.links import with_accounts
from reports.flows.picking import Picker
from reports.queries.cards import CardFigures
from reports.queries.cards_together import CardsReport, CurrencyTotal
from reports.requests import PageRequest

#: How many unpaid statements of a card the page has: those that are due first.
UNPAID = 4


@dataclass(frozen=True, slots=True)
class Line:
    """What is owed in a currency, also in the report's, and where the cards of it are."""

    owed: Money
    converted: Money | None
    rate: Rate
    url: str


def cards(request: PageRequest, report: CardsReport) -> dict[str, Any]:
    """Return the context of the cards' page."""
    found = report.cards
    in_use = [card for card in found if card.row["archived_at"] is None]
    unpaid = [row for card in found for row in rows_of(card, card.unpaid)]
    unpaid.sort(key=lambda row: (row.statement.invoice.due_on, row.card.row["name"]))
    total = {name: Money(amount, report.currency) for name, amount in report.total.items()}
    return {
        "as_of": report.as_of,
        "asked": report,
        "picker": Picker.of(request, report.period) if report.period else None,
        "along": with_accounts(request.kept, report.accounts),
        "cards": [(card, Utilisation.of(card), *_of_interest(report, card)) for card in in_use],
        "archived": [card for card in found if card.row["archived_at"] is not None],
        "next": unpaid[0] if unpaid else None,
        "to_pay": _sums(row.remaining for row in unpaid),
        "available": _sums(card.available for card in in_use),
        "lines": [_line(request, one, report) for one in report.totals]
        if report.is_converted
        else [],
        "total": total,
        "left_out": [Money(one.amounts["outstanding"], one.currency) for one in report.apart],
    }


def _line(request: PageRequest, one: CurrencyTotal, report: CardsReport) -> Line:
    converted = None
    if one.converted is not None:
        converted = Money(one.converted["outstanding"], report.currency)
    owed = Money(one.amounts["outstanding"], one.currency)
    return Line(owed, converted, one.rate, _url(request, one.cards))


def _url(request: PageRequest, found: Sequence[CardFigures]) -> str:
    """Return where these cards alone are; empty for more than can be asked for."""
    if len(found) > MOST:
        return ""
    kept = [(name, sent[-1]) for name, sent in request.GET.lists() if name != "accounts"]
    accounts = ",".join(str(card.row["account"]) for card in found)
    return f"?{urlencode([*kept, ('accounts', accounts)])}#cards"


def _sums(money: Iterable[Money | None]) -> list[tuple[Money, int]]:
    """Return what amounts come to and how many they are, by currency."""
    found: dict[str, list[Money]] = defaultdict(list)
    for one in money:
        if one is not None:
            found[one.currency].append(one)
    return [
        (Money(sum((one.amount for one in own), Decimal(0)), currency), len(own))
        for currency, own in sorted(found.items())
    ]


def _of_interest(report: CardsReport, card: CardFigures) -> tuple[list[Row], int, int]:
    """Return some statements, how many more are to pay, and how many others are not shown.

    Of a period those that close in it, the newest; else the current one, the one that closed last
    and those due first.
    """
    if report.period is not None:
        listed = report.statements(card)
        return rows_of(card, listed[:PAGE]), 0, len(listed[PAGE:])
    first = card.unpaid[:UNPAID]
    wanted = {one.invoice.id for one in (card.current, card.latest, *first) if one}
    found = (one for one in reversed(card.found.statements) if one.invoice.id in wanted)
    rows = rows_of(card, found)
    return rows, len(card.unpaid) - sum(1 for row in rows if row.is_unpaid), 0

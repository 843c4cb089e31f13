"""The pages of cards as JSON, as the API writes it, and as CSV."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from accounts.rates import Rate, described
from buffet.money import text
from invoices.queries import statements
from reports.cards.pages import Page
from reports.flows.documents import days_of
from reports.queries.cards import CardFigures
from reports.queries.cards_together import SUMMED, CardsReport


def report_document(found: CardsReport) -> dict[str, Any]:
    """Return the cards as the API reads them, each with its statements, and what they come to."""
    return {
        "as_of": found.as_of,
        "currency": found.currency,
        "period": days_of(found.period) if found.period else None,
        "cards": [
            card.row
            | {"statements": [statements.summary(one) for one in found.statements(card)]}
            | {"converted": _written(found.converted(card), found.currency)}
            for card in found.cards
        ],
        "totals": [
            {
                "currency": one.currency,
                **_texts(one.amounts, one.currency),
                "converted": _written(one.converted, found.currency),
                "conversion": described(one.rate),
            }
            for one in found.totals
        ],
        "converted": _written(found.total, found.currency),
        "not_converted": [_written(one.amounts, one.currency) for one in found.apart],
    }


def _written(
    amounts: Mapping[str, Decimal | None] | None, currency: str
) -> dict[str, str | None] | None:
    """Return amounts as JSON carries them, with their currency; None for none."""
    return None if amounts is None else {"currency": currency, **_texts(amounts, currency)}


def _texts(amounts: Mapping[str, Decimal | None], currency: str) -> dict[str, str | None]:
    return {
        name: None if amount is None else text(amount, currency) for name, amount in amounts.items()
    }


def card_document(found: CardFigures) -> dict[str, Any]:
    """Return a card as the API reads it, with its statements as the API lists them."""
    return found.row | {"statements": [statements.summary(one) for one in found.listed]}


def statement_document(detail: dict[str, Any], page: Page) -> dict[str, Any]:
    """Return a statement as the API reads it, with a page of its lines as the API lists them."""
    return {
        "invoice": detail,
        "lines": page.rows,
        "previous": str(page.before) if page.before else None,
        "next": str(page.after) if page.after else None,
    }


_OF_CARD = (
    "name brand last_four currency outstanding committed available limit utilisation credit".split()
)
STATEMENT = (
    "month opens_on closes_on due_on status total paid remaining scheduled scheduled_on currency"
).split()
_OF_LINE = "date section description vendor_name category_name amount currency moved note".split()


def rows_of(names: Sequence[str], rows: Iterable[dict[str, Any]]) -> Iterator[list[object]]:
    """Yield a heading of names, and the cells of these names of each row."""
    yield [name.removesuffix("_name").replace("_", " ") for name in names]
    for row in rows:
        yield ["" if row[name] is None else _cell(row[name]) for name in names]


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else ""
    # The words of an enumeration are its values.
    return str(value)


def cards_rows(found: CardsReport) -> Iterator[list[object]]:
    """Yield the cards, with their amounts in the report's currency and the rate they are at."""
    names, *rows = rows_of(_OF_CARD, (card.row for card in found.cards))
    yield [*names, *(f"{name} in {found.currency}" for name in SUMMED), *RATE]
    for card, row in zip(found.cards, rows, strict=True):
        converted = _texts(found.converted(card) or dict.fromkeys(SUMMED), found.currency)
        yield [*row, *(converted[name] or "" for name in SUMMED), *rate_cells(found.rate(card))]


#: What the columns are called that `rate_cells` has.
RATE = ("rate", "rate date", "rate source", "rate status")


def rate_cells(rate: Rate) -> list[object]:
    """Return what a row says of the rate that its amounts are converted at."""
    return ["" if one is None else one for one in described(rate).values()]


def report_statements_rows(found: CardsReport) -> Iterator[list[object]]:
    """Yield the statements of all cards that the report lists, by card."""
    listed = (one for card in found.cards for one in found.statements(card))
    return rows_of(("card_name", *STATEMENT), (statements.summary(one) for one in listed))


def statements_rows(found: CardFigures) -> Iterator[list[object]]:
    """Yield a card's statements."""
    return rows_of(STATEMENT, (statements.summary(one) for one in found.listed))


def line_rows(lines: Iterable[dict[str, Any]]) -> Iterator[list[object]]:
    """Yield the lines of a statement."""
    return rows_of(_OF_LINE, lines)

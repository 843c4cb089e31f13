"""The pages of cards as JSON, as the API writes it, and as CSV."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from buffet.money import text
from invoices.queries import statements
from reports.cards.pages import Page
from reports.queries.cards import CardFigures


def report_document(found: Sequence[CardFigures], today: date) -> dict[str, Any]:
    """Return the cards as the API reads them, each with its statements, and sums by currency."""
    return {
        "as_of": today,
        "cards": [card_document(one) for one in found],
        "totals": _totals(found),
    }


def _totals(found: Sequence[CardFigures]) -> list[dict[str, str]]:
    sums: dict[str, dict[str, Decimal]] = {}
    for card in found:
        total = sums.setdefault(card.row["currency"], dict.fromkeys(_SUMMED, Decimal(0)))
        for name in _SUMMED:
            total[name] += Decimal(card.row[name] or 0)
    return [
        {"currency": currency, **{name: text(value, currency) for name, value in total.items()}}
        for currency, total in sorted(sums.items())
    ]


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


#: What is added up over the cards of a currency; a card without a limit adds nothing to some.
_SUMMED = ("outstanding", "committed", "limit", "available")
_OF_CARD = (
    "name brand last_four currency outstanding committed available limit utilisation credit".split()
)
STATEMENT = "month opens_on closes_on due_on status total paid remaining currency".split()
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


def cards_rows(found: Sequence[CardFigures]) -> Iterator[list[object]]:
    """Yield the cards."""
    return rows_of(_OF_CARD, (card.row for card in found))


def statements_rows(found: CardFigures) -> Iterator[list[object]]:
    """Yield a card's statements."""
    return rows_of(STATEMENT, (statements.summary(one) for one in found.listed))


def line_rows(lines: Iterable[dict[str, Any]]) -> Iterator[list[object]]:
    """Yield the lines of a statement."""
    return rows_of(_OF_LINE, lines)

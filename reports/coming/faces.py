"""What is coming as JSON and as CSV."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from buffet.money import text
from reports import documents
from reports.cards.faces import RATE, rate_cells, rows_of
from reports.queries.forecast_together import Together
from reports.queries.month import Row, totals
from transactions.queries.subscriptions import Missed


def document(
    month: date, rows: Sequence[Row], missed: Sequence[Missed], found: Together | None
) -> dict[str, Any]:
    """Return what is coming in a month, and the forecast where the page shows it.

    What is on a card and what stays between accounts is listed and not in the totals, and neither
    is what was missed.
    """
    return {
        "month": f"{month:%Y-%m}",
        "results": [_row(row) for row in rows],
        "totals": [
            {
                name: text(getattr(one, name).amount, one.amount.currency)
                for name in ("amount", "paid", "left", "coming_in")
            }
            | {"currency": one.amount.currency}
            for one in totals(rows)
        ],
        "missed": [
            {
                "date": one.due_on,
                "subscription": one.subscription_id,
                "title": one.name,
                "amount": text(one.amount, one.currency),
                "currency": one.currency,
                "days_late": one.days_late,
                "account": one.account,
            }
            for one in missed
        ],
        "forecast": documents.forecast(found) if found else None,
    }


def _row(row: Row) -> dict[str, Any]:
    amounts = {
        name: text(getattr(row, name), row.currency)
        for name in ("amount", "paid", "left", "expected")
    }
    return {
        "date": row.date,
        "source": row.source,
        "part": row.part,
        "title": row.title,
        **amounts,
        "currency": row.currency,
        "status": row.status,
        "accounts": " → ".join(row.accounts),
        "link": row.link,
        "statement": row.statement_link,
    }


def forecast_rows(brought: Together) -> Iterator[list[object]]:
    """Yield the balance of each account at the end of each day to come, and in one currency."""
    currency = brought.currency
    yield ["account", "date", "balance", "currency", f"in {currency}", *RATE]
    for one in brought.projections:
        rate = rate_cells(brought.rate(one.currency))
        for day in one.days:
            converted = brought.converted(one.currency, day.balance)
            yield [
                *(one.name, day.on, text(day.balance, one.currency), one.currency),
                "" if converted is None else text(converted, currency),
                *rate,
            ]


_COLUMNS = "date source title amount paid left currency status part expected accounts".split()


def csv_rows(month: date, rows: Sequence[Row]) -> Iterator[list[object]]:
    """Yield what is coming in a month."""
    return rows_of(_COLUMNS, document(month, rows, (), None)["results"])

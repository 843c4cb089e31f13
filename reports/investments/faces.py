"""The performance of investments as CSV."""

from collections.abc import Iterator
from decimal import Decimal

from buffet.money import text
from reports.queries.investment_rows import PieceRows
from reports.queries.performance import Performance
from reports.queries.tracks import Grown


def performance_rows(report: Performance) -> Iterator[list[object]]:
    """Yield the accounts in their own currencies, their brokers, and all of them."""
    yield [
        *("broker", "account", "currency", "opening", "contributions", "withdrawals", "income"),
        *("costs", "unrealised gains", "exchange rates", "closing", "growth"),
        *("time-weighted %", "time-weighted % a year", "money-weighted %"),
        "money-weighted % a year",
    ]
    for broker in report.brokers:
        for one in broker.accounts:
            yield [broker.name, one.account.name, *_cells(one.own)]
        yield [broker.name, "", *_cells(broker.whole)]
    yield ["", "", *_cells(report.whole)]


def piece_rows(found: PieceRows) -> Iterator[list[object]]:
    """Yield that of which a figure is the sum."""
    currency = found.asked.currency
    yield [
        *("date", "description", "account", found.piece.value, "currency"),
        *("held", "held currency", "held since"),
    ]
    for row in found.rows:
        amount, held = text(row.amount, currency), ["", ""]
        if row.held:
            held = [text(row.held.amount, row.held.currency), row.held.currency]
        yield [row.date, row.description, row.accounts, amount, currency, *held, row.since or ""]


def _cells(grown: Grown) -> list[object]:
    one = grown.amounts
    amounts = (
        *(one.opening, one.contributions, one.withdrawals, one.income, one.costs),
        *(one.gains, one.rates, one.closing, one.growth),
    )
    returns = (
        *(grown.time_weighted.period, grown.time_weighted.annualised),
        *(grown.money_weighted.period, grown.money_weighted.annualised),
    )
    return [
        one.currency,
        *(text(amount, one.currency) for amount in amounts),
        *map(_percent, returns),
    ]


def _percent(value: Decimal | None) -> str:
    return "" if value is None else str(value)

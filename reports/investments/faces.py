"""The performance of investments as CSV."""

from collections.abc import Iterator
from decimal import Decimal

from accounts.rates import Rate, described
from buffet.money import text
from reports.queries.investment_rows import PieceRows
from reports.queries.performance import Performance
from reports.queries.tracks import Amounts, Grown


def performance_rows(report: Performance) -> Iterator[list[object]]:
    """Yield the accounts in their own currencies, their brokers, and all of them.

    Behind them all is in the report's currency, with the rates of the opening and closing values;
    what moved was converted at the rate of its own day.
    """
    currency = report.asked.currency
    yield [
        *("broker", "account", "currency", *_AMOUNTS),
        *("time-weighted %", "time-weighted % a year", "money-weighted %"),
        "money-weighted % a year",
        *(f"{name} in {currency}" for name in _AMOUNTS),
        *(f"{end} {name}" for end in ("opening", "closing") for name in _RATE),
    ]
    without = [""] * 2 * len(_RATE)
    for broker in report.brokers:
        for one in broker.accounts:
            rates = [*_rate(one.opened_at), *_rate(one.closed_at)]
            brought = [""] * len(_AMOUNTS) if one.brought is None else _amounts(one.brought)
            yield [broker.name, one.account.name, *_cells(one.own), *brought, *rates]
        yield [broker.name, "", *_cells(broker.whole), *_amounts(broker.whole.amounts), *without]
    yield ["", "", *_cells(report.whole), *_amounts(report.whole.amounts), *without]


_AMOUNTS = (
    *("opening", "contributions", "withdrawals", "income", "costs", "unrealised gains"),
    *("exchange rates", "closing", "growth"),
)
_RATE = ("rate", "rate date", "rate source", "rate status")


def _rate(rate: Rate) -> list[object]:
    return [value or "" for value in described(rate).values()]


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
    returns = (
        *(grown.time_weighted.period, grown.time_weighted.annualised),
        *(grown.money_weighted.period, grown.money_weighted.annualised),
    )
    return [
        grown.amounts.currency,
        *_amounts(grown.amounts),
        *map(_percent, returns),
    ]


def _amounts(one: Amounts) -> list[str]:
    amounts = (
        *(one.opening, one.contributions, one.withdrawals, one.income, one.costs),
        *(one.gains, one.rates, one.closing, one.growth),
    )
    return [text(amount, one.currency) for amount in amounts]


def _percent(value: Decimal | None) -> str:
    return "" if value is None else str(value)

"""The reports of periods as CSV."""

from collections.abc import Iterable, Iterator

from accounts.rates import digits
from buffet.money import text
from reports.queries.cash_flow import CashFlow
from reports.queries.exchanging import Exchanged, RateEffects, Revalued, Standing
from reports.queries.net_worth import NetWorth
from reports.queries.rows import Row
from reports.queries.spending import Spending
from reports.queries.timeline import DayOfAccount, Timeline
from reports.queries.trial_balance import TrialBalance


def cash_flow_rows(report: CashFlow) -> Iterator[list[object]]:
    """Yield the months."""
    currency = report.asked.currency
    yield [
        *("month", "since", "until", "income", "expenses", "savings", "investments"),
        *("savings rate", "currency", "complete"),
    ]
    for one in report.months:
        flow = one.flow
        yield [
            f"{one.month.name:%Y-%m}",
            one.month.since,
            one.month.until,
            *(
                text(value, currency)
                for value in (flow.income, flow.expenses, flow.savings, flow.investments)
            ),
            "" if flow.savings_rate is None else str(flow.savings_rate),
            currency,
            "yes" if one.is_complete else "",
        ]


def spending_rows(report: Spending) -> Iterator[list[object]]:
    """Yield the categories with a column for each month."""
    currency = report.asked.currency
    months = [f"{month.name:%Y-%m}" for month in report.asked.period.months]
    yield [
        *("category", "depth", "total", "period before", "year before", "entries"),
        *months,
        *("currency", "complete", "period before complete", "year before complete"),
    ]
    for row in report.categories:
        yield [
            row.node.name,
            row.depth,
            text(row.total, currency),
            text(row.before, currency),
            text(row.year_before, currency),
            row.entries,
            *(text(one, currency) for one in row.months),
            currency,
            *("" if missing else "yes" for missing in row.missing),
        ]


def net_worth_rows(report: NetWorth) -> Iterator[list[object]]:
    """Yield the months."""
    currency = report.asked.currency
    yield [
        *("on", "assets", "liabilities", "net worth", "savings", "unrealised gains"),
        *("opening balances", "transfers", "newly converted", "exchange rates", "currency"),
        *("complete", "without"),
    ]
    for step in report.steps:
        worth = step.worth
        yield [
            worth.on,
            *(
                text(value, currency)
                for value in (
                    *(worth.assets, worth.liabilities, worth.net_worth, step.savings),
                    *(step.gains, step.opened, step.transfers, step.converted, step.rates),
                )
            ),
            currency,
            "" if worth.missing else "yes",
            ", ".join(worth.missing),
        ]


def rate_effect_rows(found: RateEffects) -> Iterator[list[object]]:
    """Yield what was held at other rates and what was exchanged, then what had no rate before."""
    currency = found.asked.currency
    yield [
        *("month", "held currency", "held before", "rate before", "held after", "rate after"),
        *("exchange rates", "newly converted", "currency"),
    ]
    rows: list[Revalued | Exchanged] = [*found.revalued, *found.exchanged]
    for one in [*rows, *found.converted, *found.traded]:
        stood: list[object] = [""] * 5
        if isinstance(one, Revalued):
            stood = [one.after.held.currency, *_stood(one.before), *_stood(one.after)]
        amounts = [text(one.amount, currency), ""]
        if one.is_newly_converted:
            amounts.reverse()
        yield [f"{one.month.name:%Y-%m}", *stood, *amounts, currency]


def _stood(one: Standing) -> list[object]:
    held = text(one.held.amount, one.held.currency)
    return [held, "" if one.rate.rate is None else digits(one.rate.rate)]


def trial_balance_rows(report: TrialBalance) -> Iterator[list[object]]:
    """Yield the accounts."""
    yield [
        *("type", "account", "currency", "opening", "debit", "credit", "closing", "entries"),
        *(f"closing in {report.asked.currency}", "rate", "rate date", "rate source", "rate status"),
    ]
    for line in report.lines:
        yield [
            line.node.type,
            line.node.name,
            line.currency,
            *(
                text(value, line.currency)
                for value in (line.opening, line.debit, line.credit, line.closing)
            ),
            line.entries,
            "" if line.converted is None else text(line.converted, report.asked.currency),
            "" if line.rate.rate is None else digits(line.rate.rate),
            line.rate.as_of or "",
            line.rate.source,
            line.rate.status,
        ]


def timeline_rows(report: Timeline) -> Iterator[list[object]]:
    """Yield an account's days, and what they are in another currency if that was asked for."""
    names = [f"in {report.target}", "rate", "rate date", "rate source", "rate status"]
    yield ["date", "moved", "entries", "balance", "currency", *(names if report.target else ())]
    for one in report.days:
        yield [
            one.on,
            text(one.moved, report.currency),
            one.entries,
            text(one.balance, report.currency),
            report.currency,
            *_in_another(one),
        ]


def _in_another(day: DayOfAccount) -> list[object]:
    rate = day.rate
    if rate is None:
        return []
    return [
        "" if day.converted is None else text(day.converted.amount, day.converted.currency),
        digits(rate.rate) if rate.rate else "",
        rate.as_of or "",
        rate.source,
        rate.status,
    ]


def entry_rows(rows: Iterable[Row], *, is_change: bool = False) -> Iterator[list[object]]:
    """Yield the entries behind a figure; of a change, which of them count against it."""
    yield [
        *("date", "description", "vendor", "account", "other side", "status", "amount"),
        *(("currency", "counted against") if is_change else ("currency",)),
    ]
    for row in rows:
        cells = [
            row.date,
            row.description,
            row.vendor,
            row.account,
            row.across,
            row.status,
            text(row.amount, row.currency),
            row.currency,
        ]
        yield [*cells, "yes" if row.is_against else ""] if is_change else cells

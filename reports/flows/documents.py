"""Reports of periods as JSON: the same document for the API and for the pages' JSON face."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from accounts.rates import described
from buffet.money import Money, text
from buffet.rest.pagination import Cursor
from reports.asking import Asked
from reports.documents import money, percentage
from reports.periods import Period
from reports.queries.bringing import Conversion
from reports.queries.cash_flow import CashFlow, Flow, cash_flow
from reports.queries.figures import Behind, Change
from reports.queries.rows import Row
from reports.queries.spending import Spending, spending
from reports.queries.timeline import DayOfAccount, Timeline
from reports.queries.trial_balance import TrialBalance, trial_balance


def days_of(period: Period) -> dict[str, Any]:
    """Return the days that a report is about."""
    return {"name": period.name or None, "since": period.since, "until": period.until}


def head_of(asked: Asked) -> dict[str, Any]:
    """Return what every report of a period begins with."""
    return {
        "period": days_of(asked.period),
        "currency": asked.currency,
        "version": asked.version,
    }


def amount_of(value: Decimal, currency: str) -> dict[str, str]:
    return {"amount": text(value, currency), "currency": currency}


def rates_used(found: Sequence[Conversion], left_out: Sequence[Money]) -> dict[str, Any]:
    return {
        "conversions": [
            {
                "currency": one.currency,
                "month": f"{one.month:%Y-%m}",
                "conversion": described(one.rate),
            }
            for one in found
        ],
        "not_converted": [money(one) for one in left_out],
    }


def _flow(flow: Flow, currency: str) -> dict[str, Any]:
    return {
        "income": amount_of(flow.income, currency),
        "expenses": amount_of(flow.expenses, currency),
        "savings": amount_of(flow.savings, currency),
        "investments": amount_of(flow.investments, currency),
        "savings_rate": percentage(flow.savings_rate),
    }


def _beside(missing: Collection[object], left_out: Sequence[Money]) -> dict[str, Any]:
    """Return what is said of an earlier period, too: whether all is counted, and what is not."""
    return {"complete": not missing, "not_converted": [money(one) for one in left_out]}


def of_cash_flow(asked: Asked) -> dict[str, Any]:
    """Return the cash flow as JSON carries it."""
    report: CashFlow = cash_flow(asked)
    currency = asked.currency
    return {
        **head_of(asked),
        "months": [
            {
                "month": f"{one.month.name:%Y-%m}",
                "since": one.month.since,
                "until": one.month.until,
                **_flow(one.flow, currency),
                "complete": one.is_complete,
            }
            for one in report.months
        ],
        "total": _flow(report.total, currency),
        "before": _flow(report.before, currency)
        | _beside(report.before.missing.all, report.before_left_out),
        "year_before": _flow(report.year_before, currency)
        | _beside(report.year_before.missing.all, report.year_before_left_out),
        **rates_used(report.conversions, report.left_out),
    }


def of_spending(asked: Asked) -> dict[str, Any]:
    """Return the spending as JSON carries it."""
    report: Spending = spending(asked)
    currency = asked.currency
    return {
        **head_of(asked),
        "total": amount_of(report.total, currency),
        "before": amount_of(report.before, currency)
        | _beside(report.missing.before, report.before_left_out),
        "year_before": amount_of(report.year_before, currency)
        | _beside(report.missing.year_before, report.year_before_left_out),
        "months": [
            {"month": f"{month.name:%Y-%m}", "total": amount_of(total, currency)}
            for month, total in zip(asked.period.months, report.months, strict=True)
        ],
        "categories": [
            {
                "id": row.node.id,
                "name": row.node.name,
                "parent": row.node.parent_id,
                "depth": row.depth,
                "currency": currency,
                "total": text(row.total, currency),
                "own": text(row.own, currency),
                "before": text(row.before, currency),
                "year_before": text(row.year_before, currency),
                "share": percentage(row.share),
                "count": row.entries,
                "months": [text(one, currency) for one in row.months],
            }
            for row in report.categories
        ],
        **rates_used(report.conversions, report.left_out),
    }


def of_trial_balance(asked: Asked) -> dict[str, Any]:
    """Return the trial balance as JSON carries it."""
    report: TrialBalance = trial_balance(asked)
    return {
        **head_of(asked),
        "accounts": [
            {
                "id": line.node.id,
                "name": line.node.name,
                "type": line.node.type,
                "kind": line.node.kind,
                "currency": line.currency,
                "opening": text(line.opening, line.currency),
                "debit": text(line.debit, line.currency),
                "credit": text(line.credit, line.currency),
                "closing": text(line.closing, line.currency),
                "converted": None
                if line.converted is None
                else amount_of(line.converted, asked.currency),
                "count": line.entries,
            }
            for line in report.lines
        ],
        "totals": [
            {
                "currency": one.currency,
                "opening": text(one.opening, one.currency),
                "debit": text(one.debit, one.currency),
                "credit": text(one.credit, one.currency),
                "closing": text(one.closing, one.currency),
                "balanced": one.is_balanced,
            }
            for one in report.totals
        ],
        "converted": amount_of(report.converted, asked.currency),
        **rates_used(report.conversions, report.left_out),
    }


def of_rows(found: Behind | Change, page: Sequence[Row], older: Cursor | None) -> dict[str, Any]:
    """Return the rows behind a figure as JSON carries them, and what all of them come to.

    Of a change, also what the figure was in both periods, and which rows count against it.
    """
    is_change = isinstance(found, Change)
    parts = {"now": found.now, "then": found.then} if isinstance(found, Change) else {}
    return {
        **head_of(found.asked),
        "count": found.entries,
        "sums": [money(one) for one in found.sums],
        "total": money(found.total),
        **{
            name: {"period": days_of(part.asked.period), "total": money(part.total)}
            for name, part in parts.items()
        },
        "rows": [
            {
                "date": row.date,
                "transaction": row.transaction_id,
                "entry": row.entry_id,
                "description": row.description,
                "vendor": row.vendor or None,
                "account": row.account,
                "other_side": row.across,
                "amount": text(row.amount, row.currency),
                "currency": row.currency,
                "status": row.status,
                **({"against": row.is_against} if is_change else {}),
            }
            for row in page
        ],
        "older": str(older) if older else None,
        **rates_used(found.conversions, found.left_out),
    }


def of_timeline(asked: Asked, report: Timeline) -> dict[str, Any]:
    """Return an account's timeline as JSON carries it."""
    currency = report.currency
    return {
        **head_of(asked),
        "currency": currency,
        "account": report.account_id,
        "name": report.name,
        "opening": text(report.opening, currency),
        "days": [
            {
                "date": one.on,
                "moved": text(one.moved, currency),
                "count": one.entries,
                "balance": text(one.balance, currency),
                **_in_another(one),
            }
            for one in report.days
        ],
    }


def _in_another(day: DayOfAccount) -> dict[str, Any]:
    """Return a day's balance in the currency that was asked for, if one was, and at which rate."""
    if day.rate is None:
        return {}
    return {"converted": money(day.converted), "conversion": described(day.rate)}

"""Coverage as JSON, the same for the API and for the page's face, and as CSV."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from buffet.money import text
from reports.asking import Asked
from reports.queries.coverage import Backing, Break, Coverage, Covered, coverage


def of_coverage(asked: Asked) -> dict[str, Any]:
    """Return which days of a period statements back as JSON carries it."""
    found, period = coverage(asked), asked.period
    # Once for all accounts that share their days: those of which nothing was imported do.
    written = cache(_covered)
    return {
        "period": {"name": period.name or None, "since": period.since, "until": period.until},
        "as_of": asked.today,
        "version": asked.version,
        "days": found.days,
        "missing": found.missing,
        "accounts": [
            {"id": one.id, "name": one.name, "kind": one.kind, "currency": one.currency}
            | written(one.covered)
            | {"breaks": [_break(apart, one.currency) for apart in one.breaks]}
            for one in found.accounts
        ],
        "without_statements": list(found.without),
    }


def _covered(one: Covered) -> dict[str, Any]:
    """Return what is said of the days of an account, its months and its gaps."""
    return {
        "since": one.since,
        "until": one.until,
        "days": one.days,
        "missing": one.missing,
        "months": [
            {
                "month": month.month.name.isoformat()[:7],
                "cover": month.cover,
                "days": month.days,
                "missing": month.days - month.backed,
            }
            for month in one.months
        ],
        "gaps": [
            {
                "since": gap.since,
                "until": gap.until,
                "days": gap.days,
                "balances_agree": gap.backing == Backing.BALANCES,
            }
            for gap in one.gaps
        ],
    }


def _break(found: Break, currency: str) -> dict[str, Any]:
    return {
        "before": found.before.id,
        "after": found.after.id,
        "since": found.before.until,
        "until": found.after.since,
        "closing": text(found.closing, currency),
        "opening": text(found.opening, currency),
        "difference": text(found.difference, currency),
    }


def coverage_rows(found: Coverage) -> Iterator[list[object]]:
    """Yield the accounts' days by what is behind them, and where statements do not join."""
    yield [
        *("account", "kind", "since", "until", "days", "backed by"),
        *("closing", "opening", "difference", "currency"),
    ]
    for account in found.accounts:
        for one in account.covered.stretches:
            yield [
                *(account.name, account.kind, one.since, one.until, one.days, one.backing),
                *("", "", "", ""),
            ]
        for between in account.breaks:
            amounts = (between.closing, between.opening, between.difference)
            yield [
                *(account.name, account.kind, between.before.until, between.after.since, ""),
                "does not join",
                *(text(amount, account.currency) for amount in amounts),
                account.currency,
            ]

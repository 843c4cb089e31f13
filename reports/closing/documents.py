"""A month to close as JSON, the same for the API and for the page's face, and as CSV."""

from collections.abc import Iterator
from typing import Any

from buffet.money import text
from buffet.rest.times import instant
from invoices.queries.statements import Statement
from reports.queries.closing import MonthToClose, Task
from reports.queries.closing_accounts import AccountLine
from transactions.queries.points import Check


def month_end(found: MonthToClose, version: int) -> dict[str, Any]:
    """Return what is left to do before a month is closed as JSON carries it."""
    return {
        "month": f"{found.month:%Y-%m}",
        "as_of": found.today,
        "version": version,
        "status": found.status,
        "closed": found.closing and {"at": instant(found.closing.at), "by": found.closing.by},
        "reopened": [
            {
                "at": instant(one.at),
                "by": one.by,
                "reason": one.reason,
                "closed_at": instant(one.closing.at),
                "closed_by": one.closing.by,
            }
            for one in found.reopened
        ],
        "left": [_task(one) for one in found.left],
        "accounts": [_account(line) for line in found.accounts],
        "statements": [_statement(one) for one in found.unpaid],
        "pending": found.pending,
        "uncategorised": found.uncategorised,
        "missed": found.missed,
        "dated_ahead": found.ahead,
        "open_since": found.open_since and f"{found.open_since:%Y-%m}",
    }


def _task(one: Task) -> dict[str, Any]:
    return {
        "what": one.what,
        "account": one.account.id if one.account else None,
        "account_name": one.account.name if one.account else None,
        "invoice": one.statement.invoice.id if one.statement else None,
        "count": one.count,
    }


def _account(line: AccountLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "name": line.name,
        "kind": line.kind,
        "currency": line.balance.currency,
        "balance": text(line.balance.amount, line.balance.currency),
        "count": line.entries,
        "locked_through": line.locked_through,
        "point": line.check and _point(line.check),
        "not_backed": [{"since": since, "until": until} for since, until in line.gaps],
        "valued": line.is_valued,
        "pending": line.pending,
        "uncategorised": line.uncategorised,
    }


def _point(check: Check) -> dict[str, Any]:
    point = check.point
    return {
        "id": point.id,
        "on": point.on,
        "kind": point.kind,
        "balance": text(point.expected, point.currency),
        "computed": text(point.computed, point.currency),
        "difference": text(point.difference, point.currency),
        "ok": point.ok,
        "reconciled_at": instant(point.reconciled_at) if point.reconciled_at else None,
        "differs_from": check.differs_from,
        "differs_until": check.differs_until,
        "suspect": check.suspect,
    }


def _statement(one: Statement) -> dict[str, Any]:
    return {
        "invoice": one.invoice.id,
        "card": one.invoice.card_id,
        "name": one.name,
        "month": f"{one.invoice.month:%Y-%m}",
        "due_on": one.invoice.due_on,
        "remaining": text(one.remaining, one.currency),
        "scheduled": text(one.scheduled_sum, one.currency),
        "scheduled_on": one.scheduled_on,
        "currency": one.currency,
    }


def account_rows(found: MonthToClose) -> Iterator[list[object]]:
    """Yield the accounts."""
    yield [
        *("account", "kind", "currency", "balance", "entries", "reconciled through"),
        *("statement of", "statement balance", "difference", "differs from", "not backed"),
        *("valued", "pending", "uncategorised"),
    ]
    for line in found.accounts:
        point, currency = line.point, line.balance.currency
        yield [
            line.name,
            line.kind,
            currency,
            text(line.balance.amount, currency),
            line.entries,
            line.locked_through or "",
            point.on if point else "",
            text(point.expected, currency) if point else "",
            text(point.difference, currency) if point else "",
            (line.check and line.check.differs_from) or "",
            " ".join(f"{since}/{until}" for since, until in line.gaps),
            "yes" if line.is_valued else "",
            line.pending,
            line.uncategorised,
        ]

"""Imports as their readers see them."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from buffet import money
from buffet.rest.times import instant
from transactions.models import Import, ImportLine, ImportStatus, Verdict
from transactions.queries import balances


def summary(started: Import, counts: dict[str, int]) -> dict[str, Any]:
    """Return an import without its lines."""
    return {
        "id": started.id,
        "status": started.status,
        "account": started.account_id,
        "format": started.format,
        "file_name": started.file_name,
        "account_number": started.account_number,
        "counts": {str(verdict): counts.get(verdict, 0) for verdict in Verdict.values},
        "version": started.version,
        "created_at": instant(started.created_at),
        "updated_at": instant(started.updated_at),
    }


def detail(started: Import) -> dict[str, Any]:
    """Return an import with its statement and lines, each with its verdict and reason."""
    currency = started.account.currency
    lines = list(started.lines.order_by("number"))
    return summary(started, Counter(line.verdict for line in lines)) | {
        "statement": _statement(started, lines, currency),
        "lines": [_line(line, currency) for line in lines],
    }


def last_day(started: Import, lines: Sequence[ImportLine]) -> date | None:
    """Return the day whose end the statement's balance is compared with.

    Banks name a balance as of a day and list lines dated after it all the same; the balance is
    that after all the lines. None when the statement names no day at all.
    """
    named = [line.date for line in lines] or [started.ends_on]
    return max((day for day in (*named, started.closing_on) if day), default=None)


def _statement(started: Import, lines: Sequence[ImportLine], currency: str) -> dict[str, Any]:
    """Return the statement's own balance and what it says about the account's.

    `opening` is the closing balance less all lines. `expected` is the account's balance after the
    new lines and transfers, `gap` what is missing for it to be the closing balance.
    """
    total = sum((line.amount for line in lines), Decimal(0))
    closing, on = started.closing_balance, last_day(started, lines)
    found: dict[str, Any] = {
        "currency": currency,
        "starts_on": started.starts_on,
        "ends_on": started.ends_on,
        "total": money.text(total, currency),
        "opening": None,
        "closing": None,
        "closing_on": started.closing_on,
        "expected": None,
        "gap": None,
    }
    if closing is None or on is None:
        return found
    expected = balances.balance(started.book_id, started.account_id, on)
    if started.status == ImportStatus.PREVIEW:
        coming = (Verdict.NEW, Verdict.TRANSFER)
        expected += sum((line.amount for line in lines if line.verdict in coming), Decimal(0))
    return found | {
        "opening": money.text(closing - total, currency),
        "closing": money.text(closing, currency),
        "expected": money.text(expected, currency),
        "gap": money.text(closing - expected, currency),
    }


def _line(line: ImportLine, currency: str) -> dict[str, Any]:
    return {
        "number": line.number,
        "date": line.date,
        "amount": money.text(line.amount, currency),
        "description": line.description,
        "external_id": line.external_id,
        "verdict": line.verdict,
        "reason": line.reason,
        "transaction": line.transaction_id,
    }

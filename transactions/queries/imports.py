"""Imports as their readers see them."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from buffet import money
from buffet.rest.times import instant
from transactions.models import Import, ImportLine, ImportStatus, Verdict
from transactions.queries import balances, carrying, opened

#: How many lines come with their import; the others come by pages.
LINES_INLINE = 1000
#: While an import is one of these, its lines behind `done` are still to come.
COMING = (ImportStatus.PREVIEW, ImportStatus.COMMITTING)

_VERDICTS = """
SELECT l.verdict, count(*),
    coalesce(sum(l.amount) FILTER (WHERE l.number > %(done)s AND NOT l.is_pending), 0),
    count(*) FILTER (
        WHERE l.verdict = 'new' AND l.number > %(done)s AND NOT l.is_chosen
            AND l.proposed_verdict <> ''
    )
FROM transactions_importline l WHERE l.of_import_id = %(id)s GROUP BY l.verdict
"""
#: By how much posting will change the balance at the end of a day.
_POSTED = """
SELECT coalesce(sum(l.amount - CASE WHEN e.date <= %(on)s THEN e.amount ELSE 0 END), 0)
FROM transactions_importline l JOIN transactions_entry e ON e.id = l.entry_id
WHERE l.of_import_id = %(id)s AND l.verdict = 'posted' AND l.number > %(done)s
"""
#: What the file says is pending and the book has by now, which no balance of the bank's has.
_PENDING = """
SELECT coalesce(sum(l.amount), 0) FROM transactions_importline l
WHERE l.of_import_id = %(id)s AND l.is_pending AND l.verdict = 'new' AND l.number <= %(done)s
"""


def summary(started: Import, counts: dict[str, int]) -> dict[str, Any]:
    """Return an import without its lines."""
    return {
        "id": started.id,
        "status": started.status,
        "account": started.account_id,
        "format": started.format,
        "file_name": started.file_name,
        "account_number": started.account_number,
        "statement_number": started.statement_number,
        "counts": {str(verdict): counts.get(verdict, 0) for verdict in Verdict.values},
        "progress": {"done": started.done, "total": started.lines_count},
        "version": started.version,
        "created_at": instant(started.created_at),
        "updated_at": instant(started.updated_at),
    }


def detail(started: Import) -> dict[str, Any]:
    """Return an import with its statement and first lines, each with its verdict and reason."""
    currency = started.account.currency
    sums = _asked(_VERDICTS, started)
    lines = started.lines.order_by("number")[:LINES_INLINE]
    statement = _statement(started, {row[0]: row[2] for row in sums}, currency)
    return summary(started, {row[0]: row[1] for row in sums}) | {
        "profile": started.profile,
        "options": started.options,
        "proposals": sum(row[3] for row in sums) if started.status in COMING else 0,
        "statement": statement,
        "opened_later": _opened_later(started, statement),
        "closed_months": carrying.closed_months(started) if started.status in COMING else [],
        "lines": lines_read(started, lines),
        "next": None,
    }


def counts(started: Import) -> dict[str, int]:
    """Return how many lines of an import have each verdict."""
    found = {row[0]: row[1] for row in _asked(_VERDICTS, started)}
    return {str(verdict): found.get(verdict, 0) for verdict in Verdict.values}


def lines_of(started: Import, verdict: str | None = None) -> QuerySet[ImportLine]:
    """Return an import's lines in order, those with one verdict only if it is given."""
    rows = started.lines.order_by("number")
    return rows if verdict is None else rows.filter(verdict=verdict)


def proposed_of(started: Import) -> QuerySet[ImportLine]:
    """Return the lines in order that are new, and may be something else if somebody says so."""
    return lines_of(started, Verdict.NEW).filter(is_chosen=False).exclude(proposed_verdict="")


def lines_read(started: Import, lines: Iterable[ImportLine]) -> list[dict[str, Any]]:
    """Return lines of an import as their readers see them."""
    return [_line(line, started) for line in lines]


def last_day(started: Import) -> date | None:
    """Return the day whose end the statement's balance is compared with.

    Banks name a balance as of a day and list lines dated after it all the same; the balance is
    that after all the lines. None when the statement names no day at all.
    """
    named = (started.last_on or started.ends_on, started.closing_on)
    return max((day for day in named if day), default=None)


def settled(started: Import, on: date) -> Decimal:
    """Return what is on the account at the end of a day, without what the file says is pending."""
    (pending,) = _asked(_PENDING, started)[0] if started.status not in _GONE else (Decimal(0),)
    return balances.balance(started.book_id, started.account_id, on) - pending


def _statement(started: Import, coming: dict[str, Decimal], currency: str) -> dict[str, Any]:
    """Return the statement's own balance and what it says about the account's.

    `opening` is the bank's, or else the closing balance less all lines; `tie` is what is missing
    between the bank's own two. `expected` is the account's balance after what is coming, `gap` what
    is missing for it to be the closing balance. What is pending is in none of them.
    """
    total, opening, closing = started.total, started.opening_balance, started.closing_balance
    found: dict[str, Any] = {
        "currency": currency,
        "starts_on": started.starts_on,
        "ends_on": started.ends_on,
        "total": money.text(total, currency),
        "opening": None if opening is None else money.text(opening, currency),
        "closing": None,
        "closing_on": started.closing_on,
        "tie": None,
        "expected": None,
        "gap": None,
    }
    on = last_day(started)
    if closing is None or on is None:
        return found
    if opening is not None:
        found["tie"] = money.text(opening + total - closing, currency)
    expected = settled(started, on)
    if started.status in COMING:
        expected += coming.get(Verdict.NEW, Decimal(0)) + coming.get(Verdict.TRANSFER, Decimal(0))
        if Verdict.POSTED in coming:
            expected += _asked(_POSTED, started, on=on)[0][0]
    return found | {
        "opening": money.text(closing - total if opening is None else opening, currency),
        "closing": money.text(closing, currency),
        "expected": money.text(expected, currency),
        "gap": money.text(closing - expected, currency),
    }


def _opened_later(started: Import, statement: dict[str, Any]) -> dict[str, Any] | None:
    """Return the opening balance that is dated after lines, and what it should be `instead`."""
    found = None if started.status in _GONE else opened.opened_later(started)
    if found is None:
        return None
    instead = None
    if found.is_plain and started.status in COMING:
        gap = None if statement["gap"] is None else Decimal(statement["gap"])
        amount = found.amount_before(gap, last_day(started))
        instead = opened.day_before(started, found.opened_on), amount
    return opened.read(found, instead, started.account.currency)


def _asked(sql: str, started: Import, **more: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"id": started.id, "done": started.done, **more})
        return cursor.fetchall()


def _line(line: ImportLine, started: Import) -> dict[str, Any]:
    is_new = line.verdict == Verdict.NEW
    # What is new has an id before it is recorded, which is nothing to look at yet.
    is_there = not is_new or (line.number <= started.done and started.status not in _GONE)
    proposal = {
        "verdict": line.proposed_verdict,
        "transaction": line.proposed_id,
        "score": line.proposed_score,
    }
    return {
        "number": line.number,
        "date": line.date,
        "amount": money.text(line.amount, started.account.currency),
        "description": line.description,
        "external_id": line.external_id,
        "pending": line.is_pending,
        "reconciled": line.is_reconciled,
        "verdict": line.verdict,
        "reason": line.reason,
        "chosen": line.is_chosen,
        "transaction": line.became_id if is_there else None,
        "own_description": line.own_description,
        "category": line.category_id,
        "category_reason": line.category_reason,
        "vendor": line.vendor_id,
        "vendor_reason": line.vendor_reason,
        "subscription": line.subscription_id if is_new else None,
        "due_on": line.due_on if is_new else None,
        "proposal": proposal if line.proposed_verdict else None,
    }


_GONE = (ImportStatus.REVERTED, ImportStatus.REVERTING)

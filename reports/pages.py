"""What the pages' templates are given: figures in the order they are read."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from buffet.models import Book
from buffet.money import Money, text
from buffet.rest.pagination import Cursor
from reports import charts
from reports.queries.portfolio import AccountLine, PortfolioOverview
from transactions.queries import balances

_ORDER = "checking savings cash investment receivable property other credit_card loan".split()


def overview(report: PortfolioOverview) -> dict[str, Any]:
    """Return the context of the overview: accounts grouped by kind, and the chart."""
    groups: dict[str, list[AccountLine]] = {kind: [] for kind in _ORDER}
    for line in report.accounts:
        groups[line.kind].append(line)
    totals = {share.name: share for share in report.by_kind}
    return {
        "report": report,
        "groups": [(kind, lines, totals.get(kind)) for kind, lines in groups.items() if lines],
        "chart": charts.line_chart([(one.month, one.net_worth) for one in report.history]),
        "months": list(reversed(report.history)),
        "has_foreign": any(one.total.currency != report.currency for one in report.currencies),
    }


def overview_rows(report: PortfolioOverview) -> list[list[object]]:
    """Return the overview's accounts as rows of a spreadsheet."""
    head: list[object] = [
        "account", "kind", "broker", "currency", "balance", f"in {report.currency}", "rate",
        "rate date", "status",
    ]  # fmt: skip
    rows = [head]
    for line in report.accounts:
        rows.append(
            [
                line.name,
                line.kind,
                line.broker,
                line.balance.currency,
                text(line.balance.amount, line.balance.currency),
                text(line.converted.amount, report.currency) if line.converted else "",
                f"{line.rate.rate:.8f}" if line.rate.rate else "",
                line.rate.as_of or "",
                line.rate.status,
            ]
        )
    return rows


def account(
    book: Book,
    found: dict[str, Any],
    rows: Sequence[dict[str, Any]],
    limit: int,
    cursor: Cursor | None,
    on: date,
) -> dict[str, Any]:
    """Return the context of an account's page: its rows with the balance after each."""
    more, back = len(rows) > limit, cursor is not None and cursor.back
    kept = list(rows[:limit])
    if back:
        kept.reverse()
    return {
        "account": found,
        "balance": Money(Decimal(found["balance"]), found["currency"]),
        "rows": _running(book.id, found, kept),
        "older": Cursor(_key(kept[-1])) if kept and (more or back) else None,
        "newer": Cursor(_key(kept[0]), back=True)
        if kept and (more if back else cursor is not None)
        else None,
    }


def _key(row: dict[str, Any]) -> tuple[str, str]:
    return row["date"].isoformat(), str(row["id"])


def _running(
    book_id: UUID, found: dict[str, Any], kept: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the rows, newest first, each with the account's balance after it."""
    if not kept:
        return []
    currency, first = found["currency"], kept[0]
    after = balances.balance(book_id, found["id"], first["date"], after=first["id"])
    read = []
    for row in kept:
        moved = sum(
            (Decimal(e["amount"]) for e in row["entries"] if e["account"] == found["id"]),
            Decimal(0),
        )
        read.append(
            row
            | {
                "moved": Money(moved, currency),
                "after": Money(after, currency),
                "about": _about(row),
            }
        )
        after -= moved
    return read


def _about(row: dict[str, Any]) -> str:
    """Return where the money came from or went to, in a word or two."""
    if row["transfer_to_name"]:
        return f"Transfer: {row['transfer_to_name']}"
    if row["category_name"]:
        return row["category_name"]
    return {"split": "Split", "equity": "Opening balance"}.get(row["kind"], "Uncategorised")


def account_rows(rows: Sequence[dict[str, Any]]) -> list[list[object]]:
    """Return an account's transactions as rows of a spreadsheet."""
    found: list[list[object]] = [
        ["date", "description", "vendor", "category", "status", "amount", "balance", "currency"]
    ]
    for row in rows:
        found.append(
            [
                row["date"],
                row["description"],
                row["vendor_name"] or "",
                row["about"],
                row["status"],
                text(row["moved"].amount, row["moved"].currency),
                text(row["after"].amount, row["after"].currency),
                row["moved"].currency,
            ]
        )
    return found


def transaction(found: dict[str, Any]) -> dict[str, Any]:
    """Return the context of a transaction's page."""
    entries = [
        entry
        | {
            "value": Money(Decimal(entry["amount"]), entry["currency"]),
            "is_real": entry["account_type"] in ("asset", "liability"),
        }
        for entry in found["entries"]
    ]
    return {
        "transaction": found,
        "entries": entries,
        "amount": Money(Decimal(found["amount"]), found["currency"]),
    }

"""What the pages' templates are given: figures in the order they are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils.http import urlencode

from accounts.rates import described
from buffet.money import Money, text
from reports import charts
from reports.asking import Asked
from reports.documents import money
from reports.flows.links import accounts_url, narrowed
from reports.ledger import Page
from reports.periods import DAY, begin, later
from reports.queries import AccountPast, Event, PortfolioOverview
from reports.queries.account import Standing
from reports.queries.portfolio import AccountLine
from reports.queries.portfolio_part import PortfolioPart
from reports.queries.worth import Change, percent
from transactions.queries.months import Closing

#: The kinds of accounts in the order in which they stand on a page.
KINDS = "checking savings cash investment receivable property other credit_card loan".split()


def stepper(on: date, today: date, start_day: int) -> dict[str, date | None]:
    """Return the month ends beside a day: the one before, and the one after up to today."""
    end = later(begin(on, start_day), 1) - DAY
    following = end if on < end else later(begin(end + DAY, start_day), 1) - DAY
    return {
        "before": begin(on, start_day) - DAY,
        "after": min(following, max(today, on)) if on < today else None,
    }


def overview(report: PortfolioOverview, asked: Asked, kept: str) -> dict[str, Any]:
    """Return the context of the overview; `kept` goes along from its address to other pages."""

    def held_in(currency: str) -> str:
        return accounts_url(replace(asked, currency=currency))(report.as_of, held=currency)

    return {
        "asked": asked,
        "along": "&".join(filter(None, (kept, urlencode(narrowed(asked))))),
        "held": accounts_url(asked),
        "held_in": held_in,
        "report": report,
        "groups": _groups(report.accounts, report.currency),
        "charts": charts.line_charts([(one.day, one.net_worth) for one in report.history]),
        "months": [report.now],
        "has_foreign": any(one.total.currency != report.currency for one in report.currencies),
        "incomplete": [one.name for one in report.history if one.missing],
    }


def accounts(part: PortfolioPart, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the context of the accounts' page: all, or those that a figure is the sum of."""
    return {
        "report": part,
        "groups": _groups(part.lines, part.currency),
        "count": len(part.lines),
        "total": part.total,
        "apart": part.apart,
        "conversions": part.conversions,
        "wanted": wanted,
    }


def _sum(lines: Sequence[AccountLine], currency: str) -> Money:
    counted = [line.converted.amount for line in lines if line.converted is not None]
    return Money(sum(counted, Decimal(0)), currency)


@dataclass(frozen=True, slots=True)
class Group:
    """The accounts of a kind, what they come to, and the currencies that are not in it."""

    kind: str
    lines: Sequence[AccountLine]
    total: Money
    missing: Sequence[str]


def _groups(lines: Sequence[AccountLine], currency: str) -> list[Group]:
    groups: dict[str, list[AccountLine]] = {kind: [] for kind in KINDS}
    for line in lines:
        groups[line.kind].append(line)
    return [
        Group(kind, found, _sum(found, currency), _not_counted(found))
        for kind, found in groups.items()
        if found
    ]


def _not_counted(lines: Sequence[AccountLine]) -> list[str]:
    return sorted(
        {line.balance.currency for line in lines if line.converted is None and line.balance}
    )


def account(
    found: dict[str, Any], past: AccountPast, page: Page, standing: Standing, cursor: bool
) -> dict[str, Any]:
    """Return the context of an account's page."""
    currency = found["currency"]
    return {
        "account": found,
        "standing": standing,
        "changes": [one for months in (1, 12) if (one := _moved(past, months, currency))],
        "charts": charts.line_charts(past.months),
        "months": list(reversed(past.months)),
        "entries": past.entries,
        "groups": [
            (month, list(rows))
            for month, rows in groupby(page.rows, key=lambda row: row["date"].replace(day=1))
        ],
        "count": len(page.rows),
        "newest": page.rows[0]["date"] if page.rows else None,
        "oldest": page.rows[-1]["date"] if page.rows else None,
        "newer": page.newer,
        "older": page.older,
        "is_first": not cursor,
    }


def _moved(past: AccountPast, months: int, currency: str) -> Change | None:
    if len(past.months) <= months:
        return None
    (since, before), (_, now) = past.months[-1 - months], past.months[-1]
    return Change(since, Money(now - before, currency), percent(now - before, before))


def account_document(
    found: dict[str, Any], past: AccountPast, page: Page, standing: Standing
) -> dict[str, Any]:
    """Return an account's page as JSON carries it; each row with the balance after it."""
    return {
        "account": found,
        "converted": money(standing.converted),
        "conversion": described(standing.rate),
        "entries": past.entries,
        "transactions": [
            {name: row[name] for name in row if name not in ("moved", "after", "about")}
            | {"balance": text(row["after"].amount, row["after"].currency)}
            for row in page.rows
        ],
        "newer": str(page.newer) if page.newer else None,
        "older": str(page.older) if page.older else None,
    }


def transaction(
    found: dict[str, Any], story: Sequence[Event], closing: Closing | None
) -> dict[str, Any]:
    """Return the context of a transaction's page; `closing` is that of its month."""
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
        "story": story,
        "closing": closing,
    }

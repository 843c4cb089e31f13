"""What the templates of the reports of periods are given: figures in the order they are read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import REAL_TYPES, Kind
from buffet.money import Money
from reports import charts
from reports.asking import Asked
from reports.flows.picking import dates
from reports.periods import DAY, Period
from reports.queries.cash_flow import CashFlow, Flow
from reports.queries.net_worth import NetWorth
from reports.queries.rows import Behind, Row
from reports.queries.spending import Spending, Spent
from reports.queries.sums import Only
from reports.queries.trial_balance import TrialBalance, TrialLine
from reports.queries.worth import percent
from transactions.queries.months import Closings

#: Of the days from the first to the second, with the parts that the rows are of by name.
RowsUrl = Callable[..., str]


def rows_url(asked: Asked) -> RowsUrl:
    """Return what says where the rows of some days behind a figure of a report are."""
    sent = {"currency": asked.currency}
    if asked.accounts:
        sent["accounts"] = ",".join(map(str, asked.accounts))
    path, kept = reverse("rows"), urlencode(sent)

    def url(since: date, until: date, **part: str) -> str:
        # Names and ids of our own, which are as they stand in an address.
        chosen = "".join(f"{name}={value}&" for name, value in part.items())
        return f"{path}?{chosen}date_from={since}&date_to={until}&{kept}"

    return url


def has_year(period: Period) -> bool:
    """Whether the year before is another period than the one before: not for twelve months."""
    return (period.before.since, period.before.until) != (
        period.year_before.since,
        period.year_before.until,
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure beside the same of the period before and of a year ago."""

    name: Any
    now: Money
    before: Money
    year_before: Money
    url: str = ""
    before_url: str = ""
    year_before_url: str = ""

    @property
    def since_before(self) -> Money:
        """How it changed against the period before."""
        return self.now - self.before

    @property
    def since_before_percent(self) -> Decimal | None:
        """The same in percent of what it was."""
        return percent(self.since_before.amount, self.before.amount)

    @property
    def since_year_before(self) -> Money:
        """How it changed against the year before."""
        return self.now - self.year_before

    @property
    def since_year_before_percent(self) -> Decimal | None:
        """The same in percent of what it was."""
        return percent(self.since_year_before.amount, self.year_before.amount)


_PARTS = {
    "income": (_("Income"), {"type": "income"}),
    "expenses": (_("Expenses"), {"type": "expense"}),
    "savings": (pgettext_lazy("kept", "Savings"), {"flow": "saved"}),
    "investments": (_("of them invested"), {"flow": "invested"}),
}


def cash_flow(report: CashFlow) -> dict[str, Any]:
    """Return the context of the cash flow."""
    asked, url = report.asked, rows_url(report.asked)
    # Narrowed to some categories, the rows of a type would be more than the figure.
    linked = {} if asked.categories else {name: part for name, (_name, part) in _PARTS.items()}
    periods = (asked.period, asked.period.before, asked.period.year_before)

    def compared(name: str) -> Compared:
        flows = (report.total, report.before, report.year_before)
        moneys = (Money(getattr(flow, name), asked.currency) for flow in flows)
        part = linked.get(name)
        urls = [url(one.since, one.until, **part) if part else "" for one in periods]
        return Compared(_PARTS[name][0], *moneys, *urls)

    return {
        "report": report,
        "has_year": has_year(asked.period),
        "is_empty": not any(_moves(one.flow) for one in report.months)
        and not _moves(report.before),
        "currency": asked.currency,
        "savings": Money(report.total.savings, asked.currency),
        "compared": [compared(name) for name in _PARTS],
        "charts": charts.flow_charts(
            [(one.month.name, one.flow.income, one.flow.expenses) for one in report.months]
        ),
        "months": [
            (one, tuple(_month_url(url, one.month, linked.get(name)) for name in _PARTS))
            for one in reversed(report.months)
        ],
    }


def _moves(flow: Flow) -> bool:
    return bool(flow.income or flow.expenses or flow.investments)


def _month_url(url: Any, month: Any, part: dict[str, str] | None) -> str:
    return url(month.since, month.until, **part) if part else ""


@dataclass(frozen=True, slots=True)
class SpentRow:
    """A category in the table: its figures with where their rows are."""

    row: Spent
    compared: Compared
    months: tuple[tuple[Decimal, str], ...]

    @property
    def share(self) -> Decimal | None:
        """Its share of what was spent, in percent."""
        return self.row.share


#: With more months than this, the table by month would not fit a page.
MOST_COLUMNS = 12


def spending(report: Spending) -> dict[str, Any]:
    """Return the context of the spending."""
    asked, url = report.asked, rows_url(report.asked)
    periods = (asked.period, asked.period.before, asked.period.year_before)
    months = asked.period.months[-MOST_COLUMNS:]

    def money(value: Decimal) -> Money:
        return Money(value, asked.currency)

    def row(one: Spent) -> SpentRow:
        urls = [url(period.since, period.until, category=one.node.id) for period in periods]
        cells = zip(one.months[-MOST_COLUMNS:], months, strict=True)
        return SpentRow(
            one,
            Compared(
                one.node.name, money(one.total), money(one.before), money(one.year_before), *urls
            ),
            tuple((value, url(m.since, m.until, category=one.node.id)) for value, m in cells),
        )

    part = {} if asked.categories else {"type": "expense"}
    urls = [url(one.since, one.until, **part) if part else "" for one in periods]
    totals = (money(report.total), money(report.before), money(report.year_before))
    return {
        "report": report,
        "has_year": has_year(asked.period),
        "currency": asked.currency,
        "whole": Compared(_("Spent"), *totals, *urls),
        "rows": [row(one) for one in report.categories],
        "months": months,
        "month_totals": [
            (total, url(month.since, month.until, **part) if part else "")
            for total, month in zip(report.months[-MOST_COLUMNS:], months, strict=True)
        ],
        "charts": charts.bar_charts(
            [
                (month.name, total)
                for month, total in zip(asked.period.months, report.months, strict=True)
            ]
        ),
        "unfinished": not asked.period.is_whole,
    }


#: What moved net worth and has rows: savings, and unrealised gains.
_WORTH = ({"flow": "saved"}, {"kind": Kind.VALUATION.value})


def net_worth(report: NetWorth) -> dict[str, Any]:
    """Return the context of net worth by month."""
    asked, opening, now = report.asked, report.opening, report.now
    currency, url = asked.currency, rows_url(asked)
    points = [(opening.on, opening.net_worth)]
    points += [(step.worth.on, step.worth.net_worth) for step in report.steps]

    def total(name: str) -> Decimal:
        return sum((getattr(step, name) for step in report.steps), Decimal(0))

    return {
        "report": report,
        "currency": currency,
        "worth": Money(now.net_worth, currency),
        "change": Money(now.net_worth - opening.net_worth, currency),
        "change_percent": percent(now.net_worth - opening.net_worth, opening.net_worth),
        "charts": charts.line_charts(points),
        "steps": [
            (step, tuple(url(step.month.since, step.month.until, **part) for part in _WORTH))
            for step in reversed(report.steps)
        ],
        "urls": [url(asked.period.since, asked.period.until, **part) for part in _WORTH],
        "moved": {
            name: total(name) for name in ("savings", "gains", "opened", "transfers", "rates")
        },
        "kinds": [
            (kind, row[0], row[-1], Money(row[-1] - row[0], currency)) for kind, row in report.kinds
        ],
    }


class TrialUrls(NamedTuple):
    """Where the figures of an account in a trial balance are from; empty where nothing is."""

    opening: str
    rows: str
    debit: str
    credit: str
    closing: str


def trial_balance(report: TrialBalance) -> dict[str, Any]:
    """Return the context of the trial balance."""
    period = report.asked.period
    groups: dict[str, list[tuple[TrialLine, TrialUrls]]] = {}
    for line in report.lines:
        groups.setdefault(line.node.type, []).append((line, _trial_urls(line, period)))
    return {"report": report, "groups": list(groups.items())}


def _trial_urls(line: TrialLine, period: Period) -> TrialUrls:
    opening = closing = rows = ""
    if line.node.type in REAL_TYPES:
        page = reverse("account", args=[line.node.id])
        opening, closing = f"{page}?on={period.since - DAY}", f"{page}?on={period.until}"
    if line.entries:
        # An account may have entries in several currencies, each of them with a line.
        sent = {"account": line.node.id, "held": line.currency, "currency": line.currency}
        rows = f"{reverse('rows')}?{urlencode(sent | dates(period.since, period.until))}"
    debit, credit = (f"{rows}&side={side}" if getattr(line, side) else "" for side in Only.SIDES)
    return TrialUrls(opening, rows, debit, credit, closing)


def rows(found: Behind, page: Sequence[Row], closed: Closings) -> dict[str, Any]:
    """Return the context of the rows behind a figure.

    Each of a closed month says so, unless the whole period is closed and says it once.
    """
    period = found.asked.period
    return {
        "closed": closed,
        "is_mixed": not closed.cover(period.since, period.until),
        "found": found,
        "name": found.node.name
        if found.node
        else found.part.kind or found.part.type or found.part.flow or found.part.status,
        "is_named": found.node is not None,
        "rows": page,
        "has_foreign": any(one.currency != found.asked.currency for one in found.sums),
    }

"""What the templates of the reports of periods are given: figures in the order they are read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import REAL_TYPES
from buffet.money import Money
from reports import charts
from reports.asking import Asked
from reports.flows.links import change_url, known, rows_url
from reports.flows.picking import dates
from reports.periods import DAY, EARLIER, Period
from reports.queries.cash_flow import CashFlow, Flow
from reports.queries.parts import Part
from reports.queries.spending import Spending, Spent
from reports.queries.sums import SIDES
from reports.queries.trial_balance import TrialBalance, TrialLine, TrialTotal
from reports.queries.worth import percent


def has_year(period: Period) -> bool:
    """Whether the year before is another period than the one before: not for twelve months."""
    return (period.before.since, period.before.until) != (
        period.year_before.since,
        period.year_before.until,
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure beside the same of the period before and of a year ago.

    `missing` are the currencies without a rate of each of the three. Between two that do not lack
    the same, nobody knows the change.
    """

    name: Any
    now: Money
    before: Money
    year_before: Money
    missing: tuple[frozenset[str], frozenset[str], frozenset[str]]
    url: str = ""
    before_url: str = ""
    year_before_url: str = ""
    since_before_url: str = ""
    since_year_before_url: str = ""

    @property
    def unknown_before(self) -> frozenset[str]:
        """The currencies on account of which nobody knows how it changed."""
        return self.missing[0] ^ self.missing[1]

    @property
    def unknown_year_before(self) -> frozenset[str]:
        """The same of the change against the year before."""
        return self.missing[0] ^ self.missing[2]

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


def _compared_urls(asked: Asked) -> Callable[..., tuple[str, ...]]:
    """Return what says where the rows of a part's figures are that are compared."""
    url, change = rows_url(asked), change_url(asked)
    periods = (asked.period, asked.period.before, asked.period.year_before)

    def urls(**part: str) -> tuple[str, ...]:
        return (
            *(url(one.since, one.until, **part) for one in periods),
            *(change(against, **part) for against in EARLIER),
        )

    return urls


def _beside(report: CashFlow | Spending) -> list[tuple[Period, Sequence[Money]]]:
    """Return what had no rate in each of the periods that the report's is compared with."""
    period = report.asked.period
    told = [(period.before, report.before_left_out)]
    if has_year(period):
        told.append((period.year_before, report.year_before_left_out))
    return [one for one in told if one[1]]


_PARTS = {
    "income": (_("Income"), {"type": "income"}),
    "expenses": (_("Expenses"), {"type": "expense"}),
    "savings": (pgettext_lazy("kept", "Saved"), {"flow": "saved"}),
    "investments": (_("of which invested"), {"flow": "invested"}),
}


def cash_flow(report: CashFlow) -> dict[str, Any]:
    """Return the context of the cash flow."""
    asked, url = report.asked, rows_url(report.asked)
    urls = _compared_urls(asked)

    def compared(name: str) -> Compared:
        flows = (report.total, report.before, report.year_before)
        now, before, year = (Money(getattr(flow, name), asked.currency) for flow in flows)
        missing = tuple(getattr(flow.missing, name) for flow in flows)
        heading, part = _PARTS[name]
        return Compared(heading, now, before, year, missing, *urls(**part))

    return {
        "report": report,
        "has_year": has_year(asked.period),
        "beside": _beside(report),
        "is_empty": not any(_moves(one.flow) for one in report.months)
        and not _moves(report.before)
        and not (report.left_out or report.before_left_out),
        "currency": asked.currency,
        "savings": Money(report.total.savings, asked.currency),
        "compared": [compared(name) for name in _PARTS],
        "charts": charts.flow_charts(
            [(one.month.name, one.flow.income, one.flow.expenses) for one in report.months]
        ),
        "months": [
            (
                one,
                tuple(
                    url(one.month.since, one.month.until, **part)
                    for _heading, part in _PARTS.values()
                ),
            )
            for one in reversed(report.months)
        ],
    }


def _moves(flow: Flow) -> bool:
    return bool(flow.income or flow.expenses or flow.investments)


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


def _places(report: Spending) -> list[int]:
    """Return which months have a column: the latest, the newest first, since something was spent.

    The newest is in sight where a table is wider than its page.
    """
    spent = [any(months) for months in zip(*(one.months for one in report.categories), strict=True)]
    first = spent.index(True) if any(spent) else len(spent)
    return [*range(max(first, len(spent) - MOST_COLUMNS), len(spent))][::-1]


def spending(report: Spending) -> dict[str, Any]:
    """Return the context of the spending."""
    asked, url = report.asked, rows_url(report.asked)
    urls = _compared_urls(asked)
    places = _places(report)
    months = [asked.period.months[place] for place in places]

    def money(value: Decimal) -> Money:
        return Money(value, asked.currency)

    def row(one: Spent) -> SpentRow:
        cells = zip([one.months[place] for place in places], months, strict=True)
        return SpentRow(
            one,
            Compared(
                one.node.name,
                money(one.total),
                money(one.before),
                money(one.year_before),
                one.missing,
                *urls(category=one.node.id),
            ),
            tuple((value, url(m.since, m.until, category=one.node.id)) for value, m in cells),
        )

    part = {"type": "expense"}
    totals = (money(report.total), money(report.before), money(report.year_before))
    return {
        "report": report,
        "has_year": has_year(asked.period),
        "beside": _beside(report),
        "currency": asked.currency,
        "whole": Compared(_("Spent"), *totals, report.missing, *urls(**part)),
        "rows": [row(one) for one in report.categories],
        "months": months,
        "month_totals": [
            (total, url(month.since, month.until, **part))
            for total, month in zip([report.months[one] for one in places], months, strict=True)
        ],
        "charts": charts.bar_charts(
            [
                (month.name, total)
                for month, total in zip(asked.period.months, report.months, strict=True)
            ]
        ),
        "unfinished": not asked.period.is_whole,
    }


class TrialUrls(NamedTuple):
    """Where the figures of a line of a trial balance are from; empty where nothing is."""

    opening: str
    rows: str
    debit: str
    credit: str
    closing: str
    converted: str


def trial_balance(report: TrialBalance) -> dict[str, Any]:
    """Return the context of the trial balance."""
    groups: dict[str, list[tuple[TrialLine, TrialUrls]]] = {}
    for line in report.lines:
        groups.setdefault(line.node.type, []).append((line, _line_urls(line, report.asked)))
    asked = report.asked
    narrowed = {"accounts": asked.accounts, "categories": asked.categories}
    some = {name: ",".join(map(str, ids)) for name, ids in narrowed.items() if ids}
    sent = some | {"balance": "closing", "currency": asked.currency} | known(asked.known_on)
    return {
        "report": report,
        "currency": asked.currency,
        "converted_url": _rows(asked, sent),
        "groups": list(groups.items()),
        "totals": [(one, _urls(one, asked, **some)) for one in report.totals],
    }


def _urls(one: TrialLine | TrialTotal, asked: Asked, **part: str) -> TrialUrls:
    # An account may have entries in several currencies, each of them with a line.
    sent = part | {"held": one.currency, "currency": one.currency} | known(asked.known_on)
    rows = _rows(asked, sent)
    opening, closing = (f"{rows}&balance={name}" for name in Part.BALANCES)
    converted = _rows(asked, sent | {"currency": asked.currency, "balance": "closing"})
    debit, credit = (f"{rows}&side={side}" if getattr(one, side) else "" for side in SIDES)
    return TrialUrls(opening, rows if debit or credit else "", debit, credit, closing, converted)


def _rows(asked: Asked, sent: dict[str, str]) -> str:
    days = dates(asked.period.since, asked.period.until)
    return f"{reverse('rows')}?{urlencode(sent | days)}"


def _line_urls(line: TrialLine, asked: Asked) -> TrialUrls:
    urls = _urls(line, asked, account=line.node.id)
    if line.node.type not in REAL_TYPES:
        return urls
    page, kept = reverse("account", args=[line.node.id]), known(asked.known_on)
    days = (asked.period.since - DAY, asked.period.until)
    opening, closing = (f"{page}?{urlencode({'on': day.isoformat(), **kept})}" for day in days)
    return urls._replace(opening=opening, closing=closing)

"""What the templates of cards are given: figures in the order they are read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from buffet.money import Money
from invoices.models import Section
from invoices.queries.installments import Parcel
from invoices.queries.statements import Statement
from invoices.settling import Allocation
from reports import charts
from reports.cards.pages import Page
from reports.queries.cards import CardFigures, standing
from reports.queries.statement import LateChange, StatementOfMonth
from reports.templatetags.figures import month

#: How many statements a card's page has at once, and how many its chart.
PAGE, BARS = 36, 12
#: How many entries that are dated ahead a card's page has: more than the longest plan.
AHEAD = 150
#: How many late changes a statement's page has: the latest.
CHANGES = 10


@dataclass(frozen=True, slots=True)
class Row:
    """A statement in a table: its money, and where it stands in a word."""

    card: CardFigures
    statement: Statement

    @property
    def status(self) -> str:
        """Where it stands."""
        return standing(self.statement, self.card.today)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last of its days."""
        return self.statement.invoice.opens_on, self.statement.invoice.closes_on

    @property
    def total(self) -> Money:
        """What it adds to the debt."""
        return Money(self.statement.total, self.statement.currency)

    @property
    def paid(self) -> Money:
        """What of it is paid."""
        return Money(self.statement.paid, self.statement.currency)

    @property
    def remaining(self) -> Money:
        """What is still owed of it."""
        return Money(self.statement.remaining, self.statement.currency)

    @property
    def is_unpaid(self) -> bool:
        """Whether it has closed and something is owed of it."""
        return bool(self.card.is_closed(self.statement) and self.statement.remaining)

    @property
    def is_payable(self) -> bool:
        """Whether of that something is not scheduled."""
        return self.is_unpaid and bool(self.statement.unscheduled)


@dataclass(frozen=True, slots=True)
class Utilisation:
    """How far a bar of a hundred is filled: by what is outstanding, then by what is committed."""

    used: float
    promised: float

    @classmethod
    def of(cls, card: CardFigures) -> "Utilisation | None":
        """Return that of a card; None if it has no limit."""
        if card.used is None or card.promised is None:
            return None
        used = min(max(float(card.used), 0.0), 100.0)
        return cls(used, min(max(float(card.promised), 0.0), 100.0 - used))


def rows_of(card: CardFigures, found: Iterable[Statement]) -> list[Row]:
    """Return statements of a card as rows of a table."""
    return [Row(card, one) for one in found]


def card(
    found: CardFigures, before: date | None, ahead: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Return the context of a card's page: its statements, those before a month if one is given.

    `ahead` are its entries that are dated ahead, one more than the page has if there are more.
    """
    listed = [one for one in found.listed if before is None or one.invoice.month < before]
    past = [one for one in reversed(found.listed) if one.invoice.opens_on <= found.today]
    bars = [(one.invoice.month, one.total) for one in past[-BARS:]]
    rows = rows_of(found, listed[:PAGE])
    return {
        "card": found,
        "bar": Utilisation.of(found),
        "unpaid": rows_of(found, found.unpaid),
        "to_pay": Money(
            sum((one.remaining for one in found.unpaid), Decimal(0)), found.row["currency"]
        ),
        "charts": {} if before else charts.bar_charts(bars),
        "unfinished": bool(past) and not found.is_closed(past[-1]),
        "years": [
            (year, list(of_year))
            for year, of_year in groupby(rows, key=lambda row: row.statement.invoice.month.year)
        ],
        "count": len(rows),
        "every": len(found.listed),
        "oldest": rows[-1].statement.invoice.month if len(listed) > PAGE else None,
        "is_first": before is None,
        "ahead": [
            row | {"money": Money(Decimal(row["amount"]), row["currency"])} for row in ahead[:AHEAD]
        ],
        "more_ahead": len(ahead) > AHEAD,
    }


@dataclass(frozen=True, slots=True)
class RunningPlan:
    """A purchase in parcels of which some are to come: the next of them, and what is left."""

    following: Parcel
    count: int
    left: Money


def plans(parcels: Iterable[Parcel]) -> list[RunningPlan]:
    """Return the plans of parcels that are to come, that of the next parcel leading."""
    found: dict[UUID, list[Parcel]] = {}
    for one in parcels:
        found.setdefault(one.plan_id, []).append(one)
    running = [
        RunningPlan(
            min(own, key=lambda one: (one.month, one.number)),
            len(own),
            Money(sum((one.amount for one in own), Decimal(0)), own[0].currency),
        )
        for own in found.values()
    ]
    return sorted(running, key=lambda one: (one.following.month, one.following.description))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a statement, as on paper: what is owed is positive."""

    row: dict[str, Any]

    @property
    def amount(self) -> Money:
        """What it adds to the statement."""
        return Money(Decimal(self.row["amount"]), self.row["currency"])


@dataclass(frozen=True, slots=True)
class SectionOfLines:
    """The lines of one kind on a page, by date, and what all of that kind on the statement sum to.

    `heading` names it; `total` is as on paper: refunds and payments are negative.
    """

    section: str
    heading: str | Promise
    total: Money
    lines: Sequence[Line]


HEADINGS = {
    Section.PURCHASE: _("Purchases"),
    Section.REFUND: _("Refunds"),
    Section.FEE: _("Fees"),
    Section.INTEREST: _("Interest"),
    Section.TAX: _("Taxes"),
    Section.ADJUSTMENT: _("Adjustments"),
    Section.PAYMENT: _("Payments"),
}


def _sums_of(one: Statement) -> dict[str, Decimal]:
    """Return what each section adds to what is owed."""
    row = one.invoice
    return {
        Section.PURCHASE: row.purchases,
        Section.REFUND: -row.refunds,
        Section.FEE: row.fees,
        Section.INTEREST: row.interest,
        Section.TAX: row.taxes,
        Section.ADJUSTMENT: row.adjustments,
        Section.PAYMENT: -row.payments,
    }


def _sections(one: Statement, lines: Sequence[dict[str, Any]]) -> list[SectionOfLines]:
    sums = _sums_of(one)
    found = []
    for section, heading in HEADINGS.items():
        own = [Line(row) for row in lines if row["section"] == section]
        if own:
            found.append(
                SectionOfLines(str(section), heading, Money(sums[section], one.currency), own)
            )
    return found


@dataclass(frozen=True, slots=True)
class Part:
    """What paid a part of a statement, or will: a payment, or the credit of another's month."""

    allocation: Allocation
    amount: Money
    credit_month: date | None


def _parts(found: StatementOfMonth, allocations: Iterable[Allocation]) -> list[Part]:
    return [
        Part(
            part,
            Money(part.amount, found.statement.currency),
            found.month_of(part.credit_of) if part.credit_of else None,
        )
        for part in allocations
    ]


def statement(found: StatementOfMonth, page: Page, changes: Sequence[LateChange]) -> dict[str, Any]:
    """Return the context of a statement's page."""
    one, currency = found.statement, found.statement.currency
    sums = _sums_of(one)

    def money(amount: Decimal) -> Money:
        return Money(amount, currency)

    return {
        "card": found.card.card,
        "invoice": one.invoice,
        "days": (one.invoice.opens_on, one.invoice.closes_on),
        "name": one.name,
        "heading": f"{one.name}, {month(one.invoice.month)}",
        "currency": currency,
        "status": found.status,
        "before": found.before.invoice.month if found.before else None,
        "after": found.after.invoice.month if found.after else None,
        "unpaid_before": [(row.invoice.month, money(row.remaining)) for row in found.unpaid_before],
        "unpaid_sum": money(sum((row.remaining for row in found.unpaid_before), Decimal(0))),
        "total": money(one.total),
        "paid": money(one.paid),
        "remaining": money(one.remaining),
        "minimum": None
        if one.invoice.minimum_payment is None
        else money(one.invoice.minimum_payment),
        # Payments stand before what is carried over, as on paper: they are for earlier statements.
        "owed_before": money(one.carried_over + one.invoice.payments),
        "payments": money(sums.pop(Section.PAYMENT)),
        "carried_over": money(one.carried_over),
        "sums": [(str(name), HEADINGS[Section(name)], money(sums[name])) for name in sums],
        "balance": money(one.balance),
        "sections": _sections(one, page.rows),
        "page": page,
        "last_day": page.rows[-1]["date"] if page.rows else None,
        "parts": _parts(found, one.allocations),
        "scheduled_parts": _parts(found, one.scheduled),
        "scheduled": money(one.scheduled_sum),
        "scheduled_on": one.scheduled_on,
        "unscheduled": money(one.unscheduled),
        "changes": changes[:CHANGES],
        "more_changes": len(changes) > CHANGES,
    }

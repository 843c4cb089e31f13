"""What the template of what is coming is given."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from buffet.money import Money
from reports import charts
from reports.coming.calendar import FIRST, LAST, grid
from reports.queries.coming import Coming, Source
from reports.queries.forecast import Day, Forecast, Projection
from reports.queries.forecast_together import Together
from reports.queries.month import Part, Row, overdue, totals
from reports.templatetags import figures
from transactions.queries.balances import month_after
from transactions.queries.subscriptions import Missed

#: How many accounts are drawn at the most, and how many overdue statements are named.
DRAWN, NAMED = 6, 5
#: How many payments that did not come are named at the most.
MOST_MISSED = 10
PARTS = {
    Part.TO_PAY: _("To pay"),
    Part.COMING_IN: _("Coming in"),
    Part.ON_CARD: _("On cards: part of their statements, not added again"),
    Part.TRANSFER: _("Between own accounts"),
}
#: How many of each source there are.
COUNTED = {
    Source.STATEMENT: ngettext_lazy(
        "%(count)d bill due in %(month)s, %(unpaid)d of them to pay",
        "%(count)d bills due in %(month)s, %(unpaid)d of them to pay",
        "count",
    ),
    Source.SUBSCRIPTION: ngettext_lazy(
        "%(count)d subscription", "%(count)d subscriptions", "count"
    ),
    Source.INSTALLMENT: ngettext_lazy("%(count)d instalment", "%(count)d instalments", "count"),
    Source.TRANSACTION: ngettext_lazy(
        "%(count)d transaction dated ahead", "%(count)d transactions dated ahead", "count"
    ),
}


def month(first: date, rows: Sequence[Row], found: Forecast) -> dict[str, Any]:
    """Return what is shown of a month."""
    today, now = found.as_of, found.as_of.replace(day=1)
    late = overdue(found, now) if first == now else []
    counted = Counter(row.source for row in rows)
    unpaid = sum(1 for row in rows if row.source == Source.STATEMENT and row.left)
    return {
        "month": first,
        "weeks": grid(first, rows, today),
        "rows": rows,
        "parts": [(name, own) for part, name in PARTS.items() if (own := _of(part, rows))],
        "earlier": late[:NAMED],
        "more_earlier": len(late[NAMED:]),
        "totals": totals(rows),
        "brings": any(row.part == Part.COMING_IN for row in rows),
        "counts": [
            words % {"count": counted[source], "unpaid": unpaid, "month": figures.month(first)}
            for source, words in COUNTED.items()
            if counted[source]
        ],
        "unforeseen_after": found.until if found.until < month_after(first) - _DAY else None,
        "is_past": month_after(first) <= today,
        "before": (first - _DAY).replace(day=1) if first > FIRST else None,
        "after": month_after(first) if first < LAST else None,
        "is_now": first == now,
        "now": now,
    }


_DAY = timedelta(days=1)


def missed(found: Sequence[Missed]) -> dict[str, Any]:
    """Return what is shown of payments that were expected and did not come, the latest first."""
    latest = found[::-1][:MOST_MISSED]
    return {
        "missed": [(one, Money(one.amount, one.currency)) for one in latest],
        "more_missed": len(found) - len(latest),
    }


def _of(part: Part, rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.part == part]


@dataclass(frozen=True, slots=True)
class Move:
    """A day on which something moves an account, what it is, and the balance after it."""

    on: date
    titles: str
    amount: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class Curve:
    """An account day by day: its lowest point, in words and drawn; without what is supposed too."""

    account: Projection
    moves: Sequence[Move]
    charts: Mapping[str, charts.StepChart]
    before: Projection | None

    def _money(self, amount: Decimal) -> Money:
        return Money(amount, self.account.currency)

    @property
    def today(self) -> Money:
        """Its balance before anything that is to come."""
        due = sum((one.amount.amount for one in self.moves if one.on == self._first.on), Decimal(0))
        return self._money(self._first.balance - due)

    @property
    def last(self) -> Money:
        """Its balance at the end."""
        return self._money(self.account.days[-1].balance)

    @property
    def _first(self) -> Day:
        return self.account.days[0]

    @property
    def lowest(self) -> Money:
        """Its lowest balance."""
        return self._money(self.account.lowest.balance)

    @property
    def lowest_before(self) -> Money | None:
        """Its lowest balance without what is supposed."""
        return self._money(self.before.lowest.balance) if self.before else None


#: How many days ahead the page offers to look.
_SPANS = (30, 90, 180, 365)


def forecast(found: Forecast, supposed: Forecast | None) -> dict[str, Any]:
    """Return what is shown of a forecast, and of how it would be with an expense more."""
    shown = supposed or found
    without = {one.account_id: one for one in found.projections} if supposed else {}
    moving = {one.account_id for one in shown.coming}
    changing = [one for one in shown.projections if one.account_id in moving]
    changing.sort(key=lambda one: (one.below_zero or date.max, one.name))
    curves = [
        _curve(one, shown, without.get(one.account_id), place < DRAWN)
        for place, one in enumerate(changing)
    ]
    still = [one for one in shown.projections if one.account_id not in moving]
    nowhere = [
        one for one in found.coming if one.account_id is None and one.source == Source.STATEMENT
    ]
    return {
        "until": found.until,
        "spans": [(days, found.as_of + timedelta(days=days)) for days in _SPANS],
        "supposed": _supposed(shown),
        "curves": curves,
        "still": [(one, Money(one.days[0].balance, one.currency)) for one in still],
        "nowhere": [
            (title(one, shown), Money(-one.amount, one.currency), one.on) for one in nowhere[:NAMED]
        ],
        "more_nowhere": len(nowhere[NAMED:]),
    }


def together(found: Together) -> dict[str, Any]:
    """Return what is shown of the accounts of a forecast together; nothing of one as it is."""
    own = [one.currency for one in found.projections]
    if own in ([], [found.currency]):
        return {"together": None}
    before: Decimal | None = None
    moves = []
    for step in found.steps:
        change = None if before is None else Money(step.balance - before, found.currency)
        moves.append((step.on, change, Money(step.balance, found.currency)))
        before = step.balance
    return {
        "together": found,
        "lowest_together": Money(found.lowest.balance, found.currency),
        "last_together": Money(found.steps[-1].balance, found.currency),
        "together_by_day": moves,
    }


def _supposed(shown: Forecast) -> dict[str, Any] | None:
    """Return what is supposed, in words; None if nothing is."""
    for one in shown.coming:
        if one.source == Source.WHAT_IF and one.account_id:
            return {
                "amount": Money(abs(one.amount), one.currency),
                "is_income": one.amount > 0,
                "account": shown.accounts[one.account_id]["name"],
                "on": one.on,
            }
    return None


def title(one: Coming, shown: Forecast) -> str:
    """Return what something to come is called, in the reader's language."""
    if one.source == Source.WHAT_IF:
        return figures.source(one.source)
    bills = (bill.statement for bill in shown.bills if bill.statement.invoice.id == one.invoice_id)
    if one.source == Source.STATEMENT and (statement := next(bills, None)):
        return f"{statement.name}, {figures.month(statement.invoice.month)}"
    return one.title


def _curve(
    account: Projection, shown: Forecast, before: Projection | None, is_drawn: bool
) -> Curve:
    if before is not None and before.days == account.days:
        before = None
    points = [(day.on, day.balance) for day in account.days]
    earlier = [day.balance for day in before.days] if before else []
    return Curve(
        account=account,
        moves=_moves(account, shown),
        charts=charts.step_charts(points, earlier) if is_drawn else {},
        before=before,
    )


def _moves(account: Projection, shown: Forecast) -> list[Move]:
    balances = {day.on: day.balance for day in account.days}
    own = [one for one in shown.coming if one.account_id == account.account_id]
    days = sorted({one.on for one in own})
    return [
        Move(
            on=day,
            titles="; ".join(title(one, shown) for one in own if one.on == day),
            amount=Money(
                sum((one.amount for one in own if one.on == day), Decimal(0)), account.currency
            ),
            balance=Money(balances[day], account.currency),
        )
        for day in days
    ]

"""What the templates of subscriptions are given: each in words, and what looks like a payment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from buffet import money
from buffet.money import Money
from reports.requests import PageRequest
from reports.subscribing.deeds import pair
from reports.templatetags import figures
from transactions.models import Subscription
from transactions.queries.proposals import NEAR_DAYS, Proposal, Signs
from transactions.queries.subscriptions import Burn, PriceChange, Standing, sign_of
from transactions.recurring import Cadence

#: How many proposals a page shows, and from which score on they are ticked at first.
PROPOSED, SURE = 40, 75
_CADENCES = {
    Cadence.WEEKLY: (_("every week"), _("every {count} weeks")),
    Cadence.MONTHLY: (_("every month"), _("every {count} months")),
    Cadence.QUARTERLY: (_("every quarter"), _("every {count} quarters")),
    Cadence.YEARLY: (_("every year"), _("every {count} years")),
}
_GROUPS = (_("Going out"), _("Coming in"), _("Ended"))


@dataclass(frozen=True, slots=True)
class Line:
    """A subscription as a page tells it; amounts are positive, in the currency of its account."""

    row: Subscription
    standing: Standing
    cadence: str
    amount: Money
    monthly: Money
    before: Money | None
    now: Money | None

    @property
    def place(self) -> tuple[int, str, UUID]:
        """Where it stands in the list: in which group, and by name."""
        group = 2 if self.standing.status == "ended" else int(sign_of(self.row) > 0)
        return group, self.row.name.casefold(), self.row.id

    @property
    def rise(self) -> PriceChange | None:
        """What the last payment says of another price."""
        return self.standing.price_change

    @property
    def is_dearer(self) -> bool:
        """Whether more went out than before."""
        rise = self.standing.price_change
        return rise is not None and rise.percent > 0 and sign_of(self.row) < 0

    @property
    def is_new_price(self) -> bool:
        """Whether what was last paid is another amount than the one that is expected."""
        return self.now is not None and self.now != self.amount


def line(found: Standing) -> Line:
    """Return a subscription as a page tells it."""
    row, rise = found.subscription, found.price_change
    currency = row.account.currency
    return Line(
        row=row,
        standing=found,
        cadence=cadence(row),
        amount=Money(row.amount, currency),
        monthly=Money(found.monthly_burn, currency),
        before=Money(rise.before, currency) if rise else None,
        now=Money(rise.after, currency) if rise else None,
    )


def cadence(row: Subscription) -> str:
    """Return how often something falls due, in words."""
    once, several = _CADENCES[Cadence(row.cadence)]
    return str(once) if row.every == 1 else str(several).format(count=row.every)


def groups(lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    """Return the lines in the order of the list, by what they are."""
    found: list[tuple[str, list[Line]]] = [(str(heading), []) for heading in _GROUPS]
    for one in lines:
        found[one.place[0]][1].append(one)
    return [(heading, rows) for heading, rows in found if rows]


def sums(found: Sequence[Burn]) -> list[tuple[Money, Money]]:
    """Return what running subscriptions cost and bring a month, by currency."""
    return [(Money(one.expenses, one.currency), Money(one.income, one.currency)) for one in found]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A transaction that looks like a payment, why, and what its box sends."""

    found: Proposal
    amount: Money
    why: str
    pair: str
    is_ticked: bool


def proposed(found: Sequence[Proposal], ticked: Sequence[str] | None) -> list[Proposed]:
    """Return the surest proposals, ticked as they were sent, or else those that are sure."""
    return [
        Proposed(
            one,
            Money(one.amount, one.currency),
            _why(one.signs),
            sent := pair(one.subscription_id, one.transaction_id, one.due_on),
            one.score >= SURE if ticked is None else sent in ticked,
        )
        for one in found[:PROPOSED]
    ]


def _why(signs: Signs) -> str:
    """Return in words why a transaction looks like a payment."""
    whose = gettext("of the same vendor") if signs.of_vendor else ""
    if signs.named:
        named = gettext("its description names {name}").format(name=signs.named)
        whose = f"{whose}, {named}" if whose else named
    amount = gettext("the same amount")
    if signs.percent:
        words = gettext("{percent} less") if signs.percent < 0 else gettext("{percent} more")
        amount = words.format(percent=figures.percent(abs(signs.percent)))
    return "; ".join((whose, amount, _when(signs.days)))


def _when(days: int) -> str:
    count = abs(days)
    if not days:
        return gettext("on the day")
    if days < 0:
        words = ngettext("%(count)d day before", "%(count)d days before", count)
    else:
        words = ngettext("%(count)d day after", "%(count)d days after", count)
    return words % {"count": count}


def missed(request: PageRequest, one: Line) -> list[tuple[date, str]]:
    """Return what was missed, the latest first, and where the transactions of those days are."""
    near = timedelta(days=NEAR_DAYS * 2)
    return [
        (
            day,
            _found(request, account=one.row.account_id, date_from=day - near, date_to=day + near),
        )
        for day in reversed(one.standing.missed)
    ]


def _found(request: PageRequest, **asked: Any) -> str:
    known = {"known_on": request.known_on} if request.known_on else {}
    return f"{reverse('transactions')}?{urlencode(asked | known)}"


def payments(one: Line) -> list[tuple[date, date, UUID, Money]]:
    """Return the latest payments: what was due on, paid on, by which transaction, how much."""
    currency = one.row.account.currency
    return [
        (paid.due_on, paid.date, paid.transaction_id, Money(paid.amount, currency))
        for paid in one.standing.payments
    ]


def plain(found: Money) -> str:
    """Return an amount as a hidden field sends it."""
    return money.text(found.amount, found.currency)


def can_recur(row: dict[str, Any]) -> bool:
    """Whether a transaction may be the first of a subscription: it is no transfer, and not zero."""
    return row["kind"] in ("expense", "income", "split") and Decimal(row["amount"]) != 0

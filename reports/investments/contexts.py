"""What the template of the investments' page is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import Kind
from buffet.money import Money
from reports import charts
from reports.asking import MOST, Asked
from reports.flows.links import along
from reports.flows.picking import address, dates
from reports.queries.investment_rows import PieceRows
from reports.queries.investments import Valuation
from reports.queries.performance import AccountGrown, BrokerGrown, Performance
from reports.queries.returns import Reason, Return
from reports.queries.tracks import Amounts, Grown, Piece
from reports.valuing import AllApart, Apart

#: What stands where a return would.
REASONS = {
    Reason.NOTHING_THERE: _("nothing was there"),
    Reason.FROM_NOTHING: _("the gain came from nothing that was put in"),
    Reason.BELOW_ZERO: _("more was lost or taken out than was there: it needs valuations"),
    Reason.ONE_SIGN: _("nothing came back"),
    Reason.NO_SOLUTION: _("no rate makes it out"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A return and, where there is none, why."""

    value: Return

    @property
    def why(self) -> Any:
        """Why there is none; empty where there is one."""
        return REASONS.get(Reason(self.value.reason)) if self.value.reason else ""


@dataclass(frozen=True, slots=True)
class Line:
    """An account, a broker or all of them in the tables, with where their figures are from.

    `amounts` are in the report's currency; None where there is no rate. `grown` has its own.
    """

    name: Any
    amounts: Amounts | None
    grown: Grown
    urls: Mapping[str, str] = field(default_factory=dict)
    is_archived: bool = False

    @property
    def growth(self) -> Money:
        """What it grew by, in the currency of its returns."""
        return Money(self.grown.amounts.growth, self.grown.amounts.currency)

    @property
    def returns(self) -> Sequence[Said]:
        """The time-weighted return, then the money-weighted."""
        return Said(self.grown.time_weighted), Said(self.grown.money_weighted)


def performance(report: Performance) -> dict[str, Any]:
    """Return the context of the page."""
    currency = report.asked.currency
    amounts = report.whole.amounts
    points = [(report.before, amounts.opening, amounts.opening)]
    points += [(one.month.until, one.value, one.put_in) for one in report.months]
    brokers = [
        (
            Line(
                broker.name or _("Without a broker"),
                broker.whole.amounts,
                broker.whole,
                _of_broker(report, broker),
            ),
            [_account(report, one) for one in broker.accounts],
        )
        for broker in report.brokers
    ]
    whole = Line(_all(report.asked), amounts, report.whole, _of_whole(report))
    lines = [line for broker, own in brokers for line in (broker, *own)]
    return {
        "report": report,
        "currency": currency,
        "is_empty": not report.brokers,
        "whole": whole,
        "growth": Money(amounts.growth, currency),
        "apart": AllApart.of(_apart(one) for one in reversed(report.valuations) if not one.ok),
        "brokers": brokers,
        "has_rates": any(line.amounts and line.amounts.rates for line in lines),
        "has_years": any(
            said.value.annualised is not None for line in lines for said in line.returns
        ),
        "charts": charts.growth_charts(points),
        "months": [
            (
                one,
                Money(one.value - one.put_in, currency),
                _of_whole(report, one.month.until),
            )
            for one in reversed(report.months)
        ],
    }


def _apart(one: Valuation) -> Apart:
    return Apart(one.id, one.account_id, one.account, one.on, one.value, one.computed)


def _all(asked: Asked) -> Any:
    """Return what all that was asked for is called."""
    if asked.accounts:
        return _("Together")
    if asked.broker is None:
        return _("All investments")
    return asked.broker or _("Without a broker")


def _counted(accounts: Sequence[AccountGrown]) -> list[str]:
    """Return the accounts that could be brought into the report's currency."""
    return [one.account.id for one in accounts if one.brought is not None]


def _account(report: Performance, one: AccountGrown) -> Line:
    own = _urls(report, report.asked, [one.account.id], currency=one.own.amounts.currency)
    urls = _urls(report, report.asked, [one.account.id])
    return Line(
        one.account.name,
        one.brought,
        one.own,
        urls | {"account": reverse("account", args=[one.account.id]), "grown": own["growth"]},
        one.account.is_archived,
    )


def _of_whole(report: Performance, until: date | None = None) -> dict[str, str]:
    """Return where what made the figures of all of them is told."""
    return _together(report, report.asked, report.accounts, until)


def _of_broker(report: Performance, broker: BrokerGrown) -> dict[str, str]:
    """Return where what made the figures of a broker is told, and the page of that one alone."""
    asked = replace(report.asked, broker=broker.name)
    sent = urlencode(address(asked.period) | along(asked))
    urls = _together(report, asked, broker.accounts)
    return urls | {"alone": f"{reverse('investments')}?{sent}"}


def _together(
    report: Performance,
    asked: Asked,
    accounts: Sequence[AccountGrown],
    until: date | None = None,
) -> dict[str, str]:
    """Return where what made the figures of accounts is told that are those of a question.

    Those without a rate all along are in no total, though on some day there may be one.
    """
    urls, counted = _urls(report, asked, until=until), _counted(accounts)
    others = [one.account.id for one in accounts if one.brought is None]
    if not others:
        return urls
    if len(counted) > MOST >= len(others):
        without = urlencode({"without": ",".join(map(str, others))})
        return urls | {name: f"{urls[name]}&{without}" for name in _BALANCES}
    some = _urls(report, asked, counted, until=until)
    return urls | {name: some[name] for name in _BALANCES}


#: What an account was worth before the period and at its end.
_BALANCES = ("opening", "closing")


def _urls(
    report: Performance,
    asked: Asked,
    accounts: Sequence[str | UUID] | None = None,
    currency: str = "",
    until: date | None = None,
) -> dict[str, str]:
    """Return where what made each figure of these accounts is told, or of all that was asked for.

    In the report's currency or another, and in its period or in a part of that. Nowhere for none,
    which is nothing, and for more than an address names.
    """
    until, sent = until or asked.period.until, along(asked)
    if accounts is not None and not 0 < len(accounts) <= MOST:
        return dict.fromkeys((*map(str, Piece), "grown", *_BALANCES), "")
    if currency:
        sent["currency"] = currency
    if accounts is not None:
        sent["accounts"] = ",".join(map(str, accounts))
    rows, kept = reverse("investment-rows"), urlencode(dates(asked.period.since, until) | sent)
    held, page = urlencode({"kind": Kind.INVESTMENT.value, **sent}), reverse("accounts")
    urls = {one.value: f"{rows}?of={one}&{kept}" for one in Piece}
    return urls | {
        "grown": urls["growth"],
        "opening": f"{page}?on={report.before}&{held}",
        "closing": f"{page}?on={until}&{held}",
    }


#: How a piece is called on its page.
PIECES = {
    Piece.CONTRIBUTIONS: _("Put in"),
    Piece.WITHDRAWALS: _("Taken out"),
    Piece.INCOME: _("Income"),
    Piece.COSTS: _("Costs"),
    Piece.GAINS: _("Unrealised gains"),
    Piece.RATES: _("Exchange rates"),
    Piece.GROWTH: _("Growth"),
    Piece.PUT_IN: _("Put in, with what was there before"),
}


def piece(found: PieceRows) -> dict[str, Any]:
    """Return the context of that of which a figure is the sum.

    One transaction may be several of its parts, such as what came in and what that cost.
    """
    asked, ids = found.asked, {row.transaction_id for row in found.rows}
    return {
        "back": f"{reverse('investments')}?{urlencode(address(asked.period) | along(asked))}",
        "found": found,
        "name": PIECES[found.piece],
        "currency": asked.currency,
        "transactions": len(ids - {None}),
        "has_others": None in ids,
    }

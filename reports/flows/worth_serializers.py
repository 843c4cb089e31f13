"""What net worth by month looks like as JSON."""

from rest_framework import serializers

from accounts.rate_serializers import MoneyRead
from accounts.serializers import REAL_KIND_CHOICES
from buffet.rest.samples import samples
from reports.flows.serializers import PeriodReport


@samples(
    may={
        "on": "2026-05-31",
        "net_worth": {"amount": "10680.00"},
        "assets": {"amount": "11980.00"},
        "liabilities": {"amount": "-1300.00"},
        "not_converted": [],
    }
)
class WorthRead(serializers.Serializer):
    """What is held and owed at the end of a day; not complete where a currency had no rate.

    `not_converted` is what was held in those currencies, and is in no figure of the day.
    """

    on = serializers.DateField()
    net_worth = MoneyRead()
    assets = MoneyRead()
    liabilities = MoneyRead()
    complete = serializers.BooleanField()
    not_converted = MoneyRead(many=True)


@samples(
    may={
        "month": "2026-05",
        "savings": {"amount": "550.00"},
        "unrealised_gains": {"amount": "70.00"},
        "opening_balances": {"amount": "20.00"},
        "transfers": {"amount": "20.00"},
        "newly_converted": {"amount": "10.00"},
        "exchange_rates": {"amount": "10.00"},
    }
)
class WorthOfMonthRead(WorthRead):
    """Net worth at the end of a month and what moved it since the one before.

    Income less expenses, valuations, opening balances with adjustments, `newly_converted`, and the
    rest, which other exchange rates explain; all of them add up to the change of net worth. Newly
    converted is what had no rate at the end of the month before and has one now, less what has none
    any more, and what was exchanged in a month in which a side had no rate. Of some accounts: what
    went through them, and `transfers`, what others gave them on balance.
    """

    month = serializers.CharField()
    savings = MoneyRead()
    unrealised_gains = MoneyRead()
    opening_balances = MoneyRead()
    transfers = MoneyRead()
    newly_converted = MoneyRead()
    exchange_rates = MoneyRead()


@samples(checking={"kind": "checking", "months": ["1915.00"]})
class KindWorthRead(serializers.Serializer):
    """What the accounts of a kind came to at the end of each month."""

    kind = serializers.ChoiceField(choices=REAL_KIND_CHOICES)
    currency = serializers.CharField()
    months = serializers.ListField(child=serializers.CharField())


@samples(may={"not_converted": []})
class NetWorthRead(PeriodReport):
    """Net worth before the period and at the end of each of its months."""

    opening = WorthRead()
    months = WorthOfMonthRead(many=True)
    by_kind = KindWorthRead(many=True)

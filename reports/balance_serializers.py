"""How the balances of accounts look in the OpenAPI document."""

from rest_framework import serializers

from accounts.rate_serializers import MoneyRead
from buffet.rest.samples import samples
from reports.serializers import (
    ChangeRead,
    ConversionRead,
    OverviewAccountRead,
    TypeShareRead,
)


class BalanceBeforeRead(serializers.Serializer):
    """What was on an account at the end of an earlier day, also in the report's currency."""

    balance = serializers.CharField()
    converted = MoneyRead(allow_null=True)
    conversion = ConversionRead()


class BalanceRead(OverviewAccountRead):
    """An account with its balance, also in the report's currency.

    Compared with a day, also what was on it `before`, and how that changed in the report's
    currency; null if it had no rate on one of the days.
    """

    before = BalanceBeforeRead(required=False)
    change = MoneyRead(required=False, allow_null=True)


@samples(
    april={
        "as_of": "2026-04-30",
        "net_worth": {"amount": "10000.00"},
        "assets": {"amount": "11200.00"},
        "liabilities": {"amount": "-1200.00"},
        "not_converted": [],
    }
)
class BalancesBeforeRead(serializers.Serializer):
    """What accounts came to at the end of an earlier day."""

    as_of = serializers.DateField()
    net_worth = MoneyRead()
    assets = MoneyRead()
    liabilities = MoneyRead()
    not_converted = MoneyRead(many=True)


@samples(
    may={
        "net_worth": {"amount": "10680.00"},
        "assets": {"amount": "11980.00"},
        "liabilities": {"amount": "-1300.00"},
        "not_converted": [],
    }
)
class BalancesRead(serializers.Serializer):
    """What is on accounts at the end of a day, and what they come to in one currency.

    `before` and `change` are there if the answer was asked to compare it with a day (`since`);
    `change` is null where the two days do not count the same currencies.
    """

    as_of = serializers.DateField()
    currency = serializers.CharField()
    version = serializers.IntegerField()
    net_worth = MoneyRead()
    assets = MoneyRead()
    liabilities = MoneyRead()
    accounts = BalanceRead(many=True)
    by_type = TypeShareRead(many=True)
    not_converted = MoneyRead(many=True)
    before = BalancesBeforeRead(required=False)
    change = ChangeRead(required=False, allow_null=True)

"""How reports look in the OpenAPI document."""

from rest_framework import serializers


class MoneyRead(serializers.Serializer):
    """An amount and its currency."""

    amount = serializers.CharField()
    currency = serializers.CharField()


class ConversionRead(serializers.Serializer):
    """The rate an amount was converted at; exact, carried from an earlier day, or missing."""

    rate = serializers.CharField(allow_null=True)
    as_of = serializers.DateField(allow_null=True)
    source = serializers.CharField(allow_blank=True)
    status = serializers.CharField()


class ChangeRead(serializers.Serializer):
    """How net worth moved since a day."""

    since = serializers.DateField()
    amount = MoneyRead()
    percent = serializers.CharField(allow_null=True)


class ChangesRead(serializers.Serializer):
    """Against the end of last month, and of the month a year ago."""

    month = ChangeRead(allow_null=True)
    year = ChangeRead(allow_null=True)


class OverviewAccountRead(serializers.Serializer):
    """An account with its balance, also in the report's currency."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    type = serializers.CharField()
    kind = serializers.CharField()
    broker = serializers.UUIDField(allow_null=True)
    broker_name = serializers.CharField(allow_null=True)
    currency = serializers.CharField()
    balance = serializers.CharField()
    converted = MoneyRead(allow_null=True)
    conversion = ConversionRead()


class TypeShareRead(serializers.Serializer):
    """The accounts of a type."""

    type = serializers.CharField(allow_null=True)
    total = MoneyRead()
    share = serializers.CharField(allow_null=True)


class KindShareRead(serializers.Serializer):
    """The accounts of a kind."""

    kind = serializers.CharField(allow_null=True)
    total = MoneyRead()
    share = serializers.CharField(allow_null=True)


class BrokerShareRead(serializers.Serializer):
    """The accounts at a broker; null for those at none."""

    broker = serializers.CharField(allow_null=True)
    total = MoneyRead()
    share = serializers.CharField(allow_null=True)


class CurrencyLineRead(serializers.Serializer):
    """All that is held in a currency."""

    currency = serializers.CharField()
    total = serializers.CharField()
    converted = MoneyRead(allow_null=True)
    conversion = ConversionRead()


class MonthEndRead(serializers.Serializer):
    """Net worth at the end of a month; not complete where a currency had no rate."""

    month = serializers.CharField()
    net_worth = MoneyRead()
    assets = MoneyRead()
    liabilities = MoneyRead()
    complete = serializers.BooleanField()


class PortfolioOverviewRead(serializers.Serializer):
    """What the book is worth, how it is spread, and how it came there."""

    as_of = serializers.DateField()
    currency = serializers.CharField()
    version = serializers.IntegerField()
    net_worth = MoneyRead()
    assets = MoneyRead()
    liabilities = MoneyRead()
    change = ChangesRead()
    growth = ChangeRead(allow_null=True)
    accounts = OverviewAccountRead(many=True)
    by_type = TypeShareRead(many=True)
    by_kind = KindShareRead(many=True)
    by_broker = BrokerShareRead(many=True)
    currencies = CurrencyLineRead(many=True)
    not_converted = MoneyRead(many=True)
    history = MonthEndRead(many=True)
    volatility = serializers.CharField(allow_null=True)
    concentration = serializers.CharField(allow_null=True)

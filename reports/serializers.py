"""How reports look in the OpenAPI document."""

from rest_framework import serializers

from accounts.rate_serializers import RATE_STATUS_CHOICES, MoneyRead
from accounts.serializers import REAL_KIND_CHOICES, REAL_TYPE_CHOICES
from buffet.rest.samples import samples


@samples(
    same={"status": "exact", "source": ""},
    other={"rate": "6.10000000", "status": "exact", "source": "ecb"},
)
class ConversionRead(serializers.Serializer):
    """The rate an amount was converted at; exact, carried from an earlier day, or missing."""

    rate = serializers.CharField(allow_null=True)
    as_of = serializers.DateField(allow_null=True)
    source = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(choices=RATE_STATUS_CHOICES)


@samples(change={"amount": {"amount": "680.00"}, "percent": "6.80"})
class ChangeRead(serializers.Serializer):
    """How net worth moved since a day."""

    since = serializers.DateField()
    amount = MoneyRead()
    percent = serializers.CharField(allow_null=True)


class ChangesRead(serializers.Serializer):
    """Against the end of last month, and of the month a year ago."""

    month = ChangeRead(allow_null=True)
    year = ChangeRead(allow_null=True)


@samples(
    checking={
        "type": "asset",
        "kind": "checking",
        "balance": "1915.00",
        "converted": {"amount": "1915.00"},
    },
    savings_in_euro={
        "type": "asset",
        "kind": "savings",
        "currency": "EUR",
        "balance": "1650.00",
        "broker": None,
        "broker_name": None,
        "converted": {"amount": "10065.00"},
        "conversion": {"rate": "6.10000000", "source": "ecb"},
    },
    card={
        "type": "liability",
        "kind": "credit_card",
        "balance": "-1300.00",
        "converted": {"amount": "-1300.00"},
    },
)
class OverviewAccountRead(serializers.Serializer):
    """An account with its balance, also in the report's currency."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=REAL_TYPE_CHOICES)
    kind = serializers.ChoiceField(choices=REAL_KIND_CHOICES)
    broker = serializers.UUIDField(allow_null=True)
    broker_name = serializers.CharField(allow_null=True)
    currency = serializers.CharField()
    balance = serializers.CharField()
    converted = MoneyRead(allow_null=True)
    conversion = ConversionRead()


@samples(
    assets={"type": "asset", "total": {"amount": "11980.00"}, "share": "100.00"},
    liabilities={"type": "liability", "total": {"amount": "-1300.00"}, "share": None},
)
class TypeShareRead(serializers.Serializer):
    """The accounts of a type."""

    type = serializers.ChoiceField(choices=REAL_TYPE_CHOICES)
    total = MoneyRead()
    share = serializers.CharField(allow_null=True)


@samples(
    savings={"kind": "savings", "total": {"amount": "10065.00"}, "share": "84.02"},
    checking={"kind": "checking", "total": {"amount": "1915.00"}, "share": "15.98"},
    card={"kind": "credit_card", "total": {"amount": "-1300.00"}, "share": None},
)
class KindShareRead(serializers.Serializer):
    """The accounts of a kind."""

    kind = serializers.ChoiceField(choices=REAL_KIND_CHOICES)
    total = MoneyRead()
    share = serializers.CharField(allow_null=True)


@samples(
    none={"broker": None, "total": {"amount": "10065.00"}, "share": "84.02"},
    first_bank={"broker": "First bank", "total": {"amount": "1915.00"}, "share": "15.98"},
)
class BrokerShareRead(serializers.Serializer):
    """The accounts at a broker; null for those at none."""

    broker = serializers.CharField(allow_null=True)
    total = MoneyRead()
    share = serializers.CharField(allow_null=True)


@samples(
    reais={"total": "615.00", "converted": {"amount": "615.00"}},
    euro={
        "currency": "EUR",
        "total": "1650.00",
        "converted": {"amount": "10065.00"},
        "conversion": {"rate": "6.10000000", "source": "ecb"},
    },
)
class CurrencyLineRead(serializers.Serializer):
    """All that is held in a currency."""

    currency = serializers.CharField()
    total = serializers.CharField()
    converted = MoneyRead(allow_null=True)
    conversion = ConversionRead()


@samples(
    april={
        "month": "2026-04",
        "net_worth": {"amount": "10000.00"},
        "assets": {"amount": "11200.00"},
        "liabilities": {"amount": "-1200.00"},
    },
    may={
        "month": "2026-05",
        "net_worth": {"amount": "10680.00"},
        "assets": {"amount": "11980.00"},
        "liabilities": {"amount": "-1300.00"},
    },
)
class MonthEndRead(serializers.Serializer):
    """Net worth at the end of a month; not complete where a currency had no rate."""

    month = serializers.CharField()
    net_worth = MoneyRead()
    assets = MoneyRead()
    liabilities = MoneyRead()
    complete = serializers.BooleanField()


@samples(
    may={
        "assets": {"amount": "11980.00"},
        "liabilities": {"amount": "-1300.00"},
        "not_converted": [],
        "volatility": "2.10",
        "concentration": "84.02",
    }
)
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


@samples(bills={})
class CalendarLinkRead(serializers.Serializer):
    """A private link to what is coming, without its address."""

    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()


class NewCalendarLinkRead(CalendarLinkRead):
    """A new private link with its address, for a calendar program."""

    url = serializers.CharField()

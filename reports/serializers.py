"""How reports look in the OpenAPI document."""

from rest_framework import serializers

from accounts.rate_serializers import RATE_STATUS_CHOICES, MoneyRead
from accounts.serializers import REAL_KIND_CHOICES, REAL_TYPE_CHOICES
from buffet.rest.samples import samples
from invoices.serializers import CreditCardRead, InvoiceSummaryRead
from reports.queries.forecast import Source

FORECAST_SOURCES = tuple(str(source) for source in Source)


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


class CardInReportRead(CreditCardRead):
    """A card with its statements: those that opened, have lines or come next; the newest first."""

    statements = InvoiceSummaryRead(many=True)


@samples(reais={"outstanding": "1300.00", "committed": "0.00", "limit": "5000.00"})
class CardTotalRead(serializers.Serializer):
    """What the cards of a currency come to; a card without a limit adds nothing to limits."""

    currency = serializers.CharField()
    outstanding = serializers.CharField()
    committed = serializers.CharField()
    limit = serializers.CharField()
    available = serializers.CharField()


class CardsReportRead(serializers.Serializer):
    """Every card with what is owed on it, its limit, and its open and coming statements."""

    as_of = serializers.DateField()
    cards = CardInReportRead(many=True)
    totals = CardTotalRead(many=True)


@samples(bills={})
class CalendarLinkRead(serializers.Serializer):
    """A private link to what is coming, without its address."""

    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()


class NewCalendarLinkRead(CalendarLinkRead):
    """A new private link with its address, for a calendar program."""

    url = serializers.CharField()


class ComingRead(serializers.Serializer):
    """Something to come; the amount is signed as it moves money, less than zero for what goes out.

    `account` is the account whose balance it moves: null for what a card's statement includes
    (`invoice`), and for what no account is named to pay. `id` is that of its source.
    """

    date = serializers.DateField()
    amount = serializers.CharField()
    currency = serializers.CharField()
    source = serializers.ChoiceField(choices=FORECAST_SOURCES)
    title = serializers.CharField()
    id = serializers.UUIDField(allow_null=True)
    account = serializers.UUIDField(allow_null=True)
    invoice = serializers.UUIDField(allow_null=True)
    card = serializers.UUIDField(allow_null=True)


class DayRead(serializers.Serializer):
    """A balance at the end of a day."""

    date = serializers.DateField()
    balance = serializers.CharField()


class ProjectionRead(serializers.Serializer):
    """Where an account is led, day by day from today."""

    account = serializers.UUIDField()
    name = serializers.CharField()
    currency = serializers.CharField()
    balance = serializers.CharField()
    lowest = DayRead()
    below_zero_on = serializers.DateField(allow_null=True)
    days = DayRead(many=True)


class ForecastRead(serializers.Serializer):
    """What is to come, and the daily balance of the accounts that pay."""

    as_of = serializers.DateField()
    until = serializers.DateField()
    coming = ComingRead(many=True)
    projections = ProjectionRead(many=True)

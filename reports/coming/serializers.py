"""How a forecast looks in the OpenAPI document."""

from rest_framework import serializers

from accounts.rate_serializers import MoneyRead
from buffet.rest.samples import samples
from reports.queries.coming import Source
from reports.serializers import ConversionRead

AT_END_OF_TODAY = (
    "What is foreseen for the end of today: what is there now, as the accounts' own balances tell "
    "it, with all that is overdue or due today, which is expected today."
)
FORECAST_SOURCES = tuple(str(source) for source in Source)


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
    """The balance that is foreseen for the end of a day, after all that is to come until then."""

    date = serializers.DateField()
    balance = serializers.CharField()


class ProjectionRead(serializers.Serializer):
    """Where an account is led, day by day from today."""

    account = serializers.UUIDField()
    name = serializers.CharField()
    currency = serializers.CharField()
    balance = serializers.CharField(help_text=AT_END_OF_TODAY)
    lowest = DayRead()
    below_zero_on = serializers.DateField(allow_null=True)
    days = DayRead(many=True)


@samples(
    may={"currency": "EUR", "conversion": {"rate": "6.10000000", "source": "ecb"}},
)
class CurrencyConversionRead(serializers.Serializer):
    """At which rate the amounts of a currency were converted."""

    currency = serializers.CharField()
    conversion = ConversionRead()


@samples(may={"not_converted": []})
class TogetherRead(serializers.Serializer):
    """What all projected accounts come to together in the report's currency.

    At today's rates on each day, since nobody knows later ones; what each account comes to is
    rounded. `steps` are the days on which it becomes another amount, today leading. Accounts
    without a rate are not in it: what is on them today is `not_converted`.
    """

    currency = serializers.CharField()
    balance = serializers.CharField(help_text=AT_END_OF_TODAY)
    lowest = DayRead()
    below_zero_on = serializers.DateField(allow_null=True)
    steps = DayRead(many=True)
    conversions = CurrencyConversionRead(many=True)
    not_converted = MoneyRead(many=True)


class ForecastRead(serializers.Serializer):
    """What is to come, and the daily balance of the accounts that pay."""

    as_of = serializers.DateField()
    until = serializers.DateField()
    currency = serializers.CharField()
    coming = ComingRead(many=True)
    projections = ProjectionRead(many=True)
    converted = TogetherRead()

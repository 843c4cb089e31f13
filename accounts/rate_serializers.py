"""How exchange rates look in the OpenAPI document."""

from rest_framework import serializers

from accounts.quotations import SCOPES
from buffet.rest.documents import CODE
from buffet.rest.samples import samples

RATE_STATUS_CHOICES = ("exact", "carried", "missing")
SCOPE_CHOICES = SCOPES
#: A rate is positive and has up to 12 digits before the point and 12 behind it.
RATE = r"^0*[0-9]{1,12}(\.[0-9]{1,12}0*)?$"


@samples(money={"amount": "10680.00"})
class MoneyRead(serializers.Serializer):
    """An amount and its currency."""

    amount = serializers.CharField()
    currency = serializers.CharField()


@samples(
    ours={
        "base": "USD",
        "quote": "BRL",
        "rate": "5.432",
        "source": "card bill",
        "scope": "own",
    },
    shared={
        "base": "EUR",
        "quote": "USD",
        "rate": "1.0832",
        "source": "ecb",
        "scope": "shared",
        "version": None,
        "created_at": None,
        "updated_at": None,
    },
)
class ExchangeRateRead(serializers.Serializer):
    """What one unit of `base` was worth in `quote` on a day, for the book alone or for all.

    A shared rate has no version in the book.
    """

    id = serializers.UUIDField()
    base = serializers.CharField()
    quote = serializers.CharField()
    on = serializers.DateField()
    rate = serializers.CharField()
    source = serializers.CharField()
    scope = serializers.ChoiceField(choices=SCOPE_CHOICES)
    version = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField(allow_null=True)


@samples(ours={"base": "USD", "quote": "BRL", "rate": "5.432", "source": "card bill"})
class ExchangeRateCreate(serializers.Serializer):
    """A new rate of the book's own."""

    base = serializers.RegexField(CODE)
    quote = serializers.RegexField(CODE)
    on = serializers.DateField()
    rate = serializers.RegexField(RATE, max_length=40)
    source = serializers.CharField(max_length=40, required=False, allow_blank=True, allow_null=True)


@samples(ours={"rate": "5.4321"})
class ExchangeRateChange(serializers.Serializer):
    """What changes about a rate of the book's own; a null source is "own" again."""

    on = serializers.DateField(required=False)
    rate = serializers.RegexField(RATE, max_length=40, required=False)
    source = serializers.CharField(max_length=40, required=False, allow_blank=True, allow_null=True)


@samples(
    converted={
        "amount": {"amount": "100.00", "currency": "USD"},
        "converted": {"amount": "543.20", "currency": "BRL"},
        "rate": "5.43200000",
        "source": "card bill",
        "status": "exact",
    }
)
class ConvertedRead(serializers.Serializer):
    """An amount in another currency, and the rate that says so; null where nobody knows one."""

    amount = MoneyRead()
    converted = MoneyRead(allow_null=True)
    rate = serializers.CharField(allow_null=True)
    as_of = serializers.DateField(allow_null=True)
    source = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(choices=RATE_STATUS_CHOICES)

"""How the report of cards looks in the OpenAPI document."""

from rest_framework import serializers

from buffet.rest.samples import samples
from invoices.serializers import CreditCardRead, InvoiceSummaryRead
from reports.flows.serializers import PeriodRead
from reports.serializers import ConversionRead

_OWED = {
    "currency": "BRL",
    "outstanding": "1300.00",
    "committed": "0.00",
    "limit": "5000.00",
    "available": "3700.00",
}


@samples(reais=_OWED)
class CardSumsRead(serializers.Serializer):
    """What is owed on cards of one currency, and what is left of their limits."""

    currency = serializers.CharField()
    outstanding = serializers.CharField()
    committed = serializers.CharField()
    limit = serializers.CharField()
    available = serializers.CharField()


@samples(platinum=_OWED)
class CardConvertedRead(CardSumsRead):
    """A card's amounts in the report's currency, each rounded; no limit where the card has none."""

    limit = serializers.CharField(allow_null=True)
    available = serializers.CharField(allow_null=True)


class CardInReportRead(CreditCardRead):
    """A card with its statements: those that opened, have lines or come next; the newest first.

    With a period, of these those that close in it. `converted` is null where there is no rate.
    """

    statements = InvoiceSummaryRead(many=True)
    converted = CardConvertedRead(allow_null=True)


@samples(reais=_OWED | {"converted": _OWED})
class CardTotalRead(CardSumsRead):
    """What the cards of a currency come to; a card without a limit adds nothing to limits.

    `converted` is the sum of the cards' converted amounts; null where there is no rate.
    """

    converted = CardSumsRead(allow_null=True)
    conversion = ConversionRead()


@samples(may={"currency": "BRL", "converted": _OWED, "not_converted": []})
class CardsReportRead(serializers.Serializer):
    """Every card with what is owed on it, its limit, and its open and coming statements.

    `converted` is what all of them come to in the report's currency, at today's rates;
    `not_converted` is what had no rate and is not in it. `period` is null if none was asked for.
    """

    as_of = serializers.DateField()
    currency = serializers.CharField()
    period = PeriodRead(allow_null=True)
    cards = CardInReportRead(many=True)
    totals = CardTotalRead(many=True)
    converted = CardSumsRead()
    not_converted = CardSumsRead(many=True)

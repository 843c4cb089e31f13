"""How purchases in parcels look in the OpenAPI document."""

from rest_framework import serializers

from buffet.rest.documents import DECIMAL, MONTHS
from buffet.rest.samples import identity, samples
from invoices.models import CentsOn
from invoices.queries.installments import STATES


@samples(
    first={
        "number": 1,
        "amount": "33.34",
        "state": "open",
        "month": "2026-05",
        "transaction": identity("lamp_1"),
    }
)
class InstallmentItem(serializers.Serializer):
    """One parcel."""

    number = serializers.IntegerField()
    date = serializers.DateField()
    amount = serializers.CharField()
    state = serializers.ChoiceField(choices=STATES)
    invoice = serializers.UUIDField()
    month = serializers.CharField()
    transaction = serializers.UUIDField()


class _Plan(serializers.Serializer):
    id = serializers.UUIDField()
    card = serializers.UUIDField()
    card_name = serializers.CharField()
    description = serializers.CharField()
    purchased_on = serializers.DateField()
    currency = serializers.CharField()
    total = serializers.CharField()
    parcels = serializers.IntegerField()
    missing = serializers.IntegerField()
    first_month = serializers.CharField()
    cents_on = serializers.ChoiceField(choices=CentsOn.choices)
    cancelled_on = serializers.DateField(allow_null=True)
    billed = serializers.CharField()
    remaining = serializers.CharField()
    notes = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


_LAMP = {
    "card": identity("platinum"),
    "total": "100.00",
    "parcels": 3,
    "missing": 0,
    "description": "Lamp",
    "first_month": "2026-05",
    "cancelled_on": None,
}


@samples(lamp=_LAMP)
class InstallmentPlanSummaryRead(_Plan):
    """A purchase in parcels; `billed` is on statements that have closed, or paid ahead.

    `missing` counts the parcels whose transactions are deleted: neither `parcels` nor a sum has
    them, until these are restored.
    """


@samples(lamp=_LAMP)
class InstallmentPlanRead(_Plan):
    """A purchase in parcels, with them; those whose transactions are deleted are `missing`."""

    installments = InstallmentItem(many=True)


@samples(
    lamp={
        "card": identity("platinum"),
        "description": "Lamp",
        "total": "100.00",
        "parcels": 3,
        "date": "2026-05-04",
    }
)
class InstallmentPlanCreate(serializers.Serializer):
    """A purchase in parcels: a new one, or a recorded `transaction` with a card.

    A new one says its card, description, total and date. The first parcel is on the statement of
    that day, or on that of `first_month`.
    """

    parcels = serializers.IntegerField(min_value=2, max_value=120)
    card = serializers.UUIDField(required=False)
    description = serializers.CharField(max_length=480, required=False)
    total = serializers.RegexField(DECIMAL, max_length=40, required=False)
    date = serializers.DateField(required=False)
    category = serializers.UUIDField(required=False, allow_null=True)
    vendor = serializers.UUIDField(required=False, allow_null=True)
    transaction = serializers.UUIDField(required=False)
    first_month = serializers.RegexField(MONTHS, required=False, allow_null=True)
    cents_on = serializers.ChoiceField(choices=CentsOn.choices, required=False)
    notes = serializers.CharField(max_length=2000, required=False, allow_blank=True)


@samples(lamp={"notes": "For the hall."})
class InstallmentPlanChange(serializers.Serializer):
    """What changes about a plan; its transactions keep what they say."""

    description = serializers.CharField(max_length=480, required=False)
    notes = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, allow_null=True
    )


@samples(lamp={"parcels": 1})
class InstallmentPrepayment(serializers.Serializer):
    """How many of the last parcels come to a day and its statement, today by default.

    The day is from the purchase to today; of a purchase that is dated ahead, its own. Parcels of
    later days are dated that day.
    """

    parcels = serializers.IntegerField(min_value=1, max_value=120)
    date = serializers.DateField(required=False)
    discount = serializers.RegexField(DECIMAL, max_length=40, required=False, allow_null=True)


@samples(lamp={})
class InstallmentCancellation(serializers.Serializer):
    """On which day the rest is cancelled, today by default.

    The day is from the purchase to today; of a purchase that is dated ahead, its own. Parcels of
    later days are dated that day, as is their refund.
    """

    date = serializers.DateField(required=False)


class CommittedMonth(serializers.Serializer):
    """What parcels come to on one card in one month."""

    card = serializers.UUIDField()
    month = serializers.CharField()
    amount = serializers.CharField()
    currency = serializers.CharField()


class CommittedTotal(serializers.Serializer):
    """What parcels come to in all, in one currency."""

    amount = serializers.CharField()
    currency = serializers.CharField()


class CommittedRead(serializers.Serializer):
    """The parcels on statements that have not closed."""

    months = CommittedMonth(many=True)
    totals = CommittedTotal(many=True)

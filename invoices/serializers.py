"""How cards and their statements look in the OpenAPI document."""

from typing import Any

from rest_framework import serializers

from accounts.models import CardBrand
from buffet.rest.documents import CODE, DECIMAL, MONTHS
from buffet.rest.samples import identity, samples
from invoices.models import Section
from invoices.settling import InvoiceStatus

STATUSES = tuple(str(status) for status in InvoiceStatus)


#: The household's statement of May, in examples.
_MAY: dict[str, Any] = {
    "card": identity("platinum"),
    "card_name": "Platinum",
    "month": "2026-05",
    "opens_on": "2026-04-26",
    "closes_on": "2026-05-25",
    "due_on": "2026-06-05",
    "status": "partially_paid",
    "total": "850.00",
    "paid": "200.00",
    "remaining": "650.00",
    "scheduled": "0.00",
    "scheduled_on": None,
    "balance": "850.00",
    "minimum_payment": "127.50",
    "lines": 2,
    "adjusted": False,
}
_JUNE = {
    "month": "2026-06",
    "opens_on": "2026-05-26",
    "closes_on": "2026-06-25",
    "due_on": "2026-07-05",
    "status": "open",
    "total": "310.00",
    "remaining": "310.00",
}
_JULY = {
    "month": "2026-07",
    "opens_on": "2026-06-26",
    "closes_on": "2026-07-25",
    "due_on": "2026-08-05",
    "status": "open",
    "total": "0.00",
    "remaining": "0.00",
}


@samples(june_statement=_JUNE)
class StatementBrief(serializers.Serializer):
    """A statement in brief; amounts in the card's currency."""

    id = serializers.UUIDField()
    month = serializers.CharField()
    opens_on = serializers.DateField()
    closes_on = serializers.DateField()
    due_on = serializers.DateField()
    status = serializers.ChoiceField(choices=STATUSES)
    total = serializers.CharField()
    remaining = serializers.CharField()


@samples(
    platinum={
        "name": "Platinum",
        "last_four": "4242",
        "closing_day": 25,
        "due_day": 5,
        "closing_day_is_next": False,
        "outstanding": "1250.00",
        "committed": "300.00",
        "available": "3450.00",
        "limit": "5000.00",
        "utilisation": "0.2500",
        "credit": "0.00",
        "account": identity("platinum_account"),
        "paying_account": identity("checking"),
        "paying_account_name": "Checking",
        "next_statement": {"id": identity("july_statement")} | _JULY,
    }
)
class CreditCardRead(serializers.Serializer):
    """A card; `committed` is what purchases and instalments to come add to what is outstanding.

    Payments and refunds to come lower neither before their day.
    """

    id = serializers.UUIDField()
    account = serializers.UUIDField()
    name = serializers.CharField()
    currency = serializers.CharField()
    broker = serializers.UUIDField(allow_null=True)
    broker_name = serializers.CharField(allow_null=True)
    brand = serializers.ChoiceField(choices=CardBrand.choices)
    last_four = serializers.CharField(allow_blank=True)
    limit = serializers.CharField(allow_null=True)
    closing_day = serializers.IntegerField()
    due_day = serializers.IntegerField()
    closing_day_is_next = serializers.BooleanField()
    paying_account = serializers.UUIDField(allow_null=True)
    paying_account_name = serializers.CharField(allow_null=True)
    outstanding = serializers.CharField()
    committed = serializers.CharField()
    available = serializers.CharField(allow_null=True)
    utilisation = serializers.CharField(allow_null=True)
    credit = serializers.CharField()
    current_statement = StatementBrief(allow_null=True)
    next_statement = StatementBrief(allow_null=True)
    archived_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class CreditCardsPage(serializers.Serializer):
    """All cards of the book; they are few."""

    results = CreditCardRead(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


def _day_of_month(**more: object) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=31, **more)


@samples(
    platinum={
        "name": "Platinum",
        "currency": "BRL",
        "brand": "visa",
        "last_four": "4242",
        "limit": "5000.00",
        "closing_day": 25,
        "due_day": 5,
        "paying_account": identity("checking"),
    }
)
class CreditCardCreate(serializers.Serializer):
    """A new card: of an `account` of the kind credit_card, or of a new one of this `name`."""

    account = serializers.UUIDField(required=False, allow_null=True)
    name = serializers.CharField(max_length=100, required=False)
    currency = serializers.RegexField(CODE, required=False)
    broker = serializers.UUIDField(required=False, allow_null=True)
    opened_on = serializers.DateField(required=False, allow_null=True)
    opening_balance = serializers.RegexField(DECIMAL, max_length=40, required=False)
    brand = serializers.ChoiceField(choices=CardBrand.choices, required=False)
    last_four = serializers.RegexField("^([0-9]{4})?$", required=False, allow_blank=True)
    limit = serializers.RegexField(DECIMAL, max_length=40, required=False, allow_null=True)
    closing_day = _day_of_month()
    due_day = _day_of_month()
    closing_day_is_next = serializers.BooleanField(required=False)
    paying_account = serializers.UUIDField(required=False, allow_null=True)


@samples(platinum={"limit": "6000.00", "closing_day": 20, "from_month": "2026-06"})
class CreditCardChange(serializers.Serializer):
    """What changes about a card; new days hold from a month on, the current one if left out."""

    name = serializers.CharField(max_length=100, required=False)
    brand = serializers.ChoiceField(choices=CardBrand.choices, required=False)
    last_four = serializers.RegexField(
        "^([0-9]{4})?$", required=False, allow_blank=True, allow_null=True
    )
    limit = serializers.RegexField(DECIMAL, max_length=40, required=False, allow_null=True)
    paying_account = serializers.UUIDField(required=False, allow_null=True)
    closing_day_is_next = serializers.BooleanField(required=False)
    closing_day = _day_of_month(required=False)
    due_day = _day_of_month(required=False)
    from_month = serializers.RegexField(MONTHS, required=False)


@samples(
    may={
        "carried_over": "0.00",
        "purchases": "850.00",
        "refunds": "0.00",
        "fees": "0.00",
        "interest": "0.00",
        "taxes": "0.00",
        "adjustments": "0.00",
        "payments": "200.00",
    }
)
class InvoiceTotals(serializers.Serializer):
    """What a statement is made of; what is owed is positive, as are refunds and payments.

    `carried_over` is what earlier statements added and was not paid when this one closed: the
    `payments` that stand on this one are taken off it already, whichever statement they settled.
    Less than zero it is a credit. So `balance` is `carried_over` and `total`; what this statement
    adds is purchases, fees, interest, taxes and adjustments less refunds.
    """

    carried_over = serializers.CharField()
    purchases = serializers.CharField()
    refunds = serializers.CharField()
    fees = serializers.CharField()
    interest = serializers.CharField()
    taxes = serializers.CharField()
    adjustments = serializers.CharField()
    payments = serializers.CharField()


@samples(
    by_payment={
        "amount": "200.00",
        "payment": identity("card_payment_2"),
        "transaction": identity("card_payment"),
        "credit_of": None,
        "chosen": True,
    }
)
class InvoiceAllocation(serializers.Serializer):
    """A part of a payment, or of the credit of another statement, that settles this one."""

    amount = serializers.CharField()
    payment = serializers.UUIDField(allow_null=True)
    transaction = serializers.UUIDField(allow_null=True)
    date = serializers.DateField(allow_null=True)
    credit_of = serializers.UUIDField(allow_null=True)
    chosen = serializers.BooleanField()


class InvoiceAdjustment(serializers.Serializer):
    """A line that changed after the statement had closed; null before if new, after if gone."""

    at = serializers.DateTimeField()
    entry = serializers.UUIDField()
    transaction = serializers.UUIDField()
    date = serializers.DateField()
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField(allow_null=True)
    by = serializers.UUIDField(allow_null=True)
    via = serializers.CharField()


class _Invoice(serializers.Serializer):
    id = serializers.UUIDField()
    card = serializers.UUIDField()
    card_name = serializers.CharField()
    month = serializers.CharField()
    opens_on = serializers.DateField()
    closes_on = serializers.DateField()
    due_on = serializers.DateField()
    dates_kept = serializers.BooleanField()
    status = serializers.ChoiceField(choices=STATUSES)
    currency = serializers.CharField()
    total = serializers.CharField()
    paid = serializers.CharField()
    remaining = serializers.CharField()
    scheduled = serializers.CharField()
    scheduled_on = serializers.DateField(allow_null=True)
    balance = serializers.CharField()
    minimum_payment = serializers.CharField(allow_null=True)
    totals = InvoiceTotals()
    lines = serializers.IntegerField()
    adjusted = serializers.BooleanField()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


@samples(may_statement=_MAY)
class InvoiceSummaryRead(_Invoice):
    """A statement: `total` is what it adds, `balance` what the card owed at its end, on paper.

    `scheduled` is what payments dated after today, the last of them on `scheduled_on`, are for of
    what is `remaining`; until then they have paid nothing.
    """


@samples(may_statement=_MAY)
class InvoiceRead(_Invoice):
    """A statement with what paid it, and what changed after it had closed.

    `scheduled_allocations` are payments dated after today, which will pay it.
    """

    allocations = InvoiceAllocation(many=True)
    scheduled_allocations = InvoiceAllocation(many=True)
    adjustments = InvoiceAdjustment(many=True)


@samples(may_statement={"minimum_payment": "150.00"})
class InvoiceChange(serializers.Serializer):
    """What changes about a statement; its neighbours end and begin where it begins and ends."""

    opens_on = serializers.DateField(required=False)
    closes_on = serializers.DateField(required=False)
    due_on = serializers.DateField(required=False)
    minimum_payment = serializers.RegexField(
        DECIMAL, max_length=40, required=False, allow_null=True
    )


@samples(
    desk={
        "description": "Desk",
        "section": "purchase",
        "amount": "850.00",
        "is_split": False,
        "moved": False,
    }
)
class InvoiceLineRead(serializers.Serializer):
    """A line as on paper: what is owed is positive, refunds and payments are negative."""

    id = serializers.UUIDField()
    transaction = serializers.UUIDField()
    date = serializers.DateField()
    description = serializers.CharField()
    vendor = serializers.UUIDField(allow_null=True)
    vendor_name = serializers.CharField(allow_null=True)
    section = serializers.ChoiceField(choices=Section.choices)
    amount = serializers.CharField()
    currency = serializers.CharField()
    category = serializers.UUIDField(allow_null=True)
    category_name = serializers.CharField(allow_null=True)
    is_split = serializers.BooleanField()
    moved = serializers.BooleanField()
    note = serializers.CharField(allow_blank=True)
    transaction_version = serializers.IntegerField()


@samples(desk={"invoice": identity("june_statement")})
class InvoiceLineMove(serializers.Serializer):
    """Where a line goes and stays; null: back to the statement of its day."""

    invoice = serializers.UUIDField(allow_null=True)


@samples(payment={"amount": "500.00", "date": "2026-06-03", "from_account": identity("checking")})
class InvoicePayment(serializers.Serializer):
    """A payment; left out: what remains and is not scheduled, today, from the card's payer.

    One dated after today is scheduled: the statement is paid when its day has come.
    `from_amount` is what leaves an account in another currency.
    """

    amount = serializers.RegexField(DECIMAL, max_length=40, required=False)
    date = serializers.DateField(required=False)
    from_account = serializers.UUIDField(required=False)
    from_amount = serializers.RegexField(DECIMAL, max_length=40, required=False)
    notes = serializers.CharField(max_length=2000, required=False, allow_blank=True)


@samples(payment={"payment": identity("card_payment_2"), "amount": "200.00"})
class InvoiceAllocationCreate(serializers.Serializer):
    """Which payment settles this statement before others, and up to how much."""

    payment = serializers.UUIDField()
    amount = serializers.RegexField(DECIMAL, max_length=40, required=False, allow_null=True)

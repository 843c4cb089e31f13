"""How subscriptions look in the OpenAPI document."""

from rest_framework import serializers

from accounts.serializers import CATEGORY_TYPE_CHOICES, AccountRead, CategoryRead
from buffet.rest.documents import DECIMAL
from buffet.rest.samples import samples
from transactions.queries.subscriptions import STATUSES
from transactions.recurring import MOST_PERIODS, Cadence
from transactions.serializers import VendorRead


@samples(last_payment={"due_on": "2026-05-04", "amount": "42.50"})
class SubscriptionPaymentRead(serializers.Serializer):
    """What a linked transaction paid: positive when it goes the way of the subscription."""

    transaction = serializers.UUIDField()
    due_on = serializers.DateField()
    date = serializers.DateField()
    amount = serializers.CharField()


#: By `type`, since a class has no room for a field named `from`.
PriceChangeRead = samples(
    risen={"from": "39.90", "to": "42.50", "since": "2026-05-04", "percent": "6.52"}
)(
    type(
        "PriceChangeRead",
        (serializers.Serializer,),
        {
            "__doc__": "What was expected, what was paid, since which day and by how much it rose.",
            "__module__": __name__,
            "from": serializers.CharField(),
            "to": serializers.CharField(),
            "since": serializers.DateField(),
            "percent": serializers.CharField(),
        },
    )
)


class SubscriptionExpanded(serializers.Serializer):
    """What a subscription names, if it was asked for; the account with its balance today."""

    account = AccountRead(required=False, allow_null=True)
    category = CategoryRead(required=False, allow_null=True)
    vendor = VendorRead(required=False, allow_null=True)


@samples(
    vegetable_box={
        "amount": "39.90",
        "cadence": "monthly",
        "starts_on": "2026-01-04",
        "ends_on": None,
        "next_due_on": "2026-06-04",
        "missed": [],
        "monthly_burn": "39.90",
        "status": "active",
    },
)
class SubscriptionRead(serializers.Serializer):
    """A subscription and where it stands today.

    `amount` is positive, what falls due each time; `type` says whether it goes out or comes
    in, as the category does. `missed` are the due dates more than five days past without a payment,
    as far back as the last that was paid, twelve at the most. `next_due_on` is the first unpaid due
    date from today on, or the oldest unpaid one if none is to come. `price_change` is there when
    the last payment differs from the amount, or else from the payment before. `monthly_burn` is the
    amount per month: 52 weeks, 12 months or 4 quarters a year.
    """

    id = serializers.UUIDField()
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=CATEGORY_TYPE_CHOICES)
    amount = serializers.CharField()
    currency = serializers.CharField()
    cadence = serializers.ChoiceField(choices=Cadence.choices)
    every = serializers.IntegerField(min_value=1, max_value=MOST_PERIODS)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    account = serializers.UUIDField()
    account_name = serializers.CharField()
    category = serializers.UUIDField(allow_null=True)
    category_name = serializers.CharField(allow_null=True)
    vendor = serializers.UUIDField(allow_null=True)
    vendor_name = serializers.CharField(allow_null=True)
    notes = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(choices=STATUSES)
    next_due_on = serializers.DateField(allow_null=True)
    missed = serializers.ListField(child=serializers.DateField())
    last_payment = SubscriptionPaymentRead(allow_null=True)
    price_change = PriceChangeRead(allow_null=True)
    monthly_burn = serializers.CharField()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    expanded = SubscriptionExpanded(required=False)


@samples(
    vegetable_box={
        "account": ...,
        "amount": "39.90",
        "cadence": "monthly",
        "every": ...,
        "starts_on": "2026-01-04",
        "vendor": ...,
        "category": ...,
    },
)
class SubscriptionCreate(serializers.Serializer):
    """A new subscription, due on `starts_on` for the first time and every so many periods on.

    The due dates have its day of the month, or the month's last: 31 January, 28 February, 31 March.
    """

    name = serializers.CharField(max_length=150)
    account = serializers.UUIDField()
    amount = serializers.RegexField(DECIMAL, max_length=40)
    cadence = serializers.ChoiceField(choices=Cadence.choices)
    every = serializers.IntegerField(required=False, min_value=1, max_value=MOST_PERIODS)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True)
    vendor = serializers.UUIDField(required=False, allow_null=True)
    category = serializers.UUIDField(required=False, allow_null=True)
    notes = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, allow_null=True
    )


@samples(vegetable_box={"amount": "42.50", "notes": ...})
class SubscriptionChange(serializers.Serializer):
    """What changes about a subscription; null clears. Linked payments stay as they are."""

    name = serializers.CharField(max_length=150, required=False)
    account = serializers.UUIDField(required=False)
    amount = serializers.RegexField(DECIMAL, max_length=40, required=False)
    cadence = serializers.ChoiceField(choices=Cadence.choices, required=False)
    every = serializers.IntegerField(required=False, min_value=1, max_value=MOST_PERIODS)
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False, allow_null=True)
    vendor = serializers.UUIDField(required=False, allow_null=True)
    category = serializers.UUIDField(required=False, allow_null=True)
    notes = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, allow_null=True
    )


class SubscriptionEnd(serializers.Serializer):
    """The last day on which something may fall due."""

    on = serializers.DateField()


@samples(vegetable_box={"transaction": ..., "due_on": "2026-05-04"})
class SubscriptionPaymentCreate(serializers.Serializer):
    """The transaction that paid, and which due date; the nearest unpaid one when left out."""

    transaction = serializers.UUIDField()
    due_on = serializers.DateField(required=False)


@samples(
    vegetable_box={
        "due_on": "2026-06-04",
        "amount": "-39.90",
    },
)
class UpcomingRead(serializers.Serializer):
    """A payment to come: `amount` is signed as it will move the account."""

    subscription = serializers.UUIDField()
    name = serializers.CharField()
    due_on = serializers.DateField()
    amount = serializers.CharField()
    currency = serializers.CharField()
    account = serializers.UUIDField()
    category = serializers.UUIDField(allow_null=True)
    vendor = serializers.UUIDField(allow_null=True)


@samples(
    vegetable_box={
        "due_on": "2026-05-04",
        "description": "Vegetable box",
        "amount": "-42.50",
        "score": 90,
        "reason": "It is of the same vendor and its description names Vegetable box; the amount is "
        "6.5 % more than 39.90 BRL; on the day.",
    },
)
class ProposalRead(serializers.Serializer):
    """A transaction that looks like a payment, how sure that is out of 100, and the reason."""

    subscription = serializers.UUIDField()
    name = serializers.CharField()
    due_on = serializers.DateField()
    transaction = serializers.UUIDField()
    date = serializers.DateField()
    description = serializers.CharField()
    amount = serializers.CharField()
    currency = serializers.CharField()
    score = serializers.IntegerField(min_value=0, max_value=100)
    reason = serializers.CharField()


@samples(
    vegetable_box={
        "amount": "39.90",
        "cadence": "monthly",
        "monthly_burn": "39.90",
    },
)
class BurnPartRead(serializers.Serializer):
    """What one running subscription comes to per month, positive either way."""

    subscription = serializers.UUIDField()
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=CATEGORY_TYPE_CHOICES)
    amount = serializers.CharField()
    cadence = serializers.ChoiceField(choices=Cadence.choices)
    every = serializers.IntegerField(min_value=1, max_value=MOST_PERIODS)
    monthly_burn = serializers.CharField()


@samples(in_reais={"expenses": "39.90", "income": "0.00"})
class BurnRead(serializers.Serializer):
    """What the running subscriptions of a currency cost and bring per month, and which they are.

    Each sum is rounded once, at its end.
    """

    currency = serializers.CharField()
    expenses = serializers.CharField()
    income = serializers.CharField()
    subscriptions = BurnPartRead(many=True)

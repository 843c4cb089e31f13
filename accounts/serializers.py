"""How accounts, categories and brokers look in the OpenAPI document."""

from rest_framework import serializers

from accounts.models import CATEGORY_TYPES, REAL_KINDS, REAL_TYPES, BilledAs
from buffet.rest.documents import CODE, DECIMAL
from buffet.rest.samples import samples

REAL_KIND_CHOICES = sorted(str(kind) for kind in REAL_KINDS)
CATEGORY_TYPE_CHOICES = sorted(str(type) for type in CATEGORY_TYPES)
REAL_TYPE_CHOICES = sorted(str(type) for type in REAL_TYPES)


@samples(first_bank={})
class BrokerRead(serializers.Serializer):
    """A bank or broker."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    notes = serializers.CharField()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class NamedCreate(serializers.Serializer):
    """A new thing with a name."""

    name = serializers.CharField(max_length=150)
    notes = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, allow_null=True
    )


class NamedChange(serializers.Serializer):
    """What changes about a thing with a name."""

    name = serializers.CharField(max_length=150, required=False)
    notes = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, allow_null=True
    )


class BrokerCreate(NamedCreate):
    """A new bank or broker."""


class BrokerChange(NamedChange):
    """What changes about a bank or broker."""


@samples(
    groceries={"parent": None, "path": "Groceries"},
    eating_out={"parent": None, "path": "Eating out"},
    salary={"type": "income", "parent": None, "path": "Salary"},
)
class CategoryRead(serializers.Serializer):
    """A category, in the order of the tree; `path` names it from the top."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=CATEGORY_TYPE_CHOICES)
    parent = serializers.UUIDField(allow_null=True)
    depth = serializers.IntegerField()
    path = serializers.CharField()
    billed_as = serializers.ChoiceField(choices=BilledAs.choices)
    notes = serializers.CharField()
    archived_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


@samples(groceries={"notes": ...}, eating_out={}, salary={"type": "income"})
class CategoryCreate(serializers.Serializer):
    """A new category."""

    name = serializers.CharField(max_length=100)
    type = serializers.ChoiceField(choices=CATEGORY_TYPE_CHOICES)
    parent = serializers.UUIDField(required=False, allow_null=True)
    billed_as = serializers.ChoiceField(choices=BilledAs.choices, required=False)
    notes = serializers.CharField(max_length=2000, required=False, allow_blank=True)


@samples(groceries={"name": "Food at home", "parent": None})
class CategoryChange(serializers.Serializer):
    """What changes about a category; a null parent moves it to the top."""

    name = serializers.CharField(max_length=100, required=False)
    parent = serializers.UUIDField(required=False, allow_null=True)
    billed_as = serializers.ChoiceField(choices=BilledAs.choices, required=False)
    notes = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, allow_null=True
    )


class CategoryMerge(serializers.Serializer):
    """Where the entries and sub-categories go."""

    into = serializers.UUIDField()


class AccountExpanded(serializers.Serializer):
    """What an account names, if it was asked for."""

    broker = BrokerRead(required=False, allow_null=True)


@samples(
    checking={"kind": "checking", "type": "asset"},
    savings={"kind": "savings", "type": "asset", "balance": "500.00", "number": "0001-98766"},
)
class AccountRead(serializers.Serializer):
    """An account that holds money; `balance` at the end of the day asked for.

    `locked_through` is its last reconciled day: entries up to it stay as they are.
    """

    id = serializers.UUIDField()
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=REAL_TYPE_CHOICES)
    kind = serializers.ChoiceField(choices=REAL_KIND_CHOICES)
    currency = serializers.CharField()
    balance = serializers.CharField()
    broker = serializers.UUIDField(allow_null=True)
    broker_name = serializers.CharField(allow_null=True)
    number = serializers.CharField()
    notes = serializers.CharField()
    opened_on = serializers.DateField(allow_null=True)
    archived_at = serializers.DateTimeField(allow_null=True)
    locked_through = serializers.DateField(allow_null=True)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    expanded = AccountExpanded(required=False)


@samples(
    checking={
        "kind": "checking",
        **dict.fromkeys(("broker", "opened_on", "opening_balance", "number", "notes"), ...),
    },
    savings={"kind": "savings"},
)
class AccountCreate(serializers.Serializer):
    """A new account; its type follows from its kind."""

    name = serializers.CharField(max_length=100)
    kind = serializers.ChoiceField(choices=REAL_KIND_CHOICES)
    currency = serializers.RegexField(CODE)
    broker = serializers.UUIDField(required=False, allow_null=True)
    opened_on = serializers.DateField(required=False, allow_null=True)
    opening_balance = serializers.RegexField(DECIMAL, max_length=40, required=False)
    number = serializers.CharField(max_length=64, required=False, allow_blank=True, allow_null=True)
    notes = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, allow_null=True
    )


@samples(checking={"name": "Household", "broker": ..., "notes": ...})
class AccountChange(serializers.Serializer):
    """What changes about an account; null clears. Kind and currency do not change."""

    name = serializers.CharField(max_length=100, required=False)
    broker = serializers.UUIDField(required=False, allow_null=True)
    opened_on = serializers.DateField(required=False, allow_null=True)
    number = serializers.CharField(max_length=64, required=False, allow_blank=True, allow_null=True)
    notes = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, allow_null=True
    )

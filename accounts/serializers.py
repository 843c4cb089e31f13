"""How accounts, categories and brokers look in the OpenAPI document."""

from rest_framework import serializers

from accounts.models import CATEGORY_TYPES, REAL_KINDS, REAL_TYPES

REAL_KIND_CHOICES = sorted(str(kind) for kind in REAL_KINDS)
CATEGORY_TYPE_CHOICES = sorted(str(type) for type in CATEGORY_TYPES)
REAL_TYPE_CHOICES = sorted(str(type) for type in REAL_TYPES)


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
    notes = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class NamedChange(serializers.Serializer):
    """What changes about a thing with a name."""

    name = serializers.CharField(max_length=150, required=False)
    notes = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, allow_null=True
    )


class CategoryRead(serializers.Serializer):
    """A category, in the order of the tree; `path` names it from the top."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=CATEGORY_TYPE_CHOICES)
    parent = serializers.UUIDField(allow_null=True)
    depth = serializers.IntegerField()
    path = serializers.CharField()
    notes = serializers.CharField()
    archived_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class CategoryCreate(serializers.Serializer):
    """A new category."""

    name = serializers.CharField(max_length=100)
    type = serializers.ChoiceField(choices=CATEGORY_TYPE_CHOICES)
    parent = serializers.UUIDField(required=False, allow_null=True)
    notes = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class CategoryChange(serializers.Serializer):
    """What changes about a category; a null parent moves it to the top."""

    name = serializers.CharField(max_length=100, required=False)
    parent = serializers.UUIDField(required=False, allow_null=True)
    notes = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, allow_null=True
    )


class CategoryMerge(serializers.Serializer):
    """Where the entries and sub-categories go."""

    into = serializers.UUIDField()


class AccountRead(serializers.Serializer):
    """An account that holds money; `balance` at the end of the day asked for."""

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
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class AccountCreate(serializers.Serializer):
    """A new account; its type follows from its kind."""

    name = serializers.CharField(max_length=100)
    kind = serializers.ChoiceField(choices=REAL_KIND_CHOICES)
    currency = serializers.CharField(max_length=3)
    broker = serializers.UUIDField(required=False, allow_null=True)
    opened_on = serializers.DateField(required=False, allow_null=True)
    opening_balance = serializers.CharField(required=False, max_length=40)
    number = serializers.CharField(max_length=64, required=False, allow_blank=True)
    notes = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class AccountChange(serializers.Serializer):
    """What changes about an account; null clears. Kind and currency do not change."""

    name = serializers.CharField(max_length=100, required=False)
    broker = serializers.UUIDField(required=False, allow_null=True)
    opened_on = serializers.DateField(required=False, allow_null=True)
    number = serializers.CharField(max_length=64, required=False, allow_blank=True, allow_null=True)
    notes = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, allow_null=True
    )

"""How the feed of changes looks in the OpenAPI document: each resource with its own columns."""

from collections.abc import Iterator

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from accounts.models import AccountType, BilledAs, Kind
from buffet.rest.samples import identity, samples
from transactions.models import Direction, ImportStatus, PointKind, Source, Status
from transactions.profile_serializers import PROFILE_SAMPLE, ImportProfileSettingsRead
from transactions.queries.feed import RESOURCES
from transactions.recurring import Cadence


class RowData(serializers.Serializer):
    """The columns that every row has."""

    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class BrokerData(RowData):
    """The columns of a broker."""

    name = serializers.CharField()
    notes = serializers.CharField()


class VendorData(BrokerData):
    """The columns of a vendor."""


@samples(checking={"type": "asset", "kind": "checking", "parent": None})
class AccountData(RowData):
    """The columns of an account or category; what has no currency of its own has an empty one."""

    name = serializers.CharField()
    type = serializers.ChoiceField(choices=AccountType.choices)
    kind = serializers.ChoiceField(choices=Kind.choices)
    currency = serializers.CharField(allow_blank=True)
    number = serializers.CharField()
    notes = serializers.CharField()
    opened_on = serializers.DateField(allow_null=True)
    billed_as = serializers.ChoiceField(choices=BilledAs.choices)
    locked_through = serializers.DateField(allow_null=True)
    parent = serializers.UUIDField(allow_null=True)
    broker = serializers.UUIDField(allow_null=True)
    archived_at = serializers.DateTimeField(allow_null=True)


@samples(
    from_checking={},
    for_groceries={"account": identity("groceries"), "amount": "42.50", "external_id": ""},
)
class EntryData(serializers.Serializer):
    """The columns of an entry."""

    id = serializers.UUIDField()
    account = serializers.UUIDField()
    amount = serializers.CharField()
    currency = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    external_id = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)


class TransactionData(RowData):
    """The columns of a transaction, and its entries."""

    date = serializers.DateField()
    description = serializers.CharField()
    notes = serializers.CharField()
    source = serializers.ChoiceField(choices=Source.choices)
    vendor = serializers.UUIDField(allow_null=True)
    entries = EntryData(many=True)


class ClosedMonthData(RowData):
    """The columns of a closed month."""

    month = serializers.CharField()
    closed_by = serializers.UUIDField(allow_null=True)


class ImportData(RowData):
    """The columns of an import."""

    status = serializers.ChoiceField(choices=ImportStatus.choices)
    format = serializers.CharField()
    file_name = serializers.CharField()
    account_number = serializers.CharField(allow_blank=True)
    account = serializers.UUIDField()


@samples(first={"due_on": "2026-05-04"})
class PaymentData(serializers.Serializer):
    """What a transaction paid for, and the transaction's own date."""

    transaction = serializers.UUIDField()
    due_on = serializers.DateField()
    date = serializers.DateField()


@samples(
    vegetable_box={
        "amount": "39.90",
        "cadence": "monthly",
        "starts_on": "2026-01-04",
        "ends_on": None,
    },
)
class SubscriptionData(RowData):
    """The columns of a subscription, and its linked payments."""

    name = serializers.CharField()
    amount = serializers.CharField()
    cadence = serializers.ChoiceField(choices=Cadence.choices)
    every = serializers.IntegerField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    account = serializers.UUIDField()
    category = serializers.UUIDField(allow_null=True)
    vendor = serializers.UUIDField(allow_null=True)
    notes = serializers.CharField(allow_blank=True)
    payments = PaymentData(many=True)


@samples(
    coffee={
        "contains": "cafe",
        "regex": "",
        "amount_min": None,
        "amount_max": "20",
        "account": None,
    }
)
class RuleData(RowData):
    """The columns of a rule."""

    name = serializers.CharField()
    position = serializers.IntegerField()
    is_active = serializers.BooleanField()
    contains = serializers.CharField(allow_blank=True)
    regex = serializers.CharField(allow_blank=True)
    amount_min = serializers.CharField(allow_null=True)
    amount_max = serializers.CharField(allow_null=True)
    direction = serializers.ChoiceField(choices=Direction.choices)
    account = serializers.UUIDField(allow_null=True)
    category = serializers.UUIDField(allow_null=True)
    vendor = serializers.UUIDField(allow_null=True)


@samples(in_may={"undone_at": None})
class RuleRunData(RowData):
    """The columns of one application of rules."""

    rules = serializers.CharField()
    date_from = serializers.DateField()
    date_to = serializers.DateField()
    changed = serializers.IntegerField()
    undone_at = serializers.DateTimeField(allow_null=True)


@samples(ours={"base": "USD", "quote": "BRL", "rate": "5.432", "source": "card bill"})
class ExchangeRateData(RowData):
    """The columns of a rate of the book's own; the shared ones are in no book's feed."""

    base = serializers.CharField()
    quote = serializers.CharField()
    on = serializers.DateField()
    source = serializers.CharField()
    rate = serializers.CharField()


@samples(of_the_bank=PROFILE_SAMPLE)
class ImportProfileData(RowData):
    """The columns of an import profile."""

    name = serializers.CharField()
    account = serializers.UUIDField(allow_null=True)
    profile = ImportProfileSettingsRead()
    fingerprint = serializers.CharField(allow_blank=True)


#: By `type`, since a class has no room for a field named `import`.
BalancePointData = samples(end_of_may={"transaction": None, "import": None})(
    type(
        "BalancePointData",
        (RowData,),
        {
            "__doc__": "The columns of a balance point.",
            "__module__": __name__,
            "on": serializers.DateField(),
            "kind": serializers.ChoiceField(choices=PointKind.choices),
            "note": serializers.CharField(allow_blank=True),
            "balance": serializers.CharField(),
            "account": serializers.UUIDField(),
            "transaction": serializers.UUIDField(allow_null=True),
            "import": serializers.UUIDField(allow_null=True),
            "reconciled_at": serializers.DateTimeField(allow_null=True),
        },
    )
)

#: Of every resource of the feed. Apps above add theirs when they are ready.
DATA: dict[str, type[serializers.Serializer]] = {
    "broker": BrokerData,
    "account": AccountData,
    "vendor": VendorData,
    "transaction": TransactionData,
    "closed_month": ClosedMonthData,
    "import": ImportData,
    "subscription": SubscriptionData,
    "rule": RuleData,
    "rule_run": RuleRunData,
    "exchange_rate": ExchangeRateData,
    "import_profile": ImportProfileData,
    "balance_point": BalancePointData,
}


def _rows() -> Iterator[tuple[str, type[serializers.Serializer]]]:
    for resource in RESOURCES:

        @extend_schema_field({"type": "string", "const": resource})
        class Resource(serializers.CharField):
            pass

        data = DATA[resource]
        yield (
            resource,
            type(
                f"Sync{data.__name__.removesuffix('Data')}",
                (serializers.Serializer,),
                {
                    "__doc__": "A row as it is now, or the trace of a deleted one: without `data`.",
                    "resource": Resource(),
                    "id": serializers.UUIDField(),
                    "version": serializers.IntegerField(),
                    "deleted": serializers.BooleanField(),
                    "data": data(allow_null=True),
                },
            ),
        )


SYNC_ROW = PolymorphicProxySerializer(
    # A function: when this is read, the apps above have not added theirs yet.
    component_name="SyncRow",
    serializers=lambda: dict(_rows()),
    resource_type_field_name="resource",
)


@extend_schema_field(SYNC_ROW)
class _SyncRow(serializers.DictField):
    """A row of any resource."""


class SyncRead(serializers.Serializer):
    """A part of the feed; follow `next` while `has_more`, then come again with `version`.

    The `data` of a row are its own columns, an entry's among its transaction's; names of other rows
    and balances are theirs to say.
    """

    results = serializers.ListField(child=_SyncRow())
    has_more = serializers.BooleanField()
    version = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)

"""How many transactions at once look in the OpenAPI document."""

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from buffet.rest.samples import identity, samples
from buffet.serializers import FaultRead
from transactions.serializers import TransactionChange, TransactionCreate, TransactionRead

_VERSION = (
    "The version that is meant. If the transaction has another one by now, the row is refused as "
    "`changed_meanwhile`, by its pointer among the errors of a 400 or as its outcome."
)


@samples(
    two={
        "transactions": [
            {"account": ..., "amount": ..., "category": ..., "vendor": ...},
            {
                "description": "Put aside",
                "account": ...,
                "amount": "-500.00",
                "transfer_to": ...,
            },
        ]
    }
)
class BulkCreate(serializers.Serializer):
    """Up to 1,000 wanted transactions, recorded all or none."""

    transactions = serializers.ListField(child=TransactionCreate(), min_length=1, max_length=1000)


class BulkChangeRow(TransactionChange):
    """What changes about the transaction with this id; refused if it has another version."""

    id = serializers.UUIDField()
    version = serializers.IntegerField(required=False, min_value=0, help_text=_VERSION)


class BulkChange(serializers.Serializer):
    """Up to 1,000 corrections."""

    transactions = serializers.ListField(child=BulkChangeRow(), min_length=1, max_length=1000)


@samples(purchase={})
class BulkDeleteRow(serializers.Serializer):
    """A transaction to delete; refused if it has another version."""

    id = serializers.UUIDField()
    version = serializers.IntegerField(required=False, min_value=0, help_text=_VERSION)


class BulkDelete(serializers.Serializer):
    """Up to 1,000 transactions to delete."""

    transactions = serializers.ListField(child=BulkDeleteRow(), min_length=1, max_length=1000)


@samples(
    recorded={"index": 0, "id": identity("purchase"), "transaction": {}},
    refused={
        "index": 1,
        "ok": False,
        "code": "invalid",
        "detail": "This is not an id.",
        "errors": [
            {
                "pointer": "/transactions/1/account",
                "code": "malformed",
                "detail": "This is not an id.",
            }
        ],
    },
)
class BulkOutcome(serializers.Serializer):
    """What became of a row: `ok` with its transaction, or why it was refused."""

    index = serializers.IntegerField()
    ok = serializers.BooleanField()
    id = serializers.UUIDField(required=False)
    transaction = TransactionRead(required=False, allow_null=True)
    code = serializers.CharField(required=False)
    detail = serializers.CharField(required=False)
    errors = FaultRead(many=True, required=False)


class BulkOutcomes(serializers.Serializer):
    """With `atomic=false` or `dry_run=true`: what became of each row, in the order they came."""

    results = BulkOutcome(many=True)
    dry_run = serializers.BooleanField()


class BulkResults(serializers.Serializer):
    """The transactions, in the order they were sent."""

    results = TransactionRead(many=True)


@samples(purchase={})
class DeletedRow(serializers.Serializer):
    """A deleted transaction."""

    id = serializers.UUIDField()


class BulkDeleted(serializers.Serializer):
    """The deleted transactions, in the order they were sent."""

    results = DeletedRow(many=True)


def results_or_outcomes(results: type[serializers.Serializer]) -> PolymorphicProxySerializer:
    """Return the answer of a bulk: the results of all rows, or what became of each."""
    return PolymorphicProxySerializer(
        component_name=f"{results.__name__}OrOutcomes",
        # The one with more fields first: clients take the first that fits.
        serializers=[BulkOutcomes, results],
        resource_type_field_name=None,
    )

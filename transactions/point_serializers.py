"""How balance points look in the OpenAPI document."""

from rest_framework import serializers

from accounts.serializers import AccountRead
from buffet.rest.documents import DECIMAL
from buffet.rest.samples import samples
from transactions.models import PointKind


class BalancePointExpanded(serializers.Serializer):
    """What a balance point names, if it was asked for; the account with its balance today."""

    account = AccountRead(required=False, allow_null=True)


class _Point(serializers.Serializer):
    id = serializers.UUIDField()
    account = serializers.UUIDField()
    account_name = serializers.CharField()
    currency = serializers.CharField()
    on = serializers.DateField()
    kind = serializers.ChoiceField(choices=PointKind.choices)
    balance = serializers.CharField()
    computed = serializers.CharField()
    difference = serializers.CharField()
    ok = serializers.BooleanField()
    note = serializers.CharField(allow_blank=True)
    transaction = serializers.UUIDField(allow_null=True)
    reconciled_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    expanded = BalancePointExpanded(required=False)


_SAMPLES = {
    "end_of_may": {
        "balance": "1957.50",
        "computed": "1957.50",
        "difference": "0.00",
        "transaction": None,
        "import": None,
    },
}
#: By `type`, since a class has no room for a field named `import`.
BalancePointRead = samples(**_SAMPLES)(
    type(
        "BalancePointRead",
        (_Point,),
        {
            "__doc__": """What is on an account at the end of a day, and what the ledger says.

    `balance` is what it should be, `computed` what the entries come to, `difference` the first less
    the second. Of a valuation, `transaction` booked the gain or loss. Once reconciled, entries of
    the account up to the day stay as they are.
    """,
            "__module__": __name__,
            "import": serializers.UUIDField(allow_null=True),
        },
    )
)


@samples(
    end_of_may=_SAMPLES["end_of_may"]
    | {"differs_from": None, "differs_until": None, "suspect": None}
)
class BalancePointCheckRead(BalancePointRead):  # type: ignore[misc, valid-type]  # made by `type`
    """A balance point, and where to look if the ledger says something else.

    The fault is among the entries from `differs_from` to `differs_until`: those since the last
    point before it that agrees. `suspect` is the only transaction among them that explains all of
    the difference, if one does: it is too much, or has the wrong sign.
    """

    differs_from = serializers.DateField(allow_null=True)
    differs_until = serializers.DateField(allow_null=True)
    suspect = serializers.UUIDField(allow_null=True)


@samples(
    end_of_may={"account": ..., "on": ..., "balance": "1957.50"},
)
class BalancePointCreate(serializers.Serializer):
    """What is on an account at the end of a day, signed as its balance: a debt is negative.

    A valuation, of an investment, a property, another asset or a loan, books what the ledger lacks
    as an unrealised gain or loss.
    """

    account = serializers.UUIDField()
    on = serializers.DateField()
    balance = serializers.RegexField(DECIMAL, max_length=40)
    kind = serializers.ChoiceField(choices=PointKind.choices, required=False)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, allow_null=True)


@samples(end_of_may={"note": "As the bank's letter says."})
class BalancePointChange(serializers.Serializer):
    """What changes about a balance point; null clears. A valuation is booked again."""

    balance = serializers.RegexField(DECIMAL, max_length=40, required=False)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, allow_null=True)


@samples(end_of_may={"reason": "The bank corrected a fee."})
class BalancePointUnlock(serializers.Serializer):
    """Why reconciled days may change again; the history keeps it."""

    reason = serializers.CharField(max_length=500)

"""How coverage looks in the OpenAPI document."""

from rest_framework import serializers

from accounts.serializers import REAL_KIND_CHOICES
from buffet.rest.samples import samples
from reports.flows.serializers import PeriodRead
from reports.queries.coverage import Cover


@samples(may={"month": "2026-05", "cover": "part", "days": 31, "missing": 19})
class MonthCoverRead(serializers.Serializer):
    """How much of a month statements back: of `days` that count, `missing` are not backed.

    `outside`: none counts, since the account was not opened yet, was archived, or they are to come.
    """

    month = serializers.CharField()
    cover = serializers.ChoiceField(choices=[str(one) for one in Cover])
    days = serializers.IntegerField()
    missing = serializers.IntegerField()


@samples(
    may={"since": "2026-05-12", "until": "2026-05-30", "days": 19, "balances_agree": False},
)
class CoverageGapRead(serializers.Serializer):
    """Days that no statement backs, the first and the last among them.

    `balances_agree`: what was on the account before and after them is known and agrees, so that
    nothing is missing but what cancels out.
    """

    since = serializers.DateField()
    until = serializers.DateField()
    days = serializers.IntegerField()
    balances_agree = serializers.BooleanField()


@samples(
    may={
        "since": "2026-05-31",
        "until": "2026-06-01",
        "closing": "1957.50",
        "opening": "1907.50",
        "difference": "-50.00",
    }
)
class CoverageBreakRead(serializers.Serializer):
    """Two imports, the later of which does not open with the balance that the earlier closed with.

    `since` is the last day of the earlier, `until` the first of the later; `difference` moved
    between them.
    """

    before = serializers.UUIDField()
    after = serializers.UUIDField()
    since = serializers.DateField()
    until = serializers.DateField()
    closing = serializers.CharField()
    opening = serializers.CharField()
    difference = serializers.CharField()


@samples(
    checking={
        "name": "Checking",
        "kind": "checking",
        "since": "2026-05-01",
        "until": "2026-05-31",
        "days": 31,
        "missing": 19,
    }
)
class AccountCoverRead(serializers.Serializer):
    """An account: `days` from `since` to `until` count; null and 0 if none does."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=REAL_KIND_CHOICES)
    currency = serializers.CharField()
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    days = serializers.IntegerField()
    missing = serializers.IntegerField()
    months = MonthCoverRead(many=True)
    gaps = CoverageGapRead(many=True)
    breaks = CoverageBreakRead(many=True)


@samples(may={"days": 31, "missing": 19, "without_statements": ["Wallet"]})
class CoverageRead(serializers.Serializer):
    """Which days of which account a bank's statement backs.

    A day counts from the account's opening or first movement up to today or its archiving. It is
    backed by a committed import that is about it, or by a reconciled balance of that very day.
    `days` and `missing` are sums over the accounts; `without_statements` names accounts of which
    banks send none and none was imported.
    """

    period = PeriodRead()
    as_of = serializers.DateField()
    version = serializers.IntegerField()
    days = serializers.IntegerField()
    missing = serializers.IntegerField()
    accounts = AccountCoverRead(many=True)
    without_statements = serializers.ListField(child=serializers.CharField())

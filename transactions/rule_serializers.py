"""How rules, what they would change and what they changed look in the OpenAPI document."""

from rest_framework import serializers

from accounts.serializers import AccountRead, CategoryRead
from buffet.rest.documents import DECIMAL
from buffet.rest.samples import identity, samples
from transactions.models import Direction
from transactions.serializers import VendorRead

_COFFEE = {"contains": "cafe", "category": ..., "direction": "out", "amount_max": "20.00"}


class RuleExpanded(serializers.Serializer):
    """What a rule names, if it was asked for; the account with its balance today."""

    account = AccountRead(required=False, allow_null=True)
    category = CategoryRead(required=False, allow_null=True)
    vendor = VendorRead(required=False, allow_null=True)


@samples(
    coffee={
        "contains": "cafe",
        "regex": "",
        "amount_min": None,
        "amount_max": "20",
        "direction": "out",
        "account": None,
        "account_name": None,
        "vendor": None,
        "vendor_name": None,
    }
)
class RuleRead(serializers.Serializer):
    """What a transaction is about when it meets all conditions that the rule has.

    `contains` is looked for in the text, whatever its case and accents; its signs are text. `regex`
    is an expression of RE2, found anywhere in the text as it is, whatever its case. Amounts have no
    sign and are inclusive; `direction` says which way money moves. Of the rules in their order, the
    first that gives a category decides it, and the first that gives a vendor decides that. What is
    archived is not given.
    """

    id = serializers.UUIDField()
    name = serializers.CharField()
    position = serializers.IntegerField()
    is_active = serializers.BooleanField()
    contains = serializers.CharField(allow_blank=True)
    regex = serializers.CharField(allow_blank=True)
    amount_min = serializers.CharField(allow_null=True)
    amount_max = serializers.CharField(allow_null=True)
    account = serializers.UUIDField(allow_null=True)
    account_name = serializers.CharField(allow_null=True)
    direction = serializers.ChoiceField(choices=Direction.choices)
    category = serializers.UUIDField(allow_null=True)
    category_name = serializers.CharField(allow_null=True)
    vendor = serializers.UUIDField(allow_null=True)
    vendor_name = serializers.CharField(allow_null=True)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    expanded = RuleExpanded(required=False)


class _RuleFields(serializers.Serializer):
    """What a rule may have, beside its name."""

    is_active = serializers.BooleanField(required=False)
    contains = serializers.CharField(
        max_length=200, required=False, allow_blank=True, allow_null=True
    )
    regex = serializers.CharField(max_length=200, required=False, allow_blank=True, allow_null=True)
    amount_min = serializers.RegexField(DECIMAL, max_length=40, required=False, allow_null=True)
    amount_max = serializers.RegexField(DECIMAL, max_length=40, required=False, allow_null=True)
    account = serializers.UUIDField(required=False, allow_null=True)
    direction = serializers.ChoiceField(choices=Direction.choices, required=False)
    category = serializers.UUIDField(required=False, allow_null=True)
    vendor = serializers.UUIDField(required=False, allow_null=True)


@samples(coffee=_COFFEE)
class RuleCreate(_RuleFields):
    """A new rule, behind the others; it asks something and gives something."""

    name = serializers.CharField(max_length=100)


@samples(coffee={"amount_max": "25.00"})
class RuleChange(_RuleFields):
    """What changes about a rule; null clears. What it gave before stays."""

    name = serializers.CharField(max_length=100, required=False)


@samples(coffee={"rules": [identity("coffee")]})
class RuleOrder(serializers.Serializer):
    """All rules of the book, in their new order."""

    rules = serializers.ListField(child=serializers.UUIDField(), max_length=500)


@samples(coffee=_COFFEE)
class RuleDraft(_RuleFields):
    """A rule that is only tried."""


@samples(in_may={"rule": ..., "date_from": ..., "date_to": ...})
class RuleTrialCreate(serializers.Serializer):
    """What is tried: one `rule` that need not exist, or some of the book's, or all in force.

    Days are inclusive; without them, the last 365 up to today. With `only_uncategorized` false,
    also what a proposal gave before and no person has corrected.
    """

    rule = RuleDraft(required=False)
    rules = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=500)
    date_from = serializers.DateField(required=False)
    date_to = serializers.DateField(required=False)
    only_uncategorized = serializers.BooleanField(required=False)


@samples(in_may={"date_from": ..., "date_to": ...})
class RuleApply(serializers.Serializer):
    """What is applied: some of the book's rules, or all in force, between two days.

    Nobody's own value is changed: only what is uncategorised, and with `only_uncategorized` false
    also what a proposal gave before and no person has corrected.
    """

    rules = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=500)
    date_from = serializers.DateField()
    date_to = serializers.DateField()
    only_uncategorized = serializers.BooleanField(required=False)


class RuleRefusalRead(serializers.Serializer):
    """A transaction that stays as it is, and why."""

    transaction = serializers.UUIDField()
    code = serializers.CharField()
    detail = serializers.CharField()


class RuleDifferenceRead(serializers.Serializer):
    """A transaction as it is and as it would be; a reason is `rule:` with the rule's id.

    `proposed_category` and `proposed_vendor` are null where nothing changes. `refused` says why the
    ledger would not have it.
    """

    transaction = serializers.UUIDField()
    date = serializers.DateField()
    description = serializers.CharField()
    account = serializers.UUIDField()
    amount = serializers.CharField()
    currency = serializers.CharField()
    category = serializers.UUIDField(allow_null=True)
    proposed_category = serializers.UUIDField(allow_null=True)
    category_reason = serializers.CharField(allow_blank=True)
    vendor = serializers.UUIDField(allow_null=True)
    proposed_vendor = serializers.UUIDField(allow_null=True)
    vendor_reason = serializers.CharField(allow_blank=True)
    refused = serializers.CharField(allow_null=True)


class RuleCountsRead(serializers.Serializer):
    """How many were looked at, would change, stay since they are somebody's own, are refused."""

    looked_at = serializers.IntegerField()
    changed = serializers.IntegerField()
    kept = serializers.IntegerField()
    refused = serializers.IntegerField()


class RuleTrialRead(serializers.Serializer):
    """What rules would change: how many, and the first 500 of them.

    One call looks at 100,000 transactions and changes 5,000 at most; with `more`, the rest comes
    with the next.
    """

    counts = RuleCountsRead()
    more = serializers.BooleanField()
    results = RuleDifferenceRead(many=True)


class RuleRunRead(serializers.Serializer):
    """One application of rules: their names, the days, how many transactions it changed."""

    id = serializers.UUIDField()
    rules = serializers.CharField()
    date_from = serializers.DateField()
    date_to = serializers.DateField()
    changed = serializers.IntegerField()
    undone_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class RuleAppliedRead(RuleRunRead):
    """A run, and what it left: the first 500 refused, each with the reason."""

    counts = RuleCountsRead()
    more = serializers.BooleanField()
    refused = RuleRefusalRead(many=True)


class RuleUndoneRead(RuleRunRead):
    """A run that was taken back, and what was left since it changed: the first 500."""

    left_count = serializers.IntegerField()
    left = RuleRefusalRead(many=True)


@samples(
    coffee={
        "category_reason": "history",
        "vendor": None,
        "vendor_name": None,
        "vendor_reason": "",
        "count": 3,
        "rule": None,
        "rule_name": None,
    }
)
class TransactionProposalRead(serializers.Serializer):
    """What a transaction would be given, and why: `rule:` with the rule's id, or `history`.

    `count` is how many of the last transactions with the same words say so.
    """

    category = serializers.UUIDField(allow_null=True)
    category_name = serializers.CharField(allow_null=True)
    category_reason = serializers.CharField(allow_blank=True)
    vendor = serializers.UUIDField(allow_null=True)
    vendor_name = serializers.CharField(allow_null=True)
    vendor_reason = serializers.CharField(allow_blank=True)
    rule = serializers.UUIDField(allow_null=True)
    rule_name = serializers.CharField(allow_null=True)
    count = serializers.IntegerField()

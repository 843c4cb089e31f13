"""How transactions, entries and vendors look in the OpenAPI document."""

from typing import Any

from rest_framework import serializers

from accounts.models import AccountType
from accounts.serializers import AccountRead, CategoryRead, NamedChange, NamedCreate
from buffet.rest.documents import CODE, DECIMAL, MONTHS
from buffet.rest.samples import identity, samples
from transactions.models import Source, Status

#: What is not so of a transaction that is no purchase, in examples.
_OTHER: dict[str, Any] = {
    **dict.fromkeys(("category", "category_name", "vendor", "vendor_name")),
    **dict.fromkeys(("transfer_to", "transfer_to_name")),
    "external_id": "",
}
#: An entry of the household's card, in examples.
_OF_CARD = {
    "account": identity("platinum_account"),
    "account_name": "Platinum",
    "account_type": "liability",
    "external_id": "",
}
KINDS = ("expense", "income", "transfer", "equity", "split")


@samples(
    from_checking={"account_type": "asset"},
    for_groceries={
        "account": identity("groceries"),
        "account_name": "Groceries",
        "account_type": "expense",
        "amount": "42.50",
        "external_id": "",
    },
)
class EntryRead(serializers.Serializer):
    """A signed amount on one account: debits are positive, credits negative."""

    id = serializers.UUIDField()
    account = serializers.UUIDField()
    account_name = serializers.CharField()
    account_type = serializers.ChoiceField(choices=AccountType.choices)
    amount = serializers.CharField()
    currency = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    external_id = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)


@samples(market_hall={})
class VendorRead(serializers.Serializer):
    """Someone that money goes to or comes from."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    notes = serializers.CharField()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class TransactionExpanded(serializers.Serializer):
    """What a transaction names, if it was asked for; accounts with their balances today."""

    account = AccountRead(required=False, allow_null=True)
    category = CategoryRead(required=False, allow_null=True)
    transfer_to = AccountRead(required=False, allow_null=True)
    vendor = VendorRead(required=False, allow_null=True)


@samples(
    purchase={"transfer_to": None, "transfer_to_name": None},
    transfer=_OTHER
    | {
        "description": "Put aside",
        "kind": "transfer",
        "amount": "-500.00",
        "transfer_to": ...,
        "transfer_to_name": "Savings",
        "entries": [
            {"account_type": "asset", "amount": "-500.00", "external_id": ""},
            {
                "account": identity("savings"),
                "account_name": "Savings",
                "account_type": "asset",
                "amount": "500.00",
                "external_id": "",
            },
        ],
    },
    split=_OTHER
    | {
        "description": "Market, and lunch there",
        "kind": "split",
        "amount": "-60.00",
        "entries": [
            {"account_type": "asset", "amount": "-60.00", "external_id": ""},
            {
                "account": identity("groceries"),
                "account_name": "Groceries",
                "account_type": "expense",
                "amount": "45.00",
                "external_id": "",
            },
            {
                "account": identity("eating_out"),
                "account_name": "Eating out",
                "account_type": "expense",
                "amount": "15.00",
                "external_id": "",
            },
        ],
    },
    card_purchase={
        "description": "Desk",
        "account": identity("platinum_account"),
        "account_name": "Platinum",
        "amount": "-850.00",
        "transfer_to": None,
        "transfer_to_name": None,
        "external_id": "",
        "entries": [
            _OF_CARD | {"amount": "-850.00"},
            {
                "account": identity("groceries"),
                "account_name": "Groceries",
                "account_type": "expense",
                "amount": "850.00",
                "external_id": "",
            },
        ],
    },
    card_payment=_OTHER
    | {
        "description": "Bill of the card",
        "kind": "transfer",
        "amount": "-200.00",
        "transfer_to": identity("platinum_account"),
        "transfer_to_name": "Platinum",
        "entries": [
            {"account_type": "asset", "amount": "-200.00", "external_id": ""},
            _OF_CARD | {"amount": "200.00"},
        ],
    },
)
class TransactionRead(serializers.Serializer):
    """A transaction: one account, one signed amount, one category or transfer, or a split."""

    id = serializers.UUIDField()
    date = serializers.DateField()
    description = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    account = serializers.UUIDField()
    account_name = serializers.CharField()
    amount = serializers.CharField()
    currency = serializers.CharField()
    category = serializers.UUIDField(allow_null=True)
    category_name = serializers.CharField(allow_null=True)
    transfer_to = serializers.UUIDField(allow_null=True)
    transfer_to_name = serializers.CharField(allow_null=True)
    transfer_amount = serializers.CharField(allow_null=True)
    vendor = serializers.UUIDField(allow_null=True)
    vendor_name = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(choices=Status.choices)
    external_id = serializers.CharField(allow_blank=True)
    notes = serializers.CharField(allow_blank=True)
    source = serializers.ChoiceField(choices=Source.choices)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    entries = EntryRead(many=True)
    expanded = TransactionExpanded(required=False)


class EntryCreate(serializers.Serializer):
    """A wanted entry; `currency` may be left out on an account that has one."""

    account = serializers.UUIDField()
    amount = serializers.RegexField(DECIMAL, max_length=40)
    currency = serializers.RegexField(CODE, required=False)
    status = serializers.ChoiceField(choices=Status.choices, required=False)
    external_id = serializers.CharField(
        max_length=255, required=False, allow_blank=True, allow_null=True
    )
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, allow_null=True)


@samples(
    purchase=dict.fromkeys(("account", "amount", "category", "vendor", "external_id"), ...),
    transfer={
        "description": "Put aside",
        "account": ...,
        "amount": "-500.00",
        "transfer_to": ...,
    },
    split={
        "description": "Market, and lunch there",
        "entries": [
            {"account": ..., "amount": "-60.00"},
            {"account": identity("groceries"), "amount": "45.00", "currency": "BRL"},
            {"account": identity("eating_out"), "amount": "15.00", "currency": "BRL"},
        ],
    },
    card_purchase={
        "description": "Desk",
        "account": identity("platinum_account"),
        "amount": "-850.00",
        "category": ...,
    },
    card_payment={
        "description": "Bill of the card",
        "account": ...,
        "amount": "-200.00",
        "transfer_to": identity("platinum_account"),
    },
)
class TransactionCreate(serializers.Serializer):
    """A wanted transaction: `account` and `amount` with a category, a transfer or neither; or
    `entries` that sum to zero in each currency."""

    date = serializers.DateField()
    description = serializers.CharField(max_length=500)
    account = serializers.UUIDField(required=False)
    amount = serializers.RegexField(DECIMAL, max_length=40, required=False)
    currency = serializers.RegexField(CODE, required=False)
    category = serializers.UUIDField(required=False, allow_null=True)
    transfer_to = serializers.UUIDField(required=False, allow_null=True)
    transfer_amount = serializers.RegexField(
        DECIMAL, max_length=40, required=False, allow_null=True
    )
    vendor = serializers.UUIDField(required=False, allow_null=True)
    status = serializers.ChoiceField(choices=Status.choices, required=False)
    external_id = serializers.CharField(
        max_length=255, required=False, allow_blank=True, allow_null=True
    )
    notes = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, allow_null=True
    )
    entries = serializers.ListField(
        child=EntryCreate(), min_length=2, max_length=200, required=False
    )


class EntryChange(serializers.Serializer):
    """A change to the entry with this id, its removal, or a new entry without an id."""

    id = serializers.UUIDField(required=False)
    remove = serializers.BooleanField(required=False)
    account = serializers.UUIDField(required=False)
    amount = serializers.RegexField(DECIMAL, max_length=40, required=False)
    currency = serializers.RegexField(CODE, required=False)
    status = serializers.ChoiceField(choices=Status.choices, required=False)
    external_id = serializers.CharField(
        max_length=255, required=False, allow_blank=True, allow_null=True
    )
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, allow_null=True)


class TransactionMerge(serializers.Serializer):
    """The transaction that tells of the other side of the same movement, and stays."""

    into = serializers.UUIDField()
    date = serializers.DateField(
        required=False, help_text="The day of the transfer; without, that of the one that stays."
    )


@samples(purchase={"description": "Groceries for two weeks", "notes": ...})
class TransactionChange(serializers.Serializer):
    """What changes; null clears. Entries that are not named stay as they are."""

    date = serializers.DateField(required=False)
    description = serializers.CharField(max_length=500, required=False)
    account = serializers.UUIDField(required=False)
    amount = serializers.RegexField(DECIMAL, max_length=40, required=False)
    category = serializers.UUIDField(required=False, allow_null=True)
    transfer_to = serializers.UUIDField(required=False, allow_null=True)
    transfer_amount = serializers.RegexField(
        DECIMAL, max_length=40, required=False, allow_null=True
    )
    vendor = serializers.UUIDField(required=False, allow_null=True)
    status = serializers.ChoiceField(choices=Status.choices, required=False)
    external_id = serializers.CharField(
        max_length=255, required=False, allow_blank=True, allow_null=True
    )
    notes = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, allow_null=True
    )
    entries = serializers.ListField(
        child=EntryChange(), min_length=1, max_length=200, required=False
    )


class TransactionsPage(serializers.Serializer):
    """A page of transactions; `total` when it was asked for."""

    results = TransactionRead(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    total = serializers.IntegerField(required=False)


class VendorCreate(NamedCreate):
    """Someone new that money goes to or comes from."""


class VendorChange(NamedChange):
    """What changes about a vendor."""


class ClosedMonthRead(serializers.Serializer):
    """A closed month: who closed it and when."""

    month = serializers.RegexField(r"^[0-9]{4}-[0-9]{2}$")
    closed_by = serializers.UUIDField(allow_null=True)
    closed_at = serializers.DateTimeField()


class ClosedMonthCreate(serializers.Serializer):
    """A month to close."""

    month = serializers.RegexField(MONTHS)


@samples(balanced={"name": "transactions_balance"})
class IntegrityCheckRead(serializers.Serializer):
    """One property of the book, and how many rows break it."""

    name = serializers.CharField()
    ok = serializers.BooleanField()
    count = serializers.IntegerField()


class IntegrityRead(serializers.Serializer):
    """What a recomputation of the book from its entries found."""

    ok = serializers.BooleanField()
    checks = IntegrityCheckRead(many=True)

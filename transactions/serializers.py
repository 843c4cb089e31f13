"""How transactions, entries and vendors look in the OpenAPI document."""

from rest_framework import serializers

from accounts.models import AccountType
from transactions.models import ImportStatus, Source, Status, Verdict

KINDS = ("expense", "income", "transfer", "equity", "split")


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


class EntryCreate(serializers.Serializer):
    """A wanted entry; `currency` may be left out on an account that has one."""

    account = serializers.UUIDField()
    amount = serializers.CharField(max_length=40)
    currency = serializers.CharField(max_length=3, required=False)
    status = serializers.ChoiceField(choices=Status.choices, required=False)
    external_id = serializers.CharField(max_length=255, required=False, allow_null=True)
    note = serializers.CharField(max_length=500, required=False, allow_null=True)


class TransactionCreate(serializers.Serializer):
    """A wanted transaction: `account` and `amount` with a category, a transfer or neither; or
    `entries` that sum to zero in each currency."""

    date = serializers.DateField()
    description = serializers.CharField(max_length=500)
    account = serializers.UUIDField(required=False)
    amount = serializers.CharField(max_length=40, required=False)
    currency = serializers.CharField(max_length=3, required=False)
    category = serializers.UUIDField(required=False, allow_null=True)
    transfer_to = serializers.UUIDField(required=False, allow_null=True)
    transfer_amount = serializers.CharField(max_length=40, required=False, allow_null=True)
    vendor = serializers.UUIDField(required=False, allow_null=True)
    status = serializers.ChoiceField(choices=Status.choices, required=False)
    external_id = serializers.CharField(max_length=255, required=False, allow_null=True)
    notes = serializers.CharField(max_length=2000, required=False, allow_null=True)
    entries = EntryCreate(many=True, required=False)


class EntryChangeBody(serializers.Serializer):
    """A change to the entry with this id, its removal, or a new entry without an id."""

    id = serializers.UUIDField(required=False)
    remove = serializers.BooleanField(required=False)
    account = serializers.UUIDField(required=False)
    amount = serializers.CharField(max_length=40, required=False)
    currency = serializers.CharField(max_length=3, required=False)
    status = serializers.ChoiceField(choices=Status.choices, required=False)
    external_id = serializers.CharField(max_length=255, required=False, allow_null=True)
    note = serializers.CharField(max_length=500, required=False, allow_null=True)


class TransactionChange(serializers.Serializer):
    """What changes; null clears. Entries that are not named stay as they are."""

    date = serializers.DateField(required=False)
    description = serializers.CharField(max_length=500, required=False)
    account = serializers.UUIDField(required=False)
    amount = serializers.CharField(max_length=40, required=False)
    category = serializers.UUIDField(required=False, allow_null=True)
    transfer_to = serializers.UUIDField(required=False, allow_null=True)
    transfer_amount = serializers.CharField(max_length=40, required=False, allow_null=True)
    vendor = serializers.UUIDField(required=False, allow_null=True)
    status = serializers.ChoiceField(choices=Status.choices, required=False)
    external_id = serializers.CharField(max_length=255, required=False, allow_null=True)
    notes = serializers.CharField(max_length=2000, required=False, allow_null=True)
    entries = EntryChangeBody(many=True, required=False)


class TransactionsPage(serializers.Serializer):
    """A page of transactions; `total` when it was asked for."""

    results = TransactionRead(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    total = serializers.IntegerField(required=False)


class BulkCreate(serializers.Serializer):
    """Up to 1,000 wanted transactions, recorded all or none."""

    transactions = TransactionCreate(many=True)


class BulkResults(serializers.Serializer):
    """The recorded transactions, in the order they were sent."""

    results = TransactionRead(many=True)


class VendorRead(serializers.Serializer):
    """Someone that money goes to or comes from."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    notes = serializers.CharField()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ClosedMonthRead(serializers.Serializer):
    """A closed month: who closed it and when."""

    month = serializers.RegexField(r"^[0-9]{4}-[0-9]{2}$")
    closed_by = serializers.UUIDField(allow_null=True)
    closed_at = serializers.DateTimeField()


class ClosedMonthCreate(serializers.Serializer):
    """A month to close."""

    month = serializers.RegexField(r"^[0-9]{4}-[0-9]{2}$")


class IntegrityCheckRead(serializers.Serializer):
    """One property of the book, and how many rows break it."""

    name = serializers.CharField()
    ok = serializers.BooleanField()
    count = serializers.IntegerField()


class IntegrityRead(serializers.Serializer):
    """What a recomputation of the book from its entries found."""

    ok = serializers.BooleanField()
    checks = IntegrityCheckRead(many=True)


class ImportCountsRead(serializers.Serializer):
    """How many lines are what."""

    new = serializers.IntegerField()
    duplicate = serializers.IntegerField()
    ignored = serializers.IntegerField()


class StatementRead(serializers.Serializer):
    """The statement's own balance, and what is missing for the account's to be the same."""

    currency = serializers.CharField()
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    total = serializers.CharField()
    opening = serializers.CharField(allow_null=True)
    closing = serializers.CharField(allow_null=True)
    closing_on = serializers.DateField(allow_null=True)
    expected = serializers.CharField(allow_null=True)
    gap = serializers.CharField(allow_null=True)


class ImportLineRead(serializers.Serializer):
    """One line, what it is taken for and why."""

    number = serializers.IntegerField()
    date = serializers.DateField()
    amount = serializers.CharField()
    description = serializers.CharField()
    external_id = serializers.CharField(allow_blank=True)
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reason = serializers.CharField()
    transaction = serializers.UUIDField(allow_null=True)


class ImportSummaryRead(serializers.Serializer):
    """An import without its lines."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=ImportStatus.choices)
    account = serializers.UUIDField()
    format = serializers.CharField()
    file_name = serializers.CharField()
    account_number = serializers.CharField(allow_blank=True)
    counts = ImportCountsRead()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ImportRead(ImportSummaryRead):
    """An import with its statement and lines."""

    statement = StatementRead()
    lines = ImportLineRead(many=True)


class ImportCommit(serializers.Serializer):
    """Whether the gap to the statement's balance is booked as an opening balance."""

    book_opening_balance = serializers.BooleanField(required=False)

"""How imports look in the OpenAPI document."""

from hashlib import sha256

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import REAL_KINDS
from buffet.rest.samples import identity, samples
from transactions.models import ImportStatus, Verdict
from transactions.profile_serializers import ImportProfileSettingsRead

_SAMPLE = (
    "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>BRL"
    "<BANKACCTFROM><ACCTID>0001-98765</BANKACCTFROM><BANKTRANLIST>"
    "<STMTTRN><DTPOSTED>20260502<TRNAMT>-9.90<FITID>20260502001<MEMO>Bread</STMTTRN>"
    "<STMTTRN><DTPOSTED>20260504<TRNAMT>-42.50<FITID>20260504001<MEMO>Market hall</STMTTRN>"
    "</BANKTRANLIST><LEDGERBAL><BALAMT>1947.60<DTASOF>20260531</LEDGERBAL>"
    "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
)


@samples(counts={"new": 1, "transfer": 0, "posted": 0, "duplicate": 1, "ignored": 0})
class ImportCountsRead(serializers.Serializer):
    """How many lines are what."""

    new = serializers.IntegerField()
    transfer = serializers.IntegerField()
    posted = serializers.IntegerField()
    duplicate = serializers.IntegerField()
    ignored = serializers.IntegerField()


@samples(
    statement={
        "total": "-52.40",
        "opening": "2000.00",
        "closing": "1947.60",
        "tie": None,
        "expected": "1947.60",
        "gap": "0.00",
    }
)
class StatementRead(serializers.Serializer):
    """The statement's own balance, and what is missing for the account's to be the same."""

    currency = serializers.CharField()
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    total = serializers.CharField()
    opening = serializers.CharField(allow_null=True)
    closing = serializers.CharField(allow_null=True)
    closing_on = serializers.DateField(allow_null=True)
    tie = serializers.CharField(allow_null=True)
    expected = serializers.CharField(allow_null=True)
    gap = serializers.CharField(allow_null=True)


@samples(may={"month": "2026-05", "change": "-52.40"})
class ClosedMonthChangeRead(serializers.Serializer):
    """By how much the account's balance at the end of a closed month would change."""

    month = serializers.RegexField(r"^[0-9]{4}-[0-9]{2}$")
    change = serializers.CharField()


@samples(may={"date": "2026-05-01", "amount": "2000.00"})
class EarlierOpeningRead(serializers.Serializer):
    """What the account opened with before the lines."""

    date = serializers.DateField()
    amount = serializers.CharField()


@samples(may={"date": "2026-06-01", "amount": "1947.60", "lines": 1})
class OpenedLaterRead(serializers.Serializer):
    """An opening balance of the account that is dated after `lines` which are to be recorded.

    What they move is in it already, so that it would count twice. With `book_opening_balance` it
    is what it should be `instead`: of the day before the statement's first, and with the amount
    that leads to the statement's balance; where that names none, to the same balance as before on
    the day on which the account opened. `instead` is null where nothing is to come, or where more
    than the opening balance is in its transaction.
    """

    transaction = serializers.UUIDField()
    date = serializers.DateField()
    amount = serializers.CharField()
    lines = serializers.IntegerField()
    instead = EarlierOpeningRead(allow_null=True)


@samples(rest={"done": 0, "total": 2})
class ImportProgressRead(serializers.Serializer):
    """How many of its lines are recorded."""

    done = serializers.IntegerField()
    total = serializers.IntegerField()


@samples(payment={"verdict": "transfer", "score": 80})
class LineProposalRead(serializers.Serializer):
    """What a line may be besides; nothing is done until somebody chooses it."""

    verdict = serializers.ChoiceField(choices=[Verdict.TRANSFER, Verdict.POSTED, Verdict.DUPLICATE])
    transaction = serializers.UUIDField()
    score = serializers.IntegerField(help_text="How sure that is, up to 100.")


@samples(
    bread={
        "amount": "-9.90",
        "description": "Bread",
        "external_id": "20260502001",
        "date": "2026-05-02",
        "pending": False,
        "reconciled": False,
        "verdict": "new",
        "reason": "not_in_the_book",
        "chosen": False,
        "transaction": None,
        "own_description": "",
        "category": None,
        "category_reason": "",
        "vendor": None,
        "vendor_reason": "",
        "subscription": None,
        "due_on": None,
        "proposal": None,
    },
    weekly_groceries={"number": 2, "verdict": "duplicate", "reason": "same_bank_id"},
)
class ImportLineRead(serializers.Serializer):
    """One line, what it is taken for and why."""

    number = serializers.IntegerField()
    date = serializers.DateField()
    amount = serializers.CharField()
    description = serializers.CharField()
    external_id = serializers.CharField(allow_blank=True)
    pending = serializers.BooleanField(help_text="Whether the bank has not posted it yet.")
    reconciled = serializers.BooleanField(help_text="Whether the file says that it is reconciled.")
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reason = serializers.CharField()
    chosen = serializers.BooleanField(help_text="Whether a person chose the verdict.")
    transaction = serializers.UUIDField(allow_null=True)
    own_description = serializers.CharField(allow_blank=True)
    category = serializers.UUIDField(allow_null=True)
    category_reason = serializers.CharField(allow_blank=True)
    vendor = serializers.UUIDField(allow_null=True)
    vendor_reason = serializers.CharField(allow_blank=True)
    subscription = serializers.UUIDField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    proposal = LineProposalRead(allow_null=True)


@samples(may={})
class ImportSummaryRead(serializers.Serializer):
    """An import without its lines."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=ImportStatus.choices)
    account = serializers.UUIDField()
    format = serializers.CharField()
    file_name = serializers.CharField()
    account_number = serializers.CharField(allow_blank=True)
    statement_number = serializers.IntegerField()
    counts = ImportCountsRead()
    progress = ImportProgressRead()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


@samples(rest={})
class ImportOptions(serializers.Serializer):
    """What is said of a file that does not tell: whether 04/05 is 4 May, 1,234 a bit over 1."""

    day_first = serializers.BooleanField(required=False)
    decimal_comma = serializers.BooleanField(required=False)


@samples(rest={})
class ImportOptionsRead(serializers.Serializer):
    """What was said of a file that does not tell."""

    day_first = serializers.BooleanField(required=False)
    decimal_comma = serializers.BooleanField(required=False)


@samples(
    may={
        "profile": None,
        "options": {},
        "proposals": 0,
        "opened_later": None,
        "closed_months": [],
        "next": None,
    }
)
class ImportRead(ImportSummaryRead):
    """An import with its statement and its first 1,000 lines; `next` leads to the others.

    Months are closed one by one, and a closed one keeps its entries. Lines that are dated in an
    open month before it are carried into its balances all the same: `closed_months` says of which,
    and by how much, while something is still to be recorded. What `book_opening_balance` adds comes
    on top. `proposals` says how many lines may be something else, and are recorded as new unless
    somebody chooses that.
    """

    profile = ImportProfileSettingsRead(allow_null=True)
    options = ImportOptionsRead()
    proposals = serializers.IntegerField()
    statement = StatementRead()
    opened_later = OpenedLaterRead(allow_null=True)
    closed_months = ClosedMonthChangeRead(many=True)
    lines = ImportLineRead(many=True)
    next = serializers.URLField(allow_null=True)


@samples(may={"account": ..., "file": _SAMPLE})
class ImportUpload(serializers.Serializer):
    """A bank's file and the account that it is about.

    Without `account` it is the one of the book that has the number in the file; of several
    statements in a file, `statement` chooses one by its place. `profile` is the id of one that was
    saved or a profile as JSON, `options` a JSON object with `day_first` and `decimal_comma`.
    """

    account = serializers.UUIDField(required=False)
    file = serializers.FileField()
    statement = serializers.IntegerField(required=False, min_value=1, max_value=1000)
    profile = serializers.CharField(required=False)
    options = serializers.CharField(required=False)


@samples(may={"file": _SAMPLE})
class ImportInspection(serializers.Serializer):
    """A bank's file to look at; nothing of it is kept."""

    file = serializers.FileField()
    profile = serializers.CharField(required=False)
    options = serializers.CharField(required=False)


@samples(bread={"amount": "-9.90", "description": "Bread", "date": "2026-05-02"})
class InspectedLineRead(serializers.Serializer):
    """One of a file's lines."""

    number = serializers.IntegerField()
    date = serializers.DateField()
    amount = serializers.CharField()
    description = serializers.CharField()
    external_id = serializers.CharField(allow_blank=True)


@samples(
    account={
        "kind": "checking",
        "currency": "BRL",
        "number": "0001-98765",
        "bank": "Banco Azul",
        "opened_on": "2026-05-02",
        "opening_balance": "2000.00",
    }
)
class ProposedAccountRead(serializers.Serializer):
    """What an account that is opened for a statement would be, as far as the file says."""

    kind = serializers.ChoiceField(choices=sorted(str(kind) for kind in REAL_KINDS))
    currency = serializers.CharField(allow_blank=True)
    number = serializers.CharField(allow_blank=True)
    bank = serializers.CharField(allow_blank=True)
    opened_on = serializers.DateField(allow_null=True)
    opening_balance = serializers.CharField(allow_null=True)


@samples(
    statement={
        "number": 1,
        "lines": 2,
        "total": "-52.40",
        "opening": None,
        "closing": "1947.60",
        "account": None,
    }
)
class InspectedStatementRead(serializers.Serializer):
    """One statement of a file; `account` is the one of the book that has its number."""

    number = serializers.IntegerField()
    account_number = serializers.CharField(allow_blank=True)
    currency = serializers.CharField(allow_blank=True)
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    lines = serializers.IntegerField()
    total = serializers.CharField()
    opening = serializers.CharField(allow_null=True)
    closing = serializers.CharField(allow_null=True)
    account = serializers.UUIDField(allow_null=True)
    new_account = ProposedAccountRead()
    sample = InspectedLineRead(many=True)


@samples(may={"profile": None})
class ImportInspectionRead(serializers.Serializer):
    """What a file holds."""

    format = serializers.CharField()
    profile = ImportProfileSettingsRead(allow_null=True)
    statements = InspectedStatementRead(many=True)


_PROFILE = {
    "type": ["string", "object"],
    "description": "The id of a saved profile, or a profile itself: its ImportProfileSettings.",
    "example": identity("of_the_bank"),
}


@extend_schema_field(_PROFILE)
class ProfileField(serializers.Field):
    """The id of a saved profile, or a profile."""


@samples(may={"options": {"day_first": True}})
class ImportChange(serializers.Serializer):
    """How the file is to be read, instead: with a saved profile, or with settings of its own."""

    profile = ProfileField(required=False)
    options = ImportOptions(required=False)


@samples(bread={"category": ..., "verdict": "new"})
class LineChoice(serializers.Serializer):
    """What a person says about a line; null takes a choice back."""

    verdict = serializers.ChoiceField(choices=Verdict.choices, required=False, allow_null=True)
    transaction = serializers.UUIDField(required=False, allow_null=True)
    category = serializers.UUIDField(required=False, allow_null=True)
    vendor = serializers.UUIDField(required=False, allow_null=True)
    description = serializers.CharField(required=False, max_length=500, allow_blank=True)


@samples(bread={"number": 1, "verdict": "ignored"})
class NumberedChoice(LineChoice):
    """What a person says about the line of a number."""

    number = serializers.IntegerField(min_value=1)


@samples(may={})
class LineChoices(serializers.Serializer):
    """What a person says about up to 1,000 lines, all or none."""

    lines = NumberedChoice(many=True, min_length=1, max_length=1000)


@samples(bread={})
class ChosenLinesRead(serializers.Serializer):
    """The lines that were chosen for, and what all lines of the import are by now."""

    lines = ImportLineRead(many=True)
    counts = ImportCountsRead()
    version = serializers.IntegerField()


@samples(may={"book_opening_balance": False})
class ImportCommit(serializers.Serializer):
    """Whether the gap to the statement's balance is booked as an opening balance.

    One that is dated after lines of the file is moved before them instead: see `opened_later`.
    """

    book_opening_balance = serializers.BooleanField(required=False)


_BOOK = (
    '{"format":"better-call-buffet","version":1,"row":"book",'
    '"made_at":"2026-06-01T09:15:00.000000Z","name":"Household","base_currency":"BRL",'
    '"time_zone":"America/Sao_Paulo","month_start_day":1}\n'
)


@samples(
    book={
        "file": f'{_BOOK}{{"row":"end","lines":{{}},'
        f'"sha256":"{sha256(_BOOK.encode()).hexdigest()}"}}\n'
    }
)
class BookUpload(serializers.Serializer):
    """The JSON Lines of a book that was exported."""

    file = serializers.FileField()

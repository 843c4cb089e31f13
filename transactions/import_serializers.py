"""How imports look in the OpenAPI document."""

from hashlib import sha256

from rest_framework import serializers

from buffet.rest.samples import samples
from transactions.models import ImportStatus, Verdict

_SAMPLE = (
    "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>BRL"
    "<BANKACCTFROM><ACCTID>0001-98765</BANKACCTFROM><BANKTRANLIST>"
    "<STMTTRN><DTPOSTED>20260502<TRNAMT>-9.90<FITID>20260502001<MEMO>Bread</STMTTRN>"
    "<STMTTRN><DTPOSTED>20260504<TRNAMT>-42.50<FITID>20260504001<MEMO>Market hall</STMTTRN>"
    "</BANKTRANLIST><LEDGERBAL><BALAMT>1947.60<DTASOF>20260531</LEDGERBAL>"
    "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
)


@samples(counts={"new": 1, "transfer": 0, "duplicate": 1, "ignored": 0})
class ImportCountsRead(serializers.Serializer):
    """How many lines are what."""

    new = serializers.IntegerField()
    transfer = serializers.IntegerField()
    duplicate = serializers.IntegerField()
    ignored = serializers.IntegerField()


@samples(
    statement={
        "total": "-52.40",
        "opening": "2000.00",
        "closing": "1947.60",
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
    expected = serializers.CharField(allow_null=True)
    gap = serializers.CharField(allow_null=True)


@samples(
    bread={
        "amount": "-9.90",
        "description": "Bread",
        "external_id": "20260502001",
        "date": "2026-05-02",
        "verdict": "new",
        "reason": "not_in_the_book",
        "transaction": None,
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
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reason = serializers.CharField()
    transaction = serializers.UUIDField(allow_null=True)


@samples(may={})
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


@samples(may={"file": _SAMPLE})
class ImportUpload(serializers.Serializer):
    """A bank's file and the account that it is about."""

    account = serializers.UUIDField()
    file = serializers.FileField()


@samples(may={"book_opening_balance": False})
class ImportCommit(serializers.Serializer):
    """Whether the gap to the statement's balance is booked as an opening balance."""

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

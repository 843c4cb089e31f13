"""How import profiles look in the OpenAPI document."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from buffet.rest.samples import identity, samples
from transactions.imports.tables import Profile

_COLUMN: dict[str, Any] = {
    "oneOf": [
        {"type": "integer", "minimum": 1, "maximum": 1000},
        {"type": "string", "minLength": 1, "maxLength": 200},
    ]
}


@extend_schema_field(_COLUMN | {"description": "A column: its number, from 1, or its header."})
class ColumnField(serializers.Field):
    """A column of a table."""


def _column() -> ColumnField:
    return ColumnField(required=False)


def _text(most: int) -> serializers.CharField:
    return serializers.CharField(max_length=most, required=False, trim_whitespace=False)


def _words() -> serializers.ListField:
    child = serializers.CharField(max_length=50, allow_blank=True)
    return serializers.ListField(child=child, max_length=50, required=False)


def _columns() -> serializers.ListField:
    return serializers.ListField(child=ColumnField(), max_length=20, required=False)


_SETTINGS = Profile(
    delimiter=";",
    encoding="utf-8",
    quote='"',
    header_row=1,
    header=("Data", "Descrição", "Valor"),
    date=("Data",),
    date_order="dmy",
    decimal_mark=",",
    amount="Valor",
    negate=False,
    description=("Descrição",),
).as_json()
PROFILE_SAMPLE: dict[str, Any] = {
    "name": "Our bank's table",
    "account": identity("checking"),
    "profile": _SETTINGS,
    "fingerprint": Profile(header=("Data", "Descrição", "Valor")).fingerprint,
}


@samples(of_the_bank=_SETTINGS)
class ImportProfileSettings(serializers.Serializer):
    """How a table is read; what is left out is found in the table itself.

    `date_order` is ymd, dmy, mdy or a pattern such as DD.MM.YYYY. `amount` is one column, perhaps
    with `direction`, whose words say debit or credit; or there are `debit` and `credit`.
    `negate`: positive amounts are money out. `subtract_fee`: the fee comes on top of the amount.
    """

    delimiter = serializers.ChoiceField(choices=[",", ";", "\t", "|"], required=False)
    encoding = _text(40)
    quote = serializers.ChoiceField(choices=['"', "'", ""], required=False, allow_blank=True)
    header_row = serializers.IntegerField(min_value=0, max_value=10_000, required=False)
    header = serializers.ListField(
        child=serializers.CharField(max_length=500, allow_blank=True),
        max_length=500,
        required=False,
    )
    skip_last = serializers.IntegerField(min_value=0, max_value=10_000, required=False)
    sheet = _text(100)
    date = _columns()
    date_order = _text(30)
    user_date = _column()
    decimal_mark = serializers.ChoiceField(choices=[".", ","], required=False)
    amount = _column()
    negate = serializers.BooleanField(required=False)
    debit = _column()
    credit = _column()
    direction = _column()
    debit_words = _words()
    credit_words = _words()
    fee = _column()
    subtract_fee = serializers.BooleanField(required=False)
    balance = _column()
    description = _columns()
    payee = _column()
    external_id = _column()
    currency = _column()
    currency_code = serializers.RegexField(r"^[A-Z]{3}$", required=False)
    status = _column()
    pending_words = _words()
    void_words = _words()
    posted_words = _words()
    category = _column()
    kind = _column()
    check_number = _column()
    account = _column()


@samples(of_the_bank=_SETTINGS)
class ImportProfileSettingsRead(ImportProfileSettings):
    """How a table is read; what is left out is found in the table itself."""


@samples(of_the_bank=PROFILE_SAMPLE)
class ImportProfileRead(serializers.Serializer):
    """How the tables of one kind are read.

    `fingerprint` is of the header: the next file with the same is read in the same way, if it is
    for the account of the profile, or the profile for all accounts.
    """

    id = serializers.UUIDField()
    name = serializers.CharField()
    account = serializers.UUIDField(allow_null=True)
    profile = ImportProfileSettingsRead()
    fingerprint = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


_BODY = {"name": "Our bank's table", "profile": _SETTINGS}


@samples(of_the_bank=_BODY)
class ImportProfileCreate(serializers.Serializer):
    """How tables are read, for one account or, without one, for all of the book's."""

    name = serializers.CharField(max_length=150)
    account = serializers.UUIDField(required=False, allow_null=True)
    profile = ImportProfileSettings()


@samples(of_the_bank={"name": "Our bank's table"})
class ImportProfileChange(serializers.Serializer):
    """What changes about a profile; `profile` is replaced as a whole, null is no account."""

    name = serializers.CharField(max_length=150, required=False)
    account = serializers.UUIDField(required=False, allow_null=True)
    profile = ImportProfileSettings(required=False)

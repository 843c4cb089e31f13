"""How links to exports look in the OpenAPI document."""

from rest_framework import serializers

from buffet.rest.samples import samples

#: The names of the files, as `reports.exports.kinds` has them.
KINDS = [
    "transactions.csv",
    "book.jsonl",
    "book.beancount",
    "book.hledger",
    "statement.ofx",
]


@samples(parameters={"date_from": "2026-05-01"})
class ExportParameters(serializers.Serializer):
    """What of the book is exported, as the export's own address has it."""

    account = serializers.UUIDField(required=False)
    date_from = serializers.DateField(required=False)
    date_to = serializers.DateField(required=False)


@samples(export={"kind": "transactions.csv", "parameters": {"date_from": "2026-05-01"}})
class ExportLinkCreate(serializers.Serializer):
    """Which export a link is to be made to."""

    kind = serializers.ChoiceField(KINDS)
    parameters = ExportParameters(required=False)


@samples(export={"url": "https://buffet.example.com/exports/WyIwMTlkIl0:1w:x/transactions.csv"})
class ExportLinkRead(serializers.Serializer):
    """A link to an export: its address is a secret until it expires."""

    id = serializers.UUIDField()
    url = serializers.CharField()
    expires_at = serializers.DateTimeField()

"""Cards and statements in the feed of what changed in a book."""

from rest_framework import serializers

from accounts.models import CardBrand
from buffet.rest.samples import identity, samples
from invoices.models import CentsOn, Fate
from transactions import feed_serializers
from transactions.feed_serializers import RowData
from transactions.queries import feed
from transactions.queries.feed import json_of

_CURRENCY = (
    "(SELECT a.currency FROM accounts_creditcard c JOIN accounts_account a ON a.id = c.account_id "
    "WHERE c.id = {card})"
)


def _amount(column: str, card: str) -> str:
    return f"round(r.{column}, buffet_decimals({_CURRENCY.format(card=card)}))::text"


_MONTH = "to_char(r.{column}, 'YYYY-MM')"
_MOVED = """(
    SELECT coalesce(json_agg(l.entry_id ORDER BY l.entry_id), '[]'::json)
    FROM invoices_invoiceline l WHERE l.invoice_id = r.id AND l.chosen_month IS NOT NULL
)"""
_PARCELS = """(
    SELECT coalesce(json_agg(json_build_object(
        'number', n.number, 'transaction', n.transaction_id, 'date', n.date, 'fate', n.fate
    ) ORDER BY n.number), '[]'::json) FROM invoices_installment n WHERE n.plan_id = r.id
)"""
#: The parcels that are there: where a transaction is deleted, its parcel went with it.
_THERE = """FROM invoices_installment n JOIN invoices_invoiceline l
    ON l.transaction_id = n.transaction_id AND l.card_id = r.card_id WHERE n.plan_id = r.id"""
_TOTAL = f"""round((
    SELECT CASE WHEN count(*) = r.parcels THEN r.total ELSE coalesce(-sum(l.amount), 0) END {_THERE}
), buffet_decimals({_CURRENCY.format(card="r.card_id")}))::text"""
_RESOURCES = {
    "credit_card": (
        "accounts_creditcard",
        json_of(
            "brand",
            "last_four",
            "closing_day_is_next",
            limit=_amount("limit", "r.id"),
            account="r.account_id",
            paying_account="r.paying_account_id",
        ),
    ),
    "card_terms": (
        "accounts_cardterms",
        json_of(
            "closing_day",
            "due_day",
            card="r.card_id",
            from_month=_MONTH.format(column="from_month"),
        ),
    ),
    "invoice": (
        "invoices_invoice",
        json_of(
            "opens_on",
            "closes_on",
            "due_on",
            "dates_kept",
            "lines",
            card="r.card_id",
            month=_MONTH.format(column="month"),
            minimum_payment=_amount("minimum_payment", "r.card_id"),
            moved_lines=_MOVED,
        ),
    ),
    "installment_plan": (
        "invoices_installmentplan",
        json_of(
            "description",
            "purchased_on",
            "cents_on",
            "cancelled_on",
            "notes",
            card="r.card_id",
            total=_TOTAL,
            parcels=f"(SELECT count(*) {_THERE})",
            missing=f"(SELECT r.parcels - count(*) {_THERE})",
            first_month=_MONTH.format(column="first_month"),
            installments=_PARCELS,
        ),
    ),
    "allocation_choice": (
        "invoices_allocationchoice",
        json_of(
            "refused",
            invoice="r.invoice_id",
            payment="r.entry_id",
            amount="trim_scale(r.amount)::text",
        ),
    ),
}


@samples(platinum={"account": identity("platinum_account"), "limit": "5000.00"})
class CreditCardData(RowData):
    """The columns of a card."""

    brand = serializers.ChoiceField(choices=CardBrand.choices)
    last_four = serializers.CharField(allow_blank=True)
    closing_day_is_next = serializers.BooleanField()
    limit = serializers.CharField(allow_null=True)
    account = serializers.UUIDField()
    paying_account = serializers.UUIDField(allow_null=True)


class CardTermsData(RowData):
    """On which days a card's statements close and are due, from a month on."""

    closing_day = serializers.IntegerField()
    due_day = serializers.IntegerField()
    card = serializers.UUIDField()
    from_month = serializers.CharField()


class InvoiceData(RowData):
    """The columns of a statement, and the entries that were moved to it by hand."""

    opens_on = serializers.DateField()
    closes_on = serializers.DateField()
    due_on = serializers.DateField()
    dates_kept = serializers.BooleanField()
    lines = serializers.IntegerField()
    card = serializers.UUIDField()
    month = serializers.CharField()
    minimum_payment = serializers.CharField(allow_null=True)
    moved_lines = serializers.ListField(child=serializers.UUIDField())


class ParcelData(serializers.Serializer):
    """One parcel of a plan, and what became of it besides being billed."""

    number = serializers.IntegerField()
    transaction = serializers.UUIDField()
    date = serializers.DateField()
    fate = serializers.ChoiceField(choices=[one for one in Fate.values if one], allow_blank=True)


class InstallmentPlanData(RowData):
    """The columns of a purchase in parcels, and them.

    `missing` counts the parcels whose transactions are deleted: neither `parcels` nor `total` has
    them, until these are restored.
    """

    description = serializers.CharField()
    purchased_on = serializers.DateField()
    parcels = serializers.IntegerField()
    missing = serializers.IntegerField()
    cents_on = serializers.ChoiceField(choices=CentsOn.choices)
    cancelled_on = serializers.DateField(allow_null=True)
    notes = serializers.CharField(allow_blank=True)
    card = serializers.UUIDField()
    total = serializers.CharField()
    first_month = serializers.CharField()
    installments = ParcelData(many=True)


class AllocationChoiceData(RowData):
    """Which payment is for which statement, up to how much; or, refused, for which it is not."""

    refused = serializers.BooleanField()
    invoice = serializers.UUIDField()
    payment = serializers.UUIDField()
    amount = serializers.CharField(allow_null=True)


def join() -> None:
    """Add the resources of this app to the feed."""
    feed.RESOURCES |= _RESOURCES
    feed.OTHER_NAMES |= {
        "creditcard": "credit_card",
        "cardterms": "card_terms",
        "installmentplan": "installment_plan",
        "allocationchoice": "allocation_choice",
    }
    feed_serializers.DATA |= {
        "credit_card": CreditCardData,
        "card_terms": CardTermsData,
        "invoice": InvoiceData,
        "installment_plan": InstallmentPlanData,
        "allocation_choice": AllocationChoiceData,
    }

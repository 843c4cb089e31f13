"""Card statements: their dates, their lines, what was decided about who pays what."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from uuid_utils.compat import uuid7

from accounts.models import CreditCard
from buffet.audit import ACTING_DOOR, ACTING_USER, kept_history
from buffet.models import KEPT, Book, BookRow
from invoices.triggers import DATES_TRIGGER, LINE_TRIGGERS, PARCEL_TRIGGERS
from transactions.models import Transaction


class Section(models.TextChoices):
    """What a line is on a statement."""

    PURCHASE = "purchase"
    REFUND = "refund"
    FEE = "fee"
    INTEREST = "interest"
    TAX = "tax"
    ADJUSTMENT = "adjustment"
    PAYMENT = "payment"


#: Section → the column that adds it up; what is owed is positive, as are refunds and payments.
SUMS = {
    Section.PURCHASE: "purchases",
    Section.REFUND: "refunds",
    Section.FEE: "fees",
    Section.INTEREST: "interest",
    Section.TAX: "taxes",
    Section.ADJUSTMENT: "adjustments",
    Section.PAYMENT: "payments",
}


def _sum() -> models.DecimalField:
    return models.DecimalField(max_digits=30, decimal_places=8, default=0, db_default=0)


@pghistory.track(*kept_history(), exclude=[*KEPT, *SUMS.values(), "lines", "filled_in"])
class Invoice(BookRow):
    """One statement of a card: from when to when it collects purchases, and when it is due.

    The database keeps the sums of its lines, in the card's currency.
    """

    card = models.ForeignKey(
        CreditCard, on_delete=models.PROTECT, related_name="invoices", db_constraint=False
    )
    month = models.DateField(help_text="The month it closes in by the card's days: its first day.")
    opens_on = models.DateField()
    closes_on = models.DateField()
    due_on = models.DateField()
    dates_kept = models.BooleanField(
        default=False, help_text="The bank moved a date: it no longer follows the card's days."
    )
    minimum_payment = models.DecimalField(
        max_digits=23, decimal_places=8, null=True, blank=True, help_text="If the bank named one."
    )
    purchases = _sum()
    refunds = _sum()
    fees = _sum()
    interest = _sum()
    taxes = _sum()
    adjustments = _sum()
    payments = _sum()
    lines = models.BigIntegerField(default=0, db_default=0)
    filled_in = models.BigIntegerField(
        null=True, editable=False, help_text="The database transaction of its first line."
    )

    class Meta(BookRow.Meta):
        abstract = False
        ordering = ["card", "month"]
        constraints = [
            models.UniqueConstraint(fields=["id", "book"], name="invoice_in_book"),
            models.UniqueConstraint(fields=["card", "month"], name="one_invoice_per_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="invoice_is_of_a_month"),
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("closes_on"), closes_on__lte=F("due_on")),
                name="invoice_opens_closes_is_due",
            ),
            models.CheckConstraint(
                condition=Q(minimum_payment__isnull=True) | Q(minimum_payment__gte=0),
                name="minimum_is_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["card", "opens_on"], name="invoices_by_day"),
            models.Index(fields=["book", "version"], name="invoices_by_version"),
        ]
        triggers: ClassVar = [*BookRow.Meta.triggers, DATES_TRIGGER]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


@pghistory.track(
    pghistory.UpdateEvent(
        condition=pghistory.AnyChange("chosen_month"), row=pghistory.Old, level=pghistory.Statement
    ),
    pghistory.DeleteEvent(
        condition=pgtrigger.Q(old__chosen_month__isnull=False), level=pghistory.Statement
    ),
    # The rest follows from entries and statements, which keep their own history.
    fields=["entry_id", "book", "chosen_month"],
    model_name="InvoiceLineEvent",
)
class InvoiceLine(models.Model):
    """An entry of the card's account as it stands on a statement; kept by the database alone.

    `amount` is signed as the entry is: what is owed is negative.
    """

    entry_id = models.UUIDField(primary_key=True, editable=False)
    book = models.ForeignKey(
        Book, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    card = models.ForeignKey(
        CreditCard,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    transaction_id = models.UUIDField()
    date = models.DateField()
    section = models.CharField(max_length=10, choices=Section.choices)
    amount = models.DecimalField(max_digits=23, decimal_places=8)
    chosen_month = models.DateField(
        null=True, help_text="The month of the statement that it was moved to by hand."
    )

    class Meta:
        ordering = ["invoice", "date", "entry_id"]
        indexes = [
            models.Index(fields=["invoice", "date", "entry_id"], name="lines_of_invoice"),
            models.Index(fields=["card", "date"], name="lines_of_card"),
            models.Index(fields=["transaction_id"], name="lines_of_transaction"),
            models.Index(
                fields=["card", "date", "entry_id"],
                condition=Q(section=Section.PAYMENT),
                name="payments_of_card",
            ),
        ]
        triggers: ClassVar = LINE_TRIGGERS

    def __str__(self) -> str:
        return f"{self.date} {self.amount}"


@pghistory.track(pghistory.DeleteEvent(level=pghistory.Statement))
class InvoiceChange(models.Model):
    """What changed on a statement after it had closed; kept by the database alone."""

    id = models.BigAutoField(primary_key=True)
    book = models.ForeignKey(
        Book, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="changes", db_constraint=False
    )
    entry_id = models.UUIDField()
    transaction_id = models.UUIDField()
    date = models.DateField()
    before = models.DecimalField(
        max_digits=23, decimal_places=8, null=True, help_text="None if the line is new."
    )
    after = models.DecimalField(
        max_digits=23, decimal_places=8, null=True, help_text="None if the line is gone."
    )
    changed_at = models.DateTimeField(db_default=Now())
    changed_by = models.UUIDField(db_default=ACTING_USER, null=True)
    changed_via = models.CharField(max_length=10, db_default=ACTING_DOOR)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.date} {self.before} → {self.after}"


@pghistory.track(*kept_history(), exclude=KEPT)
class AllocationChoice(BookRow):
    """What a person decided about a payment and a statement; all else is allocated by itself.

    The payment settles this statement before others, with no more than `amount` if one is given;
    or, if it is `refused`, never.
    """

    invoice = models.ForeignKey(
        Invoice, on_delete=models.CASCADE, related_name="choices", db_constraint=False
    )
    entry_id = models.UUIDField(help_text="The payment's entry on the card's account.")
    refused = models.BooleanField(default=False)
    amount = models.DecimalField(max_digits=23, decimal_places=8, null=True, blank=True)

    class Meta(BookRow.Meta):
        abstract = False
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "entry_id"], name="one_choice_per_payment"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0, refused=False),
                name="chosen_amount_is_positive",
            ),
        ]
        indexes = [
            models.Index(fields=["entry_id"], name="choices_of_payment"),
            models.Index(fields=["book", "version"], name="choices_by_version"),
        ]

    def __str__(self) -> str:
        return f"{'no ' if self.refused else ''}payment for {self.invoice}"


class CentsOn(models.TextChoices):
    """Which parcel takes the cents that do not divide."""

    FIRST = "first"
    LAST = "last"


@pghistory.track(*kept_history(), exclude=KEPT)
class InstallmentPlan(BookRow):
    """A purchase with a card that is billed in parcels, one on each of so many statements."""

    card = models.ForeignKey(
        CreditCard, on_delete=models.PROTECT, related_name="plans", db_constraint=False
    )
    description = models.CharField(max_length=480)
    purchased_on = models.DateField()
    total = models.DecimalField(
        max_digits=23, decimal_places=8, help_text="Of all parcels, in the card's currency."
    )
    parcels = models.PositiveSmallIntegerField()
    first_month = models.DateField(help_text="The month of the first parcel's statement.")
    cents_on = models.CharField(max_length=5, choices=CentsOn.choices, default=CentsOn.FIRST)
    cancelled_on = models.DateField(null=True, blank=True)
    notes = models.TextField(blank=True, default="", max_length=2000)

    class Meta(BookRow.Meta):
        abstract = False
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["id", "book"], name="plan_in_book"),
            models.CheckConstraint(condition=Q(parcels__range=(2, 120)), name="plan_has_parcels"),
            models.CheckConstraint(condition=Q(total__gt=0), name="plan_costs_something"),
            models.CheckConstraint(condition=Q(first_month__day=1), name="plan_from_a_month"),
            models.CheckConstraint(
                condition=Q(cents_on__in=CentsOn.values), name="cents_are_first_or_last"
            ),
        ]
        indexes = [models.Index(fields=["book", "version"], name="plans_by_version")]

    def __str__(self) -> str:
        return f"{self.description}, in {self.parcels}"


class Fate(models.TextChoices):
    """What became of a parcel besides being billed in its month."""

    NONE = ""
    PREPAID = "prepaid"
    CANCELLED = "cancelled"


@pghistory.track(*kept_history())
class Installment(models.Model):
    """One parcel of a plan, and the transaction that it is.

    `date` is the transaction's: the database keeps it so, and takes the row away with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    book = models.ForeignKey(
        Book, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    plan = models.ForeignKey(
        InstallmentPlan,
        on_delete=models.CASCADE,
        related_name="installments",
        db_index=False,
        db_constraint=False,
    )
    number = models.PositiveSmallIntegerField()
    transaction = models.OneToOneField(
        Transaction, on_delete=models.CASCADE, related_name="installment", db_constraint=False
    )
    date = models.DateField()
    fate = models.CharField(
        max_length=10, choices=Fate.choices, default=Fate.NONE, db_default=Fate.NONE, blank=True
    )

    class Meta:
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="one_parcel_per_number"),
        ]
        triggers: ClassVar = PARCEL_TRIGGERS

    def __str__(self) -> str:
        return f"{self.number}: {self.date}"

"""Rules that propose categories and vendors, and what applying them changed."""

from typing import ClassVar

import pghistory
from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Deferrable, F, Q
from django.db.models.functions import Lower

from accounts.models import Account
from buffet.audit import kept_history
from buffet.models import KEPT, Book, BookRow
from transactions.models.vendors import Vendor
from transactions.triggers.rules import RULE_TRIGGER


class Direction(models.TextChoices):
    """Which way money moves, as the account sees it."""

    ANY = "any"
    IN = "in"
    OUT = "out"


@pghistory.track(*kept_history(), exclude=KEPT)
class Rule(BookRow):
    """What a transaction is about when its text, amount and account meet all conditions.

    Amounts have no sign, since the direction says where it goes; both are inclusive. `position` is
    the place in the book's order, from 1: the first rule that gives a category decides it, and the
    first that gives a vendor decides that.
    """

    name = models.CharField(max_length=100)
    position = models.PositiveIntegerField()
    is_active = models.BooleanField(default=True)
    contains = models.CharField(
        max_length=200,
        blank=True,
        default="",
        help_text="A part of the text, whatever its case and accents.",
    )
    regex = models.CharField(
        max_length=200,
        blank=True,
        default="",
        help_text="A regular expression of RE2 that is found in the text, whatever its case.",
    )
    amount_min = models.DecimalField(max_digits=23, decimal_places=8, null=True, blank=True)
    amount_max = models.DecimalField(max_digits=23, decimal_places=8, null=True, blank=True)
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rules",
        db_constraint=False,
    )
    direction = models.CharField(max_length=3, choices=Direction.choices, default=Direction.ANY)
    category = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rules_of_category",
        db_constraint=False,
    )
    vendor = models.ForeignKey(
        Vendor,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rules",
        db_constraint=False,
    )

    class Meta(BookRow.Meta):
        abstract = False
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint("book", Lower("name"), name="one_rule_per_name"),
            # At the end of the transaction, so that rules can change places.
            models.UniqueConstraint(
                fields=["book", "position"],
                name="one_rule_per_place",
                deferrable=Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name="direction_is_known"
            ),
            # The upper bounds refuse what is no number, too.
            models.CheckConstraint(
                condition=(Q(amount_min__isnull=True) | Q(amount_min__gte=0, amount_min__lt=10**15))
                & (Q(amount_max__isnull=True) | Q(amount_max__gte=0, amount_max__lt=10**15)),
                name="rule_has_amounts_without_sign",
            ),
            models.CheckConstraint(
                condition=Q(amount_min__isnull=True)
                | Q(amount_max__isnull=True)
                | Q(amount_max__gte=F("amount_min")),
                name="rule_has_a_range",
            ),
            models.CheckConstraint(
                condition=~Q(contains="")
                | ~Q(regex="")
                | Q(amount_min__isnull=False)
                | Q(amount_max__isnull=False)
                | Q(account__isnull=False)
                | ~Q(direction=Direction.ANY),
                name="rule_asks_something",
            ),
            models.CheckConstraint(
                condition=Q(category__isnull=False) | Q(vendor__isnull=False),
                name="rule_gives_something",
            ),
        ]
        indexes = [models.Index(fields=["book", "version"], name="rules_by_version")]
        triggers: ClassVar = [*BookRow.Meta.triggers, RULE_TRIGGER]

    def __str__(self) -> str:
        return self.name


@pghistory.track(*kept_history(), exclude=KEPT)
class RuleRun(BookRow):
    """One application of rules to what was recorded already, which can be taken back."""

    rules = models.CharField(max_length=200, help_text="The names of the rules.")
    date_from = models.DateField()
    date_to = models.DateField()
    changed = models.PositiveIntegerField(default=0, help_text="How many transactions it changed.")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta(BookRow.Meta):
        abstract = False
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["id", "book"], name="rule_run_in_book")]
        indexes = [
            models.Index(fields=["book", "-id"], name="rule_runs_of_book"),
            models.Index(fields=["book", "version"], name="rule_runs_by_version"),
        ]

    def __str__(self) -> str:
        return f"{self.rules}, {self.date_from} to {self.date_to}"


class RuleChange(models.Model):
    """What a run gave a transaction: what was there before, and what came.

    A trace, which refers to nothing: what it names may be gone. Without a category (or vendor) that
    came, the run left it alone. Taken back, the row goes; what was left is known by its reason.
    """

    id = models.BigAutoField(primary_key=True)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="+", db_index=False)
    run = models.ForeignKey(
        RuleRun,
        on_delete=models.CASCADE,
        related_name="changes",
        db_constraint=False,
    )
    transaction_id = models.UUIDField()
    entry_id = models.UUIDField(help_text="The entry on the category.")
    category_before = models.UUIDField(null=True, blank=True)
    category_after = models.UUIDField(null=True, blank=True)
    vendor_before = models.UUIDField(null=True, blank=True)
    vendor_after = models.UUIDField(null=True, blank=True)
    left = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="Why it stayed when the run was taken back.",
    )
    # That of the database transaction, as the history's events have it.
    created_at = models.DateTimeField(db_default=TransactionNow(), editable=False)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["transaction_id"], name="rule_changes_of_it")]

    def __str__(self) -> str:
        return str(self.transaction_id)

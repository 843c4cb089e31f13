"""What an account's balance is known to be at the end of some days."""

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from accounts.models import Account
from buffet.audit import kept_history
from buffet.models import KEPT, BookRow
from transactions.models.imports import Import
from transactions.models.ledger import Transaction
from transactions.triggers.points import POINT_TRIGGERS


class PointKind(models.TextChoices):
    """How a balance is known: the bank says it, or somebody values what is there."""

    STATEMENT = "statement"
    VALUATION = "valuation"


@pghistory.track(*kept_history(), exclude=KEPT)
class BalancePoint(BookRow):  # type: ignore[django-manager-missing]  # of events, made later
    """A balance that an account is known to have at the end of a day.

    `balance` is in the account's currency and signed as the account's own: a debt is negative. A
    valuation books what the ledger lacks as a gain or loss; once reconciled, a point locks the
    account's entries up to its day.
    """

    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="points",
        db_index=False,
        db_constraint=False,
    )
    on = models.DateField()
    balance = models.DecimalField(max_digits=23, decimal_places=8)
    kind = models.CharField(max_length=10, choices=PointKind.choices, default=PointKind.STATEMENT)
    note = models.CharField(max_length=500, blank=True, default="")
    transaction = models.ForeignKey(
        Transaction,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        help_text="Of a valuation: what booked the gain or loss.",
    )
    booked_on = models.DateField(
        null=True, blank=True, editable=False, help_text="That transaction's own date."
    )
    of_import = models.ForeignKey(
        Import,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="points",
        db_column="import_id",
        db_constraint=False,
        help_text="The import whose statement says so.",
    )
    reconciled_at = models.DateTimeField(null=True, blank=True)

    class Meta(BookRow.Meta):
        abstract = False
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "on"], name="one_point_per_day"),
            models.CheckConstraint(condition=Q(kind__in=PointKind.values), name="point_is_known"),
            # The upper bound refuses what is no number, too.
            models.CheckConstraint(
                condition=Q(balance__gt=-(10**15), balance__lt=10**15),
                name="point_is_an_amount",
            ),
            models.CheckConstraint(
                condition=Q(transaction__isnull=True, booked_on__isnull=True)
                | Q(kind=PointKind.VALUATION, transaction__isnull=False, booked_on__isnull=False),
                name="only_valuations_book",
            ),
        ]
        indexes = [
            models.Index(fields=["book", "version"], name="points_by_version"),
            models.Index(fields=["book", "on", "id"], name="points_by_day"),
        ]
        triggers: ClassVar = [*BookRow.Meta.triggers, *POINT_TRIGGERS]

    def __str__(self) -> str:
        return f"{self.on}: {self.balance}"

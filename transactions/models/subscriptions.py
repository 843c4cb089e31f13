"""What falls due again and again, and what paid it."""

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from uuid_utils.compat import uuid7

from accounts.models import Account
from buffet.audit import kept_history
from buffet.models import KEPT, Book, BookRow
from transactions.models.ledger import Transaction
from transactions.models.vendors import Vendor
from transactions.recurring import MOST_PERIODS, Cadence, Schedule
from transactions.triggers.subscriptions import PAYMENT_TRIGGERS, SUBSCRIPTION_TRIGGER


@pghistory.track(*kept_history(), exclude=KEPT)
class Subscription(BookRow):
    """A contract: an amount that falls due again and again, counted from its first day.

    `amount` is positive, in the currency of the account that pays. With a category for income it
    is what comes in, otherwise what goes out.
    """

    #: The due dates that are paid, where `queries.subscribed` has read them beside the row.
    paid_on: Sequence[date]
    paid_before: date | None

    name = models.CharField(max_length=150)
    vendor = models.ForeignKey(
        Vendor,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="subscriptions",
        db_constraint=False,
    )
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="subscriptions",
        db_constraint=False,
        help_text="The account or card that pays.",
    )
    category = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="subscriptions_of_category",
        db_constraint=False,
    )
    amount = models.DecimalField(max_digits=23, decimal_places=8)
    cadence = models.CharField(max_length=10, choices=Cadence.choices)
    every = models.PositiveSmallIntegerField(default=1, help_text="Every so many periods.")
    starts_on = models.DateField(help_text="The first due date, whose day all others have.")
    ends_on = models.DateField(
        null=True, blank=True, help_text="The last day on which something may fall due."
    )
    notes = models.TextField(blank=True, default="", max_length=2000)

    class Meta(BookRow.Meta):
        abstract = False
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint("book", Lower("name"), name="one_subscription_per_name"),
            models.UniqueConstraint(fields=["id", "book"], name="subscription_in_book"),
            # The upper bound refuses what is no number, too.
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lt=10**15), name="subscription_costs_something"
            ),
            models.CheckConstraint(
                condition=Q(cadence__in=Cadence.values), name="cadence_is_known"
            ),
            models.CheckConstraint(
                condition=Q(every__range=(1, MOST_PERIODS)), name="subscription_comes_again"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="subscription_ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["book", "version"], name="subscriptions_by_version")]
        triggers: ClassVar = [*BookRow.Meta.triggers, SUBSCRIPTION_TRIGGER]

    def __str__(self) -> str:
        return self.name

    @property
    def schedule(self) -> Schedule:
        """The due dates."""
        return Schedule(self.starts_on, self.cadence, self.every, self.ends_on)


@pghistory.track(*kept_history())
class SubscriptionPayment(models.Model):
    """A transaction that paid what was due on one day.

    `date` is the transaction's: the database keeps it so, and takes the row away with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    book = models.ForeignKey(
        Book, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    subscription = models.ForeignKey(
        Subscription,
        on_delete=models.PROTECT,
        related_name="payments",
        db_index=False,
        db_constraint=False,
    )
    transaction = models.OneToOneField(
        Transaction,
        on_delete=models.CASCADE,
        related_name="subscription_payment",
        db_constraint=False,
    )
    due_on = models.DateField()
    date = models.DateField()

    class Meta:
        ordering = ["subscription", "-due_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "due_on"], name="a_due_date_is_paid_once"
            ),
        ]
        triggers: ClassVar = [*PAYMENT_TRIGGERS]

    def __str__(self) -> str:
        return f"{self.due_on} paid on {self.date}"

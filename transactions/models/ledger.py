"""Dated transactions of signed entries."""

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Collate, Upper

from accounts.models import Account
from buffet.audit import kept_history
from buffet.models import KEPT, Book, BookRow
from transactions.models.vendors import Vendor
from transactions.triggers.balance import BALANCE_TRIGGER
from transactions.triggers.entries import ENTRY_TRIGGERS, refuse_truncate


class Source(models.TextChoices):
    """Where a transaction came from."""

    MANUAL = "manual"
    IMPORT = "import"
    OPENING = "opening"
    VALUATION = "valuation"


@pghistory.track(*kept_history(), exclude=KEPT)
class Transaction(BookRow):  # type: ignore[django-manager-missing]  # of events, made later
    """A dated event whose entries sum to zero in each currency."""

    date = models.DateField(help_text="The posting date, a calendar day without a time.")
    description = models.CharField(max_length=500)
    vendor = models.ForeignKey(
        Vendor,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="transactions",
        db_constraint=False,
    )
    notes = models.TextField(blank=True, default="", max_length=2000)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.MANUAL)

    class Meta(BookRow.Meta):
        abstract = False
        ordering = ["-date", "-id"]
        constraints = [
            # The order of every list, and what an entry's (transaction, book, date) points at.
            models.UniqueConstraint(fields=["book", "date", "id"], name="transactions_by_date"),
        ]
        indexes = [
            models.Index(fields=["book", "version"], name="transactions_by_version"),
            # What begins with a text is a range of it, in the order of its signs.
            models.Index(
                Collate(Upper("description"), "C"), F("id"), name="transactions_by_beginning"
            ),
        ]
        triggers: ClassVar = [*BookRow.Meta.triggers, refuse_truncate("transactions_stay")]

    def __str__(self) -> str:
        return f"{self.date} {self.description}"


class Status(models.TextChoices):
    """How far the bank and its customer agree on an entry."""

    PENDING = "pending"
    CLEARED = "cleared"
    RECONCILED = "reconciled"


@pghistory.track(*kept_history())
class Entry(models.Model):  # type: ignore[django-manager-missing]  # of events, made later
    """A signed amount on one account: debits are positive, credits negative.

    `book` and `date` are those of the transaction, `currency` that of the account where it has one;
    the database holds them together.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    book = models.ForeignKey(
        Book, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    transaction = models.ForeignKey(
        Transaction, on_delete=models.PROTECT, related_name="entries", db_constraint=False
    )
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="entries",
        db_index=False,
        db_constraint=False,
    )
    date = models.DateField()
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=23, decimal_places=8)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CLEARED)
    external_id = models.CharField(max_length=255, default="", blank=True)
    note = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "entries"
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="entry_moves_money"),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="entry_currency_is_a_code"
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="entry_status_is_known"
            ),
            models.UniqueConstraint(
                fields=["account", "external_id"],
                condition=~Q(external_id=""),
                name="one_entry_per_external_id",
            ),
        ]
        indexes = [
            # With what the sums of some days are made of, so that no entry is looked up for them.
            models.Index(
                fields=["account", "date", "transaction"],
                include=["amount", "currency"],
                name="entries_of_days",
            ),
            # What is rare is found without a walk through all entries: an amount, what is pending.
            models.Index(fields=["account", "amount"], name="entries_by_amount"),
            models.Index(
                fields=["account", "status", "date", "transaction"],
                condition=~Q(status="cleared"),
                name="entries_not_cleared",
            ),
        ]
        triggers: ClassVar = [*ENTRY_TRIGGERS, refuse_truncate("entries_stay")]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class BalanceCheck(models.Model):
    """A transaction to look at before the database transaction ends; always empty outside one."""

    id = models.BigAutoField(primary_key=True)
    transaction_id = models.UUIDField()

    class Meta:
        triggers: ClassVar = [BALANCE_TRIGGER]

    def __str__(self) -> str:
        return str(self.transaction_id)

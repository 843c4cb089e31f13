"""Banks' files on their way into accounts."""

import pghistory
from django.db import models

from accounts.models import Account
from buffet.audit import kept_history
from buffet.models import KEPT, Book, BookRow


class ImportStatus(models.TextChoices):
    """Where an import stands."""

    PREVIEW = "preview"
    COMMITTED = "committed"
    REVERTED = "reverted"


@pghistory.track(*kept_history(), exclude=KEPT)
class Import(BookRow):
    """One statement of a bank's file, on its way into an account."""

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="imports", db_constraint=False
    )
    status = models.CharField(
        max_length=10, choices=ImportStatus.choices, default=ImportStatus.PREVIEW
    )
    format = models.CharField(max_length=10)
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64, help_text="SHA-256 of the file, in hex.")
    account_number = models.CharField(
        max_length=64, blank=True, default="", help_text="The account the file says it is about."
    )
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    closing_balance = models.DecimalField(
        max_digits=23, decimal_places=8, null=True, blank=True, help_text="What the bank says."
    )
    closing_on = models.DateField(null=True, blank=True)
    opening_transaction_id = models.UUIDField(
        null=True, blank=True, help_text="The entry that booked the opening balance, if asked for."
    )

    class Meta(BookRow.Meta):
        abstract = False
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["id", "book"], name="import_in_book")]
        indexes = [
            models.Index(fields=["book", "-id"], name="imports_of_book"),
            models.Index(fields=["book", "version"], name="imports_by_version"),
        ]

    def __str__(self) -> str:
        return self.file_name


class Verdict(models.TextChoices):
    """What an imported line is."""

    NEW = "new"
    #: The other side of what another account already tells: a card's payment is one transaction.
    TRANSFER = "transfer"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"


class ImportLine(models.Model):
    """One line of a statement, what it was taken for and why."""

    id = models.BigAutoField(primary_key=True)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="+", db_index=False)
    of_import = models.ForeignKey(
        Import,
        on_delete=models.CASCADE,
        related_name="lines",
        db_index=False,
        db_constraint=False,
    )
    number = models.PositiveIntegerField(help_text="The line's place in the statement, from 1.")
    date = models.DateField()
    amount = models.DecimalField(max_digits=23, decimal_places=8)
    description = models.CharField(max_length=500)
    external_id = models.CharField(max_length=255, blank=True, default="")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.CharField(max_length=40)
    transaction_id = models.UUIDField(
        null=True, blank=True, help_text="The transaction it became or repeats."
    )

    class Meta:
        ordering = ["of_import", "number"]
        constraints = [
            models.UniqueConstraint(fields=["of_import", "number"], name="one_line_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.date} {self.amount} {self.description}"

"""How a bank's tables are read, kept for the next file."""

import pghistory
from django.db import models
from django.db.models.functions import Lower

from accounts.models import Account
from buffet.audit import kept_history
from buffet.models import KEPT, BookRow


@pghistory.track(*kept_history(), exclude=KEPT)
class ImportProfile(BookRow):
    """How the tables of one kind are read: what their columns are and how cells are written."""

    name = models.CharField(max_length=150)
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        help_text="Only for files of this account; empty for all of the book's.",
    )
    profile = models.JSONField()
    fingerprint = models.CharField(
        max_length=64,
        blank=True,
        default="",
        help_text="SHA-256 of the header, by which the next file of its kind is known.",
    )

    class Meta(BookRow.Meta):
        abstract = False
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint("book", Lower("name"), name="one_profile_per_name"),
        ]
        indexes = [
            models.Index(fields=["book", "version"], name="profiles_by_version"),
            models.Index(fields=["book", "fingerprint"], name="profiles_by_header"),
        ]

    def __str__(self) -> str:
        return self.name

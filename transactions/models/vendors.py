"""Who money goes to and comes from."""

import pghistory
from django.db import models
from django.db.models.functions import Lower

from buffet.audit import kept_history
from buffet.models import KEPT, BookRow


@pghistory.track(*kept_history(), exclude=KEPT)
class Vendor(BookRow):
    """Someone that money goes to or comes from."""

    name = models.CharField(max_length=150)
    notes = models.TextField(blank=True, default="", max_length=2000)

    class Meta(BookRow.Meta):
        abstract = False
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint("book", Lower("name"), name="one_vendor_per_name"),
            models.UniqueConstraint(fields=["id", "book"], name="vendor_in_book"),
        ]
        indexes = [models.Index(fields=["book", "version"], name="vendors_by_version")]

    def __str__(self) -> str:
        return self.name

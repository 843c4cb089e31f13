"""When the books were recomputed, by whom, and what was found."""

from django.db import models
from django.db.models.functions import Now

from buffet.audit import ACTING_DOOR, ACTING_USER
from buffet.models import Book


class Verification(models.Model):
    """One recomputation of a book, or of all of them."""

    id = models.BigAutoField(primary_key=True)
    # Without a key of its own: it outlives the book that it is about.
    book = models.ForeignKey(
        Book,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        help_text="None for all books.",
    )
    verified_at = models.DateTimeField(db_default=Now())
    verified_by = models.UUIDField(db_default=ACTING_USER, null=True)
    verified_via = models.CharField(max_length=10, db_default=ACTING_DOOR)
    who = models.CharField(max_length=254, blank=True, help_text="As they were called then.")
    checks = models.PositiveSmallIntegerField()
    broken = models.JSONField(
        default=dict, help_text="The checks that failed, and how many rows broke each."
    )

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["book", "-id"], name="verifications_of_book")]

    def __str__(self) -> str:
        return f"{self.verified_at:%Y-%m-%d %H:%M}: {'broken' if self.broken else 'holds'}"

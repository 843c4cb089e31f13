"""What is kept of staff: who let them see a book's amounts, and until when."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from uuid_utils.compat import uuid7


class SupportAccessQuerySet(models.QuerySet["SupportAccess"]):
    """Questions about what books let support see."""

    def current(self) -> "SupportAccessQuerySet":
        """Keep what holds now."""
        return self.filter(revoked_at=None, expires_at__gt=Now())

    def of_book(self, book_id: UUID) -> "SupportAccessQuerySet":
        """Keep that of one book."""
        return self.filter(book_id=book_id)


class SupportAccess(models.Model):
    """A book's owner lets support see its amounts for a while; the row stays as the record."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    book = models.ForeignKey("Book", on_delete=models.CASCADE, related_name="+")
    granted_by = models.ForeignKey("User", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = SupportAccessQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "support access"
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="support_access_ends_later"
            ),
            models.UniqueConstraint(
                fields=["book"], condition=Q(revoked_at=None), name="one_support_access"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.book_id} until {self.expires_at:%Y-%m-%d %H:%M}"

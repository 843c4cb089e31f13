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


class SecondFactor(models.Model):
    """The app with which a member of staff proves who they are, beside their password.

    Its key is made of the salt and of the service's secret, so that the table alone tells nothing.
    """

    user = models.OneToOneField(
        "User", on_delete=models.CASCADE, primary_key=True, related_name="second_factor"
    )
    salt = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_step = models.BigIntegerField(
        default=0, help_text="The period of the last code that was taken: none is taken twice."
    )

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d}"


class RecoveryCode(models.Model):
    """A code that is good once, for who has lost their app; only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    factor = models.ForeignKey(SecondFactor, on_delete=models.CASCADE, related_name="codes")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256, in hex.")
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.factor_id} {'used' if self.used_at else 'good'}"


class Outcome(models.TextChoices):
    """What became of an attempt to sign in."""

    PASSWORD = "password", "signed in with the password"
    WRONG = "wrong", "wrong password"
    LOCKED = "locked", "refused: too many attempts"
    CODE = "code", "second factor proved"
    RECOVERY = "recovery", "recovery code used"
    WRONG_CODE = "wrong_code", "wrong code"
    LETTER = "letter", "link of a letter used"


class SignIn(models.Model):
    """An attempt to sign in: who, when, from where, through which door, and what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Nobody where no account has the e-mail: what was typed there may be a password.
    user = models.ForeignKey("User", on_delete=models.CASCADE, null=True, related_name="sign_ins")
    at = models.DateTimeField(db_default=Now(), editable=False)
    door = models.CharField(max_length=10)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    address = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["at"], name="sign_ins_by_time")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.outcome}"


class VisitQuerySet(models.QuerySet["Visit"]):
    """Questions about visits."""

    def current(self) -> "VisitQuerySet":
        """Keep those that go on."""
        return self.filter(ended_at=None, expires_at__gt=Now())

    def of_book(self, book_id: UUID) -> "VisitQuerySet":
        """Keep those to one book."""
        return self.filter(book_id=book_id)


class Visit(models.Model):
    """Staff see the pages of a book as one of its members does, for a while and with a reason."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    book = models.ForeignKey("Book", on_delete=models.CASCADE, related_name="+")
    staff = models.ForeignKey("User", on_delete=models.SET_NULL, null=True, related_name="+")
    seen_as = models.ForeignKey("User", on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=300)
    began_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    pages = models.JSONField(default=list, help_text="What was opened, in order.")

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="visit_has_a_reason"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("began_at")), name="visit_ends_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.book_id} {self.began_at:%Y-%m-%d %H:%M}"


class Erasure(models.Model):
    """A person was erased at their wish; what is kept tells nothing of them but an id."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user_id = models.UUIDField()
    erased_at = models.DateTimeField(db_default=Now(), editable=False)
    erased_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=300)
    report = models.JSONField(help_text="What was removed, by table, and what stayed.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.erased_at:%Y-%m-%d}"

"""People and the books they keep together."""

from datetime import date, datetime, timedelta
from typing import ClassVar, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import pghistory
import pgtrigger
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils import timezone
from uuid_utils.compat import uuid7

from buffet import keys, roles
from buffet.audit import ACTING_DOOR, ACTING_USER, kept_history

# Django finds the tables of an app here, wherever they are written.
from buffet.staff_models import Erasure as Erasure
from buffet.staff_models import RecoveryCode as RecoveryCode
from buffet.staff_models import SecondFactor as SecondFactor
from buffet.staff_models import SignIn as SignIn
from buffet.staff_models import SupportAccess as SupportAccess
from buffet.staff_models import Visit as Visit


class UserManager(BaseUserManager["User"]):
    """Make users that sign in with an e-mail address."""

    def create_user(self, email: str, password: str | None = None, **more: object) -> "User":
        """Create a user without a book; `services.register` also opens one."""
        user = self.model(email=email.strip().lower(), **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **more: object) -> "User":
        """Create a user who may do everything in the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **more)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a user by e-mail, whatever its case."""
        return self.get(email=(username or "").strip().lower())


@pghistory.track(
    *kept_history(),
    exclude=["password", "last_login"],
)
class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an e-mail address."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=150, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="May enter the admin.")
    default_book = models.ForeignKey(
        "Book", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    #: Of a reader of pages alone, with whom `buffet.seats` finds them.
    shared: int
    seats_found: str

    class Meta:
        ordering = ["email"]
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="email_is_lower_case"),
        ]

    def __str__(self) -> str:
        return self.email


class Session(models.Model):
    """One sign-in through the API: a family of rotating refresh tokens, ended as a whole."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    # The only refresh token of the family that is still good; an older one is a theft.
    refresh_id = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    used_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=40, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d %H:%M}"


class Scope(models.TextChoices):
    """What a personal token may do."""

    READ = "read"
    WRITE = "write"


class PersonalToken(models.Model):
    """A long-lived key for a program that acts as its user; only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=20, help_text="Its beginning, by which one knows it.")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256, in hex.")
    scope = models.CharField(max_length=5, choices=Scope.choices)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=Scope.values), name="scope_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.prefix} {self.name}"


#: Every month has so many days: no later one begins a month of reports.
LATEST_START = 28


@pghistory.track(
    # By row and column, so that the version's rise, at each write to the book, does not even look
    # at the trigger's condition, which PostgreSQL reads anew each time.
    pghistory.UpdateEvent(
        row=pghistory.Old,
        level=pghistory.Row,
        operation=pgtrigger.UpdateOf("name", "base_currency", "time_zone", "month_start_day"),
        condition=pgtrigger.AnyChange(),
        trigger_name="update_update",
    ),
    pghistory.DeleteEvent(),
    exclude=["version"],
)
class Book(models.Model):
    """A set of accounts kept together: the tenant. Every domain row carries its book."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100)
    base_currency = models.CharField(max_length=3, help_text="Reports are in this currency.")
    time_zone = models.CharField(
        max_length=64, default="UTC", help_text='"Today" is today in this zone.'
    )
    version = models.BigIntegerField(
        db_default=0, editable=False, help_text="Raised by the database with each committed change."
    )
    month_start_day = models.PositiveSmallIntegerField(
        default=1,
        db_default=1,
        help_text="The day on which a month begins in reports; 25 for who is paid on the 25th.",
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["name", "id"]
        permissions = roles.BEYOND_TABLES
        constraints = [
            models.CheckConstraint(
                condition=Q(base_currency__regex=r"^[A-Z]{3}$"), name="book_currency_is_a_code"
            ),
            models.CheckConstraint(
                condition=Q(month_start_day__range=(1, LATEST_START)), name="month_starts_on_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def day(self, now: datetime) -> date:
        """Return the date that the instant `now` has in the book's time zone."""
        return now.astimezone(ZoneInfo(self.time_zone)).date()


class Role(models.TextChoices):
    """What a member may do with a book."""

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Questions about seats."""

    def unexpired(self) -> "MembershipQuerySet":
        """Keep the seats that have not expired."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=Now()))

    def current(self, user_id: UUID) -> "MembershipQuerySet":
        """Keep the seats of a user that have not expired."""
        return self.unexpired().filter(user_id=user_id)


@pghistory.track(*kept_history())
class Membership(models.Model):
    """A person's seat in a book; it may expire, as the accountant's does."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["book", "user"], name="one_seat_per_member"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="role_is_known"),
        ]
        triggers = [
            # At the end of the transaction, so that a seat may pass from one owner to another.
            pgtrigger.Trigger(
                name="book_keeps_owner",
                when=pgtrigger.After,
                operation=pgtrigger.Update | pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(old__role="owner", old__expires_at__isnull=True),
                func="""
                    IF EXISTS (SELECT FROM buffet_book WHERE id = OLD.book_id)
                    AND NOT EXISTS (
                        SELECT FROM buffet_membership
                        WHERE book_id = OLD.book_id AND role = 'owner' AND expires_at IS NULL
                    ) THEN
                        RAISE EXCEPTION 'book % would be without an owner', OLD.book_id
                        USING ERRCODE = '23514', CONSTRAINT = 'book_keeps_owner';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


def _in_a_week() -> datetime:
    return timezone.now() + timedelta(days=7)


class CalendarLink(models.Model):
    """A private address under which a calendar program reads what is coming in a book."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="calendar_links")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="calendar_links")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256, in hex.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Questions about invitations."""

    def filter_token(self, token: str) -> "InvitationQuerySet":
        """Keep the invitation whose letter had this token."""
        return self.filter(digest=keys.digest(token))


@pghistory.track(*kept_history(), exclude=["digest"])
class Invitation(models.Model):
    """A seat in a book, offered by letter to an e-mail address."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=10, choices=Role.choices)
    seat_expires_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256, in hex.")
    invited_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(default=_in_a_week)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=20, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["book", "email"],
                condition=Q(answered_at__isnull=True),
                name="one_open_invitation",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invited_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.email} {self.role}"


class BookRow(models.Model):
    """A row of a book: stamped with the book's version, its maker and the door they came by."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.BigIntegerField(db_default=0, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.UUIDField(db_default=ACTING_USER, null=True, editable=False)
    created_via = models.CharField(max_length=10, db_default=ACTING_DOOR, editable=False)

    class Meta:
        abstract = True
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="stamp_version",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    NEW.version := buffet_touch(NEW.book_id);
                    NEW.updated_at := statement_timestamp();
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="leave_tombstone",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                referencing=pgtrigger.Referencing(old="old_rows"),
                func=pgtrigger.Func(
                    """
                    INSERT INTO buffet_tombstone (book_id, resource, row_id, version)
                    SELECT book_id, '{meta.model_name}', id, buffet_touch(book_id)
                    FROM old_rows ORDER BY book_id;
                    RETURN NULL;
                    """
                ),
            ),
        ]


R = TypeVar("R", bound=models.Model)


def others(rows: models.QuerySet[R], besides: UUID | None) -> models.QuerySet[R]:
    """Return rows without one of them, if there is one to be left out."""
    return rows if besides is None else rows.exclude(pk=besides)


#: The kept columns, which are no news in a row's history.
KEPT = ["version", "updated_at"]


class Tombstone(models.Model):
    """The trace a deleted row leaves for clients that follow the book's changes."""

    id = models.BigAutoField(primary_key=True)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="+", db_index=False)
    resource = models.CharField(max_length=40)
    row_id = models.UUIDField()
    version = models.BigIntegerField()
    deleted_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["book", "version", "id"]
        indexes = [models.Index(fields=["book", "version", "id"], name="tombstones_by_version")]

    def __str__(self) -> str:
        return f"{self.resource} {self.row_id}"


class KeptAnswer(models.Model):
    """The answer to a request with an Idempotency-Key, for when it is sent again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the request, in hex.")
    status = models.PositiveSmallIntegerField()
    content_type = models.CharField(max_length=100, blank=True)
    tag = models.CharField(max_length=100, blank=True)
    body = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="one_answer_per_key"),
        ]

    def __str__(self) -> str:
        return self.key


class SharedState(models.Model):
    """Something that all books share, and the number of its state: another after each change."""

    name = models.CharField(primary_key=True, max_length=20)
    version = models.BigIntegerField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


#: What all books share is rates; the number of their state in a statement, null if there are none.
SHARED_VERSION = "(SELECT version FROM buffet_sharedstate WHERE name = 'rates')"


def shared_changes(name: str, shared: str) -> pgtrigger.Trigger:
    """Return the trigger of a table of something shared, which numbers its new state.

    From a sequence, which no rollback takes back: a number never names two states.
    """
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate,
        func=f"""
            INSERT INTO buffet_sharedstate (name, version)
            VALUES ('{shared}', nextval('buffet_shared_versions'))
            ON CONFLICT (name) DO UPDATE SET version = excluded.version;
            RETURN NULL;
        """,
    )


class Attempts(models.Model):
    """How often something was tried in the current period; not worth keeping through a crash."""

    name = models.CharField(primary_key=True, max_length=64)
    began_at = models.DateTimeField()
    count = models.IntegerField()

    class Meta:
        db_table = "buffet_attempts"
        verbose_name_plural = "attempts"

    def __str__(self) -> str:
        return f"{self.name}: {self.count}"


class SlowRequest(models.Model):
    """An answer that took long: by which route, for whom, and how many statements it needed."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now(), db_index=True)
    request_id = models.CharField(max_length=64)
    method = models.CharField(max_length=10)
    route = models.CharField(max_length=200, help_text="The pattern, never the address.")
    status = models.PositiveSmallIntegerField()
    milliseconds = models.PositiveIntegerField()
    queries = models.PositiveIntegerField()
    # Traces, which refer to nothing: what they name may be gone.
    by_id = models.UUIDField(null=True)
    in_book_id = models.UUIDField(null=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.milliseconds} ms"

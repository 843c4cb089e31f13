"""A person's right to be forgotten: they go, books that others keep stay, and the rest is told.

A book that nobody else has a seat in goes with its owner, its history included: it is about them.
This is the one way in which anything of a ledger is lost, so the guards of its rows are passed by,
and all rows of the book go at once. In books that stay, what they did is theirs no more: rows and
history keep an id that leads nowhere, and no address or name.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from uuid import UUID

import pgtrigger
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from buffet.audit import Actor, acting, history_of
from buffet.errors import NotFound, Refusal
from buffet.models import Book, Erasure, Invitation, Membership, Role, User
from buffet.services.books import raise_versions


class StillNeeded(Refusal):
    """They are the only owner of a book that others keep too: it needs another owner first."""

    code = "still_needed"


class NotOneself(Refusal):
    """Nobody erases themselves while they serve here: ask a colleague."""

    code = "not_oneself"


@dataclass(frozen=True, slots=True)
class Report:
    """What was removed, by table; which books went, which stayed; how many traces lost a name."""

    removed: dict[str, int]
    books_removed: list[str]
    books_left: list[str]
    traces_without_a_name: int


def erase_user(*, by: Actor, user_id: UUID, reason: str) -> Report:
    """Erase a person, and the books that are theirs alone.

    :raises NotFound: if there is no such person.
    :raises NotOneself: if they ask for it themselves.
    :raises StillNeeded: if a book that others keep would be left without an owner.
    """
    if by.user_id == user_id:
        raise NotOneself
    with acting(by=by, reason=reason):
        user = User.objects.select_for_update().filter(id=user_id).first()
        if user is None:
            raise NotFound("There is no such person.")
        raise_versions(user_id)
        alone, shared = _books(user)
        removed: Counter[str] = Counter()
        for book_id in alone:
            removed += _remove_book(book_id)
        removed += _remove_traces(user)
        _, counts = user.delete()
        removed += Counter(counts)
        # Deleted, the row has no id any more; what follows needs it.
        user.id = user_id
        removed += _remove_history(user)
        traces = _forget_name(user)
        told = Report(dict(removed), [*map(str, alone)], [*map(str, shared)], traces)
        Erasure.objects.create(
            user_id=user_id, erased_by=by.user_id, reason=reason, report=asdict(told)
        )
        return told


def _books(user: User) -> tuple[list[UUID], list[UUID]]:
    """Return the books that nobody else has a seat in, and the others; both are locked.

    :raises StillNeeded: if one of the others would be left without an owner.
    """
    seats = Membership.objects.filter(user=user)
    ids = sorted(seats.values_list("book_id", flat=True))
    list(Book.objects.select_for_update().filter(id__in=ids).order_by("id"))
    others = Membership.objects.unexpired().filter(book_id__in=ids).exclude(user=user)
    shared = set(others.values_list("book_id", flat=True))
    owned = others.filter(role=Role.OWNER, expires_at=None).values_list("book_id", flat=True)
    if shared - set(owned):
        raise StillNeeded
    return [id for id in ids if id not in shared], [id for id in ids if id in shared]


def _remove_book(book_id: UUID) -> Counter[str]:
    """Remove all rows of a book, wherever they are, past the guards of its ledger."""
    removed: Counter[str] = Counter()
    guards = ",".join(trigger.get_pgid(model) for model, trigger in pgtrigger.registered())
    with connection.cursor() as cursor:
        # What still waits to be looked at is, before the guards are passed by.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        _ignore(cursor, guards)
        for model in apps.get_models():
            column = _book_column(model)
            if column is None:
                continue
            table = model._meta.db_table
            cursor.execute(f'DELETE FROM "{table}" WHERE "{column}" = %s', [book_id])
            if cursor.rowcount > 0:
                removed[model._meta.label] += cursor.rowcount
        leave = "UPDATE buffet_user SET default_book_id = NULL WHERE default_book_id = %s"
        cursor.execute(leave, [book_id])
        cursor.execute("DELETE FROM buffet_book WHERE id = %s", [book_id])
        removed["buffet.Book"] += cursor.rowcount
        # References are looked at now, while the guards are still passed by.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        _ignore(cursor, "")
    return removed


def _ignore(cursor: CursorWrapper, triggers: str) -> None:
    cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [f"{{{triggers}}}"])


def _book_column(model: type[models.Model]) -> str | None:
    """Return by which column the rows of a table are a book's; None if they are of none."""
    if not model._meta.managed or model is Book:
        return None
    tracked = getattr(model, "pgh_tracked_model", None)
    if tracked is Book:
        return "pgh_obj_id"
    named = (one for one in model._meta.concrete_fields if one.name == "book")
    return next((one.column for one in named), None)


def _remove_traces(user: User) -> Counter[str]:
    """Remove what names them without being theirs: letters to them, and what staff did to them."""
    about = ContentType.objects.get_for_model(User)
    removed: Counter[str] = Counter()
    for found in (
        Invitation.objects.filter(email=user.email),
        LogEntry.objects.filter(content_type=about, object_id=str(user.id)),
    ):
        removed += Counter(found.delete()[1])
    return removed


def _remove_history(user: User) -> Counter[str]:
    """Remove what the history of users and invitations has of them, their deletion included."""
    removed: Counter[str] = Counter()
    for model, where in ((User, {"pgh_obj_id": user.id}), (Invitation, {"email": user.email})):
        removed += Counter(history_of(model, **where).delete()[1])
    return removed


def _forget_name(user: User) -> int:
    """Take their address out of who did what; return how often it was there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pghistory_context SET metadata = metadata - 'email' "
            "WHERE metadata->>'email' = %s OR metadata->>'user' = %s",
            [user.email, str(user.id)],
        )
        traces = cursor.rowcount
    for model in apps.get_models():
        if any(one.name == "who" for one in model._meta.concrete_fields):
            traces += model._base_manager.filter(who=user.email).update(who="")
    return traces

"""All that is kept of a person, as a zip of JSON: theirs to read, or to take elsewhere."""

import io
import zipfile
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from uuid import UUID

import orjson
from django.db import connection, models
from django.db.transaction import atomic
from django.utils.text import slugify

from buffet.audit import history_of
from buffet.models import (
    Book,
    CalendarLink,
    Invitation,
    Membership,
    PersonalToken,
    Role,
    Session,
    SignIn,
    User,
    Visit,
)
from transactions.books.writing import written

#: Larger ones are on the disk while they are written.
IN_MEMORY = 4 * 2**20
#: What is secret even from its owner, or is kept elsewhere in the file.
_SECRETS = frozenset(("password", "digest", "refresh_id", "salt", "last_step"))


def export_person(user_id: UUID) -> IO[bytes]:
    """Return the file of a person, all of it in one state of the database.

    :raises User.DoesNotExist: if there is no such person.
    """
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (who asked reads and closes it)
    with atomic():
        # Inside another transaction that one's state is taken, and a savepoint cannot choose.
        if len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        user = User.objects.get(id=user_id)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
            for name, rows in _parts(user):
                made.writestr(f"{name}.json", orjson.dumps(rows, option=orjson.OPT_INDENT_2))
            for book in _owned(user):
                name = f"books/{slugify(book.name)[:60] or 'book'}-{book.id}.jsonl"
                with made.open(name, "w", force_zip64=True) as part:
                    for piece in written(book):
                        part.write(piece)
    file.seek(0, io.SEEK_SET)
    return file


def _owned(user: User) -> list[Book]:
    seats = Membership.objects.current(user.id).filter(role=Role.OWNER)
    return list(Book.objects.filter(id__in=seats.values("book_id")).order_by("id"))


def _parts(user: User) -> Iterator[tuple[str, Any]]:
    """Yield what is kept beside books, by the name of its file."""
    (profile,) = _rows(User.objects.filter(id=user.id))
    yield "profile", profile | {"staff_roles": list(user.groups.values_list("name", flat=True))}
    yield "profile_before", _rows(history_of(User, pgh_obj_id=user.id))
    yield "seats", _rows(Membership.objects.filter(user=user), "book__name")
    yield "invitations", _rows(Invitation.objects.filter(email=user.email))
    yield "invitations_sent", _rows(Invitation.objects.filter(invited_by=user))
    yield "sessions", _rows(Session.objects.filter(user=user))
    yield "sign_ins", _rows(SignIn.objects.filter(user=user))
    yield "personal_tokens", _rows(PersonalToken.objects.filter(user=user))
    yield "calendar_links", _rows(CalendarLink.objects.filter(user=user))
    yield "seen_by_staff", _rows(Visit.objects.filter(seen_as=user))


def _rows(found: models.QuerySet, *also: str) -> list[dict[str, Any]]:
    """Return rows as they are kept, without what is secret."""
    names = [one.attname for one in found.model._meta.concrete_fields]
    kept = [one for one in names if one not in _SECRETS]
    return list(found.order_by("pk").values(*kept, *also))

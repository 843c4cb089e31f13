"""Profiles of bank's tables: what was found and corrected, kept for the next file."""

from typing import Any
from uuid import UUID

from accounts import services as chart_services
from buffet.audit import Actor, writing
from buffet.errors import NotFound, Refusal
from buffet.models import Book, others
from transactions.imports.tables import Profile
from transactions.models import ImportProfile


class ProfileNameTaken(Refusal):
    """The book already has a profile of this name."""

    code = "name_taken"
    pointer = "/name"


def get_profile(book: Book, profile_id: UUID) -> ImportProfile:
    """Return a profile of the book.

    :raises NotFound: if it has no such profile.
    """
    found = ImportProfile.objects.filter(book=book, id=profile_id).first()
    if found is None:
        raise NotFound("There is no such import profile in this book.")
    return found


def create_profile(
    *, book: Book, by: Actor, name: str, profile: Profile, account_id: UUID | None = None
) -> ImportProfile:
    """Keep how tables are read, for the files of one account or of all.

    :raises NotFound: if the book has no such account.
    :raises ProfileNameTaken: if there is one of this name, whatever its case.
    """
    with writing(book.id, by=by):
        _refuse_taken(book, name)
        return ImportProfile.objects.create(
            book=book, name=name, **_account(book, account_id), **_kept(profile)
        )


def change_profile(*, book: Book, by: Actor, profile_id: UUID, **given: Any) -> ImportProfile:
    """Change a profile's name, its account, or all of how it reads.

    :raises NotFound: if the book has no such profile or account.
    :raises ProfileNameTaken: if another has the name.
    """
    with writing(book.id, by=by):
        kept = get_profile(book, profile_id)
        changes: dict[str, Any] = {}
        if "name" in given:
            _refuse_taken(book, given["name"], kept.id)
            changes["name"] = given["name"]
        if "account_id" in given:
            changes |= _account(book, given["account_id"])
        if "profile" in given:
            changes |= _kept(given["profile"])
        if changes:
            ImportProfile.objects.filter(id=kept.id).update(**changes)
        return get_profile(book, profile_id)


def delete_profile(*, book: Book, by: Actor, profile_id: UUID) -> None:
    """Delete a profile; what was imported with it stays.

    :raises NotFound: if the book has no such profile.
    """
    with writing(book.id, by=by):
        kept = get_profile(book, profile_id)
        ImportProfile.objects.filter(id=kept.id)._raw_delete("default")


def _refuse_taken(book: Book, name: str, besides: UUID | None = None) -> None:
    named = ImportProfile.objects.filter(book=book, name__iexact=name)
    if others(named, besides).exists():
        raise ProfileNameTaken


def _account(book: Book, account_id: UUID | None) -> dict[str, Any]:
    if account_id is None:
        return {"account": None}
    return {"account": chart_services.get_real_account(book, account_id)}


def _kept(profile: Profile) -> dict[str, Any]:
    return {"profile": profile.as_json(), "fingerprint": profile.fingerprint}

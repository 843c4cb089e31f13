"""From an uploaded file to the one statement that is to be imported, and its account."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO
from uuid import UUID

from accounts.models import Account, Kind
from buffet.errors import Fault, Invalid, invalid
from buffet.models import Book
from transactions.imports.apart import open_reading
from transactions.imports.reading import Reading
from transactions.imports.statement import (
    NO_OPTIONS,
    AmbiguousFile,
    Options,
    Question,
    Statement,
    UnreadableFile,
)
from transactions.imports.tables.profile import Profile, from_json
from transactions.queries.numbers import account_of, bare
from transactions.queries.profiles import remembered
from transactions.services.profiles import get_profile


class UnreadableUpload(Invalid):
    """The file cannot be read; `questions` are what would have to be answered before."""

    def __init__(self, error: UnreadableFile) -> None:
        faults = [
            Fault("/file", error.code, f"Line {line}: {detail}" if line else detail)
            for line, detail in error.faults
        ]
        super().__init__(faults)
        self.questions: tuple[Question, ...] = (
            error.questions if isinstance(error, AmbiguousFile) else ()
        )


@dataclass(frozen=True, slots=True)
class Wish:
    """How somebody wants a file to be read, as far as they said so."""

    options: Options = NO_OPTIONS
    profile: Profile | None = None
    profile_id: UUID | None = None


NO_WISH = Wish()


@dataclass(frozen=True, slots=True)
class Opening:
    """An account that is yet to be opened for a statement: of which kind, and by which verb.

    The verb is carried out while the book's lock is held, in the transaction of the import.
    """

    kind: str
    carry_out: Callable[[], Account]


@contextmanager
def reading_of(
    book: Book,
    file: IO[bytes],
    wish: Wish = NO_WISH,
    account: Account | None = None,
    kind: str | None = None,
) -> Iterator[Reading]:
    """Give what a file holds; `account` is the one that it is known to be about, or its `kind`.

    Of tables, the profile is the one that is wished, or else the one saved for their header.

    :raises UnreadableUpload: if it cannot be read, which may turn out as one goes through its
        lines.
    :raises NotFound: if the book has no such profile.
    """
    profile = wish.profile
    if wish.profile_id is not None:
        profile = from_json(get_profile(book, wish.profile_id).profile)
    kind = kind if account is None else account.kind
    try:
        with open_reading(
            file,
            wish.options,
            profile=profile,
            remembered=remembered(book, account),
            is_card=None if kind is None else kind == Kind.CREDIT_CARD,
        ) as found:
            yield found
    except UnreadableFile as error:
        raise UnreadableUpload(error) from None


def chosen(
    book: Book, statements: Sequence[Statement], account: Account | None, number: int | None
) -> tuple[Statement, int, Account]:
    """Return the statement to import, its place in the file from 1, and its account.

    Without a number it is the only one, or else the only one with the account's number; without an
    account it is the only one of the book that has the statement's number.

    :raises Invalid: if that is not clear, the account is archived or in another currency.
    """
    statement, number = _statement(statements, account, number)
    if account is None:
        account = account_of(book, statement)
    if account is None:
        said = f" {statement.account_number}" if statement.account_number else ""
        sentence = f"No one account of the book has the file's number{said}: say which it is."
        raise invalid("/account", "which_account", sentence)
    if account.archived_at is not None:
        sentence = f"{account.name} is archived; reopen it first."
        raise invalid("/account", "archived", sentence)
    if statement.currency and statement.currency != account.currency:
        sentence = (
            f"The statement is in {statement.currency}, {account.name} in {account.currency}."
        )
        raise invalid("/file", "other_currency", sentence)
    return statement, number, account


def _statement(
    statements: Sequence[Statement], account: Account | None, number: int | None
) -> tuple[Statement, int]:
    places = list(enumerate(statements, 1))
    if number is not None:
        places = [(place, one) for place, one in places if place == number]
        if not places:
            sentence = f"The file has {len(statements)} statements."
            raise invalid("/statement", "not_found", sentence)
    elif len(places) > 1 and account is not None and (own := bare(account.number)):
        places = [one for one in places if bare(one[1].account_number) == own] or places
    if len(places) != 1:
        listed = ", ".join(f"{one.account_number or 'no number'} ({at})" for at, one in places)
        sentence = (
            "The file is about several accounts; choose a statement by its place, or give this "
            f"account the number of one of them: {listed or 'none'}."
        )
        raise invalid("/file", "several_accounts", sentence)
    ((place, statement),) = places
    return statement, place

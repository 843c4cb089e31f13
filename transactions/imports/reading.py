"""From a file to its statements: what kind of file it is decides who reads it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO

from transactions.imports import foreign, formats, tables
from transactions.imports.statement import NO_OPTIONS, Options, Statement, UnreadableFile
from transactions.imports.tables.profile import Profile


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds, and in which format.

    `profile` is how a table was read; `remarks` say what is odd about it and is no reason to
    refuse it.
    """

    format: str
    statements: Sequence[Statement]
    profile: Profile | None = None
    remarks: Sequence[str] = ()


def read(
    file: IO[bytes],
    options: Options = NO_OPTIONS,
    *,
    profile: Profile | None = None,
    remembered: Callable[[str], Profile | None] | None = None,
    is_card: bool | None = None,
) -> Reading:
    """Return the statements of a file that can be sought in.

    Its content says what it is, never its name; `options` decide what it leaves open. Of tables,
    `profile` says how they are read, `remembered` finds the saved profile of a header's
    fingerprint, and `is_card` says whether the account is a credit card.

    :raises UnreadableFile: naming the line and the reason; nothing is ever guessed.
    """
    first = formats.head(file)
    found = formats.format_of(first)
    if found is not None:
        return Reading(found.name, found.read(file, options))
    if not tables.is_workbook(first):
        thing = foreign.kind_of(first, formats.as_text(first))
        if thing:
            raise UnreadableFile(f"This is {thing}.")
    given = (profile or Profile()).over(_said(options))
    table = tables.read(file, given, remembered=remembered, is_card=is_card)
    return Reading(table.format, table.statements, table.profile, table.remarks)


def _said(options: Options) -> Profile:
    """Return what the options say of a table."""
    order = {None: None, True: "dmy", False: "mdy"}[options.day_first]
    mark = {None: None, True: ",", False: "."}[options.decimal_comma]
    return Profile(date_order=order, decimal_mark=mark)

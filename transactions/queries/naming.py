"""What a book's accounts and vendors are called, remembered while nothing says otherwise.

A query ends with parts that bring along what this process does not know yet; mostly that is
nothing, and what there is stands in the same snapshot as the rows that it names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from buffet.remembering import Latest

Row = tuple[Any, ...]
#: Name, type and kind of an account.
Named = tuple[str, str, str]
#: A book with more vendors than this has those of each page looked up.
MOST_VENDORS = 5_000

#: The accounts, if one has another version than the latest that is known. Twelve columns, as the
#: rows before them have: without a transaction; their own id, name, type, kind and version.
ACCOUNTS = """
    UNION ALL
    SELECT NULL::uuid, a.id, NULL::uuid, a.name::varchar, a.type::varchar, a.kind::text,
        NULL::varchar, NULL::date, a.version, NULL::timestamptz, NULL::timestamptz,
        NULL::numeric
    FROM accounts_account a WHERE a.book_id = %s
        AND %s::bigint <> (SELECT max(version) FROM accounts_account WHERE book_id = %s)
"""
#: The vendors since the latest version that is known, which have no kind. Versions are given one
#: book at a time in the order of commits: none comes later with a number of before.
VENDORS = f"""
    UNION ALL
    SELECT NULL::uuid, v.id, NULL::uuid, v.name::varchar, NULL::varchar, NULL::text,
        NULL::varchar, NULL::date, v.version, NULL::timestamptz, NULL::timestamptz,
        NULL::numeric
    FROM (
        SELECT id, name, version FROM transactions_vendor
        WHERE book_id = %s AND version > %s::bigint LIMIT {MOST_VENDORS + 1}
    ) AS v
"""


@dataclass(frozen=True, slots=True)
class Chart:
    """The accounts of a book: name, type and kind by their ids, and the latest version of one.

    Two charts of a book with the same number differ at most in accounts that were deleted.
    """

    version: int
    accounts: Mapping[str, Named]


@dataclass(frozen=True, slots=True)
class Vendors:
    """The names of a book's vendors by their ids, and the latest version of one.

    Vendors that were deleted since may be among them: no transaction has those any more.
    """

    version: int
    names: Mapping[str | None, str | None]


_charts: Latest[Chart] = Latest(20_000, lambda chart: len(chart.accounts))
_vendors: Latest[Vendors] = Latest(50_000, lambda vendors: len(vendors.names))


#: The version of a book that was read before its names were last looked up, so that they are those
#: of that state at least.
_looked_up: Latest[int] = Latest(20_000)


def is_looked_up(book_id: UUID, version: int | None) -> bool:
    """Whether what is known has the names of a state of a book, or later ones."""
    return version is not None and _looked_up.of(book_id) == version


def looked_up(book_id: UUID, version: int) -> None:
    """Remember that what is known has the names of a state of a book."""
    _looked_up.keep(book_id, version)


def chart(book_id: UUID) -> Chart | None:
    """Return what is known of a book's accounts."""
    return _charts.of(book_id)


def vendors(book_id: UUID) -> Vendors | None:
    """Return what is known of a book's vendors; None if they are to be looked up.

    Inside a database transaction they are: it may see a state of before.
    """
    if connection.in_atomic_block:
        return None
    known = _vendors.of(book_id) or Vendors(-1, {None: None})
    return known if len(known.names) <= MOST_VENDORS else None


def wanted(book_id: UUID, chart: Chart | None, vendors: Vendors | None) -> tuple[Any, ...]:
    """Return the parameters of `ACCOUNTS` and, if vendors are known, `VENDORS`.

    Versions go as text, which `prepared` can send.
    """
    accounts = (book_id, str(chart.version if chart else -1), book_id)
    return accounts if vendors is None else (*accounts, book_id, str(vendors.version))


def learnt(
    book_id: UUID, found: Sequence[Row], chart: Chart | None, vendors: Vendors | None
) -> tuple[Chart, Vendors | None]:
    """Return what is known now that a query has found such rows."""
    others = [row for row in found if row[0] is None]
    if chart is None or others:
        accounts = [row for row in others if row[5] is not None]
        if chart is None or accounts:
            named = {row[1]: (row[3], row[4], row[5]) for row in accounts}
            chart = Chart(max((row[8] for row in accounts), default=0), named)
            _charts.keep(book_id, chart)
        if vendors is not None and len(others) > len(accounts):
            came = [row for row in others if row[5] is None]
            names = {**vendors.names, **{row[1]: row[3] for row in came}}
            vendors = Vendors(max(row[8] for row in came), names)
            _vendors.keep(book_id, vendors)
    return chart, vendors

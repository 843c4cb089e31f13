"""What accounts moved, month by month of a period: the ground of every report of flows.

Where months are calendar months, from the kept sums of months, in time that does not grow with
history, and only of those that changed since this process last read them; what a period cuts off
its first and last month is read from entries, the shorter part of it. Where they begin on another
day, or only what went through some accounts is asked for, from the entries of the period.
"""

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from accounts import rates
from buffet.remembering import Latest
from reports.periods import DAY, Month
from reports.queries import gains
from transactions.queries.balances import month_after


class Sum(NamedTuple):
    """What an account moved in one currency; neither side has a sign."""

    account_id: str
    currency: str
    debit: Decimal
    credit: Decimal
    entries: int

    @property
    def amount(self) -> Decimal:
        """What it moved: positive when more came onto it than went."""
        return self.debit - self.credit


@dataclass(frozen=True, slots=True)
class Whole:
    """What all accounts of a book moved in a calendar month, in one state of it.

    `version` is the book's when the month last changed. `followed` keeps what was made of the sums:
    it lasts as long as they do.
    """

    version: int
    sums: Sequence[Sum]
    followed: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)


#: By book and month: some 12 MiB a process, and what follows from them as much again a currency.
_wholes: Latest[Whole] = Latest(30_000, lambda whole: len(whole.sums) + 1)
_EMPTY = Whole(0, ())


class Moved(NamedTuple):
    """What accounts moved in days of a month: in all of it, and what is added or taken off.

    `whole` has all accounts, `parts` at least those that were asked for.
    """

    whole: Whole
    parts: Sequence[Sum]

    def sums(self, wanted: Collection[str] | None = None) -> Iterable[Sum]:
        """Return it by account and currency: of these accounts, or of all."""
        sums: Iterable[Sum] = (*self.whole.sums, *self.parts) if self.parts else self.whole.sums
        if wanted is not None:
            sums = [one for one in sums if one.account_id in wanted]
        return _together(sums) if self.parts else sums


class Moves(NamedTuple):
    """What accounts moved in each of some months, and which state the rates were in."""

    months: Sequence[Moved]
    rates: rates.State


class _Part(NamedTuple):
    """Days whose entries are added to what the month of a place has, or taken off it."""

    since: date
    until: date
    sign: int
    place: int


# The kept sums of months in another state than the one that is known. A month that has none has no
# version either.
_OF_MONTHS = """
    SELECT w.place, stamped.version, k.account_id, k.currency, k.debit, k.credit, k.entries
    FROM unnest(%(months)s::date[], %(known)s::bigint[]) WITH ORDINALITY
        AS w (month, known, place)
    JOIN (
        SELECT month, max(version) AS version FROM transactions_typetotal
        WHERE book_id = %(book)s AND month = ANY(%(months)s::date[]) GROUP BY month
    ) AS stamped ON stamped.month = w.month AND stamped.version IS DISTINCT FROM w.known
    CROSS JOIN LATERAL (
        SELECT account_id, currency, debit, credit, entries FROM transactions_monthlybalance
        WHERE book_id = %(book)s AND month = w.month OFFSET 0
    ) AS k
"""
# By account and day, which an index finds: summed where it is found, so that no plan reads the
# entries of all time to keep those of a few days.
_OF_DAYS = """
    SELECT p.place, NULL::bigint, a.id, found.currency, found.debit * p.sign,
        found.credit * p.sign, found.entries * p.sign
    FROM accounts_account a
    CROSS JOIN unnest(%(since)s::date[], %(until)s::date[], %(signs)s::int[], %(parts)s::int[])
        AS p (since, until, sign, place)
    CROSS JOIN LATERAL (
        SELECT e.currency, sum(greatest(e.amount, 0)) AS debit,
            sum(greatest(-e.amount, 0)) AS credit, count(*) AS entries
        FROM transactions_entry e
        WHERE e.account_id = a.id AND e.date >= p.since AND e.date <= p.until{narrowed}
        GROUP BY e.currency
    ) AS found
    WHERE {asked}
"""
# The state of the rates comes along even where nothing else does.
_SUMS = f"""
SELECT moved.place, moved.version, moved.account_id::text, moved.currency, moved.debit,
    moved.credit, moved.entries, rates.shared, rates.own
FROM {rates.STATE} AS rates
LEFT JOIN ({{parts}}) AS moved (place, version, account_id, currency, debit, credit, entries)
    ON true
"""
_THROUGH = """ AND EXISTS (
            SELECT FROM transactions_entry o
            WHERE o.transaction_id = e.transaction_id AND o.account_id = ANY(%(through)s)
        )"""
_WITH_STATUS = " AND e.status = %(status)s"


def sums(
    book_id: UUID,
    months: Sequence[Month],
    today: date,
    *,
    start_day: int = 1,
    accounts: Sequence[UUID | str] | None = None,
    through: Sequence[UUID] = (),
    status: str = "",
    valued: Sequence[str] = (),
) -> Moves:
    """Return what accounts moved in each of some months, in one statement.

    At least of these accounts, or of all. `through` keeps what moved together with these
    real accounts, `status` the entries of one. Of those that are `valued`, without what valuations
    added. Months may be named more than once, in any order.
    """
    asked = ["a.book_id = %(book)s"]
    values: dict[str, object] = {"book": book_id, "through": [*through], "status": status}
    if accounts is not None:
        asked.append("a.id = ANY(%(accounts)s::uuid[])")
        values["accounts"] = [str(one) for one in accounts]
    narrowed = (_THROUGH if through else "") + (_WITH_STATUS if status else "")
    whole: dict[int, date] = {}
    parts = [_Part(month.since, month.until, 1, at) for at, month in enumerate(months)]
    if not narrowed and start_day == 1:
        whole, parts = _reach(months, today)
    names = [*dict.fromkeys(whole.values())]
    known = [_known(book_id, name) for name in names]
    statement = []
    if names:
        statement.append(_OF_MONTHS)
        values |= {"months": names, "known": [one and one.version for one in known]}
    if parts:
        conditions = {"asked": " AND ".join(asked), "narrowed": narrowed}
        statement.append(_OF_DAYS.format(**conditions))
        values |= _columns(parts)
    if valued:
        statement.append(gains.OF_GAINS + (gains.THROUGH if through else ""))
        values |= gains.parameters(months, valued)
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(parts=" UNION ALL ".join(statement)), values)
        rows = cursor.fetchall()
    found, came = _sorted(rows, names)
    for name, one in found.items():
        _wholes.keep((book_id, name), one)
    wholes = {name: one or _EMPTY for name, one in zip(names, known, strict=True)} | found
    return Moves(
        [
            Moved(wholes[whole[at]] if at in whole else _EMPTY, came.get(at, ()))
            for at in range(len(months))
        ],
        rows[0][-2:],
    )


def _known(book_id: UUID, month: date) -> Whole | None:
    """Return the state of a month that is known; none is to who sees a state of before."""
    return None if connection.in_atomic_block else _wholes.of((book_id, month))


def _sorted(
    rows: Iterable[Sequence[Any]], names: Sequence[date]
) -> tuple[dict[date, Whole], dict[int, list[Sum]]]:
    """Return the months that were read, and the parts that are added to places."""
    versions: dict[date, int] = {}
    months: dict[date, list[Sum]] = {}
    parts: dict[int, list[Sum]] = {}
    for place, version, account, currency, debit, credit, entries, _, _ in rows:
        if place is None:
            continue
        one = Sum(account, currency, debit, credit, entries)
        if version is None:
            parts.setdefault(place, []).append(one)
        else:
            name = names[place - 1]  # as SQL counts
            versions[name] = version
            of_month = months.setdefault(name, [])
            if entries:
                of_month.append(one)
    return {name: Whole(versions[name], of_month) for name, of_month in months.items()}, parts


def _together(sums: Iterable[Sum]) -> list[Sum]:
    """Return one sum for each account and currency; those without entries are left out."""
    found: dict[tuple[str, str], Sum] = {}
    for one in sums:
        key = one.account_id, one.currency
        other = found.get(key)
        if other is not None:
            one = Sum(
                *key,
                one.debit + other.debit,
                one.credit + other.credit,
                one.entries + other.entries,
            )
        found[key] = one
    return [one for one in found.values() if one.entries]


def _reach(months: Sequence[Month], today: date) -> tuple[dict[int, date], list[_Part]]:
    """Return which places have a whole calendar month, and how to get to theirs from there."""
    whole: dict[int, date] = {}
    parts: list[_Part] = []
    for place, month in enumerate(months):
        last = month_after(month.name) - DAY
        outside = [
            _Part(since, until, -1, place)
            for since, until in ((month.name, month.since - DAY), (month.until + DAY, last))
            if since <= until
        ]
        if not outside or _is_less_outside(month, outside, today):
            whole[place] = month.name
            parts += outside
        else:
            parts.append(_Part(month.since, month.until, 1, place))
    return whole, parts


def _columns(parts: Sequence[_Part]) -> dict[str, object]:
    """Return days as the parameters of `_OF_DAYS`."""
    since, until, signs, places = zip(*parts, strict=True)
    return {"since": [*since], "until": [*until], "signs": [*signs], "parts": [*places]}


def _is_less_outside(month: Month, outside: Sequence[_Part], today: date) -> bool:
    """Whether less is likely to lie outside of the days than in them: little is dated ahead."""
    yesterday = today - timedelta(days=1)  # the book's today may be the day before
    there = sum((part.until - part.since).days + 1 for part in outside if part.since < yesterday)
    return there <= (month.until - month.since).days + 1

"""What accounts moved, month by month of a period: the ground of every report of flows.

A month of a report is put together of calendar months, whose sums are kept, and of days that are
added to them or taken off, whichever are fewer, and are read from entries. Both are read when their
calendar month changed since this process last read them, and remembered. Where only what went
through some accounts is asked for, all is read from the entries of the period.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from accounts import rates
from buffet.remembering import Latest
from reports.periods import Month
from reports.queries import gains
from reports.queries.spans import Moved, Span, State, Sum, Term, reach, valued_in

#: By book and span: some 12 MiB a process, and what follows from them as much again a currency.
_states: Latest[State] = Latest(30_000, lambda state: len(state.sums) + 1)

#: What statements ask with, by name.
_Values = dict[str, UUID | date | str | list[UUID] | list[str] | list[int] | list[date] | None]
#: The sides of an account, by name.
SIDES = ("debit", "credit")


class Only(NamedTuple):
    """Which entries count: those of a status, of a side (debits or credits), or in a currency."""

    status: str = ""
    side: str = ""
    held: str = ""

    @property
    def sql(self) -> str:
        """What is asked of an entry `e`; its values are those that are named here."""
        asked = {
            "AND e.status = %(status)s": self.status,
            "AND e.amount > 0": self.side == "debit",
            "AND e.amount < 0": self.side == "credit",
            "AND e.currency = %(held)s": self.held,
        }
        return " ".join(sql for sql, is_asked in asked.items() if is_asked)


class Moves(NamedTuple):
    """What accounts moved in each of some months, and which states all of it was in.

    `chart` is that of the accounts themselves: the latest version of one, and how many there are.
    `before` is the version of what was moved up to the end of the month that was asked about.
    """

    months: Sequence[Moved]
    rates: rates.State
    chart: tuple[int, int]
    before: int


# Spans in another state than the one that is known; a month that has no sums has no version either.
_CHANGED = """
    SELECT w.place, stamped.version, found.account_id, found.currency, found.debit, found.credit,
        found.entries
    FROM unnest(%({name}_since)s::date[], %({name}_until)s::date[], %({name}_months)s::date[],
        %({name}_known)s::bigint[], %({name}_places)s::int[])
        AS w (since, until, month, known, place)
    JOIN (
        SELECT month, max(version) AS version FROM transactions_typetotal
        WHERE book_id = %(book)s AND month = ANY(%({name}_months)s::date[]) GROUP BY month
    ) AS stamped ON stamped.month = w.month AND stamped.version IS DISTINCT FROM w.known
    CROSS JOIN LATERAL ({sums}) AS found
"""
# From the kept sums of months.
_OF_MONTHS = _CHANGED.format(
    name="months",
    sums="""
        SELECT account_id, currency, debit, credit, entries FROM transactions_monthlybalance
        WHERE book_id = %(book)s AND month = w.month OFFSET 0
    """,
)
# By account and day, which an index finds: summed where it is found, so that no plan reads the
# entries of all time to keep those of a few days.
_OF_DAYS = """
    SELECT e.currency, sum(greatest(e.amount, 0)) AS debit,
        sum(greatest(-e.amount, 0)) AS credit, count(*) AS entries
    FROM transactions_entry e
    WHERE e.account_id = a.id AND e.date >= w.since AND e.date <= w.until{narrowed}
    GROUP BY e.currency
"""
# A row without entries tells that the days were read, though nothing be there.
_OF_SPANS = _CHANGED.format(
    name="spans",
    sums=f"""
        SELECT NULL::uuid AS account_id, '' AS currency, 0::numeric AS debit, 0::numeric AS credit,
            0 AS entries
        UNION ALL
        SELECT a.id, days.* FROM accounts_account a
        CROSS JOIN LATERAL ({_OF_DAYS.format(narrowed="")}) AS days
        WHERE a.book_id = %(book)s
    """,
)
_OF_GAINS = _CHANGED.format(
    name="valued",
    sums=f"""
        SELECT NULL::uuid AS account_id, '' AS currency, 0::numeric AS debit, 0::numeric AS credit,
            0 AS entries
        UNION ALL
        {gains.OF_SPAN}
    """,
)
# What is remembered by nobody: entries of some accounts, or with more than that asked of them.
_OF_ENTRIES = f"""
    SELECT w.place, NULL::bigint, a.id, found.*
    FROM accounts_account a
    CROSS JOIN unnest(%(since)s::date[], %(until)s::date[], %(places)s::int[])
        AS w (since, until, place)
    CROSS JOIN LATERAL ({_OF_DAYS}) AS found
    WHERE {{asked}}
"""
# The states come along even where nothing else does.
_SUMS = f"""
SELECT moved.place, moved.version, moved.account_id::text, moved.currency, moved.debit,
    moved.credit, moved.entries, rates.*, chart.version, chart.accounts, (
        SELECT coalesce(max(version), 0) FROM transactions_typetotal
        WHERE book_id = %(book)s AND month <= %(before)s::date
    )
FROM {rates.STATE} AS rates
CROSS JOIN (
    SELECT coalesce(max(version), 0), count(*) FROM accounts_account WHERE book_id = %(book)s
) AS chart (version, accounts)
LEFT JOIN ({{parts}}) AS moved (place, version, account_id, currency, debit, credit, entries)
    ON true
"""
#: How many columns are about what was moved; those of states follow.
_MOVED = 7
_THROUGH = """ AND EXISTS (
            SELECT FROM transactions_entry o
            WHERE o.transaction_id = e.transaction_id AND o.account_id = ANY(%(through)s)
        )"""


def sums(
    book_id: UUID,
    months: Sequence[Month],
    today: date,
    *,
    accounts: Sequence[UUID | str] | None = None,
    through: Sequence[UUID] = (),
    only: Only | None = None,
    valued: Sequence[str] = (),
    before: date | None = None,
) -> Moves:
    """Return what accounts moved in each of some months, in one statement.

    At least of these accounts, or of all. `through` keeps what moved together with these
    real accounts, `only` some of the entries. Of those that are `valued`, without what valuations
    and opening balances added. Months may be named more than once, in any order. `before` is the
    first day of a month, whose version and that of all months before it is wanted, too.
    """
    values: _Values = {"book": book_id, "before": before}
    statement: list[str] = []
    terms: list[Sequence[tuple[Span, int]]] = [()] * len(months)
    if valued:
        values |= gains.parameters(months, valued)
    if through or only:
        statement.append(_narrowed(values, months, accounts, through, only or Only()))
        statement += [gains.THROUGH] if valued and through else []
    else:
        terms = [(*reach(month, today), *valued_in(month, tuple(valued))) for month in months]
    spans = [*dict.fromkeys(span for of_month in terms for span, _ in of_month)]
    known = _known(book_id, spans)
    for name, one in (("months", _OF_MONTHS), ("spans", _OF_SPANS), ("valued", _OF_GAINS)):
        places = [at for at, span in enumerate(spans) if _read_as(span) == name]
        if places:
            statement.append(one)
            values |= _columns(name, places, spans, known)
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(parts=" UNION ALL ".join(statement)), values)
        rows = cursor.fetchall()
    found, parts = _sorted(rows)
    for at, state in found.items():
        _states.keep((book_id, spans[at]), state)
    states = {span: found.get(at) or known[at] or State(0, ()) for at, span in enumerate(spans)}
    return Moves(
        [
            Moved([Term(span, states[span], sign) for span, sign in of_month], parts.get(at, ()))
            for at, of_month in enumerate(terms)
        ],
        rates.State._make(rows[0][_MOVED:-3]),
        rows[0][-3:-1],
        rows[0][-1],
    )


def _read_as(span: Span) -> str:
    """Return which of the statements reads a span."""
    if span.valued:
        return "valued"
    return "months" if span.is_whole else "spans"


def _narrowed(
    values: _Values,
    months: Sequence[Month],
    accounts: Sequence[UUID | str] | None,
    through: Sequence[UUID],
    only: Only,
) -> str:
    """Return the statement of the entries of months themselves, and add what it asks with."""
    asked = ["a.book_id = %(book)s"]
    values |= {"through": [*through], **only._asdict()}
    if accounts is not None:
        asked.append("a.id = ANY(%(accounts)s::uuid[])")
        values["accounts"] = [str(one) for one in accounts]
    values |= {
        "since": [month.since for month in months],
        "until": [month.until for month in months],
        "places": list(range(len(months))),
    }
    narrowed = f"{_THROUGH if through else ''} {only.sql}"
    return _OF_ENTRIES.format(asked=" AND ".join(asked), narrowed=narrowed)


def _columns(
    name: str, places: Sequence[int], spans: Sequence[Span], known: Sequence[State | None]
) -> dict[str, str]:
    """Return spans as the parameters of `_CHANGED`."""
    days = _written(tuple(spans[at] for at in places))
    states = [known[at] for at in places]
    return {
        **{f"{name}_{part}": text for part, text in days.items()},
        f"{name}_known": _array("NULL" if one is None else one.version for one in states),
        f"{name}_places": _array(places),
    }


@lru_cache(1024)
def _written(spans: Sequence[Span]) -> Mapping[str, str]:
    """Return the days of spans as arrays, which the driver took longer to write than to send."""
    return {
        "since": _array(span.since for span in spans),
        "until": _array(span.until for span in spans),
        "months": _array(span.month for span in spans),
    }


def _array(values: Iterable[object]) -> str:
    """Return numbers or days as PostgreSQL reads an array of them."""
    return f"{{{','.join(map(str, values))}}}"


def _known(book_id: UUID, spans: Sequence[Span]) -> list[State | None]:
    """Return the states of spans that are known; none is to who sees a state of before."""
    if connection.in_atomic_block:
        return [None] * len(spans)
    return _states.each_of([(book_id, span) for span in spans])


def _sorted(rows: Iterable[Sequence[Any]]) -> tuple[dict[int, State], dict[int, list[Sum]]]:
    """Return the spans that were read, and what is added to months, by their places."""
    states: dict[int, State] = {}
    spans: dict[int, list[Sum]] = {}
    parts: dict[int, list[Sum]] = {}
    for place, version, account, currency, debit, credit, entries in (row[:_MOVED] for row in rows):
        if place is None:
            continue
        if version is None:
            found = parts.setdefault(place, [])
        else:
            if place not in states:
                spans[place] = []
                states[place] = State(version, spans[place])
            found = spans[place]
        if account is not None:
            found.append(Sum(account, currency, debit, credit, entries))
    return states, parts

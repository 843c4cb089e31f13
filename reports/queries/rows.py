"""The rows behind a figure: the entries on some accounts in a period, and what they come to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from accounts.models import Kind
from accounts.rates import not_converted, rates_of
from buffet.errors import invalid
from buffet.money import Money
from reports.asking import Asked
from reports.periods import DAY
from reports.queries.bringing import Conversion, bring, moved
from reports.queries.chart import Chart, Node, charted
from reports.queries.opening import opened_and_moved
from reports.queries.parts import Part, mirrored, sign, wanted
from reports.queries.sums import Moves
from reports.queries.worth import ZERO

PAGE, CHUNK = 50, 500


class Row(NamedTuple):
    """An entry with its transaction; `across` names the accounts on its other side.

    `amount` is as the money's owner sees it: less than zero for what was spent.
    """

    date: date
    transaction_id: UUID
    entry_id: UUID
    description: str
    vendor: str
    account: str
    across: str
    amount: Decimal
    currency: str
    status: str


@dataclass(frozen=True, slots=True)
class Behind:
    """What the rows come to: how many, by currency as they are, and brought into one.

    `node` is the account or category that they are on, if it is one. Where kept sums tell what they
    come to, nobody counts them.
    """

    asked: Asked
    part: Part
    node: Node | None
    ids: tuple[str, ...]
    entries: int | None
    sums: Sequence[Money]
    total: Money
    conversions: Sequence[Conversion]
    left_out: Sequence[Money]


def behind(asked: Asked, part: Part) -> Behind:
    """Return what the rows of a part come to: the figure that a report shows of it.

    :raises NotFound: if it is not in the book.
    :raises Invalid: if no part, or more than one, was asked for.
    """
    if part.balance or part.is_whole:
        return _of_kept(asked, part)
    if part.flow == "invested" and part.only:
        raise invalid(
            "?flow",
            "not_narrowed",
            "What was invested is of all entries: of no status, side or currency held.",
        )
    months = asked.period.months

    def ask(own: Chart) -> tuple[Moves, tuple[int, int]]:
        own.refuse_unknown(asked.accounts)
        ids, _ = wanted(asked, own, part)
        valued = ids if part.flow == "invested" else ()
        moves = moved(asked, months, ids, part.only, valued)
        return moves, moves.chart

    own, moves = charted(asked.book_id, ask)
    ids, node = wanted(asked, own, part)
    brought = bring(asked, months, moves, {*ids})
    found = [one for month in moves.months for one in month.sums({*ids})]
    by_currency: dict[str, Decimal] = {}
    for one in found:
        signed = one.amount * sign(part, own.nodes[one.account_id])
        by_currency[one.currency] = by_currency.get(one.currency, ZERO) + signed
    signs = {id: sign(part, own.nodes[id]) for id in ids}
    total = sum((value * signs[id] for id in ids for value in brought.row(id)), ZERO)
    # What valuations added to investments is taken off by entries of its own.
    shown = [*ids, *own.of_kinds(Kind.VALUATION)] if part.flow == "invested" else ids
    told = Behind(
        asked,
        part,
        node,
        tuple(shown),
        sum(one.entries for one in found),
        [Money(amount, currency) for currency, amount in sorted(by_currency.items())],
        Money(total, asked.currency),
        brought.conversions,
        brought.left_out,
    )
    return replace(told, entries=_count(told)) if part.flow == "invested" else told


def _of_kept(asked: Asked, part: Part) -> Behind:
    """Return what accounts had, or what all of them moved in a currency, from the kept sums.

    A balance is brought into the report's currency at the rate of its day.
    """
    if not part.balance and part.held != asked.currency:
        raise invalid(
            "?held",
            "one_currency",
            "The sum of all accounts is of one currency: name it as held and as currency.",
        )
    is_narrowed = bool(asked.accounts) and not part.is_whole
    if part.status or part.flow or is_narrowed or (part.balance and part.side):
        raise invalid(
            "?balance",
            "not_narrowed",
            "A balance, or the sum of all accounts, is of all entries: of no flow, status or side, "
            "and not of what went through other accounts.",
        )
    own, opening, moves = opened_and_moved(asked)
    own.refuse_unknown(asked.accounts)
    ids, node = wanted(asked, own, part)
    among, found = {*ids}, dict[tuple[str, str], Decimal]()
    if part.balance:
        for key, amount in opening.items():
            if key[0] in among and key[1] == (part.held or key[1]):
                found[key] = amount
    if part.balance != "opening":
        for one in (one for month in moves.months for one in month.sums(among)):
            amount = {"debit": one.debit, "credit": -one.credit}.get(part.side, one.amount)
            key = one.account_id, one.currency
            if one.currency == (part.held or one.currency) and (amount or not part.side):
                found[key] = found.get(key, ZERO) + amount
    signed = {key: amount * sign(part, own.nodes[key[0]]) for key, amount in found.items()}
    return _brought(asked, part, node, signed, moves)


def _brought(
    asked: Asked,
    part: Part,
    node: Node | None,
    found: Mapping[tuple[str, str], Decimal],
    moves: Moves,
) -> Behind:
    """Return what accounts had, by currency, in the report's, each rounded as its line is."""
    on, name = asked.period.until, asked.period.months[-1].name
    if part.balance == "opening":
        on = asked.period.since - DAY
        name = on.replace(day=1)
    currencies = frozenset(currency for _, currency in found)
    rates = rates_of(asked.book_id, asked.currency, currencies, (on,), moves.rates)
    sums, total, left_out = dict[str, Decimal](), ZERO, []
    for (_, currency), amount in found.items():
        sums[currency] = sums.get(currency, ZERO) + amount
        brought = rates.rate(currency, on).convert(amount, asked.currency)
        if brought is None:
            left_out.append(Money(amount, currency))
        else:
            total += brought.amount
    return Behind(
        asked,
        part,
        node,
        tuple(dict.fromkeys(id for id, _ in found)),
        None,
        [Money(amount, currency) for currency, amount in sorted(sums.items())],
        Money(total, asked.currency),
        [
            Conversion(currency, name, rates.rate(currency, on))
            for currency in sorted(currencies - {asked.currency})
        ],
        [*filter(None, not_converted(left_out))],
    )


_ROWS = """
SELECT r.date, r.transaction_id, r.id, t.description, coalesce(v.name, ''), a.name,
    coalesce((
        SELECT string_agg(DISTINCT b.name, ', ' ORDER BY b.name)
        FROM transactions_entry o JOIN accounts_account b ON b.id = o.account_id
        WHERE o.transaction_id = r.transaction_id AND o.account_id <> r.account_id
    ), ''),
    r.amount * CASE WHEN a.type = ANY(%(mirrored)s) THEN -1 ELSE 1 END, r.currency, r.status
FROM (
    SELECT e.* FROM unnest(%(ids)s::uuid[]) AS w (id) CROSS JOIN LATERAL (
        SELECT * FROM transactions_entry e
        WHERE e.account_id = w.id AND e.date >= %(since)s AND e.date <= %(until)s
        {narrowed}
        ORDER BY e.date DESC, e.transaction_id DESC, e.id DESC LIMIT {limit}
    ) AS e
    ORDER BY e.date DESC, e.transaction_id DESC, e.id DESC LIMIT {limit}
) AS r
JOIN transactions_transaction t ON t.id = r.transaction_id
JOIN accounts_account a ON a.id = r.account_id
LEFT JOIN transactions_vendor v ON v.id = t.vendor_id
ORDER BY r.date DESC, r.transaction_id DESC, r.id DESC
"""
_THROUGH = """AND EXISTS (
    SELECT FROM transactions_entry x
    WHERE x.transaction_id = e.transaction_id AND x.account_id = ANY(%(through)s)
)"""
# What moved investments but for valuations: of a transaction that has a valuation and more, both,
# since what it added is taken off.
_INVESTED = f"""AND EXISTS (
    SELECT FROM transactions_entry x JOIN accounts_account b ON b.id = x.account_id
    WHERE x.transaction_id = e.transaction_id
    HAVING bool_or(b.kind = '{Kind.INVESTMENT}') AND NOT (
        bool_or(b.kind = '{Kind.VALUATION}')
        AND bool_and(b.kind IN ('{Kind.INVESTMENT}', '{Kind.VALUATION}'))
    )
)"""
_COUNT = """
SELECT count(*) FROM transactions_entry e
WHERE e.account_id = ANY(%(ids)s::uuid[]) AND e.date >= %(since)s AND e.date <= %(until)s
{narrowed}
"""
_AFTER = "AND (e.date, e.transaction_id, e.id) < (%(date)s, %(transaction)s, %(entry)s)"


def rows(found: Behind, after: tuple[Any, ...] | None = None, limit: int = PAGE + 1) -> list[Row]:
    """Return the rows of a figure, the newest first, those after a (date, transaction, entry)."""
    narrowed, values = _narrowed(found)
    if after is not None:
        narrowed.append(_AFTER)
        values |= {"date": after[0], "transaction": after[1], "entry": after[2]}
    sql = _ROWS.format(narrowed=" ".join(narrowed), limit=int(limit))
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Row._make(row) for row in cursor.fetchall()]


def _count(found: Behind) -> int:
    """Return how many rows there are, by reading them all."""
    narrowed, values = _narrowed(found)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(narrowed=" ".join(narrowed)), values)
        return int(cursor.fetchone()[0])


def _narrowed(found: Behind) -> tuple[list[str], dict[str, Any]]:
    """Return what is asked of an entry `e`, and with which values."""
    asked, part, narrowed = found.asked, found.part, []
    since, until = asked.period.since, asked.period.until
    if part.balance:
        since, until = date.min, since - DAY if part.balance == "opening" else until
    values: dict[str, Any] = {
        "ids": list(found.ids),
        "since": since,
        "until": until,
        "mirrored": mirrored(part),
    }
    if asked.accounts and not part.is_whole:
        narrowed.append(_THROUGH)
        values["through"] = list(asked.accounts)
    if part.flow == "invested":
        narrowed.append(_INVESTED)
    if part.only:
        narrowed.append(part.only.sql)
        values |= part.only._asdict()
    return narrowed, values


def every(found: Behind) -> Iterator[Row]:
    """Yield all rows of a figure, some hundreds at a time."""
    page = rows(found, limit=CHUNK)
    while page:
        yield from page
        last = page[-1]
        page = rows(found, (last.date, last.transaction_id, last.entry_id), CHUNK)

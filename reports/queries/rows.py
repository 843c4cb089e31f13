"""The rows behind a figure: the entries on some accounts in a period, and what they come to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from accounts.models import REAL_TYPES, AccountType, Kind
from buffet.errors import NotFound, invalid
from buffet.money import Money
from reports.asking import Asked
from reports.queries.bringing import Conversion, bring, moved
from reports.queries.chart import Chart, Node, charted
from reports.queries.sums import Moves, Only
from reports.queries.worth import ZERO

PAGE, CHUNK = 50, 500


@dataclass(frozen=True, slots=True)
class Part:
    """Which accounts: one of them, a category with all below it, a kind, or a type.

    `status` keeps the entries of one status; by itself, those of all real accounts. `side` keeps
    debits or credits and `held` a currency, as a trial balance tells them apart. `flow` is what was
    saved, income and expenses together, or invested: what moved investments, valuations apart.
    """

    account: UUID | None = None
    category: UUID | None = None
    kind: str = ""
    type: str = ""
    flow: str = ""
    status: str = ""
    side: str = ""
    held: str = ""

    @property
    def only(self) -> Only | None:
        """Which of their entries; None if all."""
        only = Only(self.status, self.side, self.held)
        return only if any(only) else None


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

    `node` is the account or category that they are on, if it is one.
    """

    asked: Asked
    part: Part
    node: Node | None
    ids: tuple[str, ...]
    entries: int
    sums: Sequence[Money]
    total: Money
    conversions: Sequence[Conversion]
    left_out: Sequence[Money]


def behind(asked: Asked, part: Part) -> Behind:
    """Return what the rows of a part come to: the figure that a report shows of it.

    :raises NotFound: if it is not in the book.
    :raises Invalid: if no part, or more than one, was asked for.
    """
    months = asked.period.months

    def ask(own: Chart) -> tuple[Moves, tuple[int, int]]:
        own.refuse_unknown(asked.accounts)
        wanted, _ = _wanted(own, part)
        valued = wanted if part.flow == "invested" else ()
        moves = moved(asked, months, wanted, part.only, valued)
        return moves, moves.chart

    own, moves = charted(asked.book_id, ask)
    ids, node = _wanted(own, part)
    brought = bring(asked, months, moves, {*ids})
    found = [one for month in moves.months for one in month.sums({*ids})]
    by_currency: dict[str, Decimal] = {}
    for one in found:
        signed = one.amount * _sign(own.nodes[one.account_id])
        by_currency[one.currency] = by_currency.get(one.currency, ZERO) + signed
    total = sum((value * _sign(own.nodes[id]) for id in ids for value in brought.row(id)), ZERO)
    return Behind(
        asked,
        part,
        node,
        tuple(ids),
        sum(one.entries for one in found),
        [Money(amount, currency) for currency, amount in sorted(by_currency.items())],
        Money(total, asked.currency),
        brought.conversions,
        brought.left_out,
    )


def _wanted(own: Chart, part: Part) -> tuple[list[str], Node | None]:
    named = ("account", "category", "kind", "type", "flow")
    sent = [name for name in named if getattr(part, name)]
    if not sent and part.status:
        return own.of_types(*REAL_TYPES), None
    if len(sent) != 1:
        raise invalid(
            "?account",
            "one_part",
            "Name one of account, category, kind, type and flow, and no other.",
        )
    if part.account:
        node = own.nodes.get(str(part.account))
        if node is None:
            raise NotFound("There is no such account in this book.")
        return [node.id], node
    if part.category:
        return own.subtrees([part.category]), own.nodes.get(str(part.category))
    if part.flow == "saved":
        return own.of_types(AccountType.INCOME, AccountType.EXPENSE), None
    if part.flow:
        return own.of_kinds(Kind.INVESTMENT), None
    return own.of_kinds(part.kind) if part.kind else own.of_types(part.type), None


def _sign(node: Node) -> int:
    """Return how an entry looks to the money's owner: what is spent leaves them."""
    return 1 if node.type in REAL_TYPES else -1


_ROWS = """
SELECT r.date, r.transaction_id, r.id, t.description, coalesce(v.name, ''), a.name,
    coalesce((
        SELECT string_agg(DISTINCT b.name, ', ' ORDER BY b.name)
        FROM transactions_entry o JOIN accounts_account b ON b.id = o.account_id
        WHERE o.transaction_id = r.transaction_id AND o.account_id <> r.account_id
    ), ''),
    CASE WHEN a.type IN ('asset', 'liability') THEN r.amount ELSE -r.amount END,
    r.currency, r.status
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
_NO_GAINS = f"""AND NOT EXISTS (
    SELECT FROM transactions_entry v JOIN accounts_account g ON g.id = v.account_id
    WHERE v.transaction_id = e.transaction_id AND g.kind = '{Kind.VALUATION}'
)"""
_AFTER = "AND (e.date, e.transaction_id, e.id) < (%(date)s, %(transaction)s, %(entry)s)"


def rows(found: Behind, after: tuple[Any, ...] | None = None, limit: int = PAGE + 1) -> list[Row]:
    """Return the rows of a figure, the newest first, those after a (date, transaction, entry)."""
    asked, narrowed = found.asked, []
    values: dict[str, Any] = {
        "ids": list(found.ids),
        "since": asked.period.since,
        "until": asked.period.until,
    }
    if asked.accounts:
        narrowed.append(_THROUGH)
        values["through"] = list(asked.accounts)
    if found.part.flow == "invested":
        narrowed.append(_NO_GAINS)
    if found.part.only:
        narrowed.append(found.part.only.sql)
        values |= found.part.only._asdict()
    if after is not None:
        narrowed.append(_AFTER)
        values |= {"date": after[0], "transaction": after[1], "entry": after[2]}
    sql = _ROWS.format(narrowed=" ".join(narrowed), limit=int(limit))
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Row._make(row) for row in cursor.fetchall()]


def every(found: Behind) -> Iterator[Row]:
    """Yield all rows of a figure, some hundreds at a time."""
    page = rows(found, limit=CHUNK)
    while page:
        yield from page
        last = page[-1]
        page = rows(found, (last.date, last.transaction_id, last.entry_id), CHUNK)


FLOWS = ("saved", "invested")
TYPES = (AccountType.INCOME, AccountType.EXPENSE, AccountType.ASSET, AccountType.LIABILITY)
KINDS = tuple(str(kind) for kind in Kind.values)

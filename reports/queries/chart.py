"""The chart of accounts as reports need it: every account, and what lies below it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.db import connection

from accounts.models import Kind
from buffet.errors import NotFound
from buffet.remembering import Latest
from transactions.queries import balances

T = TypeVar("T")


class Node(NamedTuple):
    """An account or category; `currency` is empty where it has none of its own."""

    id: str
    name: str
    type: str
    kind: str
    currency: str
    parent_id: str | None
    broker_id: str | None
    is_archived: bool


@dataclass(frozen=True)
class Chart:
    """The accounts of a book by id, in the order of their names."""

    nodes: Mapping[str, Node]
    below: Mapping[str | None, Sequence[Node]] = field(init=False)

    def __post_init__(self) -> None:
        below: dict[str | None, list[Node]] = defaultdict(list)
        for node in self.nodes.values():
            below[node.parent_id].append(node)
        object.__setattr__(self, "below", dict(below))

    def of_types(self, *types: str) -> list[str]:
        """Return the ids of the accounts of these types."""
        return [node.id for node in self.nodes.values() if node.type in types]

    def of_kinds(self, *kinds: str) -> list[str]:
        """Return the ids of the accounts of these kinds."""
        return [node.id for node in self.nodes.values() if node.kind in kinds]

    def subtrees(self, ids: Iterable[UUID | str]) -> list[str]:
        """Return these categories and all below them.

        :raises NotFound: if one of them is no category of the book.
        """
        found: dict[str, None] = {}
        waiting = [str(id) for id in ids]
        for id in waiting:
            node = self.nodes.get(id)
            if node is None or node.kind not in (Kind.CATEGORY, Kind.UNCATEGORIZED):
                raise NotFound("There is no such category in this book.")
        while waiting:
            id = waiting.pop()
            found[id] = None
            waiting += [child.id for child in self.below.get(id, ())]
        return list(found)

    def refuse_unknown(self, ids: Iterable[UUID | str]) -> None:
        """Check that these are real accounts of the book.

        :raises NotFound: if one of them is not.
        """
        for id in ids:
            node = self.nodes.get(str(id))
            if node is None or node.type not in ("asset", "liability"):
                raise NotFound("There is no such account in this book.")


_NODE = """a.id::text, a.name, a.type, a.kind, a.currency, a.parent_id::text, a.broker_id::text,
    a.archived_at IS NOT NULL"""
# The accounts, if they are in another state than the one that is known. A change of one has a new
# version; when one is deleted, there are fewer.
_CHART = f"""
SELECT now.version, now.accounts, {_NODE}
FROM (
    SELECT coalesce(max(version), 0), count(*) FROM accounts_account WHERE book_id = %(book)s
) AS now (version, accounts)
LEFT JOIN accounts_account a ON a.book_id = %(book)s
    AND (now.version, now.accounts) <> (%(version)s::bigint, %(accounts)s::bigint)
ORDER BY a.name, a.id
"""
_OPENED = f"""
{balances.MOVES}
SELECT {_NODE}, ever.currency,
    ever.debit - ever.credit - coalesce(later.total, 0) + coalesce(part.total, 0)
FROM accounts_account a
LEFT JOIN transactions_accounttotal ever ON ever.book_id = a.book_id AND ever.account_id = a.id
LEFT JOIN later ON later.account_id = ever.account_id AND later.currency = ever.currency
LEFT JOIN part ON part.account_id = ever.account_id AND part.currency = ever.currency
WHERE a.book_id = %(book)s ORDER BY a.name, a.id, ever.currency
"""
_COLUMNS = len(Node._fields)


class _State(NamedTuple):
    """The chart of a book, by the latest version of an account and how many there are."""

    version: int
    accounts: int
    chart: Chart


_states: Latest[_State] = Latest(20_000, lambda state: state.accounts + 1)


def chart(book_id: UUID) -> Chart:
    """Return the chart of accounts of a book; read when it changed since this process read it."""
    known = None if connection.in_atomic_block else _states.of(book_id)
    version, accounts = (known.version, known.accounts) if known else (-1, -1)
    values: dict[str, UUID | int] = {"book": book_id, "version": version, "accounts": accounts}
    with connection.cursor() as cursor:
        cursor.execute(_CHART, values)
        rows = cursor.fetchall()
    version, accounts, first, *_ = rows[0]
    if known and (known.version, known.accounts) == (version, accounts):
        return known.chart
    nodes = {row[2]: Node._make(row[2:]) for row in rows} if first else {}
    found = Chart(nodes)
    _states.keep(book_id, _State(version, accounts, found))
    return found


def charted(book_id: UUID, ask: Callable[[Chart], tuple[T, tuple[int, int]]]) -> tuple[Chart, T]:
    """Return the chart of a book, and what is asked by means of it.

    What is asked brings the state of the chart along (as `Moves` does), so that a chart that is
    known takes no statement of its own; where it has changed, all is asked once more.
    """
    known = None if connection.in_atomic_block else _states.of(book_id)
    if known:
        with suppress(NotFound):  # what is asked about may be newer than what is known
            found, state = ask(known.chart)
            if state == (known.version, known.accounts):
                return known.chart, found
    own = chart(book_id)
    return own, ask(own)[0]


def opened(book_id: UUID, on: date) -> tuple[Chart, dict[tuple[str, str], Decimal]]:
    """Return the chart, and what each account came to at the end of a day, by id and currency."""
    with connection.cursor() as cursor:
        cursor.execute(_OPENED, balances.parameters(book_id, on))
        rows = cursor.fetchall()
    nodes = {row[0]: Node._make(row[:_COLUMNS]) for row in rows}
    totals = {
        (row[0], currency): total for row in rows for currency, total in (row[_COLUMNS:],) if total
    }
    return Chart(nodes), totals

"""What changed in a book since a version: rows and the traces of deleted ones, in one feed."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

NOTHING = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the feed: behind the row with this version, rank and id."""

    version: int
    rank: int = 0
    id: UUID = NOTHING


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the feed.

    Whoever has followed it so far has everything of the book up to `version`; `end` is the place
    of the last row, None when there is nothing behind it yet.
    """

    rows: list[dict[str, Any]]
    version: int
    end: Place | None


def instant_sql(column: str) -> str:
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def json_of(*plain: str, **named: str) -> str:
    """Return the SQL of a JSON object of the row `r`: columns, and others by name."""
    parts = {name: f"r.{name}" for name in ("id", *plain)} | named
    parts |= {name: instant_sql(f"r.{name}") for name in ("created_at", "updated_at")}
    parts["version"] = "r.version"
    return f"json_build_object({', '.join(f'{name!r}, {sql}' for name, sql in parts.items())})"


_ENTRIES = """(
    SELECT json_agg(json_build_object(
        'id', e.id, 'account', e.account_id,
        'amount', round(e.amount, buffet_decimals(e.currency))::text, 'currency', e.currency,
        'status', e.status, 'external_id', e.external_id, 'note', e.note
    ) ORDER BY e.id) FROM transactions_entry e WHERE e.transaction_id = r.id
)"""
_AMOUNT_OF_SUBSCRIPTION = """(
    SELECT round(r.amount, buffet_decimals(a.currency))::text
    FROM accounts_account a WHERE a.id = r.account_id
)"""
_BALANCE_OF_POINT = _AMOUNT_OF_SUBSCRIPTION.replace("r.amount", "r.balance")
_PAYMENTS = """coalesce((
    SELECT json_agg(json_build_object(
        'transaction', p.transaction_id, 'due_on', p.due_on, 'date', p.date
    ) ORDER BY p.due_on) FROM transactions_subscriptionpayment p WHERE p.subscription_id = r.id
), '[]')"""
#: Resource → its table and its rows as JSON, in the order in which rows of one version come:
#: what is referred to before what refers to it. Apps above add theirs when they are ready.
RESOURCES: dict[str, tuple[str, str]] = {
    "broker": ("accounts_broker", json_of("name", "notes")),
    "account": (
        "accounts_account",
        json_of(
            "name",
            "type",
            "kind",
            "currency",
            "number",
            "notes",
            "opened_on",
            "billed_as",
            "locked_through",
            parent="r.parent_id",
            broker="r.broker_id",
            archived_at=instant_sql("r.archived_at"),
        ),
    ),
    "vendor": ("transactions_vendor", json_of("name", "notes")),
    "transaction": (
        "transactions_transaction",
        json_of("date", "description", "notes", "source", vendor="r.vendor_id", entries=_ENTRIES),
    ),
    "closed_month": (
        "transactions_closedmonth",
        json_of(month="to_char(r.month, 'YYYY-MM')", closed_by="r.created_by"),
    ),
    "import": (
        "transactions_import",
        json_of("status", "format", "file_name", "account_number", account="r.account_id"),
    ),
    "subscription": (
        "transactions_subscription",
        json_of(
            "name",
            "cadence",
            "every",
            "starts_on",
            "ends_on",
            "notes",
            amount=_AMOUNT_OF_SUBSCRIPTION,
            account="r.account_id",
            category="r.category_id",
            vendor="r.vendor_id",
            payments=_PAYMENTS,
        ),
    ),
    "rule": (
        "transactions_rule",
        json_of(
            "name",
            "position",
            "is_active",
            "contains",
            "regex",
            "direction",
            amount_min="trim_scale(r.amount_min)::text",
            amount_max="trim_scale(r.amount_max)::text",
            account="r.account_id",
            category="r.category_id",
            vendor="r.vendor_id",
        ),
    ),
    "rule_run": (
        "transactions_rulerun",
        json_of("rules", "date_from", "date_to", "changed", undone_at=instant_sql("r.undone_at")),
    ),
    "exchange_rate": (
        "accounts_bookrate",
        json_of("base", "quote", "on", "source", rate="trim_scale(r.rate)::text"),
    ),
    "import_profile": (
        "transactions_importprofile",
        json_of("name", "profile", "fingerprint", account="r.account_id"),
    ),
    "balance_point": (
        "transactions_balancepoint",
        json_of(
            "on",
            "kind",
            "note",
            balance=_BALANCE_OF_POINT,
            account="r.account_id",
            transaction="r.transaction_id",
            reconciled_at=instant_sql("r.reconciled_at"),
            **{"import": "r.import_id"},
        ),
    ),
}


@cache
def _names() -> dict[int, str]:
    return dict(enumerate(RESOURCES, start=1))


#: Deleted before made anew: of one version, the trace of a row comes before a row.
_TOMBSTONES = """(
    SELECT k.version, 0 AS rank, k.row_id AS id, k.resource FROM buffet_tombstone k
    WHERE k.book_id = %(book)s AND (k.version, 0, k.row_id) > (%(version)s, %(rank)s, %(id)s)
    ORDER BY k.version, k.row_id LIMIT %(limit)s
)"""


def _changed(rank: int, table: str) -> str:
    return f"""(
    SELECT k.version, {rank}, k.id, NULL FROM {table} k
    WHERE k.book_id = %(book)s AND k.version >= %(version)s
        AND (k.version, {rank}, k.id) > (%(version)s, %(rank)s, %(id)s)
    ORDER BY k.version, k.id LIMIT %(limit)s
)"""


@cache
def _feed() -> str:
    tables = [(rank, *RESOURCES[name]) for rank, name in _names().items()]
    keys = " UNION ALL ".join([_TOMBSTONES, *(_changed(rank, table) for rank, table, _ in tables)])
    data = " ".join(
        f"WHEN {rank} THEN (SELECT {row} FROM {table} r WHERE r.id = c.id)"
        for rank, table, row in tables
    )
    # One statement, so that all of a page is of one moment.
    return f"""
        WITH state AS (SELECT version FROM buffet_book WHERE id = %(book)s),
        changed AS (
            SELECT * FROM ({keys}) AS keys ORDER BY version, rank, id LIMIT %(limit)s
        )
        SELECT state.version, c.version, c.rank, c.id, c.resource, (CASE c.rank {data} END)::text
        FROM state LEFT JOIN changed c ON true ORDER BY c.version, c.rank, c.id
    """


#: The names of models in tombstones that are not those of their resources.
OTHER_NAMES = {
    "balancepoint": "balance_point",
    "bookrate": "exchange_rate",
    "closedmonth": "closed_month",
    "rulerun": "rule_run",
    "importprofile": "import_profile",
}


def since(book_id: UUID, place: Place, limit: int) -> Page:
    """Return up to `limit` rows behind a place, in the order of versions.

    A client that starts behind version 0 and follows the feed holds exactly the book: a row that
    changes meanwhile comes again with its new version, one that goes leaves a trace.
    """
    wanted: dict[str, UUID | int] = {
        "book": book_id,
        "version": place.version,
        "rank": place.rank if place.id != NOTHING else len(RESOURCES) + 1,
        "id": place.id,
        "limit": limit + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_feed(), wanted)
        found = cursor.fetchall()
    current = found[0][0]
    rows = [row[1:] for row in found if row[1] is not None]
    if len(rows) <= limit:
        return Page([_row(*row) for row in rows], current, None)
    kept, following = rows[:limit], rows[limit]
    last = kept[-1]
    # The last version may go on behind the page: then it is not complete yet.
    complete = last[0] if following[0] > last[0] else last[0] - 1
    return Page([_row(*row) for row in kept], complete, Place(last[0], last[1], last[2]))


def _row(version: int, rank: int, id: UUID, gone: str | None, data: str | None) -> dict[str, Any]:
    name = _names()[rank] if gone is None else OTHER_NAMES.get(gone, gone)
    return {
        "resource": name,
        "id": id,
        "version": version,
        "deleted": gone is not None,
        "data": None if data is None else orjson.Fragment(data),
    }

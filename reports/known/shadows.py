"""The statements that make a session's tables hold what was known of a book at an instant.

A row was then what the earliest event after the instant says it was before, or else what it is now;
if it was there. Sums, and what follows from other rows, are made anew from those.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.apps import apps
from django.db import models
from pghistory.models import Event
from psycopg import Connection, sql

from accounts.models import Account, ExchangeRate, OwnRates
from buffet.models import Book
from invoices.models import Invoice, InvoiceChange, InvoiceLine
from reports.known.made import BILL, CHECK, SUM_UP
from reports.known.rates import RATES
from transactions.models import (
    AccountTotal,
    BalanceCheck,
    Entry,
    EntryEvent,
    MonthlyBalance,
    Transaction,
    TypeTotal,
)

#: What tells only whether something is remembered, which nothing is in such a session.
OF_NOW = (OwnRates,)
#: What the database says when something is asked that keeps no history.
NO_HISTORY = "BCB01"
#: What is made from other rows, and what is empty outside of a write.
_MADE = (MonthlyBalance, AccountTotal, TypeTotal, InvoiceLine, BalanceCheck)

_BEGIN = f"""
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
-- The statements name their values: each is worth a plan, and none is worth compiling.
SET LOCAL plan_cache_mode = auto;
SET LOCAL jit = off;
SET LOCAL temp_buffers = '64MB';
CREATE FUNCTION pg_temp.no_history() RETURNS boolean LANGUAGE plpgsql STABLE AS $$ BEGIN
    RAISE EXCEPTION 'no history is kept of this' USING ERRCODE = '{NO_HISTORY}';
END $$;
CREATE FUNCTION pg_temp.only_read() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'what was known is only read' USING ERRCODE = '25006';
END $$;
"""
_TABLE = "CREATE TEMPORARY TABLE {name} (LIKE {real} INCLUDING INDEXES) ON COMMIT DROP;"
# The long ones get the indexes that reports need, and at the end, which costs a third.
_LONG_TABLE = "CREATE TEMPORARY TABLE {name} (LIKE {real}) ON COMMIT DROP;"
_INDEXES = {
    Transaction: """
ALTER TABLE transactions_transaction ADD PRIMARY KEY (id);
CREATE INDEX ON transactions_transaction (book_id, date, id);
""",
    Entry: """
ALTER TABLE transactions_entry ADD PRIMARY KEY (id);
CREATE INDEX ON transactions_entry (transaction_id);
CREATE INDEX ON transactions_entry (account_id, date, transaction_id);
""",
}
# By id: of two changes that waited for one another, the second may have begun first.
_FILL = """
INSERT INTO {name} ({columns})
WITH later AS MATERIALIZED (
    SELECT DISTINCT ON (pgh_obj_id) * FROM {events}
    WHERE {of_book} = {book} AND pgh_created_at > {at} ORDER BY pgh_obj_id, pgh_id
)
SELECT {now} FROM {real} r WHERE r.{of_book} = {book} AND {there}
    AND NOT EXISTS (SELECT FROM later l WHERE l.pgh_obj_id = r.{key})
UNION ALL
SELECT {then} FROM later r WHERE {there};
"""
_UPDATED = (
    "coalesce((SELECT max(p.pgh_created_at) FROM {events} p "
    "WHERE p.pgh_obj_id = r.{key} AND p.pgh_created_at <= {at}), r.created_at)"
)
_STILL_UPDATED = f"CASE WHEN r.updated_at <= {{at}} THEN r.updated_at ELSE {_UPDATED} END"
_STILL_VERSION = "CASE WHEN r.updated_at <= {at} THEN r.version ELSE 0 END"
# An entry brings its own id back with its transaction, so that its age is not all.
_WITH_TRANSACTION = "EXISTS (SELECT FROM transactions_transaction t WHERE t.id = r.transaction_id)"
_PAST = (
    "CREATE TEMPORARY VIEW {name} AS "
    "SELECT * FROM {real} WHERE {of_book} = {book} AND pgh_created_at <= {at};"
)
_UNTOLD = "CREATE TEMPORARY VIEW {name} AS SELECT * FROM {real} WHERE pg_temp.no_history();"

_END = """
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT relname FROM pg_class
        WHERE relnamespace = pg_my_temp_schema() AND relkind = 'r'
    LOOP
        EXECUTE format('CREATE TRIGGER only_read BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE '
            'ON pg_temp.%I EXECUTE FUNCTION pg_temp.only_read()', name);
    END LOOP;
END $$;
SET TRANSACTION READ ONLY;
"""


def statements(connection: Connection, book_id: UUID, at: datetime) -> Iterator[str]:
    """Yield what is to be executed, one by one, in a new transaction of a session of its own."""
    yield _BEGIN
    row = connection.execute("SELECT current_schema()").fetchone()
    schema = row[0] if row else ""
    names = {"book": sql.Literal(book_id), "at": sql.Literal(at)}
    histories = _histories()

    def real(model: type[models.Model]) -> sql.Identifier:
        return sql.Identifier(schema, model._meta.db_table)

    def text(template: str, **more: sql.Composable) -> str:
        return sql.SQL(template).format(**names, **more).as_string(connection)

    for model in _of_books():
        if model in OF_NOW:
            continue
        of_book = sql.Identifier(_of_book(model))
        given = {"name": _name(model), "real": real(model), "of_book": of_book}
        if issubclass(model, Event):
            yield text(_PAST, **given)
        elif model in _MADE:
            yield text(_TABLE, **given)
        elif model not in histories:
            yield text(_UNTOLD, **given)
        else:
            given |= {"events": real(histories[model]), "key": sql.Identifier(_key(model))}
            columns = _columns(model, histories[model], at)
            composed = {
                part: sql.SQL(template).format(**names, **given)
                for part, template in columns.items()
            }
            yield text(_LONG_TABLE if model in _INDEXES else _TABLE, **given)
            yield text(_FILL, **given, **composed)
            yield _INDEXES.get(model, "") + text("ANALYZE {name}", **given)
    yield text(SUM_UP, entry_events=real(EntryEvent), account_events=real(histories[Account]))
    yield CHECK
    yield text(BILL, lines=real(InvoiceLine), line_events=real(histories[InvoiceLine]))
    rates, rate_events = real(ExchangeRate), real(histories[ExchangeRate])
    yield text(RATES, name=_name(ExchangeRate), real=rates, events=rate_events)
    made = sql.SQL(", ").join(map(_name, (*_MADE, Invoice)))
    yield text("ANALYZE {made}", made=made)
    yield _END


def _of_books() -> list[type[models.Model]]:
    """Return the models whose rows are a book's, transactions before their entries.

    Who may see a book is asked of the tables as they are: the people, their seats and invitations.
    """
    found: list[type[models.Model]] = [Book, apps.get_model("buffet", "bookevent"), Transaction]
    for model in apps.get_models():
        names = {field.name for field in model._meta.get_fields()}
        if model._meta.app_label != "buffet" and "book" in names and not model._meta.proxy:
            found.append(model)
    return list(dict.fromkeys((*found, BalanceCheck)))


def _histories() -> dict[type[models.Model], type[Event]]:
    """Return the history of each model that has one."""
    events = (model for model in apps.get_models() if issubclass(model, Event))
    # pghistory sets it on each, and leaves the type of its own base at None.
    return {
        model.pgh_tracked_model: model  # type: ignore[misc]
        for model in events
        if model.pgh_tracked_model
    }


def _name(model: type[models.Model]) -> sql.Identifier:
    return sql.Identifier(model._meta.db_table)


def _key(model: type[models.Model]) -> str:
    return str(model._meta.pk.column)


def _of_book(model: type[models.Model]) -> str:
    """Return the column that says whose a row is."""
    if model is Book:
        return "id"
    return "pgh_obj_id" if getattr(model, "pgh_tracked_model", None) is Book else "book_id"


def _columns(model: type[models.Model], history: type[Event], at: datetime) -> dict[str, str]:
    """Return the columns of a table, what they are now and then, and whether a row was there.

    :raises LookupError: if nothing says what a column was, or since when a row is there.
    """
    columns = [str(field.column) for field in model._meta.concrete_fields]
    kept = {field.column for field in history._meta.concrete_fields}
    now, then = [], []
    for column in columns:
        if column in kept:
            still = was = f"r.{column}"
        elif column == "version":
            still = _STILL_VERSION if "updated_at" in columns else "0"
            was = "0"
        elif column == "updated_at":
            still, was = _STILL_UPDATED, _UPDATED
        elif model is Invoice:
            still = was = "0"
        else:
            raise LookupError(f"nothing says what {model._meta.label}.{column} was")
        now.append(still)
        then.append(was)
    return {
        "columns": ", ".join(f'"{column}"' for column in columns),
        "now": ", ".join(now),
        "then": ", ".join(then),
        "there": _there(model, columns, at),
    }


def _there(model: type[models.Model], columns: list[str], at: datetime) -> str:
    """Return the condition that a row was there at an instant."""
    if "created_at" in columns:
        return "r.created_at <= {at}"
    if model is InvoiceChange:
        return "r.changed_at <= {at}"
    if not isinstance(model._meta.pk, models.UUIDField):
        raise LookupError(f"nothing says since when a row of {model._meta.label} is there")
    # The id says it: the milliseconds since 1970 are its first bits.
    milliseconds = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    condition = f"r.id < '{UUID(int=milliseconds + 1 << 80)}'"
    return f"{condition} AND {_WITH_TRANSACTION}" if model is Entry else condition

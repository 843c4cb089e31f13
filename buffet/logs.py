"""What a line of the log looks like, and which request it is about.

A line never holds a secret, a body or a query string: of an address it tells the route, of an
error of the database the sentence without the row that it quotes.
"""

import os
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from logging import Formatter, LogRecord
from typing import Any, NamedTuple
from uuid import UUID

import orjson

#: The id of the request that this thread answers.
current: ContextVar[str] = ContextVar("request_id", default="-")

#: Where facts are left in the request's environment, which is what gunicorn knows of it.
FACTS = "buffet.facts"


class Facts(NamedTuple):
    """What the log tells of an answered request."""

    request_id: str
    #: The pattern of the address, never the address: links of letters hold secrets.
    route: str
    queries: int
    user: UUID | None = None
    book: UUID | None = None


# After its first line, PostgreSQL quotes rows and statements; an exception's text ends its block.
_QUOTED = re.compile(
    r"\n(?:DETAIL|HINT|CONTEXT|QUERY|WHERE|LINE \d+):.*?"
    r"(?=\n\n(?:During handling|The above exception)|\Z)",
    re.DOTALL,
)


def write(line: dict[str, Any]) -> None:
    """Write a JSON object to stdout, in one piece between those of other processes."""
    text = orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
    try:
        os.write(1, text)
    except OSError:
        # A log that nobody takes any more stops no request; `suppress` would cost at each.
        return


def now() -> datetime:
    """Return the time of a line."""
    return datetime.now(UTC)


class Sentences(Formatter):
    """Lines for people."""

    def __init__(self) -> None:
        super().__init__("{levelname} {name} [{request_id}]: {message}{fields}", style="{")

    def format(self, record: LogRecord) -> str:
        """Return the line, and the traceback below it."""
        record.request_id = current.get()
        known = getattr(record, "fields", {})
        record.fields = "".join(f" {name}={value}" for name, value in known.items())
        try:
            return super().format(record)
        finally:
            record.fields = known


class Lines(Formatter):
    """One JSON object a line, an exception and its traceback in it."""

    def format(self, record: LogRecord) -> str:
        """Return the line."""
        line = {
            "time": now(),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            "request_id": current.get(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            text = _QUOTED.sub("", self.formatException(record.exc_info))
            # An address that nothing is at is in its exception.
            path = getattr(getattr(record, "request", None), "path", "").strip("/")
            line["traceback"] = text.replace(path, "-") if path else text
        return orjson.dumps(line, default=str).decode()


def _message(record: LogRecord) -> str:
    """Return what a record says, without what a client wrote into an address."""
    if record.name == "gunicorn.error" and record.exc_info:
        # Of a request it tells the whole address.
        return str(record.msg).partition(" %s")[0]
    request = getattr(record, "request", None)
    path = getattr(request, "path", None)
    if path and isinstance(record.args, tuple):
        match = getattr(request, "resolver_match", None)
        route = match.route if match else "-"
        args = tuple(route if one == path else one for one in record.args)
        return str(record.msg) % args
    return _QUOTED.sub("", record.getMessage())

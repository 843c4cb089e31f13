"""What to say when the database could not do its part; nothing of it is the caller's fault."""

from dataclasses import dataclass

from django.db import InternalError, OperationalError
from psycopg import OperationalError as DriversError
from psycopg import errors

#: Seconds after which a client may try again.
RETRY_AFTER = 2


@dataclass(frozen=True, slots=True)
class Trouble:
    """A stable code and a sentence; the status is 503 whatever it is."""

    code: str
    detail: str


AWAY = Trouble("database_unavailable", "The database cannot answer. Please try again.")
#: By what the database said; whatever else it said comes to AWAY.
_SAID: dict[type, Trouble] = {
    errors.QueryCanceled: Trouble(
        "took_too_long", "The database took too long for this and has stopped. Please try again."
    ),
    errors.LockNotAvailable: Trouble(
        "busy", "Another change is being made and takes long. Please try again."
    ),
    errors.DiskFull: Trouble(
        "storage_full", "There is no room for changes now; reading goes on. Please try again later."
    ),
    errors.ReadOnlySqlTransaction: Trouble(
        "read_only", "The database takes no changes at the moment. Please try again."
    ),
}


def trouble(error: BaseException | None) -> Trouble | None:
    """Return what the database's trouble is; None if the error is something else."""
    # The driver's own where Django hands it on as it is: out of a COPY, or out of the gate.
    cause = error if isinstance(error, DriversError) else getattr(error, "__cause__", None)
    if isinstance(error, OperationalError | DriversError):
        return _SAID.get(type(cause), AWAY)
    # One that was promoted away is alive, and says so in a class of its own.
    if isinstance(error, InternalError) and isinstance(cause, errors.ReadOnlySqlTransaction):
        return _SAID[errors.ReadOnlySqlTransaction]
    return None

"""Which request a line of the log is about."""

from contextvars import ContextVar
from logging import Filter, LogRecord

#: The id of the request that this thread answers.
current: ContextVar[str] = ContextVar("request_id", default="-")


class RequestIds(Filter):
    """Give every line the id of the request that it was written for, or a dash."""

    def filter(self, record: LogRecord) -> bool:
        """Set `request_id`."""
        record.request_id = current.get()
        return True

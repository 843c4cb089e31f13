"""gunicorn's log: one JSON line an answer, and the figures that become metrics."""

import os
import sys
from datetime import timedelta
from logging import StreamHandler
from typing import Any

from gunicorn.config import Config
from gunicorn.glogging import Logger

from buffet import logs
from buffet.logs import FACTS, Facts
from buffet.metrics import figures

_UNKNOWN = Facts("-", "-", 0)


class AccessLog(Logger):
    """Lines for who collects them; with `LOG_FORMAT=text`, gunicorn's own and none for answers."""

    def setup(self, cfg: Config) -> None:
        """Write gunicorn's own messages as we write ours."""
        super().setup(cfg)
        self.tells = os.environ.get("LOG_FORMAT", "json") == "json"
        if self.tells:
            handler = StreamHandler(sys.stdout)
            handler.setFormatter(logs.Lines())
            self.error_log.handlers = [handler]

    @property
    def access_log_enabled(self) -> bool:
        """Whether answers are told."""
        return self.tells

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """Tell of an answer."""
        if not self.tells:
            return
        if environ["PATH_INFO"] == "/health":
            # The platform's probe, every few seconds: nothing to tell, but a moment to tell it.
            figures.tell_in_time()
            return
        known = environ.get(FACTS, _UNKNOWN)
        milliseconds = round(request_time.total_seconds() * 1000, 1)
        logs.write(
            {
                "time": logs.now(),
                "level": "INFO",
                "logger": "request",
                "request_id": known.request_id,
                "method": environ["REQUEST_METHOD"],
                "route": known.route,
                "status": resp.status_code,
                "milliseconds": milliseconds,
                "queries": known.queries,
                "user": known.user,
                "book": known.book,
            }
        )
        figures.answered(known.route, resp.status_code, milliseconds)

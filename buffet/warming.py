"""What a worker does before it serves, so that no visitor waits for it."""

import io
import logging
from typing import Any

from django.conf import settings

from buffet.gate import Application
from buffet.keys import START

logger = logging.getLogger(__name__)
#: The pool, a page with its templates and words, and the API with the gate's own connection.
ADDRESSES = ("/health/ready", "/sign-in", "/api/v1/accounts")


def warm(application: Application) -> None:
    """Answer a few requests that nobody has sent; a database that is away stops nothing."""
    for address in ADDRESSES:
        status = _answered(application, address)
        if status >= 500:
            logger.warning("while warming up, %s answered %s", address, status)


def _answered(application: Application, address: str) -> int:
    """Have a request answered, and return the status."""
    begun: list[str] = []
    answer = application(_asking(address), lambda status, *_: begun.append(status))
    b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    return int(begun[0].split()[0])


def _asking(address: str) -> dict[str, Any]:
    """Return the environment of a request from ourselves."""
    host = settings.ALLOWED_HOSTS[0].replace("*", "localhost").lstrip(".")
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": address,
        "QUERY_STRING": "",
        "SCRIPT_NAME": "",
        "SERVER_NAME": host,
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": host,
        "HTTP_X_FORWARDED_PROTO": "https",
        # Well-formed and nobody's: it is looked up, and refused.
        "HTTP_AUTHORIZATION": f"Bearer {START}nobody",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
    }

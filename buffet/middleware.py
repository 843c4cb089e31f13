"""What happens around every request, outermost first."""

import logging
import re
from collections.abc import Callable

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from uuid_utils.compat import uuid7

from buffet.rest.problems import problem

logger = logging.getLogger(__name__)
Next = Callable[[HttpRequest], HttpResponseBase]

_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{8,64}", re.ASCII)


class Health:
    """Answer the platform's probe before hosts, redirects and the database have a say."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/health":
            return JsonResponse({"status": "ok"})
        return self.get_response(request)


class RequestId:
    """Give every request an id, or keep the well-formed one it came with, and return it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        sent = request.headers.get("X-Request-ID", "")
        request.id = sent if _REQUEST_ID.fullmatch(sent) else str(uuid7())
        response = self.get_response(request)
        response["X-Request-ID"] = request.id
        return response


class DatabaseTrouble:
    """Answer 503 quickly when the database is away or its connections are all in use."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self.get_response(request)
        except OperationalError as error:
            return self.process_exception(request, error)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn a lost or refused connection into a problem that says when to come back."""
        if not isinstance(error, OperationalError):
            return None
        logger.error("database: %s", error)
        answer = problem(
            request, 503, "database_unavailable", "The database cannot answer. Please try again."
        )
        answer["Retry-After"] = "2"
        return answer


class ContentSecurityPolicy:
    """Allow what our own pages need, and nothing from another host."""

    STRICT = (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    # Unfold's Alpine.js evaluates expressions, and both it and Swagger set inline styles.
    ADMIN = (
        "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    DOCS = (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        policy = self.STRICT
        if request.path.startswith("/admin/"):
            policy = self.ADMIN
        elif request.path.startswith("/api/v1/docs"):
            policy = self.DOCS
        response.setdefault("Content-Security-Policy", policy)
        return response


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


class Sessions(SessionMiddleware):
    """Sessions for pages and the admin; the API knows none."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request) if _is_api(request) else super().__call__(request)


class Authentication(AuthenticationMiddleware):
    """The session's user for pages and the admin; the API reads bearer tokens."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request) if _is_api(request) else super().__call__(request)


class Messages(MessageMiddleware):
    """Messages for pages and the admin."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request) if _is_api(request) else super().__call__(request)


class Csrf(CsrfViewMiddleware):
    """Guard the forms; no cookie signs anyone in to the API, so there is nothing to forge."""

    def process_view(self, request: HttpRequest, *args: object) -> HttpResponseBase | None:
        return None if _is_api(request) else super().process_view(request, *args)

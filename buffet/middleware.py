"""What happens around every request, outermost first."""

import inspect
import logging
import os
import re
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Lock, Semaphore
from typing import Any

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseForbidden,
    JsonResponse,
)
from django.http.request import UnreadablePostError
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from rest_framework.exceptions import AuthenticationFailed
from uuid_utils import uuid7

from buffet import statements
from buffet.facts import facts
from buffet.limits import TooManyRequests
from buffet.logs import FACTS, current
from buffet.requests import Request
from buffet.rest import tags
from buffet.rest.authentication import caller_of
from buffet.rest.problems import answer, problem
from buffet.rest.trouble import RETRY_AFTER, Trouble, trouble
from buffet.slowness import keeper

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


def request_id(sent: Mapping[str, str]) -> str:
    """Return the id of a request: the well-formed one it came with, or a new one."""
    own = sent.get("HTTP_X_REQUEST_ID", "")
    return own if _REQUEST_ID.fullmatch(own) else str(uuid7())


class RequestId:
    """Give every request an id, or keep the well-formed one it came with, and return it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        request.id = request_id(request.META)
        before, sent = current.set(request.id), statements.sent.count
        begun = time.perf_counter()
        try:
            response = self.get_response(request)
        finally:
            current.reset(before)
            request.META[FACTS] = facts(request, statements.sent.count - sent)
        took = (time.perf_counter() - begun) * 1000
        keeper.answered(request.META[FACTS], request.method or "", response.status_code, took)
        response["X-Request-ID"] = request.id
        return response


class NoTurn(Exception):
    """One waited as long as one may, and it was not one's turn."""


class InTurn:
    """Let so many in at once, the others in the order in which they came.

    Python's own semaphore lets whoever comes at the right moment pass those that wait.
    """

    def __init__(self, many: int, patience: float = -1) -> None:
        """Set up with how many seconds one waits at the most; -1 is for ever."""
        self._free, self._waiting, self._guard = many, deque[Lock](), Lock()
        self._patience = patience

    def __enter__(self) -> None:
        with self._guard:
            if self._free:
                self._free -= 1
                return
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=self._patience):
            return
        with self._guard:
            # Not among them any more: the turn came in the last moment.
            if turn in self._waiting:
                self._waiting.remove(turn)
                raise NoTurn

    def __exit__(self, *error: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1


class Turns:
    """Let whoever wants a password hashed wait for each other, and nobody else for them.

    A hash takes a core for tens of milliseconds. Of many sign-ins at once one is carried out, the
    others wait without a connection to the database and beside the threads that work; so all other
    requests go on as if there were one. A request that finds the room full may come back, and so
    may one that would wait longer than PATIENCE for those that work.
    """

    PATIENCE = 3.0
    MANY_SIGN_IN = Trouble("busy", "Very many people are signing in. Please try again.")
    MANY_WAIT = Trouble("busy", "Very many requests are waiting. Please try again.")

    #: Where passwords are hashed: addresses, and how they begin where a letter's token follows.
    HASHING = frozenset(
        {
            *("/api/v1/auth/token", "/api/v1/auth/register/confirm", "/sign-in", "/admin/login/"),
            *("/api/v1/auth/password/reset", "/api/v1/users/me/password"),
        }
    )
    OF_LETTERS = ("/register/", "/reset-password/")

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        cores = os.cpu_count() or 2
        self._working = InTurn(settings.WEB_THREADS, self.PATIENCE)
        self._hashing = InTurn(max(1, min(cores, settings.WEB_THREADS) // 2))
        self._room = Semaphore(settings.WEB_WAITING)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/health/ready":
            # Says that all are busy, so it does not wait for them.
            return self.get_response(request)
        try:
            _take_in(request)
        except UnreadablePostError:
            return problem(request, 400, "cut_off", "The request ended in the middle.")
        try:
            if request.method != "POST" or not self._hashes(request.path):
                with self._working:
                    return self.get_response(request)
            if not self._room.acquire(blocking=False):
                return not_now(request, self.MANY_SIGN_IN)
            try:
                with self._hashing, self._working:
                    return self.get_response(request)
            finally:
                self._room.release()
        except NoTurn:
            return not_now(request, self.MANY_WAIT)

    def _hashes(self, path: str) -> bool:
        return path in self.HASHING or path.startswith(self.OF_LETTERS)


def _take_in(request: HttpRequest) -> None:
    """Read the body of a request before it is its turn, which may take as long as its sender likes.

    A file that does not fit into memory is left to its view.
    """
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and 0 < int(length) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        request.body  # noqa: B018 (reading it is the purpose)


def not_now(request: HttpRequest, why: Trouble) -> HttpResponse:
    """Answer 503 and when to come back: a problem to programs, a page to people."""
    if request.path.startswith(("/api/", "/health/")) or "format" in request.GET:
        response: HttpResponse = problem(request, 503, why.code, why.detail)
    else:
        with translation.override(translation.get_language_from_request(request)):
            response = render(request, "503.html", status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


def of_database(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """Answer what the database could not do its part of; None if that was not the reason."""
    found = trouble(error)
    if found is None:
        return None
    logger.error("database: %s", error)
    return not_now(request, found)


class DatabaseTrouble:
    """Answer 503 quickly when the database is away or its connections are all in use.

    What fails in another middleware comes to `buffet.urls.server_error`, which asks the same.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn a lost or refused connection into an answer that says when to come back."""
        return of_database(request, error)


class Conditional:
    """Tell an API client that has the answer so, from one query and before all else.

    Tells every client of the API how much of its limit is used, too.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        seen = None
        asks_anew = request.method in ("GET", "HEAD") and "HTTP_IF_NONE_MATCH" in request.META
        if asks_anew and _is_api(request):
            seen = self._unless_changed(request)
        response = seen or self.get_response(request)
        rate = getattr(request, "rate", None)
        if rate is not None:
            response["RateLimit-Policy"], response["RateLimit"] = rate.policy, str(rate)
        return response

    def _unless_changed(self, request: Request) -> HttpResponse | None:
        request.get_host()  # refuses a host that is not ours, which nothing has looked at yet
        with suppress(AuthenticationFailed):
            try:
                request.caller = caller_of(request)
            except TooManyRequests as refusal:
                return answer(refusal, {"request": request})
            seat = request.caller and request.caller.seat
            found = tags.seen(seat, request.META) if seat else None
            if found:
                return tags.not_modified(found)
        return None


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


class Compression(GZipMiddleware):
    """Compress pages for browsers that can read it; files and the API go as they are.

    What a page keeps secret cannot be guessed from its length (BREACH): tokens of forms are masked
    anew for each answer, each answer's length is changed by chance, and no other site can have a
    browser ask for a page as its reader, whose cookie is SameSite.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        """Return the response, compressed if it is a page."""
        if response.headers.get("Content-Type", "").startswith("text/html"):
            return super().process_response(request, response)
        return response


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


class ApiLane:
    """Lead requests to the API past all that only pages and the admin need, which is further in."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self._view = _innermost(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._view(request) if _is_api(request) else self.get_response(request)


def _innermost(get_response: Next) -> Next:
    """Return the last of a chain of middlewares: Django's own call of the view.

    Each knows the next by Django's wrapper, which makes answers of its exceptions.
    """
    while hasattr(found := inspect.unwrap(get_response), "get_response"):
        get_response = found.get_response
    return get_response


class Language:
    """Pages in the language that their reader chose, or else in one that their browser asks for.

    All else is in English; so are files, whose words are names that programs know.
    """

    ENGLISH = ("/api/", "/admin/", "/health/")
    FILES = frozenset(("csv", "json", "xlsx"))

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(self.ENGLISH) or request.GET.get("format") in self.FILES:
            return self.get_response(request)
        language = translation.get_language_from_request(request)
        # The thread's next request may be one to the API: none inherits a language.
        with translation.override(language, deactivate=True):
            response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response["Content-Language"] = language
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


class Csrf(CsrfViewMiddleware):
    """Guard the forms; no cookie signs anyone in to the API, so there is nothing to forge."""

    def process_view(
        self, request: HttpRequest, callback: Callable[..., HttpResponseBase], *given: Any
    ) -> HttpResponseForbidden | None:
        if _is_api(request):
            return None
        return super().process_view(request, callback, *given)

"""Errors as RFC 9457 problem documents, the one shape every refusal has."""

import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpRequest
from rest_framework import exceptions

from buffet.errors import Fault, Refusal
from buffet.rest.responses import Response
from buffet.rest.trouble import RETRY_AFTER, trouble

logger = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"
#: How callers say who they are, which every 401 tells.
SCHEME = 'Bearer realm="api"'

#: Sentences for what only the database noticed, because two writers raced; by constraint name.
RACES = {
    "one_entry_per_external_id": "The account already has an entry with this external_id.",
    "one_broker_per_name": "The book already has a broker of this name.",
    "one_account_per_name": "The book already has an account of this name.",
    "one_top_category_per_name": "There is already a category of this name.",
    "one_category_per_name": "There is already a category of this name under this parent.",
    "one_vendor_per_name": "The book already has a vendor of this name.",
    "one_subscription_per_name": "The book already has a subscription of this name.",
    "a_due_date_is_paid_once": "Another transaction paid what was due on this day.",
    "closed_months_stay": "The month is closed.",
    "tree_has_no_cycle": "A category cannot be below itself.",
    "one_answer_per_key": "Another request with this Idempotency-Key came first; send it again.",
}


def document(
    request: HttpRequest, status: int, code: str, detail: str, faults: Iterable[Fault] = ()
) -> dict[str, object]:
    """Return the problem document of an error."""
    found: dict[str, object] = {
        "type": f"urn:better-call-buffet:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": getattr(request, "id", ""),
    }
    errors = [
        {"pointer": fault.pointer, "code": fault.code, "detail": fault.detail} for fault in faults
    ]
    if errors:
        found["errors"] = errors
    return found


def problem(
    request: HttpRequest, status: int, code: str, detail: str, faults: Iterable[Fault] = ()
) -> Response:
    """Return a problem as a plain response, for where no API view is running."""
    found = document(request, status, code, detail, faults)
    return Response(found, status, content_type=CONTENT_TYPE)


def _faults(detail: object, pointer: str = "") -> list[Fault]:
    """Flatten DRF's nested errors into faults with JSON pointers."""
    if isinstance(detail, dict):
        return [
            fault
            for key, value in detail.items()
            for fault in _faults(
                value,
                pointer if key == "non_field_errors" else f"{pointer}/{_escape(str(key))}",
            )
        ]
    if isinstance(detail, list):
        faults: list[Fault] = []
        for index, value in enumerate(detail):
            nested = isinstance(value, dict | list)
            faults += _faults(value, f"{pointer}/{index}" if nested else pointer)
        return faults
    return [Fault(pointer, getattr(detail, "code", "invalid"), str(detail))]


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _race(error: IntegrityError) -> tuple[int, str, str] | None:
    """Return what to say about a constraint that only a race can reach, or None."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    sentence = RACES.get(name or "")
    return (409, name, sentence) if name and sentence else None


def answer(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer an exception of an API view with a problem; None leaves it to the server's 500."""
    request = context["request"]
    headers: dict[str, str] = {}
    faults: Iterable[Fault] = ()
    if isinstance(error, Refusal):
        status, code, detail, faults = error.status, error.code, error.detail, error.faults
        if error.retry_after:
            headers["Retry-After"] = str(error.retry_after)
    elif isinstance(error, exceptions.ValidationError):
        faults = _faults(error.detail)
        status, code = 400, "invalid"
        detail = " ".join(dict.fromkeys(fault.detail for fault in faults))
    elif isinstance(error, exceptions.APIException):
        status, code, detail = error.status_code, error.get_codes(), str(error.detail)
        if isinstance(error, exceptions.MethodNotAllowed):
            headers["Allow"] = ", ".join(context["view"].allowed_methods)
        if getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = error.auth_header
        if getattr(error, "wait", None):
            headers["Retry-After"] = str(int(error.wait) + 1)
    elif isinstance(error, Http404):
        status, code, detail = 404, "not_found", "There is no such thing here."
    elif isinstance(error, PermissionDenied):
        status, code, detail = 403, "permission_denied", "You may not do this."
    elif found := trouble(error):
        status, code, detail = 503, found.code, found.detail
        headers["Retry-After"] = str(RETRY_AFTER)
        logger.error("database: %s", error)
    elif isinstance(error, IntegrityError) and (raced := _race(error)):
        status, code, detail = raced
    else:
        return None
    if status == 401:
        headers.setdefault("WWW-Authenticate", SCHEME)
    return Response(
        document(request, status, str(code), detail, faults),
        status=status,
        headers=headers,
        content_type=CONTENT_TYPE,
    )

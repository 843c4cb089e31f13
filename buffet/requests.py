"""What our middleware and the admin keep on a request: Django's type knows nothing of it."""

from typing import cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from buffet.audit import Actor
from buffet.limits import CountedRequest
from buffet.models import User, Visit
from buffet.rest.authentication import Caller


class Request(CountedRequest):
    """A request as `buffet.middleware` hands it on: for annotations, Django makes another class."""

    id: str
    #: Who calls the API, where that was found out before its view asks.
    caller: Caller | None
    #: A visitor's visit to a book, and in which role they see it.
    visit: Visit
    visited_as: str
    #: The member of staff as the history names them, and the books whose amounts they may see.
    staff: Actor
    books_shown: frozenset[UUID]


def signed_in(request: HttpRequest) -> User:
    """Return who is signed in to a page.

    :raises PermissionDenied: if nobody is.
    """
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def ours(request: HttpRequest) -> Request:
    """Return a request with what is kept on it, where Django's own signature has its type."""
    return cast(Request, request)

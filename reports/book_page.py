"""What every page of a book begins with: the reader, their book, the day, what cannot be shown."""

from collections.abc import Callable, Mapping
from functools import wraps
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from buffet.errors import Invalid, NotFound
from buffet.models import Book, Membership, Role
from buffet.rest import query

View = Callable[..., HttpResponseBase]
FACES = query.one_of("html", "json", "csv")
#: (address name, heading, the pages below it)
NAVIGATION = (
    ("overview", _("Overview"), ("overview",)),
    ("accounts", _("Accounts"), ("accounts", "account", "transaction")),
    ("cards", _("Cards"), ("cards", "card", "statement")),
    ("coming", _("Coming"), ("coming", "coming-in")),
)
READERS = frozenset(("GET", "HEAD"))


def book_page(view: View) -> View:
    """Give a view the reader's book: of `?book=`, of their session, or their default one."""
    return require_safe(_of_book(view))


def book_form(view: View) -> View:
    """Give a view the reader's book, and what its owners and editors send."""
    return require_http_methods([*READERS, "POST"])(_of_book(view))


def _of_book(view: View) -> View:
    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        seats = Membership.objects.current(request.user.id).select_related("book")
        held = {seat.book_id: seat for seat in seats.order_by("created_at", "id")}
        books = {id: seat.book for id, seat in held.items()}
        if not books:
            return render(request, "reports/no_book.html")
        request.books = list(books.values())
        request.navigation = NAVIGATION
        request.book = _chosen(request, books)
        request.may_write = held[request.book.id].role != Role.VIEWER
        request.today = request.book.day(timezone.now())
        if request.method not in READERS and not request.may_write:
            return render(request, "reports/viewer.html", status=403)
        try:
            response = view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404(error.detail) from error
        except Invalid as error:
            return render(request, "reports/refusal.html", {"faults": error.faults}, status=400)
        if request.method not in READERS:
            patch_cache_control(response, private=True, no_store=True)
            return response
        return _unless_seen(request, response)

    return wrapped


def read(request: HttpRequest, known: Mapping[str, query.Reader]) -> dict[str, Any]:
    """Return the page's parameters; `on` is today in the book when it was not sent.

    Sets `request.kept`, the part of the address that goes along to other pages, and
    `request.along`, the same as it stands behind an address without a query.

    :raises Invalid: naming each parameter that is unknown or malformed.
    """
    sent = query.read(request.GET, {"book": str, "on": query.day, **known})
    request.kept = urlencode(
        {name: request.GET[name] for name in ("on", "currency") if name in sent}
    )
    request.along = f"?{request.kept}" if request.kept else ""
    return {"on": request.today, "format": "html"} | sent


def _chosen(request: HttpRequest, books: dict[UUID, Book]) -> Book:
    sent = request.GET.get("book")
    if sent:
        try:
            book = books.get(UUID(sent))
        except ValueError:
            book = None
        if book is None:
            raise Http404("There is no such book, or you are not a member of it.")
        request.session["book"] = str(book.id)
        return book
    kept = request.session.get("book")
    for id in (kept and UUID(kept), request.user.default_book_id):
        if id in books:
            return books[id]
    return next(iter(books.values()))


def _unless_seen(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Answer 304 to a reader who has this very page; it is theirs alone and asked for anew."""
    patch_cache_control(response, private=True, no_cache=True)
    if response.streaming or response.status_code != 200:
        return response
    # The forms' token is masked anew in each answer; its secret is the same until one signs in.
    token = str(request.META.get("CSRF_COOKIE", ""))
    seen = sha256(token.encode())
    seen.update(_without_tokens(response.content))
    response["ETag"] = f'"{seen.hexdigest()[:32]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response)


_FIELD = b'name="csrfmiddlewaretoken" value="'


def _without_tokens(content: bytes) -> bytes:
    first, *rest = content.split(_FIELD)
    return first + b"".join(part.partition(b'"')[2] for part in rest)

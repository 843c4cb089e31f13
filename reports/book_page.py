"""What every page of a book begins with: the reader, their book, the day, what cannot be shown."""

from collections.abc import Callable, Collection, Mapping
from functools import wraps
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from buffet.errors import Fault, NotFound, Refusal, invalid
from buffet.models import Book, Role
from buffet.rest import query
from buffet.seats import Seat
from buffet.seats import seats as seats_of
from reports import asking, periods
from reports.known.doors import made_now, page_as_known
from reports.requests import PageRequest

View = Callable[..., HttpResponseBase]
FACES = query.one_of("html", "json", "csv", "xlsx")
_OF_ACCOUNTS = ("accounts", "account", "account-days", "new-account", "change-account")
_OF_TRANSACTIONS = ("transactions", "transaction", "split", "in-parcels", "record")
_OF_CARDS = ("cards", "card", "change-card", "statement", "change-statement", "plans", "plan")
_OF_COMING = ("coming", "coming-in", "subscriptions", "new-subscription", "subscription")
_OF_MONTH_END = ("month-end", "month-end-of", "coverage", "trial-balance")
#: (address name, heading, the pages below it); rows of a figure are below whichever report has it.
NAVIGATION = (
    ("overview", _("Overview"), ("overview", "net-worth", "net-worth-rates")),
    ("accounts", _("Accounts"), _OF_ACCOUNTS),
    ("transactions", _("Transactions"), _OF_TRANSACTIONS),
    ("cash-flow", _("Cash flow"), ("cash-flow",)),
    ("spending", _("Spending"), ("spending", "categories", "category")),
    ("cards", _("Cards"), _OF_CARDS),
    ("coming", _("Coming"), _OF_COMING),
    ("investments", _("Investments"), ("investments", "investment-rows", "valuation")),
    ("imports", _("Imports"), ("imports", "new-import", "import", "rules", "rule", "new-rule")),
    ("month-end", _("Month end"), _OF_MONTH_END),
)
#: The pages about the book itself: its settings, and those below them.
OF_THE_BOOK = ("book", "export", "sharing", "seat", "exchange-rates", "exchange-rate")
#: The pages about something of a book, though it is not in their paths.
_OF_ITS_OWN = ("rows", "investment-rows", "net-worth-rates")
#: What each form of a book's page says of it.
OF_BOOK = "of_book"
READERS = frozenset(("GET", "HEAD"))


def book_page(view: View) -> View:
    """Give a view the reader's book: of `?book=`, of their session, or their default one.

    What is sent is about the book whose page had the form, whichever is looked at in another tab.
    """
    return require_safe(_of_book(view))


def report_page(view: View) -> View:
    """Give a view the reader's book; a reader who has the page is told so before it is made.

    What such a page says follows from the book's version, what all books share, the day, the
    address, and who reads it in which language and colours; nothing else.
    """
    return require_safe(_of_book(view, known_ahead=True))


def book_form(view: View) -> View:
    """Give a view the reader's book, and what its owners and editors send."""
    return require_http_methods([*READERS, "POST"])(_of_book(view))


def member_form(view: View) -> View:
    """Give a view the reader's book, and what any of its members sends, viewers among them."""
    return require_http_methods([*READERS, "POST"])(_of_book(view, viewers_send=True))


def _of_book(view: View, *, known_ahead: bool = False, viewers_send: bool = False) -> View:
    @login_required
    @wraps(view)
    def wrapped(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        seats = _seats(request)
        if not seats:
            return render(request, "reports/no_book.html")
        books = {seat.book.id: seat.book for seat in seats}
        request.books = list(books.values())
        request.navigation, request.of_the_book = NAVIGATION, OF_THE_BOOK
        request.elsewhere = _elsewhere(request)
        request.book = _chosen(request, books)
        (request.seat,) = (seat for seat in seats if seat.book is request.book)
        request.shared = request.seat.shared
        request.may_write = request.seat.role != Role.VIEWER
        request.today = request.seat.today
        if request.method not in READERS and not (request.may_write or viewers_send):
            return render(request, "reports/viewer.html", status=403)
        if known_ahead:
            seen = get_conditional_response(request, etag=_tag(request))
            if seen is not None:
                return _personal(seen)
        try:
            response = _made(view, request, *args, **kwargs)
        except NotFound as error:
            raise Http404(error.detail) from error
        except Refusal as refusal:
            faults = refusal.faults or (Fault("", refusal.code, refusal.detail),)
            context = {"faults": faults}
            return render(request, "reports/refusal.html", context, status=refusal.status)
        if request.method not in READERS:
            patch_cache_control(response, private=True, no_store=True)
            return response
        if known_ahead and response.status_code == 200:
            # Once more: by now the reader may have been given the secret of their forms.
            response["ETag"] = _tag(request)
            return _personal(response)
        return _unless_seen(request, response)

    return wrapped


def _seats(request: PageRequest) -> list[Seat]:
    """Return the reader's seats; a visitor has that of the member as whom they see the book."""
    visit = getattr(request, "visit", None)
    if visit is None:
        return seats_of(request.user)
    today = visit.book.day(timezone.now())
    return [Seat(request.visited_as, visit.book, request.user.shared, today)]


def _made(view: View, request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Return what a view answers, of the book as it is or, if that is wanted, as it was known."""
    request.known_on = None
    sent = request.GET.get("known_on") if request.method in READERS else None
    if not sent:
        return view(request, *args, **kwargs)
    try:
        day = query.day(sent)
    except query.Malformed as error:
        raise invalid("?known_on", "malformed", str(error)) from None
    with page_as_known(request, day):
        return made_now(view(request, *args, **kwargs))


def _personal(response: HttpResponseBase) -> HttpResponseBase:
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _tag(request: PageRequest) -> str:
    """Return what stands for a page that follows from the book and its reader alone."""
    book, user = request.book, request.user
    said = (
        *(settings.RELEASE, request.get_full_path(), request.META.get("CSRF_COOKIE", "")),
        *(get_language(), request.COOKIES.get("scheme", ""), user.id, user.name, user.email),
        *(request.seat.role, book.id, book.version, request.shared, request.today),
        *((one.id, one.name) for one in request.books),
    )
    return f'"{sha256(repr(said).encode()).hexdigest()[:32]}"'


def read(
    request: PageRequest, known: Mapping[str, query.Reader], *, is_of_a_day: bool = True
) -> dict[str, Any]:
    """Return the page's parameters; `on` is today in the book when it was not sent.

    On a page that `is_of_a_day`, that is: another has it only if it was. A day, period or currency
    that was left empty in a form is as if it had not been sent.

    Sets `request.kept`, the part of the address that goes along to other pages, and
    `request.along`, the same as it stands behind an address without a query.

    :raises Invalid: naming each parameter that is unknown or malformed.
    """
    along: dict[str, query.Reader] = {
        "book": str,
        "on": query.day,
        "known_on": query.day,
        **periods.PARAMETERS,
    }
    along |= {"currency": asking.currency}
    sent = query.read(_filled_in(request.GET, along), {**along, **known})
    request.kept = urlencode({name: request.GET[name] for name in _KEPT if name in sent})
    request.along = f"?{request.kept}" if request.kept else ""
    if not is_of_a_day:
        return {"format": "html"} | sent
    # A day that was chosen stands before the period that one came with.
    of_day = {"on": sent["on"]} if "on" in sent else sent
    return {"on": asking.day(request.book, request.today, of_day), "format": "html"} | sent


def _filled_in(sent: QueryDict, optional: Collection[str]) -> QueryDict:
    """Return the parameters without those of the optional ones that are empty."""
    empty = [name for name, values in sent.lists() if values == [""] and name in optional]
    if empty:
        sent = sent.copy()
        for name in empty:
            del sent[name]
    return sent


#: What goes along from page to page: the day or the period, the currency, and what was known.
_KEPT = ("on", "period", "date_from", "date_to", "currency", "known_on")


def _chosen(request: PageRequest, books: dict[UUID, Book]) -> Book:
    sent = request.POST.get(OF_BOOK) or request.GET.get("book")
    if sent and not hasattr(request, "visit"):
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


def _elsewhere(request: PageRequest) -> str:
    """Return the path of the same page of another book: the overview's if it is of this one."""
    place = request.resolver_match
    is_of_any = not place.kwargs and place.url_name not in _OF_ITS_OWN
    return request.path if is_of_any else reverse("overview")


def _unless_seen(request: PageRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Answer 304 to a reader who has this very page; it is theirs alone and asked for anew."""
    _personal(response)
    if not isinstance(response, HttpResponse) or response.status_code != 200:
        return response
    # The forms' token is masked anew in each answer; its secret is the same until one signs in.
    token = str(request.META.get("CSRF_COOKIE", ""))
    seen = sha256(token.encode())
    seen.update(_without_tokens(response.content))
    response["ETag"] = f'"{seen.hexdigest()[:32]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


_FIELD = b'name="csrfmiddlewaretoken" value="'


def _without_tokens(content: bytes) -> bytes:
    first, *rest = content.split(_FIELD)
    return first + b"".join(part.partition(b'"')[2] for part in rest)

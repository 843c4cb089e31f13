"""The pages of those who come in: register, a forgotten password, an invitation, a first book."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language_from_request, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from buffet import services
from buffet.errors import Refusal
from buffet.limits import client_address
from buffet.models import Role, User
from buffet.requests import Request, signed_in
from reports import forms
from reports.deeds import actor
from reports.once import Once
from reports.words import said

BACKEND = "buffet.passwords.Passwords"
LETTER = gettext_lazy(
    "A letter is on its way to {email}. Open the link in it to go on; if nothing comes within some "
    "minutes, look among the unwanted mail."
)

INVITED = {
    Role.OWNER: gettext_lazy("{person} invites you to it as its owner."),
    Role.EDITOR: gettext_lazy("{person} invites you to it as its editor."),
    Role.VIEWER: gettext_lazy("{person} invites you to it as its viewer."),
}


def _page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    return never_cache(require_http_methods(["GET", "HEAD", "POST"])(view))


def _told(request: HttpRequest, title: str, text: str, status: int = 200) -> HttpResponse:
    """Return a page that says something and asks for nothing."""
    return render(request, "reports/told.html", {"title": title, "text": text}, status=status)


def _form(request: HttpRequest, kind: type[forms.Entrance]) -> forms.Entrance:
    return kind(request.POST if request.method == "POST" else None)


def _asked(
    request: HttpRequest,
    form: forms.Entrance,
    carry_out: Callable[[dict[str, Any]], HttpResponse],
    **words: str,
) -> HttpResponse:
    """Return a form's page, or what follows when it was sent and nothing is wrong with it."""
    if request.method == "POST" and form.is_valid():
        try:
            return carry_out(form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
    status = 400 if form.is_bound else 200
    return render(request, "reports/entrance.html", {"form": form, **words}, status=status)


def _story(request: HttpRequest) -> dict[str, str]:
    """Return from where a link was used, for the history of signing in."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    return {"door": "page", "address": client_address(request), "user_agent": agent}


def _enter(request: HttpRequest, user: User) -> HttpResponse:
    login(request, user, backend=BACKEND)
    return redirect("overview")


def _by_letter(
    request: HttpRequest, send: Callable[..., None], title: str, about: str
) -> HttpResponse:
    """Return the page that asks for an address, or says that a letter is on its way to it."""

    def carry_out(sent: dict[str, Any]) -> HttpResponse:
        send(
            email=sent["email"],
            address=client_address(request),
            language=get_language_from_request(request),
        )
        return _told(request, _("Look into your mail"), LETTER.format(**sent))

    form = _form(request, forms.Address)
    return _asked(request, form, carry_out, title=title, about=about, button=_("Send me the link"))


@_page
def register(request: HttpRequest) -> HttpResponse:
    """Ask for an account."""
    about = _("You get a letter with a link, so that we know the address is yours.")
    return _by_letter(request, services.ask_to_register, _("Create an account"), about)


@_page
def registration(request: HttpRequest, token: str) -> HttpResponse:
    """Register with the link of a letter."""
    try:
        email, invitation = services.email_of_link(token)
    except Refusal as refusal:
        return _told(request, _("This link leads nowhere"), said(refusal.detail), refusal.status)

    def carry_out(sent: dict[str, Any]) -> HttpResponse:
        return _enter(request, services.register(token=token, **sent, **_story(request)))

    about = [_("You will sign in with {email}.").format(email=email)]
    if invitation:
        book = invitation.book.name
        about.append(_("You will then see the book “{book}”.").format(book=book))
    return _asked(
        request,
        _form(request, forms.NewAccount),
        carry_out,
        title=_("Create your account"),
        about=" ".join(about),
        button=_("Create the account"),
    )


@_page
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a new password."""
    about = _("You get a letter with a link to choose a new one.")
    return _by_letter(request, services.ask_for_reset, _("Forgot your password?"), about)


@_page
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a new password with the link of a letter."""
    try:
        user = services.user_of_link(token)
    except Refusal as refusal:
        return _told(request, _("This link leads nowhere"), said(refusal.detail), refusal.status)

    def carry_out(sent: dict[str, Any]) -> HttpResponse:
        language = get_language_from_request(request)
        user = services.reset_password(
            token=token, new=sent["password"], language=language, **_story(request)
        )
        return _enter(request, user)

    return _asked(
        request,
        _form(request, forms.NewPassword),
        carry_out,
        title=_("Choose a new password"),
        about=_("For {email}. Whoever is signed in with the old one is so no more.").format(
            email=user.email
        ),
        button=_("Keep this password"),
    )


@_page
def invitation(request: Request, token: str) -> HttpResponse:
    """Accept a seat in a book; who has no account makes one on the way."""
    offered = services.invitation_of_link(token)
    if offered is None:
        return _told(
            request,
            _("This invitation is good no more"),
            _("It was answered, taken back or has expired. Ask for a new one."),
            403,
        )
    if not request.user.is_authenticated:
        if User.objects.filter(email=offered.email).exists():
            return redirect(f"{reverse('sign-in')}?next={request.path}")
        return redirect("registration", token=token)
    user = request.user

    def carry_out(_: dict[str, Any]) -> HttpResponse:
        seat = services.take_seat(by=actor(request), user_id=user.id, token=token)
        return redirect(f"{reverse('overview')}?book={seat.book_id}")

    inviter = offered.invited_by.name or offered.invited_by.email
    return _asked(
        request,
        _form(request, forms.Entrance),
        carry_out,
        title=_("The book “{book}”").format(book=offered.book.name),
        about=INVITED[Role(offered.role)].format(person=inviter),
        button=_("Accept"),
    )


class OwnBook(Once, forms.NewBook):
    """What a book is opened with: once, however often the form is sent.

    Until it is sent, its time zone is the browser's, where a script can tell it.
    """

    def __init__(self, sent: QueryDict | None) -> None:
        super().__init__(sent)
        if not self.is_bound:
            self.fields["time_zone"].widget.attrs["data-own-zone"] = True


@login_required
@_page
def open_book(request: Request) -> HttpResponse:
    """Open a book of one's own."""

    form = OwnBook(request.POST if request.method == "POST" else None)
    form.request = request

    def carry_out(sent: dict[str, Any]) -> HttpResponse:
        given = {name: sent[name] for name in forms.NewBook.base_fields}
        by, user_id = actor(request), signed_in(request).id
        book_id = form.once(lambda: services.create_book(by=by, user_id=user_id, **given).id)
        return redirect(f"{reverse('overview')}?book={book_id}")

    return _asked(
        request,
        form,
        carry_out,
        title=_("Open a book"),
        about=_("A book keeps accounts together: a household's, a firm's."),
        button=_("Open it"),
    )

"""A bank's file as it comes to the page: asked about where it leaves something open, and read."""

import base64
import zlib
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.db.transaction import atomic
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from buffet.errors import Refusal, invalid
from buffet.rest import query
from reports.deeds import actor
from reports.forms import Entrance
from reports.opening.forms import Around, NewRealAccount
from reports.requests import PageRequest
from reports.words import said
from transactions import services
from transactions.imports.statement import Options
from transactions.imports.tables.profile import from_json
from transactions.models import Import

#: So many bytes of a packed file go along with a question about it; a larger one is chosen again.
#: Text packs to a fifth and less, and what does not is a workbook, which is small.
MOST_HELD = 2 * 1024 * 1024
#: What a form weighs besides its file.
_AROUND = 64 * 1024
#: What formats without a profile leave open; all other answers are about a table's profile.
_OPTIONS = ("day_first", "decimal_comma")
_FLAGS = {"true": True, "false": False}
#: What is chosen where the account is one that the book does not have yet.
NEW = "new"


class TooLarge(Refusal):
    """The file is too large to import in one piece."""

    code = "too_large"
    status = 413


def refuse_larger(request: HttpRequest) -> None:
    """Check what is announced before any of it is read.

    :raises TooLarge: if it is more than is imported in one piece.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal():
        _refuse_longer(int(length) - _AROUND)


def _refuse_longer(length: int) -> None:
    if length > settings.IMPORT_MAX_BYTES:
        raise TooLarge(f"A file has at most {settings.IMPORT_MAX_BYTES} bytes.")


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that was sent, now or before the page asked something about it."""

    name: str
    content: bytes

    @property
    def held(self) -> str:
        """The file as it goes along with a question; empty if it is too large for that."""
        packed = zlib.compress(self.content)
        return base64.b64encode(packed).decode() if len(packed) <= MOST_HELD else ""

    @classmethod
    def again(cls, name: str, held: str) -> "Sent":
        """Return a file that went along with a question.

        :raises ValueError: if it is none.
        :raises TooLarge: if it unpacks to more than is imported in one piece.
        """
        unpacking, most = zlib.decompressobj(), settings.IMPORT_MAX_BYTES
        try:
            content = unpacking.decompress(base64.b64decode(held, validate=True), most + 1)
        except zlib.error as error:
            raise ValueError("It is not packed.") from error
        _refuse_longer(len(content))
        if not unpacking.eof:
            raise ValueError("Its end is missing.")
        return cls(name, content)


class Upload(Entrance):
    """A file, and the account that it is about if the file is not to say so."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("OFX, QFX, CSV, Excel, QIF, CAMT.053 or MT940, as you download it."),
        error_messages={"empty": _("This file is empty: download it from your bank again.")},
    )
    account = forms.ChoiceField(
        label=_("Account"),
        required=False,
        help_text=_("A file that names an account's number finds it by that."),
    )
    held = forms.CharField(required=False, widget=forms.HiddenInput)
    held_name = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, request: PageRequest, account: UUID | None = None) -> None:
        self.request = request
        self.at: int | None = None
        self.accounts = list(
            Account.objects.real()
            .filter(book=request.book, archived_at__isnull=True)
            .order_by("name", "id")
        )
        is_sent = request.method == "POST"
        super().__init__(
            request.POST if is_sent else None,
            request.FILES if is_sent else None,
            initial={"account": account},
            auto_id="import_%s",
        )
        self.let_choose(
            "account",
            [
                ("", _("As the file says")),
                *((str(one.id), f"{one.name} ({one.currency})") for one in self.accounts),
                (NEW, _("A new account")),
            ],
        )
        if not self.accounts:
            self.fields["account"].widget = forms.HiddenInput()
            self.initial["account"] = NEW

    @property
    def answers(self) -> dict[str, str]:
        """What was answered about the file, by what was asked."""
        said = self.request.POST.getlist("answer") if self.is_bound else []
        return dict(one.partition("=")[::2] for one in said if "=" in one)

    def clean(self) -> dict[str, Any]:
        """Keep what was sent as `sent`."""
        cleaned = self.cleaned_data
        if file := cleaned.get("file"):
            cleaned["sent"] = Sent(_plain(file.name or ""), file.read())
        elif held := cleaned.get("held"):
            try:
                cleaned["sent"] = Sent.again(_plain(cleaned["held_name"]), held)
            except TooLarge as error:
                self.add_error("file", said(error.detail))
            except ValueError:
                self.add_error("file", _("Choose the file once more."))
        elif not self.errors:
            self.add_error("file", _("Choose the file that you downloaded from your bank."))
        return cleaned

    @property
    def chosen(self) -> Mapping[int, str]:
        """What was chosen for the file's statements by their places: an account, or a new one."""
        known = {NEW, *(str(account.id) for account in self.accounts)}
        return {place: one for place, one in sorted(self._places.items()) if one in known}

    @property
    def was_asked(self) -> bool:
        """Whether it was asked what the statements are about."""
        return bool(self._places)

    @property
    def _places(self) -> dict[int, str]:
        return {
            int(name[8:]): str(value)
            for name, value in self.request.POST.items()
            if name.startswith("account-") and name[8:].isdecimal() and len(name) < 14
        }

    @cached_property
    def around(self) -> Around:
        """What of the book is offered to new accounts."""
        return Around(self.request.book)

    @cached_property
    def openings(self) -> Mapping[int, NewRealAccount]:
        """The accounts that are to be opened, as they were sent, by their statements' places."""
        return {
            place: self.opening(place, sent=self.request.POST)
            for place, one in self.chosen.items()
            if one == NEW
        }

    def opening(self, place: int, first: Any = None, sent: Any = None) -> NewRealAccount:
        """Return the form of a new account for the statement at a place."""
        prefix = f"new-{place}"
        return NewRealAccount(self.request, first, sent=sent, prefix=prefix, around=self.around)

    @property
    def is_for_new(self) -> bool:
        """Whether the file is to open its account, of which nothing was said yet."""
        is_new = self.cleaned_data.get("account") == NEW or not self.accounts
        return is_new and not self.chosen

    @property
    def said(self) -> list[tuple[str, str]]:
        """What was said of the statements' accounts, to go along with a further question."""
        about = [f"{kind}-{place}" for place in self.chosen for kind in ("account", NEW)]
        return [
            (name, values[-1])
            for name, values in self.request.POST.lists()
            if name in about or name.rpartition("-")[0] in about
        ]

    @property
    def wish(self) -> services.Wish:
        """How the file is to be read, as far as that was answered.

        :raises Invalid: if an answer is none.
        """
        answers = self.answers
        flags = {name: _flag(name, answers.pop(name)) for name in _OPTIONS if name in answers}
        options = Options(**flags)
        said = {name: _FLAGS.get(value, value) for name, value in answers.items()}
        return services.Wish(options=options, profile=from_json(said) if said else None)

    def carry_out(self) -> Sequence[Import]:
        """Make a preview of the file's statement, or of each that was picked.

        Where an account is opened, all of it is there, or nothing.

        :raises Refusal: if the file cannot be read, or leaves open what it is about, or an account
            cannot be opened; `at` is then the place of the statement.
        """
        one = self.cleaned_data["account"]
        chosen: Sequence[tuple[int | None, str]] = [*self.chosen.items()] or [(None, one)]
        with atomic() if self.openings else nullcontext():
            return [self._preview(place, account) for place, account in chosen]

    def _preview(self, place: int | None, account: str) -> Import:
        request, sent, self.at = self.request, self.cleaned_data["sent"], place
        form = self.openings.get(place or 0)
        return services.preview(
            book=request.book,
            by=actor(request),
            file=BytesIO(sent.content),
            file_name=sent.name,
            account_id=UUID(account) if account and form is None else None,
            statement_number=place,
            wish=self.wish,
            opening=None
            if form is None
            else services.Opening(form.cleaned_data["kind"], form.carry_out),
        )


def _flag(name: str, sent: str) -> bool:
    try:
        return query.flag(sent)
    except query.Malformed as error:
        raise invalid(f"/{name}", "malformed", str(error)) from None


def _plain(name: str) -> str:
    """Return a file's name as it may be shown."""
    return "".join(sign for sign in name if sign.isprintable())[:200] or "file"

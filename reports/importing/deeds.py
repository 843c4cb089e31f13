"""What the page of an import can be told: choices of lines, to import it, to take it back."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.db.models.functions import Lower
from django.db.transaction import atomic
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from buffet.audit import writing
from buffet.errors import Refusal
from reports.deeds import Deed
from reports.opening.undoing import take_back
from reports.requests import PageRequest
from reports.words import said
from transactions import services
from transactions.models import Import, ImportLine, Vendor, Verdict

_LINE = re.compile(r"/lines/(\d+)")
#: So many of the reasons against something are shown: a file has thousands of lines.
_MOST_FAULTS = 10


class OfImport(Deed):
    """Something that is done to an import."""

    def __init__(self, request: PageRequest, started: Import) -> None:
        super().__init__(request)
        self.started = started
        self.who["import_id"] = started.id

    def refuse(self, refusal: Refusal) -> None:
        """Show why not; of a line, with its number."""
        for fault in refusal.faults[:_MOST_FAULTS]:
            place = _LINE.match(fault.pointer)
            sentence = said(fault.detail)
            if place:
                number = int(place[1]) + 1
                sentence = gettext("Line {number}: {why}").format(number=number, why=sentence)
            self.add_error(None, sentence)
        if not refusal.faults:
            self.add_error(None, said(refusal.detail))


class Reverting(OfImport):
    """Why an import is taken back."""

    action = "revert"
    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        help_text=_("It stays in the history, with your name and the time."),
    )

    def carry_out(self) -> None:
        """Take back what it recorded; of a long file some, and the page goes on.

        :raises Refusal: if it is not imported, or its days were closed since.
        """
        seconds = settings.IMPORT_SECONDS
        services.revert(**self.who, reason=self.cleaned_data["reason"], seconds=seconds)


class Discarding(OfImport):
    """To throw a preview away, and the account that was opened along with it."""

    action = "discard"

    def carry_out(self) -> None:
        """Throw it away; the account stays if something else is on it by now.

        :raises Refusal: if it is imported.
        """
        book, by = self.who["book"], self.who["by"]
        with writing(book.id, by=by):
            services.discard(**self.who)
            if self.started.opened_account:
                with suppress(Refusal), atomic():
                    take_back(book=book, by=by, account_id=self.started.account_id)


class NoSuchVendor(Refusal):
    """There is no vendor of this name in this book."""

    code = "no_such_vendor"


class Choosing(OfImport):
    """What the lines of a page are, and their categories, texts and vendors."""

    action = "choose"

    def __init__(self, request: PageRequest, started: Import) -> None:
        super().__init__(request, started)
        #: What was sent of lines and is not kept, which the page shows again.
        self.unkept: Mapping[str, str] = self.data

    def carry_out(self) -> None:
        """Keep what differs from what the lines are.

        :raises Refusal: if a line cannot be that, or the import is no preview any more.
        """
        choices = list(self._choices())
        if choices:
            services.choose(**self.who, choices=choices)
        self.unkept = {}

    def _choices(self) -> Iterator[services.LineChoice]:
        sent = self.request.POST
        numbers = [int(name[8:]) for name in sent if _NUMBERED.fullmatch(name)]
        vendors = self._vendors(numbers)
        for line in self.started.lines.filter(number__in=numbers).order_by("number"):
            was = sent.get(f"was-{line.number}", "")
            given = _verdict(line, sent[f"verdict-{line.number}"], was)
            category = sent.get(f"category-{line.number}")
            if category is not None and identity(category) != line.category_id:
                given["category_id"] = identity(category)
            given |= _words(line, sent.get(f"text-{line.number}"))
            given |= _vendor(line, sent.get(f"vendor-{line.number}"), vendors)
            if given:
                yield services.LineChoice(line.number, given, f"/lines/{line.number - 1}")

    def _vendors(self, numbers: Iterable[int]) -> dict[str, UUID]:
        """Return the ids of the vendors that are named for these lines, by name in lower case."""
        sent = self.request.POST
        names = {sent.get(f"vendor-{number}", "").strip().lower() for number in numbers} - {""}
        if not names:
            return {}
        rows = Vendor.objects.filter(book=self.request.book).annotate(low=Lower("name"))
        return dict(rows.filter(low__in=names).values_list("low", "id"))


class LookingAgain(Choosing):
    """What the lines are by what the book has now, and its rules say; what is chosen stays."""

    action = "match"

    def carry_out(self) -> None:
        """Keep the choices, then look again.

        :raises Refusal: if a line cannot be what was chosen, or the import is no preview any more.
        """
        super().carry_out()
        services.match_again(**self.who)


class Committing(Choosing):
    """What the lines of the page are, and whether the gap to the bank's balance is booked."""

    action = "commit"
    book_opening_balance = forms.BooleanField(required=False)

    def carry_out(self) -> None:
        """Keep the choices, then record the new lines; of a long file some, and the page goes on.

        :raises Refusal: if a line cannot be what was chosen or may not be recorded.
        """
        super().carry_out()
        gap = self.cleaned_data["book_opening_balance"]
        seconds = settings.IMPORT_SECONDS
        services.commit(**self.who, book_opening_balance=gap, seconds=seconds)


def _words(line: ImportLine, sent: str | None) -> dict[str, str]:
    """Return the text that was typed for a line, if it is another; the bank's own is none."""
    said = " ".join((sent or "").split())[:500]
    said = "" if said == line.description else said
    return {} if sent is None or said == line.own_description else {"description": said}


def _vendor(
    line: ImportLine, sent: str | None, vendors: Mapping[str, UUID]
) -> dict[str, UUID | None]:
    """Return the vendor that was named for a line, if it is another.

    :raises NoSuchVendor: if the book has none of that name.
    """
    if sent is None:
        return {}
    name = sent.strip()
    id = vendors.get(name.lower())
    if name and id is None:
        raise NoSuchVendor(f"There is no vendor “{name[:40]}” in this book.")
    return {} if id == line.vendor_id else {"vendor_id": id}


_NUMBERED = re.compile(r"verdict-\d{1,9}", re.ASCII)


def _verdict(line: ImportLine, sent: str, was: str) -> dict[str, Any]:
    """Return what was chosen of a line, if it is something else than what it is.

    Who left it as the page had it chose nothing, whatever it was found to be meanwhile.
    """
    if sent == was:
        return {}
    if sent == AGAIN:
        return {"verdict": None}
    verdict, _colon, other = sent.partition(":")
    transaction = identity(other)
    is_same = verdict == line.verdict and transaction in (None, line.transaction_id)
    if is_same or verdict not in Verdict.values:
        return {}
    return {"verdict": verdict} | ({"transaction_id": transaction} if transaction else {})


#: What is chosen of a line whose choice is taken back.
AGAIN = "again"


def identity(text: str) -> UUID | None:
    """Return an id that was chosen; None for none."""
    try:
        return UUID(text)
    except ValueError:
        return None

"""The forms of transactions that were found: to give many something, and to take that back."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from buffet.errors import Fault, Refusal
from reports import ledger
from reports.deeds import Deed
from reports.finding.asking import UNCATEGORISED
from reports.once import Once
from reports.recording import fields
from reports.requests import PageRequest
from reports.templatetags.figures import short_day
from reports.templatetags.words import entry_status
from reports.words import said
from transactions import services
from transactions.models import Status
from transactions.queries import transactions

_LEAVE = pgettext_lazy("sorting", "Leave as it is")
_STATUSES = (Status.PENDING, Status.CLEARED)


class _Category(fields.Offered):
    """A category, or that there is to be none."""

    def clean(self, value: Any) -> UUID | str | None:
        """Return its id, or that there is to be none; None if nothing was chosen."""
        sent: str = super().clean(value)
        return sent if sent == UNCATEGORISED else fields.identity(sent)


class _Ticked(forms.Field):
    """The rows that are ticked."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> frozenset[str]:
        """Return their ids as they were sent."""
        return frozenset(value or ())


class OfMany(Once, Deed):
    """Something that is done to many transactions at once: once, however often it is sent.

    All of it is one step of their history.
    """

    request: PageRequest
    #: The step of their history, once it is done.
    done_as: UUID

    def carry_out(self) -> None:
        """Do it, and keep the step by which it was done, by now or when the form came first.

        :raises Refusal: if the service will not, or the form did something else before.
        """

        def effect() -> UUID:
            self.do()
            return self.who["by"].change_id

        self.done_as = self.once(effect)

    def do(self) -> None:
        """Do it.

        :raises Refusal: if the service will not.
        """
        raise NotImplementedError  # each says what it does

    def refuse(self, refusal: Refusal) -> None:
        """Show which transactions cannot be changed, and why not."""
        if not refusal.faults:
            super().refuse(refusal)
        for place, detail in _told(self.who["book"].id, refusal):
            self.add_error(None, f"{place}: {detail}" if place else detail)


def _told(book_id: UUID, refusal: Refusal) -> list[tuple[str, str]]:
    """Return which transaction each fault of a refusal is of, and what is wrong."""
    ids: dict[Fault, UUID] = {}
    for fault in refusal.faults:
        try:
            ids[fault] = UUID(fault.pointer.split("/")[1])
        except (IndexError, ValueError):
            continue
    rows = {row["id"]: row for row in transactions.by_ids(book_id, sorted(set(ids.values())))}
    found = []
    for fault in refusal.faults:
        row = rows.get(str(ids.get(fault)))
        place = f"{row['description']}, {short_day(row['date'])}" if row else ""
        found.append((place, said(fault.detail)))
    return found


class Sorting(OfMany):
    """What the ticked rows are to be given; what is left empty stays as it is."""

    action = "sort"

    shown = forms.CharField(widget=forms.HiddenInput)
    row = _Ticked(required=False)
    all = forms.BooleanField(required=False)
    category = _Category(label=_("Category"), required=False)
    vendor = fields.Text(
        fields.MOST_VENDOR,
        label=_("Vendor"),
        required=False,
        widget=forms.TextInput(attrs={"list": "vendors", "autocomplete": "off"}),
    )
    status = forms.ChoiceField(label=_("Status"), required=False)

    def __init__(self, request: PageRequest, account_id: UUID | None) -> None:
        self.account_id = account_id
        super().__init__(request)
        self.let_choose(
            "status",
            [
                ("", _LEAVE),
                *((str(one), entry_status(one)) for one in _STATUSES),
            ],
        )

    def offer(self, categories: fields.Choices) -> None:
        """Let one choose among categories, or that there is to be none."""
        self.let_choose("category", [("", _LEAVE), *categories])

    @property
    def ticked(self) -> frozenset[str]:
        """The ids of rows that are ticked."""
        return frozenset(self.data.getlist("row")) if self.is_bound else frozenset()

    def clean_shown(self) -> dict[UUID, int]:
        """Return the rows that stood on the page, with the version in which each was shown."""
        try:
            parts = [one.split(":") for one in self.cleaned_data["shown"].split(",")]
            found = {UUID(id): int(version) for id, version in parts}
        except ValueError:
            found = {}
        if not 0 < len(found) <= ledger.PAGE:
            raise forms.ValidationError(_("Open the page again."))
        return found

    def clean(self) -> dict[str, Any]:
        """Return what is wanted.

        :raises forms.ValidationError: if no row was ticked, or nothing is to change.
        """
        super().clean()
        wanted = self.cleaned_data
        if not self.ticked and not wanted.get("all"):
            raise forms.ValidationError(_("Tick the transactions that you mean."))
        if not any(wanted.get(name) for name in ("category", "vendor", "status")):
            raise forms.ValidationError(_("Say what they are to be given."))
        return wanted

    def do(self) -> None:
        """Give it to them, all or none.

        :raises Refusal: naming what is wrong with each that cannot be changed.
        """
        wanted = self.cleaned_data
        shown: dict[UUID, int] = wanted["shown"]
        named = [id for id in shown if str(id) in self.ticked]
        is_none = wanted["category"] == UNCATEGORISED
        services.sort_each(
            **self.who,
            shown=shown if wanted["all"] else {id: shown[id] for id in named},
            named=named,
            wish=services.SortAs(
                None if is_none else wanted["category"],
                is_none,
                wanted["vendor"],
                wanted["status"],
                self.account_id,
            ),
        )


class TakingBack(OfMany):
    """To take back what many were given at once."""

    action = "back"

    step = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, request: PageRequest, **done: Any) -> None:
        super().__init__(request, initial=done)

    def do(self) -> None:
        """Make them what they were, but for those that changed since.

        :raises Refusal: if one of them cannot be what it was.
        """
        wanted = self.cleaned_data
        services.take_back(**self.who, step_id=wanted["step"], version=wanted["version"])

"""To sort transactions that were found: give many of them a category, a vendor or a status."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from buffet.audit import writing
from buffet.errors import Fault, Invalid, Refusal
from reports.deeds import Deed
from reports.finding.asking import UNCATEGORISED
from reports.recording import fields
from reports.templatetags.figures import short_day
from reports.templatetags.words import entry_status
from reports.words import said
from transactions import services
from transactions.drafts import Changes, Correction
from transactions.models import Status
from transactions.queries import transactions

_LEAVE = pgettext_lazy("sorting", "Leave as it is")
_STATUSES = (Status.PENDING, Status.CLEARED)


class TakesNoCategory(Refusal):
    """It is a transfer or a split, which has no category of its own."""

    code = "takes_no_category"


def takes_category(row: Mapping[str, Any]) -> bool:
    """Whether all of a transaction has one category, or could have."""
    return row["kind"] in ("expense", "income") and len(row["entries"]) == 2


class _Category(fields.Chosen):
    """A category, or that there is to be none."""

    def clean(self, value: Any) -> UUID | str | None:
        """Return its id, or that there is to be none; None if nothing was chosen."""
        return value if value == UNCATEGORISED else super().clean(value)


class TakingBack(Deed):
    """To take back what many were given at once."""

    action = "back"

    step = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, request: HttpRequest, step: UUID | None) -> None:
        self.taken = 0
        super().__init__(request, initial={"step": step})

    def carry_out(self) -> None:
        """Make them what they were, but for those that changed since.

        :raises Refusal: if one of them cannot be what it was.
        """
        self.taken = len(services.take_back(**self.who, step_id=self.cleaned_data["step"]))


class Sorting(Deed):
    """What the ticked rows are to be given; what is left empty stays as it is."""

    action = "sort"

    shown = forms.CharField(widget=forms.HiddenInput)
    all = forms.BooleanField(required=False)
    category = _Category(label=_("Category"), required=False)
    vendor = fields.Text(
        fields.MOST_VENDOR,
        label=_("Vendor"),
        required=False,
        widget=forms.TextInput(attrs={"list": "vendors", "autocomplete": "off"}),
    )
    status = forms.ChoiceField(label=_("Status"), required=False)

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.changed = 0
        self._meant: list[Mapping[str, Any]] = []
        self.ticked = frozenset(request.POST.getlist("row")) if self.is_bound else frozenset()
        self.fields["status"].choices = [
            ("", _LEAVE),
            *((str(one), entry_status(one)) for one in _STATUSES),
        ]

    def offer(self, categories: fields.Choices) -> None:
        """Let one choose among categories, or that there is to be none."""
        self.fields["category"].choices = [("", _LEAVE), *categories]

    def clean_shown(self) -> dict[UUID, int]:
        """Return the rows that stood on the page, with the version in which each was shown."""
        try:
            parts = [one.split(":") for one in self.cleaned_data["shown"].split(",")]
            return {UUID(id): int(version) for id, version in parts}
        except ValueError:
            raise forms.ValidationError(_("Open the page again.")) from None

    def clean(self) -> dict[str, Any]:
        """Return what is wanted.

        :raises forms.ValidationError: if no row was ticked, or nothing is to change.
        """
        wanted = super().clean()
        if not self.ticked and not wanted.get("all"):
            raise forms.ValidationError(_("Tick the transactions that you mean."))
        if not any(wanted.get(name) for name in ("category", "vendor", "status")):
            raise forms.ValidationError(_("Say what they are to be given."))
        return wanted

    def carry_out(self) -> None:
        """Change them all, or none of them; one that is so already stays as it is.

        Of all that stand on the page, those that have no category are given none.

        :raises Refusal: naming what is wrong with each that cannot be changed.
        """
        shown: dict[UUID, int] = self.cleaned_data["shown"]
        everything, book = self.cleaned_data["all"], self.who["book"]
        ids = [id for id in shown if everything or str(id) in self.ticked]
        with writing(book.id, by=self.who["by"]):
            given, rows = self._given(), []
            for row in transactions.by_ids(book.id, ids):
                wanted = self._wanted(row, given, is_meant=row["id"] in self.ticked)
                if wanted:
                    self._meant.append(row)
                    rows.append(self._correction(row, wanted, shown, len(rows)))
            services.correct_each(**self.who, rows=rows)
        self.changed = len(rows)

    def _given(self) -> dict[str, Any]:
        """Return what was chosen, as the ledger calls it."""
        wanted, given = self.cleaned_data, {}
        if wanted["category"]:
            none = wanted["category"] == UNCATEGORISED
            given["category_id"] = None if none else wanted["category"]
        if wanted["vendor"]:
            given["vendor_id"] = services.named_vendor(**self.who, name=wanted["vendor"])
        if wanted["status"]:
            given["status"] = wanted["status"]
        return given

    def _wanted(
        self, row: Mapping[str, Any], given: Mapping[str, Any], *, is_meant: bool
    ) -> dict[str, Any]:
        """Return what changes about a transaction: nothing, if it is so already."""
        told = {"category_id": "category", "vendor_id": "vendor", "status": "status"}
        wanted = {
            name: value
            for name, value in given.items()
            if row[told[name]] != (None if value is None else str(value))
        }
        if not is_meant and not takes_category(row):
            wanted.pop("category_id", None)
        return wanted

    def _correction(
        self, row: Mapping[str, Any], wanted: dict[str, Any], shown: Mapping[UUID, int], place: int
    ) -> Correction | Refusal:
        id, pointer = UUID(row["id"]), f"/{place}"
        if "category_id" in wanted and not takes_category(row):
            fault = Fault(pointer, TakesNoCategory.code, TakesNoCategory().detail)
            return Invalid([fault])
        return Correction(id, Changes(wanted), shown[id], pointer)

    def refuse(self, refusal: Refusal) -> None:
        """Show which transactions cannot be changed, and why not."""
        for fault in refusal.faults:
            place = fault.pointer.split("/")[1] if "/" in fault.pointer else ""
            if not place.isdigit():
                super().refuse(Invalid([fault]))
                continue
            row = self._meant[int(place)]
            what = f"{row['description']}, {short_day(row['date'])}"
            self.add_error(None, f"{what}: {said(fault.detail)}")
        if not refusal.faults:
            super().refuse(refusal)

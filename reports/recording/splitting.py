"""The page that splits a transaction: its parts by category, which add up to what was moved."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.forms.boundfield import BoundField
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from buffet.errors import ChangedMeanwhile, Invalid, NotFound, Refusal
from buffet.money import Money
from reports.book_page import book_form, read
from reports.deeds import Deed, done
from reports.forms import amount_typed, as_typed
from reports.recording import fields
from reports.requests import PageRequest
from transactions import services
from transactions.bodies import MAX_ENTRIES
from transactions.drafts import Changes, EntryChange
from transactions.queries import transactions
from transactions.queries.months import closings
from transactions.queries.reading import own_entries

#: How many parts a page offers beside those that there are.
MORE = 3
_OF_ENTRY = re.compile(r"/entries/(\d+)/(\w+)")
_PARTS = ("expense", "income")


def can_split(row: Mapping[str, Any]) -> bool:
    """Whether a transaction is of one account and of categories, or of none yet, in one money."""
    others = [one for one in row["entries"] if one["account_type"] in _PARTS]
    return (
        len(own_entries(row)) == 1
        and len(others) == len(row["entries"]) - 1
        and len({one["currency"] for one in row["entries"]}) == 1
        and len(others) + MORE < MAX_ENTRIES
    )


class Splitting(Deed):
    """The parts as they should be; a part of the same direction as the whole has no sign."""

    action = "split"
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, request: PageRequest, row: Mapping[str, Any]) -> None:
        self.row = row
        (self.own,) = own_entries(row)
        self.parts = [one for one in row["entries"] if one is not self.own]
        self.total = Money(abs(Decimal(self.own["amount"])), self.own["currency"])
        #: What makes an entry of a part.
        self.sign = -1 if Decimal(self.own["amount"]) > 0 else 1
        _real, listed = fields.of_chart(request)
        self.known = {str(one.id) for one in listed}
        super().__init__(request, initial={"version": row["version"]} | self._as_it_is())
        every = fields.categories(request, None, listed)
        for place in range(len(self.parts) + MORE):
            kept = self._category(place)
            name = self.parts[place]["account_name"] if kept else ""
            self.fields[f"category_{place}"] = fields.Chosen(
                label=_("Category"),
                required=False,
                choices=fields.categories(request, (kept, name), listed) if kept else every,
            )
            self.fields[f"amount_{place}"] = forms.CharField(
                label=_("Amount"), max_length=40, required=False, widget=fields.number()
            )

    def _category(self, place: int) -> str:
        """Return the category that a part has; nothing for one without, or one that is new."""
        account = self.parts[place]["account"] if place < len(self.parts) else ""
        return account if account in self.known else ""

    def _as_it_is(self) -> dict[str, Any]:
        """Return what the fields begin with; what is whole yet is what will be left."""
        found: dict[str, Any] = {}
        for place, one in enumerate(self.parts):
            found[f"category_{place}"] = self._category(place)
            if len(self.parts) > 1:
                amount = Decimal(one["amount"]) * self.sign
                found[f"amount_{place}"] = as_typed(amount, one["currency"])
        return found

    @property
    def rows(self) -> Sequence[tuple[BoundField, BoundField]]:
        """Return the fields of each part."""
        places = range(len(self.parts) + MORE)
        return [(self[f"category_{place}"], self[f"amount_{place}"]) for place in places]

    def clean(self) -> dict[str, Any]:
        """Return what was typed; a part that has no amount is what is left."""
        super().clean()
        places = range(len(self.parts) + MORE)
        wanted: dict[int, tuple[UUID | None, Decimal | None]] = {}
        for place in places:
            category = self.cleaned_data.get(f"category_{place}")
            typed = self.cleaned_data.get(f"amount_{place}", "")
            if not category and not typed:
                continue
            if not category and (place >= len(self.parts) or self._category(place)):
                self.add_error(f"category_{place}", _("Choose a category."))
            try:
                amount = amount_typed(typed, self.total.currency) if typed else None
                wanted[place] = category, amount
            except forms.ValidationError as error:
                self.add_error(f"amount_{place}", error)
        bare = [place for place, (_category, amount) in wanted.items() if amount is None]
        for place in bare[1:]:
            self.add_error(f"amount_{place}", _("Only one part can be what is left: say how much."))
        said = sum((one for _category, one in wanted.values() if one is not None), Decimal(0))
        left = self.total.amount - said
        return self.cleaned_data | {
            "parts": {
                place: (category, left if amount is None else amount)
                for place, (category, amount) in wanted.items()
            }
        }

    def _entries(self) -> list[tuple[int, EntryChange]]:
        """Return how the entries change, each with the part that says so."""
        wanted = self.cleaned_data["parts"]
        found = []
        for place, part in enumerate(self.parts):
            id = UUID(part["id"])
            if place not in wanted:
                found.append((place, EntryChange(id, remove=True)))
                continue
            category, amount = wanted[place]
            given: dict[str, Any] = {}
            if category and str(category) != part["account"]:
                given = {"account_id": category, "currency": part["currency"]}
            if amount * self.sign != Decimal(part["amount"]):
                given["amount"] = amount * self.sign
            if given:
                found.append((place, EntryChange(id, given=given)))
        for place in sorted(wanted.keys() - set(range(len(self.parts)))):
            category, amount = wanted[place]
            given = {"account_id": category, "amount": amount * self.sign}
            found.append((place, EntryChange(given=given | {"currency": self.total.currency})))
        return found

    def _is_so(self) -> bool:
        """Whether the parts are these by now, as they are when a form is sent twice."""
        wanted = sorted((str(one), amount) for one, amount in self.cleaned_data["parts"].values())
        there = [(one["account"], Decimal(one["amount"]) * self.sign) for one in self.parts]
        return wanted == sorted(there)

    def carry_out(self) -> None:
        """Split it.

        :raises ChangedMeanwhile: if it has changed since the form was shown.
        :raises Refusal: if the service will not.
        """
        self.sent = self._entries()
        changes = Changes({}, tuple(change for _place, change in self.sent))
        try:
            services.correct(
                **self.who,
                transaction_id=UUID(self.row["id"]),
                changes=changes,
                version=self.cleaned_data["version"],
            )
        except ChangedMeanwhile:
            if not self._is_so():
                raise

    def refuse(self, refusal: Refusal) -> None:
        """Show why not, beside the part that is at fault."""
        faults = [replace(one, pointer=self._beside(one.pointer)) for one in refusal.faults]
        super().refuse(Invalid(faults, refusal.detail) if faults else refusal)

    def _beside(self, pointer: str) -> str:
        match = _OF_ENTRY.fullmatch(pointer)
        if match is None:
            return pointer
        place, _change = self.sent[int(match[1])]
        return f"/{'category' if match[2] == 'account' else 'amount'}_{place}"


@book_form
def split(request: PageRequest, id: UUID) -> HttpResponseBase:
    """Which parts of it are of which category?"""
    read(request, {})
    row = transactions.get(request.book.id, id)
    closed = closings(request.book.id).closed.get(row["date"].replace(day=1))
    if not can_split(row):
        raise NotFound("This transaction is not one that can be split on a page.")
    form, status = Splitting(request, row), 200
    if request.method == "POST":
        status = done(form if form.is_bound else None)
        if not status:
            along = f"&{request.kept}" if request.kept else ""
            where = f"{reverse('transaction', args=(id,))}?told=corrected{along}#content"
            return HttpResponse(status=303, headers={"Location": where})
    context = {
        "transaction": row,
        "form": form,
        "closing": closed,
        "may_write": request.may_write and request.known_on is None,
    }
    return render(request, "reports/recording/split.html", context, status=status)

"""How a table was read, and a form that says it otherwise."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from reports.importing.deeds import OfImport
from reports.requests import PageRequest
from transactions import services
from transactions.imports.tables.profile import from_json
from transactions.models import Import

_DELIMITERS = {",": _("comma"), ";": _("semicolon"), "\t": _("tabulator"), "|": "|"}
_ORDERS = {
    "dmy": _("day, month, year: 31/12/2026"),
    "mdy": _("month, day, year: 12/31/2026"),
    "ymd": _("year, month, day: 2026-12-31"),
}
_MARKS = {".": "1,234.56", ",": "1.234,56"}
#: What decides where columns are: when it changes, they are looked for anew.
_WHOLE = ("delimiter", "encoding", "header_row", "sheet")
_COLUMNS = {
    "date": _("Date"),
    "amount": _("Amount"),
    "debit": _("Money out"),
    "credit": _("Money in"),
    "balance": _("Balance after it"),
    "external_id": _("The bank's number of the line"),
    "category": _("Category"),
}
#: Those of them that a profile keeps as a list.
_LISTS = ("date",)


class Correcting(OfImport):
    """How the file of a preview is to be read instead."""

    action = "read"

    delimiter = forms.ChoiceField(label=_("Between columns"), required=False)
    encoding = forms.CharField(label=_("Encoding"), required=False, max_length=30)
    header_row = forms.IntegerField(
        label=_("The row that names the columns"), min_value=0, max_value=10_000, required=False
    )
    date = forms.ChoiceField(required=False)
    date_order = forms.ChoiceField(label=_("Dates are written"), required=False)
    amount = forms.ChoiceField(required=False)
    negate = forms.BooleanField(
        label=_("Positive amounts are money out, as on some cards"), required=False
    )
    debit = forms.ChoiceField(required=False)
    credit = forms.ChoiceField(required=False)
    decimal_mark = forms.ChoiceField(label=_("Amounts are written"), required=False)
    description = forms.MultipleChoiceField(
        label=_("Text"), required=False, widget=forms.CheckboxSelectMultiple
    )
    balance = forms.ChoiceField(required=False)
    external_id = forms.ChoiceField(required=False)
    category = forms.ChoiceField(required=False)

    def __init__(self, request: PageRequest, started: Import) -> None:
        super().__init__(request, started)
        self.profile: Mapping[str, Any] = started.profile or {}
        self._offer("delimiter", _DELIMITERS)
        self._offer("date_order", _ORDERS)
        self._offer("decimal_mark", _MARKS)
        columns = self._columns
        for name, label in _COLUMNS.items():
            self.fields[name].label = label
            self.let_choose(name, [("", pgettext_lazy("column", "none")), *columns])
            self.initial[name] = next(iter(self._places(name)), "")
        self.let_choose("description", columns)
        self.initial["description"] = self._places("description")
        for name in ("encoding", "header_row", "negate"):
            self.initial[name] = self.profile.get(name)
        if not self.profile.get("delimiter"):
            # A workbook has neither.
            del self.fields["delimiter"], self.fields["encoding"]

    def _offer(self, name: str, known: Mapping[str, Any]) -> None:
        """Let a choice have what is known of it, and what the profile says."""
        said = self.profile.get(name)
        others = [(said, said)] if said and said not in known else []
        self.let_choose(name, [("", "–"), *known.items(), *others])
        self.initial[name] = said or ""

    @property
    def _columns(self) -> list[tuple[str, str]]:
        header = self.profile.get("header") or ()
        most = max([len(header), *(int(one) for name in _PLACED for one in self._places(name))])
        names = [*header, *[""] * (most - len(header))]
        unnamed = gettext("Column {number}")
        return [
            (str(place), name or unnamed.format(number=place))
            for place, name in enumerate(names, 1)
        ]

    def _places(self, name: str) -> list[str]:
        """Return the columns that are something, by their places from 1."""
        said = self.profile.get(name)
        several: Sequence[Any] = said if isinstance(said, list) else [said] if said else []
        header = list(self.profile.get("header") or ())
        places = [
            one if isinstance(one, int) else header.index(one) + 1
            for one in several
            if isinstance(one, int) or one in header
        ]
        return [str(place) for place in places]

    @property
    def shown(self) -> list[tuple[Any, str]]:
        """How the file was read, in words, by what it is about."""
        names = dict(self._columns)
        found: list[tuple[Any, str]] = []
        for name, field in self.fields.items():
            value = self.initial.get(name)
            if value in (None, "", []):
                continue
            if name == "negate":
                if value:
                    found.append((_("Signs"), str(field.label)))
                continue
            choices = names if name in _PLACED else dict(getattr(field, "choices", ()))
            several = value if isinstance(value, list) else [value]
            found.append((field.label, ", ".join(str(choices.get(one, one)) for one in several)))
        return found

    def carry_out(self) -> None:
        """Read the file so; what was chosen of its lines stays with them.

        :raises Refusal: if it cannot be read so, or the import is no preview any more.
        """
        wanted = {name: value for name, value in self._wanted().items() if value is not None}
        services.read_again(**self.who, wish=services.Wish(profile=from_json(wanted)))

    def _wanted(self) -> dict[str, Any]:
        """Return the profile that was sent: what it leaves open is found out from the file."""
        sent = {name: value for name, value in self.cleaned_data.items() if name in self.fields}
        whole = {name: sent.get(name, self.profile.get(name)) for name in _WHOLE}
        if any((whole[name] or None) != (self.profile.get(name) or None) for name in _WHOLE):
            return {name: value for name, value in whole.items() if value not in (None, "")}
        kept = {name: value for name, value in self.profile.items() if name not in sent}
        wanted = kept | {name: self._as_kept(name, value) for name, value in sent.items()}
        if wanted["amount"] is not None and "amount" in self.changed_data:
            wanted["debit"] = wanted["credit"] = None
        elif wanted["debit"] is not None or wanted["credit"] is not None:
            wanted["amount"] = None
        return wanted

    def _as_kept(self, name: str, value: Any) -> Any:
        if name == "description":
            return [int(one) for one in value] or None
        if name in _COLUMNS:
            # A column that was not chosen anew keeps its name, and a list of them its others.
            if name not in self.changed_data:
                return self.profile.get(name)
            place = int(value) if value else None
            return [place] if place and name in _LISTS else place
        return None if value in ("", None) else value


class Remembering(OfImport):
    """What the way in which a file was read is called, to read the next ones so."""

    action = "remember"
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("Files of this account with the same columns are then read so."),
    )

    def carry_out(self) -> None:
        """Keep it for the account's files.

        :raises Refusal: if another has the name.
        """
        who = self.who
        import_id = who.pop("import_id")
        started = services.get_import(who["book"], import_id)
        services.create_profile(
            **who,
            name=self.cleaned_data["name"],
            profile=from_json(started.profile or {}),
            account_id=started.account_id,
        )


_PLACED = (*_COLUMNS, "description")


def correcting(request: PageRequest, started: Import, deed: OfImport | None) -> Correcting | None:
    """Return the form that corrects how a table was read; None where there is nothing to."""
    if isinstance(deed, Correcting):
        return deed
    if started.profile is None:
        return None
    return Correcting(request, started)

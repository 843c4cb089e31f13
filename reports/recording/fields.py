"""What the forms of a transaction ask: texts, a day, an account, a category, a vendor."""

from collections.abc import Callable, Container, Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import queries as chart
from accounts.models import REAL_TYPES, Account, Kind
from buffet.rest import fields as reading
from buffet.rest.query import Malformed, parse_day
from reports.queries import import_list
from reports.requests import PageRequest
from reports.templatetags.figures import name
from reports.words import said

#: As the ledger and the plans of parcels take them, which are named with a number behind.
MOST_DESCRIPTION, MOST_VENDOR, MOST_NOTES = 480, 150, 2000
_DAILY_FIRST = "checking cash credit_card savings investment receivable other loan property".split()
Choices = Sequence[tuple[Any, Any]]


def number() -> forms.TextInput:
    """Return what an amount is typed into."""
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})


class Text(forms.CharField):
    """A text as the API reads it."""

    def __init__(self, most: int, *, lines: bool = False, **more: Any) -> None:
        super().__init__(max_length=most, **more)
        self._read: Callable[[object], str] = reading.text(most, lines=lines)

    def clean(self, value: Any) -> str:
        """Return the text without what is around it.

        :raises forms.ValidationError: if it is too long or has control characters.
        """
        try:
            return self._read(super().clean(value))
        except Malformed as error:
            raise forms.ValidationError(said(str(error))) from None


class Day(forms.CharField):
    """A day of the calendar."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=10, widget=forms.DateInput({"type": "date"}), **more)

    def clean(self, value: Any) -> Any:
        """Return the day; None if there need be none.

        :raises forms.ValidationError: if it is none.
        """
        sent = super().clean(value)
        if not sent:
            return None
        try:
            return parse_day(sent)
        except Malformed as error:
            raise forms.ValidationError(said(str(error))) from None


class Offer(forms.Select):
    """A list of accounts that says which of them are cards, for the style sheet to know."""

    cards: Container[str] = ()

    def create_option(self, name: str, value: Any, *args: Any, **more: Any) -> dict[str, Any]:
        """Return a choice; a card is of that class."""
        option = super().create_option(name, value, *args, **more)
        if str(value) in self.cards:
            option["attrs"]["class"] = "card"
        return option


class Offered(forms.ChoiceField):
    """One of some choices; what is not offered is left to the service, which says why not."""

    widget = Offer

    def valid_value(self, value: str) -> bool:
        """Let the service decide."""
        return True


class Chosen(Offered):
    """One of the book's rows."""

    def clean(self, value: Any) -> UUID | None:
        """Return its id; None if none was chosen.

        :raises forms.ValidationError: if one has to be, or it is no id.
        """
        return identity(super().clean(value))


def identity(sent: str) -> UUID | None:
    """Return the id of what was chosen; None if nothing was.

    :raises forms.ValidationError: if it is no id.
    """
    try:
        return UUID(sent) if sent else None
    except ValueError:
        raise forms.ValidationError(_("Choose one of these.")) from None


def unsigned(amount: Decimal) -> Decimal:
    """Return an amount whose direction is said beside it.

    :raises forms.ValidationError: if it says one itself.
    """
    if amount < 0:
        raise forms.ValidationError(
            _("Leave the sign out: the amount does not say which way it goes.")
        )
    return amount


def description(most: int = MOST_DESCRIPTION) -> Text:
    """Return the field of what a transaction is called."""
    required = {"required": _("Say what it was.")}
    return Text(most, label=_("Description"), error_messages=required)


def vendor() -> Text:
    """Return the field of whom money went to or came from, by name."""
    return Text(
        MOST_VENDOR,
        label=_("Vendor"),
        required=False,
        help_text=_("A new name is added to the vendors of the book."),
        widget=forms.TextInput(attrs={"list": "vendors", "autocomplete": "off"}),
    )


def notes() -> Text:
    """Return the field of what else there is to say."""
    area = forms.Textarea(attrs={"rows": 2})
    return Text(MOST_NOTES, lines=True, label=_("Notes"), required=False, widget=area)


def vendors(request: PageRequest) -> list[str]:
    """Return the names of vendors that a page proposes."""
    return sorted(import_list.vendors(request.book.id, ()).values(), key=str.casefold)


def accounts(rows: Iterable[Account]) -> Choices:
    """Return accounts by their kinds, those first that daily money moves on."""
    groups: dict[str, list[tuple[str, str]]] = {kind: [] for kind in _DAILY_FIRST}
    for row in rows:
        groups[row.kind].append((str(row.id), f"{row.name} ({row.currency})"))
    found = [(name(kind), choices) for kind, choices in groups.items() if choices]
    return [("", gettext("Choose an account")), *found]


def of_chart(request: PageRequest) -> tuple[list[Account], list[Account]]:
    """Return the accounts that hold money and the categories of a book, in one statement."""
    rows = Account.objects.filter(book=request.book).order_by("type", "name", "id")
    found = list(rows.filter(Q(type__in=REAL_TYPES) | Q(kind=Kind.CATEGORY)))
    return [row for row in found if row.is_real], [row for row in found if not row.is_real]


def categories(
    request: PageRequest,
    kept: tuple[str, str] | None = None,
    listed: Sequence[Account] | None = None,
) -> Choices:
    """Return the open categories, those below another one in a group of its name.

    One that is `kept` stands among them whether or not it is open. `listed` are those of
    `of_chart`, if that was asked.
    """
    found: list[tuple[Any, Any]] = [("", gettext("None yet"))]
    tree = chart.category_tree(request.book) if listed is None else chart.tree_of(listed)
    for heading, type in ((gettext("Expenses"), "expense"), (gettext("Income"), "income")):
        tops: list[tuple[str, list[tuple[str, str]]]] = []
        for row in (one for one in tree if one["type"] == type):
            if row["depth"] == 0:
                tops.append((row["name"], []))
            top, rows = tops[-1]
            if row["archived_at"] is None:
                name = row["path"].removeprefix(f"{top} / ")
                rows.append((str(row["id"]), name))
        alone = [rows[0] for _top, rows in tops if len(rows) == 1]
        found += [(heading, alone)] if alone else []
        found += [(f"{heading}: {top}", rows) for top, rows in tops if len(rows) > 1]
    if kept and kept[0] not in {id for _group, rows in found[1:] for id, _name in rows}:
        found.insert(1, kept)
    return found

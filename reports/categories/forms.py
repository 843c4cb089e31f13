"""The forms of a category: a new one, and one that is changed."""

from collections.abc import Container, Mapping
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import queries, services
from accounts.models import Account, AccountType, BilledAs
from reports.deeds import Deed
from reports.once import Once
from reports.recording import fields
from reports.requests import PageRequest

_TYPES = ((str(AccountType.EXPENSE), _("Expenses")), (str(AccountType.INCOME), _("Income")))
_BILLED = (
    (str(BilledAs.PURCHASE), _("Purchases")),
    (str(BilledAs.FEE), _("Fees")),
    (str(BilledAs.INTEREST), _("Interest")),
    (str(BilledAs.TAX), _("Taxes")),
)


def _name() -> fields.Text:
    return fields.Text(100, label=_("Name"), widget=forms.TextInput(attrs={"autocomplete": "off"}))


def _below(
    request: PageRequest, of_type: str, besides: Container[UUID] = ()
) -> list[tuple[str, str]]:
    """Return the open categories of a type that another may stand below."""
    rows = queries.category_tree(request.book, of_type=of_type)
    return [
        (str(row["id"]), row["path"])
        for row in rows
        if row["archived_at"] is None and row["id"] not in besides
    ]


class Adding(Once, Deed):
    """A new category: at the top of a type, or below another."""

    request: PageRequest
    action = "add"
    called: ClassVar[Mapping[str, str]] = {"type": "below", "parent": "below"}

    name = _name()
    below = forms.ChoiceField(label=_("Where"))

    def __init__(self, request: PageRequest) -> None:
        super().__init__(request)
        self.let_choose(
            "below",
            [
                (str(heading), [(type, gettext("At the top")), *_below(request, type)])
                for type, heading in _TYPES
            ],
        )

    def carry_out(self) -> UUID:
        """Add it, once however often the form is sent; return its id.

        :raises Refusal: if there is one of this name, or the form has added another.
        """
        return self.once(lambda: self._added().id)

    def _added(self) -> Account:
        below, book = self.cleaned_data["below"], self.who["book"]
        given: dict[str, Any] = {"type": below}
        if below not in dict(_TYPES):
            above = services.get_category(book, UUID(below))
            given = {"type": above.type, "parent_id": above.id}
        return services.create_category(**self.who, name=self.cleaned_data["name"], **given)


class Keeping(Deed):
    """A category as it should be called, and where it should stand."""

    action = "keep"
    called: ClassVar[Mapping[str, str]] = {"parent": "below"}

    name = _name()
    below = fields.Chosen(label=_("Below"), required=False)
    billed_as = forms.ChoiceField(
        label=_("On a card's statement"),
        choices=_BILLED,
        help_text=_("Under which heading its lines stand there."),
    )

    def __init__(self, request: PageRequest, category: Account) -> None:
        self.category = category
        above = category.parent_id
        initial = {"name": category.name, "below": above, "billed_as": category.billed_as}
        super().__init__(request, initial=initial)
        inside = services.subtree_ids(category.book, category.id)
        choices = _below(request, category.type, inside)
        if above and str(above) not in dict(choices):
            # It may stand below one that is archived.
            choices.append((str(above), services.get_category(category.book, above).name))
        self.let_choose("below", [("", gettext("At the top")), *choices])
        if category.type == AccountType.INCOME:
            del self.fields["billed_as"]
        # What was on the page comes back, so that what somebody else changed since is left alone.
        for field in self.fields.values():
            field.show_hidden_initial = True

    def carry_out(self) -> None:
        """Change what is another than it was when the form was shown.

        :raises Refusal: if the service will not.
        """
        given = {name: self.cleaned_data[name] for name in self.changed_data}
        if "below" in given:
            given["parent_id"] = given.pop("below")
        services.change_category(**self.who, category_id=self.category.id, **given)

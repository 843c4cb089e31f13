"""The forms of those who come in: signing in, registering, a new password, a first book."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.datastructures import MultiValueDict
from django.utils.formats import get_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from buffet.days import zones
from buffet.errors import Refusal
from buffet.models import LATEST_START
from buffet.money import BadAmount, BadCurrency, parse_amount, parse_currency, text
from reports.words import said

_NUMBER = r"([+-]?)(\d+|\d{{1,3}}(?:{group}\d{{3}})+)(?:{point}(\d+))?"
EMAIL = forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"})


def amount_typed(sent: str, currency: str | None = None) -> Decimal:
    """Return an amount as its reader's language writes it, or as programs do.

    "1.234,56" is one in Portuguese, and so is "1234.56"; "1.234" is more than a thousand there.

    :raises forms.ValidationError: if it is none.
    """
    try:
        return parse_amount(plainly(sent), currency)
    except BadAmount as error:
        raise forms.ValidationError(said(str(error)).replace('"-42', '"42')) from None


def plainly(sent: str) -> str:
    """Return a number that its reader's language writes as programs do; other texts as they are."""
    group, point = (re.escape(get_format(f"{name}_SEPARATOR")) for name in ("THOUSAND", "DECIMAL"))
    plain = sent.strip().replace("−", "-")
    if found := re.fullmatch(_NUMBER.format(group=group, point=point), plain, re.ASCII):
        whole = re.sub(r"\D", "", found[2])
        return f"{found[1]}{whole}.{found[3]}" if found[3] else f"{found[1]}{whole}"
    return plain


def as_typed(amount: Decimal, currency: str) -> str:
    """Return an amount as its reader would type it."""
    return text(amount, currency).replace(".", get_format("DECIMAL_SEPARATOR"))


class SignIn(AuthenticationForm):
    """E-mail and password."""

    username = forms.EmailField(label=_("E-mail"), widget=EMAIL)
    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": _("The e-mail address or the password is wrong.")
    }

    def clean_username(self) -> str:
        """Return the address as it is kept, in lower case."""
        return self.cleaned_data["username"].lower()


class Entrance(forms.Form):
    """A form whose service may refuse what it was given."""

    #: What the form calls that the service calls otherwise.
    called: ClassVar[Mapping[str, str]] = {}
    #: What was sent: as browsers send it, a name may have several values.
    data: MultiValueDict[str, Any]

    def let_choose(self, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
        """Let one choose among these in a field.

        :raises TypeError: if it is no field of choices.
        """
        field = self.fields[name]
        if not isinstance(field, forms.ChoiceField):
            raise TypeError(f"One does not choose in {name}.")
        field.choices = choices

    def refuse(self, refusal: Refusal) -> None:
        """Show why not, beside the field that the refusal points at or above them all."""
        if not refusal.faults:
            self.add_error(None, said(refusal.detail))
        for fault in refusal.faults:
            name = fault.pointer.lstrip("/?").removeprefix("new_")
            name = self.called.get(name, name)
            self.add_error(name if name in self.fields else None, said(fault.detail))


class Address(Entrance):
    """Where a letter shall go."""

    email = forms.EmailField(label=_("E-mail"), max_length=254, widget=EMAIL)


class NewPassword(Entrance):
    """The password as it shall be."""

    password = forms.CharField(
        label=_("New password"),
        max_length=4096,
        strip=False,
        help_text=_("At least 8 characters; a sentence is easy to remember and hard to guess."),
        widget=forms.PasswordInput(attrs={"autofocus": True, "autocomplete": "new-password"}),
    )


class NewAccount(NewPassword):
    """How one wants to be called, and a password."""

    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "name"}),
    )
    field_order = ("name", "password")


#: Where most readers of a language live, if most live in one time zone.
ZONES = {"pt-br": "America/Sao_Paulo"}


class NewBook(Entrance):
    """What a book is called, counts in, and whose today is its today."""

    name = forms.CharField(label=_("Name"), max_length=100, initial=_("Household"))
    base_currency = forms.CharField(
        label=_("Currency"),
        max_length=3,
        help_text=_(
            "Three letters, such as EUR or BRL: reports are in it, accounts may be in any."
        ),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: [(name, name.replace("_", " ")) for name in sorted(zones())],
        initial=lambda: ZONES.get(get_language() or "", "UTC"),
    )

    def clean_base_currency(self) -> str:
        """Return the code in capitals."""
        try:
            return parse_currency(self.cleaned_data["base_currency"].upper())
        except BadCurrency as error:
            raise forms.ValidationError(said(str(error))) from None


_START = _("A day from 1 to 28, which every month has.")


class BookSettings(NewBook):
    """What an owner changes about a book."""

    month_start_day = forms.IntegerField(
        label=_("Months begin on day"),
        min_value=1,
        max_value=LATEST_START,
        help_text=_("25 for who is paid on the 25th: October is then 25 October to 24 November."),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _START),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].help_text = _(
            "Today, and so what is overdue, goes by the clock there."
        )
        # What was on the page comes back, so that what somebody else changed since is left alone.
        for field in self.fields.values():
            field.show_hidden_initial = True

"""The forms of those who come in: signing in, registering, a new password, a first book."""

from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from buffet.errors import Refusal
from buffet.money import BadCurrency, parse_currency

EMAIL = forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"})


class SignIn(AuthenticationForm):
    """E-mail and password."""

    username = forms.EmailField(label="E-mail", widget=EMAIL)
    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": "The e-mail address or the password is wrong."
    }

    def clean_username(self) -> str:
        """Return the address as it is kept, in lower case."""
        return self.cleaned_data["username"].lower()


class Entrance(forms.Form):
    """A form whose service may refuse what it was given."""

    def refuse(self, refusal: Refusal) -> None:
        """Show why not, beside the field that the refusal points at or above them all."""
        if not refusal.faults:
            self.add_error(None, refusal.detail)
        for fault in refusal.faults:
            name = fault.pointer.lstrip("/?").removeprefix("new_")
            self.add_error(name if name in self.fields else None, fault.detail)


class Address(Entrance):
    """Where a letter shall go."""

    email = forms.EmailField(label="E-mail", max_length=254, widget=EMAIL)


class NewPassword(Entrance):
    """The password as it shall be."""

    password = forms.CharField(
        label="New password",
        max_length=4096,
        strip=False,
        help_text="At least 8 characters; a sentence is easy to remember and hard to guess.",
        widget=forms.PasswordInput(attrs={"autofocus": True, "autocomplete": "new-password"}),
    )


class NewAccount(NewPassword):
    """How one wants to be called, and a password."""

    name = forms.CharField(
        label="Name",
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "name"}),
    )
    field_order = ("name", "password")


class NewBook(Entrance):
    """What a book is called, counts in, and whose today is its today."""

    name = forms.CharField(label="Name", max_length=100, initial="Household")
    base_currency = forms.CharField(
        label="Currency",
        max_length=3,
        help_text="Three letters, such as EUR or BRL: reports are in it, accounts may be in any.",
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        choices=lambda: [(name, name.replace("_", " ")) for name in sorted(available_timezones())],
        initial="UTC",
    )

    def clean_base_currency(self) -> str:
        """Return the code in capitals."""
        try:
            return parse_currency(self.cleaned_data["base_currency"].upper())
        except BadCurrency as error:
            raise forms.ValidationError(str(error)) from None

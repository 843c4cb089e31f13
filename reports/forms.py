"""The form one signs in with."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm


class SignIn(AuthenticationForm):
    """E-mail and password."""

    username = forms.EmailField(
        label="E-mail",
        widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )
    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": "The e-mail address or the password is wrong."
    }

    def clean_username(self) -> str:
        """Return the address as it is kept, in lower case."""
        return self.cleaned_data["username"].lower()

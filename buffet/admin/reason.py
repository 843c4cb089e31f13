"""What every change by staff is asked for."""

from collections.abc import Iterable

from django import forms
from django.db.models import QuerySet
from unfold.widgets import UnfoldAdminTextInputWidget


class Reason(forms.Form):
    """Why staff change somebody's books."""

    reason = forms.CharField(
        max_length=300,
        widget=UnfoldAdminTextInputWidget,
        error_messages={"required": "Say why: it stays in the history."},
    )


def offer_rows(form: forms.Form, name: str, rows: QuerySet) -> None:
    """Let a field of a form refer to one of these rows."""
    field = form.fields[name]
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(f"{name} refers to no row.")
    field.queryset = rows


def offer(form: forms.Form, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """Let a field of a form be one of these."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} is not chosen.")
    field.choices = list(choices)

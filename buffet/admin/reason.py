"""What every change by staff is asked for."""

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget


class Reason(forms.Form):
    """Why staff change somebody's books."""

    reason = forms.CharField(
        max_length=300,
        widget=UnfoldAdminTextInputWidget,
        error_messages={"required": "Say why: it stays in the history."},
    )

"""The form that records a transaction, as somebody fills it in and as it answers."""

import re
from typing import Any

from conftest import TODAY
from django.test import Client
from wallet import text_of

from accounts.models import Account


def typed(browser: Client, account: Account, /, **changed: Any) -> dict[str, str]:
    """Return what the form sends after somebody has typed the least."""
    form = browser.get(f"/record?account={account.id}&date={TODAY}").context["form"]
    first = {name: form.get_initial_for_field(form.fields[name], name) for name in form.fields}
    sent = {name: "" if value is None else str(value) for name, value in first.items()}
    return (
        sent
        | {"amount": "12.50", "description": "Bread"}
        | {name: str(value) for name, value in changed.items()}
    )


def told(answer: Any, name: str, form: str = "record") -> str:
    """Return what is said beside a field."""
    found = re.search(rf'id="{form}_{name}_error">([^<]*)<', answer.content.decode())
    assert found, text_of(answer)
    return found[1]

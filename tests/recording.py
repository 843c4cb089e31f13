"""The form that records a transaction, as somebody fills it in and as it answers."""

import html
import re
from typing import Any

from conftest import TODAY
from django.test import Client
from fields import sent_by
from wallet import text_of

from accounts.models import Account


def typed(browser: Client, account: Account, /, **changed: Any) -> dict[str, str]:
    """Return what the form sends after somebody has typed the least."""
    return (
        sent_by(browser.get(f"/record?account={account.id}&date={TODAY}"))
        | {"amount": "12.50", "description": "Bread"}
        | {name: str(value) for name, value in changed.items()}
    )


def told(answer: Any, name: str, form: str = "record") -> str:
    """Return what is said beside a field."""
    found = re.search(rf'id="{form}_{name}_error">([^<]*)<', answer.content.decode())
    assert found, text_of(answer)
    return html.unescape(found[1])

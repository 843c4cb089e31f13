"""What ends before it begins is refused, by the parameter that it ends with."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Account
from buffet.models import User

DAYS = "date_from=2026-05-02&date_to=2026-05-01"
AMOUNTS = "amount_min=2&amount_max=1.99"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "pointer", "detail"),
    [
        (f"/transactions?{DAYS}", "?date_to", "The last day lies before the first."),
        (f"/balance-points?{DAYS}", "?date_to", "The last day lies before the first."),
        (f"/reports/cash-flow?{DAYS}", "?date_to", "The last day lies before the first."),
        (
            f"/transactions?{AMOUNTS}",
            "?amount_max",
            "The largest amount is less than the smallest.",
        ),
    ],
)
def test_the_api_refuses_what_ends_before_it_begins(
    api: Any, checking: Account, address: str, pointer: str, detail: str
) -> None:
    answer = api.get(address)

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"pointer": pointer, "code": "wrong_order", "detail": detail}
    ]
    for last, first in (("2026-05-01", "2026-05-02"), ("1.99", "2")):
        address = address.replace(last, first)
    assert api.get(address).status_code == 200


@pytest.mark.django_db
def test_a_page_refuses_what_ends_before_it_begins(
    client: Client, owner: User, checking: Account
) -> None:
    client.force_login(owner)

    answer = client.get(f"/transactions?{DAYS}")

    assert answer.status_code == 400
    assert "The last day lies before the first." in answer.content.decode()

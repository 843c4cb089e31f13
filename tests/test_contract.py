"""The API keeps its published contract, whatever is sent to it."""

import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import TODAY
from rest_framework.serializers import Serializer
from serving import serving, signed_in

from accounts.models import Account
from accounts.serializers import AccountChange, AccountCreate
from accounts.services import create_broker
from buffet.audit import Actor
from buffet.models import Book, User
from invoices.services import create_card
from transactions import bodies, services
from transactions.api import accounts as account_api
from transactions.drafts import Draft
from transactions.serializers import (
    EntryChange,
    EntryCreate,
    TransactionChange,
    TransactionCreate,
)

#: What cannot hold where ids are made up: what fits the schema names an account that is not there
#: (`positive_data_acceptance`). The other two ask what was made and deleted before, which only the
#: walk along links knows; there, all three are on.
OF_ROWS_THAT_ARE_THERE = "positive_data_acceptance,use_after_free,ensure_resource_availability"
#: How often the walk along links starts anew. Each time it makes, reads, changes and deletes rows
#: in some 20 steps.
WALKS = int(os.environ.get("CONTRACT_WALKS", "150"))
#: How many requests are made up for each operation, beside those that follow from its schema.
MADE_UP = os.environ.get("CONTRACT_EXAMPLES", "2")
#: These end the session that all other calls need.
NOT_CALLED = ("/api/v1/auth/logout", "/api/v1/sessions")
#: One may have so few of these that a long walk would be refused the last.
OF_FEW = "/api/v1/calendar-links"


@pytest.mark.parametrize(
    ("serializer", "reader"),
    [
        (TransactionCreate, bodies.NEW),
        (TransactionChange, bodies.CHANGES),
        (EntryCreate, bodies.ENTRY),
        (EntryChange, bodies.ENTRY_CHANGE),
        (AccountCreate, account_api.NEW),
        (AccountChange, account_api.CHANGES),
    ],
)
def test_the_schema_names_the_fields_that_are_read(
    serializer: type[Serializer], reader: dict[str, Any]
) -> None:
    assert set(serializer().fields) == set(reader)


def run(owner: User, *options: str, hooks: str, cwd: Path, **environment: str) -> str:
    """Run schemathesis against a server, and return what it says if nothing is wrong.

    :raises AssertionError: with what it says otherwise.
    """
    here = Path(__file__).parent
    # Each request comes from where it says.
    with serving(WEB_THREADS="8", TRUSTED_PROXIES="1") as server:
        found = subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"),
                "--config-file", here / "schemathesis_along_links.toml",
                "run", f"{server.url}/api/v1/schema",
                "--header", f"Authorization: {signed_in(owner)['Authorization']}",
                "--checks", "all",
                "--seed", "20260101",
                "--generation-database", "none",
                *(word for path in NOT_CALLED for word in ("--exclude-path", path)),
                *options,
            ],
            cwd=cwd,
            env=os.environ
            | {"SCHEMATHESIS_HOOKS": hooks, "PYTHONPATH": str(here)}
            | environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )  # fmt: skip
    assert found.returncode == 0, found.stdout[-60_000:] + found.stderr[-2000:]
    return found.stdout


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("servers")
def test_generated_requests_meet_no_crash_and_no_undocumented_answer(
    owner: User, checking: Account, groceries: Account, tmp_path: Path
) -> None:
    said = run(
        owner,
        "--exclude-checks", OF_ROWS_THAT_ARE_THERE,
        "--phases", "examples,coverage,fuzzing",
        "--max-examples", MADE_UP,
        # One: two threads that read source at once are more than Python 3.11 can do.
        "--workers", "1",
        hooks="schemathesis_hooks",
        cwd=tmp_path,
    )  # fmt: skip

    assert "operations" in said.lower()


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("servers")
def test_a_row_is_there_from_its_creation_to_its_deletion_and_good_bodies_are_accepted(
    owner: User, book: Book, by: Actor, checking: Account, groceries: Account, tmp_path: Path
) -> None:
    broker = create_broker(book=book, by=by, name="First bank")
    vendor = services.create_vendor(book=book, by=by, name="Market hall")
    card = create_card(
        book=book, by=by, today=TODAY, name="First card", currency="BRL", closing_day=25, due_day=5
    )
    bought = Draft(
        date=TODAY, description="Lunch", account_id=checking.id, amount=Decimal("-12.00")
    )
    payments = services.record(book=book, by=by, drafts=[bought] * 1000)
    abroad = services.open_account(
        book=book, by=by, today=TODAY, name="Abroad", kind="savings", currency="USD"
    )
    arrived = Draft(date=TODAY, description="Arrived", account_id=abroad.id, amount=Decimal("1.00"))
    sides = services.record(book=book, by=by, drafts=[arrived] * 1000)
    rows = {
        "account": checking.id,
        "broker": broker.id,
        "card": card.id,
        "category": groceries.id,
        "into": groceries.id,
        "parent": groceries.id,
        "paying_account": checking.id,
        "vendor": vendor.id,
    }

    said = run(
        owner,
        "--phases", "stateful",
        "--exclude-path", OF_FEW,
        "--max-examples", str(WALKS),
        hooks="schemathesis_along_links",
        cwd=tmp_path,
        PAYMENTS_OF_THE_BOOK=json.dumps([str(id) for id in payments]),
        SIDES_OF_THE_BOOK=json.dumps([str(id) for id in sides]),
        ROWS_OF_THE_BOOK=json.dumps({field: str(id) for field, id in rows.items()}),
    )  # fmt: skip

    # It stops early without a word when the same draws are answered in two ways.
    (walks,) = re.findall(r"Scenarios: +(\d+)", said)
    assert int(walks) >= WALKS, said
    (links,) = re.findall(r"API Links: +(\d+) covered / (\d+) selected", said)
    covered, selected = map(int, links)
    print(f"{walks} walks, {covered} of {selected} links")  # noqa: T201 (figures for a person)
    # Chance chooses among them.
    assert covered >= 0.9 * selected, said

"""The API keeps its published contract, whatever is sent to it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rest_framework.serializers import Serializer
from serving import serving, signed_in

from accounts.models import Account
from accounts.serializers import AccountChange, AccountCreate
from buffet.models import User
from transactions import bodies
from transactions.api import accounts as account_api
from transactions.serializers import (
    EntryChangeBody,
    EntryCreate,
    TransactionChange,
    TransactionCreate,
)

#: What schemathesis looks at. Left out: `positive_data_acceptance`, since what fits the schema may
#: still name an account that is not there; `use_after_free` and `ensure_resource_availability`,
#: since rows made by one call may be deleted by another of the same run.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "ignored_auth",
)


@pytest.mark.parametrize(
    ("serializer", "reader"),
    [
        (TransactionCreate, bodies.NEW),
        (TransactionChange, bodies.CHANGES),
        (EntryCreate, bodies.ENTRY),
        (EntryChangeBody, bodies.ENTRY_CHANGE),
        (AccountCreate, account_api.NEW),
        (AccountChange, account_api.CHANGES),
    ],
)
def test_the_schema_names_the_fields_that_are_read(
    serializer: type[Serializer], reader: dict[str, Any]
) -> None:
    assert set(serializer().fields) == set(reader)


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("servers")
def test_generated_requests_meet_no_crash_and_no_undocumented_answer(
    owner: User, checking: Account, groceries: Account, tmp_path: Path
) -> None:
    with serving(WEB_THREADS="8") as server:
        headers = signed_in(owner)
        run = subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"),
                "run",
                f"{server.url}/api/v1/schema",
                "--header", f"Authorization: {headers['Authorization']}",
                "--checks", ",".join(CHECKS),
                "--phases", "examples,coverage,fuzzing",
                "--max-examples", "10",
                "--workers", "2",
                "--seed", "20260101",
                # Ends the session that all other calls need.
                "--exclude-path", "/api/v1/auth/logout",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )  # fmt: skip

    assert run.returncode == 0, run.stdout[-60_000:] + run.stderr[-2000:]
    assert "operations" in run.stdout.lower()

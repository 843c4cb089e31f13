"""What each connection has, and that one which the server ended is not given to a request."""

import time

import httpx
import pytest
from django.db import connection
from serving import serving, signed_in

from accounts.models import Account
from buffet.models import User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("servers")]

OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def ended() -> int:
    """End every other connection to the database, and return how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(pg_terminate_backend(pid)) {OTHERS}")
        count = cursor.fetchone()[0]
        while True:
            cursor.execute(f"SELECT count(*) {OTHERS}")
            if cursor.fetchone()[0] == 0:
                return count
            time.sleep(0.01)


def test_no_request_meets_a_connection_that_was_ended(owner: User, checking: Account) -> None:
    headers = signed_in(owner)
    with (
        serving(WEB_WORKERS="1", WEB_THREADS="1") as server,
        httpx.Client(base_url=server.url, headers=headers, timeout=10) as client,
    ):
        assert client.get("/api/v1/accounts").status_code == 200
        for _ in range(5):
            assert ended() >= 1, "there was no connection to end"
            assert client.get("/api/v1/accounts").status_code == 200
            assert client.get("/health/ready").status_code == 200

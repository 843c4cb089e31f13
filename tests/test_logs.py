"""A request is one line of the log, which says much about it and nothing that is private."""

import json
import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pace import slowness
from serving import serving, signed_in

from accounts.models import Account
from buffet.logs import Lines
from buffet.models import Book, User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("servers")]
OVERVIEW = "/api/v1/reports/accounts/portfolio-overview"
Line = dict[str, Any]


@contextmanager
def logged(log: Path, **environment: str) -> Iterator[httpx.Client]:
    """Serve with one worker, and keep what it writes to stdout."""
    with (
        log.open("w") as stdout,
        serving(stdout=stdout, WEB_WORKERS="1", LOG_FORMAT="json", **environment) as server,
        httpx.Client(base_url=server.url, timeout=10) as client,
    ):
        yield client


def lines(log: Path) -> list[Line]:
    """Return every line; one that is not JSON fails."""
    return [json.loads(one) for one in log.read_text().splitlines()]


def of_requests(log: Path) -> list[Line]:
    """Return the lines of requests."""
    return [one for one in lines(log) if one.get("logger") == "request"]


def metrics(log: Path) -> list[Line]:
    """Return the lines of metrics."""
    return [one for one in lines(log) if "_aws" in one]


def test_a_request_is_one_line_that_says_whose_it_was(
    tmp_path: Path, owner: User, book: Book, checking: Account
) -> None:
    log = tmp_path / "log"
    path = f"/api/v1/accounts/{checking.id}"
    with logged(log) as client:
        headers = signed_in(owner) | {"X-Request-ID": "my-request-0001"}
        first = client.get(path, headers=headers)
        client.get(path, headers=headers | {"If-None-Match": first.headers["ETag"]})

    full, unchanged = of_requests(log)
    assert (full["status"], unchanged["status"]) == (200, 304)
    for line in (full, unchanged):
        assert line["request_id"] == "my-request-0001"
        assert line["method"] == "GET"
        assert line["route"] == "api/v1/accounts/<uuid:id>"
        assert (line["user"], line["book"]) == (str(owner.id), str(book.id))
        assert 0 < line["milliseconds"] < 5000
    assert full["queries"] > unchanged["queries"] == 1


def test_no_secret_address_query_or_body_is_written(tmp_path: Path, owner: User) -> None:
    log = tmp_path / "log"
    with logged(log) as client:
        headers = signed_in(owner)
        client.get(f"{OVERVIEW}?private-query=1", headers=headers)
        client.post("/api/v1/auth/token", json={"email": "private-body@x.org", "password": "p"})
        client.get("/calendar/private-path.ics")
        client.get("/register/private-path")
        client.get("/no/private-path?private-query", headers={"Cookie": "sessionid=private-cookie"})
        client.post("/sign-in", data={"username": "private-body", "password": "private-body"})

    text = log.read_text()
    assert len(of_requests(log)) == 6
    assert "private" not in text
    assert headers["Authorization"].split()[1] not in text


def test_the_platforms_probe_writes_no_line(tmp_path: Path, owner: User) -> None:
    log = tmp_path / "log"
    with logged(log) as client:
        assert client.get("/health").status_code == 200
        assert client.get("/health/ready").status_code == 200

    assert [line["route"] for line in of_requests(log)] == ["health/ready"]


def test_what_happened_becomes_metrics_when_the_worker_ends(
    tmp_path: Path, owner: User, checking: Account
) -> None:
    log = tmp_path / "log"
    with logged(log, METRICS="routes") as client:
        for _ in range(150):
            client.get("/api/v1/accounts", headers=signed_in(owner))

    told = metrics(log)
    ours = [line for line in told if line.get("Route") == "api/v1/accounts"]
    assert sum(line["Requests"] for line in ours) == 150
    for line in ours:
        assert len(line["Latency"]) == line["Requests"] <= 100
        (about,) = line["_aws"]["CloudWatchMetrics"]
        assert about["Namespace"] == "BetterCallBuffet"
        assert about["Dimensions"] == [[], ["Route"]]
        assert {one["Name"]: one["Unit"] for one in about["Metrics"]} == {
            "Latency": "Milliseconds",
            "Requests": "Count",
        }
        assert abs(line["_aws"]["Timestamp"] / 1000 - time.time()) < 60
    (pool,) = [line for line in told if "PoolSize" in line][-1:]
    assert pool["PoolSize"] >= 1
    assert pool["PoolWaiting"] == 0


def test_figures_are_told_at_the_next_probe_after_ten_seconds(tmp_path: Path, owner: User) -> None:
    log = tmp_path / "log"
    with logged(log) as client:
        client.get("/api/v1/accounts", headers=signed_in(owner))
        end = time.monotonic() + 15 * slowness()
        while not metrics(log) and time.monotonic() < end:
            time.sleep(0.5)
            client.get("/health")

        (line,) = [one for one in metrics(log) if one.get("Route") == "api/v1/accounts"]
        assert line["Requests"] == 1
        assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [[]]


def test_a_slow_statement_is_named_without_its_values(
    tmp_path: Path, owner: User, checking: Account
) -> None:
    log = tmp_path / "log"
    with logged(log, SLOW_QUERY_MS="0") as client:
        client.get(
            "/api/v1/transactions?q=private",
            headers=signed_in(owner) | {"X-Request-ID": "a-slow-request"},
        )

    slow = [one for one in lines(log) if one.get("request_id") == "a-slow-request"]
    slow = [one for one in slow if one["logger"] == "buffet.statements"]
    assert slow
    assert all("SELECT" in one["statement"] and one["milliseconds"] >= 0 for one in slow)
    assert any("transactions_transaction" in one["statement"] for one in slow)
    assert "private" not in log.read_text()


def test_people_get_sentences_and_no_line_a_request(tmp_path: Path, owner: User) -> None:
    log = tmp_path / "log"
    with (
        log.open("w") as stdout,
        serving(stdout=stdout, WEB_WORKERS="1", LOG_FORMAT="text") as server,
    ):
        httpx.get(f"{server.url}/api/v1/accounts", headers=signed_in(owner))

    assert log.read_text() == ""


def test_an_error_is_one_line_without_the_row_that_the_database_quotes() -> None:
    # Not beside the raising: a traceback shows its lines.
    quoted = "duplicate key\nDETAIL:  Key (email)=(private@x.org)\nmore private"
    try:
        try:
            raise ValueError(quoted)
        except ValueError as cause:
            raise RuntimeError("could not be kept") from cause
    except RuntimeError:
        record = logging.LogRecord("buffet", 40, "", 0, "failed: %s", ("it",), sys.exc_info())

    text = Lines().format(record)
    line = json.loads(text)
    assert "\n" not in text
    assert (line["level"], line["message"], line["error"]) == (
        "ERROR",
        "failed: it",
        "RuntimeError",
    )
    assert "could not be kept" in line["traceback"]
    assert "duplicate key" in line["traceback"]
    assert "private" not in text


def test_a_log_that_nobody_takes_stops_no_request(owner: User) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with (
        os.fdopen(writing, "w") as stdout,
        serving(stdout=stdout, WEB_WORKERS="1", LOG_FORMAT="json") as server,
    ):
        answer = httpx.get(f"{server.url}/api/v1/accounts", headers=signed_in(owner))

    assert answer.status_code == 200

"""Who comes without the secret of the proxy in front is refused, where there is one."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from buffet.origin import OnlyThroughFront

SECRET = "a-secret-of-the-front-that-nobody-guesses"


def status(path: str, **headers: str) -> int:
    def served(request: HttpRequest) -> HttpResponse:
        return HttpResponse("served")

    return OnlyThroughFront(served)(RequestFactory().get(path, headers=headers)).status_code


@pytest.fixture(autouse=True)
def _front(settings: object) -> None:
    settings.ORIGIN_SECRET = SECRET


def test_who_comes_through_the_front_is_served() -> None:
    assert status("/api/v1/books", **{"X-Origin-Secret": SECRET}) == 200


@pytest.mark.parametrize("sent", ["", "wrong", SECRET[:-1], SECRET + "x", "ß"])
def test_who_passes_by_it_is_refused(sent: str) -> None:
    headers = {"X-Origin-Secret": sent} if sent else {}

    assert status("/api/v1/books", **headers) == 403


def test_the_pipeline_may_ask_the_platforms_address_whether_we_are_ready() -> None:
    assert status("/health/ready") == 200
    assert status("/health/ready/x") == 403

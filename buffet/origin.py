"""Serving only those who come through the proxy in front of us."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.crypto import constant_time_compare


class OnlyThroughFront:
    """Refuse requests without the secret that the proxy in front of us adds.

    A platform's own address stays public when a proxy stands before it, and whoever knows it would
    pass by the proxy's rules, and name any address as theirs.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve the request, or answer 403."""
        sent = request.headers.get("X-Origin-Secret", "")
        # The pipeline asks the platform's address whether a release is ready.
        if request.path == "/health/ready" or constant_time_compare(sent, settings.ORIGIN_SECRET):
            return self.get_response(request)
        return HttpResponse("Come through the front door.", status=403, content_type="text/plain")

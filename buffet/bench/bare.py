"""The measure of all costs: a bare view behind the middleware of a new Django project."""

from collections.abc import Callable

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.test import override_settings
from django.urls import path

MIDDLEWARE = [
    "buffet.bench.bare.bare_addresses",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


def hello(request: HttpRequest) -> JsonResponse:
    """Answer a small JSON."""
    return JsonResponse({"hello": "world"})


urlpatterns = [path("hello", hello)]


def bare_addresses(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Resolve this module's addresses instead of the product's."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.urlconf = "buffet.bench.bare"
        return get_response(request)

    return middleware


def handler() -> WSGIHandler:
    """Return a handler with only this view behind Django's default middleware."""
    with override_settings(MIDDLEWARE=MIDDLEWARE):
        return WSGIHandler()

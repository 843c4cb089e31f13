"""Every address of the product."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views import defaults
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from buffet import api, health
from buffet.rest.problems import problem

handler404 = "buffet.urls.not_found"
handler500 = "buffet.urls.server_error"

api_v1 = [
    path("auth/token", api.TokenView.as_view()),
    path("auth/refresh", api.RefreshView.as_view()),
    path("auth/logout", api.LogoutView.as_view()),
    path("users/me", api.MeView.as_view()),
    path("books", api.BooksView.as_view()),
    path("books/<uuid:id>", api.BookView.as_view()),
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("", include("accounts.urls")),
    path("", include("transactions.urls")),
    path("", include("reports.api_urls")),
]

urlpatterns = [
    path("health/ready", health.ready),
    path("api/v1/", include(api_v1)),
    path("admin/", admin.site.urls),
    path("", include("reports.urls")),
]


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an unknown address: a problem under /api/, a page elsewhere."""
    if request.path.startswith("/api/"):
        return problem(request, 404, "not_found", "There is no such address in this API.")
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an error of ours without its insides: a problem under /api/, a page elsewhere."""
    if request.path.startswith("/api/"):
        return problem(request, 500, "server_error", "Something went wrong on our side.")
    return defaults.server_error(request)

"""Every address of the product."""

import sys

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views import defaults
from drf_spectacular.views import SpectacularSwaggerSplitView

import accounts.urls
import invoices.urls
import reports.api_urls
import transactions.urls
from buffet import health
from buffet.admin.history.page import history
from buffet.admin.second_factor import second_factor
from buffet.api import access, books, document, signing_in, support
from buffet.middleware import of_database
from buffet.rest.problems import problem
from buffet.routing import ByFirstWord

handler400 = "buffet.urls.bad_request"
handler404 = "buffet.urls.not_found"
handler500 = "buffet.urls.server_error"

api_v1 = [
    *transactions.urls.urlpatterns,
    *reports.api_urls.urlpatterns,
    *accounts.urls.urlpatterns,
    *invoices.urls.urlpatterns,
    path("auth/token", signing_in.TokenView.as_view()),
    path("auth/refresh", signing_in.RefreshView.as_view()),
    path("auth/logout", signing_in.LogoutView.as_view()),
    path("auth/register", signing_in.RegisterView.as_view()),
    path("auth/register/confirm", signing_in.RegistrationView.as_view()),
    path("auth/password/forgotten", signing_in.ForgottenView.as_view()),
    path("auth/password/reset", signing_in.ResetView.as_view()),
    path("users/me", access.MeView.as_view()),
    path("users/me/password", access.PasswordView.as_view()),
    path("sessions", access.SessionsView.as_view()),
    path("sessions/<uuid:id>", access.SessionView.as_view()),
    path("tokens", access.TokensView.as_view()),
    path("tokens/<uuid:id>", access.TokenView.as_view()),
    path("books", books.BooksView.as_view()),
    path("books/<uuid:id>", books.BookView.as_view()),
    path("books/<uuid:id>/members", books.MembersView.as_view()),
    path("books/<uuid:id>/members/<uuid:member>", books.MemberView.as_view()),
    path("books/<uuid:id>/invitations", books.InvitationsView.as_view()),
    path("books/<uuid:id>/invitations/<uuid:invitation>", books.InvitationView.as_view()),
    path("books/<uuid:id>/support-access", support.SupportAccessesView.as_view()),
    path("books/<uuid:id>/support-access/<uuid:access>", support.SupportAccessView.as_view()),
    path("invitations/accept", books.AcceptView.as_view()),
    path("schema", document.SchemaView.as_view(), name="schema"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
]

urlpatterns = [
    path("health/ready", health.ready),
    ByFirstWord("api/v1/", api_v1),
    path("admin/history", history, name="staff-history"),
    path("admin/", include("reports.staff_urls")),
    path("admin/second-factor/", second_factor, name="second-factor"),
    path("admin/", admin.site.urls),
    path("", include("reports.urls")),
]


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what no view was asked: a problem under /api/, a page elsewhere."""
    if request.path.startswith("/api/"):
        return problem(request, 400, "bad_request", "This cannot be asked at this host.")
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an unknown address: a problem under /api/, a page elsewhere."""
    if request.path.startswith("/api/"):
        return problem(request, 404, "not_found", "There is no such address in this API.")
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an error of ours without its insides: a problem under /api/, a page elsewhere."""
    in_trouble = of_database(request, sys.exc_info()[1])
    if in_trouble is not None:
        return in_trouble
    if request.path.startswith("/api/"):
        return problem(request, 500, "server_error", "Something went wrong on our side.")
    return defaults.server_error(request)

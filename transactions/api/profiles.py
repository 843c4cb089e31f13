"""The API of import profiles."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.api import DELETED
from buffet.rest import fields, query
from buffet.rest.documents import IDENTITY, PAGING, TEXT, parameter, sort
from buffet.rest.named import SORT, SORTS, containing, named_page
from buffet.rest.pagination import PARAMETERS
from buffet.rest.responses import Response
from buffet.rest.shaping import Shape
from buffet.rest.times import instant
from buffet.rest.views import BookView
from buffet.serializers import page_of
from transactions import profile_serializers as serializers
from transactions import services
from transactions.imports.tables import Profile
from transactions.imports.tables.profile import from_json
from transactions.models import ImportProfile


def read_profile(value: object) -> Profile:
    """Read how a table is read, from a body."""
    return from_json(value, "")


_PROFILE = {
    "name": fields.text(150, least=1),
    "account": fields.optional(fields.identity),
    "profile": read_profile,
}


class ImportProfilesView(BookView):
    """The book's import profiles."""

    shape = Shape(serializers.ImportProfileRead, {})
    parameters = {
        "get": PARAMETERS | SORT | {"q": query.words, "account": query.uuid},
    }

    @extend_schema(
        operation_id="import_profiles_list",
        summary="List import profiles",
        parameters=[
            *PAGING,
            sort(*SORTS),
            parameter("q", "Parts of the name.", TEXT),
            parameter("account", "Only those of this account.", IDENTITY),
        ],
        responses=page_of(serializers.ImportProfileRead),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of profiles, by name."""
        rows = containing(ImportProfile.objects.filter(book=self.book), self.query.get("q", ""))
        if account := self.query.get("account"):
            rows = rows.filter(account=account)
        return Response(named_page(request, self.query, rows, profile_row))

    @extend_schema(
        operation_id="import_profiles_create",
        summary="Keep how a bank's tables are read",
        request=serializers.ImportProfileCreate,
        responses={201: serializers.ImportProfileRead},
    )
    def post(self, request: Request) -> Response:
        """Keep a profile."""
        sent = _named(fields.read(request.data, _PROFILE, required=("name", "profile")))
        profile = services.create_profile(book=self.book, by=self.actor, **sent)
        return Response(profile_row(profile), status=201)


class ImportProfileView(BookView):
    """One import profile."""

    row = ImportProfile
    shape = ImportProfilesView.shape

    @extend_schema(
        operation_id="import_profiles_read",
        summary="Read an import profile",
        responses=serializers.ImportProfileRead,
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Answer with the profile."""
        return Response(profile_row(services.get_profile(self.book, id)))

    @extend_schema(
        operation_id="import_profiles_change",
        summary="Change an import profile",
        request=serializers.ImportProfileChange,
        responses=serializers.ImportProfileRead,
    )
    def patch(self, request: Request, id: UUID) -> Response:
        """Change what was sent."""
        services.get_profile(self.book, id)
        sent = _named(fields.read(request.data, _PROFILE))
        profile = services.change_profile(book=self.book, by=self.actor, profile_id=id, **sent)
        return Response(profile_row(profile))

    @extend_schema(
        operation_id="import_profiles_delete",
        summary="Delete an import profile",
        responses=DELETED,
    )
    def delete(self, request: Request, id: UUID) -> Response:
        """Delete a profile; what was imported with it stays."""
        services.delete_profile(book=self.book, by=self.actor, profile_id=id)
        return Response(status=204)


def _named(sent: dict[str, Any]) -> dict[str, Any]:
    if "account" in sent:
        sent["account_id"] = sent.pop("account")
    return sent


def profile_row(profile: ImportProfile) -> dict[str, Any]:
    """Return a profile as the API shows it."""
    return {
        "id": profile.id,
        "name": profile.name,
        "account": profile.account_id,
        "profile": profile.profile,
        "fingerprint": profile.fingerprint,
        "version": profile.version,
        "created_at": instant(profile.created_at),
        "updated_at": instant(profile.updated_at),
    }

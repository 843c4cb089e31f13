"""The API of what a book's owners let support see."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request

from buffet import serializers, services
from buffet.models import SupportAccess
from buffet.rest import fields
from buffet.rest.documents import PAGING
from buffet.rest.named import id_page
from buffet.rest.pagination import PARAMETERS
from buffet.rest.responses import Response
from buffet.rest.times import instant
from buffet.rest.views import ApiView
from buffet.services.support import LONGEST


class SupportAccessesView(ApiView):
    """Who of a book's owners let support see its amounts, and until when."""

    is_of_book = True
    parameters = {"get": PARAMETERS}

    @extend_schema(
        operation_id="support_access_list",
        summary="List when support was let see a book's amounts",
        parameters=PAGING,
        responses=serializers.page_of(serializers.SupportAccessRead),
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Answer with a page of grants, the newest first; those that ended are among them."""
        services.seat_of(self.caller.id, id)
        rows = SupportAccess.objects.of_book(id)
        return Response(id_page(request, self.query, rows, _access))

    @extend_schema(
        operation_id="support_access_grant",
        summary="Let support see a book's amounts for some days",
        request=serializers.SupportAccessGrant,
        responses={201: serializers.SupportAccessRead},
    )
    def post(self, request: Request, id: UUID) -> Response:
        """Grant it; a new grant replaces the last; owners only."""
        services.refuse_unless_owner(self.caller.id, id)
        known = {"days": fields.whole(1, LONGEST.days)}
        sent = fields.read(request.data, known, required=("days",))
        until = timezone.now() + timedelta(days=sent["days"])
        made = services.grant_support(by=self.actor, book_id=id, expires_at=until)
        return Response(_access(made), status=201)


class SupportAccessView(ApiView):
    """One grant to support."""

    @extend_schema(
        operation_id="support_access_revoke",
        summary="End support's view of a book's amounts",
        responses={204: OpenApiResponse(description="Its amounts are hidden again, at once.")},
    )
    def delete(self, request: Request, id: UUID, access: UUID) -> Response:
        """End it; owners only."""
        services.refuse_unless_owner(self.caller.id, id)
        services.revoke_support(by=self.actor, book_id=id, access_id=access)
        return Response(status=204)


def _access(row: SupportAccess) -> dict[str, Any]:
    return {
        "id": row.id,
        "granted_by": row.granted_by_id,
        "created_at": instant(row.created_at),
        "expires_at": instant(row.expires_at),
        "revoked_at": instant(row.revoked_at) if row.revoked_at else None,
    }

"""The API of vendors."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.api import DELETED
from buffet.errors import NotFound
from buffet.rest import fields, query
from buffet.rest.documents import PAGING, TEXT, parameter, sort
from buffet.rest.named import SORT, SORTS, containing, named_page
from buffet.rest.pagination import PARAMETERS
from buffet.rest.responses import Response
from buffet.rest.shaping import Shape
from buffet.rest.times import instant
from buffet.rest.views import BookView
from buffet.serializers import page_of
from transactions import serializers, services
from transactions.models import Vendor

_VENDOR = {
    "name": fields.text(150, least=1),
    "notes": fields.cleared(fields.text(2000, lines=True)),
}


class VendorsView(BookView):
    """The book's vendors."""

    shape = Shape(serializers.VendorRead, {})
    parameters = {"get": PARAMETERS | SORT | {"q": query.words}}

    @extend_schema(
        operation_id="vendors_list",
        summary="List vendors",
        parameters=[*PAGING, sort(*SORTS), parameter("q", "Parts of the name.", TEXT)],
        responses=page_of(serializers.VendorRead),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of vendors, by name."""
        rows = containing(Vendor.objects.filter(book=self.book), self.query.get("q", ""))
        return Response(named_page(request, self.query, rows, vendor_row))

    @extend_schema(
        operation_id="vendors_create",
        summary="Add a vendor",
        request=serializers.VendorCreate,
        responses={201: serializers.VendorRead},
    )
    def post(self, request: Request) -> Response:
        """Add a vendor."""
        sent = fields.read(request.data, _VENDOR, required=("name",))
        vendor = services.create_vendor(book=self.book, by=self.actor, **sent)
        return Response(vendor_row(vendor), status=201)


class VendorView(BookView):
    """One vendor."""

    row = Vendor
    shape = VendorsView.shape

    def _get(self, id: UUID) -> Vendor:
        vendor = Vendor.objects.filter(book=self.book, id=id).first()
        if vendor is None:
            raise NotFound("There is no such vendor in this book.")
        return vendor

    @extend_schema(
        operation_id="vendors_read", summary="Read a vendor", responses=serializers.VendorRead
    )
    def get(self, request: Request, id: UUID) -> Response:
        """Answer with the vendor."""
        return Response(vendor_row(self._get(id)))

    @extend_schema(
        operation_id="vendors_change",
        summary="Change a vendor",
        request=serializers.VendorChange,
        responses=serializers.VendorRead,
    )
    def patch(self, request: Request, id: UUID) -> Response:
        """Change what was sent."""
        self._get(id)
        sent = fields.read(request.data, _VENDOR)
        vendor = services.change_vendor(book=self.book, by=self.actor, vendor_id=id, **sent)
        return Response(vendor_row(vendor))

    @extend_schema(operation_id="vendors_delete", summary="Delete a vendor", responses=DELETED)
    def delete(self, request: Request, id: UUID) -> Response:
        """Delete a vendor that no transaction names."""
        services.delete_vendor(book=self.book, by=self.actor, vendor_id=id)
        return Response(status=204)


def vendor_row(vendor: Vendor) -> dict[str, Any]:
    """Return a vendor as the API shows it."""
    return {
        "id": vendor.id,
        "name": vendor.name,
        "notes": vendor.notes,
        "version": vendor.version,
        "created_at": instant(vendor.created_at),
        "updated_at": instant(vendor.updated_at),
    }

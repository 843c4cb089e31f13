"""The API of what one transaction would be given."""

from decimal import Decimal
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts import services as chart_services
from accounts.models import Account
from buffet.errors import invalid
from buffet.rest import query
from buffet.rest.documents import AMOUNT, IDENTITY, parameter
from buffet.rest.responses import Response
from buffet.rest.views import BookView
from transactions import rule_serializers as serializers
from transactions.classifying.known import known_of
from transactions.classifying.proposals import Proposer
from transactions.models import Rule, Vendor


class TransactionProposalView(BookView):
    """What one transaction would be given."""

    parameters = {
        "get": {"description": query.words, "amount": query.amount, "account": query.uuid}
    }

    @extend_schema(
        operation_id="transactions_proposal",
        summary="Read what a transaction would be given",
        parameters=[
            parameter(
                "description", "Its text.", {"type": "string", "maxLength": 200}, required=True
            ),
            parameter("amount", "Its signed amount; money that goes out by default.", AMOUNT),
            parameter("account", "The account that it moves.", IDENTITY),
        ],
        responses=serializers.TransactionProposalRead,
    )
    def get(self, request: Request) -> Response:
        """Answer with a category and a vendor by rules and history, and the reasons."""
        if "description" not in self.query:
            raise invalid("?description", "required", "Say the text of the transaction.")
        account_id = self.query.get("account")
        if account_id is not None:
            chart_services.get_real_account(self.book, account_id)
        amount = self.query.get("amount", Decimal(-1))
        proposer = Proposer.of(known_of(self.book_id))
        given = proposer.given(self.query["description"], amount, account_id)
        reason = next(
            (one for one in (given.category_reason, given.vendor_reason) if ":" in one), ""
        )
        rule_id = UUID(reason.partition(":")[2]) if reason else None
        return Response(
            {
                "category": given.category_id,
                "category_name": self._name(Account, given.category_id),
                "category_reason": given.category_reason,
                "vendor": given.vendor_id,
                "vendor_name": self._name(Vendor, given.vendor_id),
                "vendor_reason": given.vendor_reason,
                "rule": rule_id,
                "rule_name": self._name(Rule, rule_id),
                "count": given.count,
            }
        )

    def _name(self, model: type[Account | Vendor | Rule], id: UUID | None) -> str | None:
        if id is None:
            return None
        rows = model._default_manager.filter(book_id=self.book_id, id=id)
        return rows.values_list("name", flat=True).first()

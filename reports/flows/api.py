"""The API of the reports of periods."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from buffet.rest import query
from buffet.rest.documents import CODE, parameter
from buffet.rest.responses import Response
from reports import asking
from reports.asking import Asked
from reports.flows import documents, serializers, worth_documents, worth_serializers
from reports.known.doors import ReportView
from reports.queries.timeline import timeline

#: The period that each report is about when none is asked for.
CASH_FLOW = SPENDING = NET_WORTH = "last-12-months"
TRIAL_BALANCE = TIMELINE = "this-month"


#: An account is told in its own currency: in no other unless it is asked for.
IN_CURRENCY = parameter(
    "currency",
    "Each balance in this currency, too, at the rate of its day.",
    {"type": "string", "pattern": CODE},
)


def _without(*names: str) -> tuple[Mapping[str, query.Reader], list[Any]]:
    """Return the parameters of a report and their documents, but for some that it does not know."""
    return (
        {name: reader for name, reader in asking.PARAMETERS.items() if name not in names},
        [one for one in asking.DOCUMENTS if one.name not in names],
    )


class _ReportView(ReportView):
    """A report of a period."""

    default: ClassVar[str]
    document: "ClassVar[staticmethod[[Asked], dict[str, Any]]]"

    def answer(self) -> Response:
        """Answer with the report that the parameters ask for."""
        return Response(type(self).document(asking.of_view(self, self.default)))


class CashFlowView(_ReportView):
    """What came in and went out."""

    parameters = {"get": asking.PARAMETERS}
    default, document = CASH_FLOW, staticmethod(documents.of_cash_flow)

    @extend_schema(
        operation_id="reports_cash_flow",
        summary="Income, expenses and savings by month",
        parameters=asking.DOCUMENTS,
        responses=serializers.CashFlowRead,
    )
    def get(self, request: Request) -> Response:
        """Answer with the cash flow."""
        return self.answer()


class SpendingView(_ReportView):
    """Where the money went."""

    parameters = {"get": asking.PARAMETERS}
    default, document = SPENDING, staticmethod(documents.of_spending)

    @extend_schema(
        operation_id="reports_spending",
        summary="Spending by category and month",
        parameters=asking.DOCUMENTS,
        responses=serializers.SpendingRead,
    )
    def get(self, request: Request) -> Response:
        """Answer with the spending."""
        return self.answer()


class NetWorthView(_ReportView):
    """What one was worth, month by month."""

    _known, _documents = _without("categories")
    parameters = {"get": _known}
    default, document = NET_WORTH, staticmethod(worth_documents.of_net_worth)

    @extend_schema(
        operation_id="reports_net_worth",
        summary="Net worth by month, and what moved it",
        parameters=_documents,
        responses=worth_serializers.NetWorthRead,
    )
    def get(self, request: Request) -> Response:
        """Answer with net worth by month."""
        return self.answer()


class TrialBalanceView(_ReportView):
    """Every account of the chart."""

    parameters = {"get": asking.PARAMETERS}
    default, document = TRIAL_BALANCE, staticmethod(documents.of_trial_balance)

    @extend_schema(
        operation_id="reports_trial_balance",
        summary="The trial balance of a period",
        parameters=asking.DOCUMENTS,
        responses=serializers.TrialBalanceRead,
    )
    def get(self, request: Request) -> Response:
        """Answer with the trial balance."""
        return self.answer()


class TimelineView(ReportView):
    """An account day by day."""

    _known, _documents = _without("currency", "accounts", "categories")
    _documents = [*_documents, IN_CURRENCY]
    parameters = {"get": {**_known, "currency": asking.currency}}

    @extend_schema(
        operation_id="reports_account_timeline",
        summary="An account's balance at the end of each day",
        parameters=_documents,
        responses=serializers.TimelineRead,
    )
    def get(self, request: Request, account: UUID) -> Response:
        """Answer with each day of the period.

        With `currency`, each balance stands there `converted`, too, with the rate of its day.
        """
        asked = asking.of_view(self, TIMELINE)
        found = timeline(asked, account, self.query.get("currency", ""))
        return Response(documents.of_timeline(asked, found))

"""The pages of investments: how they did, and what a figure of that was made of."""

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render

from buffet.rest import query
from reports import asking
from reports import faces as all_faces
from reports.book_page import FACES, read, report_page
from reports.content import content
from reports.flows.picking import Picker
from reports.flows.views import Report
from reports.investments import contexts, documents, faces
from reports.investments.api import DEFAULT, PARAMETERS
from reports.queries.investment_rows import PieceRows, piece_rows
from reports.queries.performance import performance
from reports.queries.tracks import Piece
from reports.requests import PageRequest

_INVESTMENTS = Report(
    "investments",
    DEFAULT,
    performance,
    documents.of_performance,
    faces.performance_rows,
    contexts.performance,
    PARAMETERS,
)


@report_page
def investments(request: PageRequest) -> HttpResponseBase:
    """How did my investments do?"""
    return _INVESTMENTS.answer(request)


_PIECE = {"of": query.one_of(*(str(one) for one in Piece))}


@report_page
def investment_rows(request: PageRequest) -> HttpResponseBase:
    """Which transactions make this figure?"""
    sent = read(request, {"format": FACES, **PARAMETERS, **_PIECE})
    asked = asking.of_page(request, sent, DEFAULT)

    def found() -> PieceRows:
        return piece_rows(asked, Piece(sent.get("of", Piece.CONTRIBUTIONS)))

    if sent["format"] == "json":
        return all_faces.as_json(documents.of_piece(found()))
    if sent["format"] in all_faces.TABLES:
        period = asked.period
        name = f"investments-rows-{period.since}-{period.until}"
        return all_faces.as_table(sent["format"], name, faces.piece_rows(found()))

    def context() -> dict[str, Any]:
        return contexts.piece(found()) | {
            "asked": asked,
            "picker": Picker.of(request, asked.period),
        }

    body = content(request, "reports/flows/investment-rows.html", context)
    return render(request, "reports/investment-rows.html", {"asked": asked, "body": body})

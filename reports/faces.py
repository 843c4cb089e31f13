"""The other faces of a page: JSON as the API writes it, and CSV that spreadsheets can trust."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

from accounts.rates import digits
from buffet.cells import harmless
from buffet.money import text
from buffet.rest.responses import Response
from reports.queries import PortfolioOverview, PortfolioSince
from reports.queries.portfolio import AccountLine
from reports.queries.portfolio_part import PortfolioPart
from reports.spreadsheets import as_xlsx


def as_json(document: dict[str, Any]) -> HttpResponse:
    """Return a document as JSON."""
    return Response(document)


#: The faces that are tables for spreadsheets.
TABLES = ("csv", "xlsx")


def as_table(face: str, name: str, rows: Iterable[list[object]]) -> HttpResponseBase:
    """Return rows as a file of one of `TABLES`; `name` is the file's, without what it ends with."""
    if face == "xlsx":
        return as_xlsx(f"{name}.xlsx", rows)
    return as_csv(f"{name}.csv", rows)


def as_csv(file_name: str, rows: Iterable[list[object]]) -> StreamingHttpResponse:
    """Return rows as a CSV file, written while they are read."""
    response = StreamingHttpResponse(lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


class _Echo:
    """Hand each written line back to whoever asks the writer for it."""

    def write(self, line: str) -> str:
        return line


def lines(rows: Iterable[list[object]]) -> Iterator[str]:
    """Yield rows as the lines of a CSV file whose cells no spreadsheet takes for formulas."""
    writer = csv.writer(_Echo())
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def overview_rows(report: PortfolioOverview) -> Iterator[list[object]]:
    """Yield the overview's accounts."""
    return account_lines(PortfolioPart(report.as_of, report.currency, report.accounts))


def account_lines(part: PortfolioPart) -> Iterator[list[object]]:
    """Yield accounts with their balances, as they are and in the report's currency."""
    yield [*_OF_ACCOUNT, *_standing(part.currency)]
    for line in part.lines:
        yield [*_about(line), *_stands(line)]


def changed_lines(found: PortfolioSince) -> Iterator[list[object]]:
    """Yield accounts with what was on them before, what is on them, and how that changed."""
    currency = found.now.currency
    names = _standing(currency)
    yield [*_OF_ACCOUNT, *(f"{name} before" for name in names), *names, f"change in {currency}"]
    for one in found.lines:
        change = "" if one.change is None else text(one.change.amount, currency)
        yield [*_about(one.now), *_stands(one.before), *_stands(one.now), change]


_OF_ACCOUNT = ("account", "type", "kind", "broker", "currency")


def _about(line: AccountLine) -> list[object]:
    return [line.name, line.type, line.kind, line.broker, line.balance.currency]


def _standing(currency: str) -> list[str]:
    """Return what the columns are called that `_stands` has."""
    return ["balance", f"in {currency}", "rate", "rate date", "rate source", "rate status"]


def _stands(line: AccountLine) -> list[object]:
    converted, rate = line.converted, line.rate
    return [
        text(line.balance.amount, line.balance.currency),
        "" if converted is None else text(converted.amount, converted.currency),
        digits(rate.rate) if rate.rate else "",
        rate.as_of or "",
        rate.source,
        rate.status,
    ]


def account_rows(rows: Iterable[dict[str, Any]]) -> Iterator[list[object]]:
    """Yield an account's transactions with the balance after each."""
    yield ["date", "description", "vendor", "category", "status", "amount", "balance", "currency"]
    for row in rows:
        yield [
            row["date"].isoformat(),
            row["description"],
            row["vendor_name"] or "",
            row["about"],
            row["status"],
            text(row["moved"].amount, row["moved"].currency),
            text(row["after"].amount, row["after"].currency),
            row["moved"].currency,
        ]

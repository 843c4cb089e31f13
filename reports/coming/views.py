"""The page of what is coming: read the request, ask one question, set it."""

from datetime import date

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from reports import faces
from reports.asking import currency
from reports.book_page import FACES, book_page, read
from reports.coming import calendar, contexts
from reports.coming import faces as own
from reports.coming.supposing import PARAMETERS, Supposing
from reports.queries.forecast import forecast
from reports.queries.month import of_month


@book_page
def coming(request: HttpRequest, month: date | None = None) -> HttpResponseBase:
    """What is to come this month, and where does it lead?"""
    today = request.today
    shown = month or today.replace(day=1)
    is_now = shown == today.replace(day=1)
    known = {"format": FACES, "currency": currency, **(PARAMETERS if is_now else {})}
    sent = read(request, known)
    last = calendar.end_of(shown)
    found = forecast(request.book.id, today, calendar.foreseen_until(shown, today))
    rows = of_month(found, shown, last)
    if sent["format"] == "csv":
        return faces.as_csv(f"coming-{shown:%Y-%m}.csv", own.csv_rows(shown, rows))
    form = Supposing(request, found) if is_now else None
    supposed = form.supposed() if form else None
    if sent["format"] == "json":
        if form:
            form.insist()
        return faces.as_json(own.document(shown, rows, (supposed or found) if is_now else None))
    context = contexts.month(shown, rows, found) | {"form": form, "as_of": today}
    if is_now:
        context |= contexts.forecast(found, supposed)
    status = 400 if form and form.is_bound and form.errors else 200
    return render(request, "reports/coming.html", context, status=status)

"""What staff see of a book that is no row of a table: what is to come, as its people see it."""

from datetime import date
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from buffet.admin.masking import sees_amounts
from buffet.models import Book
from reports.coming import calendar, contexts
from reports.queries.forecast import forecast
from reports.queries.month import of_month


@admin.site.admin_view
@require_safe
def coming(request: HttpRequest, id: UUID, month: date | None = None) -> HttpResponse:
    """Show the bills of a month in a calendar, and with this month where they lead."""
    if not request.user.has_perm("buffet.view_book"):
        raise PermissionDenied
    book = Book.objects.filter(id=id).first()
    if book is None:
        raise Http404
    if not sees_amounts(request, book.id):
        raise PermissionDenied
    today = book.day(timezone.now())
    shown = month or today.replace(day=1)
    found = forecast(book.id, today, calendar.foreseen_until(shown, today))
    rows = of_month(found, shown, calendar.end_of(shown))
    context = contexts.month(shown, rows, found) | contexts.forecast(found, None)
    own = {"title": f"What is coming in {book.name}", "book": book, "as_of": today}
    site = admin.site.each_context(request)
    return render(request, "reports/staff_coming.html", {**site, **context, **own})

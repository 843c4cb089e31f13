"""The first page of the admin: the service at a glance, as far as one may look at it."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from buffet import money
from buffet.admin.masking import HIDDEN, sees_amounts
from reports.supervising import figures

#: Days after which somebody should verify the books again.
STALE = timedelta(days=7)


def board(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the figures of the board to what the page has; its price does not grow with the books."""
    now = timezone.now()
    may = request.user.has_perm
    own: dict[str, Any] = {}
    if may("buffet.view_book"):
        own["sizes"] = figures.sizes()
    if may("transactions.view_transaction"):
        own["volume"] = figures.volume(now)
        own["volume_limit"] = figures.MOST_A_DAY
    if may("transactions.view_import"):
        stopped = figures.stopped_imports()
        for row in stopped:
            row["address"] = reverse("admin:transactions_import_change", args=[row["id"]])
        own["stopped"] = {"rows": stopped, "count": figures.first(stopped)}
    if may("transactions.view_verification"):
        own["integrity"] = _integrity(now)
    if may("invoices.view_invoice"):
        own["overdue"] = _overdue(request)
    if may("buffet.view_slowrequest"):
        own["connections"] = figures.connections()
        own["slow"] = figures.slow_requests()
    return context | {"board": own}


def _integrity(now: Any) -> dict[str, Any]:
    last = figures.last_verification()
    broken = figures.broken_books()
    for row in [*broken, *([last] if last else ())]:
        row["address"] = reverse("admin:transactions_verification_change", args=[row["id"]])
    return {
        "last": last,
        "holds": last is not None and last["broken"] == "{}",
        "is_stale": last is None or now - last["verified_at"] > STALE,
        "broken": broken,
    }


def _overdue(request: HttpRequest) -> dict[str, Any]:
    found = figures.overdue()
    for row in found:
        row["address"] = reverse("admin:invoices_invoice_change", args=[row["invoice_id"]])
        left = money.text(row["left"], row["currency"])
        is_shown = sees_amounts(request, row["book_id"])
        row["left"] = f"{left} {row['currency']}" if is_shown else HIDDEN
    return {"rows": found, "count": figures.first(found)}

"""Staff's view of shared exchange rates: found by pair and day, corrected through the services."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts import quoting
from accounts.models import ExchangeRate, OwnRates
from buffet.admin.base import HouseAdmin, actor
from buffet.admin.verbs import Reason, ask

_CODE = re.compile(r"[A-Za-z]{3}", re.ASCII)


class Correcting(Reason):
    """What a rate should be, and who says so."""

    rate = forms.DecimalField(
        max_digits=24,
        decimal_places=12,
        min_value=Decimal("0.000000000001"),
        widget=UnfoldAdminTextInputWidget,
    )
    source = forms.CharField(max_length=40, widget=UnfoldAdminTextInputWidget)
    field_order: tuple[str, ...] = ("rate", "source", "reason")


class RatePage(HouseAdmin):
    """Rates: the latest first, found by `EUR/USD 2026-05-04` or a part of that."""

    ordering = ("-on", "base", "quote")
    # What currencies are worth is no secret of a book.
    tells_amounts = False
    date_hierarchy = "on"
    search_help_text = "A pair and a day, or one of them: EUR/USD 2026-05-04"
    # Without a field here there is no box to search with.
    search_fields = ("quote",)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet, search_term: str
    ) -> tuple[models.QuerySet, bool]:
        """Find the rates of a pair, of a currency or of a day; a rate by its id."""
        words = search_term.replace("/", " ").split()
        codes = [word.upper() for word in words if _CODE.fullmatch(word)]
        days = [day for word in words if (day := _day(word)) is not None]
        if len(codes) + len(days) < len(words) or len(codes) > 2 or len(days) > 1:
            return super().get_search_results(request, queryset, search_term)
        if len(codes) == 2:
            queryset = queryset.filter(base=codes[0], quote=codes[1])
        elif codes:
            queryset = queryset.filter(models.Q(base=codes[0]) | models.Q(quote=codes[0]))
        return (queryset.filter(on=days[0]) if days else queryset), False


def _day(word: str) -> date | None:
    try:
        return date.fromisoformat(word) if len(word) == 10 else None
    except ValueError:
        return None


@admin.register(ExchangeRate)
class ExchangeRatePage(RatePage):
    """Exchange rates, shared by all books."""

    list_display = ("on", "base", "quote", "rate", "source")
    actions_detail = ("correct",)

    def has_correct_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Correcting is a change of the rate."""
        return request.user.has_perm("accounts.change_exchangerate")

    @action(description="Correct", permissions=["correct"], url_path="correct")
    def correct(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Correct a rate for all books."""
        found = _found(object_id)
        back = reverse("admin:accounts_exchangerate_change", args=[found.pk])

        def does(sent: dict[str, Any], rows: Any) -> str:
            quoting.correct_shared_rate(by=actor(request), rate_id=found.pk, **sent)
            return back

        return ask(
            request,
            title=f"Correct {found.base}/{found.quote} of {found.on}",
            verb="Correct",
            back=back,
            does=does,
            form=Correcting,
            initial={"rate": f"{found.rate.normalize():f}", "source": found.source},
            sentence="It changes figures of all books. A later load of rates may change it again.",
        )


def _found(object_id: str) -> ExchangeRate:
    """Return a rate by its id as an address has it."""
    try:
        found = ExchangeRate.objects.filter(pk=object_id).first()
    except (ValueError, ValidationError):
        found = None
    if found is None:
        raise Http404
    return found


@admin.register(OwnRates)
class OwnRatesPage(HouseAdmin):
    """At which version of a book its own rates last changed."""

    list_display = ("book", "version")
    list_select_related = ("book",)
    ordering = ("-book_id",)

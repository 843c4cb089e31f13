"""Amounts that a member of staff may not see are hidden in lists, documents and histories.

What is neither text nor a day nor a reference is taken for an amount, and so are the digits of
whatever a page makes up itself: a new column is hidden until somebody says that it is harmless.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import display_for_field, label_for_field, lookup_field
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from buffet.models import Book, SupportAccess
from buffet.requests import ours
from buffet.roles import SEE_AMOUNTS

HIDDEN = "•••"
#: Tags, ids, days and times stay; other numbers go.
_NUMBERS = re.compile(
    r"(<[^>]*>|&\#?\w+;|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|(?<!\d)\d{4}-\d\d(?:-\d\d)?(?!\d|[.,-]\d)|(?<![\d.,])\d\d:\d\d(?::\d\d)?(?!\d|[.,:]\d))"
    r"|[-−+]?\d[\d.,]*"
)
_PLAIN = (
    *(models.CharField, models.TextField, models.DateField, models.TimeField, models.UUIDField),
    *(models.BooleanField, models.IntegerField, models.ForeignKey),
)


def without_numbers(said: Any) -> SafeString:
    """Return a text or HTML with its numbers hidden, but for days, times and ids."""
    shown = conditional_escape(said)
    return mark_safe(_NUMBERS.sub(lambda found: found[1] or HIDDEN, shown))


def sees_amounts(request: HttpRequest, book_id: Any) -> bool:
    """Whether somebody may see the amounts of a book: of all, or since its owner lets them."""
    if request.user.has_perm(SEE_AMOUNTS):
        return True
    kept = ours(request)
    if not hasattr(kept, "books_shown"):
        # Asked once for all rows of a request.
        current = SupportAccess.objects.current().values_list("book_id", flat=True)
        kept.books_shown = frozenset(current)
    return book_id in kept.books_shown


def has_amounts(model: type[models.Model]) -> bool:
    """Whether rows of a table tell of money by their own columns."""
    return any(isinstance(one, models.DecimalField) for one in model._meta.concrete_fields)


def may_be_amount(field: models.Field) -> bool:
    """Whether what a column holds, or a row that it refers to is called, may tell an amount."""
    if isinstance(field, models.ForeignKey):
        return has_amounts(field.related_model)
    return not isinstance(field, _PLAIN)


class Discreet:
    """A row whose name does not tell its amount; all else is the row's."""

    def __init__(self, row: models.Model) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)

    def __str__(self) -> str:
        return without_numbers(str(self._row))


class MasksAmounts(ModelAdmin):
    """A page of the admin that hides the amounts of books whose owners have not granted access."""

    #: Whether what the page shows can be an amount of a book at all.
    tells_amounts: bool | None = None
    #: Columns of pages' own making that are names, months or what people said.
    harmless: Sequence[str] = ("card_name", "month_name", "plan_name", "who", "reason", "days")

    def _masks(self, request: HttpRequest) -> bool:
        is_of_books = any(one.name == "book" for one in self.model._meta.fields)
        tells = self.tells_amounts
        return (is_of_books if tells is None else tells) and not request.user.has_perm(SEE_AMOUNTS)

    def _hides(self, request: HttpRequest, obj: Any) -> bool:
        book_id = obj.pk if isinstance(obj, Book) else getattr(obj, "book_id", None)
        return obj is not None and self._masks(request) and not sees_amounts(request, book_id)

    def _is_harmless(self, name: Any) -> bool:
        if callable(name) or name in self.harmless:
            return name in self.harmless
        field = _field(self.model, name)
        if field is None:
            made = getattr(self, name, None) or getattr(self.model, name, None)
            return bool(getattr(made, "boolean", False))
        return not may_be_amount(field)

    def _masked(self, name: Any, request: HttpRequest) -> Callable[[Any], Any]:
        """Return a column that shows what another one does, if one may see it."""

        def column(obj: Any) -> Any:
            field, _, value = lookup_field(name, obj, self)
            if field is not None and not field.is_relation:
                value = display_for_field(value, field, "—")
            if value is None or not self._hides(request, obj):
                return value
            return without_numbers(value) if isinstance(value, str) else HIDDEN

        column.__name__ = name if isinstance(name, str) else name.__name__
        label = str(label_for_field(name, self.model, self))
        return admin.display(description=label)(column)

    def _discreet(self, names: Sequence[Any], request: HttpRequest) -> list[Any]:
        return [
            self._discreet(one, request)
            if isinstance(one, (list, tuple))
            else one
            if self._is_harmless(one)
            else self._masked(one, request)
            for one in names
        ]

    def get_list_display(self, request: HttpRequest) -> list[Any] | tuple[Any, ...]:
        """Hide amounts in the list; what is hidden is no order to sort by either."""
        names = super().get_list_display(request)
        return self._discreet(names, request) if self._masks(request) else names

    def get_list_filter(self, request: HttpRequest) -> list[Any] | tuple[Any, ...]:
        """Leave out what would tell amounts by filtering."""
        found = super().get_list_filter(request)
        if not self._masks(request):
            return found
        return [
            one
            for one in found
            if not self._reaches_amount(one[0] if isinstance(one, tuple) else one)
        ]

    def get_search_fields(self, request: HttpRequest) -> list[str] | tuple[str, ...]:
        """Search no amounts that one may not see."""
        found = super().get_search_fields(request)
        if not self._masks(request):
            return found
        return [one for one in found if not self._reaches_amount(one)]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Refuse addresses that would find rows by their amounts."""
        if self._masks(request) and self._reaches_amount(lookup):
            return False
        return super().lookup_allowed(lookup, value, request)

    def _reaches_amount(self, path: Any) -> bool:
        """Whether a path of names ends at something that is not plain."""
        model, field = self.model, None
        for name in str(path).lstrip("^=@-").split("__"):
            try:
                field = model._meta.get_field(name)
            except FieldDoesNotExist:
                break
            if field.is_relation:
                model = field.related_model
        return field is not None and not field.is_relation and not isinstance(field, _PLAIN)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Hide amounts in the document of a row."""
        found = super().get_fieldsets(request, obj)
        if not self._hides(request, obj):
            return found
        return [
            (name, {**options, "fields": self._discreet(options["fields"], request)})
            for name, options in found
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **more: Any
    ) -> HttpResponse:
        """Hide an amount that a row is called by."""
        row = more.get("obj")
        if row is not None and has_amounts(self.model) and self._hides(request, row):
            context |= {"original": Discreet(row), "subtitle": without_numbers(str(row))}
        return super().render_change_form(request, context, *args, **more)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Hide an amount that a row is called by, on the page of what staff did."""
        row = self.get_object(request, object_id)
        if row is not None and has_amounts(self.model) and self._hides(request, row):
            name = without_numbers(str(row))
            extra_context = {"title": name, "object": Discreet(row)} | (extra_context or {})
        return super().history_view(request, object_id, extra_context)


def _field(model: type[models.Model], name: str) -> models.Field | None:
    """Return a column of a table; None for whatever else has a name."""
    try:
        found = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, models.Field) else None

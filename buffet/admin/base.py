"""What every page of the admin has in common: quick lists, read-only rows, visible history."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured, ValidationError
from django.db import models
from django.db.models.expressions import Combinable
from django.http import Http404, HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from buffet.admin.exporting import export
from buffet.admin.history import additions, reading
from buffet.admin.lists import MONTH, EstimatingPaginator, HouseChangeList, beginning, span_of
from buffet.admin.masking import MasksAmounts
from buffet.admin.reason import Reason
from buffet.audit import Actor, acting
from buffet.models import User
from buffet.requests import ours, signed_in

#: A filter of a list: a column's, a column's of a kind, or one of its own.
Filter = str | tuple[str, type[admin.FieldListFilter]] | type[admin.ListFilter]


def address_of(row: models.Model) -> str:
    """Return the address of a row's page."""
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return reverse(name, args=[row.pk])


def actor(request: HttpRequest) -> Actor:
    """Return the member of staff as the history will name them: the same all through a request."""
    kept = ours(request)
    if not hasattr(kept, "staff"):
        user = signed_in(request)
        kept.staff = Actor(user.pk, "admin", kept.id, user.email)
    return kept.staff


class HouseAdmin(MasksAmounts, ModelAdmin):
    """A page of staff: everything can be read; a subclass says what may change, and how."""

    show_full_result_count = False
    paginator = EstimatingPaginator
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    list_filter: ClassVar[tuple[Filter, ...]] = ()
    list_filter_submit = True
    compressed_fields = True
    ordering: ClassVar[tuple[str, ...]] = ("-id",)
    change_list_template = "admin/house/change_list.html"
    #: Looked up by their beginning, whatever the case, beside the ids; of a large table the first
    #: has an index for that.
    search_fields: ClassVar[tuple[str, ...]] = ()
    #: The reference that is searched instead of the rows, as its own page searches.
    searched_through = ""
    #: Looked up as they are, if one searches for an id.
    search_ids: Sequence[str] = ("pk",)
    #: May have a million rows: ordered, narrowed and spanned only as indexes are.
    is_large = False
    #: References by which the list is narrowed, each with the order that it then has; the book's
    #: where there is one.
    narrowed_by: Mapping[str, tuple[str, ...]] | None = None
    #: Of a large table: whether what no index knows is asked of a month or less.
    filters_days = False
    is_editable = False
    actions: tuple[str, ...] = ("export_selection",)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        # The page asks for each of its texts several times.
        for name in {*self.readonly_fields, "history"}:
            if callable(text := getattr(self, name, None)):
                setattr(self, name, _once(name, text))

    @admin.action(description="Export the selection", permissions=["view"])
    def export_selection(self, request: HttpRequest, rows: models.QuerySet) -> Any:
        """Answer with the rows as a file."""
        sent = request.POST if "asked" in request.POST else None
        return export(self, request, rows, Reason(sent))

    def row(self, object_id: str, *related: str) -> Any:
        """Return the row that a verb is about.

        :raises Http404: if there is none.
        """
        rows = self.model._default_manager.select_related(*related)
        try:
            return rows.get(pk=self.opts.pk.to_python(object_id))
        except (self.model.DoesNotExist, ValidationError, OverflowError):
            raise Http404 from None

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet, search_term: str
    ) -> tuple[models.QuerySet, bool]:
        """Find a row by its id, or rows by the beginning of a text."""
        term = search_term.strip().replace("\x00", "")
        if not term:
            return queryset, False
        try:
            id = UUID(term)
        except ValueError:
            return self.find(queryset, term), False
        found = models.Q()
        for name in self.search_ids:
            found |= models.Q(**{name: id})
        return queryset.filter(found), False

    def find(self, rows: models.QuerySet, term: str) -> models.QuerySet:
        """Find rows by a text."""
        if self.searched_through:
            page = self._page_searched()
            found = page.find(page.model._default_manager.order_by(), term)
            return rows.filter(**{f"{self.searched_through}__in": found.values("pk")})
        if not self.search_fields:
            return rows.none()
        return beginning(rows, self.search_fields, term, in_order=self.is_large)

    def _page_searched(self) -> "HouseAdmin":
        field = self.opts.get_field(self.searched_through)
        if isinstance(field, models.ForeignKey):
            page = self.admin_site.get_model_admin(field.related_model)
            if isinstance(page, HouseAdmin):
                return page
        raise ImproperlyConfigured(f"{self} cannot be searched through {self.searched_through}.")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """Let each row know who made it, where that is shown."""
        rows = super().get_queryset(request)
        if not any(field.name == "created_by" for field in self.opts.concrete_fields):
            return rows
        makers = User.objects.filter(pk=models.OuterRef("created_by")).values("email")
        return rows.annotate(maker_email=models.Subquery(makers))

    @admin.display(description="Created by")
    def maker(self, obj: Any) -> str:
        """Return who made the row."""
        return obj.maker_email or obj.created_by or "—"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[HouseChangeList]:
        """Return the list with our steps from year to day."""
        return HouseChangeList

    def get_sortable_by(self, request: HttpRequest) -> list[Any] | tuple[Any, ...]:
        """Sort by columns what is not large."""
        return () if self.is_large else super().get_sortable_by(request)

    def get_list_filter(self, request: HttpRequest) -> list[Any] | tuple[Any, ...]:
        """Put what the list is narrowed by before the other filters.

        No index knows the others: those of a large table come when it is narrowed, if need be to
        a month.
        """
        narrowing = [(name, AutocompleteSelectFilter) for name in self._narrowing()]
        others = self.can_be_spanned(request)
        if others and self.filters_days:
            span = span_of(self.date_hierarchy, request.GET)
            others = span is not None and (span[1] - span[0]).days <= MONTH
        return [*narrowing, *(super().get_list_filter(request) if others else ())]

    def get_ordering(
        self, request: HttpRequest
    ) -> list[str | Combinable] | tuple[str | Combinable, ...]:
        """Order a narrowed list as the index has it by which it was narrowed."""
        chosen = self._chosen(request)
        return self._narrowing()[chosen] if chosen else super().get_ordering(request)

    def narrowed(self, request: HttpRequest, rows: models.QuerySet) -> models.QuerySet:
        """Return the rows of what was chosen to narrow the list."""
        chosen = self._chosen(request)
        return rows.filter(**{chosen: request.GET[_parameter(chosen)]}) if chosen else rows

    def can_be_spanned(self, request: HttpRequest) -> bool:
        """Whether its first and last day are found without reading all rows."""
        return not self.is_large or self._chosen(request) is not None

    def narrowing_hint(self) -> str:
        """Return what to choose before days are offered."""
        names = [str(label_for_field(name, self.model)) for name in self._narrowing()]
        return f"Choose a {' or '.join(names)} among the filters to go by days." if names else ""

    def filters_hint(self) -> str:
        """Return what comes when a month is chosen."""
        if not self.filters_days:
            return ""
        return f"Choose a month to filter by {' or '.join(map(_name_of, self.list_filter))}."

    def _narrowing(self) -> Mapping[str, tuple[str, ...]]:
        if self.narrowed_by is not None:
            return self.narrowed_by
        try:
            self.opts.get_field("book")
        except FieldDoesNotExist:
            return {}
        return {"book": self.ordering}

    def kept_without_days(self, name: str) -> bool:
        """Whether a parameter of the list's address stays when more than a month is shown."""
        return not self.filters_days or name in {SEARCH_VAR, *map(_parameter, self._narrowing())}

    def _chosen(self, request: HttpRequest) -> str | None:
        for name in self._narrowing():
            try:
                UUID(request.GET.get(_parameter(name), ""))
            except ValueError:
                continue
            return name
        return None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow additions only where rows are editable here."""
        return self.is_editable and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow changes only where rows are editable here."""
        return self.is_editable and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Delete nothing here: what may be deleted has a verb of its own."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Show the row's history below its fields."""
        fields = ["maker", *super().get_readonly_fields(request, obj)]
        return [*fields, "history"] if obj is not None and _is_tracked(self.model) else fields

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save with the history knowing who and which door."""
        with acting(by=actor(request)):
            super().save_model(request, obj, form, change)

    @admin.display(description="History")
    def history(self, obj: Any) -> str:
        """Return what happened to the row, newest first."""
        return timeline(obj)


def _once(name: str, text: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a text of a row's page that is made once for each object."""

    @wraps(text)
    def kept(obj: Any) -> Any:
        known = vars(obj).setdefault("_texts", {})
        if name not in known:
            known[name] = text(obj)
        return known[name]

    return kept


def _parameter(reference: str) -> str:
    """Return by which name the filter of a reference goes in an address."""
    return f"{reference}__id__exact"


def _name_of(one: Filter) -> str:
    if isinstance(one, tuple):
        return one[0]
    return one if isinstance(one, str) else str(one.title)


def _is_tracked(model: type[models.Model]) -> bool:
    return hasattr(model, "pgh_event_models")


def timeline(obj: models.Model, *related: tuple[type[models.Model], str]) -> str:
    """Return the history of a row, and of the rows of other models that name it, as HTML."""
    told = reading.of_rows(
        (type(obj), "pk", obj.pk), *((model, field, obj.pk) for model, field in related)
    )
    if added := additions.of_row(obj):
        # What was restored had been there before: it came after its last deletion, and after all
        # that went with it.
        gone = (place for place, one in enumerate(told) if one.is_deletion_of(obj))
        place = next(gone, len(told))
        while 0 < place < len(told) and told[place - 1].at == told[place].at:
            place -= 1
        told.insert(place, added)
    return render_to_string("admin/house/timeline.html", {"steps": told})

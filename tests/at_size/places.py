"""Where staff can go in the admin: found in its own registry, so that nothing is forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import reverse
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from buffet.models import Book, User
from transactions.models import Import

#: What no text begins with.
MISS = "zzzz no such thing"
#: How many signs of a text are searched: few, so that many rows begin with them.
SIGNS = 3


@dataclass(frozen=True, slots=True)
class Place:
    """An address of the admin: called the same at every size, while its ids are others."""

    name: str
    address: str
    #: What is done with the rows of a list that are ticked.
    ticks: str = ""
    #: A form whose preview is asked for.
    is_form: bool = False
    #: Data for a script: nothing to look at.
    is_data: bool = False

    @property
    def verb(self) -> str:
        """What is done there, if something is."""
        return self.ticks or self.address.rstrip("/").rsplit("/", 1)[1]


def places(staff: User, book: Book) -> list[Place]:
    """Return every place, with rows of a book where a table has any."""
    found = [*_of_all(book)]
    for page in sorted(admin.site._registry.values(), key=lambda one: one.opts.label_lower):
        found += _of_table(page, staff, book)
    return found


def _of_all(book: Book) -> Iterator[Place]:
    history = reverse("staff-history")
    yield Place("board", reverse("admin:index"))
    yield Place("search, many", f"{reverse('admin:search')}?s=Pu", is_data=True)
    yield Place("password", reverse("admin:password_change"))
    yield Place("second factor", reverse("second-factor"))
    yield Place("coming", reverse("staff-coming", args=[book.pk]))
    for app in ("accounts", "buffet", "invoices", "transactions"):
        yield Place(f"tables of {app}", reverse("admin:app_list", args=[app]))
    for name, asked in (
        ("", {}),
        (", a book's", {"book": book.pk}),
        (", a door's", {"door": "command"}),
        (", words", {"words": "demo"}),
        (", words that nobody wrote", {"words": MISS}),
        (", a span", {"first": "2020-01-01", "last": "2099-12-31"}),
    ):
        yield Place(f"history{name}", f"{history}?{urlencode(asked)}")


def _of_table(page: Any, staff: User, book: Book) -> Iterator[Place]:
    label = page.opts.label_lower
    base = address(page, "changelist")
    first, last = _ends(page, staff, book)
    yield from _lists(page, staff, label, base, {})
    for name, one in _narrowing(page, book, last):
        yield from _lists(page, staff, f"{label} of a {name}", base, {f"{name}__id__exact": one})
    for name, term in (("many", _term(page, last)[:SIGNS]), ("one", _term(page, last))):
        yield Place(f"{label}: search, {name}", f"{base}?{urlencode({'q': term})}")
    yield Place(f"{label}: search, none", f"{base}?{urlencode({'q': MISS})}")
    for name in page._narrowing():
        yield _choosing(page, name)
    for which, row in (("newest", first), ("oldest", last)):
        if row is not None:
            yield from _of_row(page, staff, label, which, row)
    if page.model is Import:
        for which, status in (("long", "committed"), ("long preview", "preview")):
            rows = Import.objects.filter(book=book, status=status).order_by("-lines_count")
            if longest := rows.first():
                yield from _of_row(page, staff, label, which, longest)
    if page.has_add_permission(request_of(staff)):
        yield Place(f"{label}: add", address(page, "add"))
    if first is not None:
        for name in page.get_actions(request_of(staff)):
            is_form = name != "export_selection"
            yield Place(f"{label}: {name}", base, ticks=name, is_form=is_form)


def _of_row(page: Any, staff: User, label: str, which: str, row: Model) -> Iterator[Place]:
    yield Place(f"{label}: {which}", address(page, "change", row))
    yield Place(f"{label}: {which}, stock history", address(page, "history", row))
    for one in page.get_actions_detail(request_of(staff), str(row.pk)):
        verb = one.action_name.removeprefix(f"{page.opts.app_label}_{page.opts.model_name}_")
        yield Place(f"{label}: {which}, {verb}", address(page, verb, row), is_form=True)


def _lists(page: Any, staff: User, label: str, base: str, asked: dict[str, str]) -> Iterator[Place]:
    """Yield a list: its ends, each choice of its filters, and its way from years to a day."""
    shown = _shown(page, staff, base, asked)
    yield Place(f"{label}: list", f"{base}?{urlencode(asked)}")
    if shown.paginator.num_pages > 1:
        last = asked | {"p": str(shown.paginator.num_pages)}
        yield Place(f"{label}: last page", f"{base}?{urlencode(last)}")
    yield from _filters(shown, label, base)
    for span in ("year", "month", "day"):
        choices = shown.steps.get("choices")
        if not choices:
            return
        # The last year has rows, its first month as well in a book of some years.
        step = choices[-1] if span == "year" else choices[0]
        yield Place(f"{label}: a {span}", base + step.link)
        if page.filters_days and span == "year":
            # A month of one that is full, as the last may not be.
            full = _shown(page, staff, base + choices[len(choices) // 2].link, {})
            within = _shown(page, staff, base + full.steps["choices"][0].link, {})
            yield from _filters(within, f"{label}, a full month", base)
        shown = _shown(page, staff, base + step.link, {})


def _filters(shown: Any, label: str, base: str) -> Iterator[Place]:
    for spec in shown.filter_specs:
        if isinstance(spec, AutocompleteSelectFilter):
            continue
        for choice in [*spec.choices(shown)][1:]:
            if link := choice.get("query_string"):
                yield Place(f"{label}: {spec.title} {choice['display']}", base + link)


def _shown(page: Any, staff: User, base: str, asked: dict[str, str]) -> Any:
    """Return a list as its page makes it."""
    return page.get_changelist_instance(request_of(staff, base, asked))


def _choosing(page: Any, name: str) -> Place:
    """Return where a script asks for what a list can be narrowed to."""
    asked = {
        "app_label": page.opts.app_label,
        "model_name": page.opts.model_name,
        "field_name": name,
        "term": "",
    }
    address = f"{reverse('admin:autocomplete')}?{urlencode(asked)}"
    return Place(f"{page.opts.label_lower}: choosing a {name}", address, is_data=True)


def _ends(page: Any, staff: User, book: Book) -> tuple[Model | None, Model | None]:
    """Return the newest and the oldest row, of the book if the table has books."""
    rows = page.get_queryset(request_of(staff))
    if any(field.name == "book" for field in page.opts.concrete_fields):
        rows = rows.filter(book=book)
    return rows.order_by("-pk").first(), rows.order_by("pk").first()


def _narrowing(page: Any, book: Book, row: Model | None) -> Iterator[tuple[str, str]]:
    """Yield by what a list can be narrowed, and the id of one of it."""
    for name in page._narrowing():
        one = book if name == "book" else getattr(row, name, None)
        if one is not None:
            yield name, str(one.pk)


def _term(page: Any, row: Model | None) -> str:
    """Return a text by which a row is found, or its id."""
    if row is None:
        return "Pur"
    if page.searched_through:
        related = getattr(row, page.searched_through)
        return _term(admin.site.get_model_admin(type(related)), related)
    for name in page.search_fields:
        value = reduce(getattr, name.split("__"), row)
        if value and isinstance(value, str):
            return value
    return str(row.pk)


def address(page: Any, verb: str, row: Model | None = None) -> str:
    """Return the address of a table's list or of a row's page or verb."""
    name = f"admin:{page.opts.app_label}_{page.opts.model_name}_{verb}"
    return reverse(name, args=[row.pk] if row is not None else [])


def request_of(staff: User, base: str = "/", asked: dict[str, str] | None = None) -> HttpRequest:
    """Return a request as a member of staff sends it."""
    request: Any = RequestFactory().get(base, asked or None)
    request.user = staff
    return request

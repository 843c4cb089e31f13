"""Lists of staff that stay quick however many rows there are."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.core.paginator import Paginator
from django.db import connection, models
from django.db.models import F, Max, Min, Value
from django.db.models.functions import Collate, Upper
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from unfold.views import ChangeList

COUNT_LIMIT = 10_000
#: Through which rows come.
DOORS = ("api", "page", "admin", "command", "sql")
#: The pages that can be walked through: a later one would read all rows before it.
MOST_PAGES = 200
#: The days of the longest month.
MONTH = 31
#: The years that are offered, the latest.
MOST_YEARS = 30
#: Behind every text that begins with the same signs.
_LAST_SIGN = "\U0010ffff"


class EstimatingPaginator(Paginator):
    """Count without reading every row: an estimate for a whole table, a capped count else."""

    template_name = "admin/house/pagination.html"
    object_list: models.QuerySet

    @cached_property
    def estimate(self) -> int | None:
        """Return about how many rows a large table has; None where they are counted."""
        query = self.object_list.query
        if query.where or query.distinct or query.model is None:
            return None
        found = estimate(query.model)
        return found if found > COUNT_LIMIT else None

    @cached_property
    def count(self) -> int:
        """Return about how many rows there are."""
        if self.estimate is not None:
            return self.estimate
        return self.object_list.order_by()[: COUNT_LIMIT + 1].count()

    @cached_property
    def num_pages(self) -> int:
        """Return how many pages can be walked through."""
        return min(super().num_pages, MOST_PAGES)

    @property
    def said(self) -> str:
        """Return the count in words."""
        if self.estimate is not None:
            return f"about {self.count:,}"
        return f"more than {COUNT_LIMIT:,}" if self.count > COUNT_LIMIT else f"{self.count:,}"

    @property
    def within_reach(self) -> int | None:
        """Return how many rows can be walked through, if that is not all of them."""
        reach = MOST_PAGES * self.per_page
        return reach if self.count > reach else None


def estimate(model: type[models.Model]) -> int:
    """Return about how many rows a table has, as the database last counted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = %s::regclass",
            [model._meta.db_table],
        )
        return int(cursor.fetchone()[0])


def beginning(rows: models.QuerySet, fields: Any, term: str, *, in_order: bool) -> models.QuerySet:
    """Keep the rows with a field that begins with a text, whatever its case.

    As a range of texts in the order of their signs, which an index can find without knowing the
    term beforehand; `in_order` it also gives the rows in this order, so that the first are there
    at once.
    """
    found = models.Q()
    for number, field in enumerate(fields):
        name = f"begins_{number}"
        rows = rows.alias(**{name: Collate(Upper(F(field)), "C")})
        ends = Upper(Value(term + _LAST_SIGN))
        found |= models.Q(**{f"{name}__gte": Upper(Value(term)), f"{name}__lt": ends})
    rows = rows.filter(found)
    return rows.order_by("begins_0", "pk") if in_order else rows


@dataclass(frozen=True, slots=True)
class Step:
    """A span of days that a list can be narrowed to, or widened to."""

    title: str
    link: str


class HouseChangeList(ChangeList):
    """A list with years, months and days above it that costs two look-ups in an index at most.

    Django's own asks for all the different days; here each month of a year is offered, whether
    there is something in it or not.
    """

    @cached_property
    def steps(self) -> dict[str, Any]:
        """Return where one can go from the span of days that is shown."""
        field, span = self.date_hierarchy, self._span()
        if not field:
            return {}
        if span is None:
            if not self.model_admin.can_be_spanned(self.request_of_steps):
                return {"hint": self.model_admin.narrowing_hint()}
            hint = self.model_admin.filters_hint()
            return {"choices": list(self._years(field)), "hint": hint}
        first, after = span
        days = (after - first).days
        if days > MONTH:
            return {
                "back": Step("All years", self._link(None)),
                "title": f"{first:%Y}",
                "choices": list(self._months(first.year)),
                "hint": self.model_admin.filters_hint(),
            }
        year = (date(first.year, 1, 1), date(first.year + 1, 1, 1))
        if days > 1:
            month = [first + timedelta(days=number) for number in range(days)]
            return {
                "back": Step(f"{first:%Y}", self._link(year)),
                "title": f"{first:%B %Y}",
                "choices": [
                    Step(str(one.day), self._link((one, one + timedelta(days=1)))) for one in month
                ],
            }
        whole = first.replace(day=1)
        return {
            "back": Step(f"{first:%B %Y}", self._link((whole, _month_after(whole)))),
            "title": f"{first:%Y-%m-%d}",
        }

    def __init__(self, request: Any, *args: Any, **kwargs: Any) -> None:
        self.request_of_steps = request
        super().__init__(request, *args, **kwargs)

    def get_results(self, request: HttpRequest) -> None:
        """Count once: the pages below the list say how many rows there are."""
        super().get_results(request)
        self.full_result_count = self.result_count

    def _years(self, field: str) -> Iterator[Step]:
        # Not of what is shown, whose filters no index might know.
        rows = self.model_admin.narrowed(self.request_of_steps, self.root_queryset)
        ends = rows.order_by().aggregate(first=Min(field), last=Max(field))
        if ends["first"] is None:
            return
        last = ends["last"].year
        for year in range(max(ends["first"].year, last - MOST_YEARS), last + 1):
            yield Step(str(year), self._link((date(year, 1, 1), date(year + 1, 1, 1))))

    def _months(self, year: int) -> Iterator[Step]:
        for first in (date(year, month, 1) for month in range(1, 13)):
            yield Step(f"{first:%B}", self._link((first, _month_after(first))))

    def _span(self) -> tuple[date, date] | None:
        return span_of(self.date_hierarchy, self.params)

    def _link(self, span: tuple[date, date] | None) -> str:
        first, after = _bounds(self.date_hierarchy)
        others = ["p"]
        if span is None or (span[1] - span[0]).days > MONTH:
            kept = self.model_admin.kept_without_days
            others += [name for name in self.filter_params if not kept(name)]
        if span is None:
            return self.get_query_string(remove=[first, after, *others])
        of_instants = self.lookup_opts.get_field(self.date_hierarchy).get_internal_type()
        time = "T00:00:00+00:00" if of_instants == "DateTimeField" else ""
        texts = [f"{one}{time}" for one in span]
        others = [name for name in others if name not in (first, after)]
        return self.get_query_string(dict(zip((first, after), texts, strict=True)), others)


def _bounds(field: str) -> tuple[str, str]:
    return f"{field}__gte", f"{field}__lt"


def span_of(field: str | None, asked: Mapping[str, Any]) -> tuple[date, date] | None:
    """Return the days to which an address narrows a list, the second no more among them."""
    first, after = (_day(asked.get(name)) for name in _bounds(field or ""))
    return (first, after) if first and after and first < after else None


def _day(text: Any) -> date | None:
    try:
        found = parse_datetime(text or "") or date.fromisoformat(text or "")
    except ValueError:
        return None
    return found.date() if isinstance(found, datetime) else found


def _month_after(first: date) -> date:
    return first + timedelta(days=monthrange(first.year, first.month)[1])


def one_of(field: str, *values: str) -> type[SimpleListFilter]:
    """Return a filter by known values of a column: Django would read the table to find them."""

    class OneOf(SimpleListFilter):
        title = field.replace("_", " ")
        parameter_name = field

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return [(value, value) for value in values]

        def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
            return queryset.filter(**{field: self.value()}) if self.value() else queryset

    return OneOf

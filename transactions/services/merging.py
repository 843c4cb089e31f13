"""Make one vendor of two."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import DateField, Exists, OuterRef, QuerySet
from django.db.models.functions import TruncMonth

from buffet.audit import Actor, writing
from buffet.errors import NotFound, Refusal, invalid
from buffet.models import Book
from transactions.models import (
    ClosedMonth,
    ImportLine,
    Rule,
    RuleChange,
    Subscription,
    Transaction,
    Vendor,
)


class VendorOfItself(Refusal):
    """A vendor cannot be merged into itself."""

    code = "merge_of_itself"


class VendorInClosedMonth(Refusal):
    """Transactions with this vendor lie in closed months, which do not change."""

    code = "month_closed"


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that go at once, and whether something is left for another time."""

    rows: QuerySet
    leaves_some: bool


def part_of(rows: QuerySet, most: int | None) -> Part:
    """Return so many of some rows, whichever are found first; all of them if nothing is said.

    What follows when all have gone takes as long as half of them: after more, it is left, too.
    """
    if most is None:
        return Part(rows, leaves_some=False)
    ids = [*rows.order_by().values_list("pk", flat=True)[:most]]
    return Part(rows.filter(pk__in=ids), leaves_some=len(ids) > most // 2)


def merge_vendors(
    *,
    book: Book,
    by: Actor,
    source_id: UUID,
    target_id: UUID,
    reason: str = "",
    most: int | None = None,
) -> Vendor | None:
    """Give all that names one vendor to another, and delete the first.

    That is its transactions, its subscriptions, the rules that give it, and what was proposed. With
    `most`, only so many of its transactions go; while something is left, that is all, and None.

    :raises NotFound: if the book has no such vendor.
    :raises VendorOfItself: if both are one.
    :raises VendorInClosedMonth: if transactions with the first lie in closed months.
    """
    with writing(book.id, by=by, reason=reason):
        of_book = Vendor.objects.filter(book=book).in_bulk([source_id, target_id])
        if source_id not in of_book:
            raise NotFound("There is no such vendor in this book.")
        if target_id not in of_book:
            raise invalid("/into", "not_found", "There is no such vendor.")
        if source_id == target_id:
            raise VendorOfItself
        source, target = of_book[source_id], of_book[target_id]
        _refuse_closed(book, source)
        moving = part_of(Transaction.objects.filter(book=book, vendor=source), most)
        moving.rows.update(vendor=target)
        if moving.leaves_some:
            return None
        for model in (Subscription, Rule):
            model._default_manager.filter(book=book, vendor=source).update(vendor=target)
        # What was proposed is still what was proposed.
        for side in ("vendor_before", "vendor_after"):
            given = RuleChange.objects.filter(book=book, **{side: source.id})
            given.update(**{side: target.id})
        ImportLine.objects.filter(book=book, vendor_id=source.id).update(vendor_id=target.id)
        Vendor.objects.filter(id=source.id)._raw_delete("default")
        return target


def _refuse_closed(book: Book, source: Vendor) -> None:
    dated = Transaction.objects.filter(book=book, vendor=source).annotate(
        first=TruncMonth("date", output_field=DateField())
    )
    closed = ClosedMonth.objects.filter(Exists(dated.filter(first=OuterRef("month"))), book=book)
    if names := ", ".join(f"{one.month:%Y-%m}" for one in closed.order_by("month")):
        raise VendorInClosedMonth(
            f"Transactions with {source.name} lie in closed months, which do not change: {names}."
        )

"""Give many transactions a category, a vendor or a status at once, and take that back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from buffet.audit import Actor, writing
from buffet.errors import ChangedMeanwhile, Fault, Invalid, Refusal
from buffet.models import Book
from transactions.drafts import Changes, Correction, EntryChange
from transactions.models import Status
from transactions.queries import reading, transactions
from transactions.services.correcting import correct_each
from transactions.services.vendors import named_vendor


class TakesNoCategory(Refusal):
    """It is a transfer or a split, which has no category of its own."""

    code = "takes_no_category"


@dataclass(frozen=True, slots=True)
class SortAs:
    """What transactions are to be given; what is left empty stays as it is.

    `uncategorized` takes their category away. `vendor` is a name, and added to the book if it is
    new. `status` is that of their entries on `account_id`, or of all on accounts that hold money.
    """

    category_id: UUID | None = None
    uncategorized: bool = False
    vendor: str = ""
    status: str = ""
    account_id: UUID | None = None


def sort_each(
    *, book: Book, by: Actor, shown: Mapping[UUID, int], named: Collection[UUID], wish: SortAs
) -> list[UUID]:
    """Give transactions what is wished, and return those that it changed: all of them or none.

    `shown` are their ids, and the version in which each was seen; one that is so already stays as
    it is, whatever its version. Those that are `named` are meant one by one: others take no
    category where they have none.

    :raises Invalid: naming everything that is wrong, by pointers that begin with an id.
    """
    with writing(book.id, by=by):
        rows = transactions.by_ids(book.id, list(shown))
        sorter = _Sorter(book, by, wish)
        wanted = {
            UUID(row["id"]): found
            for row in rows
            if (found := sorter.wanted(row, is_named=UUID(row["id"]) in named))
        }
        gone = set(named) - {UUID(row["id"]) for row in rows}
        wrong: dict[UUID, Refusal] = {id: ChangedMeanwhile() for id in sorted(gone)}
        wrong |= {id: found for id, found in wanted.items() if isinstance(found, Refusal)}
        faults = [Fault(f"/{id}", found.code, found.detail) for id, found in wrong.items()]
        if faults:
            raise Invalid(faults)
        corrections = [
            Correction(id, one, shown[id], f"/{id}")
            for id, one in wanted.items()
            if not isinstance(one, Refusal)
        ]
        correct_each(book=book, by=by, rows=corrections)
        return list(wanted)


@dataclass(slots=True)
class _Sorter:
    """Someone who says of each transaction what changes about it."""

    book: Book
    by: Actor
    wish: SortAs
    _vendor: list[UUID] = field(default_factory=list)

    def wanted(self, row: Mapping[str, Any], *, is_named: bool) -> Changes | Refusal | None:
        """Return what changes about a transaction: None if it is so already."""
        given: dict[str, Any] = {}
        if self._is_other(row):
            if reading.takes_category(row):
                given["category_id"] = self.wish.category_id
            elif is_named:
                return TakesNoCategory()
        if (
            self.wish.vendor
            and self.wish.vendor.casefold() != (row["vendor_name"] or "").casefold()
        ):
            given["vendor_id"] = self._named_vendor()
        entries = self._entries(row, is_named=is_named)
        if entries and reading.takes_category(row):
            given["status"], entries = self.wish.status, ()
        return Changes(given, entries) if given or entries else None

    def _is_other(self, row: Mapping[str, Any]) -> bool:
        """Whether it has another category than it is to have."""
        if self.wish.uncategorized:
            return row["category"] is not None
        return self.wish.category_id is not None and row["category"] != str(self.wish.category_id)

    def _named_vendor(self) -> UUID:
        """Return the vendor, who comes to the book with the first transaction that needs it."""
        if not self._vendor:
            self._vendor.append(named_vendor(book=self.book, by=self.by, name=self.wish.vendor))
        return self._vendor[0]

    def _entries(self, row: Mapping[str, Any], *, is_named: bool) -> tuple[EntryChange, ...]:
        """Return which entries get another status.

        What is reconciled agrees already; that it is pending is said of what is named alone.
        """
        status = self.wish.status
        if not status:
            return ()
        left = {status} if is_named and status == Status.PENDING else {status, Status.RECONCILED}
        return tuple(
            EntryChange(UUID(entry["id"]), given={"status": status})
            for entry in reading.own_entries(row, self.wish.account_id)
            if entry["status"] not in left
        )

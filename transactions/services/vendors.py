"""Vendors: who money goes to or comes from."""

from typing import Any
from uuid import UUID

from buffet.audit import Actor, writing
from buffet.errors import NotFound, Refusal
from buffet.models import Book, others
from transactions.models import Rule, Subscription, Transaction, Vendor


class VendorNameTaken(Refusal):
    """The book already has a vendor of this name."""

    code = "name_taken"
    pointer = "/name"


class VendorInUse(Refusal):
    """Transactions name this vendor: it cannot be deleted."""

    code = "in_use"


def _get(book: Book, vendor_id: UUID) -> Vendor:
    vendor = Vendor.objects.filter(book=book, id=vendor_id).first()
    if vendor is None:
        raise NotFound("There is no such vendor in this book.")
    return vendor


def _refuse_taken(book: Book, name: str, besides: UUID | None = None) -> None:
    if others(Vendor.objects.filter(book=book, name__iexact=name), besides).exists():
        raise VendorNameTaken


def create_vendor(*, book: Book, by: Actor, name: str, notes: str = "") -> Vendor:
    """Add a vendor to the book.

    :raises VendorNameTaken: if there is one of this name, whatever its case.
    """
    with writing(book.id, by=by):
        _refuse_taken(book, name)
        return Vendor.objects.create(book=book, name=name, notes=notes)


def named_vendor(*, book: Book, by: Actor, name: str) -> UUID:
    """Return the id of the vendor of this name, whatever its case; add it if there is none."""
    with writing(book.id, by=by):
        found = Vendor.objects.filter(book=book, name__iexact=name).values_list("id", flat=True)
        return found.first() or create_vendor(book=book, by=by, name=name).id


def change_vendor(*, book: Book, by: Actor, vendor_id: UUID, **given: Any) -> Vendor:
    """Change a vendor's name or notes.

    :raises NotFound: if the book has no such vendor.
    :raises VendorNameTaken: if another has the name.
    """
    with writing(book.id, by=by):
        vendor = _get(book, vendor_id)
        if "name" in given:
            _refuse_taken(book, given["name"], vendor.id)
        if given:
            Vendor.objects.filter(id=vendor.id).update(**given)
        return _get(book, vendor_id)


def delete_vendor(*, book: Book, by: Actor, vendor_id: UUID) -> None:
    """Delete a vendor that neither transactions nor subscriptions nor rules name.

    :raises NotFound: if the book has no such vendor.
    :raises VendorInUse: if one of them names it.
    """
    with writing(book.id, by=by):
        vendor = _get(book, vendor_id)
        if Transaction.objects.filter(vendor=vendor).exists():
            raise VendorInUse
        if named := Subscription.objects.filter(vendor=vendor).first():
            sentence = f"The subscription {named.name} is with this vendor: it cannot be deleted."
            raise VendorInUse(sentence)
        if giving := Rule.objects.filter(vendor=vendor).first():
            raise VendorInUse(f"The rule {giving.name} gives this vendor: it cannot be deleted.")
        Vendor.objects.filter(id=vendor.id)._raw_delete("default")

"""The verbs of the chart of accounts that need no look at entries."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from accounts.models import REAL_KINDS, Account, AccountType, BilledAs, Broker, CreditCard, Kind
from buffet.audit import Actor, writing
from buffet.errors import NotFound, Refusal, invalid
from buffet.models import Book, others


class NameTaken(Refusal):
    """There is already one of this name."""

    code = "name_taken"
    pointer = "/name"


class BrokerInUse(Refusal):
    """Accounts are held at this broker: it cannot be deleted."""

    code = "in_use"


class HasChildren(Refusal):
    """This category has categories below it: move or delete them first."""

    code = "has_children"


class CardHangsOnIt(Refusal):
    """A card is of this account, or paid by it: delete the card, or let another account pay it."""

    code = "has_card"


class WouldBeItsOwnAncestor(Refusal):
    """A category cannot be moved below itself."""

    code = "cycle"
    pointer = "/parent"


class AlreadyArchived(Refusal):
    """This account is archived already."""

    code = "already_archived"


class NotArchived(Refusal):
    """This account is not archived."""

    code = "not_archived"


# Brokers


def get_broker(book: Book, broker_id: UUID) -> Broker:
    """Return a broker of the book.

    :raises NotFound: if the book has no such broker.
    """
    broker = Broker.objects.filter(book=book, id=broker_id).first()
    if broker is None:
        raise NotFound("There is no such broker in this book.")
    return broker


def _refuse_taken_broker(book: Book, name: str, besides: UUID | None = None) -> None:
    if others(Broker.objects.filter(book=book, name__iexact=name), besides).exists():
        raise NameTaken("The book already has a broker of this name.")


def create_broker(*, book: Book, by: Actor, name: str, notes: str = "") -> Broker:
    """Add a broker to the book.

    :raises NameTaken: if there is one of this name, whatever its case.
    """
    with writing(book.id, by=by):
        _refuse_taken_broker(book, name)
        return Broker.objects.create(book=book, name=name, notes=notes)


def broker_named(book: Book, name: str) -> Broker:
    """Return the book's broker of a name, whatever its case; add it if there is none.

    To be called while holding the book's lock.
    """
    found = Broker.objects.filter(book=book, name__iexact=name).first()
    return found or Broker.objects.create(book=book, name=name)


def change_broker(*, book: Book, by: Actor, broker_id: UUID, **given: Any) -> Broker:
    """Change a broker's name or notes.

    :raises NotFound: if the book has no such broker.
    :raises NameTaken: if another has the name.
    """
    with writing(book.id, by=by):
        broker = get_broker(book, broker_id)
        if "name" in given:
            _refuse_taken_broker(book, given["name"], broker.id)
        if given:
            Broker.objects.filter(id=broker.id).update(**given)
        return get_broker(book, broker_id)


def delete_broker(*, book: Book, by: Actor, broker_id: UUID) -> None:
    """Delete a broker at which no account is held.

    :raises NotFound: if the book has no such broker.
    :raises BrokerInUse: if accounts are held there.
    """
    with writing(book.id, by=by):
        broker = get_broker(book, broker_id)
        if Account.objects.filter(broker=broker).exists():
            raise BrokerInUse
        Broker.objects.filter(id=broker.id)._raw_delete("default")


# Accounts


def get_account(book: Book, account_id: UUID) -> Account:
    """Return an account or category of the book, none of those it made for itself.

    :raises NotFound: if the book has no such account.
    """
    account = Account.objects.filter(book=book, id=account_id).first()
    if account is None or account.is_system:
        raise NotFound("There is no such account in this book.")
    return account


def get_real_account(book: Book, account_id: UUID) -> Account:
    """Return an account of the book that holds money.

    :raises NotFound: if the book has no such account.
    """
    account = get_account(book, account_id)
    if not account.is_real:
        raise NotFound("There is no such account in this book.")
    return account


def _refuse_taken_account(book: Book, name: str, besides: UUID | None = None) -> None:
    if others(Account.objects.real().filter(book=book, name__iexact=name), besides).exists():
        raise NameTaken("The book already has an account of this name.")


def _broker_of(book: Book, broker_id: UUID | None) -> None:
    if broker_id is not None and not Broker.objects.filter(book=book, id=broker_id).exists():
        raise invalid("/broker", "not_found", "There is no such broker in this book.")


def add_account(
    book: Book,
    *,
    name: str,
    kind: str,
    currency: str,
    broker_id: UUID | None = None,
    opened_on: date | None = None,
    number: str = "",
    notes: str = "",
) -> Account:
    """Add a real account, while holding the book's lock; its type follows from its kind.

    :raises NameTaken: if the book has a real account of this name.
    :raises Invalid: if the broker is not in the book.
    """
    _refuse_taken_account(book, name)
    _broker_of(book, broker_id)
    return Account.objects.create(
        book=book,
        name=name,
        kind=kind,
        type=REAL_KINDS[kind],
        currency=currency,
        broker_id=broker_id,
        opened_on=opened_on,
        number=number,
        notes=notes,
    )


def change_account(*, book: Book, by: Actor, account_id: UUID, **given: Any) -> Account:
    """Change an account's name, broker, number, notes or day of opening.

    :raises NotFound: if the book has no such real account.
    :raises NameTaken: if another has the name.
    :raises Invalid: if the broker is not in the book.
    """
    with writing(book.id, by=by):
        account = get_real_account(book, account_id)
        if "name" in given:
            _refuse_taken_account(book, given["name"], account.id)
        _broker_of(book, given.get("broker_id"))
        if given:
            Account.objects.filter(id=account.id).update(**given)
        return get_real_account(book, account_id)


def archive_account(*, book: Book, by: Actor, account_id: UUID, reason: str = "") -> Account:
    """Archive an account or category: it takes no more entries and leaves the lists.

    :raises NotFound: if the book has no such account.
    :raises AlreadyArchived: if it is archived.
    """
    with writing(book.id, by=by, reason=reason):
        account = get_account(book, account_id)
        if account.archived_at is not None:
            raise AlreadyArchived
        Account.objects.filter(id=account.id).update(archived_at=timezone.now())
        return get_account(book, account_id)


def reopen_account(*, book: Book, by: Actor, account_id: UUID, reason: str = "") -> Account:
    """Take an archived account or category back into use.

    :raises NotFound: if the book has no such account.
    :raises NotArchived: if it is not archived.
    """
    with writing(book.id, by=by, reason=reason):
        account = get_account(book, account_id)
        if account.archived_at is None:
            raise NotArchived
        Account.objects.filter(id=account.id).update(archived_at=None)
        return get_account(book, account_id)


def drop_account(account: Account) -> None:
    """Delete an account without entries, while holding the book's lock.

    :raises HasChildren: if categories are below it.
    :raises CardHangsOnIt: if a card is of it or paid by it.
    """
    if Account.objects.filter(parent=account).exists():
        raise HasChildren
    if CreditCard.objects.filter(Q(account=account) | Q(paying_account=account)).exists():
        raise CardHangsOnIt
    Account.objects.filter(id=account.id)._raw_delete("default")


# Categories


def get_category(book: Book, category_id: UUID) -> Account:
    """Return a category of the book.

    :raises NotFound: if the book has no such category.
    """
    category = Account.objects.categories().filter(book=book, id=category_id).first()
    if category is None:
        raise NotFound("There is no such category in this book.")
    return category


def subtree_ids(book: Book, category_id: UUID) -> set[UUID]:
    """Return the ids of a category and of all below it."""
    children: dict[UUID, list[UUID]] = {}
    pairs = Account.objects.categories().filter(book=book, parent__isnull=False)
    for id, parent_id in pairs.values_list("id", "parent_id"):
        children.setdefault(parent_id, []).append(id)
    found, waiting = set(), [category_id]
    while waiting:
        id = waiting.pop()
        found.add(id)
        waiting += children.get(id, [])
    return found


def _refuse_taken_category(
    book: Book, name: str, of_type: str, parent_id: UUID | None, besides: UUID | None = None
) -> None:
    siblings = Account.objects.categories().filter(book=book, type=of_type, parent_id=parent_id)
    if others(siblings.filter(name__iexact=name), besides).exists():
        raise NameTaken("There is already a category of this name here.")


def _parent_of(book: Book, parent_id: UUID | None, of_type: str) -> None:
    if parent_id is None:
        return
    parent = Account.objects.categories().filter(book=book, id=parent_id).first()
    if parent is None:
        raise invalid("/parent", "not_found", "There is no such category in this book.")
    if parent.type != of_type:
        sentence = f"{parent.name} is for {parent.type}, this category for {of_type}."
        raise invalid("/parent", "other_type", sentence)


def create_category(
    *,
    book: Book,
    by: Actor,
    name: str,
    type: str,
    parent_id: UUID | None = None,
    billed_as: str = BilledAs.PURCHASE,
    notes: str = "",
) -> Account:
    """Add a category for income or expenses, at the top or below another of the same type.

    `billed_as` says what its lines are on the statement of a card.

    :raises NameTaken: if its siblings have the name.
    :raises Invalid: if the parent is not such a category.
    """
    with writing(book.id, by=by):
        _parent_of(book, parent_id, type)
        _refuse_taken_category(book, name, type, parent_id)
        return Account.objects.create(
            book=book,
            name=name,
            type=AccountType(type),
            kind=Kind.CATEGORY,
            parent_id=parent_id,
            billed_as=billed_as,
            notes=notes,
        )


def change_category(*, book: Book, by: Actor, category_id: UUID, **given: Any) -> Account:
    """Rename a category, change its notes or move it below another parent (None: to the top).

    :raises NotFound: if the book has no such category.
    :raises NameTaken: if its siblings there have the name.
    :raises WouldBeItsOwnAncestor: if the parent is the category or lies below it.
    :raises Invalid: if the parent is not a category of the same type.
    """
    with writing(book.id, by=by):
        category = get_category(book, category_id)
        parent_id = given.get("parent_id", category.parent_id)
        if parent_id is not None and parent_id in subtree_ids(book, category.id):
            raise WouldBeItsOwnAncestor
        _parent_of(book, parent_id, category.type)
        name = given.get("name", category.name)
        _refuse_taken_category(book, name, category.type, parent_id, category.id)
        if given:
            Account.objects.filter(id=category.id).update(**given)
        return get_category(book, category_id)


def move_children(source: Account, target: Account) -> None:
    """Move the categories below one to below another, while holding the book's lock.

    :raises NameTaken: if the target has one of the same name.
    """
    names = Account.objects.filter(parent=source).values_list("name", flat=True)
    taken = {name.lower() for name in names}
    for name in Account.objects.filter(parent=target).values_list("name", flat=True):
        if name.lower() in taken:
            raise NameTaken(f"Both categories have one named {name}: merge or rename those first.")
    Account.objects.filter(parent=source).update(parent=target)

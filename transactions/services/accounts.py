"""What happens to accounts and categories where their entries have a say."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import services as chart_services
from accounts.models import Account, Kind
from buffet.audit import Actor, writing
from buffet.errors import Invalid, NotFound, Refusal, invalid
from buffet.models import Book
from transactions.chart import Chart
from transactions.drafts import Draft, DraftEntry
from transactions.models import (
    BalancePoint,
    ClosedMonth,
    Entry,
    Import,
    ImportLine,
    ImportProfile,
    Rule,
    RuleChange,
    Source,
    Subscription,
)
from transactions.services.merging import part_of
from transactions.services.recording import write


class HasEntries(Refusal):
    """This account has entries: archive it instead of deleting it."""

    code = "has_entries"


class CategoryHasEntries(HasEntries):
    """This category has entries: archive it instead of deleting it."""

    code = "has_entries"


class HasPoints(Refusal):
    """Balances of this account are kept: delete its balance points first."""

    code = "has_points"


class HasSubscriptions(Refusal):
    """Subscriptions name this account or category: change or delete them first."""

    code = "in_use"


class HasRules(Refusal):
    """Rules name this account or category: change or delete them first."""

    code = "in_use"


class MergeOfItself(Refusal):
    """A category cannot be merged into itself or into one below it."""

    code = "merge_of_itself"


class MergeOfTypes(Refusal):
    """Only categories of one type, income or expense, can be merged."""

    code = "merge_of_types"


class MergeTouchesClosedMonth(Refusal):
    """The category has entries in closed months, which do not change."""

    code = "month_closed"


class MergeEmptiesTransactions(Refusal):
    """Some transactions only move money between the two: correct or delete them first."""

    code = "merge_empties"


class MergeDoublesExternalId(Refusal):
    """Both categories have an entry with the same external id: change one of them first."""

    code = "duplicate"


#: Where what the opening balance's transaction says is said when an account is opened.
_SENT = {
    "/date": "/opened_on",
    "/entries/0/amount": "/opening_balance",
    "/entries/1/amount": "/opening_balance",
}


def open_account(
    *,
    book: Book,
    by: Actor,
    today: date,
    opening_balance: Decimal | None = None,
    opening_on: date | None = None,
    opening_description: str = "Opening balance",
    **fields: Any,
) -> Account:
    """Open a real account; its opening balance is a transaction against equity.

    The balance is in the account's currency, positive for money and negative for debt, dated
    `opening_on`, or else `opened_on` or `today`.

    :raises Invalid: naming what is wrong.
    :raises accounts.services.NameTaken: if the book has an account of this name.
    """
    with writing(book.id, by=by):
        account = chart_services.add_account(book, **fields)
        if opening_balance:
            equity = Chart.read(book.id, []).system(Kind.OPENING_BALANCES)
            draft = Draft(
                date=opening_on or account.opened_on or today,
                description=opening_description,
                source=Source.OPENING,
                entries=(
                    DraftEntry(account.id, opening_balance, account.currency),
                    DraftEntry(equity.id, -opening_balance, account.currency),
                ),
            )
            try:
                write(book.id, [draft])
            except Invalid as error:
                sent = (replace(one, pointer=_SENT.get(one.pointer, "")) for one in error.faults)
                raise Invalid(tuple(dict.fromkeys(sent))) from None
        return account


def delete_account(*, book: Book, by: Actor, account_id: UUID) -> None:
    """Delete an account or category that has no entries and nothing below it.

    :raises NotFound: if the book has no such account.
    :raises HasEntries: if it has entries; archive it instead.
    :raises HasPoints: if balances of it are kept.
    :raises HasSubscriptions: if subscriptions are paid from it or count towards it.
    :raises HasRules: if rules ask for it or give it.
    :raises accounts.services.HasChildren: if categories are below it.
    :raises accounts.services.CardHangsOnIt: if a card is of it or paid by it.
    """
    with writing(book.id, by=by):
        account = chart_services.get_account(book, account_id)
        if Entry.objects.filter(account=account).exists():
            raise CategoryHasEntries if account.kind == Kind.CATEGORY else HasEntries
        if Import.objects.filter(account=account).exists():
            raise HasEntries("Files were imported into this account: archive it instead.")
        if BalancePoint.objects.filter(account=account).exists():
            raise HasPoints
        naming = Subscription.objects.filter(Q(account=account) | Q(category=account))
        if names := ", ".join(naming.values_list("name", flat=True)[:5]):
            raise HasSubscriptions(
                f"Subscriptions name {account.name}: {names}. Change or delete them first."
            )
        asking = Rule.objects.filter(Q(account=account) | Q(category=account))
        if names := ", ".join(asking.values_list("name", flat=True)[:5]):
            raise HasRules(f"Rules name {account.name}: {names}. Change or delete them first.")
        # A profile is good for the files of other accounts, too.
        ImportProfile.objects.filter(account=account).update(account=None)
        chart_services.drop_account(account)


def merge_categories(
    *,
    book: Book,
    by: Actor,
    source_id: UUID,
    target_id: UUID,
    reason: str = "",
    most: int | None = None,
) -> Account | None:
    """Move all that is in one category into another, and delete the first.

    That is its entries, its sub-categories, the subscriptions that count towards it, and the rules
    that give it. With `most`, only so many entries go; while something is left, that is all, and
    None.

    :raises NotFound: if the book has no such category.
    :raises MergeOfItself: if the target is the source or lies below it.
    :raises MergeOfTypes: if one is for income and the other for expenses.
    :raises MergeTouchesClosedMonth: if entries of the source lie in closed months.
    :raises MergeEmptiesTransactions: if a transaction has entries on these two alone.
    :raises MergeDoublesExternalId: if entries of both have one external id.
    :raises accounts.services.NameTaken: if both have a sub-category of one name.
    """
    with writing(book.id, by=by, reason=reason):
        source = chart_services.get_category(book, source_id)
        try:
            target = chart_services.get_category(book, target_id)
        except NotFound:
            raise invalid("/into", "not_found", "There is no such category.") from None
        if target.id in chart_services.subtree_ids(book, source.id):
            raise MergeOfItself
        if target.type != source.type:
            raise MergeOfTypes
        closed = ClosedMonth.objects.filter(book=book).values_list("month", flat=True)
        touched = source.monthly_balances.filter(entries__gt=0, month__in=closed)
        if months := sorted(set(touched.values_list("month", flat=True))):
            names = ", ".join(f"{month:%Y-%m}" for month in months)
            raise MergeTouchesClosedMonth(
                f"{source.name} has entries in closed months, which do not change: {names}."
            )
        moving = part_of(Entry.objects.filter(account=source), most)
        _refuse_merge_of_entries(moving.rows, source, target)
        moving.rows.update(account=target)
        if moving.leaves_some:
            return None
        Subscription.objects.filter(category=source).update(category=target)
        Rule.objects.filter(category=source).update(category=target)
        # What was proposed is still what was proposed.
        for side in ("category_before", "category_after"):
            given = RuleChange.objects.filter(book=book, **{side: source.id})
            given.update(**{side: target.id})
        ImportLine.objects.filter(book=book, category_id=source.id).update(category_id=target.id)
        chart_services.move_children(source, target)
        chart_services.drop_account(source)
        return target


def _refuse_merge_of_entries(entries: QuerySet[Entry], source: Account, target: Account) -> None:
    elsewhere = Entry.objects.filter(transaction=OuterRef("transaction")).exclude(
        account__in=[source, target]
    )
    if entries.filter(~Exists(elsewhere)).exists():
        raise MergeEmptiesTransactions
    same = Entry.objects.filter(account=target, external_id=OuterRef("external_id"))
    if entries.exclude(external_id="").filter(Exists(same)).exists():
        raise MergeDoublesExternalId

"""A set of categories that a book without any can start with, in its reader's language."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from accounts import services
from accounts.models import Account, AccountType, BilledAs
from buffet.audit import writing
from buffet.models import Book
from reports.deeds import Deed


class Common(NamedTuple):
    """A category of the set, with the names of those below it."""

    name: str | Promise
    below: Sequence[str | Promise] = ()
    billed_as: str = BilledAs.PURCHASE


#: The common set by types, in the order in which it is shown.
COMMON_SET = (
    (
        str(AccountType.EXPENSE),
        (
            Common(
                pgettext_lazy("category", "Housing"),
                (
                    pgettext_lazy("category", "Rent"),
                    pgettext_lazy("category", "Condominium"),
                    pgettext_lazy("category", "Electricity"),
                    pgettext_lazy("category", "Water"),
                    pgettext_lazy("category", "Internet"),
                ),
            ),
            Common(
                pgettext_lazy("category", "Food"),
                (pgettext_lazy("category", "Groceries"), pgettext_lazy("category", "Restaurants")),
            ),
            Common(pgettext_lazy("category", "Transport")),
            Common(pgettext_lazy("category", "Health")),
            Common(pgettext_lazy("category", "Education")),
            Common(pgettext_lazy("category", "Leisure")),
            Common(pgettext_lazy("category", "Clothes")),
            Common(pgettext_lazy("category", "Subscriptions")),
            Common(pgettext_lazy("category", "Taxes"), billed_as=BilledAs.TAX),
            Common(pgettext_lazy("category", "Bank fees"), billed_as=BilledAs.FEE),
            Common(pgettext_lazy("category", "Interest paid"), billed_as=BilledAs.INTEREST),
            Common(pgettext_lazy("category", "Other expenses")),
        ),
    ),
    (
        str(AccountType.INCOME),
        (
            Common(pgettext_lazy("category", "Salary")),
            Common(pgettext_lazy("category", "Interest and dividends")),
            Common(pgettext_lazy("category", "Other income")),
        ),
    ),
)


class Starting(Deed):
    """To begin with the common set, where the book has no category."""

    action = "start"
    sets = COMMON_SET

    def carry_out(self) -> None:
        """Add the set, all of it, if there is no category yet: sent twice it is there once.

        :raises Refusal: if the service will not.
        """
        book: Book = self.who["book"]
        with writing(book.id, by=self.who["by"]):
            if Account.objects.categories().filter(book=book).exists():
                return
            for type, commons in self.sets:
                for one in commons:
                    above = services.create_category(
                        **self.who, name=str(one.name), type=type, billed_as=one.billed_as
                    )
                    for name in one.below:
                        services.create_category(
                            **self.who, name=str(name), type=type, parent_id=above.id
                        )

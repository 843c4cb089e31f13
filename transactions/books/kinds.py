"""What a book is made of: the kinds of lines in its file, in the order in which they stand.

A kind is an entry in `KINDS`; apps above add theirs when they are ready. Whatever has a book is
here or in `LEFT_OUT`, or a test fails.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.db import models

from accounts.models import Account, BookRate, Broker, CardTerms, CreditCard
from buffet.models import BookRow
from transactions.books import documents
from transactions.books.fields import Field, field_of
from transactions.models import (
    BalancePoint,
    ClosedMonth,
    Entry,
    Import,
    ImportLine,
    ImportProfile,
    Rule,
    Subscription,
    SubscriptionPayment,
    Transaction,
    Vendor,
)
from transactions.services.rules import MOST_RULES

#: What a row is stamped with when it is written, which the file does not carry.
_STAMPS = frozenset({"book", *(one.name for one in BookRow._meta.fields if one.name != "id")})


@dataclass(frozen=True)
class Kind:
    """The rows of a table as lines of a file, ordered by the columns `order`.

    `besides` are the fields that lines do not have. With `taken`, lines are not put into the table
    but into a temporary one of the same columns, named taken, from which these statements take
    them; if the last of them returns rows, these could not be taken.
    """

    name: str
    model: type[models.Model]
    order: tuple[str, ...] = ("id",)
    source: str = "{table} r"
    where: str = "r.book_id = {book}"
    besides: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()
    taken: tuple[str, ...] = ()
    #: The field whose equal values stand together and are written at once.
    together: str = ""
    #: By field, what reads it more strictly than its column does.
    reads: Mapping[str, Callable[[object], str]] = field(default_factory=dict)
    #: How many lines of it a book may have.
    most: int | None = None
    #: A query of the ids of rows that cannot be, asked when all are there, and what to say of one.
    wrong: str = ""
    sentence: str = ""

    @property
    def table(self) -> str:
        """The table of the rows."""
        return self.model._meta.db_table

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields of a line, in their order."""
        found = (field_of(one) for one in self.model._meta.concrete_fields if self._has(one))
        return tuple(replace(one, read=self.reads.get(one.name, one.read)) for one in found)

    @cached_property
    def refers_to_itself(self) -> bool:
        """Whether a row may refer to one that stands behind it."""
        return any(one.related_model is self.model for one in self.model._meta.concrete_fields)

    def _has(self, one: models.Field) -> bool:
        if self.only:
            return one.name in self.only
        is_counted = isinstance(one, models.AutoField)
        return one.name not in _STAMPS | self.besides and not is_counted

    @property
    def select(self) -> str:
        """The query of the lines, ends included, with {book} for the id of the book.

        Columns are sorted and then written, since lines are several times as wide.
        """
        source = self.source.replace("{table}", self.table)
        columns = dict.fromkeys((*(one.column for one in self.fields), *self.order))
        order = _named(self.order)
        return (
            f"SELECT concat({self._line()}) FROM (SELECT {_named(columns)} FROM {source} "
            f"WHERE {self.where} ORDER BY {order} OFFSET 0) AS r ORDER BY {order}"
        )

    def _line(self) -> str:
        """Return the parts of a line; what stands between two values is one of them."""
        parts, between = [], f'{{{{"row":"{self.name}"'
        for one in self.fields:
            between += one.before
            parts += [f"'{between}'", one.sql] if between else [one.sql]
            between = one.after
        return ", ".join([*parts, f"E'{between}}}}}\\n'"])


def _named(columns: Iterable[str]) -> str:
    return ", ".join(f'r."{column}"' for column in columns)


#: Lines are numbered from 1, and are recorded up to one of them.
_LACKS_LINES = """
SELECT i.id FROM transactions_import i LEFT JOIN transactions_importline l ON l.of_import_id = i.id
WHERE i.book_id = {book} GROUP BY i.id
HAVING count(l.number) <> i.lines_count OR max(l.number) <> i.lines_count OR min(l.number) <> 1
    OR i.done > i.lines_count
"""


def _kinds(*kinds: Kind) -> dict[str, Kind]:
    return {kind.name: kind for kind in kinds}


#: By name, in order. What is referred to stands before what refers to it; months close at the end.
KINDS: dict[str, Kind] = _kinds(
    Kind("broker", Broker),
    # Kept by the points, which follow.
    Kind("account", Account, besides=frozenset({"locked_through"})),
    Kind("vendor", Vendor),
    Kind("credit_card", CreditCard),
    Kind("card_terms", CardTerms),
    Kind("exchange_rate", BookRate, ("on", "base", "quote")),
    Kind("transaction", Transaction, ("date", "id")),
    # By way of the accounts, which are few and have an index of their entries; a book has none.
    Kind(
        "entry",
        Entry,
        ("date", "transaction_id", "id"),
        source="accounts_account a JOIN {table} r ON r.account_id = a.id",
        where="a.book_id = {book}",
        together="transaction",
    ),
    Kind("subscription", Subscription),
    Kind("subscription_payment", SubscriptionPayment),
    Kind("rule", Rule, ("position", "id"), reads={"regex": documents.pattern}, most=MOST_RULES),
    Kind("import_profile", ImportProfile, reads={"profile": documents.profile}),
    # The next file is compared with what these said, whatever people made of it since.
    Kind(
        "import",
        Import,
        where="r.book_id = {book} AND r.status <> 'preview'",
        reads={
            "status": documents.status,
            "profile": documents.profile,
            "options": documents.options,
        },
        wrong=_LACKS_LINES,
        sentence="The import has not the lines that it says it has.",
    ),
    Kind(
        "import_line",
        ImportLine,
        ("of_import_id", "number"),
        source="transactions_import i JOIN {table} r ON r.of_import_id = i.id",
        where="i.book_id = {book} AND i.status <> 'preview'",
        reads={"before": documents.before},
    ),
    Kind("balance_point", BalancePoint),
    Kind("closed_month", ClosedMonth, ("month",)),
)


def add(*kinds: Kind, before: str) -> None:
    """Add kinds of an app above, in this order, before one that is there."""
    known = list(KINDS.items())
    place = [name for name, _ in known].index(before)
    KINDS.clear()
    KINDS.update([*known[:place], *_kinds(*kinds).items(), *known[place:]])


#: Tables with a book that its file leaves out, and why.
LEFT_OUT = {
    "buffet.Membership": "Who else keeps the book is told by each of them, not by its owner.",
    "buffet.Invitation": "A letter that was sent is good where it was sent from.",
    "buffet.CalendarLink": "A private address is good where it was made.",
    "buffet.SupportAccess": "Support is let in where the book is, not where it goes.",
    "buffet.Visit": "Whether staff looked in is told where they did.",
    "buffet.Tombstone": "Clients that follow a book begin anew with another one.",
    "accounts.OwnRates": "The database keeps it as rates come.",
    "transactions.ImportFile": "A preview may be read again; it is looked at where it was made.",
    "transactions.RuleRun": "What it gave is in the entries; taking it back needs their history.",
    "transactions.RuleChange": "As the run that made it; what it gave counts as one's own.",
    "transactions.Verification": "Who verified a book where it was says nothing of another one.",
    "transactions.MonthlyBalance": "The database keeps it as entries come.",
    "transactions.AccountTotal": "The database keeps it as entries come.",
    "transactions.TypeTotal": "The database keeps it as entries come.",
}

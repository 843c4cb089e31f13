"""The ledger: dated transactions of signed entries, and what the database keeps about them."""

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from uuid_utils.compat import uuid7

from accounts.models import Account, AccountType
from buffet.audit import kept_history
from buffet.models import KEPT, Book, BookRow
from transactions.recurring import MOST_PERIODS, Cadence, Schedule
from transactions.triggers import (
    BALANCE_TRIGGER,
    ENTRY_TRIGGERS,
    PAYMENT_TRIGGERS,
    SUBSCRIPTION_TRIGGER,
    refuse_truncate,
)


@pghistory.track(*kept_history(), exclude=KEPT)
class Vendor(BookRow):
    """Someone that money goes to or comes from."""

    name = models.CharField(max_length=150)
    notes = models.TextField(blank=True, default="", max_length=2000)

    class Meta(BookRow.Meta):
        abstract = False
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint("book", Lower("name"), name="one_vendor_per_name"),
            models.UniqueConstraint(fields=["id", "book"], name="vendor_in_book"),
        ]
        indexes = [models.Index(fields=["book", "version"], name="vendors_by_version")]

    def __str__(self) -> str:
        return self.name


class Source(models.TextChoices):
    """Where a transaction came from."""

    MANUAL = "manual"
    IMPORT = "import"
    OPENING = "opening"


@pghistory.track(*kept_history(), exclude=KEPT)
class Transaction(BookRow):
    """A dated event whose entries sum to zero in each currency."""

    date = models.DateField(help_text="The posting date, a calendar day without a time.")
    description = models.CharField(max_length=500)
    vendor = models.ForeignKey(
        Vendor,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="transactions",
        db_constraint=False,
    )
    notes = models.TextField(blank=True, default="", max_length=2000)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.MANUAL)

    class Meta(BookRow.Meta):
        abstract = False
        ordering = ["-date", "-id"]
        constraints = [
            # The order of every list, and what an entry's (transaction, book, date) points at.
            models.UniqueConstraint(fields=["book", "date", "id"], name="transactions_by_date"),
        ]
        indexes = [
            models.Index(fields=["book", "version"], name="transactions_by_version"),
        ]
        triggers: ClassVar = [*BookRow.Meta.triggers, refuse_truncate("transactions_stay")]

    def __str__(self) -> str:
        return f"{self.date} {self.description}"


class Status(models.TextChoices):
    """How far the bank and its customer agree on an entry."""

    PENDING = "pending"
    CLEARED = "cleared"
    RECONCILED = "reconciled"


@pghistory.track(*kept_history())
class Entry(models.Model):
    """A signed amount on one account: debits are positive, credits negative.

    `book` and `date` are those of the transaction, `currency` that of the account where it has one;
    the database holds them together.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    book = models.ForeignKey(
        Book, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    transaction = models.ForeignKey(
        Transaction, on_delete=models.PROTECT, related_name="entries", db_constraint=False
    )
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="entries",
        db_index=False,
        db_constraint=False,
    )
    date = models.DateField()
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=23, decimal_places=8)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CLEARED)
    external_id = models.CharField(max_length=255, default="", blank=True)
    note = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "entries"
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="entry_moves_money"),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="entry_currency_is_a_code"
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="entry_status_is_known"
            ),
            models.UniqueConstraint(
                fields=["account", "external_id"],
                condition=~Q(external_id=""),
                name="one_entry_per_external_id",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "date", "transaction"], name="entries_of_account"),
        ]
        triggers: ClassVar = [*ENTRY_TRIGGERS, refuse_truncate("entries_stay")]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class Sums(models.Model):
    """Sums of entries that the database alone keeps, as entries come and go."""

    book = models.ForeignKey(
        Book, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    currency = models.CharField(max_length=3)
    debit = models.DecimalField(max_digits=30, decimal_places=8)
    credit = models.DecimalField(max_digits=30, decimal_places=8)
    entries = models.BigIntegerField()

    class Meta:
        abstract = True


class MonthlyBalance(Sums):
    """The sums of an account's entries in one month and currency."""

    pk = models.CompositePrimaryKey("book_id", "account_id", "currency", "month")
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="monthly_balances",
        db_index=False,
        db_constraint=False,
    )
    month = models.DateField(help_text="The first day of the month.")

    class Meta:
        ordering = ["month"]
        indexes = [models.Index(fields=["book", "month"], name="balances_by_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.debit - self.credit} {self.currency}"


class AccountTotal(Sums):
    """The sums of all entries that an account ever had in one currency."""

    pk = models.CompositePrimaryKey("book_id", "account_id", "currency")
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="totals",
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        ordering = ["account", "currency"]

    def __str__(self) -> str:
        return f"{self.debit - self.credit} {self.currency}"


class TypeTotal(Sums):
    """The sums of the entries on all accounts of a type in one month and currency.

    `version` is the book's when they, or those of one of these accounts, last changed: whoever
    remembers what followed from some months can tell by the highest of them whether it still does.
    """

    pk = models.CompositePrimaryKey("book_id", "type", "currency", "month")
    type = models.CharField(max_length=10, choices=AccountType.choices)
    month = models.DateField(help_text="The first day of the month.")
    version = models.BigIntegerField()

    class Meta:
        ordering = ["month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.type} {self.debit - self.credit} {self.currency}"


class BalanceCheck(models.Model):
    """A transaction to look at before the database transaction ends; always empty outside one."""

    id = models.BigAutoField(primary_key=True)
    transaction_id = models.UUIDField()

    class Meta:
        triggers: ClassVar = [BALANCE_TRIGGER]

    def __str__(self) -> str:
        return str(self.transaction_id)


@pghistory.track(pghistory.DeleteEvent())
class ClosedMonth(BookRow):
    """A month whose entries no longer change; the row says who closed it and when."""

    month = models.DateField(help_text="The first day of the month.")

    class Meta(BookRow.Meta):
        abstract = False
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["book", "month"], name="a_month_closes_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="closed_month_is_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ImportStatus(models.TextChoices):
    """Where an import stands."""

    PREVIEW = "preview"
    COMMITTED = "committed"
    REVERTED = "reverted"


@pghistory.track(*kept_history(), exclude=KEPT)
class Import(BookRow):
    """One statement of a bank's file, on its way into an account."""

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="imports", db_constraint=False
    )
    status = models.CharField(
        max_length=10, choices=ImportStatus.choices, default=ImportStatus.PREVIEW
    )
    format = models.CharField(max_length=10)
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64, help_text="SHA-256 of the file, in hex.")
    account_number = models.CharField(
        max_length=64, blank=True, default="", help_text="The account the file says it is about."
    )
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    closing_balance = models.DecimalField(
        max_digits=23, decimal_places=8, null=True, blank=True, help_text="What the bank says."
    )
    closing_on = models.DateField(null=True, blank=True)
    opening_transaction_id = models.UUIDField(
        null=True, blank=True, help_text="The entry that booked the opening balance, if asked for."
    )

    class Meta(BookRow.Meta):
        abstract = False
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["id", "book"], name="import_in_book")]
        indexes = [
            models.Index(fields=["book", "-id"], name="imports_of_book"),
            models.Index(fields=["book", "version"], name="imports_by_version"),
        ]

    def __str__(self) -> str:
        return self.file_name


class Verdict(models.TextChoices):
    """What an imported line is."""

    NEW = "new"
    #: The other side of what another account already tells: a card's payment is one transaction.
    TRANSFER = "transfer"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"


class ImportLine(models.Model):
    """One line of a statement, what it was taken for and why."""

    id = models.BigAutoField(primary_key=True)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="+", db_index=False)
    of_import = models.ForeignKey(
        Import,
        on_delete=models.CASCADE,
        related_name="lines",
        db_index=False,
        db_constraint=False,
    )
    number = models.PositiveIntegerField(help_text="The line's place in the statement, from 1.")
    date = models.DateField()
    amount = models.DecimalField(max_digits=23, decimal_places=8)
    description = models.CharField(max_length=500)
    external_id = models.CharField(max_length=255, blank=True, default="")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.CharField(max_length=40)
    transaction_id = models.UUIDField(
        null=True, blank=True, help_text="The transaction it became or repeats."
    )

    class Meta:
        ordering = ["of_import", "number"]
        constraints = [
            models.UniqueConstraint(fields=["of_import", "number"], name="one_line_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.date} {self.amount} {self.description}"


@pghistory.track(*kept_history(), exclude=KEPT)
class Subscription(BookRow):
    """A contract: an amount that falls due again and again, counted from its first day.

    `amount` is positive, in the currency of the account that pays. With a category for income it
    is what comes in, otherwise what goes out.
    """

    name = models.CharField(max_length=150)
    vendor = models.ForeignKey(
        Vendor,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="subscriptions",
        db_constraint=False,
    )
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="subscriptions",
        db_constraint=False,
        help_text="The account or card that pays.",
    )
    category = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="subscriptions_of_category",
        db_constraint=False,
    )
    amount = models.DecimalField(max_digits=23, decimal_places=8)
    cadence = models.CharField(max_length=10, choices=Cadence.choices)
    every = models.PositiveSmallIntegerField(default=1, help_text="Every so many periods.")
    starts_on = models.DateField(help_text="The first due date, whose day all others have.")
    ends_on = models.DateField(
        null=True, blank=True, help_text="The last day on which something may fall due."
    )
    notes = models.TextField(blank=True, default="", max_length=2000)

    class Meta(BookRow.Meta):
        abstract = False
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint("book", Lower("name"), name="one_subscription_per_name"),
            models.UniqueConstraint(fields=["id", "book"], name="subscription_in_book"),
            # The upper bound refuses what is no number, too.
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lt=10**15), name="subscription_costs_something"
            ),
            models.CheckConstraint(
                condition=Q(cadence__in=Cadence.values), name="cadence_is_known"
            ),
            models.CheckConstraint(
                condition=Q(every__range=(1, MOST_PERIODS)), name="subscription_comes_again"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="subscription_ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["book", "version"], name="subscriptions_by_version")]
        triggers: ClassVar = [*BookRow.Meta.triggers, SUBSCRIPTION_TRIGGER]

    def __str__(self) -> str:
        return self.name

    @property
    def schedule(self) -> Schedule:
        """The due dates."""
        return Schedule(self.starts_on, self.cadence, self.every, self.ends_on)


@pghistory.track(*kept_history())
class SubscriptionPayment(models.Model):
    """A transaction that paid what was due on one day.

    `date` is the transaction's: the database keeps it so, and takes the row away with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    book = models.ForeignKey(
        Book, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    subscription = models.ForeignKey(
        Subscription,
        on_delete=models.PROTECT,
        related_name="payments",
        db_index=False,
        db_constraint=False,
    )
    transaction = models.OneToOneField(
        Transaction,
        on_delete=models.CASCADE,
        related_name="subscription_payment",
        db_constraint=False,
    )
    due_on = models.DateField()
    date = models.DateField()

    class Meta:
        ordering = ["subscription", "-due_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "due_on"], name="a_due_date_is_paid_once"
            ),
        ]
        triggers: ClassVar = [*PAYMENT_TRIGGERS]

    def __str__(self) -> str:
        return f"{self.due_on} paid on {self.date}"

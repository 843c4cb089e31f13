"""Sums of entries that the database keeps."""

from django.db import models

from accounts.models import Account, AccountType
from buffet.models import Book


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

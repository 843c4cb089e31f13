"""Where money is: accounts, categories, brokers and exchange rates."""

from collections.abc import Mapping
from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now

from buffet.audit import kept_history
from buffet.models import KEPT, Book, BookRow, shared_changes


@pghistory.track(*kept_history(), exclude=KEPT)
class Broker(BookRow):
    """A bank or broker at which accounts are held."""

    name = models.CharField(max_length=100)
    notes = models.TextField(blank=True, default="", max_length=2000)

    class Meta(BookRow.Meta):
        abstract = False
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint("book", Lower("name"), name="one_broker_per_name"),
            models.UniqueConstraint(fields=["id", "book"], name="broker_in_book"),
        ]

    def __str__(self) -> str:
        return self.name


class AccountType(models.TextChoices):
    """The five types of the chart of accounts."""

    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"
    EQUITY = "equity"


class Kind(models.TextChoices):
    """What an account is in daily life; each kind belongs to one type."""

    CHECKING = "checking"
    SAVINGS = "savings"
    CASH = "cash"
    INVESTMENT = "investment"
    RECEIVABLE = "receivable"
    PROPERTY = "property"
    OTHER = "other"
    CREDIT_CARD = "credit_card"
    LOAN = "loan"
    CATEGORY = "category"
    UNCATEGORIZED = "uncategorized"
    OPENING_BALANCES = "opening_balances"
    CONVERSION = "conversion"
    ADJUSTMENTS = "adjustments"
    VALUATION = "valuation"


class BilledAs(models.TextChoices):
    """What a category's lines are on a card's statement."""

    PURCHASE = "purchase"
    FEE = "fee"
    INTEREST = "interest"
    TAX = "tax"


#: The kinds of real accounts, which hold money and have one currency, and their types.
REAL_KINDS: Mapping[str, str] = {
    Kind.CHECKING: AccountType.ASSET,
    Kind.SAVINGS: AccountType.ASSET,
    Kind.CASH: AccountType.ASSET,
    Kind.INVESTMENT: AccountType.ASSET,
    Kind.RECEIVABLE: AccountType.ASSET,
    Kind.PROPERTY: AccountType.ASSET,
    Kind.OTHER: AccountType.ASSET,
    Kind.CREDIT_CARD: AccountType.LIABILITY,
    Kind.LOAN: AccountType.LIABILITY,
}
#: The accounts that every book has, one of each: (kind, type, name).
SYSTEM_ACCOUNTS = (
    (Kind.OPENING_BALANCES, AccountType.EQUITY, "Opening balances"),
    (Kind.CONVERSION, AccountType.EQUITY, "Currency conversion"),
    (Kind.ADJUSTMENTS, AccountType.EQUITY, "Adjustments"),
    (Kind.VALUATION, AccountType.EQUITY, "Unrealised gains"),
    (Kind.UNCATEGORIZED, AccountType.EXPENSE, "Uncategorised expenses"),
    (Kind.UNCATEGORIZED, AccountType.INCOME, "Uncategorised income"),
)
REAL_TYPES = (AccountType.ASSET, AccountType.LIABILITY)
CATEGORY_TYPES = (AccountType.INCOME, AccountType.EXPENSE)

_of_one_type = Q(
    type=AccountType.ASSET, kind__in=[k for k, t in REAL_KINDS.items() if t == "asset"]
)
_of_one_type |= Q(type=AccountType.LIABILITY, kind__in=[Kind.CREDIT_CARD, Kind.LOAN])
_of_one_type |= Q(type__in=CATEGORY_TYPES, kind__in=[Kind.CATEGORY, Kind.UNCATEGORIZED])
_of_one_type |= Q(
    type=AccountType.EQUITY,
    kind__in=[Kind.OPENING_BALANCES, Kind.CONVERSION, Kind.ADJUSTMENTS, Kind.VALUATION],
)
_is_system = Q(kind__in=sorted({kind for kind, _, _ in SYSTEM_ACCOUNTS}))


class AccountQuerySet(models.QuerySet["Account"]):
    """Questions about the chart of accounts."""

    def real(self) -> "AccountQuerySet":
        """Keep the accounts that hold money."""
        return self.filter(type__in=REAL_TYPES)

    def categories(self) -> "AccountQuerySet":
        """Keep the categories that people made."""
        return self.filter(kind=Kind.CATEGORY)


@pghistory.track(*kept_history(), exclude=KEPT)
class Account(BookRow):
    """An account of the chart: real ones hold money, categories collect income and expenses.

    A real account has one currency. Categories and equity have none of their own (`currency` is
    empty): they collect entries of any currency, kept apart in the monthly balances.
    """

    name = models.CharField(max_length=100)
    type = models.CharField(max_length=10, choices=AccountType.choices)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    currency = models.CharField(max_length=3, blank=True, default="")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    broker = models.ForeignKey(
        Broker, on_delete=models.PROTECT, null=True, blank=True, related_name="accounts"
    )
    number = models.CharField(
        max_length=64, blank=True, default="", help_text="The bank's number of the account."
    )
    notes = models.TextField(blank=True, default="", max_length=2000)
    opened_on = models.DateField(null=True, blank=True)
    billed_as = models.CharField(
        max_length=10,
        choices=BilledAs.choices,
        default=BilledAs.PURCHASE,
        db_default=BilledAs.PURCHASE,
        help_text="Of a category: what its lines are on a card's statement.",
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    locked_through = models.DateField(
        null=True,
        blank=True,
        editable=False,
        help_text="The last reconciled day: entries up to it stay as they are.",
    )

    objects = AccountQuerySet.as_manager()

    class Meta(BookRow.Meta):
        abstract = False
        ordering = ["type", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["id", "book"], name="account_in_book"),
            models.UniqueConstraint(fields=["id", "book", "type"], name="account_of_type_in_book"),
            models.UniqueConstraint(
                "book",
                F("type"),
                Lower("name"),
                condition=Q(kind=Kind.CATEGORY, parent__isnull=True),
                name="one_top_category_per_name",
            ),
            models.UniqueConstraint(
                "parent",
                Lower("name"),
                condition=Q(kind=Kind.CATEGORY, parent__isnull=False),
                name="one_category_per_name",
            ),
            models.UniqueConstraint(
                "book",
                Lower("name"),
                condition=Q(type__in=REAL_TYPES),
                name="one_account_per_name",
            ),
            models.UniqueConstraint(
                fields=["book", "kind", "type"],
                condition=_is_system,
                name="one_system_account_of_a_kind",
            ),
            models.CheckConstraint(condition=_of_one_type, name="kind_belongs_to_type"),
            models.CheckConstraint(
                condition=Q(type__in=REAL_TYPES, currency__regex=r"^[A-Z]{3}$")
                | (~Q(type__in=REAL_TYPES) & Q(currency="")),
                name="real_accounts_have_a_currency",
            ),
            models.CheckConstraint(
                condition=Q(billed_as__in=BilledAs.values), name="billed_as_is_known"
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | Q(kind=Kind.CATEGORY),
                name="only_categories_have_parents",
            ),
        ]
        indexes = [
            models.Index(fields=["book", "name", "id"], name="accounts_of_book"),
            models.Index(fields=["book", "version"], name="accounts_by_version"),
        ]
        triggers: ClassVar = [
            *BookRow.Meta.triggers,
            # After the row, so that the version stamp already holds the book's lock: of two moves
            # that together would close a circle, the second sees the first.
            pgtrigger.Trigger(
                name="tree_has_no_cycle",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id"),
                condition=pgtrigger.Q(new__parent__isnull=False),
                # UNION, so that the walk ends in a circle that the row itself is not part of.
                func="""
                    IF EXISTS (
                        WITH RECURSIVE above AS (
                            SELECT NEW.parent_id AS id
                            UNION
                            SELECT a.parent_id FROM accounts_account a JOIN above ON a.id = above.id
                        )
                        SELECT FROM above WHERE id = NEW.id
                    ) THEN
                        RAISE EXCEPTION 'category % would be its own ancestor', NEW.id
                        USING ERRCODE = '23514', CONSTRAINT = 'tree_has_no_cycle';
                    END IF;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="nature_is_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("currency", "type", "book_id"),
                condition=pgtrigger.Q(old__currency__df=pgtrigger.F("new__currency"))
                | pgtrigger.Q(old__type__df=pgtrigger.F("new__type"))
                | pgtrigger.Q(old__book__df=pgtrigger.F("new__book")),
                func="""
                    RAISE EXCEPTION 'type, currency and book of account % cannot change', OLD.id
                    USING ERRCODE = '23514', CONSTRAINT = 'nature_is_kept';
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_real(self) -> bool:
        """Whether the account holds money."""
        return self.type in REAL_TYPES

    @property
    def is_system(self) -> bool:
        """Whether the book made the account for itself."""
        return self.kind not in REAL_KINDS and self.kind != Kind.CATEGORY


@pghistory.track(*kept_history())
class ExchangeRate(models.Model):
    """How many units of `quote` one unit of `base` was worth on a day. Shared by all books."""

    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    on = models.DateField()
    rate = models.DecimalField(max_digits=24, decimal_places=12)
    source = models.CharField(max_length=40)
    # What was known follows from it; rows from before it was kept say 1970, and were always known.
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["base", "quote", "-on"]
        constraints = [
            models.UniqueConstraint(fields=["base", "quote", "on"], name="one_rate_per_day"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_is_positive"),
        ]
        indexes = [models.Index(fields=["-on", "base", "quote"], name="rates_by_day")]
        triggers: ClassVar = [
            shared_changes("rates_changed", "rates"),
        ]

    def __str__(self) -> str:
        return f"{self.base}/{self.quote} {self.on}: {self.rate}"


@pghistory.track(*kept_history(), exclude=KEPT)
class BookRate(BookRow):
    """A rate of a book's own: it goes before a shared one of its day and pair."""

    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    on = models.DateField()
    rate = models.DecimalField(max_digits=24, decimal_places=12)
    source = models.CharField(max_length=40, default="own")

    class Meta(BookRow.Meta):
        abstract = False
        ordering = ["base", "quote", "-on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["book", "base", "quote", "on"], name="one_own_rate_per_day"
            ),
            models.CheckConstraint(
                condition=Q(base__regex=r"^[A-Z]{3}$", quote__regex=r"^[A-Z]{3}$"),
                name="own_rate_is_of_codes",
            ),
            models.CheckConstraint(
                condition=~Q(base=F("quote")), name="own_rate_is_of_two_currencies"
            ),
            # The upper bound refuses what is no number, too.
            models.CheckConstraint(
                condition=Q(rate__gt=0, rate__lt=10**12), name="own_rate_is_positive"
            ),
        ]
        indexes = [
            models.Index(fields=["book", "version"], name="own_rates_by_version"),
            models.Index(fields=["book", "-on", "base", "quote"], name="own_rates_by_day"),
        ]
        triggers: ClassVar = [
            *BookRow.Meta.triggers,
            # Kept beside the rows, since a row that is gone has no version. What is kept already
            # is not written again, so that a thousand rows cost one write.
            pgtrigger.Trigger(
                name="own_rates_changed",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    INSERT INTO accounts_ownrates AS kept (book_id, version)
                    SELECT DISTINCT book, buffet_touch(book)
                    FROM unnest(ARRAY[OLD.book_id, NEW.book_id]) AS book WHERE book IS NOT NULL
                    ON CONFLICT (book_id) DO UPDATE SET version = excluded.version
                    WHERE kept.version <> excluded.version;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.base}/{self.quote} {self.on}: {self.rate}"


class OwnRates(models.Model):
    """The book's version at which its own rates last changed, kept by the database."""

    book = models.OneToOneField(
        Book, on_delete=models.CASCADE, primary_key=True, related_name="+", db_constraint=False
    )
    version = models.BigIntegerField()

    class Meta:
        ordering = ["book"]
        verbose_name = verbose_name_plural = "state of own rates"

    def __str__(self) -> str:
        return f"{self.book_id} {self.version}"


class CardBrand(models.TextChoices):
    """Whose network a card belongs to."""

    VISA = "visa"
    MASTERCARD = "mastercard"
    ELO = "elo"
    AMEX = "amex"
    HIPERCARD = "hipercard"
    DINERS = "diners"
    DISCOVER = "discover"
    JCB = "jcb"
    UNIONPAY = "unionpay"
    OTHER = "other"


@pghistory.track(*kept_history(), exclude=KEPT)
class CreditCard(BookRow):
    """What makes an account of the kind credit_card a card: its limit, and who pays its bill."""

    account = models.OneToOneField(
        Account, on_delete=models.PROTECT, related_name="card", db_constraint=False
    )
    brand = models.CharField(max_length=12, choices=CardBrand.choices, default=CardBrand.OTHER)
    last_four = models.CharField(max_length=4, blank=True, default="")
    limit = models.DecimalField(
        max_digits=23, decimal_places=8, null=True, blank=True, help_text="In the card's currency."
    )
    paying_account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cards_paid",
        db_constraint=False,
        help_text="The account that pays the bill.",
    )
    closing_day_is_next = models.BooleanField(
        default=False, help_text="Purchases on the closing day are billed in the next statement."
    )

    class Meta(BookRow.Meta):
        abstract = False
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["id", "book"], name="card_in_book"),
            models.CheckConstraint(
                condition=Q(last_four="") | Q(last_four__regex=r"^[0-9]{4}$"),
                name="last_four_are_digits",
            ),
            models.CheckConstraint(condition=Q(brand__in=CardBrand.values), name="brand_is_known"),
            models.CheckConstraint(
                condition=Q(limit__isnull=True) | Q(limit__gte=0), name="limit_is_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["book", "version"], name="cards_by_version")]
        triggers: ClassVar = [
            *BookRow.Meta.triggers,
            pgtrigger.Trigger(
                name="card_is_an_account",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("account_id", "paying_account_id"),
                func="""
                    IF EXISTS (
                        SELECT FROM accounts_account a
                        WHERE a.id = NEW.account_id AND a.kind <> 'credit_card'
                            OR a.id = NEW.paying_account_id AND a.type <> 'asset'
                    ) THEN
                        RAISE EXCEPTION 'card % is of no card account, or none of assets pays it',
                            NEW.id
                        USING ERRCODE = '23514', CONSTRAINT = 'card_is_an_account';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand} {self.last_four}".strip()


@pghistory.track(*kept_history(), exclude=KEPT)
class CardTerms(BookRow):
    """On which days a card's statements close and are due, from a month on.

    A day that a month does not have is its last: 31 is the 28th or 29th in February. The due day is
    the first of that number after the closing.
    """

    card = models.ForeignKey(
        CreditCard, on_delete=models.PROTECT, related_name="terms", db_constraint=False
    )
    from_month = models.DateField(help_text="The first day of the first month they hold for.")
    closing_day = models.PositiveSmallIntegerField()
    due_day = models.PositiveSmallIntegerField()

    class Meta(BookRow.Meta):
        abstract = False
        ordering = ["card", "from_month"]
        constraints = [
            models.UniqueConstraint(fields=["card", "from_month"], name="one_terms_per_month"),
            models.CheckConstraint(
                condition=Q(closing_day__range=(1, 31), due_day__range=(1, 31)),
                name="terms_are_days",
            ),
            models.CheckConstraint(condition=Q(from_month__day=1), name="terms_from_a_month"),
        ]
        indexes = [models.Index(fields=["book", "version"], name="terms_by_version")]

    def __str__(self) -> str:
        return f"{self.from_month:%Y-%m}: {self.closing_day}/{self.due_day}"

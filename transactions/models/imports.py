"""Banks' files on their way into accounts."""

from uuid import UUID

import pghistory
from django.db import models

from accounts.models import Account
from buffet.audit import kept_history
from buffet.models import KEPT, Book, BookRow


class ImportStatus(models.TextChoices):
    """Where an import stands."""

    PREVIEW = "preview"
    #: Some of its lines are recorded: whoever commits again goes on, or reverts what is there.
    COMMITTING = "committing"
    COMMITTED = "committed"
    REVERTING = "reverting"
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
    opening_balance = models.DecimalField(
        max_digits=23, decimal_places=8, null=True, blank=True, help_text="What the bank says."
    )
    closing_balance = models.DecimalField(
        max_digits=23, decimal_places=8, null=True, blank=True, help_text="What the bank says."
    )
    closing_on = models.DateField(null=True, blank=True)
    statement_number = models.PositiveSmallIntegerField(
        default=1, db_default=1, help_text="The statement's place in the file, from 1."
    )
    profile = models.JSONField(
        null=True, blank=True, help_text="How a table was read: its columns and what they hold."
    )
    options = models.JSONField(
        default=dict, db_default={}, blank=True, help_text="What was said about reading the file."
    )
    lines_count = models.PositiveIntegerField(default=0, db_default=0)
    total = models.DecimalField(
        max_digits=23, decimal_places=8, default=0, db_default=0, help_text="Of all its lines."
    )
    first_on = models.DateField(null=True, blank=True, help_text="The day of its earliest line.")
    last_on = models.DateField(null=True, blank=True, help_text="The day of its latest line.")
    done = models.PositiveIntegerField(
        default=0, db_default=0, help_text="The lines up to this number are recorded."
    )
    books_gap = models.BooleanField(
        default=False, db_default=False, help_text="Whether the gap is booked at the end."
    )
    opened_account = models.BooleanField(
        default=False, db_default=False, help_text="Whether its account was opened along with it."
    )
    opening_transaction_id = models.UUIDField(
        null=True, blank=True, help_text="The entry that booked the opening balance, if asked for."
    )
    moved_opening_id = models.UUIDField(
        null=True, blank=True, help_text="The opening balance that went before its lines instead."
    )
    opened_on_before = models.DateField(
        null=True, blank=True, help_text="The day of that opening balance until the commit."
    )
    opened_with_before = models.DecimalField(
        max_digits=23,
        decimal_places=8,
        null=True,
        blank=True,
        help_text="The amount of that opening balance until the commit.",
    )
    opened_with_after = models.DecimalField(
        max_digits=23,
        decimal_places=8,
        null=True,
        blank=True,
        help_text="What the commit booked or made of the opening balance; zero if it removed it.",
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


class ImportFile(models.Model):
    """A part of the uploaded file, kept while its import is a preview: it may be read again."""

    id = models.BigAutoField(primary_key=True)
    book = models.ForeignKey(
        Book, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    of_import = models.ForeignKey(
        Import,
        on_delete=models.CASCADE,
        related_name="file_parts",
        db_index=False,
        db_constraint=False,
    )
    part = models.PositiveSmallIntegerField(help_text="Its place in the file, from 1.")
    content = models.BinaryField()

    class Meta:
        ordering = ["of_import", "part"]
        constraints = [
            models.UniqueConstraint(fields=["of_import", "part"], name="one_part_per_place"),
        ]

    def __str__(self) -> str:
        return f"{self.of_import_id}: {self.part}"


class Verdict(models.TextChoices):
    """What an imported line is."""

    NEW = "new"
    #: The other side of what another account already tells: a card's payment is one transaction.
    TRANSFER = "transfer"
    #: What the account told as pending, or ahead of its day, and the bank has now posted.
    POSTED = "posted"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"


class ImportLine(models.Model):
    """One line of a statement, what it was taken for and why.

    Ids of categories, vendors and transactions are looked at again when they are used, since each
    of these may go while a file is looked at.
    """

    id = models.BigAutoField(primary_key=True)
    # Without keys of their own: the one of import and book together holds for both.
    book = models.ForeignKey(
        Book, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    of_import = models.ForeignKey(
        Import,
        on_delete=models.CASCADE,
        related_name="lines",
        db_index=False,
        db_constraint=False,
    )
    number = models.PositiveIntegerField(help_text="The line's place in the statement, from 1.")
    file_line = models.PositiveIntegerField(
        null=True, blank=True, help_text="Where it stands in the file, if that has lines."
    )
    date = models.DateField()
    amount = models.DecimalField(max_digits=23, decimal_places=8)
    description = models.CharField(max_length=500)
    external_id = models.CharField(max_length=255, blank=True, default="")
    special_id = models.CharField(
        max_length=255,
        blank=True,
        default="",
        db_default="",
        help_text="The bank's id with what the line says, for banks that give one id twice.",
    )
    kept_id = models.CharField(
        max_length=255,
        blank=True,
        default="",
        db_default="",
        help_text="The id that its entry has, or will have.",
    )
    is_pending = models.BooleanField(
        default=False, db_default=False, help_text="Whether the bank has not posted it yet."
    )
    is_reconciled = models.BooleanField(
        default=False, db_default=False, help_text="Whether the file says that it is reconciled."
    )
    said_category = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="The file's own word."
    )
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.CharField(max_length=40)
    is_chosen = models.BooleanField(
        default=False, db_default=False, help_text="Whether a person chose the verdict."
    )
    transaction_id = models.UUIDField(
        null=True, blank=True, help_text="The transaction that it repeats, completes or posts."
    )
    entry_id = models.UUIDField(
        null=True, blank=True, help_text="The entry of that transaction which waits for it."
    )
    before = models.JSONField(
        null=True, blank=True, help_text="The day and the amount of that entry until the commit."
    )
    new_id = models.UUIDField(
        null=True, blank=True, help_text="The transaction that it becomes if it is new."
    )
    own_description = models.CharField(
        max_length=500, blank=True, default="", db_default="", help_text="A person's words for it."
    )
    category_id = models.UUIDField(null=True, blank=True)
    category_reason = models.CharField(
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text="Who proposed the category; “chosen” if a person did.",
    )
    vendor_id = models.UUIDField(null=True, blank=True)
    vendor_reason = models.CharField(max_length=60, blank=True, default="", db_default="")
    subscription_id = models.UUIDField(
        null=True, blank=True, help_text="The subscription that it pays if it is new."
    )
    due_on = models.DateField(null=True, blank=True, help_text="The due date that it pays.")
    proposed_verdict = models.CharField(
        max_length=10, blank=True, default="", db_default="", help_text="To be confirmed."
    )
    proposed_id = models.UUIDField(
        null=True, blank=True, help_text="The transaction that is proposed with it."
    )
    proposed_score = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How sure that is, up to 100."
    )

    class Meta:
        ordering = ["of_import", "number"]
        constraints = [
            models.UniqueConstraint(fields=["of_import", "number"], name="one_line_per_number"),
        ]
        indexes = [
            # From a transaction to what it was proposed.
            models.Index(
                fields=["new_id"],
                condition=models.Q(category_id__isnull=False) | models.Q(vendor_id__isnull=False),
                name="lines_with_proposals",
            ),
            # From a transaction to the lines that it came from, and that told of it again.
            models.Index(
                fields=["new_id"],
                condition=models.Q(new_id__isnull=False),
                name="lines_of_new",
            ),
            models.Index(
                fields=["transaction_id"],
                condition=models.Q(transaction_id__isnull=False),
                name="lines_of_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.date} {self.amount} {self.description}"

    @property
    def became_id(self) -> UUID | None:
        """The transaction that it is if it was recorded."""
        return self.new_id if self.verdict == Verdict.NEW else self.transaction_id

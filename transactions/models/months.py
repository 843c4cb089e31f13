"""Months that no longer change."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.models import BookRate
from buffet.models import BookRow
from transactions.triggers.rates import RATE_TRIGGERS


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


# The table stands below, and which months are closed is said here.
pgtrigger.register(*RATE_TRIGGERS)(BookRate)

"""How a month to close looks in the OpenAPI document."""

from rest_framework import serializers

from accounts.serializers import REAL_KIND_CHOICES
from buffet.rest.samples import samples
from reports.queries.closing import Left, Standing
from transactions.models import PointKind


@samples(may={"at": "2026-06-02T12:30:00.000000Z", "by": "Ana"})
class MonthClosedRead(serializers.Serializer):
    """When a month was closed, and by whom."""

    at = serializers.DateTimeField()
    by = serializers.CharField(allow_blank=True)


@samples(
    may={
        "at": "2026-06-03T08:10:00.000000Z",
        "by": "Ana",
        "reason": "A bill of May came late.",
        "closed_by": "Ana",
    }
)
class MonthReopenedRead(serializers.Serializer):
    """When a closed month was reopened, by whom and why; and when it had been closed."""

    at = serializers.DateTimeField()
    by = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    closed_at = serializers.DateTimeField()
    closed_by = serializers.CharField(allow_blank=True)


@samples(checking={"what": "not_backed", "account_name": "Checking", "invoice": None, "count": 6})
class LeftToDoRead(serializers.Serializer):
    """Something to look at before the month is closed.

    `differs`: a balance point says something else than the ledger. `not_backed`: on `count` days of
    the account neither an import nor balance points that agree say what happened. `not_valued`: an
    investment account has no balance point in the month. `pending` and `uncategorised`: so many
    entries. `unpaid`: a card's statement due in the month. `missed`: so many payments of
    subscriptions were expected in the month and have not come.
    """

    what = serializers.ChoiceField(choices=[str(one) for one in Left])
    account = serializers.UUIDField(allow_null=True)
    account_name = serializers.CharField(allow_null=True)
    invoice = serializers.UUIDField(allow_null=True)
    count = serializers.IntegerField()


@samples(
    end_of_may={
        "computed": "1957.50",
        "difference": "0.00",
        "differs_from": None,
        "differs_until": None,
        "suspect": None,
        "reconciled_at": None,
    }
)
class MonthEndPointRead(serializers.Serializer):
    """A balance point beside what the ledger says; if it differs, the days to look at.

    A valuation that differs is booked again by `POST /balance-points/{id}/revalue`.

    `suspect` is the one transaction of those days that explains the difference, if one does.
    """

    id = serializers.UUIDField()
    on = serializers.DateField()
    kind = serializers.ChoiceField(choices=PointKind.choices)
    balance = serializers.CharField()
    computed = serializers.CharField()
    difference = serializers.CharField()
    ok = serializers.BooleanField()
    reconciled_at = serializers.DateTimeField(allow_null=True)
    differs_from = serializers.DateField(allow_null=True)
    differs_until = serializers.DateField(allow_null=True)
    suspect = serializers.UUIDField(allow_null=True)


@samples(end_of_may={"since": "2026-05-26", "until": "2026-05-31"})
class DaysRead(serializers.Serializer):
    """Days from the first to the last, both among them."""

    since = serializers.DateField()
    until = serializers.DateField()


@samples(
    checking={
        "name": "Checking",
        "kind": "checking",
        "count": 42,
        "valued": True,
        "locked_through": "2026-04-30",
        "pending": 0,
        "uncategorised": 0,
    }
)
class MonthEndAccountRead(serializers.Serializer):
    """An account at the end of the month.

    `count` is of its entries in the month. `point` is its balance point of that day or the first
    after it; if that agrees or there is none, one of the month that does not. `not_backed` are the
    days that nothing of the bank's backs; `valued` is false of an investment account without a
    balance point in the month.
    """

    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=REAL_KIND_CHOICES)
    currency = serializers.CharField()
    balance = serializers.CharField()
    count = serializers.IntegerField()
    locked_through = serializers.DateField(allow_null=True)
    point = MonthEndPointRead(allow_null=True)
    not_backed = DaysRead(many=True)
    valued = serializers.BooleanField()
    pending = serializers.IntegerField()
    uncategorised = serializers.IntegerField()


@samples(
    card={
        "name": "Platinum",
        "month": "2026-05",
        "due_on": "2026-05-20",
        "remaining": "120.00",
        "scheduled": "0.00",
        "scheduled_on": None,
    }
)
class UnpaidStatementRead(serializers.Serializer):
    """A card's statement due in the month of which something is still owed.

    `scheduled` is what payments dated after today, the last on `scheduled_on`, are for.
    """

    invoice = serializers.UUIDField()
    card = serializers.UUIDField()
    name = serializers.CharField()
    month = serializers.CharField()
    due_on = serializers.DateField()
    remaining = serializers.CharField()
    scheduled = serializers.CharField()
    scheduled_on = serializers.DateField(allow_null=True)
    currency = serializers.CharField()


@samples(
    may={
        "month": "2026-05",
        "status": "left",
        "closed": None,
        "reopened": [],
        "statements": [],
        "pending": 0,
        "uncategorised": 0,
        "dated_ahead": 2,
        "open_since": None,
    }
)
class MonthToCloseRead(serializers.Serializer):
    """What is left to do before a month is closed, of each account and of the book.

    `status` is `ready`, `left` (something is), `closed` or `not_over`. `closed` says who closed it;
    `reopened` is the latest leading. `dated_ahead` counts transactions after `as_of`. `open_since`
    is the first earlier month, since anything moved, that is open: what is recorded there is
    carried into the balances of this one, also when it is closed.
    """

    month = serializers.CharField()
    as_of = serializers.DateField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=[str(one) for one in Standing])
    closed = MonthClosedRead(allow_null=True)
    reopened = MonthReopenedRead(many=True)
    left = LeftToDoRead(many=True)
    accounts = MonthEndAccountRead(many=True)
    statements = UnpaidStatementRead(many=True)
    pending = serializers.IntegerField()
    uncategorised = serializers.IntegerField()
    missed = serializers.IntegerField()
    dated_ahead = serializers.IntegerField()
    open_since = serializers.CharField(allow_null=True)

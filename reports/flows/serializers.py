"""How the reports of periods look in the OpenAPI document."""

from rest_framework import serializers

from accounts.models import AccountType, Kind
from accounts.rate_serializers import MoneyRead
from buffet.rest.samples import samples
from reports.serializers import ConversionRead


@samples(may={"name": "2026-05", "since": "2026-05-01", "until": "2026-05-31"})
class PeriodRead(serializers.Serializer):
    """The days of a report, both among them; its name if it was asked for by one."""

    name = serializers.CharField(allow_null=True)
    since = serializers.DateField()
    until = serializers.DateField()


@samples(
    may={
        "currency": "EUR",
        "month": "2026-05",
        "conversion": {"rate": "6.10000000", "source": "ecb", "status": "exact"},
    }
)
class MonthConversionRead(serializers.Serializer):
    """At which rate the amounts of a currency and month were converted."""

    currency = serializers.CharField()
    month = serializers.CharField()
    conversion = ConversionRead()


class PeriodReport(serializers.Serializer):
    """What every report of a period in one currency says besides its figures.

    `not_converted` is what had no rate and is in no figure.
    """

    period = PeriodRead()
    currency = serializers.CharField()
    version = serializers.IntegerField()
    conversions = MonthConversionRead(many=True)
    not_converted = MoneyRead(many=True)


_FLOW = {
    "income": {"amount": "6200.00"},
    "expenses": {"amount": "4650.00"},
    "savings": {"amount": "1550.00"},
    "investments": {"amount": "800.00"},
    "savings_rate": "25.0",
}


@samples(may=_FLOW)
class FlowRead(serializers.Serializer):
    """What came in, what went out, what was kept of it and what of that was invested.

    `savings_rate` is what was kept in percent of what came in; null when nothing came in. What was
    there before (opening balances, adjustments) or what valuations added was not invested.
    """

    income = MoneyRead()
    expenses = MoneyRead()
    savings = MoneyRead()
    investments = MoneyRead()
    savings_rate = serializers.CharField(allow_null=True)


@samples(may={"month": "2026-05", "since": "2026-05-01", "until": "2026-05-31", **_FLOW})
class MonthFlowRead(FlowRead):
    """The flow of a month; not complete where a currency had no rate."""

    month = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField()
    complete = serializers.BooleanField()


@samples(before={**_FLOW, "not_converted": []})
class EarlierFlowRead(FlowRead):
    """The flow of an earlier period; not complete where a currency had no rate.

    `not_converted` is what had none and is in no figure of that period.
    """

    complete = serializers.BooleanField()
    not_converted = MoneyRead(many=True)


@samples(may={"total": _FLOW, "not_converted": []})
class CashFlowRead(PeriodReport):
    """The flow of each month, of all of them, of the period before and of the same a year ago."""

    months = MonthFlowRead(many=True)
    total = FlowRead()
    before = EarlierFlowRead()
    year_before = EarlierFlowRead()


@samples(may={"month": "2026-05", "total": {"amount": "4650.00"}})
class MonthTotalRead(serializers.Serializer):
    """What was spent in a month."""

    month = serializers.CharField()
    total = MoneyRead()


@samples(
    eating_out={
        "name": "Eating out",
        "parent": None,
        "depth": 0,
        "total": "412.30",
        "own": "412.30",
        "before": "380.00",
        "year_before": "405.10",
        "share": "8.9",
        "count": 9,
        "months": ["412.30"],
    }
)
class SpentRead(serializers.Serializer):
    """What was spent on a category and all below it, refunds taken off, in all and by month."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    parent = serializers.UUIDField(allow_null=True)
    depth = serializers.IntegerField()
    currency = serializers.CharField()
    total = serializers.CharField()
    own = serializers.CharField()
    before = serializers.CharField()
    year_before = serializers.CharField()
    share = serializers.CharField(allow_null=True)
    count = serializers.IntegerField()
    months = serializers.ListField(child=serializers.CharField())


@samples(before={"amount": "4380.00", "not_converted": []})
class EarlierTotalRead(MoneyRead):
    """What was spent in an earlier period; not complete where a currency had no rate.

    `not_converted` is what had none and is not in the amount.
    """

    complete = serializers.BooleanField()
    not_converted = MoneyRead(many=True)


@samples(may={"total": {"amount": "4650.00"}, "not_converted": []})
class SpendingRead(PeriodReport):
    """What was spent by category and month; each category before those below it."""

    total = MoneyRead()
    before = EarlierTotalRead()
    year_before = EarlierTotalRead()
    months = MonthTotalRead(many=True)
    categories = SpentRead(many=True)


@samples(
    checking={
        "name": "Checking",
        "type": "asset",
        "kind": "checking",
        "opening": "1300.00",
        "debit": "6200.00",
        "credit": "5585.00",
        "closing": "1915.00",
        "converted": {"amount": "1915.00"},
        "count": 42,
    }
)
class TrialLineRead(serializers.Serializer):
    """An account in a currency, debits positive; `converted` is null where there is no rate."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=AccountType.choices)
    kind = serializers.ChoiceField(choices=Kind.choices)
    currency = serializers.CharField()
    opening = serializers.CharField()
    debit = serializers.CharField()
    credit = serializers.CharField()
    closing = serializers.CharField()
    converted = MoneyRead(allow_null=True)
    count = serializers.IntegerField()


@samples(reais={"opening": "0.00", "debit": "17320.00", "credit": "17320.00", "closing": "0.00"})
class TrialTotalRead(serializers.Serializer):
    """All accounts in a currency; balanced, since every transaction is."""

    currency = serializers.CharField()
    opening = serializers.CharField()
    debit = serializers.CharField()
    credit = serializers.CharField()
    closing = serializers.CharField()
    balanced = serializers.BooleanField()


class TrialBalanceRead(PeriodReport):
    """Every account of the book, by type; amounts of two currencies are never added.

    `converted` is what the accounts come to together at the rates of the last day, each rounded:
    of the whole chart nothing, but for that.
    """

    accounts = TrialLineRead(many=True)
    totals = TrialTotalRead(many=True)
    converted = MoneyRead()


@samples(fourth_of_may={"date": "2026-05-04", "moved": "-42.50", "count": 1})
class TimelineDayRead(serializers.Serializer):
    """A day of an account: what moved it, by how many entries, and the balance at its end.

    `converted` is that balance in the currency that was asked for, null where there is no rate, and
    `conversion` the rate of the day; both are there if one was asked for.
    """

    date = serializers.DateField()
    moved = serializers.CharField()
    count = serializers.IntegerField()
    balance = serializers.CharField()
    converted = MoneyRead(required=False, allow_null=True)
    conversion = ConversionRead(required=False)


@samples(checking={"name": "Checking", "opening": "2000.00"})
class TimelineRead(serializers.Serializer):
    """An account day by day, in its currency, and each balance in another if that was asked for."""

    period = PeriodRead()
    currency = serializers.CharField()
    version = serializers.IntegerField()
    account = serializers.UUIDField()
    name = serializers.CharField()
    opening = serializers.CharField()
    days = TimelineDayRead(many=True)

"""How the performance of investments looks in the OpenAPI document."""

from rest_framework import serializers

from accounts.rate_serializers import MoneyRead
from buffet.rest.samples import samples
from reports.flows.serializers import PeriodReport
from reports.queries.returns import Reason

REASONS = [(one.value, one.value) for one in Reason]
_RETURN = {"period": "5.10", "annualised": None, "days": 365, "reason": None}
_AMOUNTS = {
    "opening": "1000.00",
    "contributions": "500.00",
    "withdrawals": "200.00",
    "income": "40.00",
    "costs": "5.00",
    "unrealised_gains": "30.00",
    "exchange_rates": "0.00",
    "closing": "1365.00",
    "growth": "65.00",
}
_GROWN = {**_AMOUNTS, "time_weighted": _RETURN, "money_weighted": {**_RETURN, "period": "5.24"}}


@samples(may=_RETURN)
class ReturnRead(serializers.Serializer):
    """A return in percent over the days on which there was something, and for a year of 365.

    `annualised` is null under a year. Where there is no return, `reason` says why: nothing was
    there; a gain came from nothing that was put in; it was worth less than nothing, or lost or paid
    out more than was there on an average day; all that was paid has one sign; no rate, or more than
    one, makes it out.
    """

    period = serializers.CharField(allow_null=True)
    annualised = serializers.CharField(allow_null=True)
    days = serializers.IntegerField()
    reason = serializers.ChoiceField(choices=REASONS, allow_null=True)


@samples(may=_AMOUNTS)
class ValueRead(serializers.Serializer):
    """What a value was made of in a period, in one currency.

    closing = opening + contributions − withdrawals + income − costs + unrealised_gains +
    exchange_rates; growth = income − costs + unrealised_gains + exchange_rates.
    """

    currency = serializers.CharField()
    opening = serializers.CharField()
    contributions = serializers.CharField()
    withdrawals = serializers.CharField()
    income = serializers.CharField()
    costs = serializers.CharField()
    unrealised_gains = serializers.CharField()
    exchange_rates = serializers.CharField()
    closing = serializers.CharField()
    growth = serializers.CharField()


@samples(may=_GROWN)
class GrownRead(ValueRead):
    """What a value was made of, and how much it grew.

    Time-weighted: how one unit of money grew that was there all the time, by Modified Dietz between
    valuations, linked. Money-weighted: the internal rate of return. Both with flows at the end of
    their day and years of 365 days.
    """

    time_weighted = ReturnRead()
    money_weighted = ReturnRead()


@samples(funds={"account_name": "Funds", "archived": False, **_GROWN, "converted": _AMOUNTS})
class InvestmentGrownRead(GrownRead):
    """How an account did in its own currency; `converted` into the report's, if there are rates."""

    account = serializers.UUIDField()
    account_name = serializers.CharField()
    archived = serializers.BooleanField()
    converted = ValueRead(allow_null=True)


@samples(broker={"broker_name": "XP", **_GROWN})
class BrokerGrownRead(GrownRead):
    """How the accounts of a broker did together; null for the accounts without a broker."""

    broker = serializers.UUIDField(allow_null=True)
    broker_name = serializers.CharField(allow_null=True)
    accounts = InvestmentGrownRead(many=True)


@samples(
    may={
        "month": "2026-05",
        "on": "2026-05-31",
        "value": {"amount": "1365.00"},
        "put_in": {"amount": "1300.00"},
    }
)
class MonthValueRead(serializers.Serializer):
    """What was there at the end of a month; `put_in` is the opening value with all flows since."""

    month = serializers.CharField()
    on = serializers.DateField()
    value = MoneyRead()
    put_in = MoneyRead()


@samples(
    may={
        "account_name": "Funds",
        "on": "2026-05-31",
        "value": {"amount": "1365.00"},
        "gain": {"amount": "30.00"},
        "note": "",
        "computed": {"amount": "1365.00"},
        "ok": True,
    }
)
class ValuationRead(serializers.Serializer):
    """A valuation, which is a balance point, and the gain or loss that it booked.

    `computed` is what the entries come to by now. Where that is not the value, something before it
    was changed since, and `POST /balance-points/{id}/revalue` books the gain again.
    """

    id = serializers.UUIDField()
    account = serializers.UUIDField()
    account_name = serializers.CharField()
    on = serializers.DateField()
    value = MoneyRead()
    gain = MoneyRead()
    note = serializers.CharField(allow_blank=True)
    computed = MoneyRead()
    ok = serializers.BooleanField()


@samples(may={"opening_on": "2026-04-30", "not_converted": []})
class PerformanceRead(PeriodReport):
    """How investments did: all of them, each broker, each account.

    Values are converted at the rate of their day, and what moved at the rate of its own;
    `conversions` tells the rates of the opening day and of the months' ends.
    """

    opening_on = serializers.DateField()
    total = GrownRead()
    brokers = BrokerGrownRead(many=True)
    months = MonthValueRead(many=True)
    valuations = ValuationRead(many=True)

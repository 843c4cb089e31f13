"""Net worth by month, and what exchange rates made of it, as JSON."""

from typing import Any

from accounts.rates import described
from buffet.money import text
from reports.asking import Asked
from reports.documents import money
from reports.flows.documents import amount_of, head_of, rates_used
from reports.queries.exchanging import Exchanged, Revalued, Standing, rate_effects
from reports.queries.net_worth import NetWorth, Worth, net_worth


def _worth(worth: Worth, currency: str) -> dict[str, Any]:
    return {
        "on": worth.on,
        "net_worth": amount_of(worth.net_worth, currency),
        "assets": amount_of(worth.assets, currency),
        "liabilities": amount_of(worth.liabilities, currency),
        "complete": not worth.missing,
        "not_converted": [money(one) for one in worth.left_out],
    }


def of_net_worth(asked: Asked) -> dict[str, Any]:
    """Return net worth by month as JSON carries it."""
    report: NetWorth = net_worth(asked)
    currency = asked.currency
    return {
        **head_of(asked),
        "opening": _worth(report.opening, currency),
        "months": [
            {
                "month": f"{step.month.name:%Y-%m}",
                **_worth(step.worth, currency),
                "savings": amount_of(step.savings, currency),
                "unrealised_gains": amount_of(step.gains, currency),
                "opening_balances": amount_of(step.opened, currency),
                "transfers": amount_of(step.transfers, currency),
                "newly_converted": amount_of(step.converted, currency),
                "exchange_rates": amount_of(step.rates, currency),
            }
            for step in report.steps
        ],
        "by_kind": [
            {
                "kind": row.kind,
                "currency": currency,
                "months": [text(one, currency) for one in row.worths[1:]],
            }
            for row in report.kinds
        ],
        **rates_used(report.conversions, report.left_out),
    }


def of_rate_effects(asked: Asked) -> dict[str, Any]:
    """Return what exchange rates made of net worth as JSON carries it."""
    found = rate_effects(asked)
    return {
        **head_of(asked),
        "total": money(found.total),
        "revalued": [_revalued(one, asked) for one in found.revalued],
        "exchanged": [_exchanged(one, asked) for one in found.exchanged],
        "newly_converted": {
            "total": money(found.newly_converted),
            "held": [_revalued(one, asked) for one in found.converted],
            "exchanged": [_exchanged(one, asked) for one in found.traded],
        },
    }


def _revalued(one: Revalued, asked: Asked) -> dict[str, Any]:
    return {
        "month": f"{one.month.name:%Y-%m}",
        "before": _standing(one.before),
        "after": _standing(one.after),
        "amount": amount_of(one.amount, asked.currency),
    }


def _exchanged(one: Exchanged, asked: Asked) -> dict[str, Any]:
    return {
        "month": f"{one.month.name:%Y-%m}",
        "amount": amount_of(one.amount, asked.currency),
    }


def _standing(one: Standing) -> dict[str, Any]:
    return {"on": one.on, "held": money(one.held), "conversion": described(one.rate)}

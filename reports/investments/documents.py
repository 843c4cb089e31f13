"""The performance of investments as JSON: the same document for the API and the page."""

from typing import Any

from buffet.money import text
from reports.asking import Asked
from reports.documents import money, percentage
from reports.flows.documents import amount_of, head_of, rates_used
from reports.queries.investment_rows import PieceRows
from reports.queries.performance import AccountGrown, Performance, performance
from reports.queries.returns import Return
from reports.queries.tracks import Amounts, Grown


def of_performance(asked: Asked) -> dict[str, Any]:
    """Return how investments did as JSON carries it."""
    report: Performance = performance(asked)
    currency = asked.currency
    return {
        **head_of(asked),
        "opening_on": report.before,
        "total": _grown(report.whole),
        "brokers": [
            {
                "broker": broker.id,
                "broker_name": broker.name or None,
                **_grown(broker.whole),
                "accounts": [_account(one) for one in broker.accounts],
            }
            for broker in report.brokers
        ],
        "months": [
            {
                "month": f"{one.month.name:%Y-%m}",
                "on": one.month.until,
                "value": amount_of(one.value, currency),
                "put_in": amount_of(one.put_in, currency),
            }
            for one in report.months
        ],
        "valuations": [
            {
                "id": one.id,
                "account": one.account_id,
                "account_name": one.account,
                "on": one.on,
                "value": money(one.value),
                "gain": money(one.gain),
                "note": one.note,
                "computed": money(one.computed),
                "ok": one.ok,
            }
            for one in report.valuations
        ],
        **rates_used(report.conversions, report.left_out),
    }


def of_piece(found: PieceRows) -> dict[str, Any]:
    """Return that of which a figure is the sum as JSON carries it."""
    return {
        **head_of(found.asked),
        "of": str(found.piece),
        "total": money(found.total),
        "rows": [
            {
                "date": row.date,
                "transaction": row.transaction_id,
                "description": row.description,
                "accounts": row.accounts,
                "amount": amount_of(row.amount, found.asked.currency),
                "held": money(row.held),
                "held_since": row.since,
            }
            for row in found.rows
        ],
    }


def _account(one: AccountGrown) -> dict[str, Any]:
    return {
        "account": one.account.id,
        "account_name": one.account.name,
        "archived": one.account.is_archived,
        **_grown(one.own),
        "converted": None if one.brought is None else _amounts(one.brought),
    }


def _grown(one: Grown) -> dict[str, Any]:
    return {
        **_amounts(one.amounts),
        "time_weighted": _return(one.time_weighted),
        "money_weighted": _return(one.money_weighted),
    }


def _amounts(one: Amounts) -> dict[str, Any]:
    named = {
        "opening": one.opening,
        "contributions": one.contributions,
        "withdrawals": one.withdrawals,
        "income": one.income,
        "costs": one.costs,
        "unrealised_gains": one.gains,
        "exchange_rates": one.rates,
        "closing": one.closing,
        "growth": one.growth,
    }
    amounts = {name: text(value, one.currency) for name, value in named.items()}
    return {"currency": one.currency, **amounts}


def _return(one: Return) -> dict[str, Any]:
    return {
        "period": percentage(one.period),
        "annualised": percentage(one.annualised),
        "days": one.days,
        "reason": one.reason or None,
    }

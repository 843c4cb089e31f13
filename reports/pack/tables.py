"""The pack's tables as rows of CSV files, by the files' names."""

from collections.abc import Iterable, Iterator

from django.utils.text import slugify

from accounts.rates import described
from buffet.money import text
from invoices.queries import statements
from reports import faces
from reports.cards.faces import STATEMENT, rows_of
from reports.flows import faces as flows
from reports.pack.entries import entries
from reports.pack.figures import Figures
from reports.periods import DAY
from reports.queries.trial_balance import TrialLine
from reports.queries.worth import ZERO

Rows = Iterable[list[object]]


def tables(found: Figures) -> Iterator[tuple[str, Rows]]:
    """Yield each file's name and its rows, which are read while they are written."""
    yield "trial-balance.csv", flows.trial_balance_rows(found.trial_balance)
    yield "ledger.csv", _ledger(found)
    for number, line in enumerate(found.real, 1):
        name = slugify(line.node.name)[:40] or "account"
        yield f"accounts/{number:02}-{name}.csv", _account(found, line)
    yield "cash-flow.csv", flows.cash_flow_rows(found.cash_flow)
    yield "spending.csv", flows.spending_rows(found.spending)
    yield "net-worth.csv", flows.net_worth_rows(found.net_worth)
    yield "balances.csv", faces.overview_rows(found.balances)
    yield "card-statements.csv", _statements(found)
    yield "rates-used.csv", _rates(found)
    yield "not-converted.csv", _not_converted(found)


def _ledger(found: Figures) -> Rows:
    """Yield every entry, with what its account came to."""
    yield [
        *("date", "transaction", "entry", "description", "vendor", "account", "type"),
        *("other side", "debit", "credit", "currency", "status", "balance"),
    ]
    balance = {(one.node.id, one.currency): one.opening for one in found.trial_balance.lines}
    for one in entries(found.asked):
        key = one.account_id, one.currency
        balance[key] = balance.get(key, ZERO) + one.amount
        yield [
            *(one.date, one.transaction_id, one.entry_id, one.description, one.vendor),
            *(one.account, one.type, one.across),
            text(max(one.amount, ZERO), one.currency),
            text(max(-one.amount, ZERO), one.currency),
            one.currency,
            one.status,
            text(balance[key], one.currency),
        ]


def _account(found: Figures, line: TrialLine) -> Rows:
    """Yield an account's statement: what it had, what moved it, and what it came to."""
    period, currency = found.asked.period, line.currency
    yield [
        *("date", "description", "vendor", "other side", "status", "amount", "balance"),
        *("currency", "transaction"),
    ]
    balance = line.opening
    yield _bound(period.since - DAY, "Opening balance", text(balance, currency), currency)
    for one in entries(found.asked, line.node.id):
        balance += one.amount
        yield [
            *(one.date, one.description, one.vendor, one.across, one.status),
            text(one.amount, currency),
            text(balance, currency),
            currency,
            one.transaction_id,
        ]
    yield _bound(period.until, "Closing balance", text(balance, currency), currency)


def _bound(day: object, description: str, balance: str, currency: str) -> list[object]:
    return [day, description, "", "", "", "", balance, currency, ""]


def _statements(found: Figures) -> Rows:
    """Yield the cards' statements that close in the period."""
    period = found.asked.period
    return rows_of(
        ["card_name", *STATEMENT],
        (
            {"card_name": card.row["name"]} | statements.summary(one)
            for card in found.cards
            for one in reversed(card.found.statements)
            if period.since <= one.invoice.closes_on <= period.until
        ),
    )


def _rates(found: Figures) -> Rows:
    """Yield at which rate what was converted, and for which report."""
    yield ["report", "month", "currency", "into", "rate", "rate date", "source", "status"]
    for name, used in found.rates:
        told = described(used.rate)
        yield [
            *(name, f"{used.month:%Y-%m}", used.currency, found.asked.currency),
            *(told["rate"], told["as_of"], told["source"], told["status"]),
        ]


def _not_converted(found: Figures) -> Rows:
    """Yield what had no rate and is in no figure of a report, of the period or of a day before."""
    yield ["report", "amount", "currency", "of"]
    for name, left_out, of in found.left_out:
        for one in left_out:
            yield [name, text(one.amount, one.currency), one.currency, of]

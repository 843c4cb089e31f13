"""The main story, told by a Python client generated from the OpenAPI document.

Called with the server's address, an e-mail, its password and the path of an OFX file.
"""

import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

from buffet_client import AuthenticatedClient, Client, models
from buffet_client.api.auth import auth_logout, auth_refresh, auth_token
from buffet_client.api.closed_months import closed_months_create
from buffet_client.api.imports import imports_commit, imports_create
from buffet_client.api.integrity import integrity_read
from buffet_client.api.reports import reports_portfolio_overview
from buffet_client.api.transactions import (
    transactions_bulk_change,
    transactions_bulk_create,
    transactions_bulk_delete,
    transactions_change,
    transactions_create,
    transactions_delete,
    transactions_list,
    transactions_read,
)
from buffet_client.api.users import me_read
from buffet_client.models import AccountKind, TransactionCreate, TransactionRead
from buffet_client.types import UNSET, File
from chart import Chart, open_chart
from reading import balance, changes, pages, refusal, the


def record_one_by_one(client: AuthenticatedClient, chart: Chart) -> TransactionRead:
    """Record a purchase, a transfer and a split; return the purchase."""
    fruit = TransactionCreate(
        date=date(2025, 1, 10),
        description="Fruit",
        account=chart.checking,
        amount="-42.50",
        category=chart.groceries,
        vendor=chart.market,
    )
    bought = the(TransactionRead, transactions_create.sync(client=client, body=fruit))
    assert bought.kind is models.TransactionKind.EXPENSE
    assert (bought.category_name, bought.vendor_name) == ("Groceries", "Market")
    aside = TransactionCreate(
        date=date(2025, 1, 15),
        description="Put aside",
        account=chart.checking,
        amount="-200.00",
        transfer_to=chart.savings,
    )
    moved = the(TransactionRead, transactions_create.sync(client=client, body=aside))
    assert moved.kind is models.TransactionKind.TRANSFER
    assert (moved.amount, moved.transfer_to) == ("-200.00", chart.savings)
    both = TransactionCreate(
        date=date(2025, 1, 20),
        description="Food and soap",
        entries=[
            models.EntryCreate(account=chart.checking, amount="-30.00"),
            models.EntryCreate(account=chart.groceries, amount="20.00", currency="BRL"),
            models.EntryCreate(account=chart.household, amount="10.00", currency="BRL"),
        ],
    )
    split = the(TransactionRead, transactions_create.sync(client=client, body=both))
    assert split.kind is models.TransactionKind.SPLIT
    assert {entry.account: entry.amount for entry in split.entries} == {
        chart.checking: "-30.00",
        chart.groceries: "20.00",
        chart.household: "10.00",
    }
    assert balance(client, chart.checking) == Decimal("727.50")
    assert balance(client, chart.savings) == Decimal("200.00")
    return bought


def record_together(client: AuthenticatedClient, chart: Chart) -> list[TransactionRead]:
    """Record a month in one call, and ask what would become of another; return the month."""
    pay = TransactionCreate(
        date=date(2025, 2, 1),
        description="Pay",
        account=chart.checking,
        amount="3000.00",
        category=chart.salary,
    )
    coffees = [
        TransactionCreate(
            date=date(2025, 2, day),
            description="Coffee",
            account=chart.checking,
            amount="-10.01",
        )
        for day in (2, 3, 4, 5)
    ]
    month = models.BulkCreate(transactions=[pay, *coffees])
    recorded = the(models.BulkResults, transactions_bulk_create.sync(client=client, body=month))
    assert [one.amount for one in recorded.results] == ["3000.00", *["-10.01"] * 4]
    assert balance(client, chart.checking) == Decimal("3687.46")

    stray = TransactionCreate(
        date=date(2025, 2, 6), description="Nowhere", account=chart.broker, amount="-1.00"
    )
    doubtful = models.BulkCreate(transactions=[coffees[0], stray])
    answer = transactions_bulk_create.sync(client=client, body=doubtful, atomic=False, dry_run=True)
    good, bad = the(models.BulkOutcomes, answer).results
    assert good.ok
    assert the(TransactionRead, good.transaction).amount == "-10.01"
    assert not bad.ok
    assert bad.transaction is UNSET
    assert [fault.pointer for fault in the(list, bad.errors)] == ["/transactions/1/account"]
    assert balance(client, chart.checking) == Decimal("3687.46")
    return recorded.results


def list_them(client: AuthenticatedClient, chart: Chart) -> None:
    """Read lists with filters, to their end."""
    found = list(pages(client, account=chart.checking, date_from=date(2025, 2, 1), limit=2))
    assert [len(page) for page in found] == [2, 2, 1]
    assert sum(Decimal(one.amount) for page in found for one in page) == Decimal("2959.96")
    answer = transactions_list.sync(
        client=client,
        category="none",
        status=models.EntryStatus.CLEARED,
        date_from=date(2025, 2, 1),
        limit=1,
        total=True,
    )
    plain = the(models.TransactionsPage, answer)
    assert (plain.total, len(plain.results)) == (4, 1)


def correct(
    client: AuthenticatedClient, chart: Chart, bought: TransactionRead, coffee: TransactionRead
) -> None:
    """Correct the version that was read; a version that is gone is refused."""
    tag = transactions_read.sync_detailed(bought.id, client=client).headers["ETag"]
    dearer = models.TransactionChange(amount="-45.00")
    answer = transactions_change.sync(bought.id, client=client, body=dearer, if_match=tag)
    changed = the(TransactionRead, answer)
    assert (changed.amount, changed.category) == ("-45.00", chart.groceries)
    assert changed.version > bought.version
    late = transactions_change.sync(bought.id, client=client, body=dearer, if_match=tag)
    assert refusal(late)[0] == 412
    row = models.BulkChangeRow(id=coffee.id, version=coffee.version, description="Espresso")
    several = transactions_bulk_change.sync(
        client=client, body=models.BulkChange(transactions=[row])
    )
    assert the(models.BulkResults, several).results[0].description == "Espresso"
    assert balance(client, chart.checking) == Decimal("3684.96")


def retry_and_delete(client: AuthenticatedClient, chart: Chart, coffee: TransactionRead) -> None:
    """Send a request twice for one effect, then delete what it made and something else."""
    tea = TransactionCreate(
        date=date(2025, 2, 7), description="Tea", account=chart.checking, amount="-5.00"
    )
    first, again = (
        transactions_create.sync_detailed(client=client, body=tea, idempotency_key="tea")
        for _ in range(2)
    )
    made = the(TransactionRead, first.parsed)
    assert the(TransactionRead, again.parsed) == made
    assert again.headers["Idempotency-Replayed"] == "true"
    assert balance(client, chart.checking) == Decimal("3679.96")

    tag = first.headers["ETag"]
    gone = transactions_delete.sync_detailed(made.id, client=client, if_match=tag)
    assert gone.status_code == 204
    rows = models.BulkDelete(transactions=[models.BulkDeleteRow(id=coffee.id)])
    would = transactions_bulk_delete.sync(client=client, body=rows, dry_run=True)
    assert the(models.BulkOutcomes, would).results[0].ok
    done = transactions_bulk_delete.sync(client=client, body=rows)
    assert [row.id for row in the(models.BulkDeleted, done).results] == [coffee.id]
    assert balance(client, chart.checking) == Decimal("3694.97")


def import_statement(client: AuthenticatedClient, chart: Chart, statement: Path) -> None:
    """Upload a bank's file, look at it and commit it."""
    with statement.open("rb") as content:
        upload = models.ImportUpload(account=chart.checking, file=File(content, statement.name))
        preview = the(models.ImportRead, imports_create.sync(client=client, body=upload))
    assert (preview.status, preview.file_name) == (models.ImportStatus.PREVIEW, statement.name)
    assert (preview.counts.new, preview.counts.duplicate) == (2, 0)
    assert {line.verdict for line in preview.lines} == {models.ImportVerdict.NEW}
    assert (preview.statement.closing, preview.statement.gap) == ("3759.63", "0.00")
    assert balance(client, chart.checking) == Decimal("3694.97")
    done = imports_commit.sync(preview.id, client=client, body=models.ImportCommit())
    assert the(models.ImportRead, done).status is models.ImportStatus.COMMITTED
    assert balance(client, chart.checking) == Decimal("3759.63")


def close_month(client: AuthenticatedClient, me: models.Me, bought: TransactionRead) -> None:
    """Close January, which then does not change."""
    january = models.ClosedMonthCreate(month="2025-01")
    answer = closed_months_create.sync(client=client, body=january)
    closed = the(models.ClosedMonthRead, answer)
    assert (closed.month, closed.closed_by) == ("2025-01", me.id)
    cheaper = models.TransactionChange(amount="-1.00")
    late = transactions_change.sync(bought.id, client=client, body=cheaper)
    assert refusal(late) == (400, "month_closed")


def look_back(client: AuthenticatedClient, me: models.Me, chart: Chart) -> None:
    """Read what it all comes to."""
    answer = reports_portfolio_overview.sync(client=client, x_book=str(me.default_book))
    overview = the(models.PortfolioOverviewRead, answer)
    assert (overview.net_worth.amount, overview.net_worth.currency) == ("3959.63", "BRL")
    assert {line.id: line.balance for line in overview.accounts} == {
        chart.checking: "3759.63",
        chart.savings: "200.00",
    }
    assert {share.kind: share.total.amount for share in overview.by_kind} == {
        AccountKind.CHECKING: "3759.63",
        AccountKind.SAVINGS: "200.00",
    }


def keep_copy(
    client: AuthenticatedClient, bought: TransactionRead, deleted: TransactionRead
) -> None:
    """Follow the feed from the beginning, and have the book proven."""
    rows = {row.id: row for row in changes(client)}
    assert (rows[deleted.id].deleted, rows[deleted.id].data) == (True, None)
    row = the(models.SyncTransaction, rows[bought.id])
    assert the(models.TransactionData, row.data).description == "Fruit"
    integrity = the(models.IntegrityRead, integrity_read.sync(client=client))
    assert integrity.ok
    assert all(check.ok for check in integrity.checks)


def tell(url: str, email: str, password: str, statement: Path) -> None:
    """Tell the story from signing in to signing out."""
    with Client(url, raise_on_unexpected_status=True) as anybody:
        wrong = models.Credentials(email=email, password="wrong")
        assert refusal(auth_token.sync(client=anybody, body=wrong)) == (401, "wrong_credentials")
        right = models.Credentials(email=email, password=password)
        tokens = the(models.TokenPair, auth_token.sync(client=anybody, body=right))
        with AuthenticatedClient(url, tokens.access, raise_on_unexpected_status=True) as client:
            me = the(models.Me, me_read.sync(client=client))
            assert me.email == email
            chart = open_chart(client)
            bought = record_one_by_one(client, chart)
            _, coffee, *_, last = record_together(client, chart)
            list_them(client, chart)
            correct(client, chart, bought, coffee)
            retry_and_delete(client, chart, last)
            import_statement(client, chart, statement)
            close_month(client, me, bought)
            look_back(client, me, chart)
            keep_copy(client, bought, last)
        spent = models.RefreshRequest(refresh=tokens.refresh)
        fresh = the(models.TokenPair, auth_refresh.sync(client=anybody, body=spent))
        with AuthenticatedClient(url, fresh.access, raise_on_unexpected_status=True) as client:
            assert the(models.Me, me_read.sync(client=client)) == me
            end = models.RefreshRequest(refresh=fresh.refresh)
            assert auth_logout.sync_detailed(client=anybody, body=end).status_code == 204
            assert refusal(me_read.sync(client=client))[0] == 401


if __name__ == "__main__":
    tell(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4]))

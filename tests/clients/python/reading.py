"""What a story reads through the generated client."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from buffet_client import AuthenticatedClient
from buffet_client.api.accounts import accounts_read
from buffet_client.api.sync import sync_read
from buffet_client.api.transactions import transactions_list
from buffet_client.models import (
    AccountRead,
    Problem,
    SyncAccount,
    SyncBroker,
    SyncClosedMonth,
    SyncImport,
    SyncRead,
    SyncTransaction,
    SyncVendor,
    TransactionRead,
    TransactionsPage,
)
from buffet_client.types import UNSET, Unset

Found = TypeVar("Found")
SyncRow = SyncAccount | SyncBroker | SyncClosedMonth | SyncImport | SyncTransaction | SyncVendor


def the(kind: type[Found], answer: object) -> Found:
    """Return the answer, which is of this kind."""
    assert isinstance(answer, kind), answer
    return answer


def refusal(answer: object) -> tuple[int, str]:
    """Return the status of a problem and its most telling code."""
    problem = the(Problem, answer)
    return problem.status, problem.errors[0].code if problem.errors else problem.code


def balance(client: AuthenticatedClient, account: UUID) -> Decimal:
    """Return what an account in reais holds."""
    found = the(AccountRead, accounts_read.sync(account, client=client))
    assert found.currency == "BRL"
    return Decimal(found.balance)


def pages(client: AuthenticatedClient, **filters: Any) -> Iterator[list[TransactionRead]]:
    """Yield the pages of a list of transactions, to its end."""
    cursor: str | Unset | None = UNSET
    while cursor is not None:
        answer = transactions_list.sync(client=client, cursor=cursor, **filters)
        page = the(TransactionsPage, answer)
        yield page.results
        cursor = _cursor(page.next_)


def changes(client: AuthenticatedClient) -> Iterator[SyncRow]:
    """Yield all of the feed, from its beginning."""
    cursor: str | Unset | None = UNSET
    while cursor is not None:
        page = the(SyncRead, sync_read.sync(client=client, since=0, limit=7, cursor=cursor))
        yield from page.results
        cursor = _cursor(page.next_)
        assert page.has_more == (cursor is not None)


def _cursor(link: str | None) -> str | None:
    """Return the cursor of a link to the next page."""
    return parse_qs(urlsplit(link).query)["cursor"][0] if link else None

"""Where the rows of which a figure is the sum are shown."""

from collections.abc import Callable, Iterable
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode

from reports.asking import Asked

#: Of the days from the first to the second, with the parts that the rows are of by name.
RowsUrl = Callable[..., str]


def known(on: date | None) -> dict[str, str]:
    """Return the parameters that tell other pages as what was known a book is read."""
    return {} if on is None else {"known_on": on.isoformat()}


def narrowed(asked: Asked) -> dict[str, str]:
    """Return the parameter that keeps other pages to the same accounts, where these are some."""
    return {"accounts": ",".join(map(str, asked.accounts))} if asked.accounts else {}


def with_accounts(kept: str, accounts: Iterable[UUID]) -> str:
    """Return what goes along behind an address, with the accounts that a report is of; "" if none.

    `kept` is what goes along anyhow.
    """
    some = ",".join(map(str, accounts))
    sent = "&".join(part for part in (kept, some and urlencode({"accounts": some})) if part)
    return f"?{sent}" if sent else ""


def along(asked: Asked) -> dict[str, str]:
    """Return the parameters that go along from a report to what its figures are made of."""
    sent = {"currency": asked.currency, **known(asked.known_on), **narrowed(asked)}
    if asked.broker is not None:
        sent["broker"] = asked.broker
    return sent


def rows_url(asked: Asked, page: str = "rows") -> RowsUrl:
    """Return what says where the rows of some days behind a figure of a report are."""
    path, kept = reverse(page), urlencode(_narrowing(asked))

    def url(since: date, until: date, **part: str) -> str:
        return f"{path}?{_chosen(part)}date_from={since}&date_to={until}&{kept}"

    return url


def change_url(asked: Asked) -> Callable[..., str]:
    """Return what says where the rows behind a change are: against the period before, or a year."""
    path, kept = reverse("rows"), urlencode({**asked.period.sent, **_narrowing(asked)})

    def url(against: str, **part: str) -> str:
        return f"{path}?{_chosen(part)}against={against}&{kept}"

    return url


def accounts_url(asked: Asked, page: str = "accounts") -> Callable[..., str]:
    """Return what says where the accounts are whose balances on a day a figure is the sum of."""
    path, kept = reverse(page), urlencode(along(asked))

    def url(on: date, **part: str) -> str:
        return f"{path}?{_chosen(part)}on={on}&{kept}"

    return url


def account_url(asked: Asked, id: UUID) -> Callable[[date], str]:
    """Return what says where an account is as it was at the end of a day."""
    path = reverse("account", args=[id])
    kept = urlencode({"currency": asked.currency, **known(asked.known_on)})

    def url(on: date) -> str:
        return f"{path}?on={on}&{kept}"

    return url


def _narrowing(asked: Asked) -> dict[str, str]:
    some = {"categories": ",".join(map(str, asked.categories))} if asked.categories else {}
    return along(asked) | some


def _chosen(part: dict[str, str]) -> str:
    # Names and ids of our own, which are as they stand in an address.
    return "".join(f"{name}={value}&" for name, value in part.items())

"""Names of accounts as journals can read them."""

import unicodedata
from collections.abc import Sequence

from accounts.models import AccountType
from reports.queries.chart import Chart, Node

ROOTS = {
    AccountType.ASSET: "Assets",
    AccountType.LIABILITY: "Liabilities",
    AccountType.EQUITY: "Equity",
    AccountType.INCOME: "Income",
    AccountType.EXPENSE: "Expenses",
}


def account_names(chart: Chart) -> dict[str, str]:
    """Return each account's name in a journal by its id: its type, those above it, its own.

    Of names that become the same, the account that was made first keeps it.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    waiting: list[tuple[str, Sequence[Node]]] = [("", chart.below.get(None, ()))]
    while waiting:
        above, nodes = waiting.pop()
        for node in sorted(nodes, key=lambda node: node.id):
            path = f"{above or ROOTS[AccountType(node.type)]}:{component(node.name)}"
            found[node.id] = _free(path, taken)
            waiting.append((found[node.id], chart.below.get(node.id, ())))
    return found


def component(name: str) -> str:
    """Return a part of an account's name: letters, digits and dashes, a capital or digit first.

    The rule is beancount's, which is the stricter one; letters of all scripts are letters.
    """
    letters = unicodedata.normalize("NFC", name)
    kept = "".join(one if _is_letter(one) or _is_digit(one) else " " for one in letters)
    word = "-".join(kept.split())
    first = word[:1].upper()
    # Some letters have no capital, and that of some is two letters.
    if len(first) == 1 and unicodedata.category(first) in ("Lu", "Nd"):
        return first + word[1:]
    return f"X-{word}".rstrip("-")


def _is_letter(one: str) -> bool:
    return unicodedata.category(one).startswith("L")


def _is_digit(one: str) -> bool:
    return unicodedata.category(one) == "Nd"


def _free(path: str, taken: set[str]) -> str:
    number, free = 1, path
    while free in taken:
        number += 1
        free = f"{path}-{number}"
    taken.add(free)
    return free

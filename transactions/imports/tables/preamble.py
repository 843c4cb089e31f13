"""What banks write above a table: whose account it is."""

import re
from collections.abc import Sequence
from itertools import pairwise

from transactions.imports.tables import words
from transactions.imports.tables.columns import text
from transactions.imports.tables.source import Row

_IBAN = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_LABELS = frozenset(
    """kontonummer|konto|iban|account number|account|conta|conta corrente|cuenta|numero de cuenta
    |compte|numero de compte|conto|rekening|account no|numero da conta|girokonto""".replace(
        "\n", ""
    )
    .replace("    ", "")
    .split("|")
)
_NUMBER = re.compile(r"[0-9][0-9xX*./ -]{2,30}")


def account_number(above: Sequence[Row]) -> str:
    """Return the number of the account that the rows above the table name; empty if none."""
    for row in above:
        cells = [text(one) for one in row]
        if found := _IBAN.search(" ".join(cells)):
            return found[0].replace(" ", "")
    for row in above:
        cells = [part for one in row for part in text(one).split(":") if part.strip()]
        for label, number in pairwise(cells):
            if words.plain(label) in _LABELS and (found := _NUMBER.match(number.strip())):
                return found[0].strip()
    return ""

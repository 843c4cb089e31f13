"""The journal of beancount (version 3; version 2 reads it, too)."""

from buffet.models import Book
from buffet.money import text
from reports.journals.reading import JournalAccount, JournalBalance, JournalRate

_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r"})


def _escaped(column: str) -> str:
    """Return the SQL of a text as it stands between quotes: the same as `_quoted`."""
    return (
        rf"""replace(replace(replace(replace({column}, '\', '\\'), '"', '\"'), """
        r"""E'\n', '\n'), E'\r', '\r')"""
    )


def _more_of(indent: str, name: str, column: str) -> str:
    """Return the SQL of a line that says more, if there is more to say."""
    said = f"""'{indent}{name}: "', {_escaped(column)}, E'"\\n'"""
    return f"CASE WHEN {column} <> '' THEN concat({said}) END"


VENDOR = f"""concat('"', {_escaped("v.name")}, '" ')"""
TRANSACTION = f"""
    E'\\n', t.date, CASE WHEN e.is_pending THEN ' ! ' ELSE ' * ' END,
    v.said, '"', {_escaped("t.description")}, E'"\\n  id: "', t.id, E'"\\n',
    {_more_of("  ", "notes", "t.notes")}
"""
ENTRY = f"""concat(
    CASE e.status WHEN 'pending' THEN '  ! ' ELSE '  ' END, e.name, '  ',
    round(e.amount, {{places}}), ' ', e.currency, E'\\n',
    CASE e.status WHEN 'reconciled' THEN E'    status: "reconciled"\\n' END,
    {_more_of("    ", "external_id", "e.external_id")}, {_more_of("    ", "note", "e.note")}
)"""


def head(book: Book, currencies: list[str]) -> str:
    """Return what the file begins with."""
    # Commodities need a day; nothing depends on which.
    return (
        f'option "title" {_quoted(book.name)}\n'
        f'option "operating_currency" "{book.base_currency}"\n\n'
        + "".join(f"1900-01-01 commodity {currency}\n" for currency in currencies)
        + "\n"
    )


def account(one: JournalAccount) -> str:
    """Return an account, and when it closes."""
    lines = [
        f"{one.opens_on} open {one.name} {one.currency}".rstrip(),
        *_more(id=one.id, name=one.title, kind=one.kind, broker=one.broker),
    ]
    if one.closes_on:
        lines.append(f"{one.closes_on} close {one.name}")
    return "\n".join(lines) + "\n"


def rate(one: JournalRate) -> str:
    """Return an exchange rate."""
    return f"{one.date} price {one.base} {one.rate.normalize():f} {one.quote}\n"


def balance(one: JournalBalance) -> str:
    """Return what an account comes to when a day begins, to the cent."""
    amount = text(one.amount, one.currency)
    return f"{one.date} balance {one.account}  {amount} ~ 0 {one.currency}\n"


def _more(**named: str) -> list[str]:
    return [f"  {name}: {_quoted(value)}" for name, value in named.items() if value]


def _quoted(value: str) -> str:
    return f'"{value.translate(_ESCAPES)}"'

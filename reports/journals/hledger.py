"""The journal of hledger; ledger reads most of it, too."""

from datetime import timedelta

from buffet.models import Book
from buffet.money import decimals, text
from reports.journals.reading import JournalAccount, JournalBalance, JournalRate

#: What would make a tag or a date of a comment, and what it becomes.
_MEANT, _MEANINGLESS = ":,[]", ";;()"
_IN_COMMENTS = str.maketrans(_MEANT, _MEANINGLESS)
#: What Python's `split` takes for space.
_SPACES = "".join(filter(str.isspace, map(chr, range(0x3001))))
_OTHERS = _SPACES.replace(" ", "")


def _plain_of(column: str) -> str:
    """Return the SQL of a text as one line: the same as `_plain`, and quick where it is one."""
    return (
        f"CASE WHEN {column} ~ '^ | $|  |[{_OTHERS}]' "
        f"THEN btrim(regexp_replace({column}, '[{_SPACES}]+', ' ', 'g')) ELSE {column} END"
    )


def _said_of(column: str) -> str:
    """Return the SQL of a part of a description, without what would end or divide it otherwise."""
    return f"nullif(translate({_plain_of(column)}, ';|', ',/'), '')"


def _tag_of(name: str, column: str) -> str:
    """Return the SQL of a tag, if there is something to say: the same as `_comment`."""
    said = f"'{name}:', translate({_plain_of(column)}, '{_MEANT}', '{_MEANINGLESS}')"
    return f"CASE WHEN {column} <> '' THEN concat({said}) END"


VENDOR = _said_of("v.name")
# The id also keeps a description that begins with a bracket from being read as a code.
TRANSACTION = f"""
    E'\\n', t.date, CASE WHEN e.is_pending THEN ' ! (' ELSE ' * (' END, t.id, ') ',
    concat_ws(' | ', v.said, {_said_of("t.description")}), E'\\n',
    CASE WHEN t.notes <> '' THEN concat('    ; ', {_tag_of("notes", "t.notes")}, E'\\n') END
"""
ENTRY = f"""concat(
    CASE e.status WHEN 'pending' THEN '    ! ' WHEN 'reconciled' THEN '    * ' ELSE '    ' END,
    e.name, '  ', round(e.amount, {{places}}), ' ', e.currency,
    CASE WHEN e.external_id <> '' OR e.note <> '' THEN concat('  ; ', concat_ws(
        ', ', {_tag_of("external_id", "e.external_id")}, {_tag_of("note", "e.note")}
    )) END, E'\\n'
)"""


def head(book: Book, currencies: list[str]) -> str:
    """Return what the file begins with."""
    declared = "".join(
        f"commodity 1000.{'0' * decimals(currency)} {currency}\n" for currency in currencies
    )
    return f"; {_plain(book.name)}\n\ndecimal-mark .\n{declared}\n"


def account(one: JournalAccount) -> str:
    """Return an account."""
    more = {"id": one.id, "kind": one.kind, "broker": one.broker, "name": one.title}
    if one.closes_on:
        more["closed"] = str(one.closes_on)
    return f"account {one.name}{_comment(**more)}\n"


def rate(one: JournalRate) -> str:
    """Return an exchange rate."""
    return f"P {one.date} {one.base} {one.rate.normalize():f} {one.quote}\n"


def balance(one: JournalBalance) -> str:
    """Return what an account comes to at the end of a month."""
    amount, last = text(one.amount, one.currency), one.date - timedelta(days=1)
    return f"\n{last} * Balance\n    {one.account}  0 {one.currency} = {amount} {one.currency}\n"


def _comment(**named: str) -> str:
    """Return a comment of tags, as it stands behind something; empty without any."""
    tags = [
        f"{name}:{_plain(value).translate(_IN_COMMENTS)}" for name, value in named.items() if value
    ]
    return f"  ; {', '.join(tags)}" if tags else ""


def _plain(value: str) -> str:
    """Return a text as one line."""
    return " ".join(value.split())

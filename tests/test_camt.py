"""CAMT of many banks and versions: signs, days, parties, batches and balances."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transactions.imports import camt
from transactions.imports.statement import Statement, StatementLine, UnreadableFile

PAID = (
    "<TxDtls><Refs><EndToEndId>E1</EndToEndId></Refs><RltdPties><Dbtr><Nm>Me</Nm></Dbtr>"
    "<Cdtr><Nm>Café</Nm></Cdtr></RltdPties><RmtInf><Ustrd>Bill 1</Ustrd></RmtInf></TxDtls>"
)
ENTRY = (
    '<Ntry>\n<Amt Ccy="EUR">42.50</Amt>\n<CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>\n'
    "<BookgDt><Dt>2026-01-15</Dt></BookgDt><ValDt><Dt>2026-01-16</Dt></ValDt>"
    f"<AcctSvcrRef>B1</AcctSvcrRef>\n<NtryDtls>{PAID}</NtryDtls></Ntry>\n"
)


def balance(code: str, amount: str, day: str, sign: str = "CRDT") -> str:
    """Return a balance."""
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt>"
        f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


OPEN, CLOSE = balance("OPBD", "100.00", "2026-01-01"), balance("CLBD", "57.50", "2026-01-31")
STATEMENT = (
    "<Stmt><Id>S1</Id><Acct><Id><IBAN>DE02</IBAN></Id><Ccy>EUR</Ccy><Svcr><FinInstnId><BIC>BANKDE"
    f"</BIC></FinInstnId></Svcr></Acct>{OPEN}{CLOSE}\n{ENTRY}</Stmt>"
)
FILE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Document '
    'xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>\n'
    f"{STATEMENT}</BkToCstmrStmt></Document>\n"
)


def one(text: str) -> Statement:
    """Return the only statement of a file."""
    (statement,) = camt.read(text.encode())
    return statement


def entry(old: str, new: str) -> str:
    """Return the file with its entry changed."""
    assert old in ENTRY
    return FILE.replace(ENTRY, ENTRY.replace(old, new))


def only(old: str, new: str) -> StatementLine:
    """Return the only line of the file with its entry changed."""
    (line,) = one(entry(old, new)).lines
    return line


#: What was changed of the plain file, which says the same all the same.
SAME = {
    "as it is": FILE,
    "line ends of Windows": FILE.replace("\n", "\r\n"),
    "no declaration": FILE[FILE.index("<Document") :],
    "white space before": "\n\n  " + FILE,
    "a UTF-8 mark": "\ufeff" + FILE,
    "another encoding named": FILE.replace("UTF-8", "ISO-8859-1"),
    "an unknown encoding named": FILE.replace("UTF-8", "X-NOBODY"),
    "no name space": FILE.replace(' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"', ""),
    "a bank's own name space": FILE.replace("urn:iso:std:iso:20022:tech:xsd:", "https://bank/"),
    "a comment": FILE.replace("<Ntry>", "<!-- <Ntry/> --><Ntry>"),
    "CDATA": entry("Bill 1", "<![CDATA[Bill 1]]>"),
    "an entity": entry("Café", "Caf&#233;"),
    "a status as a code": entry("<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>"),
    "no status": entry("<Sts>BOOK</Sts>", ""),
    "a time of booking": entry("<Dt>2026-01-15<", "<DtTm>2026-01-15T23:59:59-03:00<").replace(
        "59-03:00</Dt>", "59-03:00</DtTm>"
    ),
    "a day with a zone": entry("2026-01-15<", "2026-01-15+01:00<"),
    "only the day of its value": entry("<BookgDt><Dt>2026-01-15</Dt></BookgDt>", "").replace(
        "2026-01-16", "2026-01-15"
    ),
    "names as in version 8": entry("<Nm>Café</Nm>", "<Pty><Nm>Café</Nm></Pty>"),
    "the ultimate party": entry("Cdtr>", "UltmtCdtr>"),
    "text in parts": entry("<Ustrd>Bill 1</Ustrd>", "<Ustrd>Bill</Ustrd><Ustrd>1</Ustrd>"),
    "a structured reference": entry(
        "<Ustrd>Bill 1</Ustrd>", "<Strd><CdtrRefInf><Ref>Bill 1</Ref></CdtrRefInf></Strd>"
    ),
    "the number of a bill": entry(
        "<Ustrd>Bill 1</Ustrd>", "<Strd><RfrdDocInf><Nb>Bill 1</Nb></RfrdDocInf></Strd>"
    ),
    "its reference in the details": entry("<AcctSvcrRef>B1</AcctSvcrRef>", "").replace(
        "<Refs>", "<Refs><AcctSvcrRef>B1</AcctSvcrRef>"
    ),
    "the previous balance": FILE.replace("OPBD", "PRCD"),
    "an interim balance": FILE.replace("CLBD", "ITBD"),
    "balances of several days": FILE.replace(
        CLOSE, CLOSE + balance("CLBD", "99", "2026-01-02") + balance("OPBD", "9", "2026-01-02")
    ),
    "available balances": FILE.replace(CLOSE, CLOSE + balance("CLAV", "1.00", "2026-01-31")),
    "a reversal of a credit": entry("<Sts>", "<RvslInd>true</RvslInd><Sts>")
    .replace("<Dbtr>", "<X>").replace("</Dbtr>", "</X>").replace("Cdtr>", "Dbtr>"),
    "the same twice": FILE.replace(STATEMENT, STATEMENT + STATEMENT),
    "a report of the day": FILE.replace("<Stmt>", "<Rpt>").replace("</Stmt>", "</Rpt>"),
    "an account without IBAN": FILE.replace("<IBAN>DE02</IBAN>", "<Othr><Id>DE02</Id></Othr>"),
    "a currency in the balances alone": FILE.replace("<Ccy>EUR</Ccy>", ""),
    "an entry for information": FILE.replace(
        ENTRY, ENTRY + ENTRY.replace("BOOK", "INFO").replace("42.50", "9.00")
    ),
    "prefixes": FILE.replace("<", "<n:").replace("<n:/", "</n:").replace("<n:?", "<?").replace(
        "xmlns=", "xmlns:n="
    ),
    **{
        f"version {number}": FILE.replace("001.02", f"001.{number:02}") for number in range(3, 14)
    },
}  # fmt: skip


@pytest.mark.parametrize("what", SAME)
def test_the_same_statement_however_it_is_written(what: str) -> None:
    statement = one(SAME[what])
    (line,) = statement.lines

    assert (line.date, line.amount) == (date(2026, 1, 15), Decimal("-42.50"))
    assert (line.description, line.external_id) == ("Café · Bill 1", "B1")
    assert (statement.account_number, statement.bank_id) == ("DE02", "BANKDE")
    assert (statement.currency, statement.opening_balance) == ("EUR", Decimal(100))
    assert (statement.closing_balance, statement.total) == (Decimal("57.50"), Decimal("-42.50"))


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8"])
def test_letters_arrive_whatever_is_declared(encoding: str) -> None:
    assert camt.read(FILE.encode(encoding))[0].lines[0].description == "Café · Bill 1"


def test_a_bare_ampersand_is_one() -> None:
    assert only("Bill 1", "Tom & Jerry &amp; Co").description == "Café · Tom & Jerry & Co"


def test_balances_have_signs_too() -> None:
    found = one(FILE.replace(OPEN, balance("OPBD", "100.00", "2026-01-01", "DBIT")))

    assert found.opening_balance == Decimal(-100)


def test_what_comes_in_is_from_the_debtor() -> None:
    line = only("DBIT", "CRDT")

    assert (line.amount, line.description) == (Decimal("42.50"), "Me · Bill 1")


def test_what_is_expected_is_pending_and_in_no_total() -> None:
    for status in ("PDNG", "FUTR"):
        found = one(FILE.replace("BOOK", status))
        assert found.lines[0].is_pending
        assert found.total == 0


@pytest.mark.parametrize(
    ("own", "of_payment", "id"),
    [
        ("B1", "E1", "B1"), ("NOTPROVIDED", "E1", "E1"), ("", "E1", "E1"), ("", "NOTPROVIDED", ""),
        ("NONREF", "NONREF", ""),
    ],
)  # fmt: skip
def test_ids_are_the_bank_s_where_it_has_one(own: str, of_payment: str, id: str) -> None:
    text = entry("<AcctSvcrRef>B1<", f"<AcctSvcrRef>{own}<").replace(">E1<", f">{of_payment}<")

    assert one(text).lines[0].external_id == id


CREDIT = "<CdtDbtInd>CRDT</CdtDbtInd>"


def part(amount: str, id: str = "NOTPROVIDED", more: str = "") -> str:
    """Return a payment of a batch."""
    return (
        f"<TxDtls><Refs><EndToEndId>{id}</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy='EUR'>{amount}"
        f"</Amt></TxAmt></AmtDtls>{more}<RltdPties><Cdtr><Nm>N{amount}</Nm></Cdtr></RltdPties></TxDtls>"
    )


@pytest.mark.parametrize(
    ("parts", "amounts", "ids"),
    [
        (part("40.00", "X") + part("2.50", "Y"), ["-40.00", "-2.50"], ["B1/X", "B1/Y"]),
        (part("40.00", "X") + part("2.50", "X"), ["-40.00", "-2.50"], ["B1", "B1"]),
        (part("40.00") + part("2.50"), ["-40.00", "-2.50"], ["B1", "B1"]),
        (part("21.25") + part("21.25"), ["-21.25", "-21.25"], ["B1", "B1/2"]),
        (part("50.00") + part("7.50", more=CREDIT), ["-50.00", "7.50"], ["B1", "B1"]),
        (part("40.00") + part("2.00"), ["-42.50"], ["B1"]),
        (part("40.00") + PAID, ["-42.50"], ["B1"]),
        (part("40.00"), ["-42.50"], ["B1"]),
        (part("40.00") + part("2.50").replace("'EUR'", "'USD'"), ["-42.50"], ["B1"]),
        ("<Btch><NbOfTxs>7</NbOfTxs></Btch>", ["-42.50"], ["B1"]),
    ],
)  # fmt: skip
def test_a_batch_is_its_payments_where_they_sum_to_it(
    parts: str, amounts: list[str], ids: list[str]
) -> None:
    found = one(entry(PAID, parts))

    assert [str(line.amount) for line in found.lines] == amounts
    assert [line.external_id for line in found.lines] == ids
    assert [line.number for line in found.lines] == list(range(1, len(amounts) + 1))


def test_days_in_one_file_are_one_statement_in_any_order() -> None:
    other = STATEMENT.replace("S1", "S2").replace("B1", "B2").replace("42.50", "7.50")
    other = other.replace(OPEN, balance("OPBD", "57.50", "2026-02-01"))
    other = other.replace(CLOSE, balance("CLBD", "50.00", "2026-02-28"))

    for both in (STATEMENT + other, other + STATEMENT):
        found = one(FILE.replace(STATEMENT, both))
        assert [line.external_id for line in found.lines] == ["B1", "B2"]
        assert (found.opening_balance, found.closing_balance) == (Decimal(100), Decimal(50))


def test_accounts_in_one_file_are_statements_of_their_own() -> None:
    found = camt.read(
        FILE.replace(STATEMENT, STATEMENT + STATEMENT.replace("DE02", "DE03")).encode()
    )

    assert [statement.account_number for statement in found] == ["DE02", "DE03"]


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        (FILE.replace("Stmt>", "Ntfctn>"), "CAMT.054", 3),
        (entry('"EUR"', '"USD"'), "in USD", 4),
        (entry("42.50", "-42.50"), "plain", 5),
        (entry("42.50", "42,50"), "plain", 5),
        (entry("42.50", "NaN"), "amount", 5),
        (entry("42.50", "1e400"), "amount", 5),
        (entry("42.50", "9" * 30), "digits", 5),
        (entry("42.50", "٤٢"), "amount", 5),
        (entry("42.50", ""), "no amount", 4),
        (entry("DBIT", "DEBIT"), "credit or a debit", 5),
        (entry("<Sts>BOOK", "<Sts>MAYBE"), "status", 4),
        (entry("2026-01-15", "2026-02-30"), "date", 7),
        (entry("2026-01-15", "0026-01-15"), "date", 7),
        (entry("2026-01-15", "15.01.2026"), "date", 7),
        (FILE[:-40], "cut off", 8),
        (FILE.replace("</Ntry>", "</Ntri>"), "broken", 8),
        (FILE.replace("<Document", '<!DOCTYPE x [<!ENTITY a "b">]><Document'), "DOCTYPE", 2),
        (FILE.replace(STATEMENT, ""), "no statement", None),
    ],
)  # fmt: skip
def test_what_is_not_sure_is_refused_with_its_line(text: str, said: str, line: int | None) -> None:
    with pytest.raises(UnreadableFile, match=said) as caught:
        one(text)

    assert caught.value.line == line


ROWS = st.lists(
    st.tuples(
        st.dates(date(1900, 1, 1), date(2199, 12, 31)),
        st.decimals(-(10**12), 10**12, places=2),
        st.text(st.characters(codec="utf-8", categories=("L", "N")), max_size=30),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(rows=ROWS)
def test_what_is_written_is_read_again(rows: list[tuple[date, Decimal, str]]) -> None:
    written = "".join(
        ENTRY.replace("42.50", str(abs(moved)))
        .replace("DBIT", "DBIT" if moved < 0 else "CRDT")
        .replace("2026-01-15", day.isoformat())
        .replace("Bill 1", words)
        for day, moved, words in rows
    )

    found = one(FILE.replace(ENTRY, written))

    assert [(line.date, line.amount) for line in found.lines] == [(row[0], row[1]) for row in rows]

"""Tables of further banks: right numbers, or a question or a refusal that says why; never wrong."""

# Lines of banks are as long as they are.
# ruff: noqa: E501
# fmt: off

from io import BytesIO

import pytest

from transactions.imports.reading import read
from transactions.imports.statement import AmbiguousFile, UnreadableFile

#: name: what it must give (the total and its currency, then each line), and the file
READ: dict[str, tuple[str, bytes, bool | None]] = {}
#: name: the file, and what is said of it
NOT_READ: dict[str, tuple[str, bytes, bool | None]] = {}


def gives(
    name: str, lines: str, *rows: str, encoding: str = "utf-8", is_card: bool | None = None
) -> None:
    """Add a table that is read."""
    READ[name] = (lines, "\n".join(rows).encode(encoding), is_card)


def says(name: str, why: str, *rows: str, is_card: bool | None = None) -> None:
    """Add a table that is asked about or refused."""
    NOT_READ[name] = (why, "\n".join(rows).encode(), is_card)


# Brazil
gives("itaú card, half of it taken back", "-12.00  | -22.00 UBER | 10.00 ESTORNO LOJA",
      "data,lançamento,valor", "2025-03-02,UBER,22.00", "2025-03-04,ESTORNO LOJA,-10.00", is_card=True)
gives("c6 account", "900.00 BRL | 1000.00 Pix de ANA · TRANSF | -100.00 Pix · TRANSF",
      "EXTRATO DE CONTA CORRENTE C6 BANK", "Agência: 1 / Conta: 123456", "",
      "Data Lançamento,Data Contábil,Título,Descrição,Entrada(R$),Saída(R$),Saldo do Dia(R$)",
      "03/03/2025,03/03/2025,Pix de ANA,TRANSF,1000.00,0.00,1100.00",
      "14/03/2025,15/03/2025,Pix,TRANSF,0.00,100.00,1000.00")
says("days that could be months", "date_order", "data;descricao;valor",
     "01/03/2025 10:11:12;Transferência;-R$ 10,00", "02/03/2025 10:11:12;Recebido;+R$ 5,50")
says("bradesco card, days without a year", "a date", "Data;Histórico;Valor(US$);Valor(R$)",
     "01/03;MERCADO;0,00;150,10", "02/03;PAGTO;0,00;-500,00")
# Germany, Austria, Switzerland
gives("dkb until 2023", "975.50 EUR | -24.50 REWE · Danke | 1000.00 ANA · x",
      '"Kontonummer:";"DE02120300000000202051 / Girokonto";', "", '"Bis:";"31.03.2025";', "",
      '"Buchungstag";"Wertstellung";"Buchungstext";"Auftraggeber / Begünstigter";"Verwendungszweck";"Betrag (EUR)";',
      '"14.03.2025";"14.03.2025";"Lastschrift";"REWE";"Danke";"-24,50";',
      '"15.03.2025";"15.03.2025";"Gutschrift";"ANA";"x";"1.000,00";', encoding="latin-1")
gives("dkb visa, a column that speaks of a balance", "-100.50 EUR | -20.50 AMAZON | -80.00 HOTEL",
      '"Kreditkarte:";"4748********1234";', "",
      '"Umsatz abgerechnet und nicht im Saldo enthalten";"Wertstellung";"Belegdatum";"Beschreibung";"Betrag (EUR)";"Ursprünglicher Betrag";',
      '"Nein";"28.03.2025";"27.03.2025";"AMAZON";"-20,50";"";',
      '"Nein";"20.03.2025";"19.03.2025";"HOTEL";"-80,00";"-85,00 USD";', is_card=True)
gives("sparkasse, one row only noted", "-45.00 EUR | -45.00 SWM · LASTSCHRIFT · Strom | ?2000.00 AG · GEHALT · x",
      '"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Beguenstigter/Zahlungspflichtiger";"Betrag";"Waehrung";"Info"',
      '"1";"31.03.25";"31.03.25";"LASTSCHRIFT";"Strom";"SWM";"-45,00";"EUR";"Umsatz gebucht"',
      '"1";"30.03.25";"30.03.25";"GEHALT";"x";"AG";"2.000,00";"EUR";"Umsatz vorgemerkt"')
gives("deutsche bank, debits with a sign", "2460.05 EUR | -39.95 Telekom · Rechnung | 2500.00 Firma · März",
      "Umsätze Girokonto;;;Kundennummer: 123;;", "01.03.2025 - 31.03.2025", "Letzter Kontostand;;;;1.000,00;EUR",
      "Buchungstag;Wert;Umsatzart;Begünstigter / Auftraggeber;Verwendungszweck;IBAN;Fremde Gebühren;Betrag;Soll;Haben;Währung",
      "03.03.2025;03.03.2025;SEPA-Lastschrift;Telekom;Rechnung;DE1;;;-39,95;;EUR",
      "04.03.2025;04.03.2025;Gehalt;Firma;März;DE2;;;;2.500,00;EUR",
      "Kontostand;31.03.2025;;;1.000,00;EUR", encoding="cp1252")
gives("raiffeisen austria, no header", "490.00 EUR | -10.00 Cafe | 500.00 Ana",
      "31.03.2025;Cafe;31.03.2025;-10,00;EUR;31.03.2025 10:11:12:123",
      "30.03.2025;Ana;30.03.2025;500,00;EUR;30.03.2025 10:11:12:123")
gives("erste, UTF-16", "1490.00 EUR | -10.00 CAFE · Karte | 1500.00 ANA · x",
      "Buchungsdatum,Partnername,Partner IBAN,Betrag,Währung,Buchungs-Info",
      '31.03.2025,CAFE,,"-10,00",EUR,Karte', '30.03.2025,ANA,,"1.500,00",EUR,x', encoding="utf-16")
gives("zürcher kantonalbank", "989.50 CHF | -10.50 Migros | 1000.00 Gutschrift",
      '"Datum";"Buchungstext";"Whg";"Betrag Detail";"ZKB-Referenz";"Belastung CHF";"Gutschrift CHF";"Valuta";"Saldo CHF"',
      '"31.03.2025";"Migros";"";"";"L1";"10.50";"";"31.03.2025";"1\'234.50"',
      '"30.03.2025";"Gutschrift";"";"";"L2";"";"1\'000.00";"30.03.2025";"1\'245.00"')
gives("postfinance, a disclaimer below", "4989.50 CHF | -10.50 KAUF | 5000.00 LOHN", "Konto:;CH1", "Währung:;CHF", "",
      "Datum;Bewegungstyp;Avisierungstext;Gutschrift in CHF;Lastschrift in CHF;Label;Kategorie",
      "31.03.2025;Buchung;KAUF;;-10.50;;", "30.03.2025;Buchung;LOHN;5000.00;;;", "", "Disclaimer:", "Der Inhalt ist gefiltert.")
# The rest of Europe
gives("caixabank, the currency behind each amount", "30.00 EUR | -20.00 X · PAGO | 50.00 Y · NOMINA",
      "Fecha;Fecha valor;Movimiento;Más datos;Importe;Saldo", "31/03/2025;31/03/2025;PAGO;X;-20,00EUR;80,00EUR",
      "30/03/2025;30/03/2025;NOMINA;Y;+50,00EUR;100,00EUR")
gives("pko, a currency in Polish", "490.00 PLN | -10.00 Płatność · CAFE | 500.00 ANA · x",
      '"Data operacji","Data waluty","Typ transakcji","Kwota","Waluta","Saldo po transakcji","Opis transakcji",""',
      '"2025-03-31","2025-03-30","Karta","-10.00","PLN","+990.00","Płatność","CAFE"',
      '"2025-03-30","2025-03-30","Przelew","+500.00","PLN","+1000.00","ANA","x"', encoding="cp1250")
gives("csob", "490.00 CZK | -10.00 CAFE · karta | 500.00 ANA · x",
      "číslo účtu;datum zaúčtování;částka;měna;zůstatek;protiúčet;název protiúčtu;poznámka",
      "1/0300;31.03.2025;-10,00;CZK;990,00;;CAFE;karta", "1/0300;30.03.2025;500,00;CZK;1000,00;;ANA;x")
gives("danske", "490.00  | -10.00 Cafe | 500.00 Løn", '"Dato";"Tekst";"Beløb";"Saldo";"Status"',
      '"30.03.2025";"Cafe";"-10,00";"990,00";"Udført"', '"31.03.2025";"Løn";"500,00";"1.490,00";"Udført"')
gives("a bank of Russia", "490.00 RUB | -10.00 Кафе | 500.00 Зарплата",
      "Дата операции;Описание;Сумма операции;Валюта операции", "31.03.2025 10:00:00;Кафе;-10,00;RUB",
      "30.03.2025 10:00:00;Зарплата;500,00;RUB", encoding="cp1251")
gives("a bank of Hungary", "499000 HUF | -1000 Kávé | 500000 Fizetés", "Könyvelés dátuma;Leírás;Összeg;Devizanem",
      "2025.03.31.;Kávé;-1 000;HUF", "2025.03.30.;Fizetés;500 000;HUF")
# Asia and the rest of the world
gives("icici, a currency in brackets and lakhs", "99950.00 INR | -50.00 UPI | 100000.00 NEFT",
      "S No.,Transaction Date,Transaction Remarks,Withdrawal Amount (INR ),Deposit Amount (INR ),Balance (INR )",
      "1,30/03/2025,UPI,50.00,0.00,950.00", '2,31/03/2025,NEFT,0.00,"1,00,000.00","1,00,950.00"')
gives("a wallet whose type says the way", "10.00  | -10.00 a | 20.00 b", "Date,Amount,Type,Description",
      "2025-03-31,10.00,SENT,a", "2025-03-30,20.00,RECEIVED,b")
gives("an app whose type says the way in two words", "10.00  | -10.00 a | 20.00 b", "Date,Amount,Type,Description",
      "2025-03-31,10.00,Money out,a", "2025-03-30,20.00,Money in,b")
gives("two amounts, one of them abroad", "-14.20 EUR | -9.20 a | -5.00 b",
      "Date,Description,Original Amount,Original Currency,Amount,Currency",
      "2025-03-31,a,-10.00,USD,-9.20,EUR", "2025-03-30,b,-5.00,EUR,-5.00,EUR")
says("thousands that a comma splits", "8 cells", "Date,Narration,Debit Amount,Credit Amount,Ref,Closing Balance,Value Dat",
     "30/03/25,UPI,50.00,0.00,1,950.00,30/03/25", "31/03/25,SALARY,0.00,1,000.00,2,1950.00,31/03/25")
says("amounts in cents", "whole units", "Date,Description,Amount (cents)", "2025-03-31,a,-1234")
says("amounts in thousands", "whole units", "Date,Description,Amount (in thousands)", "2025-03-31,a,-1.5")
says("seconds since 1970", "a date", "Date,Description,Amount", "1743379200,a,1.00", "1743292800,b,2.00")
says("a fee that may be part of the amount", "subtract_fee", "Date,Description,Amount,Fee,Currency",
     "2025-03-31,a,-100.00,0.50,EUR", "2025-03-30,b,-4.00,0.00,EUR")
says("a debit that is taken back", "another than", "Date,Description,Debit,Credit", "31/03/2025,a,-1.00,", "30/03/2025,b,2.00,")
says("a card with as many in as out", "negate", "Date,Description,Amount", "2025-03-31,a,10.00", "2025-03-30,b,-10.00", is_card=True)
says("two amounts in one row", "both", "Date,Description,Paid out,Paid in", "31/03/2025,a,1.00,2.00")
says("two columns of numbers without names", "an amount", '31/03/2025,"-10.00","CAFE","+990.00"', '30/03/2025,"+5.00","PAY","+1000.00"')


@pytest.mark.parametrize("name", READ)
def test_a_bank_s_table_gives_its_lines(name: str) -> None:
    expected, content, is_card = READ[name]

    (statement,) = read(BytesIO(content), is_card=is_card).statements

    lines = [f"{'?' * one.is_pending}{one.amount} {one.description}" for one in statement.lines]
    assert " | ".join([f"{statement.total} {statement.currency}", *lines]) == expected


@pytest.mark.parametrize("name", NOT_READ)
def test_a_bank_s_table_that_says_too_little_is_asked_about_or_refused(name: str) -> None:
    why, content, is_card = NOT_READ[name]

    with pytest.raises(UnreadableFile) as caught:
        read(BytesIO(content), is_card=is_card)

    assert why in caught.value.detail
    assert caught.value.line or not isinstance(caught.value, AmbiguousFile)

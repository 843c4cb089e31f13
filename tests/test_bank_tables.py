"""Tables as the banks of the world write them, each by its layout: read without a question."""

# Lines of banks are as long as they are.
# ruff: noqa: E501

from io import BytesIO

import pytest

from transactions.imports.reading import read

#: name: the file, then what it must give: lines, sum, currency, and the first line
BANKS: dict[str, tuple[str, str]] = {}


def bank(name: str, gives: str, *rows: str) -> None:
    """Add a bank's file by its rows."""
    BANKS[name] = ("\n".join(rows) + "\n", gives)


# Brazil
bank(
    "nubank account",
    "3 957.50  | 2025-03-01 1000.00 Transferência Recebida - Ana",
    "Data,Valor,Identificador,Descrição",
    "01/03/2025,1000.00,67c2-a,Transferência Recebida - Ana",
    "15/03/2025,-30.00,67c2-b,Compra no débito - Padaria",
    "31/03/2025,-12.50,67c2-c,Pagamento de boleto",
)
bank(
    "nubank card",
    "3 77.60  | 2025-03-02 -12.40 Padaria",
    "date,category,title,amount",
    "2025-03-02,restaurante,Padaria,12.40",
    "2025-03-05,,Pagamento recebido,-100.00",
    "2025-03-09,transporte,Uber,10.00",
)
bank(
    "inter",
    "2 1465.50  | 2025-03-01 1500.00 Pix recebido · João",
    "Extrato Conta Corrente",
    "Conta ;123456-7",
    "Período ;01/03/2025 a 31/03/2025",
    "Saldo: ;2.000,10",
    "",
    "Data Lançamento;Histórico;Descrição;Valor;Saldo",
    "01/03/2025;Pix recebido;João;1.500,00;2.034,60",
    "02/03/2025;Compra no débito;Mercado;-34,50;2.000,10",
)
bank(
    "itaú text",
    "2 -1212.34  | 2025-03-13 -12.34 PIX TRANSF MARIA",
    "13/03/2025;PIX TRANSF MARIA;-12,34",
    "14/03/2025;TED ENVIADA;-1200,00",
)
bank(
    "itaú card",
    "3 58.00  | 2025-03-02 -22.00 UBER TRIP",
    "data,lançamento,valor",
    "2025-03-02,UBER TRIP,22.00",
    "2025-03-04,PAGAMENTO RECEBIDO,-100.00",
    "2025-03-06,IFOOD,20.00",
)
bank(
    "banco do brasil",
    "2 -58.90  | 2025-03-05 -158.90 Compra com Cartão",
    '"Data","Dependencia Origem","Histórico","Data do Balancete","Número do documento","Valor",',
    '"28/02/2025","","Saldo Anterior","","0","1000.00",',
    '"05/03/2025","","Compra com Cartão","","123","-158.90",',
    '"20/03/2025","","Pix - Recebido","","124","100.00",',
    '"31/03/2025","","S A L D O","","0","941.10",',
)
bank(
    "bradesco",
    "2 -70.00 BRL | 2025-03-05 -100.00 PIX DES",
    "Extrato de: Ag: 1234 | Conta: 56789-0",
    "Data;Histórico;Docto.;Crédito (R$);Débito (R$);Saldo (R$)",
    "28/02/2025;SALDO ANTERIOR;;;;1.100,00",
    "05/03/2025;PIX DES;123;;100,00;1.000,00",
    "25/03/2025;TED REC;124;30,00;;1.030,00",
    ";;Total;30,00;100,00;1.030,00",
)
bank(
    "caixa",
    "2 900.00  | 2025-03-05 1000.00 CRED TED",
    '"Conta";"Data_Mov";"Nr_Doc";"Historico";"Valor";"Deb_Cred"',
    '"0123456";"20250305";"1";"CRED TED";"1000.00";"C"',
    '"0123456";"20250306";"2";"DEB PIX";"100.00";"D"',
)
bank(
    "c6 card",
    "2 -76.54 BRL | 2025-03-14 -56.54 MERCADO",
    "Data de Compra;Nome no Cartão;Final do Cartão;Categoria;Descrição;Parcela;Valor (em US$);"
    "Cotação (em R$);Valor (em R$)",
    "14/03/2025;ANA;1234;Supermercado;MERCADO;Única;0;0;56,54",
    "15/03/2025;ANA;1234;Transporte;UBER;Única;0;0;20,00",
)

# Germany
bank(
    "dkb",
    "2 1975.5 EUR | 2025-03-14 -24.5 ISSUER · REWE · REWE SAGT DANKE",
    '"Girokonto";"DE02120300000000202051"',
    '"Kontostand vom 31.03.2025:";"2.100,00 €"',
    '""',
    '"Buchungsdatum";"Wertstellung";"Status";"Zahlungspflichtige*r";"Zahlungsempfänger*in";'
    '"Verwendungszweck";"Umsatztyp";"IBAN";"Betrag (€)";"Gläubiger-ID";"Mandatsreferenz"',
    '"14.03.25";"14.03.25";"Gebucht";"ISSUER";"REWE";"REWE SAGT DANKE";"Ausgang";"DE12";"-24,5";"";""',
    '"01.03.25";"01.03.25";"Gebucht";"Firma";"Ana";"Gehalt";"Eingang";"DE13";"2.000";"";""',
)
bank(
    "sparkasse camt",
    "2 -62.39 EUR | 2025-03-03 -12.39 ALDI · KARTENZAHLUNG · Einkauf",
    '"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";'
    '"Glaeubiger ID";"Mandatsreferenz";"Beguenstigter/Zahlungspflichtiger";"Kontonummer/IBAN";'
    '"BIC (SWIFT-Code)";"Betrag";"Waehrung";"Info"',
    '"DE1";"03.03.25";"03.03.25";"KARTENZAHLUNG";"Einkauf";"";"";"ALDI";"DE9";"X";"-12,39";"EUR";"Umsatz gebucht"',
    '"DE1";"04.03.25";"04.03.25";"LASTSCHRIFT";"Strom";"";"";"Stadtwerke";"DE8";"X";"-50,00";"EUR";"Umsatz gebucht"',
)
bank(
    "ing germany",
    "2 -20.01 EUR | 2025-03-31 -30.01 VISA REWE · Kauf",
    "Umsatzanzeige;Datei erstellt am: 31.03.2025 10:00",
    "",
    "IBAN;DE02 5001 0517 0123 4567 89",
    "Saldo;1.000,00;EUR",
    "",
    "Buchung;Wertstellungsdatum;Auftraggeber/Empfänger;Buchungstext;Verwendungszweck;Saldo;Währung;"
    "Betrag;Währung",
    "31.03.2025;31.03.2025;VISA REWE;Lastschrift;Kauf;1.000,00;EUR;-30,01;EUR",
    "30.03.2025;30.03.2025;Ana;Gutschrift;Danke;1.030,01;EUR;10,00;EUR",
)
bank(
    "comdirect",
    "2 -1000.00 EUR | 2025-03-20 -10.00 Karte · Auftraggeber: BVG",
    ";",
    '"Umsätze Girokonto";"Zeitraum: 30 Tage";',
    '"Neuer Kontostand";"1.000,00 EUR";',
    "",
    '"Buchungstag";"Wertstellung (Valuta)";"Vorgang";"Buchungstext";"Umsatz in EUR";',
    '"offen";"20.03.2025";"Karte";"Auftraggeber: BVG";"-10,00";',
    '"19.03.2025";"19.03.2025";"Lastschrift";"Auftraggeber: Vermieter";"-1.000,00";',
    '"Alter Kontostand";"2.010,00 EUR";',
)
bank(
    "n26",
    "2 -15.9 EUR | 2025-03-03 -25.9 Lidl · Groceries",
    '"Booking Date","Value Date","Partner Name","Partner Iban",Type,"Payment Reference",'
    '"Account Name","Amount (EUR)","Original Amount","Original Currency","Exchange Rate"',
    '2025-03-03,2025-03-03,Lidl,,Presentment,Groceries,"Main",-25.9,25.9,EUR,1',
    '2025-03-04,2025-03-04,Ana,DE12,Credit Transfer,Thanks,"Main",10,,,',
)
bank(
    "volksbank",
    "2 -9.00 EUR | 2025-03-31 -10.00 Kiosk · Zeitung",
    "Bezeichnung Auftragskonto;IBAN Auftragskonto;BIC Auftragskonto;Bankname Auftragskonto;"
    "Buchungstag;Valutadatum;Name Zahlungsbeteiligter;IBAN Zahlungsbeteiligter;Buchungstext;"
    "Verwendungszweck;Betrag;Waehrung;Saldo nach Buchung",
    "Giro;DE5;G;VR;31.03.2025;31.03.2025;Kiosk;DE6;Lastschrift;Zeitung;-10,00;EUR;90,00",
    "Giro;DE5;G;VR;30.03.2025;30.03.2025;Ana;DE7;Gutschrift;x;1,00;EUR;100,00",
)
bank(
    "soll und haben",
    "2 -899.00  | 2025-03-30 -1000.00 Miete",
    "Buchungstag;Verwendungszweck;Soll;Haben",
    "30.03.2025;Miete;1.000,00;",
    "31.03.2025;Erstattung;;101,00",
    "Summe;;1.000,00;101,00",
)

# United Kingdom and Ireland
bank(
    "monzo",
    "2 95.50 GBP | 2025-03-14 -4.50 PRET A MANGER LONDON",
    "Transaction ID,Date,Time,Type,Name,Emoji,Category,Amount,Currency,Local amount,Local currency,"
    "Notes and #tags,Address,Receipt,Description,Category split,Money Out,Money In",
    "tx_1,14/03/2025,08:01:02,Card payment,Pret,,Eating out,-4.50,GBP,-4.50,GBP,,,,PRET A MANGER LONDON,,-4.50,",
    "tx_2,15/03/2025,09:00:00,Faster payment,Ana,,Transfers,100.00,GBP,100.00,GBP,,,,Thanks,,,100.00",
)
bank(
    "barclays",
    "2 -62.00  | 2025-03-31 -12.00 TESCO STORES",
    "Number,Date,Account,Amount,Subcategory,Memo",
    " ,31/03/2025,20-00-00 12345678,-12.00,Debit,TESCO STORES",
    " ,30/03/2025,20-00-00 12345678,-50.00,Direct Debit,EDF",
)
bank(
    "nationwide",
    "2 -80.00 GBP | 2025-03-14 -100.00 SHOP",
    '"Account Name:","FlexAccount ****12345"',
    '"Account Balance:","£920.00"',
    '"Available Balance: ","£920.00"',
    "",
    '"Date","Transaction type","Description","Paid out","Paid in","Balance"',
    '"14 Mar 2025","Visa purchase","SHOP","£100.00","","£900.00"',
    '"15 Mar 2025","Transfer from","ANA","","£20.00","£920.00"',
)
bank(
    "lloyds",
    "2 5.00  | 2025-03-31 -5.00 COFFEE",
    "Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,"
    "Debit Amount,Credit Amount,Balance",
    "31/03/2025,DEB,'11-22-33,12345678,COFFEE,5.00,,105.00",
    "30/03/2025,FPI,'11-22-33,12345678,ANA,,10.00,110.00",
)
bank(
    "hsbc",
    "2 -1244.56  | 2025-03-31 -1234.56 RENT",
    '31/03/2025,RENT,"-1,234.56"',
    "30/03/2025,CAFE,-10.00",
)
bank(
    "starling",
    "2 -2.00 GBP | 2025-03-13 -3.00 CAFE LONDON",
    "Date,Counter Party,Reference,Type,Amount (GBP),Balance (GBP),Spending Category,Notes",
    "13/03/2025,Cafe,CAFE LONDON,CONTACTLESS,-3.00,97.00,EATING_OUT,",
    "14/03/2025,Ana,Thanks,FASTER PAYMENT,1.00,98.00,INCOME,",
)
bank(
    "amex uk",
    "3 80.00  | 2025-03-14 -15.00 WAITROSE",
    "Date,Description,Amount",
    "14/03/2025,WAITROSE,15.00",
    "13/03/2025,PAYMENT RECEIVED - THANK YOU,-100.00",
    "12/03/2025,TFL,5.00",
)

# United States and Canada
bank(
    "chase checking",
    "2 -62.00  | 2025-03-31 -50.00 RENT",
    "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #",
    "DEBIT,03/31/2025,RENT,-50.00,CHECK_PAID,950.00,101,",
    "DEBIT,03/30/2025,CAFE,-12.00,DEBIT_CARD,1000.00,,",
)
bank(
    "chase card",
    "2 88.00  | 2025-03-15 -12.00 CAFE",
    "Transaction Date,Post Date,Description,Category,Type,Amount,Memo",
    "03/14/2025,03/15/2025,CAFE,Food & Drink,Sale,-12.00,",
    "03/13/2025,03/13/2025,Payment Thank You-Mobile,,Payment,100.00,",
)
bank(
    "bank of america",
    "2 -1105.50  | 2025-03-14 -5.50 COFFEE",
    "Description,,Summary Amt.",
    'Beginning balance as of 03/01/2025,,"2,000.00"',
    'Total credits,,"0.00"',
    'Total debits,,"-1,105.50"',
    'Ending balance as of 03/31/2025,,"894.50"',
    "",
    "Date,Description,Amount,Running Bal.",
    '03/01/2025,Beginning balance as of 03/01/2025,,"2,000.00"',
    '03/14/2025,"COFFEE","-5.50","1,994.50"',
    '03/20/2025,"RENT","-1,100.00","894.50"',
)
bank(
    "amex us",
    "2 -34.00  | 2025-03-14 -14.00 CAFE",
    "Date,Description,Card Member,Account #,Amount",
    "03/14/2025,CAFE,A DOE,-11001,14.00",
    "03/15/2025,SHOP,A DOE,-11001,20.00",
)
bank(
    "capital one card",
    "2 38.00  | 2025-03-15 -12.00 CAFE",
    "Transaction Date,Posted Date,Card No.,Description,Category,Debit,Credit",
    "2025-03-14,2025-03-15,1234,CAFE,Dining,12.00,",
    "2025-03-16,2025-03-17,1234,CREDIT-REFUND,Merchandise,,50.00",
)
bank(
    "capital one checking",
    "2 450.00  | 2025-03-31 500.00 Deposit from X",
    "Account Number,Transaction Description,Transaction Date,Transaction Type,Transaction Amount,Balance",
    "1234,Deposit from X,03/31/25,Credit,500.00,950.00",
    "1234,Withdrawal to Y,03/30/25,Debit,50.00,450.00",
)
bank(
    "wells fargo",
    "2 -30.00  | 2025-03-31 -10.00 CAFE",
    '"03/31/2025","-10.00","*","","CAFE"',
    '"03/30/2025","-20.00","*","","SHOP"',
)
bank(
    "citi",
    "2 38.00  | 2025-03-14 -12.00 CAFE",
    "Status,Date,Description,Debit,Credit,Member Name",
    'Cleared,03/14/2025,"CAFE",12.00,,A DOE',
    'Cleared,03/15/2025,"PAYMENT",,-50.00,A DOE',
)
bank(
    "discover",
    "2 90.00  | 2025-03-14 -10.00 CAFE",
    "Trans. Date,Post Date,Description,Amount,Category",
    "03/13/2025,03/14/2025,CAFE,10.00,Restaurants",
    "03/20/2025,03/20/2025,INTERNET PAYMENT - THANK YOU,-100.00,Payments and Credits",
)
bank(
    "apple card",
    "2 70.00 USD | 2025-03-15 -30.00 SHOP 1",
    "Transaction Date,Clearing Date,Description,Merchant,Category,Type,Amount (USD),Purchased By",
    "03/14/2025,03/15/2025,SHOP 1,Shop,Other,Purchase,30.00,A Doe",
    "03/16/2025,03/16/2025,ACH DEPOSIT,Ach,Payment,Payment,-100.00,A Doe",
)
bank(
    "td canada",
    "2 890.00  | 2025-03-14 -10.00 CAFE",
    "Date,Description,Withdrawals,Deposits,Balance",
    "03/14/2025,CAFE,10.00,,90.00",
    "03/15/2025,PAY,,900.00,990.00",
)

# The Netherlands, France, Spain, Italy
bank(
    "ing netherlands",
    "2 -0.05 EUR | 2025-03-31 -10.05 Albert Heijn · Pasvolgnr 001",
    '"Datum";"Naam / Omschrijving";"Rekening";"Tegenrekening";"Code";"Af Bij";"Bedrag (EUR)";'
    '"Mutatiesoort";"Mededelingen";"Saldo na mutatie";"Tag"',
    '"20250331";"Albert Heijn";"NL1";"";"BA";"Af";"10,05";"Betaalautomaat";"Pasvolgnr 001";"90,00";""',
    '"20250330";"Ana";"NL1";"NL2";"GT";"Bij";"10,00";"Online";"Tikkie";"100,05";""',
)
bank(
    "rabobank",
    "2 -9.00 EUR | 2025-03-30 -10.00 Jumbo · Betaling",
    '"IBAN/BBAN","Munt","BIC","Volgnr","Datum","Rentedatum","Bedrag","Saldo na trn",'
    '"Tegenrekening IBAN/BBAN","Naam tegenpartij","Omschrijving-1","Omschrijving-2"',
    '"NL1","EUR","RABO","1","2025-03-30","2025-03-30","-10,00","+90,00","","Jumbo","Betaling",""',
    '"NL1","EUR","RABO","2","2025-03-31","2025-03-31","+1,00","+91,00","NL3","Ana","Dank",""',
)
bank(
    "bunq",
    "2 -4.00  | 2025-03-30 -5.00 NL6 · Cafe · CAFE AMSTERDAM",
    '"Date";"Interest Date";"Amount";"Account";"Counterparty";"Name";"Description"',
    '"2025-03-30";"2025-03-30";"-5,00";"NL5";"NL6";"Cafe";"CAFE AMSTERDAM"',
    '"2025-03-31";"2025-03-31";"1,00";"NL5";"NL7";"Ana";"Dank"',
)
bank(
    "boursorama",
    "2 -1044.35  | 2025-03-31 -1020.00 VIR Loyer | VIR",
    "dateOp;dateVal;label;category;categoryParent;supplierFound;amount;comment;accountNum;accountLabel;accountbalance",
    '2025-03-31;2025-03-31;"VIR Loyer | VIR";"Loyer";"Logement";"";-1 020,00;;00040123;"BoursoBank";500.00',
    '2025-03-30;2025-03-30;"CARTE CAFE";"Resto";"Loisirs";"cafe";-24,35;;00040123;"BoursoBank";500.00',
)
bank(
    "crédit agricole",
    "2 -50.00  | 2025-03-30 -100.00 Loyer",
    "Téléchargement du 31/03/2025;",
    "Compte n° 123456789;",
    "Solde au 31/03/2025 1 234,56 €",
    "",
    "Date;Libellé;Débit euros;Crédit euros;",
    "30/03/2025;Loyer;100,00;;",
    "31/03/2025;Virement;;50,00;",
)
bank(
    "bbva",
    "2 -60.00 EUR | 2025-03-31 -100.00 Recibo luz",
    "F. Valor;Fecha;Concepto;Movimiento;Importe;Divisa;Disponible;Divisa;Observaciones",
    "31/03/2025;31/03/2025;Recibo luz;;-100,00;EUR;900,00;EUR;",
    "30/03/2025;30/03/2025;Bizum;;40,00;EUR;1.000,00;EUR;",
)
bank(
    "intesa",
    "2 -70.00 EUR | 2025-03-31 -100.00 Affitto",
    "Data contabile;Data valuta;Descrizione operazione;Addebiti;Accrediti;Valuta",
    "31/03/2025;31/03/2025;Affitto;-100,00;;EUR",
    "30/03/2025;30/03/2025;Bonifico;;30,00;EUR",
)
bank(
    "swiss",
    "2 -1234.50 CHF | 2025-03-31 -1'244.50".replace("'", "") + " Miete",
    "Datum;Buchungstext;Betrag CHF;Saldo CHF",
    "31.03.2025;Miete;-1'244.50;1'000.00",
    "30.03.2025;Erstattung;10.00;2'244.50",
)
bank(
    "mbank",
    "2 -90.00  | 2025-03-30 -100.00 ZAKUP",
    "mBank S.A. Bankowość Detaliczna",
    "",
    "#Data operacji;#Opis operacji;#Rachunek;#Kategoria;#Kwota;",
    '2025-03-30;"ZAKUP";"eKonto";"Zakupy";-100,00;;',
    '2025-03-31;"PRZELEW";"eKonto";"Inne";10,00;;',
)

# Everywhere
bank(
    "revolut",
    "3 -26.00 EUR | 2025-03-02 -25.00 Lidl",
    "Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance",
    "CARD_PAYMENT,Current,2025-03-01 10:00:00,2025-03-02 11:00:00,Lidl,-25.00,0.00,EUR,COMPLETED,75.00",
    "ATM,Current,2025-03-03 10:00:00,2025-03-03 11:00:00,Cash,0.00,1.00,EUR,COMPLETED,74.00",
    "CARD_PAYMENT,Current,2025-03-04 10:00:00,,Hotel,-500.00,0.00,EUR,REVERTED,",
)
bank(
    "wise",
    "2 -90.00 EUR | 2025-03-31 -100.00 Sent money to Ana",
    '"TransferWise ID",Date,Amount,Currency,Description,"Payment Reference","Running Balance",'
    '"Exchange From","Exchange To","Exchange Rate","Payer Name","Payee Name","Total fees"',
    "TRANSFER-1,31-03-2025,-100.00,EUR,Sent money to Ana,,900.00,,,,,Ana,0.50",
    "TRANSFER-2,30-03-2025,10.00,EUR,Received,,1000.00,,,,Bob,,0.00",
)
bank(
    "paypal",
    "2 85.00 USD | 2025-03-31 95.00 Ana",
    '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","Transaction ID","Balance"',
    '"03/31/2025","10:00:00","PST","Ana","Payment","Completed","USD","100.00","-5.00","95.00","T1","95.00"',
    '"03/31/2025","11:00:00","PST","Shop","Payment","Completed","USD","-10.00","0.00","-10.00","T2","85.00"',
)
bank(
    "mint",
    "2 90.00  | 2025-03-31 -10.00 CAFE 12",
    '"Date","Description","Original Description","Amount","Transaction Type","Category","Account Name"',
    '"3/31/2025","Cafe","CAFE 12","10.00","debit","Restaurants","Card"',
    '"3/30/2025","Pay","PAY","100.00","credit","Paycheck","Card"',
)


@pytest.mark.parametrize("name", BANKS)
def test_a_bank_s_table_gives_what_it_holds(name: str) -> None:
    content, gives = BANKS[name]

    found = read(BytesIO(content.encode()))

    (statement,) = found.statements
    lines = list(statement.lines)
    told = (
        f"{len(lines)} {statement.total} {statement.currency} | {lines[0].date} {lines[0].amount} "
    )
    assert (told + lines[0].description).startswith(gives)
    assert not found.remarks

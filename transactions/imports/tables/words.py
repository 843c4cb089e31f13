"""What banks call the columns of a table and what stands in them, in seven languages."""

import re
import unicodedata

from buffet.money import CURRENCIES
from transactions.imports.texts import without_piles

#: Role: what its header may say, as `plain` writes it. The order within dates is who goes first.
HEADERS = {
    "posted": """post date|posting date|posted date|date posted|booking date|booked on|buchungstag
        |buchungsdatum|buchung|boekdatum|datum boeking|date comptable|date de comptabilisation
        |dateop|fecha contable|fecha de contabilizacion|data contabile|data lancamento
        |data do lancamento|data de lancamento|completed date|date completed|clearing date
        |finished on|data registrazione|date processed|process date""",
    "date": """date|datum|data|fecha|dt|data mov|data movimento|data movimentacao|data do movimento
        |data operazione|fecha operacion|fecha de operacion|f operacion|fecha movimiento
        |date operation|date de l operation|date d operation|datum transactie|transactiedatum
        |transaktionsdatum|data da transacao|data transacao|data da operacao|data e hora
        |data hora|datetime|date time|day|umsatzdatum|giorno|jour|dia""",
    "done": """transaction date|trans date|trans. date|date of transaction|started date
        |purchase date|belegdatum|kaufdatum|data da compra|data compra|fecha de compra|created on
        |date d achat|aankoopdatum|data acquisto|authorised on""",
    "value_date": """value date|valuta|valutadatum|wertstellung|wertstellung valuta|wert
        |interest date|rentedatum|date valeur|date de valeur|dateval|fecha valor|f valor
        |fecha de valor|data valuta|data valor|valuedate|data do balancete|effective date""",
    "amount": """amount|betrag|umsatz|valor|importe|importo|montant|bedrag|monto|net|net amount
        |transaction amount|value|quantia|quantidade|mutatie|amount in account currency|netto
        |valor do lancamento|valor da transacao|transactiebedrag|umsatzbetrag|summe|movimento
        |movimiento|valor movimentado|billing amount|bedrag in rekeningvaluta|transaction value
        |kwota|kwota transakcji|castka|objem|tutar|belopp|bel p|bel b|osszeg|maara|suma|iznos
        |znesek""",
    "gross": "gross|total|brutto|bruto|totale|total amount|gesamtbetrag|valor total",
    "debit": """debit|debits|debit amount|withdrawal|withdrawals|withdrawal amount|withdrawal amt
        |paid out|money out|soll|ausgang|ausgange|ausgaben|belastung|belastungen|debito|debitos
        |saida|saidas|cargo|cargos|debe|adeudo|adeudos|addebiti|addebito|uscite|uscita|dare
        |retrait|retraits|uitgaven|spent|sortie|sorties|depenses|out|outgoing|auszahlung|lastschrift
        |valor debito|dr|debit value|gasto|gastos|pagamentos|payments|depense""",
    "credit": """credit|credits|credit amount|deposit|deposits|deposit amount|deposit amt|paid in
        |money in|haben|eingang|eingange|einnahmen|gutschrift|gutschriften|credito|creditos|entrada
        |entradas|abono|abonos|haber|ingreso|ingresos|accrediti|accredito|entrate|entrata|avere
        |depot|depots|inkomsten|received|entree|entrees|recettes|in|incoming|einzahlung
        |valor credito|cr|credit value|receipts|recebimentos|recette""",
    "direction": """d c|dc|c d|cd|debit credit|credit debit|credit debit indicator|dr cr|cr dr
        |soll haben|s h|sh|af bij|direction|sens|debito credito|credito debito|debe haber
        |dare avere|bij af|credit debet|debet credit|indicator|sign|signe|segno|sinal|natureza
        |cdtdbtind|deb cred|cargo abono|debit or credit|entrada saida""",
    "balance": """balance|running balance|account balance|saldo|kontostand|solde|running bal
        |saldo nach buchung|balance after|saldo na mutatie|saldo apos|saldo contabile
        |saldo disponible|resulting balance|saldo na trn|saldo disponivel|saldo final
        |balance after transaction|saldo apos lancamento|available balance|saldo nach umsatz
        |ledger balance|closing balance|saldo contabil|current balance|saldo resultante
        |saldo po transakcji|bokfort saldo|zustatek|bakiye|egyenleg|stanje|partial balance""",
    "description": """description|transaction description|label|libelle|libelle operation|details
        |memo|narrative|reference|payment reference|verwendungszweck|buchungstext|beschreibung
        |betreff|vorgang|historico|descricao|lancamento|titulo|title|estabelecimento|detalhes
        |concepto|descripcion|observaciones|causale|descrizione|descrizione operazione|text
        |omschrijving|mededelingen|omschrijving 1|omschrijving 2|omschrijving 3|notes|message
        |naam omschrijving|particulars|remarks|narration|comment|original description|subject
        |transaction details|vorgang verwendungszweck|descricao do lancamento|dettagli|operazione
        |libelle simplifie|libelle de l operation|detail|detalle|buchungsdetails|communication
        |mededeling|transaktion|transaction|movimientos|lancamentos|supplementary details
        |informations complementaires|description 1|description 2|statement description
        |tytu|opis transakcji|opis operacji|poznamka|beskrivning|beskrivelse|tekst|otsikko|leiras
        |ac klama|aciklama|mas datos|avisierungstext""",
    "payee": """payee|name|partner name|merchant|merchant name|counterparty name|beneficiary
        |auftraggeber empfanger|auftraggeber empfaenger|beguenstigter zahlungspflichtiger
        |begunstigter zahlungspflichtiger|zahlungsempfanger|zahlungsempfanger in|empfanger
        |zahlungspflichtige r|naam tegenpartij|beneficiario|favorecido|tiers|partner|counter party
        |counterparty|to from|auftraggeber|zahlungsbeteiligter|recipient|name zahlungsbeteiligter
        |auftraggeber begunstigter|begunstigter auftraggeber|dane kontrahenta|nazev protiuctu
        |zahlungspflichtiger|sender recipient|ordenante|beneficiaire|tegenpartij|target name
        |name tegenpartij|origem destino|supplierfound|razao social|cliente fornecedor""",
    "external_id": """transaction id|id|identificador|transferwise id|fitid|unique id|txn id
        |codigo da transacao|id transaccion|id da transacao|transaction reference|volgnr
        |reference number|id transazione|transaktions id|transaktionscode|bank reference
        |transaction number|transactiereferentie|id transaction|codigo transacao""",
    "currency": """currency|wahrung|waehrung|moeda|moneda|devise|munt|divisa|ccy|currency code
        |valuta|account currency|transaction currency|kontowahrung|settlement currency|mena|waluta
        |valuutta|valuuta|devizanem|valutakode|para birimi|whg""",
    "status": "status|state|estado|situacao|stato|statut|umsatzstatus|transaction status",
    "category": """category|kategorie|categoria|categorie|subcategory|category name
        |hauptkategorie|rubriek""",
    "check_number": """check number|check or slip|check|cheque number|cheque|numero de cheque
        |check no|cheque no|chq no|num cheque|n cheque|schecknummer|check or slip no""",
    "kind": """type|transaction type|buchungsart|tipo|umsatztyp|umsatzart|code|mutatiesoort
        |tipo transacao|tipo de transacao|art|type d operation|tipo operazione|tipo lancamento
        |tipo de lancamento|subtype|trans type|transaktionstyp|tipo movimiento|soort""",
    "account": """auftragskonto|iban auftragskonto|iban bban|rekening|account|account number
        |account no|conta|cuenta|compte|konto|conto|accountnum|account name|rekeningnummer
        |bezeichnung auftragskonto|numero de compte|own account""",
    "fee": "fee|fees|gebuhr|tarifa|frais|commission|commissione|kosten|taxa",
}
#: Words that make of an unknown header a known one, where nothing else is.
TELLING = {
    "amount": "amount betrag valor importe importo montant bedrag monto umsatz".split(),
    "date": "date datum data fecha buchungstag".split(),
    "balance": "balance saldo solde kontostand".split(),
    "description": """description descricao descripcion descrizione omschrijving beschreibung
        libelle verwendungszweck historico concepto""".split(),
    "debit": "debit debito debits debitos withdrawal withdrawals soll saidas".split(),
    "credit": "credit credito credits creditos deposit deposits haben entradas".split(),
}
MISLEADING = frozenset(
    """original foreign fremd fremdwahrung ursprung ursprungs local fx exchange tax fee fees us
    usd dolar instructed origin source target vencimento due interest discount points card limit
    rate iof moeda currency category type id account number name code cashback reward""".split()
)


def _lists(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.replace("\n", " ").split("|"))


DEBIT = _lists("d|debit|debito|dr|s|soll|af|debe|dare|out|saida|dbit|debet|-|lastschrift|withdrawal"
               "|cargo|uscita|expense|despesa|debits|ausgang|sortie|paid out|sent|money out"
               "|outgoing|spent|outflow|withdrawn|ausgabe|abbuchung|belastung|saque|retirada|enviado|enviada|uit"
               "|retrait|addebito|depense|gasto|adeudo")  # fmt: skip
CREDIT = _lists("c|credit|credito|cr|h|haben|bij|haber|avere|in|entrada|crdt|+|gutschrift|deposit"
                "|abono|entrata|income|receita|credits|eingang|entree|paid in|k|received|money in"
                "|incoming|inflow|deposited|einnahme|zugang|recebido|recebida|ingreso|accredito|depot"
                "|recette")  # fmt: skip
PENDING = _lists("pending|pendente|offen|vorgemerkt|vorgemerkter umsatz|umsatz vorgemerkt"
                 "|pendiente|en attente|in attesa|in behandeling|authorised|authorized|processing"
                 "|hold|a venir|ausstehend|gereserveerd|em processamento|autorizado|uncleared"
                 "|nicht gebucht|in progress|en cours")  # fmt: skip
VOID = _lists("reverted|declined|failed|cancelled|canceled|denied|rejected|storniert|abgelehnt"
              "|cancelado|cancelada|recusado|recusada|rechazado|refuse|annule|annullato|geweigerd"
              "|geannuleerd|voided|expired|void|rifiutato|falhou|fehlgeschlagen|removed"
              "|rejeitado|negado|negada|nao realizado")  # fmt: skip
POSTED = _lists("|completed|complete|posted|cleared|settled|booked|gebucht|verbucht|umsatz gebucht"
                "|concluido|concluida|efetivado|efetivada|realizado|realizada|executed|success"
                "|done|confirmed|confirmado|contabilizado|completado|contabilizzato|eseguito|execute"
                "|comptabilise|verwerkt|geboekt|uitgevoerd|approved|aprovado|aprovada|pago|paid"
                "|ausgefuhrt|abgeschlossen|successful|processed|reconciled|active|termine|refunded"
                "|partially refunded|effectue|r|c|liquidado|lancado|normal|billed|udf rt"
                "|utfort|genomford|zaksiegowana")  # fmt: skip
OPENING = _lists("opening balance|saldo anterior|saldo inicial|anfangssaldo|balance brought forward"
                 "|solde initial|ancien solde|saldo iniziale|beginsaldo|starting balance|b f"
                 "|beginning balance|brought forward|alter kontostand|solde precedent"
                 "|previous balance|saldo precedente|startsaldo|balance forward|balance b f"
                 "|eroffnungssaldo|balance b fwd|alter saldo|vorig saldo|oud saldo")  # fmt: skip
CLOSING = _lists("closing balance|saldo final|endsaldo|balance carried forward|solde final|c f"
                 "|nouveau solde|saldo finale|eindsaldo|ending balance|carried forward|s a l d o"
                 "|neuer kontostand|saldo atual|saldo actual|saldo em conta|abschlusssaldo"
                 "|schlusssaldo|balance c f|balance c fwd|neuer saldo|nieuw saldo")  # fmt: skip
DAILY = _lists("saldo|saldo do dia|saldo dia|saldo parcial|balance|kontostand|tagessaldo|solde"
               "|saldo total disponivel dia|saldo total disponivel|saldo disponivel|saldo del dia"
               "|saldo diario|daily balance|sdo cta apl automaticas|saldo aplic aut mais"
               "|saldo final do dia|saldo da conta|saldo bloqueado|saldo contabil|saldo contabile"
               "|saldo disponible|saldo disponibile|saldo contable|solde disponible"
               "|solde comptable|solde crediteur|solde debiteur|saldo em conta corrente"
               "|saldo disponivel em conta|current balance|available balance"
               "|ledger balance")  # fmt: skip
TOTAL = _lists("total|totals|totais|summe|gesamt|gesamtsumme|totale|totaal|totales|grand total"
               "|sum|subtotal|somme|total geral|total general|end of file|soma")  # fmt: skip
#: Kinds and texts by which one knows what a sign means on a card.
PURCHASE = _lists("purchase|sale|compra|kauf|achat|acquisto|aankoop|compras|card payment")
PAYING = re.compile(
    r"payment received|payment thank you|payment.{0,12} thank|pagamento recebido|pago recibido"
    r"|zahlung (?:erhalten|eingegangen)|paiement recu|pagamento ricevuto|betaling ontvangen"
)
#: What kinds of money that goes out have in them, and others have not.
SPENDING = re.compile(
    r"\bpurchase|\bcard payment|\bdirect debit|\bdebit\b|\bwithdrawal|\bcompra|\bsaque"
    r"|\blastschrift|\bkartenzahlung|\bkauf\b|\bauszahlung|\bachat\b|\bprelevement|\bretrait"
    r"|\bpagamento efetuado|\bacquisto|\baddebito|\bprelievo|\bincasso|\bbetaalautomaat"
)
#: Kinds that only cards have: purchases that are billed at once, or in parcels.
CARD_KIND = re.compile(r"^compra a vista\b|^compra parcelada\b|^parcela \d")
#: A parcel as it is written; where only its kind tells of it, it is said with the text.
PARCEL = re.compile(r"^parcela\s+\d+\s*(?:/|de)\s*\d+$", re.IGNORECASE)
#: Columns that only cards have, and whole headers of cards; there, purchases may be positive.
CARD_COLUMNS = _lists("card member|purchased by|karteninhaber|titular do cartao|final do cartao"
                      "|nome no cartao|cardholder")  # fmt: skip
CARD_HEADERS = (("date", "category", "title", "amount"), ("date", "title", "amount"),
                ("data", "lancamento", "valor"))  # fmt: skip
#: Those of them that no bank has for accounts.
ONLY_OF_CARDS = CARD_HEADERS[:2]
#: What Revolut calls the column of its pots, each with a balance of its own, and that before it.
POTS = _lists("product|produkt|produto|producto|prodotto|produit")
BEFORE_POTS = _lists("type|art|tipo|typ")
#: What makes of an amount's column one of parts or multiples of the currency.
SCALED = frozenset(
    """cents cent centavos centimos centimes pence minor thousand thousands tausend teur milhares
    miles milliers million millions mio keur kusd""".split()
)
_CODE = re.compile(r"(?:\bin |[(\[/ ])([A-Z]{3})\s*[)\]]?\s*$")
_SIGNS = {"R$": "BRL", "€": "EUR", "£": "GBP", "₹": "INR"}
_GAPS = re.compile(r"[^a-z0-9+]+")


def plain(text: str) -> str:
    """Return a text without case, accents and punctuation, as the lists here are written."""
    bare = text.casefold()
    if not bare.isascii():
        spelt = unicodedata.normalize("NFKD", without_piles(bare))
        bare = "".join(one for one in spelt if not unicodedata.combining(one))
    if bare.strip() in ("-", "+"):
        return bare.strip()
    return _GAPS.sub(" ", bare).strip()


def header(text: str) -> tuple[str, str]:
    """Return what a column's header says and, where it does, which currency its amounts are in."""
    code = _CODE.search(text.strip())
    if code and code[1] in CURRENCIES and code.start() > 0:
        return plain(text.strip()[: code.start()]), code[1]
    for sign, currency in _SIGNS.items():
        if sign in text:
            return plain(text.replace(sign, "")), currency
    return plain(text), ""


ROLES: dict[str, list[str]] = {}
for _role, _names in HEADERS.items():
    for _name in _lists(_names):
        ROLES.setdefault(_name, []).append(_role)

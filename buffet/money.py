"""Money: a decimal and its currency together, rounded here and nowhere else."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

#: Decimals of the currencies that do not have two (ISO 4217, and the two coins people hold).
DECIMALS = {
    **dict.fromkeys(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0
    ),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
    **dict.fromkeys("BTC ETH".split(), 8),
}
#: The active codes of ISO 4217, and the two coins.
CURRENCIES = frozenset(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTC BTN
    BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN
    ETB ETH EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK
    JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK
    MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG
    QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT
    TND TOP TRY TTD TWD TZS UAH UGX USD UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF
    YER ZAR ZMW ZWG
    """.split()
)
MAX_INTEGER_DIGITS = 15
MAX_DECIMALS = 8
#: The first amount that is too large.
TOO_LARGE = Decimal(10) ** MAX_INTEGER_DIGITS
_UNITS = [Decimal(1).scaleb(-places) for places in range(MAX_DECIMALS + 1)]
# Wider than any amount, so that an absurd one at an absurd rate is no error.
_WIDE = Context(prec=80)
# re.ASCII: `\d` would take Arabic-Indic digits, which Decimal would then read.
_AMOUNT = re.compile(r"[+-]?(\d+)(?:\.(\d+))?", re.ASCII)


class BadAmount(ValueError):
    """The text is not an amount of money; the message says why."""


class BadCurrency(ValueError):
    """The text is not the code of a currency; the message says why."""


class CurrencyMismatch(ValueError):
    """Amounts of two currencies were about to be added."""


def decimals(currency: str) -> int:
    """Return how many decimals amounts of `currency` have."""
    return DECIMALS.get(currency, 2)


def parse_currency(text: object) -> str:
    """Return the ISO 4217 code in `text`.

    :raises BadCurrency: if it is not one that is in use.
    """
    if not isinstance(text, str) or text not in CURRENCIES:
        raise BadCurrency("This is not an ISO 4217 currency code in use, such as EUR.")
    return text


def parse_amount(text: object, currency: str | None = None) -> Decimal:
    """Return the amount in `text`, a decimal number such as "-42.50", with its currency's decimals.

    :raises BadAmount: if it is no plain decimal number, has more decimals than `currency` has
        (any of them up to 8 when it is not known yet) or 16 digits or more before the point.
    """
    if not isinstance(text, str):
        raise BadAmount('An amount is a string with a decimal number, such as "-42.50".')
    match = _AMOUNT.fullmatch(text) if len(text) <= 40 else None
    if match is None:
        raise BadAmount('An amount is a plain decimal number, such as "-42.50".')
    whole, part = match[1], (match[2] or "")
    if len(whole.lstrip("0")) > MAX_INTEGER_DIGITS:
        raise BadAmount(f"An amount has at most {MAX_INTEGER_DIGITS} digits before the point.")
    places = MAX_DECIMALS if currency is None else decimals(currency)
    if len(part.rstrip("0")) > places:
        if currency is None:
            raise BadAmount(f"An amount has at most {places} decimals.")
        raise BadAmount(f"An amount in {currency} has at most {places} decimals.")
    amount = Decimal(text)
    if currency is not None:
        amount = round_to(amount, currency)
    return amount if amount else abs(amount)


def round_to(amount: Decimal, currency: str) -> Decimal:
    """Round half to even to the decimals of `currency`; what is left of nothing has no sign."""
    kept = amount.quantize(_UNITS[DECIMALS.get(currency, 2)], ROUND_HALF_EVEN, _WIDE)
    return kept if kept else abs(kept)


def text(amount: Decimal, currency: str) -> str:
    """Return the amount as JSON carries it: a plain number with the currency's decimals."""
    return f"{amount:z.{decimals(currency)}f}"


def _end(places: int) -> int | None:
    """Return where the text of an amount with `MAX_DECIMALS` ends for so many decimals."""
    return -MAX_DECIMALS - 1 if places == 0 else places - MAX_DECIMALS or None


class _Ends(dict[str, "int | None"]):
    """Of currencies that are not listed here, where two decimals end."""

    def __missing__(self, currency: str) -> int | None:
        return _end(decimals(currency))


#: Where the text of an amount that the database wrote with all its decimals ends for each currency:
#: cut there it is the same as `text`, without making a number of it. What is cut off are zeros,
#: since the database keeps no more decimals than the currency has.
ENDS = _Ends((currency, _end(decimals(currency))) for currency in CURRENCIES)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one currency; amounts of two currencies never mix."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        value = self.amount if isinstance(self.amount, Decimal) else Decimal(str(self.amount))
        object.__setattr__(self, "amount", round_to(value, self.currency))

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return f"{text(self.amount, self.currency)} {self.currency}"

    def _same(self, other: "Money") -> None:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot be added.")

    def split(self, parts: int, *, extra: str = "first") -> tuple["Money", ...]:
        """Return `parts` amounts that add up to this one; the odd cents lie on the first or last.

        :raises ValueError: if `parts` is not positive or `extra` is neither "first" nor "last".
        """
        if parts < 1 or extra not in ("first", "last"):
            raise ValueError("split into one or more parts, the extra on the first or last")
        unit = Decimal(1).scaleb(-decimals(self.currency))
        # Towards zero, so that the odd cents have the sign of the whole.
        each = Decimal(int(self.amount / unit / parts)) * unit
        rest = self.amount - each * (parts - 1)
        shares = [each] * (parts - 1)
        shares.insert(0 if extra == "first" else parts - 1, rest)
        return tuple(Money(share, self.currency) for share in shares)

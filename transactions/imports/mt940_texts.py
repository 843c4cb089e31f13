"""What a field 86 says about a movement: in subfields of one of several kinds, or in plain text."""

import re

from transactions.imports import texts

#: SWIFT breaks a line after so many characters, in the middle of a word.
_WIDTH = 65
_PURPOSE_WIDTH = 27
#: A code of three digits, and the sign that begins each subfield: 166?00…?20…?32….
_GERMAN = re.compile(r"([0-9]{3})?([?<>@~^+|])(?=[0-9]{2})")
_SEPA = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|BREF|RREF)\+")
_CODES = (
    "TRTP IBAN BIC NAME REMI EREF ORDP BENM MARF CSID PURP RTRN ISDT CNTP RREF PREF TRCD ULTD ULTB "
    "SWOC KREF EXCH CHGS OCMT CREF ID ADDR INIT NRTX BENA ORDB"
).split()  # fmt: skip
_SLASHED = re.compile(rf"/({'|'.join(_CODES)})/")
_NS_LINE = re.compile(r"([0-9]{2})(.*)")


def about(text: str) -> str:
    """Return the other party and the purpose that a field 86 names."""
    lines = text.split("\n")
    match = _GERMAN.match(lines[0].strip())
    if match:
        return _german("".join(lines), match[2])
    whole = _unbroken(lines)
    if len(_SLASHED.findall(whole)) > 1:
        return _slashed(whole)
    return texts.clean(whole)


def about_ns(text: str) -> str:
    """Return the other party (15, 16) and the purpose (01 to 14) that a field NS names."""
    found = [(match[1], match[2]) for one in text.split("\n") if (match := _NS_LINE.fullmatch(one))]
    name = "".join(said for code, said in found if code in ("15", "16"))
    purpose = " ".join(said for code, said in found if "01" <= code <= "14")
    return texts.joined(texts.clean(name), texts.clean(purpose))


def _unbroken(lines: list[str]) -> str:
    whole = ""
    for line in lines:
        # A full line goes on in the next without a space.
        whole += line if len(line) >= _WIDTH else f"{line} "
    return whole


def _german(text: str, mark: str) -> str:
    parts = re.split(rf"{re.escape(mark)}(?=[0-9]{{2}})", text)[1:]
    subfields = [(part[:2], part[2:]) for part in parts]
    purpose = ""
    for code, said in subfields:
        if "20" <= code <= "29" or "60" <= code <= "63":
            purpose += said if len(said) >= _PURPOSE_WIDTH else f"{said} "
    name = "".join(said for code, said in subfields if code in ("32", "33"))
    kind = " ".join(said for code, said in subfields if code == "00")
    marked = _SEPA.split(purpose)
    said = dict(zip(marked[1::2], marked[2::2], strict=False))
    purpose = said.get("SVWZ", "") or marked[0]
    name = name or said.get("ABWA", "") or said.get("ABWE", "")
    found = texts.joined(texts.clean(name), texts.clean(purpose))
    return found or texts.clean(kind)


def _slashed(text: str) -> str:
    parts = _SLASHED.split(text)
    said = dict(zip(parts[1::2], parts[2::2], strict=False))
    name = said.get("NAME", "")
    if not name and "CNTP" in said:
        # Account, bank, name and place.
        name = (said["CNTP"].split("/") + [""] * 3)[2]
    name = name or said.get("ORDP", "").strip("/ ") or said.get("BENM", "").strip("/ ")
    purpose = re.sub(r"^(?:USTD|STRD)//|/+$", "", said.get("REMI", "").strip())
    found = texts.joined(texts.clean(name.strip("/ ")), texts.clean(purpose.strip("/ ")))
    return found or texts.joined(texts.clean(said.get("TRTP", "")), texts.clean(parts[0]))

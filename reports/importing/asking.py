"""What a file leaves open: how it is to be read, and which accounts its statements are about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from buffet.errors import Invalid, Refusal
from reports.importing.uploading import NEW, Upload
from reports.opening.forms import KINDS, NewRealAccount
from reports.periods import DAY
from reports.templatetags.figures import number
from reports.words import amount_said
from transactions import services

#: Refusals of a file after which the reader is asked which account each statement is about.
_ASK_ACCOUNTS = {"several_accounts", "which_account"}
#: Of so many statements an account can be opened at once: each has a form of its own.
MOST_NEW = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """One way to read what is in doubt, and what it would mean."""

    value: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Question:
    """What the file leaves open."""

    detail: str
    answers: Sequence[Answer]


@dataclass(frozen=True, slots=True)
class OfFile:
    """A statement of the file, what is chosen for it, and the account that it would open."""

    told: Mapping[str, Any]
    chosen: str
    form: NewRealAccount | None

    @property
    def total(self) -> str:
        """What its lines come to, as its reader writes it."""
        total = Decimal(self.told["total"])
        return number(total, max(0, -int(total.as_tuple().exponent)))


def asked(upload: Upload, refusal: Refusal | None) -> dict[str, Any]:
    """Return what has to be answered before the file can be read; or show why it is refused.

    :raises Refusal: if nothing was refused so far, and the file cannot be read.
    """
    questions = [
        Question(one.detail, [_answer(one.field, *choice) for choice in one.choices])
        for one in getattr(refusal, "questions", ())
    ]
    statements: Sequence[OfFile] = ()
    if not questions and (refusal is None or _is_of_accounts(upload, refusal)):
        try:
            statements = _statements(upload)
        except Refusal:
            if refusal is None:
                raise
    if refusal is not None and not questions:
        _refuse(upload, refusal, is_asked=bool(statements))
    return {
        "questions": questions,
        "statements": statements,
        # Where there is one way only, there is nothing to choose.
        "is_sure": len(statements) == 1 and not upload.accounts,
        "brokers": upload.around.brokers,
        "sent": upload.cleaned_data["sent"],
        "answered": [f"{name}={value}" for name, value in upload.answers.items()],
        "chosen": str(upload.cleaned_data["account"]),
        "said_of_accounts": upload.said,
    }


def _answer(field: str, value: str, meaning: str) -> Answer:
    """Return an answer; one that is an amount, as its reader writes it."""
    said = amount_said(meaning) if field == "decimal_mark" else None
    return Answer(f"{field}={value}", said or meaning)


def _is_of_accounts(upload: Upload, refusal: Refusal) -> bool:
    codes = {fault.code for fault in refusal.faults}
    return bool(_ASK_ACCOUNTS & codes) or bool(upload.openings)


def _refuse(upload: Upload, refusal: Refusal, *, is_asked: bool) -> None:
    """Show why not: beside what was said of the account that could not be opened, if it was one."""
    form = upload.openings.get(upload.at or 0)
    if is_asked and form is not None:
        # That the file is in another currency is wrong where the currency was typed.
        faults = [
            replace(one, pointer="/currency") if one.code == "other_currency" else one
            for one in refusal.faults
        ]
        form.refuse(Invalid(faults, refusal.detail) if faults else refusal)
    elif not is_asked or upload.openings:
        upload.refuse(refusal)
    elif upload.was_asked and not upload.chosen:
        upload.add_error(None, _("Choose the account that it is about: all is left out so far."))


def _statements(upload: Upload) -> list[OfFile]:
    """Return the statements of the file, each with what an account that it opens would be.

    :raises Refusal: if it cannot be read.
    """
    content = BytesIO(upload.cleaned_data["sent"].content)
    told = services.inspect(book=upload.request.book, file=content, wish=upload.wish)
    names = Account.objects.real().filter(book=upload.request.book).values_list("name", flat=True)
    taken = {name.lower() for name in names}
    found = [_of_file(upload, one, taken) for one in told["statements"]]
    if len(found) == 1 and _is_unknown(upload, found[0]):
        found = [replace(found[0], chosen=NEW)]
    return found


def _is_unknown(upload: Upload, one: OfFile) -> bool:
    """Return whether the file's one account has a number, and no account of the book may be it.

    One of its kind and currency may be whose number nobody has said.
    """
    if one.chosen or upload.was_asked or one.form is None or not one.told["account_number"]:
        return False
    kind, currency = one.told["new_account"]["kind"], one.told["currency"]
    return not any(
        row.kind == kind and not row.number and currency in ("", row.currency)
        for row in upload.accounts
    )


def _of_file(upload: Upload, told: Mapping[str, Any], taken: set[str]) -> OfFile:
    place = told["number"]
    form = upload.openings.get(place)
    if form is None and place <= MOST_NEW:
        form = upload.opening(place, _first(told["new_account"], taken))
    chosen = upload.chosen.get(place) or str(told["account"] or "")
    if not chosen and form is not None and upload.is_for_new:
        chosen = NEW
    return OfFile(told, chosen, form)


def _first(said: Mapping[str, Any], taken: set[str]) -> dict[str, Any]:
    """Return what a file says of its account as its reader would type it."""
    first = {
        "kind": said["kind"],
        "name": _name(said, taken),
        "number": said["number"],
        "broker": said["bank"],
    }
    if said["currency"]:
        first["currency"] = said["currency"]
    if said["opened_on"]:
        # What the bank says it opens with was on it when the day before ended.
        first["opened_on"] = (said["opened_on"] - DAY).isoformat()
    if amount := said["opening_balance"]:
        typed = amount.replace(".", get_format("DECIMAL_SEPARATOR"))
        # Whoever says that it is of another kind finds it there, too.
        first["opening_balance"] = typed
        first["owed"] = typed[1:] if typed.startswith("-") else f"-{typed}"
    return first


def _name(said: Mapping[str, Any], taken: set[str]) -> str:
    """Return a name that no account has: the kind, and the last signs of its number."""
    signs = "".join(sign for sign in said["number"] if sign.isalnum())
    kind = str(dict(KINDS)[said["kind"]])
    # Programs give their accounts names where banks have numbers.
    name = f"{kind} {signs[-4:]}" if any(map(str.isdigit, signs)) else said["number"]
    name = name or kind
    place, plain = 1, name
    while name.lower() in taken:
        place += 1
        name = f"{plain} ({place})"
    taken.add(name.lower())
    return name

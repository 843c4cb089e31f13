"""What the actions of an investment account in QIF move, as `ofx_investments` explains."""

from decimal import Decimal

from transactions.imports import texts
from transactions.imports.qif_records import Record
from transactions.imports.statement import UnreadableFile

_WITHIN = frozenset("buy sell rtrncap stksplit shtsell cvrshrt".split())
_COMES = frozenset("div intinc cglong cgshort cgmid miscinc xin contrib contribx".split())
_GOES = frozenset("miscexp margint xout withdrw withdrwx".split())
_REINVESTED = frozenset("reinvdiv reinvint reinvlg reinvsh reinvmd".split())


def moved(record: Record, comma: bool | None) -> tuple[Decimal, str]:
    """Return what a record moves into or out of the account, and what it is about.

    :raises UnreadableFile: if the action is not known for sure to do one or the other.
    """
    action = record.text("N").lower()
    costs = record.read("O", comma) or Decimal(0)
    words = " ".join(
        part for part in (record.text("N"), record.text("Q"), record.text("Y")) if part
    )
    about = texts.joined(words, record.text("P"))
    if costs < 0:
        raise UnreadableFile("The commission (O) is negative.", record.fields["O"][1])
    if action in _WITHIN:
        return -costs, about
    if action == "cash":
        return record.amount(comma), about
    for actions, sign in ((_COMES, 1), (_REINVESTED, 1), (_GOES, -1)):
        if action in actions:
            amount = record.amount(comma)
            if amount < 0:
                sentence = f"The action {record.text('N')} has a negative amount."
                raise UnreadableFile(sentence, record.line)
            return sign * amount - (costs if action in _REINVESTED else Decimal(0)), about
    sentence = f"What the action “{record.text('N')[:40]}” does to the account is not sure."
    raise UnreadableFile(sentence, record.fields.get("N", ("", record.line))[1])

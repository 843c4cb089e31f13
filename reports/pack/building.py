"""The pack: one zip of tables, a report to read, and what all of it is, with digests."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.http import FileResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from buffet.models import Book
from buffet.money import text
from reports.asking import Asked
from reports.faces import lines
from reports.pack.figures import Figures, figures, one_state
from reports.pack.printing import printed
from reports.pack.tables import tables
from reports.templatetags.words import account_name

#: How much of a pack is kept in memory; a longer one waits on disk.
IN_MEMORY = 2**20
#: How much is compressed at once.
_PIECE = 2**16


class Pack(FileResponse):
    """The answer that is a pack."""

    #: What answers of the API say of themselves: this one shows no row.
    version: int | None = None


def packed(book: Book, asked: Asked) -> Pack:
    """Return the pack of a period as an answer, with bounded memory however long the ledger is."""
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (the answer closes it)
    with one_state():
        found = figures(book, asked)
        name = _name(found)
        _write(file, found, name)
    file.seek(0)
    # Of no kind but a file to keep: clients are generated that read this, and none that read a zip.
    kind = "application/octet-stream"
    return Pack(file, as_attachment=True, filename=f"{name}.zip", content_type=kind)


def _name(found: Figures) -> str:
    period = found.asked.period
    return f"{slugify(found.book.name)[:60] or 'book'}-{period.since}-{period.until}"


@dataclass
class _Writer:
    """A zip that is being written, and the digests of what is in it."""

    archive: ZipFile
    folder: str
    found: Figures
    digests: dict[str, str] = field(default_factory=dict)

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a file into the zip, dated as the book's day, so that equal packs are equal."""
        today = self.found.asked.today
        info = ZipInfo(f"{self.folder}/{name}", (today.year, today.month, today.day, 0, 0, 0))
        info.compress_type, info.external_attr = ZIP_DEFLATED, 0o644 << 16
        digest = sha256()
        with self.archive.open(info, "w", force_zip64=True) as member:
            for piece in pieces:
                digest.update(piece)
                member.write(piece)
        self.digests[name] = digest.hexdigest()


def _write(file: IO[bytes], found: Figures, folder: str) -> None:
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        writer = _Writer(archive, folder, found)
        for name, rows in tables(found):
            writer.write(name, _pieces(lines(rows)))
        writer.write("report.pdf", [printed(found)])
        writer.write("README.txt", [_about(found, writer.digests).encode()])


def _pieces(found: Iterable[str]) -> Iterator[bytes]:
    """Yield lines in pieces that are worth compressing."""
    waiting, length = [], 0
    for line in found:
        waiting.append(line)
        length += len(line)
        if length >= _PIECE:
            yield "".join(waiting).encode()
            waiting, length = [], 0
    yield "".join(waiting).encode()


def _names(found: Figures) -> list[str]:
    """Return which accounts the tables call otherwise than the report, in its reader's language."""
    names = dict.fromkeys(one.node.name for one in found.trial_balance.lines)
    told = [f"{name}: {account_name(name)}" for name in names if account_name(name) != name]
    heading = _(
        "The tables are the same in every language. What they call otherwise than the report:"
    )
    return [heading, *told, ""] if told else []


def _about(found: Figures, digests: dict[str, str]) -> str:
    """Return what the pack is, and what its files must come to."""
    asked, period = found.asked, found.asked.period
    told = [
        (_("Book"), found.book.name),
        (_("Period"), f"{period.since} – {period.until}"),
        (_("As of"), f"{asked.today}"),
        # What was known then had versions that nobody kept.
        (_("As known on"), f"{asked.known_on}")
        if asked.known_on
        else (_("Version"), f"{asked.version}"),
        (_("Base currency"), found.book.base_currency),
        (_("Reports in"), asked.currency),
    ]
    totals = [
        f"{one.currency}: {_('debits')} {text(one.debit, one.currency)} = "
        f"{_('credits')} {text(one.credit, one.currency)}"
        for one in found.trial_balance.totals
    ]
    return "\n".join(
        [
            _("Everything for your accountant"),
            "",
            *(f"{name}: {value}" for name, value in told),
            "",
            _("Debits and credits of the period, by currency:"),
            *totals,
            "",
            _(
                "In the ledger debits are positive and credits negative; each currency balances "
                "by itself. Statements of accounts are signed as the account's own: a debt is "
                "negative. Cells that a spreadsheet would take for a formula begin with an "
                "apostrophe."
            ),
            "",
            *_names(found),
            _("SHA-256 of each file:"),
            *(f"{digest}  {name}" for name, digest in digests.items()),
            "",
        ]
    )

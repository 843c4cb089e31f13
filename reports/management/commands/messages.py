"""`make messages`: bring the catalog of the pages' words up to date with the source.

Read from templates, from page Python and from refusals, whose sentences forms show. What is new
waits in the .po for its translation, and what is gone goes. The files are the same wherever they
are written, so a test can compare them.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand

from reports.words import NAMING

LOCALE = "pt_BR"
APPS = ("buffet", "accounts", "transactions", "invoices", "reports")
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
#: As `reports.templating` reads them.
_OPTIONS = {"newstyle_gettext": "true", "silent": "false"}
#: What says a sentence to people, besides the classes of refusals.
SAYING = {"BadAmount", "BadCurrency", "Fault", "Malformed", "NotAllowed", "NotFound", "invalid"}
#: (message or its two forms, context)
Found = tuple[str | tuple[str, ...], str | None]


class Words(Catalog):
    """A catalog whose header says neither when it was written nor by what."""

    num_plurals = 2
    # It cannot be set, which nobody does.
    mime_headers = [  # type: ignore[override]
        ("Language", LOCALE),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
        ("Plural-Forms", "nplurals=2; plural=(n > 1);"),
    ]


def found() -> Iterator[tuple[Found, str]]:
    """Yield every message of the source with the file that it is in."""
    for app in APPS:
        root = settings.BASE_DIR / app
        for path in sorted((root / "jinja2").rglob("*.html")):
            yield from ((one, _name(path)) for one in _marked(path.read_text(), "jinja2"))
        for path in sorted(root.rglob("*.py")):
            if "migrations" not in path.parts:
                source = path.read_text()
                messages = (*_marked(source, "python"), *_sentences(source))
                yield from ((one, _name(path)) for one in messages)


def _name(path: Path) -> str:
    return path.relative_to(settings.BASE_DIR).as_posix()


def _marked(source: str, kind: str) -> Iterator[Found]:
    file = BytesIO(source.encode())
    for _, message, _, context in extract(kind, file, KEYWORDS, options=_OPTIONS):
        yield message, context


def _sentences(source: str) -> Iterator[Found]:
    """Yield what refusals say: the docstrings of their classes, and what is said beside a code."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and _is_refusal(node):
            yield (ast.get_docstring(node) or "").partition("\n")[0], None
        elif isinstance(node, ast.Call) and _called(node.func) in _refusals() | SAYING:
            yield from (one for arg in node.args for one in _said(arg))
        elif isinstance(node, ast.Assign) and _called(node.targets[0]) == "sentence":
            yield from _said(node.value)


def _said(node: ast.expr) -> Iterator[Found]:
    """Yield a sentence; what it names has a place in it, and its context says so."""
    if isinstance(node, ast.IfExp):
        yield from (*_said(node.body), *_said(node.orelse))
    elif isinstance(node, ast.Constant):
        if str(node.value).endswith("."):
            yield str(node.value), None
    elif isinstance(node, ast.JoinedStr):
        text = "".join(
            str(one.value) if isinstance(one, ast.Constant) else f"{{{_place(one)}}}"
            for one in node.values
        )
        if text.endswith("."):
            yield text, NAMING


def _place(node: ast.expr) -> str:
    """Return what a place in an f-string is called: `account.name` is `account_name`."""
    names = [one for one in ast.walk(node) if isinstance(one, ast.Name | ast.Attribute)]
    return "_".join(_called(one) for one in reversed(names)) or "this"


@cache
def _refusals() -> frozenset[str]:
    """Return the names of all classes of refusals."""
    return frozenset(
        node.name
        for app in APPS
        for path in (settings.BASE_DIR / app).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and _is_refusal(node)
    )


def _is_refusal(node: ast.ClassDef) -> bool:
    return any(
        isinstance(one, ast.Assign)
        and _called(one.targets[0]) == "code"
        and isinstance(one.value, ast.Constant)
        for one in node.body
    )


def _called(node: ast.AST) -> str:
    return getattr(node, "id", "") or getattr(node, "attr", "")


def po_path() -> Path:
    """Return where the catalog is."""
    return settings.LOCALE_PATHS[0] / LOCALE / "LC_MESSAGES" / "django.po"


def merged(kept: Catalog) -> Catalog:
    """Return the catalog of the source, with the translations of the one that was kept."""
    comment = "# The words of the pages: see `make messages`."
    words = Words(locale=LOCALE, header_comment=comment, fuzzy=False)
    for (message, context), path in found():
        old = kept.get(message, context)
        words.add(
            message,
            old.string if old else None,
            locations=[(path, 0)],
            flags=old.flags if old else (),
            context=context,
        )
    return words


def kept() -> Catalog:
    """Return the catalog as it is."""
    path = po_path()
    return read_po(BytesIO(path.read_bytes() if path.exists() else b""), locale=LOCALE)


def as_po(words: Catalog) -> bytes:
    """Return a catalog as people translate it."""
    file = BytesIO()
    write_po(file, words, width=100, sort_output=True, include_lineno=False)
    return file.getvalue()


def as_mo(words: Catalog) -> bytes:
    """Return a catalog as Django reads it."""
    file = BytesIO()
    write_mo(file, words)
    return file.getvalue()


_PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+\}|</?\w+")


def faults(words: Catalog) -> Iterator[str]:
    """Yield what is wrong with each translation."""
    for one in words:
        if not one.id:
            continue
        said = [one.string or ""] if isinstance(one.string, str | None) else one.string
        if one.fuzzy or not all(said):
            yield f"not translated: {one.id}"
        elif any(_places(text) != _places(one.id) for text in said):
            yield f"other placeholders or tags: {one.id}"
        elif one.context == NAMING and _names_twice(one.id):
            yield f"two places of one name: {one.id}"


def _names_twice(text: str | Sequence[str]) -> bool:
    found = _PLACES.findall(_joined(text))
    return len(found) > len({*found})


def _places(text: str | Sequence[str]) -> set[str]:
    return set(_PLACES.findall(_joined(text)))


def _joined(text: str | Sequence[str]) -> str:
    return text if isinstance(text, str) else " ".join(text)


class Command(BaseCommand):
    """Write the catalog anew, and say what it lacks."""

    help = "Brings the catalog of the pages' words up to date with the source."
    requires_system_checks = ()

    def handle(self, **options: object) -> None:
        """Write the .po and the .mo; fail if something is not translated."""
        words = merged(kept())
        path = po_path()
        path.write_bytes(as_po(words))
        path.with_suffix(".mo").write_bytes(as_mo(words))
        wrong = list(faults(words))
        for one in wrong:
            self.stderr.write(one)
        if wrong:
            raise SystemExit(1)

"""Rules about the SQL that migrations bring as text."""

import re
from collections.abc import Iterable, Iterator

from buffet.migrating.rules import (
    DEFAULT_GONE,
    GONE,
    INDEX,
    NOT_NULL,
    RENAMED,
    REQUIRED,
    RETYPED,
    UNCHECKED,
    UNIQUE,
    Rule,
)

_DO = re.compile(r"\bDO\s+(?:LANGUAGE\s+\w+\s+)?\$(\w*)\$(.*?)\$\1\$", re.I | re.S)
# Comments, texts and bodies of functions: nothing in them is carried out.
_INERT = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$", re.S)
_NAME = r"(?:IF (?:NOT )?EXISTS )?(?:ONLY )?(?:public\.)?(?P<table>\w+)"
_MADE = re.compile(rf"\bCREATE (?:\w+ )?TABLE {_NAME}", re.I)
_DROPPED = re.compile(
    r"\bDROP (?:TABLE|VIEW|MATERIALIZED VIEW) (?:IF EXISTS )?(?P<tables>.+)", re.I
)
_INDEXED = re.compile(
    rf"\bCREATE (?P<unique>UNIQUE )?INDEX (?!CONCURRENTLY\b).*?\bON {_NAME}", re.I
)
_ALTERED = re.compile(rf"\bALTER TABLE {_NAME} (?P<actions>.+)", re.I)
_BETWEEN_ACTIONS = re.compile(r",(?![^()]*\))")

_CONSTRAINT = r"ADD (?:CONSTRAINT \w+ )?"
_ACTIONS = tuple(
    (re.compile(pattern, re.I), rule)
    for pattern, rule in (
        (r"DROP (?!CONSTRAINT\b)", GONE),
        (r"RENAME (?!CONSTRAINT\b)|SET SCHEMA ", RENAMED),
        (r"ALTER .*\bTYPE\b", RETYPED),
        (r"ALTER .*\bSET NOT NULL\b", NOT_NULL),
        (r"ALTER .*\bDROP DEFAULT\b", DEFAULT_GONE),
        (rf"{_CONSTRAINT}(?:CHECK|FOREIGN KEY|NOT NULL)\b(?!.*\bNOT VALID\b)", UNCHECKED),
        (r"ADD .*\b(?:UNIQUE|PRIMARY KEY|EXCLUDE)\b(?!.*\bUSING INDEX\b)", UNIQUE),
        (
            r"ADD (?!CONSTRAINT\b|CHECK\b|FOREIGN\b|NOT\b)(?!.*\b(?:DEFAULT|GENERATED)\b)"
            r".*\bNOT NULL\b",
            REQUIRED,
        ),
    )
)


def statements(sql: str) -> list[str]:
    """Return what a text has carried out, one statement each, in one line without quotes."""
    bare = _INERT.sub(" ", _DO.sub(r";\2;", sql))
    lines = (" ".join(each.replace('"', "").split()) for each in bare.split(";"))
    return [line for line in lines if line]


def tables_made(statement: str) -> Iterator[str]:
    """Yield the table that a statement makes, if it makes one."""
    if made := _MADE.search(statement):
        yield made["table"].lower()


def broken(statement: str, new: Iterable[str]) -> Iterator[Rule]:
    """Yield the rules that a statement breaks about tables other than the new ones."""
    if (dropped := _DROPPED.search(statement)) and not _tables(dropped["tables"]) <= set(new):
        yield GONE
    if (indexed := _INDEXED.search(statement)) and indexed["table"].lower() not in new:
        yield UNIQUE if indexed["unique"] else INDEX
    if (altered := _ALTERED.search(statement)) and altered["table"].lower() not in new:
        for action in _BETWEEN_ACTIONS.split(altered["actions"]):
            yield from (rule for pattern, rule in _ACTIONS if pattern.match(action.strip()))


def _tables(listed: str) -> set[str]:
    without_end = re.sub(r"\s+(CASCADE|RESTRICT)$", "", listed, flags=re.I)
    return {name.strip().lower().removeprefix("public.") for name in without_end.split(",")}

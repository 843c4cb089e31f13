"""What a migration may not do, why, and what to do instead."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """A rule that an operation breaks, in two half-sentences."""

    why: str
    instead: str


LATER = "and say there why it is safe"

GONE = Rule(
    "the release before still reads and writes it",
    "let it be NULL or give it a db_default, take it out of the models alone with "
    f"SeparateDatabaseAndState, drop it in the next release, {LATER}",
)
RENAMED = Rule(
    "the release before knows it by its old name",
    "keep the name in the database with db_column or db_table",
)
REQUIRED = Rule(
    "the release before adds rows without it, and it must not be NULL",
    "give it a db_default, or let it be NULL",
)
DEFAULT_GONE = Rule(
    "the release before leaves the column to the database's default",
    f"take it away in the next release, {LATER}",
)
NOT_NULL = Rule(
    "the release before may write NULL, and nobody reads or writes while all rows are looked at",
    "stop writing NULL in this release; in the next, validate a check that was added NOT VALID, "
    f"alter the column, {LATER}",
)
NARROWER = Rule(
    "the release before may write what no longer fits",
    f"stop writing such values in this release, alter the column in the next, {LATER}",
)
RETYPED = Rule(
    "the release before knows another type, and nobody reads or writes while rows are rewritten",
    "add a column beside it and fill it a part at a time",
)
FILLED = Rule(
    "nobody reads or writes while all rows are rewritten",
    "add an ordinary column and fill it a part at a time",
)
INDEX = Rule(
    "nobody writes while the index is made",
    "make it with AddIndexConcurrently and atomic = False, and a field without db_index",
)
UNIQUE = Rule(
    "the release before may write doubles, and nobody writes while the index is made",
    "once nothing writes doubles, make the index CONCURRENTLY and the constraint USING INDEX "
    "with SeparateDatabaseAndState",
)
UNCHECKED = Rule(
    "nobody writes while all rows are checked",
    "add it NOT VALID (AddConstraintNotValid), and validate it in a migration of its own",
)

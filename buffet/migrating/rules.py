"""What a migration may not do, why, and what to do instead."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """A rule that an operation breaks, in two half-sentences."""

    why: str
    instead: str


LATER = "and say in a migration of the next release why it is safe by then"

GONE = Rule(
    "the release before still reads and writes it",
    "take it out of the models alone with SeparateDatabaseAndState, where a column must be able to be "
    f"NULL or have a db_default, {LATER}",
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
    f"keep the db_default in this release, {LATER}",
)
NOT_NULL = Rule(
    "the release before may write NULL, and nobody reads or writes while all rows are looked at",
    f"stop writing NULL in this release, add a check that is NOT VALID and validate it, {LATER}",
)
NARROWER = Rule(
    "the release before may write what no longer fits",
    f"stop writing such values in this release, {LATER}",
)
RETYPED = Rule(
    "the release before knows another type, and nobody reads or writes while all rows are rewritten",
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
    "make a unique index CONCURRENTLY and then a constraint USING INDEX, in SeparateDatabaseAndState, "
    "once nothing writes doubles",
)
UNCHECKED = Rule(
    "nobody writes while all rows are checked",
    "add it NOT VALID (AddConstraintNotValid), and validate it in a migration of its own",
)

"""The ten points of the review of a database, and what one of them found, for the doctor and the advisor."""

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """How a point stands."""

    OK = "ok"
    FAIL = "fail"
    UNKNOWN = "unknown"
    """It could not be looked at here; the words say why."""


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One point of the review: its number, its name for programs, and the question it answers."""

    number: int
    name: str
    question: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A point with its evidence: `words` sum up what was looked at, `findings` are what is wrong, each with its object.

    `mend` says what to do where something is wrong. All of it may hold names from the database and is hostile text.
    """

    item: ReviewItem
    standing: Standing
    words: str
    findings: tuple[str, ...] = ()
    mend: str = ""


FOREIGN_KEYS = ReviewItem(1, "foreign_keys_defined", "Does every column that points at a row have a foreign key?")
KEY_INDEXES = ReviewItem(2, "foreign_keys_indexed", "Is every foreign key covered by an index?")
FILTERED = ReviewItem(3, "filtered_columns_indexed", "Are the columns that every query is filtered by indexed?")
GUARDED = ReviewItem(4, "row_level_security", "Has every table that the API reaches row level security and policies?")
CLOSED = ReviewItem(5, "no_way_around", "Is there no way around the policies?")
FAST = ReviewItem(6, "policies_fast", "Are policies written for speed: one for a command, asked once for a statement?")
ISOLATED = ReviewItem(7, "isolation", "Does no user see another tenant's rows, tried as several users on the data?")
CRITICAL = ReviewItem(8, "critical_queries", "Do the critical queries run without reading whole tables?")
MIGRATED = ReviewItem(9, "migrations", "Are the migrations applied, unchanged, repeatable, each with its way back?")
WRITTEN = ReviewItem(10, "written_down", "Is everything commented, and are assumptions and trade-offs written down?")

ITEMS = (FOREIGN_KEYS, KEY_INDEXES, FILTERED, GUARDED, CLOSED, FAST, ISOLATED, CRITICAL, MIGRATED, WRITTEN)


def judged(item: ReviewItem, words: str, findings: list[str], mend: str) -> Reviewed:
    """The point with its standing: it fails where anything was found."""
    return Reviewed(item, Standing.FAIL if findings else Standing.OK, words, tuple(findings), mend if findings else "")

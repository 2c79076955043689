"""What pg_restore could not do: what a proof can do without, and what it cannot."""

import re
from dataclasses import dataclass
from itertools import pairwise

from chatly_console.migrations.snapshot import MANAGED_SCHEMAS

_ERROR = re.compile(r"^pg_restore: error: ", re.MULTILINE)
_STATEMENT = re.compile(
    r"could not execute query: ERROR:\s+(?P<why>.*?)$.*?^Command was: (?P<sql>.*?)(?=^pg_restore: |\Z)",
    re.MULTILINE | re.DOTALL,
)
_BESIDE = re.compile(
    r"(?:CREATE EXTENSION|COMMENT ON|GRANT|REVOKE|ALTER DEFAULT PRIVILEGES|SECURITY LABEL|CREATE SCHEMA"
    r"|(?:CREATE|ALTER) (?:EVENT TRIGGER|PUBLICATION|SUBSCRIPTION)|ALTER [^;]* OWNER TO [^ ;]*;"
    r"|ALTER [^;]* (?:SET|RESET) \([^()]*\);|ALTER [^;]* SET STATISTICS )",
    re.DOTALL,
)
"""Extensions that the server does not offer, rights, comments and settings: no row and no condition hangs on these."""
_QUALIFIED = re.compile(r'(?:"((?:[^"]|"")+)"|\b([a-z_][\w$]*))\.')


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The server's own words, in order: why something was left out that is beside the point, and what is lost."""

    beside: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """`without 3 of its statements (extension "x" is not available, ...)`; empty where all was restored."""
        if not self.beside:
            return ""
        count, reasons = len(self.beside), list(dict.fromkeys(self.beside))
        few = "; ".join(reasons[:2]) + ("; …" if len(reasons) > 2 else "")
        return f"without {'one' if count == 1 else f'{count:,}'} of its statements ({few})"


def left_out(said: str) -> LeftOut:
    """Sort what pg_restore has said on its standard error."""
    beside: list[str] = []
    lost: list[str] = []
    places = [found.end() for found in _ERROR.finditer(said)]
    if said.strip() and not places:
        lost.append(" ".join(said.split()))
    for start, end in pairwise([*places, len(said)]):
        found = _STATEMENT.match(said, start, end)
        if found is None:
            lost.append(" ".join(said[start:end].split("\npg_restore:")[0].split()))
        elif found["sql"].startswith("SET "):
            pass  # a setting that only newer servers know
        elif _is_beside(found["sql"]):
            beside.append(found["why"])
        else:
            lost.append(f"{found['why']}: {' '.join(found['sql'].split())}")
    return LeftOut(tuple(beside), tuple(lost))


def _is_beside(sql: str) -> bool:
    if _BESIDE.match(sql):
        return True
    named = _QUALIFIED.search(sql)
    return named is not None and (named[1] or named[2]) in MANAGED_SCHEMAS

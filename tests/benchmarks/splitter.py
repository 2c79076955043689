"""How fast SQL is split, and what a keystroke costs in a long text."""

import time
from collections.abc import Callable
from statistics import quantiles

import sqlparse

from chatly_console.core.sql import Script, split, statement_at

Row = tuple[str, str, str, bool]

_QUERY = """select c.id, pc.name as client, min(m.sent_at) filter (where m.direction = 'out')
  from conversations c join platform_clients pc on pc.id = c.platform_client_id
  where c.opened_at > now() - '7 days'::interval -- it's recent; really
  order by 1 desc;

"""
_MIXED = (
    "insert into messages (id, body, sent_at) values (1, 'hello; world', now()), (2, 'it''s', null);\n"
    "create function f() returns int language plpgsql as $$ begin return 1; end $$;\n" + _QUERY
)


def rows() -> list[Row]:
    """The table's rows: what, limit, measured, and whether it holds."""
    return [_ratio(), *_keystrokes()]


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _ratio() -> Row:
    text = _MIXED * 400
    ours = min(_seconds(lambda: split(text)) for _ in range(5))
    theirs = _seconds(lambda: sqlparse.split(text))
    ratio = theirs / ours
    speed = len(text) / 1e6
    measured = f"{ratio:.0f}x ({speed / ours:.1f} MB/s, {speed / theirs:.2f} MB/s)"
    return "splitter, MB/s / sqlparse.split", "10x or more", measured, ratio >= 10


def _keystrokes() -> list[Row]:
    text = _QUERY * 4000
    lines = text.count("\n")
    script = Script(text)
    spent: list[float] = []
    for number in range(150):
        at = len(text) * (number // 30) // 5 + 50 + number
        text = text[:at] + "x';("[number % 4] + text[at:]

        def press(text: str = text, at: int = at) -> None:
            script.update(text)
            statement_at(script, at)
            script.tokens(max(at - 2000, 0), at + 2000)

        spent.append(_seconds(press))
    p95 = quantiles(spent, n=20)[-1] * 1000
    what = f"a keystroke in {lines:,} lines: split, statement at the cursor, colours of 4,000 characters, p95"
    return [(what, "50 ms", f"{p95:.1f} ms (longest {max(spent) * 1000:.1f} ms)", p95 <= 50)]

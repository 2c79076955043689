"""Rows in bounded memory: all come back, however large or many, and a full disk is a sentence."""

import marshal
import os
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatly_console.core import row_order
from chatly_console.core.failure import Failure
from chatly_console.core.page_store import PageStore
from chatly_console.core.row_order import matching, sorted_order
from chatly_console.core.row_source import ListedRows, StoredRows
from chatly_console.core.values import Column, Row


@given(
    st.lists(st.lists(st.tuples(st.none() | st.text(st.characters(codec=None), max_size=8)), max_size=700), max_size=4)
)
@settings(max_examples=30, deadline=None)
def test_every_row_comes_back(pages: list[list[Row]]) -> None:
    store = PageStore(packed_bytes=100)
    for page in pages:
        store.append(page)
    rows = [row for page in pages for row in page]
    assert len(store) == len(rows)
    assert [store.row(i) for i in range(len(rows))] == rows == list(store.rows())
    store.close()


def test_memory_is_bounded_whatever_the_rows_are() -> None:
    store = PageStore()
    for i in range(60):
        store.append([(str(i) + "x" * 1_000_000,)])
    assert store._packed_bytes <= 17 << 20
    assert [store.row(i)[0][:2] for i in (0, 59, 30)] == ["0x", "59", "30"]  # type: ignore[index]
    assert store._ready_bytes <= 9 << 20
    store.close()
    assert len(store) == 0


def test_outside_is_an_error() -> None:
    store = PageStore()
    store.append([("a",)] * 600)
    for index in (-1, 600):
        with pytest.raises(IndexError):
            store.row(index)


def test_a_full_disk_is_a_sentence_and_keeps_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    store = PageStore(packed_bytes=10_000)
    store.append([("x" * 100,)] * 500)
    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(Failure, match="No space left on device"):
        store.append([("y" * 100,)] * 5_000)
    assert store.row(0) == ("x" * 100,) and store.row(len(store) - 1) == ("y" * 100,)
    monkeypatch.undo()
    store.append([("z",)] * 500)
    assert store.row(len(store) - 1) == ("z",)


def test_it_may_be_read_while_it_grows() -> None:
    source, wrong, done = StoredRows([Column("n", 23)], PageStore(packed_bytes=1000)), [], threading.Event()

    def read() -> None:
        while not done.is_set():
            count = source.count
            if count and source.row(count - 1) != (str(count - 1),):
                wrong.append(count)

    reader = threading.Thread(target=read)
    reader.start()
    for start in range(0, 50_000, 250):
        source.append([(str(i),) for i in range(start, start + 250)])
    done.set()
    reader.join(10)
    assert wrong == []


NUMBERS = [("10",), (None,), ("9",), ("-1.5",), ("NaN",), ("Infinity",), ("-Infinity",), ("9",),
           ("123456789012345678901",), ("123456789012345678900",)]  # fmt: skip


def test_numbers_are_sorted_by_value_with_null_last_both_ways() -> None:
    source = ListedRows([Column("n", 1700)], NUMBERS)
    up = [NUMBERS[i][0] for i in sorted_order(source, 0)]
    assert up == ["-Infinity", "-1.5", "9", "9", "10", "123456789012345678900", "123456789012345678901",
                  "Infinity", "NaN", None]  # fmt: skip
    assert [NUMBERS[i][0] for i in sorted_order(source, 0, descending=True)] == [*up[-2::-1], None]


def test_text_is_sorted_and_found_without_case() -> None:
    rows: list[Row] = [("beta", None), ("Alpha", "x"), (None, "BETA")]
    source = ListedRows(["a", "b"], rows)
    assert list(sorted_order(source, 0)) == [1, 0, 2]
    assert list(matching(source, "beta")) == [0, 2]
    assert list(matching(source, "BETA")) == [2]
    assert list(sorted_order(source, 0, within=matching(source, "beta"))) == [0, 2]


def test_rows_that_came_in_one_large_page_are_kept_in_pages_of_bounded_size() -> None:
    store = PageStore()
    store.append([(str(i) + "x" * 20_000,) for i in range(500)])  # 10 MB
    assert max(store._sizes) <= 2 << 20
    assert [row[0][:4].rstrip("x") for row in store.rows() if row[0]] == [str(i) for i in range(500)]
    store.close()


def test_a_stretch_is_read_page_by_page_as_far_as_rows_have_come() -> None:
    source = StoredRows([Column("n", 23)])
    source.append([(str(i),) for i in range(1_234)])
    for start, end in ((0, 1_234), (499, 501), (1_000, 5_000), (1_234, 1_300), (7, 7)):
        assert source.between(start, end) == [(str(i),) for i in range(start, min(end, 1_234))]


def test_a_row_that_was_changed_is_the_new_one_everywhere() -> None:
    rows = StoredRows(["n"])  # type: ignore[list-item]
    rows.append([(str(n),) for n in range(2000)], exhausted=True)
    rows.replace(1500, ("new",))
    assert rows.row(1500) == ("new",)
    assert list(rows.rows())[1500] == ("new",)
    assert rows.between(1499, 1502) == [("1499",), ("new",), ("1501",)]


@given(
    st.lists(st.sampled_from(["1", "2", "30", "-4.5", "7e2", "NaN", None]), max_size=300),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_many_rows_are_sorted_in_parts_to_the_same_order(values: list[str | None], down: bool, some: bool) -> None:
    source = ListedRows([Column("n", 1700)], [(value,) for value in values])
    within = range(0, len(values), 2) if some else None
    whole = sorted_order(source, 0, descending=down, within=within)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_order, "_SORTED_AT_ONCE", 20)
        assert sorted_order(source, 0, descending=down, within=within) == whole
    kept = [i for i in (within or range(len(values))) if values[i] not in (None, "NaN")]
    found = [i for i in whole if values[i] not in (None, "NaN")]
    assert found == sorted(kept, key=lambda i: float(values[i] or 0), reverse=down)


def test_no_sort_takes_many_rows_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """While Python sorts one list no other thread runs, and no key is answered."""
    monkeypatch.setattr(row_order, "_SORTED_AT_ONCE", 1_000)
    for values in ([str(i * 7919 % 100_003) for i in range(50_000)], ["t", "f", None] * 20_000):
        keys = [*map(str.casefold, filter(None, values))]
        parts = row_order._parted([*range(len(keys))], keys)
        assert sum(map(len, parts)) == len(keys)
        assert all(len(part) < 10_000 or len({keys[i] for i in part}) == 1 for part in parts)


def test_long_rows_are_packed_once_and_drawn_without_unpacking(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = 0
    dumps = marshal.dumps

    def counted(rows: list[Row], version: int) -> bytes:
        nonlocal packed
        packed += 1
        return dumps(rows, version)

    monkeypatch.setattr(marshal, "dumps", counted)
    source = StoredRows([Column("id"), Column("text")])
    source.append([(str(i), "x" * 1_000_000) for i in range(20)])
    assert packed == 10 and source.is_large  # two a page
    monkeypatch.setattr(PageStore, "row", None)
    assert source.glimpse(3) == ("3", "x" * 2_000)
    monkeypatch.undo()
    assert source.row(3) == ("3", "x" * 1_000_000)
    source.replace(3, ("3", "y"))
    assert source.glimpse(3) == ("3", "y") and source.glimpse(20) is None
    source.close()

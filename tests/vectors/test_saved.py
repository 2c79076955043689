"""Curves and questions on disk: private, kept in order, and harmless where a file is damaged."""

from pathlib import Path

from chatly_console.vectors.curve_listing import compared_rows, comparison_words, distribution_words, worst_rows
from chatly_console.vectors.lab import Curve, Point
from chatly_console.vectors.plan import ServedBy
from chatly_console.vectors.recall import Distribution, Outcome, Tally, worst_first
from chatly_console.vectors.saved import (
    Circumstances,
    SavedCurve,
    keep_question,
    read_curves,
    read_questions,
    save_curve,
)


def about(when: str) -> Circumstances:
    return Circumstances(when, "chatly", "documents.embedding", "cosine", "ivfflat lists=100", "16412", 10_000,
                         "18.6", "0.8.6", "authenticated ada", "language = 'de'")  # fmt: skip


def curve(recall: float, milliseconds: float) -> Curve:
    figures = Distribution(100, recall, 0.1, 2, 5, 0.01, 9.5, 3, 7, milliseconds, 2 * milliseconds)
    point = Point((("ivfflat.probes", "1"),), figures, ServedBy("Index Scan using i", approximate=True))
    return Curve(10, 100, (point,), done=True, exact_ms=30.0)


def test_a_curve_comes_back_as_it_was_and_the_newest_first(tmp_path: Path) -> None:
    path = tmp_path / "vectors" / "curves.jsonl"
    assert read_curves(path) == []
    first, second = SavedCurve(about("2026-01-01"), curve(0.8, 1)), SavedCurve(about("2026-02-01"), curve(0.9, 2))
    save_curve(path, first)
    with path.open("a") as file:
        file.write('{"about": {}}\nnot json\n[1]\n')
    save_curve(path, second)
    assert read_curves(path) == [second, first]
    assert path.stat().st_mode & 0o077 == 0
    assert "ada" in first.about.title and "where language" in first.about.title


def test_a_question_is_kept_once_and_forgotten_when_asked_again(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    assert keep_question(path, "prod", "where is [/] my \x1b[31m order?")
    assert keep_question(path, "other", "a")
    assert read_questions(path, "prod") == ["where is [/] my \x1b[31m order?"]
    assert not keep_question(path, "prod", "where is [/] my \x1b[31m order?")
    assert read_questions(path, "prod") == [] and read_questions(path, "other") == ["a"]
    assert path.stat().st_mode & 0o077 == 0


def test_two_curves_side_by_side() -> None:
    now, before = curve(0.9, 2), SavedCurve(about("2026-01-01"), curve(0.8, 1))
    row = next(iter(compared_rows(now, before.curve).rows()))
    assert row[:5] == ("probes 1", "0.900", "0.800", "2.00", "1.00")
    assert "recall +0.100" in comparison_words(now, before) and "x2.00" in comparison_words(now, before)
    assert "by chance" in comparison_words(curve(0.805, 1), before)
    assert "No setting" in comparison_words(Curve(10, 1), before)


def test_the_worst_questions_come_first_and_the_spread_is_told() -> None:
    tally = Tally()
    tally.outcomes = [Outcome("good", 1.0, 10, 10, 1.0), Outcome("none", None, 0, 0, 1.0),
                      Outcome("bad", 0.0, 2, 10, 1.0), Outcome("slow", 0.0, 2, 10, 9.0)]  # fmt: skip
    worst = worst_first(tally.outcomes)
    assert [one.question for one in worst] == ["slow", "bad", "good"]
    point = Point((), curve(0.5, 1).points[0].figures, ServedBy("x", approximate=True), worst)
    assert next(iter(worst_rows(point).rows())) == ("slow", "0.000", "2", "10", "9.00")
    assert "2 found nothing right" in distribution_words(point)

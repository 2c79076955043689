import pytest

from chatly_console.core.durations import age_words, duration_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0.0 ms"),
        (0.00004, "0.04 ms"),
        (0.0004, "0.4 ms"),
        (0.00996, "10 ms"),
        (0.041, "41 ms"),
        (0.9996, "1.00 s"),
        (9.996, "10.0 s"),
        (12.34, "12.3 s"),
        (59.96, "1m00"),
        (125, "2m05"),
        (7260, "2h01"),
    ],
)
def test_what_was_measured(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (-3, "0.0 s"),
        (0.44, "0.4 s"),
        (9.96, "9 s"),
        (59.9, "59 s"),
        (176, "2m56"),
        (11_100, "3h05"),
        (400_000, "4 d"),
    ],
)
def test_what_goes_on(seconds: float | None, words: str) -> None:
    assert age_words(seconds) == words

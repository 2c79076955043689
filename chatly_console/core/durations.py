"""Spans of time in words, the same in every room: what was measured, and how long something has been going on."""


def duration_words(seconds: float) -> str:
    """What something took, to three figures: `0.05 ms`, `0.4 ms`, `41 ms`, `1.32 s`, `12.3 s`, `2m05`, `1h02`."""
    milliseconds = seconds * 1000
    if milliseconds < 9.95:
        return f"{milliseconds:.2f} ms" if 0 < milliseconds < 0.095 else f"{milliseconds:.1f} ms"
    if milliseconds < 999.5:
        return f"{milliseconds:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.2f} s" if seconds < 9.995 else f"{seconds:.1f} s"
    return age_words(round(seconds))


def age_words(seconds: float | None) -> str:
    """How long something has lasted, in six cells at most: `0.4 s`, `12 s`, `2m56`, `3h05`, `4 d`; empty if unknown."""
    if seconds is None:
        return ""
    seconds = max(seconds, 0.0)
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{int(seconds)} s"
    if seconds < 3600:
        return f"{int(seconds // 60)}m{int(seconds % 60):02d}"
    if seconds < 86400:
        return f"{int(seconds // 3600)}h{int(seconds % 3600 // 60):02d}"
    return f"{int(seconds // 86400)} d"

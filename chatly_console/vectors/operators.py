"""What pgvector can do: types, operators, the operator classes that name a metric, and settings with their ranges."""

import re
from dataclasses import dataclass
from typing import Literal

from chatly_console.core.quote import quote_identifier


@dataclass(frozen=True, slots=True)
class Metric:
    """One way to measure distance: its name, its operator, and what a distance says as a similarity."""

    name: str
    operator: str

    def similarity(self, distance: float) -> float | None:
        """The distance turned round so that more is nearer; None where the metric has no such number."""
        if self.name == "cosine" or self.name == "jaccard":
            return 1 - distance
        if self.name == "inner product":
            return -distance
        return 1 / (1 + distance)


COSINE = Metric("cosine", "<=>")
L2 = Metric("L2", "<->")
INNER_PRODUCT = Metric("inner product", "<#>")
L1 = Metric("L1", "<+>")
HAMMING = Metric("hamming", "<~>")
JACCARD = Metric("jaccard", "<%>")

METRICS = {metric.name: metric for metric in (COSINE, L2, INNER_PRODUCT, L1, HAMMING, JACCARD)}

_OF_CLASS = {
    f"{kind}_{short}_ops": metric
    for kind in ("vector", "halfvec", "sparsevec")
    for short, metric in (("l2", L2), ("ip", INNER_PRODUCT), ("cosine", COSINE), ("l1", L1))
} | {"bit_hamming_ops": HAMMING, "bit_jaccard_ops": JACCARD}

TYPES = ("vector", "halfvec", "sparsevec", "bit")

SETTING_OF_METHOD = {"ivfflat": "ivfflat.probes", "hnsw": "hnsw.ef_search"}
"""The setting by which an index trades time for recall."""

RANGES = {
    "ivfflat.probes": (1, 32768),
    "ivfflat.max_probes": (1, 32768),
    "hnsw.ef_search": (1, 1000),
    "hnsw.max_scan_tuples": (1, 2147483647),
    "hnsw.scan_mem_multiplier": (1, 1000),
}
CHOICES = {
    "ivfflat.iterative_scan": ("off", "relaxed_order"),
    "hnsw.iterative_scan": ("off", "relaxed_order", "strict_order"),
}


def metric_of_class(operator_class: str) -> Metric | None:
    """The metric that an index of this operator class answers."""
    return _OF_CLASS.get(operator_class)


Form = Literal["plain", "halfvec", "binary"]
"""What an index holds: the vectors as they are, in half precision, or one bit for each dimension."""

_HALF = re.compile(r"::(\S+\.)?halfvec\(\d+\)\)")
_BINARY = re.compile(r"binary_quantize\([^()]+\)\)?::bit\(\d+\)")


def form_of_index(definition: str, *, plain: bool) -> Form | None:
    """Which form of the column an index of this definition holds; None for any other expression."""
    if plain:
        return "plain"
    if _BINARY.search(definition):
        return "binary"
    return "halfvec" if _HALF.search(definition) else None


def default_metric(type_name: str) -> Metric:
    """What a column is searched by where no index says it."""
    return HAMMING if type_name == "bit" else COSINE


def operator(metric: Metric, schema: str) -> str:
    """The operator with its schema: Supabase keeps the extension where no search path looks."""
    return f"operator({quote_identifier(schema)}.{metric.operator})"


def problem_with(name: str, value: str) -> str:
    """Why this setting cannot be used, or empty. The server would drop a wrong value with a mere warning."""
    if name in CHOICES:
        return "" if value in CHOICES[name] else f"{name} is one of {', '.join(CHOICES[name])}."
    if name not in RANGES:
        known = ", ".join(sorted((*CHOICES, *RANGES)))
        return f"{name} is no setting of a vector index. There are {known}."
    low, high = RANGES[name]
    if not value.isdigit() or not low <= int(value) <= high:
        return f"{name} is a whole number from {low:,} to {high:,}."
    return ""


def parse_settings(text: str, method: str) -> tuple[tuple[str, str], ...]:
    """Settings as people type them (`probes=10 iterative_scan=relaxed_order`); raises ValueError with a sentence."""
    found = []
    for word in text.replace(",", " ").split():
        name, equals, value = word.partition("=")
        if not equals:
            raise ValueError(f"“{word}” is no setting: write name=value, such as probes=10.")
        full = name if "." in name else f"{method}.{name}"
        if problem := problem_with(full, value):
            raise ValueError(problem)
        found.append((full, value))
    return tuple(found)


def settings_words(settings: tuple[tuple[str, str], ...]) -> str:
    """Settings in few words: `probes 10 · relaxed`."""
    words = []
    for name, value in settings:
        short = name.partition(".")[2] or name
        words.append(value.removesuffix("_order") if short == "iterative_scan" else f"{short} {value}")
    return " · ".join(words) or "as the server has it"

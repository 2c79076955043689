"""The options of `chatly-console vectors` and its parts."""

import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `vectors`."""
    parts = parser.add_subparsers(dest="part", metavar="PART", required=True)
    _add_search(parts.add_parser("search", help="the nearest rows to a text, rows or a vector"))
    recall = parts.add_parser("recall", help="recall against time over a sweep of settings")
    _add_measuring(recall, 100)
    recall.add_argument("--try", dest="tried", metavar="SETTINGS", help='such as "probes=1,4,16 iterative_scan=off"')
    recall.add_argument("--questions", metavar="FILE", help="questions, one a line, instead of rows of the table")
    _add_provider(recall)
    _add_column(recall)
    advise = parts.add_parser("advise", help="tries indexes on a copy that is rolled back")
    _add_measuring(advise, 50)
    advise.add_argument("--rows", metavar="N", type=_rows, default=50_000, help="copy at most so many (50,000)")
    advise.add_argument("--within", metavar="MS", type=_milliseconds,
                        help="compare the recall in so many milliseconds (else in those of the best)")  # fmt: skip
    advise.add_argument("--yes", action="store_true", help="also on a production or read-only profile")
    advise.add_argument("--on-table", action="store_true", help="then build the best one on the table itself, "
                        "concurrently, measure it there, and remove it (wants --yes)")  # fmt: skip
    _add_column(advise)
    _add_column(parts.add_parser("health", help="values, indexes, functions that search, faults of the extension"))


def _add_search(part: argparse.ArgumentParser) -> None:
    part.add_argument("text", nargs="?", help="a text to search by")
    part.add_argument("--row", metavar="KEY", action="append", default=[],
                      help="more like the row with this primary key; again: like the mean of several")  # fmt: skip
    part.add_argument("--minus", metavar="KEY", action="append", default=[], help="less like this row")
    part.add_argument("--vector", metavar="VECTOR", help="a vector: [0.1, …], {1:0.5}/384 or 0101")
    part.add_argument("--set", metavar="NAME=VALUE", nargs="+", default=[], help="settings, such as probes=10")
    part.add_argument("--exact", action="store_true", help="search exactly, past every index")
    part.add_argument("--hybrid", action="store_true", help="by vector and by the words of the text, fused by rank")
    part.add_argument("--label", metavar="COLUMN", action="append", default=[], help="show this column too")
    part.add_argument("--sql", action="store_true", help="print the search as SQL that keeps the index, do not run it")
    _add_provider(part)
    _add_column(part)


def _add_measuring(part: argparse.ArgumentParser, questions: int) -> None:
    part.add_argument("--queries", metavar="N", type=count, default=questions,
                      help=f"rows that serve as questions ({questions})")  # fmt: skip
    part.add_argument("--target", metavar="RECALL", type=float, default=0.95, help="recall that is enough (0.95)")


def _add_column(part: argparse.ArgumentParser) -> None:
    from chatly_console.connections.options import add_connection_options

    add_connection_options(part, default=argparse.SUPPRESS)
    part.add_argument("--table", metavar="TABLE", help="the table, with its schema if need be (the largest)")
    part.add_argument("--column", metavar="COLUMN", help="the column of vectors")
    part.add_argument("--metric", metavar="METRIC", help="cosine, L2, inner product, L1, hamming, jaccard")
    part.add_argument("--form", choices=("plain", "halfvec", "binary"), help="search through an index over this form")
    part.add_argument("--where", metavar="CONDITION", default="", help="a condition on the rows")
    part.add_argument("-k", metavar="K", type=count, default=10, help="how many rows (10)")
    part.add_argument("--json", action="store_true", help="one JSON document")


def _add_provider(part: argparse.ArgumentParser) -> None:
    group = part.add_argument_group("what makes a vector of the text (else lexical, which knows no meaning)")
    group.add_argument("--url", metavar="URL",
                       help="a service that speaks OpenAI's way: the address before /embeddings")  # fmt: skip
    group.add_argument("--model", metavar="MODEL", help="its model")
    group.add_argument("--dimensions", metavar="N", type=count, help="ask it for vectors of this length")
    group.add_argument("--body", metavar="JSON", help="a service with its own way: the body, with {text} in it")
    group.add_argument(
        "--path", metavar="PATH", default="embedding", help="where its answer has the vector (embedding)"
    )
    group.add_argument("--key-name", metavar="NAME", default="embeddings", help="the key's name in the keyring")
    group.add_argument("--consent", action="store_true", help="yes, send the text there")


def count(text: str) -> int:
    """A whole number from 1 to 10,000."""
    number = int(text)
    if not 1 <= number <= 10_000:
        raise argparse.ArgumentTypeError("a whole number from 1 to 10,000")
    return number


def _milliseconds(text: str) -> float:
    number = float(text)
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError("milliseconds, such as 0.5")
    return number


def _rows(text: str) -> int:
    number = int(text)
    if not 100 <= number <= 5_000_000:
        raise argparse.ArgumentTypeError("a whole number from 100 to 5,000,000")
    return number

"""The options that say which database, and as whom: the same for every command."""

import argparse


def add_connection_options(parser: argparse.ArgumentParser, *, default: object) -> None:
    """Add the options that say which database, and as whom; the same before and after the command."""
    where = parser.add_argument_group("connection (else libpq's PG* variables and service files)")
    where.add_argument("--profile", metavar="NAME", default=default, help="a profile of `profiles list`")
    where.add_argument("--dsn", metavar="DSN", default=default, help="a connection string, as URL or key=value")
    where.add_argument("--demo", action="store_true", default=default, help="the embedded server with Chatly's data")
    where.add_argument("--data-dir", metavar="DIR", default=default, help="where --demo keeps its files")
    who = parser.add_argument_group("for what reads rows")
    who.add_argument(
        "--as",
        dest="run_as",
        metavar="WHO",
        default=default,
        help="anon, service_role, a user's UUID or e-mail",
    )
    who.add_argument("--claims", metavar="JSON", default=default, help="hand-made request claims")
    who.add_argument("--timeout", metavar="SECONDS", type=float, default=default, help="statement timeout")

"""What pg_restore says of its failures is sorted into what a proof can do without and what it cannot."""

import pytest

from chatly_console.migrations.dump_errors import left_out


def said(*statements: tuple[str, str]) -> str:
    """Failed statements as pg_restore tells of them."""
    parts = ["pg_restore: while PROCESSING TOC:"]
    for why, sql in statements:
        parts += [
            "pg_restore: from TOC entry 3; 3079 16385 EXTENSION x ",
            f"pg_restore: error: could not execute query: ERROR:  {why}",
            "HINT:  A hint.",
            f"Command was: {sql}\n\n",
        ]
    return "\n".join([*parts, f"pg_restore: warning: errors ignored on restore: {len(statements)}"])


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE EXTENSION IF NOT EXISTS pg_graphql WITH SCHEMA graphql;",
        "COMMENT ON EXTENSION pg_graphql IS 'pg_graphql: ''error''\npg_restore';",
        "GRANT ALL ON TABLE public.a TO supabase_admin;",
        "REVOKE ALL ON TABLE public.a FROM supabase_admin;\nGRANT SELECT ON TABLE public.a TO x;",
        "ALTER DEFAULT PRIVILEGES FOR ROLE supabase_admin IN SCHEMA public GRANT ALL ON TABLES TO anon;",
        "ALTER TABLE public.a OWNER TO supabase_admin;",
        "ALTER TABLE ONLY public.a ALTER COLUMN x SET (n_distinct=5);",
        "CREATE EVENT TRIGGER issue ON ddl_command_end EXECUTE FUNCTION extensions.f();",
        "CREATE PUBLICATION supabase_realtime WITH (publish = 'insert');",
        "COPY cron.job (jobid, schedule) FROM stdin;",
        'CREATE TABLE "auth".users (id uuid);',
        "CREATE VIEW vault.decrypted_secrets AS SELECT 1;",
    ],
)
def test_what_no_row_of_the_project_hangs_on_is_beside_the_point(sql: str) -> None:
    left = left_out(said(('role "x" does not exist', sql)))
    assert (left.beside, left.lost) == (('role "x" does not exist',), ())
    assert left.words == 'without one of its statements (role "x" does not exist)'


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE public.a (\n    v extensions.vector(3)\n);",
        "COPY public.a (i) FROM stdin;",
        "CREATE POLICY p ON public.a TO nobody USING (auth.uid() = i);",
        "ALTER TABLE ONLY public.a ADD CONSTRAINT a_i_fkey FOREIGN KEY (i) REFERENCES auth.users(id);",
        "CREATE INDEX a_v ON public.a USING hnsw (v extensions.vector_cosine_ops);",
    ],
)
def test_what_a_proof_hangs_on_is_lost(sql: str) -> None:
    left = left_out(said(("it fails", sql), ('role "x" does not exist', "GRANT SELECT ON TABLE public.a TO x;")))
    assert left.lost == (f"it fails: {' '.join(sql.split())}",) and len(left.beside) == 1


def test_a_setting_that_only_newer_servers_know_is_not_worth_a_word() -> None:
    left = left_out(
        said(('unrecognized configuration parameter "transaction_timeout"', "SET transaction_timeout = 0;"))
    )
    assert not left.beside and not left.lost and left.words == ""


def test_every_other_failure_of_the_program_is_a_loss() -> None:
    for words in (
        "could not read from input file: end of file",
        'COPY failed for table "a": ERROR: missing data for column "j"\nCONTEXT:  COPY a, line 1: "1"',
        'connection to server on socket "x" failed',
    ):
        left = left_out(f"pg_restore: error: {words}\npg_restore: warning: errors ignored on restore: 1")
        assert len(left.lost) == 1 and left.lost[0].startswith(words.split("\n")[0])
    assert left_out("it ended with status -9").lost == ("it ended with status -9",)


def test_of_many_only_the_reasons_are_told() -> None:
    many = [("a", "GRANT x TO y;"), ("b", "GRANT x TO y;"), ("a", "GRANT x TO y;"), ("c", "GRANT x TO y;")]
    assert left_out(said(*many)).words == "without 4 of its statements (a; b; …)"

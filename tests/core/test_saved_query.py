import pytest

from chatly_console.core.saved_query import QueryParameter, read_saved_query

TEXT = """-- title: Slow answers
-- purpose: Who waits,
--   and how long.
-- parameter: days integer = 30, how far back
-- parameter: word text = 'it''s, late', what is looked for
-- parameter: client uuid = null
-- look at: the first row
-- critical: it is asked all day
select ':days', "a:days", x::date, :days -- :days
  from t where b = :word and (c = :client or :client is null) and d = :days and e[1:2] = :other
"""


def test_the_header_is_read() -> None:
    query = read_saved_query(TEXT, "slow")
    assert (query.title, query.purpose) == ("Slow answers", "Who waits, and how long.")
    assert (query.look_at, query.critical) == ("the first row", "it is asked all day")
    assert query.parameters == (
        QueryParameter("days", "integer", "30", "how far back", True),
        QueryParameter("word", "text", "it's, late", "what is looked for", True),
        QueryParameter("client", "uuid", None, "", True),
    )


def test_only_known_names_outside_of_texts_and_comments_are_parameters() -> None:
    sql, names = read_saved_query(TEXT, "slow").numbered()
    assert names == ("days", "word", "client")
    assert sql.endswith(
        """select ':days', "a:days", x::date, cast($1::text as integer) -- :days
  from t where b = cast($2::text as text) and (c = cast($3::text as uuid) or cast($3::text as uuid) is null) """
        "and d = cast($1::text as integer) and e[1:2] = :other\n"
    )


def test_a_query_without_a_header_is_called_by_its_file() -> None:
    query = read_saved_query("select 1", "one")
    assert (query.title, query.parameters, query.numbered()) == ("one", (), ("select 1", ()))


@pytest.mark.parametrize("words", ["days", "days integer", "days integer =", "1st integer = 1", "days = 3, what"])
def test_an_unreadable_parameter_is_an_error_that_says_how_it_is_written(words: str) -> None:
    with pytest.raises(ValueError, match="name type = default"):
        read_saved_query(f"-- parameter: {words}\nselect 1", "one")

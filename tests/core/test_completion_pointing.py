"""What the word under the cursor means, and the signature of the call around it."""

import pytest

from chatly_console.core.catalogue import Routine
from chatly_console.core.completion import Pointed, Signature, pointed_at, signatures_at
from chatly_console.core.completion.signatures import arguments_of
from tests.core.completion_stage import NAMES


def pointed(text: str) -> Pointed | None:
    cursor = text.index("|")
    return pointed_at(text[:cursor] + text[cursor + 1 :], cursor, NAMES)


def signatures(text: str) -> tuple[Signature, ...]:
    cursor = text.index("|")
    return signatures_at(text[:cursor] + text[cursor + 1 :], cursor, NAMES)


MEANS = [
    ("select * from cl|ients", "public.clients", ""),
    ("select * from clients|", "public.clients", ""),
    ("select * from audit.cli|ents", "audit.clients", ""),
    ("select |c.name from clients c", "public.clients", ""),
    ("select c|.* from clients c", "public.clients", ""),
    ("select c.na|me from clients c", "public.clients", "name"),
    ("select pho|ne from contacts", "public.contacts", "phone"),
    ("update clients set na|me = 1", "public.clients", "name"),
    ("insert into clients (id, na|me) values (1)", "public.clients", "name"),
    ("select x.cost| from (select price as cost from plans) x", "public.plans", "price"),
    ("select search_docu|ments('x')", "public.search_documents(query text, k integer)", ""),
    ("select 'x'::stat|us", "public.status", ""),
    ("select (select 1 from plans p where p.id = cl.plan_id|) from clients cl", "public.clients", "plan_id"),
]


@pytest.mark.parametrize(("text", "name", "column"), MEANS)
def test_a_name_means_an_object(text: str, name: str, column: str) -> None:
    found = pointed(text)
    assert found is not None and found.object is not None
    assert (found.object.quoted, found.column) == (name, column)


def test_a_cte_is_shown_where_the_text_makes_it() -> None:
    found = pointed("with totals as (select 1 as one) select * from tot|als")
    assert found == Pointed("totals", place=5)


@pytest.mark.parametrize("text", ["sel|ect 1", "select 'cli|ents'", "select * from no|where", "select 1|2", "|"])
def test_what_means_nothing(text: str) -> None:
    assert pointed(text) is None


def test_the_overload_that_takes_so_many_arguments_comes_first() -> None:
    one = signatures("select search_documents(|")
    assert [(s.arguments, s.current) for s in one] == [(("query text", "k integer"), 0), (("query text",), 0)]
    two = signatures("select * from search_documents('a, b', (1, 2)|) x")
    assert two[0].arguments == ("query text", "k integer") and two[0].current == 1
    assert two[0].result == "SETOF messages"


def test_no_signature_outside_of_a_call() -> None:
    texts = ("select lower('x')|", "select * from clients where id in (|", "select lower((select |")
    for text in (*texts, "insert into messages (|"):
        assert signatures(text) == ()
    assert signatures("select lower((('x')) || |")[0].name == "lower"


def test_arguments_are_divided_at_their_own_commas() -> None:
    routine = Routine(1, "public", "f", "function", 'a numeric(10,2), "b,c" text, VARIADIC d integer[]', "int")
    assert arguments_of(routine) == ("a numeric(10,2)", '"b,c" text', "VARIADIC d integer[]")

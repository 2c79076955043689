"""The rules by which policies combine, each said once in plain data."""

from chatly_console.policies.combination import Standing, combination, deciding, exemption, judge, standing, why_not
from chatly_console.policies.policy import Command, Policy, Subject, Table

ALL = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
ADA = Subject("ada", covered_by=frozenset({"ada", "editor"}), privileges={1: ALL})


def policy(name: str, *, permissive: bool = True, command: Command | None = None, to: str = "public") -> Policy:
    return Policy(name, permissive, command, (to,), "true", None)


def table(*policies: Policy, enabled: bool = True, forced: bool = False) -> Table:
    return Table(1, "public", "t", enabled=enabled, forced=forced, policies=policies)


def test_one_permissive_that_is_true_admits_and_null_counts_as_false() -> None:
    combined = combination(table(policy("a"), policy("b")), ADA, Command.SELECT)
    assert judge(combined, {"a": None, "b": True}).admitted_by == ("b",)
    assert not judge(combined, {"a": None, "b": False}).passes


def test_a_restrictive_one_that_is_null_vetoes_what_a_permissive_one_admitted() -> None:
    combined = combination(table(policy("a"), policy("r", permissive=False)), ADA, Command.SELECT)
    verdict = judge(combined, {"a": True, "r": None})
    assert (verdict.word, verdict.admitted_by, verdict.vetoed_by) == ("vetoed", ("a",), ("r",))


def test_only_restrictive_policies_let_nothing_through() -> None:
    combined = combination(table(policy("r", permissive=False)), ADA, Command.SELECT)
    assert not judge(combined, {"r": True}).passes
    assert standing(table(policy("r", permissive=False)), ADA, Command.SELECT) is Standing.NO_POLICY


def test_a_role_without_inherit_is_not_covered_and_the_reason_names_the_role() -> None:
    stranger = Subject("eve", covered_by=frozenset({"eve"}), privileges={1: ALL})
    assert "eve is not a member with INHERIT" in why_not(policy("a", to="editor"), stranger, Command.SELECT)
    assert why_not(policy("a", to="editor"), ADA, Command.SELECT) == ""


def test_insert_takes_using_where_there_is_no_check() -> None:
    combined = combination(table(Policy("a", True, None, ("public",), "id > 1")), ADA, Command.INSERT)
    assert "id > 1" in combined.sql()


def test_update_also_has_to_find_its_rows_through_the_select_policies() -> None:
    only_update = table(policy("u", command=Command.UPDATE))
    first, second = deciding(only_update, ADA, Command.UPDATE)
    assert first.permissive and not second.permissive


def test_the_owner_is_exempt_unless_forced_and_a_missing_grant_comes_first() -> None:
    owner = Subject("ada", owns=frozenset({1}), privileges={1: ALL})
    assert exemption(table(), owner)
    assert not exemption(table(forced=True), owner)
    assert standing(table(policy("a")), Subject("eve"), Command.SELECT) is Standing.NO_GRANT

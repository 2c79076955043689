"""F3: whom one may be, found by typing; what was chosen before stands first the next time."""

import json
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.shell.folders import Folders
from chatly_console.shell.identity_book import Candidate, typed_candidates
from chatly_console.shell.identity_memory import IdentityMemory
from tests.shell.conftest import MakeApp
from tests.shell.screen_text import sees, text, until

SIZE = (120, 24)
ADA = Identity.authenticated("5f3c", "ada@x.example")
EVE = Identity.authenticated("6a[/]", "[/]\x1b]0;eve\x07@x.example")


class Book:
    """Two users, of whom one has a hostile name, and a hook that fails for her."""

    async def find(self, text: str) -> Sequence[Candidate]:
        known = [Candidate(ADA, "owner of Nordlicht"), Candidate(EVE, "agent of [/]Miró"), Candidate(Identity.anon())]
        return [c for c in known if text.lower() in f"{c.identity.describe()} {c.identity.subject} {c.aside}".lower()]

    async def complete(self, identity: Identity) -> Identity:
        if identity == EVE:
            raise Failure("The hook said no.", FailureKind.SQL)
        return identity


async def test_a_user_is_found_by_her_tenant_and_comes_first_the_next_time(make_app: MakeApp) -> None:
    app = make_app(identities=lambda session: Book())
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "the left region")
        await pilot.press("f3")
        await sees(pilot, "owner of Nordlicht")
        await pilot.press(*"nordl")
        await sees(pilot, "as typed")
        await pilot.press("enter")
        await sees(pilot, "IMPERSONATING authenticated ada@x.example")
        await pilot.press("f4")
        await sees(pilot, "run as the login again")
        await pilot.press("f3")
        await sees(pilot, "recent")
        assert text(app).index("ada@x.example") > text(app).index("recent")


async def test_enter_takes_the_marked_one_also_long_after_the_server_has_answered(make_app: MakeApp) -> None:
    app = make_app(identities=lambda session: Book())
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "the left region")
        await pilot.press("f3", *"ada@")
        await sees(pilot, "owner of Nordlicht")
        await until(pilot, lambda: not [w for w in app.workers if w.group == "people"])
        await pilot.press("enter")
        await sees(pilot, "IMPERSONATING authenticated ada@x.example")


async def test_a_failing_hook_and_a_hostile_name_are_said_in_words(make_app: MakeApp) -> None:
    app = make_app(identities=lambda session: Book())
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "the left region")
        await pilot.press("f3", *"mir")
        await sees(pilot, "agent of [/]Miró")
        await pilot.press("enter")
        await sees(pilot, "The hook said no.")
        assert app.session is not None and app.session.identity.is_login
        assert "\x1b" not in text(app)


@pytest.mark.parametrize(
    ("typed", "role"),
    [
        ("anon", "anon"),
        ("service", "service_role"),
        ('{"sub": "7", "role": "authenticated", "tenant": 3}', "authenticated"),
        ("role auditor", "auditor"),
        ("user_2abc", "authenticated"),
    ],
)
async def test_what_is_typed_is_a_role_a_token_or_a_sub(make_app: MakeApp, typed: str, role: str) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "the left region")
        await pilot.press("f3")
        await sees(pilot, "service_role")
        await pilot.press(*typed)
        await pilot.pause()
        await pilot.press("enter")
        await sees(pilot, f"IMPERSONATING {role}")
        assert app.session is not None and app.session.identity.role == role
        if typed.startswith("{"):
            assert app.session.identity.claim_values()["tenant"] == 3
        if typed == "user_2abc":
            assert app.session.identity.subject == "user_2abc"


async def test_claims_that_are_no_json_are_refused_in_words(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "the left region")
        await pilot.press("f3", *"{nope", "enter")
        await sees(pilot, "The claims are not JSON")


def test_favourites_stay_first_and_the_file_is_for_its_owner_only(folders: Folders) -> None:
    memory = IdentityMemory(folders.state, "prod")
    for number in range(12):
        memory.taken_on(Identity.authenticated(str(number)), "someone")
    assert len(memory.recall()) == 8 and memory.recall()[0].identity.subject == "11"
    assert memory.toggle_favourite(ADA, "owner")
    memory.taken_on(Identity.anon())
    assert [r.identity for r in memory.recall()][:2] == [ADA, Identity.anon()]
    assert IdentityMemory(folders.state, "other").recall() == []
    mode = stat.S_IMODE((folders.state / "identities.json").stat().st_mode)
    assert mode == 0o600


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"prod": [1, {"role": 7}, {"role": "x", "claims": "[]"}]}'])
def test_a_damaged_file_is_an_empty_memory(tmp_path: Path, damage: str) -> None:
    (tmp_path / "identities.json").write_text(damage)
    memory = IdentityMemory(tmp_path, "prod")
    assert memory.recall() == []
    memory.taken_on(ADA)
    assert [r.identity for r in IdentityMemory(tmp_path, "prod").recall()] == [ADA]
    assert json.loads((tmp_path / "identities.json").read_text())["prod"]


def test_an_empty_text_names_nobody() -> None:
    assert typed_candidates("  ") == ([], "")
    assert typed_candidates("role ")[0][0].identity.subject == "role"


def test_a_sub_that_the_api_could_not_read_is_called_so_before_anything_runs() -> None:
    assert typed_candidates("amina")[0][0].aside == "no UUID: auth.uid() will fail"
    assert typed_candidates("0b9f0c0e-7d5c-4c59-9d38-2f6f6a1c1b11")[0][0].aside == "authenticated with this sub"

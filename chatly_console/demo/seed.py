"""Chatly's demo data as a stream of COPY batches: the same rows for the same scale, with times relative to now.

Rows are made as they are asked for, so memory does not grow with the scale.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random

from chatly_console.demo.calendar import add_appointments
from chatly_console.demo.correspondence import Contact, Correspondence
from chatly_console.demo.knowledge import knowledge_of
from chatly_console.demo.people import Member, People, people
from chatly_console.demo.rows import NULL, Batch, Clock, Gatherer, Target, escape
from chatly_console.demo.texts import load_phrases

HISTORY_DAYS = 365
_SEED = 20_260_301
_PLAN = Target("people", "plans", (
    "id", "code", "name", "price_cents", "max_members", "max_contacts", "max_files", "is_public", "created_at",
    "updated_at",
))  # fmt: skip
_USER = Target("people", "users", (
    "instance_id", "id", "aud", "role", "email", "email_confirmed_at", "last_sign_in_at", "raw_app_meta_data",
    "raw_user_meta_data", "created_at", "updated_at",
), schema="auth")  # fmt: skip
_CLIENT = Target("people", "platform_clients", (
    "id", "plan_id", "name", "slug", "country", "language", "time_zone", "status", "created_at", "updated_at",
))  # fmt: skip
_MEMBER = Target("people", "client_members", (
    "platform_client_id", "user_id", "role", "status", "display_name", "created_at", "updated_at",
))  # fmt: skip
_CHANNEL = Target("people", "channels", (
    "id", "platform_client_id", "kind", "external_account_id", "display_name", "created_at", "updated_at",
))  # fmt: skip


def batches(folder: Path, *, scale: int, now: datetime) -> Iterator[Batch]:
    """All rows of the demo in an order in which parents come before their children; `folder` is `database/seed`."""
    random = Random(_SEED)  # noqa: S311 - data for a demo, not secrets
    phrases = load_phrases(folder / "phrases", random)
    clock = Clock(now, HISTORY_DAYS)
    everybody = people(folder, random, scale)
    gatherer = Gatherer()
    _add_people(everybody, clock, gatherer)
    correspondence = Correspondence(phrases, clock, random, gatherer)
    for client in everybody.clients:
        known: list[Contact] = []
        yield from correspondence.of_client(client, known)
        add_appointments(client, phrases[client.language], known, clock, random, gatherer)
        yield from knowledge_of(client, phrases[client.language], clock, random, gatherer)
    correspondence.write_messages()
    yield from gatherer.batches()


def row_count(scale: int) -> int:
    """About how many rows there are, for a progress bar."""
    return 239_000 * scale


def _add_people(everybody: People, clock: Clock, gatherer: Gatherer) -> None:
    start = clock.text(0)
    stamps = f"{start}\t{start}"
    for p in everybody.plans:
        gatherer.add(
            _PLAN,
            f"{p.id}\t{p.code}\t{p.name}\t{p.price_cents}\t{p.max_members}\t{p.max_contacts}\t{p.max_files}\t"
            f"{p.is_public}\t{stamps}",
        )
    for user in everybody.users().values():
        gatherer.add(_USER, _user(user, stamps, clock))
    for c in everybody.clients:
        gatherer.add(
            _CLIENT,
            f"{c.id}\t{c.plan.id}\t{escape(c.name)}\t{c.slug}\t{c.country}\t{c.language}\t{c.time_zone}\t"
            f"{c.status}\t{stamps}",
        )
        for m in c.members:
            gatherer.add(_MEMBER, f"{c.id}\t{m.user_id}\t{m.role}\t{m.status}\t{escape(m.name)}\t{stamps}")
        for channel, kind in c.channels:
            gatherer.add(_CHANNEL, f"{channel}\t{c.id}\t{kind}\t{kind}:{c.slug}\t{escape(c.name)}\t{stamps}")


def _user(member: Member, stamps: str, clock: Clock) -> str:
    app = escape(json.dumps({"provider": "email", "providers": ["email"]}))
    own = escape(json.dumps({"name": member.name}, ensure_ascii=False))
    start = clock.text(0)
    seen = clock.text(clock.length) if member.status == "active" else NULL
    return (
        f"00000000-0000-0000-0000-000000000000\t{member.user_id}\tauthenticated\tauthenticated\t{member.email}\t"
        f"{start}\t{seen}\t{app}\t{own}\t{stamps}"
    )

import hashlib
import tracemalloc
from collections import Counter
from datetime import UTC, datetime
from itertools import islice
from random import Random

from chatly_console.demo.people import OUTSIDER, TRAVELLER, people, shares
from chatly_console.demo.seed import batches
from chatly_console.resources import data_folder

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
SEED = data_folder("database") / "seed"


def test_the_promised_numbers_come_out() -> None:
    rows = Counter[str]()
    for batch in batches(SEED, scale=1, now=NOW):
        rows[batch.target.table] += batch.rows
    assert rows["platform_clients"] == 40
    assert (rows["social_contacts"], rows["conversations"], rows["messages"]) == (5_000, 20_000, 200_000)
    assert (rows["documents"], rows["objects"]) == (10_000, 1_250)


def test_the_same_scale_gives_the_same_rows() -> None:
    def beginning() -> str:
        made = islice(batches(SEED, scale=1, now=NOW), 30)
        return hashlib.sha256(b"".join(batch.data for batch in made)).hexdigest()

    assert beginning() == beginning()


def test_a_larger_scale_takes_no_more_memory() -> None:
    def peak(scale: int) -> int:
        tracemalloc.start()
        try:
            # A stretch is enough: rows are made as they are asked for.
            for _ in islice(batches(SEED, scale=scale, now=NOW), 12):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(20) < peak(1) * 1.5


def test_ten_times_the_scale_is_ten_times_the_data_within_the_plans() -> None:
    once, ten = (people(SEED, Random(1), scale) for scale in (1, 10))
    for what in ("contacts", "files", "appointments"):
        assert sum(getattr(c, what) for c in ten.clients) == 10 * sum(getattr(c, what) for c in once.clients)
    for client in ten.clients:
        assert client.contacts <= client.plan.max_contacts
        assert client.files <= client.plan.max_files
        assert len(client.members) <= client.plan.max_members


def test_tenants_are_of_very_different_sizes_and_nothing_is_lost() -> None:
    parts = shares(5_000, 40)
    assert sum(parts) == 5_000
    assert parts == sorted(parts, reverse=True)
    assert parts[0] > 30 * parts[-1]


def test_the_two_special_users_are_there() -> None:
    first = next(batch for batch in batches(SEED, scale=1, now=NOW) if batch.target.table == "client_members")
    users = next(batch for batch in batches(SEED, scale=1, now=NOW) if batch.target.table == "users").data.decode()
    ids = {line.split("\t")[4]: line.split("\t")[1] for line in users.splitlines()}
    members = Counter(line.split("\t")[1] for line in first.data.decode().splitlines())
    assert members[ids[TRAVELLER]] == 2
    assert members[ids[OUTSIDER]] == 0

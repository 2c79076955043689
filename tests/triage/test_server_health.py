"""The server as a whole: slots that keep the log, checkpoints, and settings that are a danger."""

from typing import cast

from chatly_console.core.values import Record
from chatly_console.server.database import Database
from chatly_console.triage.server_health import checkpoint_findings, replication_findings, setting_findings
from chatly_console.triage.service import read_health
from chatly_console.triage.table_health import table_finding
from tests.triage.incidents import Incident

GB = 1024**3


def record(**values: object) -> Record:
    return cast(Record, values)


def slot(size: float, *, active: bool = False, status: str = "reserved") -> Record:
    return record(kind="slot", name="it's", state="logical", detail=status, behind_s=None, bytes=size, active=active)


def test_a_slot_is_judged_by_who_reads_it_and_what_it_keeps() -> None:
    found = list(
        replication_findings([slot(0, active=True), slot(0), slot(20 * GB), slot(0, active=True, status="lost")])
    )
    assert [one.level for one in found] == ["ok", "warn", "bad", "bad"]
    assert found[2].fix == "select pg_drop_replication_slot('it''s')" and found[2].is_sql
    assert "keeps 20.0 GB" in found[2].words and "gone or going" in found[3].words


def test_a_standby_is_judged_by_how_far_it_is_behind() -> None:
    standbys = [
        record(kind="standby", name="b", state="streaming", detail="async", behind_s=lag, bytes=5 * GB, active=True)
        for lag in (None, 12.0, 90.0)
    ]
    assert [one.level for one in replication_findings(standbys)] == ["ok", "warn", "bad"]


def test_checkpoints_by_a_full_log_are_said_once_there_are_enough() -> None:
    def found(timed: float, requested: float) -> list[str]:
        return [one.level for one in checkpoint_findings([record(timed=timed, requested=requested, since_s=1.0)])]

    assert found(5.0, 9.0) == ["ok"] and found(50.0, 20.0) == ["ok"] and found(5.0, 20.0) == ["warn"]
    assert found(0.0, 0.0) == []


def test_a_dangerous_setting_is_bad_and_any_other_only_named() -> None:
    def setting(name: str, value: str) -> Record:
        return record(name=name, value=value, usual="on", source="configuration file", pending_restart=True)

    danger, other = setting_findings([setting("fsync", "off"), setting("work_mem", "64MB")])
    assert danger.level == "bad" and "destroys" in danger.words and "waits for a restart" in danger.words
    assert other.level == "ok" and other.words.startswith("64MB, where on is usual")


async def test_a_real_server_names_an_orphaned_slot_and_its_settings(database: Database, made: Incident) -> None:
    health = await read_health(database, "postgres")
    kinds = {one.kind for one in health.findings}
    assert "setting" in kinds
    named = {one.name: one for one in health.findings if one.kind == "setting"}
    assert "shared_preload_libraries" in named and named["shared_preload_libraries"].level == "ok"


def table(**values: object) -> dict[str, object]:
    calm = {"schema": "public", "name": "conv", "live": 20_000, "dead": 0, "bytes": 2**21, "modified": 0,
            "vacuum_at": 50, "analyze_at": 50, "vacuumed_s": None, "analyzed_s": 5, "sequential": 0, "by_index": 0,
            "autovacuum": True}  # fmt: skip
    return {**calm, **values}


def test_nothing_is_promised_of_an_autovacuum_that_is_off_nor_said_of_a_size_never_taken() -> None:
    off = dict(table_finding(table(dead=144, autovacuum=False, bytes=0, analyzed_s=None)).facts)
    assert "else it would come at" in off["vacuum"] and "else it would come at" in off["analyze"]
    assert off["size"] == "not known before the first vacuum or analyze"
    on = dict(table_finding(table(dead=144)).facts)
    assert "; comes by itself at" in on["vacuum"] and "when last vacuumed or analyzed" in on["size"]


def test_a_few_dead_rows_are_no_cause_of_trouble_even_where_autovacuum_is_off() -> None:
    few = table_finding(table(dead=144, autovacuum=False))
    assert (few.level, few.is_cause) == ("warn", False)
    assert few.words == "144 dead rows, 1% of the table, never vacuumed; autovacuum is off here"
    many = table_finding(table(dead=2_000, autovacuum=False))
    assert (many.level, many.is_cause) == ("bad", True)
    late = table_finding(table(dead=2_000))
    assert (late.level, late.is_cause) == ("warn", True)

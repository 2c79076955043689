"""The SQL of the calls of functions that run as their owner: functions that live in the proof's transaction.

Each call is undone at once. Before that, what it answers is searched for other tenants, and the rows of the sample are
looked at: an old version that is gone was written, and a new row of that tenant was added.
"""

import json
from collections.abc import Sequence

from chatly_console.core.quote import quote_literal
from chatly_console.policies.isolation.target import Target
from chatly_console.policies.isolation.writes_sql import places

CALL = "pg_temp.chatly_call"
_MARKS, _WROTE = "pg_temp.chatly_marks", "pg_temp.chatly_wrote"
_CHANGES, _ADDITIONS = ("updated", "deleted"), ("inserted",)
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def marks_sql(targets: Sequence[Target], tenants: str) -> tuple[str, ...]:
    """Makes the table of what gives a tenant away wherever it stands: UUIDs of tenants and of their sample rows."""
    keys = "".join(
        f" union select s.chatly_key::jsonb ->> 0, s.chatly_tenant from {target.sample} s "
        "where pg_catalog.jsonb_array_length(s.chatly_key::jsonb) = 1"
        for target in targets
    )
    return (
        "create temp table chatly_marks as select m.value, pg_catalog.min(m.tenant) as tenant from ("
        f"select t.value, t.value from pg_catalog.jsonb_array_elements_text({tenants}) t(value){keys}) m(value, tenant)"
        f" where m.value ~ '^{_UUID}$' group by m.value having pg_catalog.count(distinct m.tenant) = 1",
        f"grant select on {_MARKS} to public",
    )


def wrote_sql(targets: Sequence[Target]) -> tuple[str, ...]:
    """Makes the function that tells, as the login, what was written since the counters stood at `before`: rows of other
    tenants of the sample, and new rows of the tenant that was aimed at."""
    parts = [
        f"  if {_counted(target, counters)} <> before[{at}] or {_uncounted(target)} then\n"
        f"    return query select {quote_literal(command)}, {quote_literal(target.relation.full_name)}, w.tenant "
        f"from (select {tenant} as tenant from {source} limit 1) w;\n  end if;\n"
        for place, target in enumerate(targets)
        for at, command, counters, tenant, source in (
            (2 * place + 1, "UPDATE", _CHANGES, "s.chatly_tenant", _gone(target)),
            (2 * place + 2, "INSERT", _ADDITIONS, "aim", _fresh(target)),
        )
    ]
    # in plpgsql, which keeps the plans
    return (
        f"create function {_WROTE}(own text[], aim text, before bigint[]) "
        "returns table (command text, relation text, tenant text) "
        f"language plpgsql volatile security definer set search_path = '' as $chatly$ begin\n{''.join(parts)}"
        "end $chatly$",
        f"grant execute on function {_WROTE}(text[], text, bigint[]) to public",
    )


def _counters(targets: Sequence[Target]) -> str:
    counted = (_counted(target, which) for target in targets for which in (_CHANGES, _ADDITIONS))
    return f"array[{', '.join(counted)}]::bigint[]"


def _counted(target: Target, counters: Sequence[str]) -> str:
    return " + ".join(f"pg_catalog.pg_stat_get_xact_tuples_{c}({target.relation.oid})" for c in counters)


def _uncounted(target: Target) -> str:
    """Whether the counters say nothing: what is written to a partitioned table is counted on its partitions."""
    return "true" if target.relation.kind == "p" else "pg_catalog.current_setting('track_counts') = 'off'"


def _gone(target: Target) -> str:
    there = f"select t.tableoid::text || t.ctid::text from {target.relation.sql_name} t where {places(target, 'true')}"
    return (
        f"{target.sample} s where s.chatly_tenant <> all (own) "
        f"and s.chatly_home::text || s.chatly_place::text <> all (array({there}))"
    )


def _fresh(target: Target) -> str:
    """Rows of the tenant that are younger than this transaction: those of others are not seen in it."""
    return (
        f"{target.relation.sql_name} t where aim <> '' and t.{target.tenant} = nullif(aim, '')"
        f"::{target.relation.type_name} and pg_catalog.age(t.xmin) <= pg_catalog.age("
        "pg_catalog.pg_current_xact_id()::text::xid)"
    )


def call_sql(targets: Sequence[Target], column: str, tenants: str) -> tuple[str, ...]:
    """Makes the function that calls one function, given as SQL with its answer as `answer`, and undoes it.

    A UUID can mean nothing else, wherever it stands, unless it was handed in (`given`); what stands under the tenant's
    name always counts.
    """
    path = quote_literal(f"lax $.**.{json.dumps(column)}")
    created = f"""create function {CALL}(call text, own text[], given text[], aim text, writes boolean)
returns table (command text, relation text, tenant text, number bigint, outcome text) language plpgsql as $chatly$
#variable_conflict use_column
declare answers jsonb; wrote jsonb; before bigint[] := {_counters(targets)};
begin
  begin
    execute 'select pg_catalog.jsonb_agg(c.answer) from (' || call || ') c' into answers;
    if writes then
      wrote := (select pg_catalog.jsonb_agg(w) from {_WROTE}(own, aim, before) w);
    end if;
    raise exception using errcode = 'CH000';
  exception when others then
    if sqlstate <> 'CH000' then
      return query select '', '', '', 0::bigint, sqlstate || ' ' || sqlerrm;
      return;
    end if;
  end;
  return query
    with told as (
      select a.place, q.value #>> '{{}}' as tenant, true as is_row
        from pg_catalog.jsonb_array_elements(answers) with ordinality a(answer, place)
       cross join lateral pg_catalog.jsonb_path_query(a.answer, {path}::pg_catalog.jsonpath) q(value)
       where q.value #>> '{{}}' in (select pg_catalog.jsonb_array_elements_text({tenants}))
      union
      select pg_catalog.row_number() over (), m.tenant, false
        from pg_catalog.regexp_matches(answers::text, '{_UUID}', 'g') q(value)
        join {_MARKS} m on m.value = q.value[1] and m.value <> all (given))
    select 'SELECT', '', t.tenant,
           greatest(pg_catalog.count(*) filter (where t.is_row), pg_catalog.count(*) filter (where not t.is_row)), ''
      from told t where t.tenant <> all (own) group by t.tenant
    union all
    select w.command, w.relation, w.tenant, 1::bigint, ''
      from pg_catalog.jsonb_to_recordset(wrote) w(command text, relation text, tenant text);
end $chatly$"""
    return created, f"grant execute on function {CALL}(text, text[], text[], text, boolean) to public"

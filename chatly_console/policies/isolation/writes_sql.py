"""The SQL of the attempts to write: functions that live in the proof's transaction and go with it.

For each relation and role there is one, which the role calls and which runs with the role's own rights. It aims at a
sample of rows, one of every tenant, and tries to change, delete, take over, add and move them; each attempt is undone
at once. UPDATE and DELETE aim at the rows of all other tenants in one statement; where that reaches any or fails, each
row is tried by itself.

What a statement without WHERE could reach, to which no policy for SELECT applies, is tried without touching any other
row: all rows at once through a view of them (its WHERE reads columns, the statement does not), one row by WHERE CURRENT
OF. A row is added, and an own row moved, by a statement for each other tenant.
"""

from collections.abc import Iterable

from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.policies.isolation.target import Column, Granted, Target

CHANGED, DELETED, ADDED = "changed", "deleted", "added"
ADDED_OWN = "added in his own name"
MOVED, TAKEN, BLIND = "moved there", "taken over", "a statement without WHERE"
MOVED_BLIND = f"{MOVED} by {BLIND}"
TRIED = "tried"
"""Stands for the command in the last row of an answer: the number of statements."""


def sample_sql(target: Target, tenants: str) -> tuple[str, ...]:
    """Makes the sample of a row for each of the tenants, a JSON array; everybody may read it."""
    columns = ", ".join(f"r.{_q(c)}" for c in target.columns)
    place = "r.ctid as chatly_place, r.tableoid as chatly_home, " if target.table is not None else ""
    return (
        f"create temp table chatly_sample_{target.relation.oid} as select s.*, {target.key_sql} as chatly_key, "
        f"{target.tenant}::text as chatly_tenant from pg_catalog.jsonb_array_elements_text({tenants}) t(chatly_of) "
        f"cross join lateral (select {place}{columns} from {target.relation.sql_name} r "
        f"where r.{target.tenant} = t.chatly_of::{target.relation.type_name} limit 1) s",
        f"grant select on {target.sample} to public",
    )


def blind_sql(target: Target) -> tuple[str, ...]:
    """Makes the view of the real rows of other tenants, for statements that read no column; from PostgreSQL 15 on."""
    return (
        f"create temp view chatly_blind_{target.relation.oid} with (security_invoker = true) as "
        f"select {', '.join(_q(c) for c in target.columns)} from {target.relation.sql_name} t where {_foreign(target)}",
        f"grant update, delete on {target.blind} to public",
    )


def opener_sql(target: Target) -> tuple[str, ...]:
    """Makes the function that opens the cursor: it runs as the login, so the rows are there for everybody to aim at."""
    created = f"""create function {target.opener}() returns refcursor language plpgsql security definer
set search_path = '' as $chatly$
declare
  spot refcursor := 'chatly_spot_{target.relation.oid}';
begin
  open spot no scroll for
    select {target.tenant}::text as chatly_tenant, {target.key_sql} as chatly_key, t.*
      from {target.relation.sql_name} t where {places(target, "true")};
  return spot;
end $chatly$"""
    return created, f"grant execute on function {target.opener}() to public"


def attempts_sql(target: Target, granted: Granted, name: str, *, blind: bool) -> tuple[str, ...]:
    """Makes the function that tries everything on one relation as one role; `blind` says that there is the view."""
    aims_blindly = target.table is not None and not blind
    opened = f"spot := {target.opener}()"
    if target.table is None:
        opened = f"open spot for select s.* from {target.sample} s"
    return _function(
        name,
        f"""perform pg_catalog.set_config('chatly.own', chatly_own::text, true);
  {_batches(target, granted, blind=blind)}
  loop
    {opened};
    place := 0;
    <<rows>>
    loop
      fetch spot into r;
      exit when not found;
      place := place + 1;
      if r.chatly_tenant = any (chatly_own) then
        {_moves(target, granted) or "continue;"}
      else
        mine := (place + chatly_part) % chatly_parts = 0;
        if reached{" or mine" * aims_blindly} then
          {_update(target, granted)}{_delete(target, granted)} null;
        end if;
        if mine then
          {"".join(_inserts(target, granted))} null;
        end if;
      end if;
    end loop;
    close spot;
    exit when not hit or chatly_parts = 1;
    chatly_parts := 1;
    reached := false;
  end loop;""",
    )


def _function(name: str, body: str) -> tuple[str, ...]:
    created = f"""create function pg_temp.{name}(
  chatly_own text[], chatly_me text, chatly_part int, chatly_parts int)
returns table (command text, how text, other text, key text, outcome text) language plpgsql as $chatly$
#variable_conflict use_column
declare
  spot refcursor; r record; o record; tried int := 0; place int; mine boolean; passed boolean;
  reached boolean := false; hit boolean := false;
begin
  {body}
  return query select '{TRIED}', '', '', '', tried::text;
end $chatly$"""
    return created, f"grant execute on function pg_temp.{name}(text[], text, int, int) to public"


def _attempt(command: str, how: str, statement: str, *, then: str = "", other: str = "r.chatly_tenant") -> str:
    """One statement, undone; it got through if it wrote, or if what stopped it was a key or a constraint (class 23).

    A refusal (42501) and whatever a trigger raises (P0001) is what should happen. Anything else is told.
    """
    return f"""
      tried := tried + 1;
      begin
        {statement};
        passed := found;
        if passed then raise exception using errcode = 'CH000'; end if;
      exception when others then
        passed := sqlstate = 'CH000' or sqlstate like '23%';
        if not passed and sqlstate not in ('42501', 'P0001') then
          return query select '{command}', '', {other}, r.chatly_key, sqlstate || ' ' || sqlerrm;
          exit rows;
        end if;
      end;
      hit := hit or passed;
      if passed then
        {then or f"return query select '{command}', {quote_literal(how)}, {other}, r.chatly_key, '';"}
      end if;"""


def _batches(target: Target, granted: Granted, *, blind: bool) -> str:
    """Each UPDATE and DELETE of all rows of the sample; where one reaches a row, each row is tried by itself."""
    statements = _of_all(target, granted, target.relation.sql_name, _foreign(target), from_each=True)
    if blind:
        statements += _of_all(target, granted, target.blind, "", from_each=False)
    return "".join(
        f"""
  tried := tried + 1;
  begin
    {statement};
    if found then raise exception using errcode = 'CH000'; end if;
  exception when others then
    reached := true;
  end;"""
        for statement in statements
    )


def _of_all(target: Target, granted: Granted, name: str, where: str, *, from_each: bool) -> list[str]:
    """The statements that change, take over and delete; unless `from_each`, what is set comes from the sample."""
    where = f" where {where}" if where else ""
    rows = f"select s.%s from {target.sample} s %s limit 1"
    column, statements = granted.settable, []
    if column:
        value = f"t.{_q(column.name)}" if from_each else f"({rows % (_q(column.name), '')})"
        statements.append(f"update {name} t set {_q(column.name)} = {value}{where}")
    if granted.may_set(target.relation.column):
        own = rows % (target.tenant, "where s.chatly_tenant = any (chatly_own)")
        statements.append(f"update {name} t set {target.tenant} = ({own}){where}")
    if granted.deletes:
        statements.append(f"delete from {name} t{where}")
    return statements


def _foreign(target: Target) -> str:
    """A condition on `t` that is true of the rows of the sample that are of other tenants than chatly.own says."""
    others = "s.chatly_tenant <> all (pg_catalog.current_setting('chatly.own')::text[])"
    if target.table is not None:
        return places(target, others)
    return f"exists (select from {target.sample} r where {others.replace('s.', 'r.', 1)} and {_same_row(target)})"


def places(target: Target, which: str) -> str:
    """The same of the rows `s` of the sample of which this is true, by where they are."""
    places = f"t.ctid = any (array(select s.chatly_place from {target.sample} s where {which}))"
    if target.relation.kind != "p":
        return places
    homes = f"array(select s.chatly_home::text || s.chatly_place::text from {target.sample} s where {which})"
    return f"{places} and t.tableoid::text || t.ctid::text = any ({homes})"


def _update(target: Target, granted: Granted) -> str:
    column = granted.settable
    if column is None:
        return ""
    change = f"update {target.relation.sql_name} t set {_q(column.name)} = r.{_q(column.name)}"
    parts = _each(target, "UPDATE", CHANGED, change)
    if granted.may_set(target.relation.column):
        own = f"select s.{target.tenant} from {target.sample} s where s.chatly_tenant = any (chatly_own) limit 1"
        place = "current of spot" if target.table is not None else _same_row(target)
        taking = f"update {target.relation.sql_name} t set {target.tenant} = ({own}) where {place}"
        parts += f"\n      if not passed and chatly_own <> '{{}}' then {_attempt('UPDATE', TAKEN, taking)} end if;"
    return parts


def _delete(target: Target, granted: Granted) -> str:
    if not granted.deletes:
        return ""
    return _each(target, "DELETE", DELETED, f"delete from {target.relation.sql_name} t")


def _each(target: Target, command: str, how: str, statement: str) -> str:
    """One row, blindly; what gets through once more with a WHERE, so that it is known which of both leaks."""
    aimed = f"{statement} where {_same_row(target)}"
    if target.table is None:
        return _attempt(command, how, aimed)
    reported = f"return query select '{command}', {quote_literal(how)}, r.chatly_tenant, r.chatly_key, '';"
    blind = f"return query select '{command}', {quote_literal(BLIND)}, r.chatly_tenant, r.chatly_key, '';"
    then = f"{_attempt(command, how, aimed, then=reported)} if not passed then {blind} end if;"
    return _attempt(command, BLIND, f"{statement} where current of spot", then=then)


def _inserts(target: Target, granted: Granted) -> list[str]:
    """A copy of the row under a fresh key; and, where it names a user, one that names whoever tries it."""
    if not granted.may_add(target.relation.column):
        return []
    filled = [c for c in granted.columns if c.inserts and not (c.name in target.key and c.has_default)]
    names = ", ".join(_q(c.name) for c in filled)
    start = f"insert into {target.relation.sql_name} ({names}) overriding system value values "
    first = _attempt("INSERT", ADDED, f"{start}({_values(filled, own=False)})")
    if not any(c.is_user for c in filled):
        return [first]
    second = _attempt("INSERT", ADDED_OWN, f"{start}({_values(filled, own=True)})")
    return [first, f"\n      if not passed and chatly_me <> '' then {second} end if;"]


def _values(filled: Iterable[Column], *, own: bool) -> str:
    return ", ".join(f"chatly_me::{c.type_name}" if own and c.is_user else f"r.{_q(c.name)}" for c in filled)


def _moves(target: Target, granted: Granted) -> str:
    """An own row given to every other tenant."""
    if not granted.may_set(target.relation.column) or target.relation.is_parent:
        return ""
    move = f"update {target.relation.sql_name} t set {target.tenant} = o.{target.tenant}"

    def reported(how: str) -> str:
        return f"return query select 'UPDATE', {quote_literal(how)}, o.chatly_tenant, r.chatly_key, '';"

    attempt = aimed = _attempt(
        "UPDATE", MOVED, f"{move} where {_same_row(target)}", then=reported(MOVED), other="o.chatly_tenant"
    )
    if target.table is not None:
        then = f"{aimed} if not passed then {reported(MOVED_BLIND)} end if;"
        attempt = _attempt("UPDATE", MOVED_BLIND, f"{move} where current of spot", then=then, other="o.chatly_tenant")
    others = f"select s.*, row_number() over () as chatly_number from {target.sample} s"
    return f"""for o in {others} where s.chatly_tenant <> all (chatly_own) loop
          continue when (o.chatly_number + chatly_part) % chatly_parts <> 0;
          {attempt}
        end loop;"""


def _same_row(target: Target) -> str:
    """A condition by which the row `r` is found as `t`; without a key by all that is known of it."""
    if target.key:
        return " and ".join(f"t.{_q(c)} is not distinct from r.{_q(c)}" if target.table is None else
                            f"t.{_q(c)} = r.{_q(c)}" for c in target.key)  # fmt: skip
    if target.table is not None:
        return f"t.{target.tenant}::text = r.chatly_tenant"
    to_json = "pg_catalog.to_jsonb"
    return " and ".join(f"{to_json}(t.{_q(c)}) is not distinct from {to_json}(r.{_q(c)})" for c in target.columns)


def _q(name: str) -> str:
    return quote_identifier(name)

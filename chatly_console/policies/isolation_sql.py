"""The SQL of the attempts to write: functions that live in the proof's transaction and go with it.

For each relation and role there is one, which the role calls and which runs with the role's own rights. It goes
through a sample of rows, one of every tenant, and tries to change, delete, add and move them; each attempt is undone at
once. Rows are aimed at by WHERE CURRENT OF: that reads no column, so no policy for SELECT joins in, and what a
statement without WHERE could reach is reached, though no other row of the table is touched.

The users of one tenant share the other tenants among them: each pair of tenants is tried with each command on each
table. Whoever gets through once tries all of them.
"""

from collections.abc import Iterable

from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.policies.isolation_target import Column, Granted, Target

CHANGED, DELETED, ADDED = "changed", "deleted", "added"
ADDED_OWN = "added in his own name"
MOVED, TAKEN, BLIND = "moved there", "taken over", "a statement without WHERE"
MOVED_BLIND = f"{MOVED} by {BLIND}"
TRIED = "tried"
"""Stands for the command in the last row of an answer: the number of statements."""


def sample_sql(target: Target, tenants: str) -> tuple[str, ...]:
    """Makes the sample of a row for each of the tenants, a JSON array; everybody may read it."""
    columns = ", ".join(f"r.{quote_identifier(c)}" for c in target.columns)
    place = "r.ctid as chatly_place, " if target.table is not None else ""
    return (
        f"create temp table chatly_sample_{target.relation.oid} as select s.*, {target.key_sql} as chatly_key, "
        f"{target.tenant}::text as chatly_tenant from pg_catalog.jsonb_array_elements_text({tenants}) t(chatly_of) "
        f"cross join lateral (select {place}{columns} from {target.relation.sql_name} r "
        f"where r.{target.tenant} = t.chatly_of::{target.relation.type_name} limit 1) s",
        f"grant select on {target.sample} to public",
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
      from {target.relation.sql_name} t where t.ctid = any (array(select s.chatly_place from {target.sample} s));
  return spot;
end $chatly$"""
    return created, f"grant execute on function {target.opener}() to public"


def attempts_sql(target: Target, granted: Granted, name: str) -> tuple[str, ...]:
    """Makes the function that tries everything on one table as one role."""
    on_each = [_update(target, granted), _delete(target, granted), *_inserts(target, granted)]
    return _function(
        name,
        f"""{_batches(target, granted)}
  loop
    spot := {target.opener}();
    place := 0;
    <<rows>>
    loop
      fetch spot into r;
      exit when not found;
      place := place + 1;
      if r.chatly_tenant = any (chatly_own) then
        {_moves(target, granted) or "continue;"}
      elsif (place + chatly_part) % chatly_parts = 0 then
        {"".join(on_each)}
      end if;
    end loop;
    close spot;
    exit when not hit or chatly_parts = 1;
    chatly_parts := 1;
  end loop;""",
    )


def view_attempts_sql(target: Target, granted: Granted, name: str) -> tuple[str, ...]:
    """Makes the same for a view, which no cursor can aim at: a row of one other tenant, each time of the next."""
    keys = "".join(f" and v.{_q(c)} is not distinct from r.{_q(c)}" for c in target.key)
    where = f"where v.{target.tenant}::text = r.chatly_tenant{keys}"
    parts = _inserts(target, granted)
    if column := granted.settable:
        statement = f"update {target.relation.sql_name} v set {_q(column.name)} = r.{_q(column.name)} {where}"
        parts.append(_attempt("UPDATE", CHANGED, statement))
    if granted.deletes:
        parts.append(_attempt("DELETE", DELETED, f"delete from {target.relation.sql_name} v {where}"))
    return _function(
        name,
        f"""<<rows>>
  for r in select s.* from {target.sample} s where s.chatly_tenant <> all (chatly_own)
            order by s.chatly_tenant offset chatly_turn % greatest(1, (select pg_catalog.count(*) from {target.sample} c
            where c.chatly_tenant <> all (chatly_own))) limit 1
  loop
    {"".join(parts)}
  end loop;""",
    )


def _function(name: str, body: str) -> tuple[str, ...]:
    created = f"""create function pg_temp.{name}(
  chatly_own text[], chatly_me text, chatly_turn int, chatly_part int, chatly_parts int)
returns table (command text, how text, other text, key text, outcome text) language plpgsql as $chatly$
#variable_conflict use_column
declare
  spot refcursor; r record; o record; tried int := 0; place int; passed boolean; hit boolean := false;
begin
  {body}
  return query select '{TRIED}', '', '', '', tried::text;
end $chatly$"""
    return created, f"grant execute on function pg_temp.{name}(text[], text, int, int, int) to public"


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


def _batches(target: Target, granted: Granted) -> str:
    """An UPDATE and a DELETE of all rows of the sample; where one reaches a row, each is looked at on its own."""
    foreign = f"array(select s.chatly_place from {target.sample} s where s.chatly_tenant <> all (chatly_own))"
    where, name, column = f"where t.ctid = any ({foreign})", target.relation.sql_name, granted.settable
    statements = [f"update {name} t set {_q(column.name)} = t.{_q(column.name)} {where}"] if column else []
    statements += [f"delete from {name} t {where}"] if granted.deletes else []
    return "".join(
        f"""
  tried := tried + 1;
  begin
    {statement};
    if found then raise exception using errcode = 'CH000'; end if;
  exception when others then
    chatly_parts := 1;
  end;"""
        for statement in statements
    )


def _update(target: Target, granted: Granted) -> str:
    column = granted.settable
    if column is None:
        return ""
    name = target.relation.sql_name
    change = f"update {name} t set {_q(column.name)} = r.{_q(column.name)}"
    parts = _attempt("UPDATE", BLIND, f"{change} where current of spot", then=_aimed(target, "UPDATE", CHANGED, change))
    if granted.may_set(target.relation.column):
        taking = (
            f"update {name} t set {target.tenant} = (select s.{target.tenant} from {target.sample} s "
            "where s.chatly_tenant = any (chatly_own) limit 1) where current of spot"
        )
        parts += f"\n      if not passed and chatly_own <> '{{}}' then {_attempt('UPDATE', TAKEN, taking)} end if;"
    return parts


def _delete(target: Target, granted: Granted) -> str:
    if not granted.deletes:
        return ""
    remove = f"delete from {target.relation.sql_name} t"
    return _attempt("DELETE", BLIND, f"{remove} where current of spot", then=_aimed(target, "DELETE", DELETED, remove))


def _aimed(target: Target, command: str, how: str, statement: str) -> str:
    """What got through blindly once more with a WHERE, so that it is known which of both leaks."""
    keys = _same_row(target)
    reported = f"return query select '{command}', {quote_literal(how)}, r.chatly_tenant, r.chatly_key, '';"
    blind = f"return query select '{command}', {quote_literal(BLIND)}, r.chatly_tenant, r.chatly_key, '';"
    return f"{_attempt(command, how, f'{statement} where {keys}', then=reported)} if not passed then {blind} end if;"


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
    name, keys = target.relation.sql_name, _same_row(target)
    move = f"update {name} t set {target.tenant} = o.{target.tenant}"

    def reported(how: str) -> str:
        return f"return query select 'UPDATE', {quote_literal(how)}, o.chatly_tenant, r.chatly_key, '';"

    aimed = _attempt("UPDATE", MOVED, f"{move} where {keys}", then=reported(MOVED), other="o.chatly_tenant")
    then = f"{aimed} if not passed then {reported(MOVED_BLIND)} end if;"
    others = f"select s.*, row_number() over () as chatly_number from {target.sample} s"
    return f"""for o in {others} where s.chatly_tenant <> all (chatly_own) loop
        continue when (o.chatly_number + chatly_part) % chatly_parts <> 0;
        {_attempt("UPDATE", MOVED_BLIND, f"{move} where current of spot", then=then, other="o.chatly_tenant")}
      end loop;"""


def _same_row(target: Target) -> str:
    """A condition by which the row is found; without a key all rows of its tenant are."""
    return " and ".join(f"t.{_q(c)} = r.{_q(c)}" for c in target.key) or f"t.{target.tenant}::text = r.chatly_tenant"


def _q(name: str) -> str:
    return quote_identifier(name)

-- Makes the temporary copy act as the table with the oid table_oid: triggers that run before a row is written are made
-- on it too, as far as this role may; indexes that no ON CONFLICT can name go, because filling them takes time.
do $$
declare
  found record;
begin
  for found in
    select pg_catalog.replace(pg_catalog.pg_get_triggerdef(t.oid), pg_catalog.format(' ON %I.%I ', n.nspname, c.relname),
                              ' ON pg_temp.chatly_candidate ') as definition
      from pg_catalog.pg_trigger t
      join pg_catalog.pg_class c on c.oid = t.tgrelid
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where t.tgrelid = table_oid and not t.tgisinternal and t.tgconstraint = 0 and t.tgenabled in ('O', 'A')
       and t.tgtype & 1 = 1 and t.tgtype & 2 = 2
     order by t.tgname
  loop
    begin
      execute found.definition;
    exception when others then
      raise notice 'left out: %', found.definition;
    end;
  end loop;
  for found in
    select i.indexrelid::pg_catalog.regclass::text as name
      from pg_catalog.pg_index i
     where i.indrelid = 'pg_temp.chatly_candidate'::pg_catalog.regclass and not i.indisunique and not i.indisexclusion
  loop
    execute 'drop index ' || found.name;
  end loop;
end $$

-- The security labels of an object and of its columns, as statements: a JSON list.
-- $1: its oid; {class}: the catalogue that it is in
select pg_catalog.jsonb_agg(f.statement order by f.statement) from (
  select pg_catalog.format('security label for %I on %s %s is %L;', l.provider, case when l.objsubid > 0 then 'column' else i.type end,
                           i.identity, l.label) as statement
    from (select s.classoid, s.objoid, s.objsubid, s.provider, s.label from pg_catalog.pg_seclabel s
           union all
          select s.classoid, s.objoid, 0, s.provider, s.label from pg_catalog.pg_shseclabel s) l
   cross join lateral pg_catalog.pg_identify_object(l.classoid, l.objoid, l.objsubid) i
   where l.classoid = {class} and l.objoid = $1::pg_catalog.oid) f

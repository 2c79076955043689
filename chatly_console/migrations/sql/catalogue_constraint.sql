select n.nspname as schema, pg_catalog.format('%I.%I.%I', n.nspname, coalesce(c.relname, t.typname), k.conname) as identity,
       pg_catalog.jsonb_build_object(
         'definition', pg_catalog.pg_get_constraintdef(k.oid), 'deferrable', k.condeferrable, 'deferred', k.condeferred, 'valid', k.convalidated,
         'enforced', coalesce(pg_catalog.to_jsonb(k) -> 'conenforced', 'true'), 'no inherit', k.connoinherit, 'local', k.conislocal) as def
  from pg_catalog.pg_constraint k join pg_catalog.pg_namespace n on n.oid = k.connamespace
  left join pg_catalog.pg_class c on c.oid = k.conrelid left join pg_catalog.pg_type t on t.oid = k.contypid
 where k.contype <> 't' and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema' and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = k.conrelid and d.deptype = 'e') and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and d.objid = k.contypid and d.deptype = 'e')

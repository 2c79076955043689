-- Every object of the database as one line of text, so that two states can be compared.
select 'relation ' || c.oid::regclass || ' ' || c.relkind::text || ' ' || c.relrowsecurity || ' ' || coalesce(c.reloptions::text, '')
       || ' ' || coalesce((select string_agg(a::text, ',' order by a::text) from unnest(c.relacl) a), '') || ' ' || coalesce(obj_description(c.oid, 'pg_class'), '')
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where n.nspname in ('public', 'private', 'storage', 'auth') and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
union all
select 'column ' || a.attrelid::regclass || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' '
       || coalesce((select string_agg(x::text, ',' order by x::text) from unnest(a.attacl) x), '') || ' '
       || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || ' ' || coalesce(col_description(a.attrelid, a.attnum), '')
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
 where n.nspname in ('public', 'private', 'storage') and a.attnum > 0 and not a.attisdropped
union all
select 'constraint ' || k.conrelid::regclass || '.' || k.conname || ' ' || pg_get_constraintdef(k.oid)
  from pg_constraint k join pg_namespace n on n.oid = k.connamespace where n.nspname in ('public', 'private', 'storage') and k.conrelid <> 0
union all
select 'index ' || pg_get_indexdef(x.indexrelid) from pg_index x join pg_class c on c.oid = x.indrelid
  join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('public', 'private', 'storage')
union all
select 'trigger ' || pg_get_triggerdef(t.oid) from pg_trigger t where not t.tgisinternal
union all
select 'policy ' || p.polrelid::regclass || '.' || p.polname || ' ' || p.polcmd::text || ' ' || p.polroles::regrole[]::text || ' '
       || coalesce(pg_get_expr(p.polqual, p.polrelid), '') || ' ' || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
       || ' ' || coalesce(obj_description(p.oid, 'pg_policy'), '') from pg_policy p
union all
select 'function ' || pg_get_functiondef(p.oid) || coalesce((select string_agg(a::text, ',' order by a::text) from unnest(p.proacl) a), '') || coalesce(obj_description(p.oid, 'pg_proc'), '')
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
 where n.nspname in ('public', 'private', 'storage', 'auth') and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
union all
select 'schema ' || n.nspname || ' ' || coalesce(n.nspacl::text, '') from pg_namespace n where n.nspname !~ '^pg_'
union all
select 'extension ' || e.extname || ' ' || e.extversion || ' ' || e.extnamespace::regnamespace from pg_extension e
union all
select 'default ' || d.defaclnamespace::regnamespace || ' ' || d.defaclobjtype::text || ' ' || x::text
  from pg_default_acl d, unnest(d.defaclacl) x
union all
select 'bucket ' || b.id || ' ' || b.public || ' ' || coalesce(b.file_size_limit::text, '')
       || ' ' || coalesce(b.allowed_mime_types::text, '') from storage.buckets b
union all
select 'view ' || c.oid::regclass || ' ' || pg_get_viewdef(c.oid) from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('v', 'm') and n.nspname in ('public', 'private', 'storage')
union all
select 'statistics ' || pg_get_statisticsobjdef(s.oid) || ' ' || coalesce(obj_description(s.oid, 'pg_statistic_ext'), '')
  from pg_statistic_ext s

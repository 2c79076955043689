-- $1: a JSON array of relations by oid, $2: one of roles. Each column that a statement may fill, and what the role may
-- do with it; whether the relation takes a command at all (a view may not); whether a column names a user.
select c.oid::bigint as oid,
       r.rolname as role,
       a.attname as name,
       pg_catalog.format_type(a.atttypid, a.atttypmod) as type,
       a.atthasdef or a.attidentity <> '' as has_default,
       (8 & pg_catalog.pg_relation_is_updatable(c.oid, true)) > 0
         and pg_catalog.has_column_privilege(r.oid, c.oid, a.attnum, 'INSERT') as inserts,
       (4 & pg_catalog.pg_relation_is_updatable(c.oid, true)) > 0 and a.attidentity <> 'a'
         and pg_catalog.has_column_privilege(r.oid, c.oid, a.attnum, 'UPDATE') as updates,
       (16 & pg_catalog.pg_relation_is_updatable(c.oid, true)) > 0
         and pg_catalog.has_table_privilege(r.oid, c.oid, 'DELETE') as deletes,
       exists (select
                 from pg_catalog.pg_constraint f
                 join lateral rows from (pg_catalog.unnest(f.conkey), pg_catalog.unnest(f.confkey)) k(own, other)
                   on k.own = a.attnum
                 join pg_catalog.pg_attribute u on u.attrelid = f.confrelid and u.attnum = k.other
                where f.conrelid = c.oid and f.contype = 'f'
                  and (u.attname in ('user_id', 'member_id', 'profile_id')
                       or f.confrelid = (select x.oid from pg_catalog.pg_class x
                                          join pg_catalog.pg_namespace y on y.oid = x.relnamespace
                                         where y.nspname = 'auth' and x.relname = 'users'))) as is_user
  from pg_catalog.pg_class c
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
 cross join pg_catalog.pg_roles r
 where c.oid in (select o.oid::oid from pg_catalog.jsonb_array_elements_text($1::text::jsonb) o(oid))
   and r.rolname in (select pg_catalog.jsonb_array_elements_text($2::text::jsonb))
   and pg_catalog.has_schema_privilege(r.oid, c.relnamespace, 'USAGE')
 order by c.oid, r.rolname, a.attnum;

-- $1: a column's name, or empty to find it. The column that says whose a row is: the one by which most tables refer to
-- one other table, of those whose name sounds like it; and the table that says which user belongs to which tenant.
with referring as (
  select f.confrelid, a.attname, a.atttypid, pg_catalog.count(*) as tables,
         (select k.attname from pg_catalog.pg_attribute k
           where k.attrelid = f.confrelid and k.attnum = f.confkey[1]) as parent_key
    from pg_catalog.pg_constraint f
    join pg_catalog.pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[1]
    join pg_catalog.pg_class p on p.oid = f.confrelid
   where f.contype = 'f' and pg_catalog.cardinality(f.conkey) = 1
     and p.relnamespace not in (select n.oid from pg_catalog.pg_namespace n where n.nspname in ('auth', 'storage'))
     and case when $1 = '' then a.attname ~
                '(^|_)(client|tenant|org|organi[sz]ation|workspace|team|account|company|shop|store|project)_id$'
              else a.attname = $1 end
   group by f.confrelid, a.attname, a.atttypid, f.confkey
   order by pg_catalog.count(*) desc, a.attname
   limit 1)
select r.attname as column,
       r.confrelid::bigint as parent,
       r.parent_key,
       (select pg_catalog.jsonb_build_object(
                 'schema', n.nspname, 'name', c.relname,
                 'label', (select x.attname from pg_catalog.pg_attribute x
                            where x.attrelid = c.oid and x.attname in ('name', 'title', 'display_name', 'slug')
                            order by pg_catalog.array_position(array['name', 'title', 'display_name', 'slug'],
                                                               x.attname::text) limit 1))
          from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
         where c.oid = r.confrelid) as tenants,
       (select pg_catalog.jsonb_build_object(
                 'schema', n.nspname, 'name', c.relname, 'user', u.attname,
                 'role', (select x.attname from pg_catalog.pg_attribute x
                           where x.attrelid = c.oid and x.attname in ('role', 'member_role', 'kind') limit 1))
          from pg_catalog.pg_class c
          join pg_catalog.pg_namespace n on n.oid = c.relnamespace
          join pg_catalog.pg_attribute t on t.attrelid = c.oid and t.attname = r.attname
          join pg_catalog.pg_attribute u on u.attrelid = c.oid and u.attname in ('user_id', 'member_id', 'profile_id')
         where c.relkind in ('r', 'p')
         order by c.relname ~ 'member' desc, c.relname limit 1) as members,
       (select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                 'oid', c.oid::bigint, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind::text,
                 'partition', c.relispartition,
                 'type', pg_catalog.format_type(r.atttypid, null),
                 'column', case when c.oid = r.confrelid then r.parent_key else r.attname end)
               order by n.nspname <> 'public', n.nspname, c.relname)
          from pg_catalog.pg_class c
          join pg_catalog.pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p', 'v', 'm', 'f')
           and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\_temp%'
           and (c.oid = r.confrelid
                or exists (select from pg_catalog.pg_attribute a
                            where a.attrelid = c.oid and a.attname = r.attname and not a.attisdropped))) as relations
  from referring r;

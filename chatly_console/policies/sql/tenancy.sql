-- $1: a column's name, or empty to find it. The column that says whose a row is: the one that most tables have, of those
-- whose name sounds like it; one by which tables refer to one other table comes before one without a foreign key. And
-- the table that says which user belongs to which tenant.
with auth_users as (
  select c.oid
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where n.nspname = 'auth' and c.relname = 'users'),
shared as (
  select a.attname, pg_catalog.count(*) as tables
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p') and not c.relispartition
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where not a.attisdropped and a.attnum > 0
     and n.nspname not in ('pg_catalog', 'information_schema', 'auth', 'storage') and n.nspname !~ '^pg_'
     and case when $1 = '' then a.attname ~
                '(^|_)(client|tenant|org|organi[sz]ation|workspace|team|account|company|shop|store|project)_id$'
              else a.attname = $1 end
   group by a.attname),
referring as (
  select h.attname, r.confrelid, r.parent_key
    from shared h
    left join lateral (
      select f.confrelid, pg_catalog.count(*) as keys,
             (select k.attname from pg_catalog.pg_attribute k
               where k.attrelid = f.confrelid and k.attnum = f.confkey[1]) as parent_key
        from pg_catalog.pg_constraint f
        join pg_catalog.pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[1]
        join pg_catalog.pg_class p on p.oid = f.confrelid
       where f.contype = 'f' and pg_catalog.cardinality(f.conkey) = 1 and a.attname = h.attname
         and p.relnamespace not in (select n.oid from pg_catalog.pg_namespace n where n.nspname in ('auth', 'storage'))
       group by f.confrelid, f.confkey
       order by pg_catalog.count(*) desc
       limit 1) r on true
   order by r.confrelid is null, coalesce(r.keys, h.tables) desc, h.attname
   limit 1)
select r.attname as column,
       coalesce(r.confrelid::bigint, 0) as parent,
       r.parent_key,
       (select pg_catalog.jsonb_build_object(
                 'schema', n.nspname, 'name', c.relname,
                 'label', (select x.attname from pg_catalog.pg_attribute x
                            where x.attrelid = c.oid and x.attname in ('name', 'title', 'display_name', 'slug')
                            order by pg_catalog.array_position(array['name', 'title', 'display_name', 'slug'],
                                                               x.attname::text) limit 1))
          from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
         where c.oid = r.confrelid) as tenants,
       exists (select from pg_catalog.pg_attribute x
                 join pg_catalog.pg_class u on u.oid = x.attrelid
                where x.attrelid = (select u.oid from auth_users u) and x.attname = 'raw_app_meta_data'
                  and pg_catalog.has_schema_privilege(u.relnamespace, 'USAGE')
                  and pg_catalog.has_table_privilege(u.oid, 'SELECT')) as claims,
       (select pg_catalog.jsonb_build_object(
                 'schema', n.nspname, 'name', c.relname, 'user', u.attname,
                 'role', (select x.attname from pg_catalog.pg_attribute x
                           where x.attrelid = c.oid and x.attname in ('role', 'member_role', 'kind') limit 1))
          from pg_catalog.pg_class c
          join pg_catalog.pg_namespace n on n.oid = c.relnamespace
          join pg_catalog.pg_attribute t on t.attrelid = c.oid and t.attname = r.attname
          join pg_catalog.pg_attribute u on u.attrelid = c.oid
         cross join lateral (
           select exists (select from pg_catalog.pg_constraint f
                           where f.conrelid = c.oid and f.contype = 'f' and f.conkey = array[u.attnum]
                             and f.confrelid = (select x.oid from auth_users x)) as of_auth) k
         where c.relkind in ('r', 'p')
           and (u.attname in ('user_id', 'member_id', 'profile_id') or k.of_auth)
           and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'
         order by c.relname ~ '(member|profile|users?$)' desc, u.attname = 'user_id' desc, k.of_auth desc, c.relname
         limit 1) as members,
       (select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                 'oid', c.oid::bigint, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind::text,
                 'partition', c.relispartition,
                 'type', pg_catalog.format_type(a.atttypid, null), 'column', a.attname)
               order by n.nspname <> 'public', n.nspname, c.relname)
          from pg_catalog.pg_class c
          join pg_catalog.pg_namespace n on n.oid = c.relnamespace
          join pg_catalog.pg_attribute a
            on a.attrelid = c.oid and not a.attisdropped
           and a.attname = case when c.oid = r.confrelid then r.parent_key else r.attname end
         where c.relkind in ('r', 'p', 'v', 'm', 'f')
           and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\_temp%') as relations
  from referring r;

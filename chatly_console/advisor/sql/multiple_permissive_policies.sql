-- Several permissive policies of one command for one role: each is evaluated for each row.
select schema, relation, pg_catalog.format('%I.%I', schema, relation) as object,
       pg_catalog.format('%s permissive policies for %s as %s (%s)', count, command,
                         pg_catalog.string_agg(role, ', ' order by role), policies) as detail,
       'join them with OR in one policy' as fix
  from (select n.nspname as schema, c.relname as relation, a.command, r.rolname as role, pg_catalog.count(*) as count,
               pg_catalog.string_agg(pg_catalog.quote_ident(p.polname), ', ' order by p.polname) as policies
          from pg_catalog.pg_policy p
          join pg_catalog.pg_class c on c.oid = p.polrelid
          join pg_catalog.pg_namespace n on n.oid = c.relnamespace
          join pg_catalog.pg_roles r on r.oid = any (p.polroles) or p.polroles = array[0::oid]
         cross join lateral pg_catalog.unnest(
                 case p.polcmd when '*' then array['SELECT', 'INSERT', 'UPDATE', 'DELETE'] when 'r' then array['SELECT']
                               when 'a' then array['INSERT'] when 'w' then array['UPDATE'] else array['DELETE'] end)
               as a(command)
         where p.polpermissive and c.relkind in ('r', 'p') and n.nspname <> all (pg_catalog.string_to_array($1, ','))
           and r.rolname !~ '^pg_' and r.rolname not like 'supabase%admin' and not r.rolbypassrls and not r.rolsuper
           and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
         group by 1, 2, 3, 4
        having pg_catalog.count(*) > 1) crowded
 group by schema, relation, command, count, policies
 order by 1, 2, 4

-- Several permissive policies of one command for one role: each is evaluated for each row.
select pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('%s permissive policies for %s (%s)', pg_catalog.count(*), a.command,
                         pg_catalog.string_agg(pg_catalog.quote_ident(p.polname), ', ' order by p.polname)) as detail,
       'join them with OR in one policy' as fix
  from pg_catalog.pg_policy p
  join pg_catalog.pg_class c on c.oid = p.polrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 cross join lateral pg_catalog.unnest(case p.polcmd when '*' then array['SELECT', 'INSERT', 'UPDATE', 'DELETE']
                                                    when 'r' then array['SELECT'] when 'a' then array['INSERT']
                                                    when 'w' then array['UPDATE'] else array['DELETE'] end) as a(command)
 cross join lateral pg_catalog.unnest(p.polroles) as role(oid)
 where p.polpermissive and c.relrowsecurity and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname !~ '^pg_'
 group by n.nspname, c.relname, a.command, role.oid
having pg_catalog.count(*) > 1
 order by 1, 2;

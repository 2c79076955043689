-- $1: schemas of the platform, as an expression. Each policy: asked for every row (a call that is not in a sub-select), for
-- every role, or one of several for the same command and role.
select 'policies' as kind, p.polrelid::pg_catalog.regclass::text || '.' || p.polname as object,
       nullif(pg_catalog.concat_ws('; ',
         case when e.words ~* '(?<!select )(auth\.(uid|jwt|role|email)|current_setting)\(' then 'asks for each row who is asking' end,
         case when p.polroles = '{0}' then 'is for every role, so that anon pays for it too' end,
         (select 'applies together with ' || pg_catalog.string_agg(o.polname, ', ' order by o.polname)
            from pg_catalog.pg_policy o
           where o.polrelid = p.polrelid and o.oid <> p.oid and o.polpermissive and p.polpermissive
             and (o.polcmd = p.polcmd or '*' in (o.polcmd, p.polcmd)) and (o.polroles && p.polroles or 0::pg_catalog.oid = any (o.polroles || p.polroles)))), '') as wrong
  from pg_catalog.pg_policy p
  join pg_catalog.pg_class c on c.oid = p.polrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 cross join lateral (select pg_catalog.concat_ws(' ', pg_catalog.pg_get_expr(p.polqual, p.polrelid),
                                                 pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) as words) e
 where n.nspname !~ $1
 order by 2;

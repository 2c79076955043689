-- Run only where storage.buckets is there. A public bucket serves files by address; a broad policy lists them too.
select 'storage' as schema, 'objects' as relation, b.id::text as object,
       pg_catalog.format('the public bucket can be listed through %s',
                         pg_catalog.string_agg(pg_catalog.quote_ident(p.policyname), ', ' order by p.policyname)) as detail,
       'narrow the policy: files of a public bucket are served by their address without it' as fix
  from storage.buckets b
  join pg_catalog.pg_policies p on p.schemaname = 'storage' and p.tablename = 'objects'
       and p.cmd in ('SELECT', 'ALL') and p.permissive = 'PERMISSIVE'
       and p.roles && array['public', 'anon', 'authenticated']::name[]
 where b.public
   and (p.qual is null or pg_catalog.btrim(pg_catalog.lower(p.qual), '() ') in ('true', '1 = 1')
        or (pg_catalog.regexp_match(p.qual, '^\s*\(*\s*bucket_id\s*=\s*(''(?:[^'']|'''')*'')(\s*::\s*[[:alnum:]_.]+)?\s*\)*\s*$',
                                    'i'))[1] = pg_catalog.quote_literal(b.id))
 group by b.id
 order by 3

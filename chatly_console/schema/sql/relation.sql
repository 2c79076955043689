-- Everything about one relation in one row: JSON lists, with names qualified since nothing is on the search path.
-- $1: its oid. The functions that open a relation wait for its locks, so this runs under a lock timeout.
with path as materialized (
  select pg_catalog.set_config('search_path', '', true)
), self as materialized (
  select c.*, n.nspname from path, pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.oid = $1::pg_catalog.oid
), inside as (  -- the sequences of serial and identity columns, which the definition of their table makes
  select q.oid, n.nspname, q.relname, q.relacl, q.relowner from self c
    join pg_catalog.pg_depend d on d.refobjid = c.oid and d.refobjsubid > 0 and d.deptype in ('a', 'i')
     and d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refclassid = d.classid
    join pg_catalog.pg_class q on q.oid = d.objid and q.relkind = 'S'
    join pg_catalog.pg_namespace n on n.oid = q.relnamespace
)
select
  (select pg_catalog.to_jsonb(f) from (
     select c.relkind::text as kind, am.amname as access_method, coalesce(pg_catalog.array_to_string(c.reloptions, ', '), '') as options,
            pg_catalog.pg_get_userbyid(c.relowner) as owner, c.relrowsecurity as row_security,
            c.relforcerowsecurity as forces_row_security, c.relpersistence::text as persistence,
            c.reltuples::float8 as rows, ts.spcname as tablespace,
            pg_catalog.obj_description(c.oid, 'pg_class') as comment,
            case when c.relkind in ('r', 'm', 'S') then pg_catalog.pg_relation_size(c.oid) else 0 end as heap_bytes,
            case when c.relkind in ('r', 'm') then pg_catalog.pg_indexes_size(c.oid) else 0 end as index_bytes,
            case when c.reltoastrelid <> 0 then pg_catalog.pg_total_relation_size(c.reltoastrelid) else 0 end as toast_bytes,
            case when c.relkind = 'p' then (select pg_catalog.sum(pg_catalog.pg_total_relation_size(t.relid))
               from pg_catalog.pg_partition_tree(c.oid) t) else 0 end as partition_bytes,
            pg_catalog.pg_get_expr(c.relpartbound, c.oid) as bound,
            case when c.relkind = 'p' then pg_catalog.pg_get_partkeydef(c.oid) end as partition_key,
            case when c.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(c.oid) end as view,
            (select pg_catalog.string_agg(i.inhparent::pg_catalog.regclass::text, ', ' order by i.inhseqno)
               from pg_catalog.pg_inherits i where i.inhrelid = c.oid) as parent,
            c.relispartition and (  -- what the server would not make so by itself, if it were written as PARTITION OF
              (select pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ',' order by a.attnum) from pg_catalog.pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
              <> (select pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ',' order by a.attnum) from pg_catalog.pg_inherits i
                    join pg_catalog.pg_attribute a on a.attrelid = i.inhparent and a.attnum > 0 and not a.attisdropped where i.inhrelid = c.oid)
              or exists (
                select from pg_catalog.pg_index x join pg_catalog.pg_class i on i.oid = x.indexrelid
                  join pg_catalog.pg_inherits h on h.inhrelid = i.oid
                  left join pg_catalog.pg_constraint k on k.conindid = i.oid and k.conrelid = c.oid and k.contype in ('u', 'x')
                 where x.indrelid = c.oid and i.relname <> case when x.indisprimary then pg_catalog.concat(c.relname, '_pkey') else
                   pg_catalog.concat(c.relname, '_', (select pg_catalog.string_agg(a.attname, '_' order by a.attnum) from pg_catalog.pg_attribute a
                     where a.attrelid = i.oid), case k.contype when 'u' then '_key' when 'x' then '_excl' else '_idx' end) end)
              or exists (
                select from pg_catalog.pg_constraint k
                  left join (pg_catalog.pg_inherits i join pg_catalog.pg_attribute b on b.attrelid = i.inhparent
                             join pg_catalog.pg_constraint n on n.conrelid = i.inhparent and n.contype = 'n' and n.conkey[1] = b.attnum)
                    on i.inhrelid = c.oid and b.attname = (select a.attname from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum = k.conkey[1])
                 where k.conrelid = c.oid and k.contype = 'n' and not k.conislocal and (k.conname <> n.conname or not k.convalidated))
              or exists (
                select from pg_catalog.pg_constraint k join pg_catalog.pg_constraint n on n.oid = k.conparentid
                 where k.conrelid = c.oid and k.contype = 'f' and n.conrelid <> c.oid and n.conname <> k.conname)
              or exists (
                select from pg_catalog.pg_inherits i join pg_catalog.pg_attribute b on b.attrelid = i.inhparent and b.attgenerated <> ''
                  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = b.attname
                  join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
                  join pg_catalog.pg_attrdef e on e.adrelid = b.attrelid and e.adnum = b.attnum
                 where i.inhrelid = c.oid and pg_catalog.pg_get_expr(d.adbin, d.adrelid) <> pg_catalog.pg_get_expr(e.adbin, e.adrelid))
            ) as is_attached,
            c.relreplident::text as replica_identity, c.relispopulated as is_populated,
            am.oid is not null and am.amname <> 'heap' as has_own_method,
            (select pg_catalog.string_agg('toast.' || o, ', ') from pg_catalog.pg_class x, pg_catalog.unnest(x.reloptions) o
              where x.oid = c.reltoastrelid) as toast_options,
            (select fs.srvname from pg_catalog.pg_foreign_table ft
               join pg_catalog.pg_foreign_server fs on fs.oid = ft.ftserver where ft.ftrelid = c.oid) as server,
            (select pg_catalog.string_agg(pg_catalog.format('%I %L', o.option_name, o.option_value), ', ')
               from pg_catalog.pg_foreign_table ft, pg_catalog.pg_options_to_table(ft.ftoptions) o
              where ft.ftrelid = c.oid) as foreign_options,
            (select pg_catalog.format('%I.%I.%I', n.nspname, o.relname, a.attname)
               from pg_catalog.pg_depend d join pg_catalog.pg_class o on o.oid = d.refobjid
               join pg_catalog.pg_namespace n on n.oid = o.relnamespace
               join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
              where d.objid = c.oid and d.deptype in ('a', 'i') and c.relkind = 'S'
                and d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass) as owned_by,
            c.relkind = 'S' and exists (
              select from pg_catalog.pg_depend d where d.objid = c.oid and d.deptype = 'i') as is_of_identity,
            s.n_live_tup as live, s.n_dead_tup as dead, s.seq_scan as sequential_scans, s.idx_scan as index_scans,
            pg_catalog.date_trunc('second', greatest(s.last_analyze, s.last_autoanalyze))::text as analysed,
            pg_catalog.date_trunc('second', greatest(s.last_vacuum, s.last_autovacuum))::text as vacuumed,
            (select pg_catalog.jsonb_build_object('type', pg_catalog.format_type(q.seqtypid, null), 'start', q.seqstart,
                      'increment', q.seqincrement, 'minimum', q.seqmin, 'maximum', q.seqmax, 'cache', q.seqcache, 'cycles', q.seqcycle)
               from pg_catalog.pg_sequence q where q.seqrelid = c.oid) as sequence
       from self c
       left join pg_catalog.pg_am am on am.oid = c.relam
       left join pg_catalog.pg_tablespace ts on ts.oid = c.reltablespace
       left join pg_catalog.pg_stat_all_tables s on s.relid = c.oid) f) as facts,
  (select pg_catalog.jsonb_agg(f order by f.number) from (
     select a.attnum as number, a.attname as name, pg_catalog.format_type(a.atttypid, a.atttypmod) as type,
            a.attnotnull as not_null, pg_catalog.pg_get_expr(d.adbin, d.adrelid) as default, a.attidentity::text as identity,
            a.attgenerated::text as generated, pg_catalog.col_description(a.attrelid, a.attnum) as comment,
            case when a.attcollation <> t.typcollation then a.attcollation::pg_catalog.regcollation::text end as collation,
            a.attislocal as is_local,
            coalesce(nn.conislocal, not exists (
              select from pg_catalog.pg_inherits i join pg_catalog.pg_attribute b on b.attrelid = i.inhparent
               where i.inhrelid = a.attrelid and b.attname = a.attname and b.attnotnull)) as null_is_own,
            case when nn.conname <> pg_catalog.concat(c.relname, '_', a.attname, '_not_null') then nn.conname end as null_name,
            coalesce(nn.connoinherit, false) as null_stays, coalesce(nn.convalidated, true) as null_is_valid,
            case when a.attstorage <> t.typstorage then case a.attstorage when 'p' then 'plain' when 'e' then 'external'
                 when 'm' then 'main' else 'extended' end end as storage,
            case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end as compression,
            nullif(a.attstattarget, -1) as statistics_target, (select pg_catalog.string_agg(o, ', ') from pg_catalog.unnest(a.attoptions) o where o ~ '^n_distinct') as options,
            (select pg_catalog.string_agg(pg_catalog.format('%I %L', o.option_name, o.option_value), ', ')
               from pg_catalog.pg_options_to_table(a.attfdwoptions) o) as foreign_options,
            case when a.attidentity <> '' then (
              select nullif(pg_catalog.concat_ws(' ',
                       case when (qc.relname, qc.relnamespace) <> (pg_catalog.concat(c.relname, '_', a.attname, '_seq')::pg_catalog.name, c.relnamespace)
                            then pg_catalog.format('sequence name %I.%I', qn.nspname, qc.relname) end,
                       case when not (q.seqstart = 1 and q.seqincrement = 1 and q.seqmin = 1 and q.seqcache = 1 and not q.seqcycle
                                      and q.seqmax in (32767, 2147483647, 9223372036854775807))
                            then pg_catalog.format('start with %s increment by %s minvalue %s maxvalue %s cache %s%s', q.seqstart,
                                   q.seqincrement, q.seqmin, q.seqmax, q.seqcache, case when q.seqcycle then ' cycle' else '' end) end), '')
                from pg_catalog.pg_depend o join pg_catalog.pg_sequence q on q.seqrelid = o.objid
                join pg_catalog.pg_class qc on qc.oid = o.objid join pg_catalog.pg_namespace qn on qn.oid = qc.relnamespace
               where o.refobjid = a.attrelid and o.refobjsubid = a.attnum and o.deptype = 'i'
                 and o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass) end as identity_options,
            s.null_frac as null_fraction, s.n_distinct as distinct_values, s.avg_width as width,
            s.most_common_vals::text::text[] as common_values, s.most_common_freqs as common_fractions
       from self c
       join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       join pg_catalog.pg_type t on t.oid = a.atttypid
       left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
       left join pg_catalog.pg_constraint nn on nn.conrelid = a.attrelid and nn.contype = 'n' and nn.conkey[1] = a.attnum
       left join pg_catalog.pg_stats s
         on s.schemaname = c.nspname and s.tablename = c.relname
        and s.attname = a.attname and s.inherited = (c.relkind = 'p')
      where c.relkind <> 'S') f) as columns,
  (select pg_catalog.jsonb_agg(f order by f.rank, f.name) from (
     select k.conname as name, k.contype::text as type, pg_catalog.pg_get_constraintdef(k.oid) as definition,
            k.convalidated as is_valid, k.conislocal and k.conparentid = 0 as is_local,
            not (k.conislocal and k.conparentid = 0)
              and not exists (select from pg_catalog.pg_constraint p where p.oid = k.conparentid and p.conrelid = k.conrelid) as is_of_parent,
            k.confrelid::pg_catalog.regclass::text as target,
            pg_catalog.strpos('pufxcn', k.contype::text) as rank,
            case when k.contype <> 'n' then pg_catalog.obj_description(k.oid, 'pg_constraint') end as comment
       from self c join pg_catalog.pg_constraint k on k.conrelid = c.oid
      where k.contype in ('p', 'u', 'f', 'x', 'c') or (k.contype = 'n' and not k.convalidated)) f) as constraints,
  (select pg_catalog.jsonb_agg(f order by f.source, f.name) from (
     select k.conname as name, k.conrelid::pg_catalog.regclass::text as source,
            pg_catalog.pg_get_constraintdef(k.oid) as definition, k.convalidated as is_valid
       from self c join pg_catalog.pg_constraint k on k.confrelid = c.oid
      where k.contype = 'f' and k.conparentid = 0) f) as referenced_by,
  (select pg_catalog.jsonb_agg(f order by f.is_primary desc, f.name) from (
     select i.relname as name, pg_catalog.pg_get_indexdef(x.indexrelid) as definition, am.amname as method,
            pg_catalog.pg_relation_size(i.oid) as bytes, x.indisprimary as is_primary, x.indisunique as is_unique,
            x.indisvalid and x.indisready as is_valid, x.indisclustered as is_clustered, x.indisreplident as is_identity,
            exists (select from pg_catalog.pg_inherits h where h.inhrelid = i.oid) as is_inherited,
            pg_catalog.obj_description(i.oid, 'pg_class') as comment, s.idx_scan as scans, s.idx_tup_read as rows_read,
            pg_catalog.to_jsonb(s) ->> 'last_idx_scan' as last_scan,
            exists (select from pg_catalog.pg_constraint k where k.conindid = x.indexrelid and k.conrelid = x.indrelid
                     and k.contype in ('p', 'u', 'x')) as is_of_constraint,
            (select other.indexrelid::pg_catalog.regclass::text from pg_catalog.pg_index other
              where other.indrelid = x.indrelid and other.indexrelid < x.indexrelid and other.indkey = x.indkey
                and other.indclass = x.indclass and other.indcollation = x.indcollation and other.indoption = x.indoption
                and coalesce(pg_catalog.pg_get_expr(other.indexprs, x.indrelid), '') = coalesce(pg_catalog.pg_get_expr(x.indexprs, x.indrelid), '')
                and coalesce(pg_catalog.pg_get_expr(other.indpred, x.indrelid), '') = coalesce(pg_catalog.pg_get_expr(x.indpred, x.indrelid), '')
              limit 1) as duplicates
       from self c
       join pg_catalog.pg_index x on x.indrelid = c.oid
       join pg_catalog.pg_class i on i.oid = x.indexrelid
       join pg_catalog.pg_am am on am.oid = i.relam
       left join pg_catalog.pg_stat_all_indexes s on s.indexrelid = i.oid) f) as indexes,
  (select pg_catalog.jsonb_agg(f order by f.command, f.name) from (
     select p.polname as name, p.polcmd::text as command, p.polpermissive as is_permissive,
            (select pg_catalog.jsonb_agg(case when r.oid = 0 then 'public' else pg_catalog.pg_get_userbyid(r.oid) end)
               from pg_catalog.unnest(p.polroles) as r(oid)) as roles,
            pg_catalog.pg_get_expr(p.polqual, p.polrelid) as using, pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) as check,
            pg_catalog.obj_description(p.oid, 'pg_policy') as comment
       from self c join pg_catalog.pg_policy p on p.polrelid = c.oid) f) as policies,
  (select pg_catalog.jsonb_agg(f order by f.name) from (
     select t.tgname as name, pg_catalog.pg_get_triggerdef(t.oid) as definition, t.tgenabled::text as enabled,
            coalesce((pg_catalog.to_jsonb(t) ->> 'tgparentid')::int8, 0) <> 0 as is_inherited,
            t.tgfoid::pg_catalog.regproc::text as function, pg_catalog.obj_description(t.oid, 'pg_trigger') as comment
       from self c join pg_catalog.pg_trigger t on t.tgrelid = c.oid and not t.tgisinternal) f) as triggers,
  (select pg_catalog.jsonb_agg(f order by f.name) from (
     select r.rulename as name, r.ev_enabled::text as enabled, pg_catalog.pg_get_ruledef(r.oid) as definition
       from self c join pg_catalog.pg_rewrite r on r.ev_class = c.oid and r.rulename <> '_RETURN') f) as rules,
  (select pg_catalog.jsonb_agg(f order by f.name) from (
     select s.stxname as name, pg_catalog.pg_get_statisticsobjdef(s.oid) as definition,
            pg_catalog.obj_description(s.oid, 'pg_statistic_ext') as comment, sn.nspname as schema
       from self c join pg_catalog.pg_statistic_ext s on s.stxrelid = c.oid
       join pg_catalog.pg_namespace sn on sn.oid = s.stxnamespace) f) as statistics,
  (select pg_catalog.jsonb_agg(f order by f.name) from (
     select pg_catalog.format('%I.%I', qn.nspname, qc.relname) as name,
            pg_catalog.format('%I', a.attname) as column, pg_catalog.format_type(q.seqtypid, null) as type, q.seqstart as start,
            q.seqincrement as increment, q.seqmin as minimum, q.seqmax as maximum, q.seqcache as cache, q.seqcycle as cycles,
            qc.relpersistence = 'u' as unlogged
       from self c
       join pg_catalog.pg_depend d on d.refobjid = c.oid and d.deptype = 'a' and d.refobjsubid > 0
        and d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refclassid = d.classid
       join pg_catalog.pg_sequence q on q.seqrelid = d.objid
       join pg_catalog.pg_class qc on qc.oid = q.seqrelid
       join pg_catalog.pg_namespace qn on qn.oid = qc.relnamespace
       join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid) f) as sequences,
  (select pg_catalog.jsonb_agg(f order by f.grantee, f.privilege) from (
     select case when g.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(g.grantee) end as grantee,
            pg_catalog.pg_get_userbyid(g.grantor) as grantor, g.privilege_type as privilege, g.is_grantable, '' as column
       from self c, pg_catalog.aclexplode(coalesce(c.relacl,
              pg_catalog.acldefault(case c.relkind when 'S' then 's'::"char" else 'r'::"char" end, c.relowner))) g
      union all
     select case when g.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(g.grantee) end,
            pg_catalog.pg_get_userbyid(g.grantor), g.privilege_type, g.is_grantable, a.attname
       from self c
       join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attacl is not null and not a.attisdropped,
            pg_catalog.aclexplode(a.attacl) g) f) as grants,
  (select pg_catalog.jsonb_agg(f.statement order by f.rank, f.statement) from (  -- what no other list has, as statements
     select 1 as rank, pg_catalog.format('alter %s %I.%I alter column %I set default %s;', case c.relkind when 'v' then 'view' else 'table' end,
                         c.nspname, c.relname, a.attname, pg_catalog.pg_get_expr(d.adbin, d.adrelid)) as statement
       from self c join pg_catalog.pg_attribute a on a.attrelid = c.oid and not a.attisdropped
       join pg_catalog.pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      where c.relkind = 'v' or (not a.attislocal and not c.relispartition and a.attgenerated = '')
     union all
     select 1, pg_catalog.format('alter table %I.%I alter column %I drop default;', c.nspname, c.relname, a.attname)
       from self c join pg_catalog.pg_attribute a on a.attrelid = c.oid and not a.attisdropped and not a.atthasdef
       join pg_catalog.pg_inherits i on i.inhrelid = c.oid
       join pg_catalog.pg_attribute b on b.attrelid = i.inhparent and b.attname = a.attname and b.atthasdef and b.attgenerated = ''
      where c.relkind in ('r', 'p')
     union all
     select 1, pg_catalog.format('alter table %I.%I alter column %I set not null;', c.nspname, c.relname, a.attname)
       from self c join pg_catalog.pg_attribute a on a.attrelid = c.oid and not a.attislocal and a.attnotnull and a.attnum > 0
      where not c.relispartition and not exists (
        select from pg_catalog.pg_inherits i join pg_catalog.pg_attribute b on b.attrelid = i.inhparent
         where i.inhrelid = c.oid and b.attname = a.attname and b.attnotnull)
     union all
     select 2, pg_catalog.format('alter table %I.%I of %s;', c.nspname, c.relname, pg_catalog.format_type(c.reloftype, null))
       from self c where c.reloftype <> 0
     union all
     select 2, pg_catalog.format('alter materialized view %I.%I set (%s);', c.nspname, c.relname, pg_catalog.string_agg('toast.' || o, ', '))
       from self c join pg_catalog.pg_class t on t.oid = c.reltoastrelid, pg_catalog.unnest(t.reloptions) o
      where c.relkind = 'm' group by c.nspname, c.relname
     union all
     select 3, pg_catalog.format('comment on constraint %I on %I.%I is %L;', k.conname, c.nspname, c.relname, d.description)
       from self c join pg_catalog.pg_constraint k on k.conrelid = c.oid and k.contype = 'n'
       join pg_catalog.pg_description d on d.objoid = k.oid and d.classoid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
     union all
     select 3, pg_catalog.format('alter index %I.%I set tablespace %I;', c.nspname, i.relname, ts.spcname)
       from self c join pg_catalog.pg_index x on x.indrelid = c.oid join pg_catalog.pg_class i on i.oid = x.indexrelid
       join pg_catalog.pg_tablespace ts on ts.oid = i.reltablespace
     union all
     select 3, pg_catalog.format('alter index %I.%I set (%s);', c.nspname, i.relname, pg_catalog.array_to_string(i.reloptions, ', '))
       from self c join pg_catalog.pg_index x on x.indrelid = c.oid join pg_catalog.pg_class i on i.oid = x.indexrelid
       join pg_catalog.pg_constraint k on k.conindid = i.oid and k.conrelid = c.oid and k.contype in ('p', 'u', 'x')
      where i.reloptions is not null and i.relkind = 'i'
     union all
     select 3, pg_catalog.format('alter index %I.%I alter column %s set statistics %s;', c.nspname, i.relname, a.attnum, a.attstattarget)
       from self c join pg_catalog.pg_index x on x.indrelid = c.oid join pg_catalog.pg_class i on i.oid = x.indexrelid
       join pg_catalog.pg_attribute a on a.attrelid = i.oid and a.attstattarget >= 0
     union all
     select 4, pg_catalog.format('comment on rule %I on %I.%I is %L;', r.rulename, c.nspname, c.relname, d.description)
       from self c join pg_catalog.pg_rewrite r on r.ev_class = c.oid
       join pg_catalog.pg_description d on d.objoid = r.oid and d.classoid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
     union all
     select 5, pg_catalog.format('alter statistics %I.%I set statistics %s;', sn.nspname, s.stxname, s.stxstattarget)
       from self c join pg_catalog.pg_statistic_ext s on s.stxrelid = c.oid and s.stxstattarget >= 0
       join pg_catalog.pg_namespace sn on sn.oid = s.stxnamespace
     union all
     select 6, pg_catalog.format('alter statistics %I.%I owner to %I;', sn.nspname, s.stxname, pg_catalog.pg_get_userbyid(s.stxowner))
       from self c join pg_catalog.pg_statistic_ext s on s.stxrelid = c.oid and s.stxowner <> c.relowner
       join pg_catalog.pg_namespace sn on sn.oid = s.stxnamespace
     union all
     select 7, pg_catalog.format('revoke %s on %s%I.%I from %I;', pg_catalog.string_agg(pg_catalog.lower(g.privilege_type), ', ' order by g.privilege_type),
                         case c.relkind when 'S' then 'sequence ' else '' end, c.nspname, c.relname, pg_catalog.pg_get_userbyid(c.relowner))
       from self c, pg_catalog.aclexplode(pg_catalog.acldefault(case c.relkind when 'S' then 's'::"char" else 'r'::"char" end, c.relowner)) g
      where g.grantee = c.relowner and c.relacl is not null
        and not exists (select from pg_catalog.aclexplode(c.relacl) h where h.grantee = g.grantee and h.privilege_type = g.privilege_type)
      group by c.relkind, c.nspname, c.relname, c.relowner
     union all
     select 8, pg_catalog.format('comment on sequence %I.%I is %L;', q.nspname, q.relname, pg_catalog.obj_description(q.oid, 'pg_class'))
       from inside q where pg_catalog.obj_description(q.oid, 'pg_class') is not null
     union all
     select 8, pg_catalog.format('grant %s on sequence %I.%I to %s%s;', pg_catalog.string_agg(pg_catalog.lower(g.privilege_type), ', ' order by g.privilege_type),
                         q.nspname, q.relname, case when g.grantee = 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) end,
                         case when g.is_grantable then ' with grant option' else '' end)
       from inside q, pg_catalog.aclexplode(q.relacl) g where g.grantee <> q.relowner
      group by q.nspname, q.relname, g.grantee, g.is_grantable
     ) f) as more,
  (labels) as labels,
  (dependencies) as dependencies
  from path, self;

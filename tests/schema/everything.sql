-- What a catalogue says of a schema, as lines of text, independent of how the console reads and writes definitions.
select 'relation ' || c.relname || ' ' || c.relkind::text || c.relpersistence::text || c.relrowsecurity || c.relforcerowsecurity
       || c.relreplident::text || c.relispopulated || ' ' || coalesce(c.reloptions::text, '') || ' '
       || c.relowner::regrole || ' ' || coalesce((select string_agg(g::text, ',' order by g::text) from aclexplode(coalesce(c.relacl,
            acldefault(case c.relkind when 'S' then 's'::"char" else 'r'::"char" end, c.relowner))) g), '')
       || ' ' || coalesce(obj_description(c.oid, 'pg_class'), '') || ' ' || coalesce(pg_get_expr(c.relpartbound, c.oid), '')
       || ' ' || coalesce((select string_agg(i.inhparent::regclass::text, ',' order by i.inhseqno) from pg_inherits i where i.inhrelid = c.oid), '')
       || ' ' || case when c.relkind = 'p' then pg_get_partkeydef(c.oid) else '' end
       || ' ' || case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) else '' end
       || ' ' || coalesce((select ft.ftoptions::text || ft.ftserver from pg_foreign_table ft where ft.ftrelid = c.oid), '')
       || ' ' || coalesce((select t.reloptions::text from pg_class t where t.oid = c.reltoastrelid), '') || c.reloftype::regtype::text as line
  from pg_class c where c.relnamespace = 'shop'::regnamespace
union all
select 'column ' || a.attrelid::regclass || '.' || a.attname || ' ' || a.attnum || ' ' || format_type(a.atttypid, a.atttypmod) || ' '
       || a.attnotnull || a.attidentity::text || a.attgenerated::text || a.attstorage::text || a.attcompression::text
       || coalesce(nullif(a.attstattarget, -1)::text, '') || a.attislocal || ' ' || coalesce((select string_agg(o, ',') from unnest(a.attoptions) o where o ~ '^n_distinct'), '') || ' '
       || coalesce(a.attfdwoptions::text, '') || ' ' || a.attcollation || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
       || ' ' || coalesce(a.attacl::text, '') || ' ' || coalesce(col_description(a.attrelid, a.attnum), '')
  from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
 where c.relnamespace = 'shop'::regnamespace and a.attnum > 0 and not a.attisdropped and c.relkind <> 'i' and c.relkind <> 'I'
union all
select 'constraint ' || k.conrelid::regclass || k.contypid::regtype || '.' || k.conname || ' ' || pg_get_constraintdef(k.oid) || ' '
       || k.conislocal || k.coninhcount || k.convalidated || ' ' || coalesce(obj_description(k.oid, 'pg_constraint'), '')
  from pg_constraint k where k.connamespace = 'shop'::regnamespace
union all
select 'index ' || pg_get_indexdef(x.indexrelid) || x.indisclustered || x.indisreplident || x.indisvalid || ' '
       || coalesce((select i.inhparent::regclass::text from pg_inherits i where i.inhrelid = x.indexrelid), '')
       || coalesce(obj_description(x.indexrelid, 'pg_class'), '')
       || coalesce((select i.reloptions::text from pg_class i where i.oid = x.indexrelid), '')
       || coalesce((select string_agg(a.attnum || ':' || a.attstattarget, ',') from pg_attribute a where a.attrelid = x.indexrelid and a.attstattarget >= 0), '')
  from pg_index x join pg_class c on c.oid = x.indrelid where c.relnamespace = 'shop'::regnamespace
union all
select 'sequence ' || q.seqrelid::regclass || ' ' || q.seqtypid::regtype || ' ' || concat_ws(' ', q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache, q.seqcycle)
       || ' ' || coalesce((select d.refobjid::regclass || '.' || d.refobjsubid || d.deptype::text from pg_depend d
            where d.objid = q.seqrelid and d.deptype in ('a', 'i') and d.classid = 'pg_class'::regclass and d.refclassid = d.classid), '')
  from pg_sequence q join pg_class c on c.oid = q.seqrelid where c.relnamespace = 'shop'::regnamespace
union all
select 'trigger ' || pg_get_triggerdef(t.oid) || t.tgenabled::text || coalesce(obj_description(t.oid, 'pg_trigger'), '')
  from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.relnamespace = 'shop'::regnamespace and not t.tgisinternal
union all
select 'policy ' || p.polname || p.polrelid::regclass || p.polcmd::text || p.polpermissive || p.polroles::regrole[]::text
       || coalesce(pg_get_expr(p.polqual, p.polrelid), '') || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
       || coalesce(obj_description(p.oid, 'pg_policy'), '')
  from pg_policy p join pg_class c on c.oid = p.polrelid where c.relnamespace = 'shop'::regnamespace
union all
select 'rule ' || pg_get_ruledef(r.oid) || r.ev_enabled::text || coalesce(obj_description(r.oid, 'pg_rewrite'), '') from pg_rewrite r join pg_class c on c.oid = r.ev_class
 where c.relnamespace = 'shop'::regnamespace and r.rulename <> '_RETURN'
union all
select 'statistics ' || pg_get_statisticsobjdef(s.oid) || coalesce(obj_description(s.oid, 'pg_statistic_ext'), '')
       || s.stxowner::regrole || coalesce(s.stxstattarget, -1)
  from pg_statistic_ext s where s.stxnamespace = 'shop'::regnamespace
union all
select 'routine ' || p.oid::regprocedure || ' ' || case when p.prokind <> 'a' then pg_get_functiondef(p.oid) else
         (select concat_ws(' ', a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggtranstype::regtype, a.agginitval, a.aggkind, a.aggsortop::regoper, a.aggfinalextra, a.aggfinalmodify, a.aggmfinalmodify, a.aggnumdirectargs)
            from pg_aggregate a where a.aggfnoid = p.oid) end || p.proowner::regrole || p.proparallel::text
       || coalesce((select string_agg(g::text, ',' order by g::text) from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g), '')
       || coalesce(obj_description(p.oid, 'pg_proc'), '')
  from pg_proc p where p.pronamespace = 'shop'::regnamespace
union all
select 'type ' || t.oid::regtype || ' ' || t.typtype::text || t.typnotnull || coalesce(t.typdefault, '') || format_type(t.typbasetype, t.typtypmod)
       || concat_ws(',', t.typlen, t.typbyval, t.typalign, t.typstorage, t.typcategory, t.typispreferred, t.typdelim, t.typinput, t.typoutput)
       || t.typcollation || t.typowner::regrole || coalesce(obj_description(t.oid, 'pg_type'), '')
       || coalesce((select string_agg(e.enumlabel, '|' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid), '')
       || coalesce((select r.rngsubtype::regtype || r.rngcanonical::text || r.rngsubdiff::text || r.rngmultitypid::regtype from pg_range r where r.rngtypid = t.oid), '')
       || coalesce((select string_agg(g::text, ',' order by g::text) from aclexplode(coalesce(t.typacl, acldefault('T', t.typowner))) g), '')
  from pg_type t left join pg_class c on c.oid = t.typrelid
 where t.typnamespace = 'shop'::regnamespace and t.typcategory <> 'A' and (c.oid is null or c.relkind = 'c')

-- One database of the server: its size where whoever asks may connect to it, its locale and limits.
-- $1: its oid
select pg_catalog.jsonb_build_array(
         pg_catalog.jsonb_build_array('size', case when pg_catalog.has_database_privilege(d.oid, 'connect')
                                                   then pg_catalog.pg_size_pretty(pg_catalog.pg_database_size(d.oid))
                                                   else 'not to be read: missing is grant connect on the database' end),
         pg_catalog.jsonb_build_array('encoding', pg_catalog.pg_encoding_to_char(d.encoding)),
         pg_catalog.jsonb_build_array('collation', d.datcollate), pg_catalog.jsonb_build_array('character types', d.datctype),
         pg_catalog.jsonb_build_array('is a template', case when d.datistemplate then 'yes' end),
         pg_catalog.jsonb_build_array('takes connections', case when not d.datallowconn then 'no' end),
         pg_catalog.jsonb_build_array('connections at most', case when d.datconnlimit >= 0 then d.datconnlimit::text end),
         pg_catalog.jsonb_build_array('connected now', (select s.numbackends::text from pg_catalog.pg_stat_database s where s.datid = d.oid)),
         pg_catalog.jsonb_build_array('age of its oldest transaction', pg_catalog.age(d.datfrozenxid)::text)) as facts,
       pg_catalog.format(E'create database %I\n  with owner %I encoding %L lc_collate %L lc_ctype %L template template0;', d.datname,
         pg_catalog.pg_get_userbyid(d.datdba), pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype) as definition,
       (select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(coalesce(pg_catalog.pg_get_userbyid(nullif(c.setrole, 0)), 'everybody'), v, ''))
          from pg_catalog.pg_db_role_setting c, pg_catalog.unnest(c.setconfig) v where c.setdatabase = d.oid) as listed
  from pg_catalog.pg_database d
 where d.oid = $1::pg_catalog.oid;

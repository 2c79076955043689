-- A text that changes with every change of a catalogue that the console reads: how many rows there are, and the sum of the
-- transactions that wrote them, counted from one that never changes (what the server itself wrote has no age, and no number
-- either). What the whole server has, and what has no such number that all may read, goes in by what is read of it: roles,
-- databases, subscriptions, and the extensions that the server offers. No table is opened, and nothing written.
select pg_catalog.concat_ws(' ', pg_catalog.count(*),
         pg_catalog.sum(case when pg_catalog.age(r.xmin) = 2147483647 then 0
                             else pg_catalog.age('3'::pg_catalog.xid) - pg_catalog.age(r.xmin) end),
         (select pg_catalog.sum(pg_catalog.hashtext(o::text)) from pg_catalog.pg_roles o),
         (select pg_catalog.sum(pg_catalog.hashtext(pg_catalog.concat_ws(' ', d.oid, d.datname, d.datdba, d.datistemplate))) from pg_catalog.pg_database d),
         (select pg_catalog.sum(pg_catalog.hashtext(pg_catalog.concat_ws(' ', s.oid, s.subname, s.subowner, s.subenabled))) from pg_catalog.pg_subscription s),
         (select pg_catalog.sum(pg_catalog.hashtext(c::text)) from pg_catalog.pg_shdescription c),
         (select pg_catalog.sum(pg_catalog.hashtext(pg_catalog.concat_ws(' ', a.name, a.default_version))) from pg_catalog.pg_available_extensions() a)) as mark
  from (
    select xmin from pg_catalog.pg_class
    union all select xmin from pg_catalog.pg_attribute
    union all select xmin from pg_catalog.pg_namespace
    union all select xmin from pg_catalog.pg_proc
    union all select xmin from pg_catalog.pg_type
    union all select xmin from pg_catalog.pg_enum
    union all select xmin from pg_catalog.pg_constraint
    union all select xmin from pg_catalog.pg_inherits
    union all select xmin from pg_catalog.pg_index
    union all select xmin from pg_catalog.pg_policy
    union all select xmin from pg_catalog.pg_trigger
    union all select xmin from pg_catalog.pg_rewrite
    union all select xmin from pg_catalog.pg_extension
    union all select xmin from pg_catalog.pg_description
    union all select xmin from pg_catalog.pg_event_trigger
    union all select xmin from pg_catalog.pg_publication
    union all select xmin from pg_catalog.pg_foreign_server
    union all select xmin from pg_catalog.pg_auth_members
  ) r;

-- What whoever asks sees of the catalogue: where bare names are looked for, and which relations may not be read. It opens
-- none of them.
select pg_catalog.to_jsonb(pg_catalog.current_schemas(true)) as search_path,
       (select pg_catalog.jsonb_agg(c.oid::int8)
          from pg_catalog.pg_class c
         where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
           and not (pg_catalog.has_schema_privilege(c.relnamespace, 'usage')
                    and case c.relkind when 'S' then pg_catalog.has_sequence_privilege(c.oid, 'select')
                                       else pg_catalog.has_any_column_privilege(c.oid, 'select') end)) as unreadable;

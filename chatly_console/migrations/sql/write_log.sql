insert into chatly_migrations.log (version, name, direction, outcome, in_transaction, checksum, statement_no,
                                   statement_count, duration_ms, sqlstate, error, locks, detail, client, app_version)
select e.version, e.name, e.direction, e.outcome, e.in_transaction, e.checksum, e.statement_no,
       e.statement_count, e.duration_ms, e.sqlstate, e.error, e.locks, e.detail, e.client, e.app_version
  from pg_catalog.jsonb_to_record($1::jsonb) as e (
         version text, name text, direction text, outcome text, in_transaction boolean, checksum text, statement_no integer,
         statement_count integer, duration_ms double precision, sqlstate text, error text, locks jsonb, detail jsonb,
         client text, app_version text)

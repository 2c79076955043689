-- prepared transactions hold locks without a session: in blocking lists they are pid 0
select p.transaction::text as transaction, p.gid, p.owner::text as owner, p.database::text as database,
       extract(epoch from pg_catalog.clock_timestamp() - p.prepared)::float8 as prepared_s
  from pg_catalog.pg_prepared_xacts p
 order by p.prepared;

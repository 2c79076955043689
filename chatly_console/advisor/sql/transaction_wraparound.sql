-- The server stops taking writes some three million transactions before 2^31 (vacuum_failsafe_age is 1.6 thousand million).
select null::text as schema, null::text as relation, d.datname::text as object,
       pg_catalog.format('its oldest transaction is %s %% of the way to wraparound',
                         pg_catalog.round(100.0 * pg_catalog.age(d.datfrozenxid) / 2147483648)) as detail,
       'vacuum (freeze);' as fix
  from pg_catalog.pg_database d
 where d.datname = pg_catalog.current_database() and pg_catalog.age(d.datfrozenxid) > 2147483648 * 0.4

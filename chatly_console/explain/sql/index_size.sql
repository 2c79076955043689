-- The size of an index in bytes, by its name.
select pg_catalog.pg_relation_size(pg_catalog.to_regclass($1))

-- Whether the login may make a table in schema $1.
select pg_catalog.has_schema_privilege($1, 'create');

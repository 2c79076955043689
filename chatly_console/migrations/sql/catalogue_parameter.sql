-- Before PostgreSQL 15 there are no rights to parameters.
select '' as schema, '' as identity, '{}'::jsonb as def where false

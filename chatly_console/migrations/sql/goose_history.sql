-- The newest row of a version counts: older releases of goose write another one when they roll back, newer ones delete it.
select distinct on (version_id) version_id, is_applied, tstamp::timestamptz as at from {table} where version_id > 0 order by version_id, id desc;

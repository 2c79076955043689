insert into {table} (version_id, is_applied) values ($1::bigint, true);

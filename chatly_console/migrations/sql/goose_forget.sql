delete from {table} where version_id = $1::bigint;

insert into {table} (version, dirty) values ($1::bigint, false);

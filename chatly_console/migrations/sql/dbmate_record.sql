insert into {table} (version) values ($1) on conflict do nothing;

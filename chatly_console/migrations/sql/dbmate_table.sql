-- As dbmate makes it.
create table if not exists public.schema_migrations (version varchar(128) primary key);

-- As golang-migrate makes it: one row, the version that the database is at.
create table if not exists public.schema_migrations (version bigint not null primary key, dirty boolean not null);

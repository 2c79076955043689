-- Since PostgreSQL 15.
create unlogged sequence shop.lost; create unlogged table shop.forgetful (id serial, n int generated always as identity);
create table shop.nulls (a int constraint one_null unique nulls not distinct);
create view shop.as_caller with (security_invoker = true) as select 1 as one;
alter table shop.customers alter column mood set storage plain;

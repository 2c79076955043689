-- Every kind of object with names and rows that a reader of scripts may stumble over; what is dumped of it is loaded again.
create schema shop; create schema "Odd ""schema"" \ x";
create extension if not exists pg_trgm;
create type shop.mood as enum ('sad', 'it''s', 'ok;');
create domain shop.email as text check (value ~ '@');
create type shop.pair as (a int, b text);
create type shop.span as range (subtype = float8);
create table shop.customers (id int generated always as identity primary key, name text not null default 'x;y', mood shop.mood, data bytea, doc jsonb, tags text[], at timestamptz, pair shop.pair, big text);
create table shop."Or'der; -- x" ("a ""b""" serial primary key, customer int references shop.customers on delete cascade, "select" text);
create table "Odd ""schema"" \ x"."\." (a text, "from stdin;" text);
create table shop.parted (id int, at date not null) partition by range (at);
create table shop.parted_1 partition of shop.parted for values from ('2026-01-01') to ('2027-01-01');
create table shop.empty ();
create unlogged table shop.unlogged (a int);
create view shop.v as select name, 'copy x from stdin;' as words from shop.customers;
create materialized view shop.m as select count(*) as n from shop.customers;
create function shop.f(a int, out b int) language plpgsql as $fn$ begin b := a; /* ; */ raise notice 'copy t from stdin;
\.
'; end $fn$;
create function shop.g() returns int language sql begin atomic select 1; select 2; end;
create procedure shop.p() language sql as $$ select 1; $$;
create function shop.trig() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger t before insert on shop.customers for each row execute function shop.trig();
create rule r as on update to shop.unlogged do also select 1;
alter table shop.customers enable row level security;
create policy p on shop.customers using (name <> ';');
create index i on shop.customers using gin (name gin_trgm_ops);
create statistics shop.s on id, name from shop.customers;
create sequence shop.down increment -1 minvalue -5 maxvalue -1;
create aggregate shop.total (int) (sfunc = int4pl, stype = int, initcond = '0');
create operator shop.=== (leftarg = int, rightarg = int, function = int4eq);
create publication pub;
comment on table shop.customers is E'tab\there; back\\slash ''quote''
\\. new line';
comment on column shop.customers.name is 'copy t from stdin;';
insert into shop.customers (name, mood, data, doc, tags, at, pair, big) values
 (E'tab\there', 'it''s', '\x00ff0a5c', '{"a": ":b", "c": [1, null]}', array['a,b', null, '"', '\'], '2026-01-01 00:00+00', row(1, E'x\ny'), repeat('long ', 1000)),
 (E'back\\slash \\N \\.', null, null, null, '{}', 'infinity', null, null),
 (E'line\nline\r\nx', 'sad', '', 'null', null, '0001-01-01 BC', null, ''),
 ('Café متجر 🙂 :name :''x'' $1', 'ok;', null, '"x"', null, null, null, E'\\.');
insert into "Odd ""schema"" \ x"."\." values (E'\\.', E'\b\f\v'), ('\.', null);
insert into shop."Or'der; -- x" (customer, "select") select 1 + i % 4, i::text from generate_series(1, 300) i;
insert into shop.parted values (1, '2026-05-05');
refresh materialized view shop.m;
select setval('shop.down', -3);

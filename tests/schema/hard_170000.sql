-- Since PostgreSQL 17.
create table shop.counted (id int generated always as identity, at date not null) partition by range (at) using heap_too;
create table shop.counted_own (at date not null, id int not null) using heap;
alter table shop.counted attach partition shop.counted_own for values from ('2026-01-01') to ('2026-02-01');
create table shop.counted_1 partition of shop.counted for values from ('2026-02-01') to ('2026-03-01');
create table shop.doubled (a int, b int generated always as (a * 2) stored) partition by list (a);
create table shop.doubled_own (a int, b int generated always as (a * 3) stored); alter table shop.doubled attach partition shop.doubled_own for values in (1);
comment on constraint is_needed on domain shop.needed is 'not [/] null';

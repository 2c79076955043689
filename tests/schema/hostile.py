"""A schema full of names that break careless programs, and of what real catalogues have beside plain tables."""

NAMES = (
    "[/]", "a[/b]c", 'quo"te', "it's", "new\nline", "\x1b]0;title\x07", "\u202eright to left", "Ünï çødé", "select",
    "with space", "dot.ted", "x" * 63, "emoji 🙂", "{1}[0]",
)  # fmt: skip


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


HOSTILE_TABLES = "\n".join(
    f"create table {quoted(name)} ({quoted(name)} text default '[/]');comment on table {quoted(name)} is '[/] \x1b[2J';"
    for name in NAMES
)

RICH = """
create schema shop;
create type shop.mood as enum ('sad', 'it''s ok', 'happy');
create domain shop.percentage as int default 0 not null check (value between 0 and 100);
create type shop.pair as (a int, "B c" text);
create sequence shop.numbers increment by 5 minvalue 10;
create table shop.customers (
  id int generated always as identity primary key, email text not null unique, mood shop.mood default 'happy',
  share shop.percentage, loud text generated always as (upper(email)) stored, tags text[] default '{}'
);
comment on table shop.customers is 'Who buys; it''s short';
comment on column shop.customers.email is 'Where to write';
create table shop.orders (
  id bigint primary key, customer_id int not null references shop.customers on delete cascade, at date not null,
  total numeric(10, 2) check (total >= 0), unique (customer_id, at)
);
create index orders_at on shop.orders (at desc) where total > 0;
alter table shop.orders enable row level security;
alter table shop.orders force row level security;
create policy "own [/]" on shop.orders for select to public
  using (customer_id = 1 or total = '1' or (customer_id) = (2));
create policy writes on shop.orders as restrictive for insert with check (total > 0);
create function shop.touch() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger touch before update on shop.orders for each row execute function shop.touch();
create view shop.big with (security_barrier) as select * from shop.orders where total > 100;
create materialized view shop.sums as select customer_id, sum(total) as total from shop.orders group by 1;
create unique index sums_customer on shop.sums (customer_id);
create table shop.events (at date not null, what text) partition by range (at);
create table shop.events_2026 partition of shop.events for values from ('2026-01-01') to ('2027-01-01')
  partition by list (what);
create table shop.events_2026_a partition of shop.events_2026 for values in ('a');
"""

"""The statements whose plans are kept in `plans/`: each shows one trap of reading plans."""

from dataclasses import dataclass

SETUP = (
    "drop extension if exists postgres_fdw cascade",
    "drop schema if exists public cascade",
    "create schema public",
    "create table customer (id int primary key, name text, region int)",
    "create table orders (id int primary key, customer_id int, amount int, note text, placed date)",
    'create table line (order_id int, product int, "Odd -> (name" int)',
    "create table reading (taken date, value int) partition by range (taken)",
    "create table reading_1 partition of reading for values from ('2026-01-01') to ('2026-02-01')",
    "create table reading_2 partition of reading for values from ('2026-02-01') to ('2026-03-01')",
    "create table reading_3 partition of reading for values from ('2026-03-01') to ('2026-04-01')",
    "create table parent (id int primary key)",
    "create table child (id int, parent_id int references parent on delete cascade)",
    "create table audit (what int)",
    "insert into customer select i, 'customer ' || i, i % 7 from generate_series(1, 1000) i",
    "insert into orders select i, i % 1000 + 1, i % 100, repeat('x', 40), date '2026-01-01' + i % 90"
    " from generate_series(1, 60000) i",
    "insert into line select i % 60000 + 1, i % 50, i from generate_series(1, 20000) i",
    "insert into reading select date '2026-01-01' + i % 90, i from generate_series(1, 30000) i",
    "insert into parent select i from generate_series(1, 300) i",
    "insert into child select i, i % 300 + 1 from generate_series(1, 3000) i",
    "create index orders_customer on orders (customer_id)",
    "create index orders_amount on orders (amount)",
    "create index orders_placed on orders (placed)",
    'create index "line -> (odd) on" on line ("Odd -> (name")',
    "create function note_it() returns trigger language plpgsql as"
    " $$begin insert into audit values (1); return null; end$$",
    "create trigger noted after insert on customer for each row execute procedure note_it()",
    "vacuum analyze",
)
FOREIGN = (
    "create extension if not exists postgres_fdw",
    "do $$begin execute format('create server itself foreign data wrapper postgres_fdw options (host %L, port %L,"
    " dbname %L, async_capable ''true'')', current_setting('unix_socket_directories'), current_setting('port'),"
    " current_database()); end$$",
    "create user mapping for current_user server itself",
    "create table near_1 as select i as id, i % 7 as value from generate_series(1, 20000) i",
    "create table near_2 as select i as id, i % 7 as value from generate_series(20001, 40000) i",
    "create table far (id int, value int) partition by range (id)",
    "create foreign table far_1 partition of far for values from (1) to (20001) server itself"
    " options (table_name 'near_1')",
    "create foreign table far_2 partition of far for values from (20001) to (40001) server itself"
    " options (table_name 'near_2')",
    "vacuum analyze",
)
"""From version 14. The server must let its superuser in through its own socket."""

PARALLEL = ("parallel_setup_cost = 0", "parallel_tuple_cost = 0", "min_parallel_table_scan_size = 0",
            "min_parallel_index_scan_size = 0", "max_parallel_workers_per_gather = 2")  # fmt: skip
ALL_FORMS = ("text", "json", "yaml", "xml")


IN_FULL = (15, 18)
"""The versions whose plans are kept for all cases."""
SHORT = {"hash-join", "parallel-count", "cte-twice", "init-plan", "init-plans-eleven", "sub-plan-hashed", "sort-disk",
         "update", "everything-17", "union", "upsert"}  # fmt: skip
"""What a version prints in its own way; these are kept for 17."""
OF_OLDER = {"parallel-append", "sort-parallel-disk", "hashagg-spill", "memoize", "sort-incremental", "io-timings",
            "settings-jit", "window", "pruned", "bitmap-lossy"} | SHORT  # fmt: skip
"""These for the versions from 10 to 14, and for 16."""


@dataclass(frozen=True)
class Case:
    name: str
    sql: str
    settings: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    forms: tuple[str, ...] = ("text",)
    since: int = 10
    """The first version that knows the statement and its options; settings that a version lacks are left out."""
    paired: bool = True
    """Whether auto_explain can print the same: it knows fewer options than EXPLAIN."""


CASES = (
    Case(
        "nested-loops",
        "select count(*) from customer c join orders o on o.customer_id = c.id where c.region = 3",
        ("enable_hashjoin = off", "enable_mergejoin = off", "enable_seqscan = off", "enable_memoize = off"),
    ),
    Case(
        "hash-join",
        "select c.region, count(*), sum(o.amount) from customer c join orders o on o.customer_id = c.id"
        " where o.note like 'x%' group by c.region order by 2 desc",
        forms=ALL_FORMS,
        options=("verbose",),
    ),
    Case(
        "leader-off",
        "select * from orders order by amount, note",
        (*PARALLEL, "parallel_leader_participation = off", "enable_indexscan = off"),
    ),
    Case("parallel-count", "select count(*) from orders where amount > 5", PARALLEL, ("verbose",), ALL_FORMS),
    Case(
        "parallel-append",
        "select count(*) from reading where value > 5",
        (*PARALLEL, "enable_partitionwise_aggregate = off"),
    ),
    Case(
        "parallel-bitmap",
        "select count(*) from orders where amount < 30",
        (*PARALLEL, "enable_seqscan = off", "enable_indexscan = off", "enable_indexonlyscan = off"),
    ),
    Case("no-worker", "select count(*) from orders where amount > 5", (*PARALLEL, "max_parallel_workers = 0")),
    Case("parallel-hash", "select count(*) from orders o join line l on l.order_id = o.id", PARALLEL),
    Case(
        "cte-twice",
        "with busy as materialized (select customer_id, count(*) as n from orders group by 1)"
        " select (select max(n) from busy), count(*) from busy b join customer c on c.id = b.customer_id where b.n > 1",
        forms=ALL_FORMS,
        since=12,
    ),
    Case(
        "cte-writes",
        "with made as (insert into customer select i, 'n', 1 from generate_series(2000, 3000) i returning id) select 1",
        forms=("text", "json"),
    ),
    Case(
        "cte-writes-read",
        "with made as (insert into customer select i, 'n', 1 from generate_series(2000, 3000) i"
        " returning id) select id from made limit 3",
    ),
    Case(
        "cte-same-name",
        "select * from (with x as materialized (select count(*) as n from orders) select n from x) a,"
        " (with x as materialized (select sum(amount) as n from orders where note like '%x%') select n from x) b",
        since=12,
    ),
    Case(
        "cte-nested",
        "with x as materialized (select id from orders where amount < 50) select count(*) from ("
        "with x as materialized (select id % 10 as id from x) select a.id from x a join x b"
        " on a.id = b.id - 9 limit 1000) q",
        since=12,
    ),
    Case(
        "cte-recursive",
        "with recursive r(n) as (select 1 union all select n + 1 from r where n < 500) select sum(n) from r",
    ),
    Case("init-plan", "select count(*) from orders where amount > (select avg(amount) from orders)"),
    Case(
        "init-plan-parallel",
        "select count(*) from orders where amount > (select avg(product) from line, customer where product = region)",
        PARALLEL,
    ),
    Case(
        "init-plans-eleven",
        "select "
        + ", ".join(f"(select count(*) from customer where region = {i})" for i in range(1, 11))
        + ", count(*) from orders where amount > (select avg(product) from line)",
    ),
    Case("init-plan-target", "select id, (select max(amount) from orders) from customer limit 5"),
    Case("sub-plan", "select c.id, (select count(*) from orders o where o.customer_id = c.id) from customer c"),
    Case(
        "sub-plan-hashed",
        "select count(*) from orders where customer_id not in (select id from customer where region = 3)",
    ),
    Case(
        "exists",
        "select count(*) from customer c where exists (select 1 from orders o where o.customer_id = c.id"
        " and o.amount > 90) or region = 3",
    ),
    Case(
        "many-loops",
        "select count(*) from orders o, lateral (select region from customer c where c.id = o.customer_id"
        " offset 0) r where o.id < 6000",
    ),
    Case(
        "memoize",
        "select count(*) from orders o join customer c on c.id = o.customer_id where o.id < 30000",
        ("enable_hashjoin = off", "enable_mergejoin = off"),
    ),
    Case(
        "limit",
        "select * from orders o join customer c on c.id = o.customer_id where o.amount = 7 limit 5",
        ("enable_hashjoin = off", "enable_mergejoin = off", "enable_bitmapscan = off"),
    ),
    Case(
        "merge-join",
        "select count(*) from line a join line b on a.product = b.product where a.order_id < 200",
        ("enable_hashjoin = off", "enable_nestloop = off", "enable_memoize = off"),
    ),
    Case(
        "merge-join-early",
        "select count(*) from customer c join orders o on o.customer_id = c.id where c.id < 20",
        ("enable_hashjoin = off", "enable_nestloop = off"),
    ),
    Case(
        "semi-join", "select count(*) from customer c where exists (select 1 from orders o where o.customer_id = c.id)"
    ),
    Case("anti-join", "select count(*) from customer c left join line l on l.order_id = c.id where l.order_id is null"),
    Case(
        "never-executed",
        "select * from customer c join orders o on o.customer_id = c.id where c.region = 99",
        ("enable_hashjoin = off", "enable_mergejoin = off", "enable_memoize = off"),
    ),
    Case("pruned", "select * from reading where taken = (select date '2026-02-03') and value < 2000"),
    Case("timing-off", "select count(*) from orders where amount > 5", options=("timing off",)),
    Case(
        "costs-off",
        "select count(*) from orders o join customer c on c.id = o.customer_id",
        options=("costs off", "summary off"),
        paired=False,
    ),
    Case("disabled", "select * from orders where note = 'nothing'", ("enable_seqscan = off",)),
    Case("sort-disk", "select * from orders order by note, amount", ("work_mem = '64kB'", "enable_indexscan = off")),
    Case(
        "sort-incremental",
        "select * from orders order by customer_id, amount limit 1000",
        ("enable_seqscan = off", "enable_bitmapscan = off"),
    ),
    Case(
        "sort-parallel-disk",
        "select * from orders order by note, amount",
        (*PARALLEL, "work_mem = '64kB'"),
        ("verbose",),
    ),
    Case(
        "hash-batches",
        "select count(*) from orders a join orders b on a.id = b.id + 1",
        ("work_mem = '128kB'", "enable_mergejoin = off", "enable_nestloop = off"),
    ),
    Case(
        "hashagg-spill",
        "select id, count(*) from orders group by id",
        ("work_mem = '64kB'", "enable_sort = off", "enable_indexscan = off", "enable_indexonlyscan = off"),
    ),
    Case(
        "grouping-sets", "select region, id % 3, count(*) from customer group by grouping sets ((region), (id % 3), ())"
    ),
    Case("window", "select id, sum(amount) over (partition by customer_id order by id) from orders where id < 500"),
    Case("setop", "select customer_id from orders except select id from customer"),
    Case("union", "select id from customer union select customer_id from orders order by 1 limit 10"),
    Case("bitmap-or", "select * from orders where amount = 3 or customer_id = 5", ("work_mem = '64kB'",)),
    Case(
        "bitmap-lossy",
        "select sum(id) from orders where amount < 60 and note like '%x'",
        ("work_mem = '64kB'", "enable_seqscan = off", "enable_indexscan = off"),
    ),
    Case(
        "index-only",
        "select customer_id from orders where customer_id between 5 and 7",
        ("enable_bitmapscan = off", "enable_seqscan = off"),
    ),
    Case("backward", "select id from orders order by id desc limit 3"),
    Case(
        "odd-names",
        'select "Odd -> (name" from line "l (cost=1)" where "Odd -> (name" = 5 and product <> 1',
        ("enable_seqscan = off", "enable_bitmapscan = off"),
        ("verbose",),
    ),
    Case(
        "odd-text",
        "select * from customer where name = 'a  (cost=0.00..1.00 rows=1 width=4)\n  ->  Seq Scan on x: it''s'",
    ),
    Case("function", "select * from generate_series(1, 2000) g, unnest(array[1, 2, 3]) u where g < 5"),
    Case("values", "select * from (values (1, 'a'), (2, 'b')) v(id, name) join customer c using (id)"),
    Case("update", "update orders set amount = amount + 1 where id < 50 returning id"),
    Case(
        "delete-cascade",
        "delete from parent where id < 40",
        options=("wal",),
        forms=("text", "json", "xml"),
        paired=False,
        since=13,
    ),
    Case(
        "upsert",
        "insert into customer values (1, 'again', 2), (5000, 'new', 3)"
        " on conflict (id) do update set name = excluded.name where customer.region > 0",
    ),
    Case(
        "merge",
        "merge into customer c using (select generate_series(999, 1003) as id) s on c.id = s.id"
        " when matched then update set name = 'merged' when not matched then insert values (s.id, 'new', 0)",
        since=15,
    ),
    Case("lock-rows", "select * from customer where region = 2 order by id limit 3 for update"),
    Case("sample-tid", "select count(*) from orders tablesample system (10), customer where customer.ctid = '(0,1)'"),
    Case(
        "everything-17",
        "select id, note from orders where amount < 20",
        ("enable_bitmapscan = off",),
        ("settings", "wal", "serialize text", "memory", "verbose"),
        ("text", "json", "yaml"),
        17,
        False,
    ),
    Case("async-append", "select count(*) from far where value % 3 = 1", since=14),
    Case(
        "io-timings",
        "select * from orders where note like 'x%' order by note, amount",
        ("track_io_timing = on", "work_mem = '64kB'", "enable_indexscan = off"),
    ),
    Case(
        "settings-jit",
        "select sum(amount * 2) from orders where note <> ''",
        ("jit = on", "jit_above_cost = 0", "work_mem = '5MB'"),
        ("settings", "verbose"),
        ("text", "json"),
        paired=False,
        since=12,
    ),
)

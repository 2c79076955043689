-- How far the detachment of a partition is: still attached, pending, or gone.
select coalesce((select case when h.inhdetachpending then 'pending' else 'attached' end
                   from pg_catalog.pg_inherits h
                  where h.inhparent = pg_catalog.to_regclass($1) and h.inhrelid = pg_catalog.to_regclass($2)), 'gone') as state;

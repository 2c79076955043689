select pg_catalog.to_jsonb(l) as entry from chatly_migrations.log l order by l.id;

-- Drops the extensions that the migration created, known by their comment; those that were there before it stay.
do $$
declare
  ours record;
begin
  for ours in
    select extname from pg_extension
     where obj_description(oid, 'pg_extension') = 'Created by the Chatly migration 20260301090000'
     order by oid desc
  loop
    execute format('drop extension %I', ours.extname);
  end loop;
end $$;

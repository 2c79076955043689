drop function private.set_updated_at();
do $$
begin
  if current_setting('server_version_num')::integer >= 170000 then
    alter default privileges in schema public grant maintain on tables to anon, authenticated;
  end if;
end $$;
alter default privileges in schema public grant execute on functions to anon;
alter default privileges in schema public grant truncate, references, trigger on tables to anon, authenticated;
drop schema private;

drop function private.set_updated_at();
alter default privileges in schema public grant execute on functions to anon;
alter default privileges in schema public grant truncate, references, trigger on tables to anon, authenticated;
drop schema private;

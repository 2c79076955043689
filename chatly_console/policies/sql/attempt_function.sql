-- Tries one statement as whoever asks, says what came of it (`rows 3`, or SQLSTATE and message), and undoes it at once.
create function pg_temp.chatly_attempt(statement text) returns text language plpgsql as $$
declare
  written bigint;
begin
  execute statement;
  get diagnostics written = row_count;
  raise exception using errcode = 'CH000', message = written::text;
exception
  when sqlstate 'CH000' then return 'rows ' || sqlerrm;
  when others then return sqlstate || ' ' || sqlerrm;
end $$

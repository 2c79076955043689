-- chatly: idempotent
-- chatly: allow=unseen-code reason="which extensions a server offers is known only when it runs"
-- Extensions, each where the server offers it and in the schema that Supabase uses. What is missing is said in a
-- notice and breaks nothing, save vector and btree_gist, without which the later migrations cannot stand.
-- The comment on a new extension marks it as ours, so that the down file drops what was made here and nothing else.
create schema if not exists extensions;

do $$
declare
  wanted record;
begin
  for wanted in
    select * from (values
      ('pgcrypto',           'extensions', false),
      ('uuid-ossp',          'extensions', false),
      ('vector',             'extensions', true),
      ('btree_gist',         'extensions', true),
      ('pg_trgm',            'extensions', false),
      ('pg_stat_statements', 'extensions', false),
      ('pg_graphql',         null,         false),
      ('supabase_vault',     null,         false)) as extension (name, schema, required)
  loop
    continue when exists (select from pg_extension where extname = wanted.name);
    if not exists (select from pg_available_extensions where name = wanted.name) then
      if wanted.required then
        raise exception 'This server does not offer the extension %, which Chatly needs.', wanted.name
          using errcode = 'feature_not_supported';
      end if;
      raise notice 'extension % is not offered by this server; Chatly runs without it', wanted.name;
      continue;
    end if;
    begin
      execute format('create extension %I', wanted.name)
        || coalesce(format(' with schema %I', wanted.schema), '');
      execute format('comment on extension %I is %L', wanted.name, 'Created by the Chatly migration 20260301090000');
    exception when insufficient_privilege then
      if wanted.required then
        raise;
      end if;
      raise notice 'extension % is left to an administrator of this server', wanted.name;
    end;
  end loop;
end $$;

grant usage on schema extensions to anon, authenticated, service_role;

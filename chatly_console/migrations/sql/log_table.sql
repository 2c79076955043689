-- Our own log beside the history: rows are only ever added. A file in one transaction leaves `started` and then `done`
-- (in its own transaction), `failed` or `cancelled`; a file outside leaves a `step` after each of its statements.
create schema if not exists chatly_migrations;
comment on schema chatly_migrations is 'The log of chatly-console: who applied or rolled back which migration, when, and how it went';
create table if not exists chatly_migrations.log (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  version text not null,
  name text not null,
  direction text not null check (direction in ('up', 'down', 'repair', 'baseline')),
  outcome text not null check (outcome in ('started', 'step', 'done', 'failed', 'cancelled')),
  in_transaction boolean not null default true,
  checksum text,
  statement_no integer,
  statement_count integer,
  duration_ms double precision,
  sqlstate text,
  error text,
  locks jsonb,
  detail jsonb,
  login text not null default session_user,
  client text,
  app_version text
);
comment on table chatly_migrations.log is 'One row for each thing that happened to a migration; never changed, never deleted';
comment on column chatly_migrations.log.id is 'Order of what happened';
comment on column chatly_migrations.log.at is 'When it happened';
comment on column chatly_migrations.log.version is 'The migration';
comment on column chatly_migrations.log.name is 'Its description';
comment on column chatly_migrations.log.direction is 'up and down ran; repair and baseline only changed what the history says';
comment on column chatly_migrations.log.outcome is 'started, step (outside a transaction: another part is done), done, failed or cancelled';
comment on column chatly_migrations.log.in_transaction is 'Whether the file runs in one transaction: then nothing is left of what did not come to its end';
comment on column chatly_migrations.log.checksum is 'SHA-256 of the text that ran';
comment on column chatly_migrations.log.statement_no is 'Statements of the file that are done (started, step, done), or the one that failed; from 1';
comment on column chatly_migrations.log.statement_count is 'Statements of the file';
comment on column chatly_migrations.log.duration_ms is 'How long it took, in milliseconds';
comment on column chatly_migrations.log.sqlstate is 'What the server called the error';
comment on column chatly_migrations.log.error is 'The error in words';
comment on column chatly_migrations.log.locks is 'The locks that were really taken on relations of others, and what was rewritten';
comment on column chatly_migrations.log.detail is 'What was noted for a run that is cut off: the indexes that stood before the next statement';
comment on column chatly_migrations.log.login is 'The role that ran it';
comment on column chatly_migrations.log.client is 'Who sat where: user@host';
comment on column chatly_migrations.log.app_version is 'Version of chatly-console';
create or replace function chatly_migrations.refuse_change() returns trigger language plpgsql set search_path = '' as
$$ begin raise exception 'chatly_migrations.log only grows: rows are never changed or deleted'; end $$;
comment on function chatly_migrations.refuse_change() is 'Trigger: the log only grows';
create or replace trigger log_only_grows before update or delete or truncate on chatly_migrations.log
  for each statement execute function chatly_migrations.refuse_change();
revoke all on schema chatly_migrations from public;
revoke all on chatly_migrations.log from public;
revoke all on function chatly_migrations.refuse_change() from public;

-- What a subscription is told beyond what all versions have, as CREATE SUBSCRIPTION takes it; a part of subscription.sql.
select pg_catalog.concat(', streaming = ' || case s.substream when 't' then 'on' when 'p' then 'parallel' else 'off' end,
         case when s.subtwophasestate <> 'd' then ', two_phase = true' end, case when s.subdisableonerr then ', disable_on_error = true' end,
         case when not s.subpasswordrequired then ', password_required = false' end, case when s.subrunasowner then ', run_as_owner = true' end,
         case when s.suborigin <> 'any' then pg_catalog.format(', origin = %L', s.suborigin) end)

-- What a subscription is told beyond what all versions have, as CREATE SUBSCRIPTION takes it; a part of subscription.sql.
select pg_catalog.concat(case when s.substream then ', streaming = on' end, case when s.subtwophasestate <> 'd' then ', two_phase = true' end,
         case when s.subdisableonerr then ', disable_on_error = true' end)

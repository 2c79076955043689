-- What a subscription is told beyond what all versions have, as CREATE SUBSCRIPTION takes it; a part of subscription.sql.
select case when s.substream then ', streaming = on' end

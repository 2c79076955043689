-- The memberships of a database that has no tenants.
select null::text as tenant, null::text as tenant_name, null::text as member, null::text as role where false

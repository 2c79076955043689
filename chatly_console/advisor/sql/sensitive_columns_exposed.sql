-- The names are those of Supabase's linter.
select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('row level security is off, the API serves it, and it has %s',
                         pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' order by a.attname)) as detail,
       pg_catalog.format('alter table %I.%I enable row level security;', n.nspname, c.relname) as fix
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
 where c.relkind in ('r', 'p') and not c.relrowsecurity and n.nspname = any (pg_catalog.string_to_array($1, ','))
   and exists (select from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
                  and pg_catalog.has_table_privilege(r.oid, c.oid, 'select'))
   and pg_catalog.replace(pg_catalog.lower(a.attname), '-', '_') in (
        'password', 'passwd', 'pwd', 'passphrase', 'secret', 'secret_key', 'private_key', 'api_key', 'apikey',
        'auth_key', 'token', 'jwt', 'access_token', 'refresh_token', 'oauth_token', 'session_token',
        'bearer_token', 'auth_code', 'session_id', 'session_key', 'session_secret', 'recovery_code',
        'backup_code', 'verification_code', 'otp', 'two_factor', '2fa_secret', '2fa_code', 'ssn',
        'social_security', 'social_security_number', 'driver_license', 'drivers_license', 'license_number',
        'passport_number', 'passport_id', 'national_id', 'tax_id', 'credit_card', 'card_number', 'cvv', 'cvc',
        'cvn', 'bank_account', 'account_number', 'routing_number', 'iban', 'swift_code', 'bic', 'health_record',
        'medical_record', 'patient_id', 'insurance_number', 'health_insurance', 'medical_insurance',
        'treatment', 'mac_address', 'macaddr', 'imei', 'device_uuid', 'pgp_key', 'gpg_key', 'ssh_key',
        'certificate', 'license_key', 'activation_key', 'facial_recognition')
 group by n.nspname, c.relname
 order by 1, 2

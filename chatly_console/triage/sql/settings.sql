-- What somebody has set for the whole server or database, other than it comes; before 16 the server itself names a size
-- of shared_buffers that no installation has had for long.
select s.name, pg_catalog.current_setting(s.name) as value,
       case when b.size is null then s.boot_val || case when s.boot_val ~ '^[1-9]' then coalesce(s.unit, '') else '' end
            when b.size % 1073741824 = 0 then b.size / 1073741824 || 'GB'
            when b.size % 1048576 = 0 then b.size / 1048576 || 'MB'
            when b.size % 1024 = 0 then b.size / 1024 || 'kB'
            else b.size || 'B' end as usual,
       s.source, s.pending_restart
  from pg_catalog.pg_settings s
 cross join lateral (
    select case when s.name = 'shared_buffers' then 134217728
                when s.unit ~ 'B$' and s.boot_val ~ '^[1-9][0-9]*$'
                then s.boot_val::int8 * pg_catalog.pg_size_bytes(pg_catalog.regexp_replace(s.unit, '^(?=[^0-9])', '1'))
           end as size) b
 where s.source in ('configuration file', 'database', 'user', 'database user', 'command line', 'environment variable')
   and s.setting is distinct from s.boot_val
   and not (s.name = 'shared_buffers' and pg_catalog.current_setting(s.name) = '128MB')
   and s.category !~ '^(File Locations|Preset Options|Client Connection Defaults / Locale|Customized Options)'
   and s.name not in ('port', 'listen_addresses', 'unix_socket_directories', 'cluster_name', 'ssl', 'application_name',
                      'log_timezone')
   and not (s.name = 'max_stack_depth' and s.source = 'environment variable')
 order by s.name

-- What somebody has set for the whole server or database, other than it comes.
select s.name, pg_catalog.current_setting(s.name) as value, s.boot_val || coalesce(s.unit, '') as usual, s.source, s.pending_restart
  from pg_catalog.pg_settings s
 where s.source in ('configuration file', 'database', 'user', 'database user', 'command line', 'environment variable')
   and s.setting is distinct from s.boot_val
   and s.category !~ '^(File Locations|Preset Options|Client Connection Defaults / Locale|Customized Options)'
   and s.name not in ('port', 'listen_addresses', 'unix_socket_directories', 'cluster_name', 'ssl', 'application_name')
 order by s.name

select version, dirty from {table} limit 1;

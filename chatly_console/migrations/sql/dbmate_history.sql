select version::text as version from {table};

delete from {table};

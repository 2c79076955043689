"""The proof that no tenant reaches another tenant's rows: who tries, by which ways, and what is told of it."""

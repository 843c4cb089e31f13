"""Django's PostgreSQL engine, with a cheaper look at pooled connections."""

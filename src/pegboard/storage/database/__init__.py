"""One plant in a database, SQLite or PostgreSQL: what `docs/decisions/0012-store-and-server.md` says is kept."""

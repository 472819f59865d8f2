"""PostgreSQL mechanics: the pool, the read engine, migrations, cursors."""

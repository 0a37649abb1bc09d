"""What alembic runs around a migration: it is handed a connection and a lock, and asks nothing of the environment."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], version_table="schema_version")
with context.begin_transaction():
    context.run_migrations()

"""Runs inside `store.migrate`, on the connection and in the transaction that it hands over."""

from alembic import context

from evalpanel.store.tables import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, transactional_ddl=False)
context.run_migrations()

"""Every service's own command brings an empty database to its schema, under the service's own role."""

from __future__ import annotations

import asyncpg
import pytest

from tests.architecture.project import SERVICES


@pytest.mark.parametrize("service", SERVICES)
async def test_a_migrated_database_has_tables_that_the_services_role_owns(migrated, service):
    connection = await asyncpg.connect(migrated(service))
    owners = await connection.fetch("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
    await connection.close()
    assert [row["tableowner"] for row in owners] == [f"pace42_{service}"]

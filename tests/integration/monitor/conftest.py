"""One world of monitors for each module."""

from collections.abc import AsyncIterator

import pytest

from tests.integration.monitor.world import World, make_world


@pytest.fixture(scope="module")
async def world(
    kafka: str, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    async with make_world(kafka, database_url, tmp_path_factory.mktemp("world")) as made:
        yield made

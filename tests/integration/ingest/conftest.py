"""One world of ingests for each module."""

from collections.abc import AsyncIterator

import pytest

from tests.integration.ingest.world import World, make_world


@pytest.fixture(scope="module")
async def world(kafka: str, database_url: str) -> AsyncIterator[World]:
    async with make_world(kafka, database_url) as made:
        yield made


@pytest.fixture
async def running(world: World) -> World:
    """The world with one ingest in it, at rest, and nothing read yet."""
    if "one" not in world.tasks:
        await world.start("one")
    await world.rest()
    world.ledger.clear()
    world.rejected.clear()
    return world

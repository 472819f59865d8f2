"""Topics on a real broker: made with the settings they need, and refused where they deviate."""

from collections.abc import AsyncIterator

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.contracts.catalogue import LEDGER, REJECTED
from shared.errors import TransientError
from shared.kafka.topics import ensure_topics
from tests.integration.monitor.world import wait_for


@pytest.fixture
async def admin(kafka: str) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await client.start()
    yield client
    await client.close()


async def _alter(admin: AIOKafkaAdminClient, topic: str, **settings: str) -> None:
    """Set some settings, and wait until the broker tells them."""
    named = {name.replace("_", "."): value for name, value in settings.items()}
    [altered] = await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, named)])
    assert altered.resources[0][0] == 0, altered

    async def told() -> bool:
        asked = ConfigResource(ConfigResourceType.TOPIC, topic, dict.fromkeys(named))
        [answer] = await admin.describe_configs([asked])
        return {entry[0]: entry[1] for entry in answer.resources[0][4]} == named

    await wait_for(told)


async def _ensure(kafka: str) -> None:
    await ensure_topics(kafka, partitions=2, replication_factor=1)


async def test_what_was_made_is_found_well_and_a_dangerous_topic_is_refused(
    kafka: str, admin: AIOKafkaAdminClient
) -> None:
    await _ensure(kafka)
    await _ensure(kafka)
    await _alter(admin, REJECTED, cleanup_policy="compact", retention_ms="1000")
    await _ensure(kafka)
    await _alter(admin, LEDGER, cleanup_policy="compact", retention_ms="3600000")
    with pytest.raises(TransientError) as refused:
        await _ensure(kafka)
    said = refused.value.message
    assert "receivables.ledger: cleanup.policy is 'compact'" in said
    assert "retention.ms is 3600000 (0.0417 days, 7 are the least)" in said
    assert f"--entity-name {LEDGER} --add-config retention.ms=-1" in said
    await _alter(admin, LEDGER, cleanup_policy="delete", retention_ms="-1")
    await _ensure(kafka)


async def test_more_copies_are_wanted_than_there_are(kafka: str) -> None:
    await _ensure(kafka)
    with pytest.raises(TransientError, match="1 of the 3 copies"):
        await ensure_topics(kafka, partitions=2, replication_factor=3)

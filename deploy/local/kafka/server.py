"""One Kafka broker on loopback (KRaft, broker and controller in one), in a folder of its own."""

import asyncio
import base64
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.local.errors import StackError
from deploy.local.kafka.fetch import find_java, kafka_libraries
from deploy.local.parts import Part, Say, say_nothing
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.processes import Command, run
from deploy.local.readiness import can_connect

LOG4J = Path(__file__).with_name("log4j2.xml")
MESSAGE_BYTES_MAX = 4 * 1024 * 1024
FORMAT_SECONDS_MAX = 60.0
ANSWER_MILLISECONDS_MAX = 5_000
LAST_ASCII = 0x7E

#: Sized for a laptop: few threads, one copy of everything, nothing kept waiting.
SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "auto.create.topics.enable": "false",
    "message.max.bytes": MESSAGE_BYTES_MAX,
    "replica.fetch.max.bytes": MESSAGE_BYTES_MAX,
    "default.replication.factor": 1,
    "min.insync.replicas": 1,
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "share.coordinator.state.topic.num.partitions": 1,
    # A broker that was killed may come back only when its old session has run out.
    "broker.session.timeout.ms": 3_000,
    "broker.heartbeat.interval.ms": 500,
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 1_000,
    # A message carries the time of its event, which on a manual clock may be years ago: nothing
    # is thrown away for its age.
    "log.retention.ms": -1,
    "log.segment.bytes": 64 * 1024 * 1024,
    "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
    "num.network.threads": 2,
    "num.io.threads": 4,
    "background.threads": 2,
    "num.recovery.threads.per.data.dir": 1,
}


@dataclass(frozen=True, kw_only=True)
class Door:
    """One more way to the broker: whoever comes in by it is told to come back by `told_port`.

    For a proxy on loopback: the broker listens on `port`, and the proxy on the one that is told.
    """

    #: In capital letters, as in Kafka's settings.
    name: str
    port: int
    told_port: int


class KafkaServer(Part):
    """A broker whose data live in `folder`; started on the same folder again, it resumes them.

    `port` is where clients connect; a free one is chosen when it is left out. `doors` are more ways
    in, each with an address of its own to tell.
    """

    name = "kafka"

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        doors: Sequence[Door] = (),
        log: Path | None = None,
        say: Say = say_nothing,
    ) -> None:
        self._folder = folder.absolute()
        self._port = port or free_port()
        self._doors = tuple(doors)
        self._controller_port = free_port()
        super().__init__(log or self._folder / "kafka.log", say)

    @property
    def bootstrap_servers(self) -> str:
        """The address that clients are given, `host:port`."""
        return f"{LOOPBACK}:{self._port}"

    @property
    def address(self) -> str:
        """The same address, under the name that every part has for it."""
        return self.bootstrap_servers

    async def command(self) -> Command:
        """Fetch Kafka, write its settings and format its folder the first time."""
        program = find_java()
        libraries = await kafka_libraries(self.say)
        temporary = self._folder / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        properties = self._write_properties()
        java_command = (
            *(program, "-Xms128m", "-Xmx512m", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20"),
            *("-XX:-UsePerfData", "-Djava.awt.headless=true", f"-Djava.io.tmpdir={temporary}"),
            *(f"-Dlog4j2.configurationFile={LOG4J}", "-cp", f"{libraries}/*"),
        )
        if not (self._folder / "data" / "meta.properties").exists():
            await self._format(java_command, properties)
        return Command(argv=(*java_command, "kafka.Kafka", str(properties)), log=self.log)

    async def why_not_ready(self) -> str | None:
        """Return None when the broker lists its topics."""
        if not await can_connect(LOOPBACK, self._port):
            return f"nothing listens on {self.bootstrap_servers}"
        return await why_kafka_does_not_answer(self.bootstrap_servers)

    def _write_properties(self) -> Path:
        """Write the settings; the ports may differ from the last run's."""
        main = f"PLAINTEXT://{LOOPBACK}:{self._port}"
        listeners = [main, *(f"{one.name}://{LOOPBACK}:{one.port}" for one in self._doors)]
        told = [main, *(f"{one.name}://{LOOPBACK}:{one.told_port}" for one in self._doors)]
        names = ("PLAINTEXT", "CONTROLLER", *(one.name for one in self._doors))
        settings = {
            **SETTINGS,
            "log.dirs": str(self._folder / "data"),
            "listener.security.protocol.map": ",".join(f"{name}:PLAINTEXT" for name in names),
            "listeners": ",".join((*listeners, f"CONTROLLER://{LOOPBACK}:{self._controller_port}")),
            "advertised.listeners": ",".join(told),
            "controller.quorum.voters": f"1@{LOOPBACK}:{self._controller_port}",
        }
        file = self._folder / "server.properties"
        lines = (f"{key}={_escaped(str(value))}\n" for key, value in settings.items())
        file.write_text("".join(lines), encoding="ascii")
        return file

    async def _format(self, java_command: tuple[str, ...], properties: Path) -> None:
        """Give the folder a cluster's name, which it keeps for ever."""
        cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        command = Command(
            # The short form `-t ID` would take an id that begins with a dash for an option.
            argv=(
                *(*java_command, "kafka.tools.StorageTool", "format"),
                *(f"--cluster-id={cluster_id}", "--config", str(properties)),
            ),
            log=self.log,
        )
        status, output = await run(command, seconds_max=FORMAT_SECONDS_MAX)
        if status != 0:
            message = f"Kafka could not format {self._folder} (status {status}):\n{output}"
            raise StackError(message)


async def why_kafka_does_not_answer(bootstrap_servers: str) -> str | None:
    """Ask the broker for its topics; return None when it answers, else the reason."""
    admin = AIOKafkaAdminClient(
        bootstrap_servers=bootstrap_servers, request_timeout_ms=ANSWER_MILLISECONDS_MAX
    )
    try:
        async with asyncio.timeout(ANSWER_MILLISECONDS_MAX / 1000):
            await admin.start()
            await admin.list_topics()
    except (KafkaError, OSError) as error:
        return f"{bootstrap_servers} does not answer: {error!r}"
    finally:
        await admin.close()
    return None


def _escaped(value: str) -> str:
    """Write a value as a Java properties file has it: plain ASCII, each backslash doubled."""
    doubled = value.replace("\\", "\\\\")
    units = doubled.encode("utf-16-be")
    codes = (int.from_bytes(units[i : i + 2], "big") for i in range(0, len(units), 2))
    return "".join(chr(code) if code <= LAST_ASCII else f"\\u{code:04x}" for code in codes)

"""Which parts a stack has, where they are, and what its services are told."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from deploy.local.files import kept_secret, write_private, write_whole
from deploy.local.kafka import KafkaServer
from deploy.local.mailbox import Mailbox
from deploy.local.parts import Part, Say
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.postgres import PostgresServer
from deploy.local.stack import clock as stack_clock
from deploy.local.stack.options import SERVICE_NAMES, UpOptions
from deploy.local.stack.outside import (
    DATABASE_VARIABLE,
    KAFKA_VARIABLE,
    SMTP_VARIABLE,
    OutsideServer,
    outside_kafka,
    outside_mail,
    outside_postgres,
)
from deploy.local.stack.record import Process, StackFile
from deploy.local.stack.service import ServiceProcess

TOKEN_FILE = "token"  # noqa: S105 - the name of a file
#: What an audit has found stands in files there.
EVIDENCE_FOLDER = "evidence"
DATABASE_URL_FILE = "database_url"
PORTS_FILE = "ports.json"
TOKEN_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """The parts of one stack; nothing of it runs yet."""

    data: Path
    clock: Literal["system", "manual"]
    kafka: KafkaServer | OutsideServer
    postgres: PostgresServer | OutsideServer
    mailbox: Mailbox | OutsideServer
    services: tuple[ServiceProcess, ...]
    database_url: str
    kafka_bootstrap_servers: str

    def own_servers(self) -> tuple[Part, ...]:
        """Return the servers that the stack starts itself."""
        servers = (self.postgres, self.kafka, self.mailbox)
        return tuple(server for server in servers if isinstance(server, Part))

    def outside_servers(self) -> tuple[OutsideServer, ...]:
        """Return the servers that the environment has named."""
        servers = (self.postgres, self.kafka, self.mailbox)
        return tuple(server for server in servers if isinstance(server, OutsideServer))

    def record(self, *, ready: bool) -> StackFile:
        """Return what other commands may know about the stack as it is now."""
        services = (
            _part_record(part, address, name=name)
            for part in self.services
            for name, address in part.addresses.items()
        )
        return StackFile(
            supervisor_pid=os.getpid(),
            clock=self.clock,
            kafka_bootstrap_servers=self.kafka_bootstrap_servers,
            token_file=str(self.data / TOKEN_FILE),
            database_url_file=str(self.data / DATABASE_URL_FILE),
            ready=ready,
            processes=(
                _server_record(self.postgres),
                _server_record(self.kafka),
                _server_record(self.mailbox),
                *services,
            ),
        )


def assemble(options: UpOptions, say: Say) -> Assembly:
    """Choose the parts, their ports and their secrets; the data folder's lock is held."""
    data = options.data.absolute()
    logs = data / "logs"
    logs.mkdir(exist_ok=True)
    clock = stack_clock.prepare_clock(options)
    ports = Ports(data / PORTS_FILE)
    kafka = outside_kafka() or KafkaServer(
        data / "kafka", port=ports.take("kafka"), log=logs / "kafka.log", say=say
    )
    postgres = outside_postgres() or PostgresServer(
        data / "postgres", port=ports.take("postgres"), log=logs / "postgres.log", say=say
    )
    mailbox = outside_mail() or Mailbox(
        data / "mailbox",
        smtp_port=ports.take("smtp"),
        page_port=ports.take("mailbox"),
        log=logs / "mailbox.log",
        say=say,
    )
    service_ports = {name: ports.take(name) for name in SERVICE_NAMES}
    ports.keep()
    kept_secret(data / TOKEN_FILE, lambda: secrets.token_urlsafe(TOKEN_BYTES))
    write_private(data / DATABASE_URL_FILE, postgres.url)
    servers = kafka.bootstrap_servers if isinstance(kafka, KafkaServer) else kafka.url
    told = {
        KAFKA_VARIABLE: servers,
        DATABASE_VARIABLE: postgres.url,
        SMTP_VARIABLE: mailbox.smtp_url if isinstance(mailbox, Mailbox) else mailbox.url,
        **_told_to_services(data, clock=clock, ports=service_ports),
    }
    return Assembly(
        data=data,
        clock=clock,
        kafka=kafka,
        postgres=postgres,
        mailbox=mailbox,
        services=_services(options, logs=logs, told=told, ports=service_ports, say=say),
        database_url=postgres.url,
        kafka_bootstrap_servers=servers,
    )


class Ports:
    """The ports of the parts by name: those of the last run, as far as they are free."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._last: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
        self._taken: dict[str, int] = {}

    def take(self, name: str) -> int:
        """Return the port of the part."""
        self._taken[name] = free_port(self._last.get(name))
        return self._taken[name]

    def keep(self) -> None:
        """Remember the ports for the next run; those of parts not in this one stay as they were."""
        write_whole(self._file, json.dumps({**self._last, **self._taken}))


def _told_to_services(
    data: Path, *, clock: Literal["system", "manual"], ports: Mapping[str, int]
) -> dict[str, str]:
    told = {
        "ARREARS_API_TOKEN_FILE": str(data / TOKEN_FILE),
        "ARREARS_HOST": LOOPBACK,
        "ARREARS_MONITOR_URL": _url(ports["monitor"]),
        "ARREARS_CLOCK": clock,
        "ARREARS_EVIDENCE_DIR": str(data / EVIDENCE_FOLDER),
    }
    if clock == "manual":
        told["ARREARS_CLOCK_FILE"] = str(data / stack_clock.FILE_NAME)
    return told | {f"ARREARS_{name.upper()}_PORT": str(port) for name, port in ports.items()}


def _services(
    options: UpOptions, *, logs: Path, told: dict[str, str], ports: Mapping[str, int], say: Say
) -> tuple[ServiceProcess, ...]:
    # A token or clock of the caller's own would contradict the ones of the folder.
    own = {"ARREARS_API_TOKEN", "ARREARS_CLOCK_FILE"}
    inherited = {key: value for key, value in os.environ.items() if key not in own}
    addresses = {name: _url(port) for name, port in ports.items()}
    return tuple(
        ServiceProcess(
            spec,
            environ={**inherited, "PYTHONUNBUFFERED": "1", **told},
            addresses=addresses,
            log=logs / f"{spec.name}.log",
            say=say,
            start_seconds_max=options.ready_seconds_max,
        )
        for spec in options.chosen_services()
    )


def _server_record(server: Part | OutsideServer) -> Process:
    if isinstance(server, OutsideServer):
        return Process(name=server.name, pid=None, address=server.address, log=None, own=False)
    assert isinstance(server, KafkaServer | PostgresServer | Mailbox)
    smtp_address = server.smtp_address if isinstance(server, Mailbox) else None
    return _part_record(server, server.address, name=server.name, smtp_address=smtp_address)


def _part_record(
    part: Part, address: str, *, name: str, smtp_address: str | None = None
) -> Process:
    child = part.child
    return Process(
        name=name,
        pid=child.pid if child is not None and child.status is None else None,
        address=address,
        log=str(part.log),
        own=True,
        smtp_address=smtp_address,
    )


def _url(port: int) -> str:
    return f"http://{LOOPBACK}:{port}"

"""Run one or several services in one process until a signal says stop, then drain."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

import structlog
import uvicorn
import uvloop
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from shared.runtime.health import Health
from shared.runtime.loops import Supervisor
from shared.runtime.probes import Check, probe_forever

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Service:
    """A built service: its app, and the loops that run beside it by the part they keep well."""

    name: str
    app: FastAPI
    host: str
    port: int
    health: Health
    registry: CollectorRegistry
    drain_seconds: float
    loops: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    #: What the service needs, by name: each is asked on a beat and shown on the health page.
    checks: dict[str, Check] = field(default_factory=dict)


#: Builds a service and takes it down again; `stop` is what its loops watch.
Builder = Callable[[asyncio.Event], AbstractAsyncContextManager[Service]]


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the process: several servers may share it."""
        yield


def run(builders: Sequence[Builder]) -> None:
    """Run the services until SIGINT or SIGTERM; returns after they have drained."""
    uvloop.run(_run(builders))


async def _run(builders: Sequence[Builder]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with asyncio.TaskGroup() as group:
        for build in builders:
            group.create_task(serve(build, stop))


async def serve(build: Builder, stop: asyncio.Event) -> None:
    """Run one service until `stop` is set, then let its loops and requests finish."""
    async with build(stop) as service, _http(service):
        supervisor = Supervisor(service.health, stop, service.registry)
        service.health.expect(*service.checks)
        tasks = [
            asyncio.create_task(supervisor.keep(name, work), name=f"{service.name}:{name}")
            for name, work in service.loops.items()
        ]
        probes = probe_forever(service.health, stop, service.checks)
        tasks.append(asyncio.create_task(probes, name=f"{service.name}:probes"))
        await stop.wait()
        log.info("Draining.", action="service_drains", service=service.name)
        if tasks:
            _done, late = await asyncio.wait(tasks, timeout=service.drain_seconds)
            for task in late:
                log.warning(
                    "A loop did not drain in time.", action="loop_cut", loop=task.get_name()
                )
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def _http(service: Service) -> AsyncIterator[None]:
    config = uvicorn.Config(
        service.app,
        host=service.host,
        port=service.port,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=int(service.drain_seconds),
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(), name=f"{service.name}:http")
    try:
        yield
    finally:
        server.should_exit = True
        await task

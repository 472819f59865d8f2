"""Who may import whom: the tree is the architecture (design, section 7)."""

import sys
from typing import Final

import pytest

from tests.architecture.source import Module, imports, modules, parse, within

#: What a domain may use of the shared mechanics: values and errors, nothing that does anything.
DOMAIN_SHARED: Final = (
    "shared.money",
    "shared.calendar",
    "shared.business_calendar",
    "shared.contracts",
    "shared.errors",
)
#: The contracts are its structs; it reads and writes no more than memory.
DOMAIN_LIBRARIES: Final = ("msgspec",)
#: Joins every service's composition root for a small firm's single process.
TOGETHER: Final = "services.together"
#: All that the command line may have of a service: these commands open the database themselves.
CLI_MAY_IMPORT: Final = (
    "services.monitor.rebuild",
    "services.monitor.handlers.upkeep.rebuild",
    "services.monitor.volumes",
)


def faults_of_domain(module: Module) -> list[str]:
    """Return what a domain imports beyond the standard library, plain values and itself."""
    if module.layer != "domain":
        return []
    own = f"services.{module.service}.domain"
    return [
        name
        for name in imports(module)
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not within(name, own, *DOMAIN_SHARED, *DOMAIN_LIBRARIES)
    ]


def faults_of_service(module: Module) -> list[str]:
    """Return what a service's module imports of another service or of the command line."""
    if module.service is None:
        return []
    own = f"services.{module.service}"
    return [
        name
        for name in imports(module)
        if within(name, "services", "cli") and not within(name, own)
    ]


def faults_of_shared(module: Module) -> list[str]:
    """Return what the shared mechanics import of those who use them."""
    if not within(module.name, "shared"):
        return []
    return [name for name in imports(module) if within(name, "services", "cli", "deploy")]


def faults_of_cli(module: Module) -> list[str]:
    """Return what the command line imports of a service, beyond what it may."""
    if not within(module.name, "cli"):
        return []
    return [
        name
        for name in imports(module)
        if within(name, "services") and not within(name, *CLI_MAY_IMPORT)
    ]


def faults_of_handlers(module: Module) -> list[str]:
    """Return what a use case imports of the world it should only know by its ports."""
    if module.layer != "handlers":
        return []
    own = f"services.{module.service}"
    return [
        name
        for name in imports(module)
        if within(name, f"{own}.adapters", f"{own}.api", f"{own}.main", f"{own}.settings")
    ]


RULES: Final = (
    faults_of_domain,
    faults_of_service,
    faults_of_shared,
    faults_of_cli,
    faults_of_handlers,
)


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_a_module_imports_only_what_its_place_allows(module: Module) -> None:
    assert {rule.__name__: rule(module) for rule in RULES if rule(module)} == {}


def test_every_layer_is_looked_at() -> None:
    layers = {(module.service, module.layer) for module in modules()}
    for service in ("ingest", "monitor", "notifier"):
        for layer in ("domain", "handlers", "adapters", "api"):
            assert (service, layer) in layers
    assert {module.name.partition(".")[0] for module in modules()} >= {"cli", "shared"}


@pytest.mark.parametrize(
    ("name", "text", "faults"),
    [
        ("services.a.domain.x", "import asyncpg", ["asyncpg"]),
        ("services.a.domain.x", "from shared.clock import Clock", ["shared.clock.Clock"]),
        ("services.a.domain.x", "from shared.kafka import topics", ["shared.kafka.topics"]),
        ("services.a.domain.x", "from services.a.handlers import y", ["services.a.handlers.y"]),
        ("services.a.domain.x", "from ..adapters import y", ["services.a.adapters.y"]),
        ("services.a.domain.x", "from . import y", []),
        ("services.a.domain.x", "def f():\n    import yaml", ["yaml"]),
        ("services.a.domain.x", "import json\nfrom shared.money import Money", []),
        ("services.a.domain.x", "from shared.business_calendar import BusinessCalendar", []),
        ("services.a.domain.x", "import holidays", ["holidays"]),
        ("services.a.domain.x", "import shared.moneylender", ["shared.moneylender"]),
        ("services.a.api.x", "import services.b", ["services.b"]),
        ("services.a.api.x", "from services import b", ["services.b"]),
        ("services.a.api.x", "from cli.main import run", ["cli.main.run"]),
        ("services.a.api.x", "from services.a.adapters import y", []),
        (TOGETHER, "from services.a import main\nfrom services.b import main as b", []),
        ("shared.x", "from services.a import main", ["services.a.main"]),
        ("shared.kafka.x", "import deploy.local", ["deploy.local"]),
        (
            "cli.x",
            "from services.monitor.domain import fold",
            ["services.monitor.domain.fold"],
        ),
        ("cli.x", "from services.monitor.rebuild import check", []),
        ("services.a.handlers.x", "from services.a.adapters import y", ["services.a.adapters.y"]),
        ("services.a.handlers.x", "from services.a.main import build", ["services.a.main.build"]),
        ("services.a.handlers.x", "from services.a.domain import y\nimport stamina", []),
        ("services.a.main", "from services.a.adapters import y", []),
    ],
)
def test_the_rules_find_what_they_are_for(name: str, text: str, faults: list[str]) -> None:
    found = {fault for rule in RULES for fault in rule(parse(name, text))}
    assert sorted(found) == faults

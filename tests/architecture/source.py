"""The project's own modules, as their syntax trees tell them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("cli", "deploy", "services", "shared")


@dataclass(frozen=True)
class Module:
    """One source file."""

    #: Dotted, as in `services.monitor.domain.folds.fold`; a package by its own name.
    name: str
    #: From the root of the checkout.
    path: Path
    tree: ast.Module

    @property
    def service(self) -> str | None:
        """The service whose package the module is in."""
        parts = self.name.split(".")
        return parts[1] if parts[0] == "services" and len(self.path.parts) > 2 else None

    @property
    def layer(self) -> str | None:
        """`domain`, `handlers`, `adapters`, `api`, or the module beside them."""
        parts = self.name.split(".")
        return parts[2] if self.service is not None and len(parts) > 2 else None


def parse(name: str, text: str, *, is_package: bool = False) -> Module:
    """Return a module from its text, at the place its name stands for."""
    path = Path(*name.split("."))
    path = path / "__init__.py" if is_package else path.with_suffix(".py")
    return Module(name, path, ast.parse(text, str(path)))


@cache
def modules() -> tuple[Module, ...]:
    """Return every module of the project; tests are none."""
    found: list[Module] = []
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            path = file.relative_to(ROOT)
            parts = path.with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.append(Module(name, path, ast.parse(file.read_text(encoding="utf-8"), str(path))))
    return tuple(found)


def imports(module: Module) -> Iterator[str]:
    """Yield what a module imports anywhere in it, as dotted names down to what it takes."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(module, node)
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _base(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module.path.parent.parts
    parts = package[: len(package) - node.level + 1]
    return ".".join((*parts, node.module) if node.module else parts)


def texts(module: Module) -> Iterator[str]:
    """Yield every text in the code that is no docstring; an f-string with its gaps left out."""
    documents = {
        id(node.body[0].value)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(module.tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values
            )
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in documents
        ):
            yield node.value


def within(name: str, *places: str) -> bool:
    """Whether a dotted name is one of the places or inside of one."""
    return any(name == place or name.startswith(f"{place}.") for place in places)

"""The project's documents as the tests read them: their text, tables, links and commands."""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[3]
README: Final = ROOT / "README.md"
ARCHITECTURE: Final = ROOT / "docs" / "ARCHITECTURE.md"
OPERATIONS: Final = ROOT / "docs" / "OPERATIONS.md"
GLOSSARY: Final = ROOT / "docs" / "GLOSSARY.md"
RULES: Final = ROOT / "docs" / "RULES.md"
DECISIONS: Final = sorted((ROOT / "docs" / "decisions").glob("*.md"))
DOCUMENTS: Final = (
    README,
    ROOT / "CHANGELOG.md",
    ARCHITECTURE,
    OPERATIONS,
    GLOSSARY,
    RULES,
    *DECISIONS,
)

_BASH: Final = re.compile(r"^```bash\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK: Final = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_CODE: Final = re.compile(r"`([^`\n]+)`")
_HEREDOC: Final = re.compile(r"<<'END'\n(.*?)^END$", re.DOTALL | re.MULTILINE)
_EVENT: Final = re.compile(r'^ *(\{"specversion".*\})(?:\'.*)?$', re.MULTILINE)
#: A command whose answer is an argument of another: `"$(arrears … | sed …)"`.
_NESTED: Final = re.compile(r"\"\$\((arrears [^|\n]*)\|[^\n]*?'\)\"")
#: A command, up to what ends it in the shell.
_COMMAND: Final = re.compile(r"(?:^|&& |\{ )(arrears [^\n&|#<]+)", re.MULTILINE)


def section(document: Path, title: str) -> str:
    """Return the text under a heading, up to the next one of its rank."""
    text = document.read_text(encoding="utf-8")
    pattern = rf"^##+ {re.escape(title)}$(.*?)(?=^##? |\Z)"
    found = re.search(pattern, text, re.DOTALL | re.MULTILINE)
    assert found, f"{document.name} has no section {title!r}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """Return the cells of every table row in a text, without headings."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for number, row in enumerate(cells) if not _is_heading(cells, number)]


def _is_heading(cells: list[list[str]], number: int) -> bool:
    ruled = [all(set(cell) <= set("-:|") for cell in row) for row in cells]
    return ruled[number] or (number + 1 < len(cells) and ruled[number + 1])


def links(document: Path) -> list[str]:
    """Return the relative targets of a document's links."""
    targets = _LINK.findall(document.read_text(encoding="utf-8"))
    return [target for target in targets if "://" not in target]


def code(text: str) -> list[str]:
    """Return what stands in back quotes."""
    return _CODE.findall(re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE))


def scripts(document: Path) -> list[str]:
    """Return the shell blocks of a document."""
    return _BASH.findall(document.read_text(encoding="utf-8"))


def commands(document: Path) -> list[str]:
    """Return every `arrears …` command of a document's shell blocks, what is typed in left out."""
    found = []
    for script in scripts(document):
        plain = _HEREDOC.sub("", script)
        found += [*_NESTED.findall(plain), *_COMMAND.findall(_NESTED.sub("ID", plain))]
    return [one.strip() for one in found]


def events(document: Path) -> list[bytes]:
    """Return every event that a document's shell blocks publish."""
    return [one.encode() for script in scripts(document) for one in _EVENT.findall(script)]

"""Kafka's jar files: fetched once, safely by two at once, and told plainly when they cannot be."""

import asyncio
from pathlib import Path

import pytest

from deploy.local.errors import MissingProgramError, StackError
from deploy.local.kafka.fetch import cache_folder, find_java, kafka_libraries
from deploy.local.kafka.server import _escaped

MAVEN = """#!/bin/sh
for argument; do case $argument in -DoutputDirectory=*) folder=${argument#*=};; esac; done
mkdir -p "$folder" && echo jar > "$folder/kafka.jar" && echo run >> "$MAVEN_RUNS"
"""
BROKEN_MAVEN = """#!/bin/sh
echo "[ERROR] no route to host"; exit 1
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that goes before all others on PATH; the cache is an empty one."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("ARREARS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("MAVEN_RUNS", str(tmp_path / "runs"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return folder


def install(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(script)
    (folder / name).chmod(0o755)


@pytest.mark.parametrize(
    ("installed", "message"),
    [
        ((), "java and mvn are not installed.*openjdk-17-jre-headless maven "),
        (("mvn",), "java is not installed.*install openjdk-17-jre-headless "),
        (("java",), "mvn is not installed.*install maven "),
    ],
)
async def test_what_is_missing_is_named_with_its_package_and_the_way_around(
    programs: Path, monkeypatch: pytest.MonkeyPatch, installed: tuple[str, ...], message: str
) -> None:
    monkeypatch.setenv("PATH", str(programs))
    for name in installed:
        install(programs, name, MAVEN)
    with pytest.raises(MissingProgramError, match=message) as caught:
        await kafka_libraries(lambda _: None)
    for variable in ("KAFKA_BOOTSTRAP_SERVERS", "ARREARS_DATABASE_URL", "ARREARS_SMTP_URL"):
        assert variable in caught.value.message


async def test_of_two_at_once_one_fetches_for_both(programs: Path, tmp_path: Path) -> None:
    install(programs, "java", "")
    install(programs, "mvn", MAVEN)
    said: list[str] = []
    first, second = await asyncio.gather(kafka_libraries(said.append), kafka_libraries(said.append))
    assert first == second == await kafka_libraries(said.append)
    assert [file.name for file in first.iterdir()] == ["kafka.jar"]
    assert [folder.name for folder in (tmp_path / "cache").iterdir()] == [first.name]
    assert (tmp_path / "runs").read_text().count("run") == 1
    assert len(said) == 1


async def test_a_failed_fetch_shows_mavens_words_and_leaves_nothing(
    programs: Path, tmp_path: Path
) -> None:
    install(programs, "java", "")
    install(programs, "mvn", BROKEN_MAVEN)
    with pytest.raises(StackError, match="no route to host"):
        await kafka_libraries(lambda _: None)
    assert list((tmp_path / "cache").iterdir()) == []


def test_java_home_goes_before_path(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(programs, "java", "")
    assert find_java() == str(programs / "java")
    (tmp_path / "home" / "bin").mkdir(parents=True)
    install(tmp_path / "home" / "bin", "java", "")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "home"))
    assert find_java() == str(tmp_path / "home" / "bin" / "java")


@pytest.mark.parametrize(
    ("own", "users", "expected"),
    [
        ("/own", "/users", "/own"),
        (None, "/users", "/users/arrears"),
        (None, None, "/home/me/.cache/arrears"),
    ],
)
def test_the_cache_is_where_the_user_has_it(
    monkeypatch: pytest.MonkeyPatch, own: str | None, users: str | None, expected: str
) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    for name, value in (("ARREARS_CACHE", own), ("XDG_CACHE_HOME", users)):
        monkeypatch.delenv(name, raising=False)
        if value:
            monkeypatch.setenv(name, value)
    assert str(cache_folder()) == expected


def test_any_path_can_stand_in_a_properties_file() -> None:
    assert _escaped("/data/应收\\x") == "/data/\\u5e94\\u6536\\\\x"

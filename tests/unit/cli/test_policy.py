"""A policy that is shown can be set again as it is."""

from typing import Any

import pytest
import yaml

from cli.commands.policy import _print

DOCUMENT = "policy: default\nbacklog: highest\n"


def policy(name: str = "default") -> dict[str, Any]:
    return {
        "policy": name,
        "version": 3,
        "created_at": "2026-01-05T00:00:00+00:00",
        "document": DOCUMENT.replace("default", name),
    }


def test_the_answer_is_the_document_alone(capsys: pytest.CaptureFixture[str]) -> None:
    _print([policy()])
    shown = capsys.readouterr()
    assert shown.out == DOCUMENT
    assert shown.err == "# default at version 3, since 2026-01-05T00:00:00+00:00\n"


def test_several_policies_are_documents_of_one_stream(capsys: pytest.CaptureFixture[str]) -> None:
    _print([policy(), policy("strict")])
    documents = list(yaml.safe_load_all(capsys.readouterr().out))
    assert [document["policy"] for document in documents] == ["default", "strict"]

"""Every deliberate break fits the sources as they are, and is met by a fault of the matrix."""

import ast
import shutil
from pathlib import Path

import pytest

from tests.faults.breaks import BREAKS, ROOT, Break, spoil
from tests.faults.matrix import FAULTS


@pytest.mark.parametrize("one", BREAKS, ids=[one.name for one in BREAKS])
def test_a_break_fits_the_sources(one: Break, tmp_path: Path) -> None:
    (tmp_path / one.file).parent.mkdir(parents=True)
    shutil.copy(ROOT / one.file, tmp_path / one.file)
    spoil(tmp_path, one)
    ast.parse((tmp_path / one.file).read_text())
    assert any(one.fault in fault.name for fault in FAULTS)


def test_a_break_whose_text_is_gone_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    with pytest.raises(ValueError, match=r"^b: a\.py has no 'x = 2'$"):
        spoil(tmp_path, Break("b", "a.py", (("x = 2", ""),), "any"))

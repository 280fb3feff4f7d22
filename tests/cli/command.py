"""Runs the installed command as a user would."""

import subprocess
import sys
from pathlib import Path

PEGBOARD = Path(sys.executable).with_name("pegboard")
ROOT = Path(__file__).resolve().parents[2]
LAMPS = ROOT / "examples" / "lamps"


def pegboard(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The finished process; a run of more than a minute is a failure."""
    command = [str(PEGBOARD), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, cwd=cwd)


def write(folder: Path, **files: str) -> Path:
    """A factory folder from the text of its files; `factory_toml` becomes factory.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "factory.toml").write_text(files.pop("factory_toml", "now = 2026-06-01T06:00:00\n"), encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


GOOD = {
    "items": "item,lead_time_days\nGOOD,\nRM,3\n",
    "bom": "parent,component,qty_per\nGOOD,RM,2\n",
    "routing": "item,step,resource,run_min\nGOOD,10,SAW,6\n",
    "resources": "resource,calendar\nSAW,STD\n",
    "calendars": "calendar,weekday,start,end\nSTD,mon-fri,08:00,16:00\n",
    "orders": "order,item,qty,due\nSO-GOOD,GOOD,5,2026-06-20\n",
}
"""A factory without a fault, to which each test adds one."""


def with_fault(folder: Path, **more: str) -> Path:
    """The good factory with rows appended to its files, or with other files beside them."""
    files = dict(GOOD)
    for name, text in more.items():
        files[name] = files[name] + text if name in files else text
    return write(folder, **files)

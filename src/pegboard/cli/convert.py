"""`pegboard import` and `pegboard export`: between a factory folder and a workbook, nothing lost."""

from pathlib import Path

from pegboard.app.files import validate_factory
from pegboard.cli.console import line
from pegboard.cli.findings import show_findings
from pegboard.exchange import write_factory_folder, write_factory_workbook


def run_convert(source: Path, out: Path, *, json: bool) -> int:
    """Read `source` and write it to `out`, a workbook if that ends in .xlsx, with every cell as it was."""
    reading, findings = validate_factory(source)
    show_findings(findings, json=json)
    if reading.snapshot is None:
        line(f"nothing was written: {source} cannot be read as a factory")
        return 1
    try:
        if out.suffix.lower() == ".xlsx":
            write_factory_workbook(reading, out)
        else:
            write_factory_folder(reading, out)
    except OSError as fault:  # it may name a temporary file that nobody has heard of
        raise OSError(fault.errno, fault.strerror or str(fault), str(out)) from fault
    if not json:
        line(f"written  {out}")
        line(f"next     pegboard plan {out} --out PLAN")
    return 1 if any(f.severity == "error" for f in findings) else 0

"""Seed corpora for the fuzz targets: the samples, the mappings of the tests, the hostile events.

    seeds.py FOLDER     writes FOLDER/TARGET/seed-N
"""
import sys
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = ROOT / "tests" / "cases" / "hostile"


def sample_lines():
    return [
        line
        for name in ("events.ndjson", "events-rudderstack.ndjson")
        for line in (ROOT / "samples" / name).read_bytes().splitlines()
    ]


def hostile_lines(folder):
    """The events of a folder's tables, which are behind the second TAB."""
    return [
        line.split(b"\t", 2)[2] + b"\n"
        for table in sorted(folder.glob("*.events"))
        for line in table.read_bytes().split(b"\n")
        if line and not line.startswith(b"#")
    ]


def in_tens(lines):
    return [b"".join(lines[at : at + 10]) for at in range(0, len(lines), 10)]


def seeds_by_target():
    folders = sorted(path.parent for path in HOSTILE.glob("*/mapping.json"))
    hostile = {folder: hostile_lines(folder) for folder in folders}
    lines = [line for folder in folders for line in hostile[folder]]
    mappings = [*(ROOT / "tests" / "mappings").glob("*.json"), *(ROOT / "samples").glob("*.json")]
    return {
        "fuzz_skim": [b"%d%s" % (m, line) for line in sample_lines() for m in range(7)],
        "fuzz_mapping": [path.read_bytes() for path in sorted(mappings)]
        + [
            (folder / "mapping.json").read_bytes() + b"\0" + ten
            for folder in folders
            for ten in in_tens(hostile[folder])
        ],
        "fuzz_decision": [bytes([n % 256]) + line for n, line in enumerate(lines)],
        "fuzz_filter": [bytes([n % 64, n * 7 % 32]) + ten for n, ten in enumerate(in_tens(lines))],
        "fuzz_lines": [
            bytes([n % 97, n * 5 % 256, 3, n % 7, 40 + n % 200, 1]) + ten
            for n, ten in enumerate(in_tens(lines))
        ],
    }


def main():
    for target, seeds in seeds_by_target().items():
        folder = Path(sys.argv[1], target)
        folder.mkdir(parents=True, exist_ok=True)
        for number, seed in zip(count(), seeds):
            (folder / f"seed-{number}").write_bytes(seed)


main()

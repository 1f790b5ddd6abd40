"""The corpus of mappings: `assent check` finds exactly what is written down, and the schema agrees.

usage: test_mappings.py ASSENT MAPPINGS SCHEMA
"""

import json
import os
import sys
from pathlib import Path

from tap import Tap, run

# Codes of the rules that a schema cannot say; see the README of the mappings.
NOT_FOR_A_SCHEMA = {"duplicate-key", "undeclared-category", "source-both-kinds", "lone-surrogate",
                    "duplicate-provider"}
FEWEST = 80


def schema_validator(schema):
    """A validator of JSON Schema 2020-12, or None where there is none to be had."""
    try:
        from jsonschema import Draft202012Validator
    except ImportError:
        return None
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def with_debians_python():
    """Starts anew with Debian's Python, which sees Debian's python3-jsonschema, once."""
    python = "/usr/bin/python3"
    if os.environ.get("ASSENT_DEBIAN_PYTHON") or not os.path.exists(python):
        return
    os.environ["ASSENT_DEBIAN_PYTHON"] = "1"
    sys.stdout.flush()
    os.execv(python, [python, *sys.argv])


def findings(assent, mapping):
    result = run(assent, "check", "--format", "json", mapping)
    return result.returncode, json.loads(result.stdout)


def schema_accepts(validator, mapping):
    """Whether the text is JSON in UTF-8 and the schema accepts it."""
    try:
        value = json.loads(mapping.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    return validator.is_valid(value)


def sayable(mapping, errors):
    """The errors that a schema can see."""
    one = "bad-version" in errors and b'"version": 1.0' in mapping.read_bytes()
    return errors - NOT_FOR_A_SCHEMA - ({"bad-version"} if one else set())


def check_findings(tap, mapping, status, found):
    file = mapping.with_suffix(".findings")
    expected = file.read_text().splitlines() if file.exists() else []
    tap.equal([f"{f['line']}:{f['column']} {f['code']}" for f in found], expected,
              f"{mapping.stem}: findings")
    bad = mapping.stem.startswith("bad-")
    tap.equal(status, 1 if bad else 0, f"{mapping.stem}: status")


def main():
    assent, directory, schema_file = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    validator = schema_validator(json.loads(schema_file.read_text()))
    if validator is None:
        with_debians_python()
    tap = Tap()
    mappings = sorted(directory.glob("*.json"))
    tap.ok(len(mappings) >= FEWEST, f"at least {FEWEST} mappings", len(mappings))
    readme = (directory / "README.md").read_text()
    for mapping in mappings:
        status, found = findings(assent, mapping)
        check_findings(tap, mapping, status, found)
        tap.ok(f"| `{mapping.stem}` |" in readme, f"{mapping.stem}: in the README")
        if validator is None:
            tap.skip(f"{mapping.stem}: schema", "no python3-jsonschema for JSON Schema 2020-12")
            continue
        errors = {f["code"] for f in found if f["severity"] == "error"}
        tap.equal(schema_accepts(validator, mapping), not sayable(mapping, errors),
                  f"{mapping.stem}: the schema agrees")
    tap.end()


main()

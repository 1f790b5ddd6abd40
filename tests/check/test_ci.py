"""The commands in samples/ci/ and .pre-commit-hooks.yaml run, and stop a bad mapping.

usage: test_ci.py ASSENT ROOT
"""

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from tap import Tap, run

ROOT = Path(sys.argv[2]).absolute()
CI = ROOT / "samples" / "ci"
GOOD = '{"version": 1, "destinations": {"ads": ["Ads"]}}\n'
BAD = '{"version": 1, "destinations": {}}\n'

tap = Tap()


def commands(file, pattern):
    """What the pattern's group finds in the file; it must find something."""
    found = re.findall(pattern, file.read_text(), re.MULTILINE)
    tap.ok(found, f"{file.name}: has a command")
    return found


def stops_bad_mappings(name, command, environment):
    for content, status in ((GOOD, 0), (BAD, 1)):
        Path("mapping.json").write_text(content)
        result = run("sh", "-c", command, env=environment)
        tap.ok((result.returncode == 0) == (status == 0), f"{name}: {command}: status {status}",
               result.returncode, result.stdout, result.stderr)


def main():
    assent = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        Path("bin").mkdir()
        Path("bin/assent").symlink_to(assent)
        environment = {**os.environ, "PATH": f"{folder}/bin:{os.environ['PATH']}"}
        for command in commands(CI / "github-workflow.yml", r"^ *- run: (.*)$"):
            stops_bad_mappings("github", command, environment)
        for command in commands(CI / "gitlab-job.yml", r"^    - (.*)$"):
            stops_bad_mappings("gitlab", command, environment)
        hooks = ROOT / ".pre-commit-hooks.yaml"
        for command in commands(hooks, r"^  entry: (.*)$"):
            stops_bad_mappings("pre-commit", f"{command} mapping.json", environment)
        for files in commands(hooks, r"^  files: (.*)$"):
            taken = [n for n in ("mapping.json", "eu/mapping.json", "consent-mapping.json",
                                 "mapping.json.bak", "sitemapping.json", "mapping.schema.json")
                     if re.search(files, n)]
            tap.equal(taken, ["mapping.json", "eu/mapping.json", "consent-mapping.json"],
                      "pre-commit: the files it takes")
        if shutil.which("make"):
            stops_bad_mappings("make", f"make -s -f '{CI / 'Makefile'}' check", environment)
        else:
            tap.skip("make", "make is not installed")
        os.chdir("/")
    tap.end()


main()

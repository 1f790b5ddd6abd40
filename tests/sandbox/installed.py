"""The installed program is built so that a mistake in memory ends it, not opens it. Prints TAP.

    installed.py BUILD-FOLDER optimized|plain
"""
import pathlib
import platform
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "check"))
from tap import Tap, run  # noqa: E402


def readelf(program, *what):
    return run("readelf", "--wide", *what, program).stdout.decode()


def look(tap, program, optimized):
    segments = readelf(program, "--program-headers")
    dynamic = readelf(program, "--dynamic")
    imports = set(re.findall(r"UND (\w+)", readelf(program, "--dyn-syms")))
    flags = {line.split()[0]: line for line in segments.splitlines() if "0x" in line}
    writable_code = [line for line in segments.splitlines() if re.search(r"\bR?WE\b", line)]
    tap.ok("Position-Independent Executable" in segments and re.search(r"FLAGS_1.*\bPIE\b", dynamic),
           "it lies at another address each run", segments)
    tap.ok("GNU_RELRO" in flags and "BIND_NOW" in dynamic,
           "its tables of functions are read-only when it starts", dynamic)
    tap.ok(re.search(r"\bRW\b", flags.get("GNU_STACK", "")), "its stack is no code",
           flags.get("GNU_STACK"))
    tap.ok(not writable_code and "TEXTREL" not in dynamic, "no code of it can be written",
           *writable_code)
    tap.ok(not re.search(r"RPATH|RUNPATH", dynamic), "its libraries are the system's", dynamic)
    tap.ok("__stack_chk_fail" in imports, "functions check that their stack is whole", imports)
    if optimized:
        tap.ok(any(name.endswith("_chk") for name in imports),
               "library calls check the room that they are given", imports)
    if platform.machine() == "x86_64":
        code = run("objdump", "--disassemble=main", program).stdout.decode()
        tap.ok("endbr64" in code, "jumps lead to beginnings of functions alone", code)


def main():
    build, kind = sys.argv[1:]
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        got = run("meson", "install", "-C", build, "--no-rebuild", "--destdir", folder)
        programs = [path for path in pathlib.Path(folder).rglob("assent")
                    if path.is_file() and path.parent.name == "bin"]
        tap.ok(got.returncode == 0 and len(programs) == 1, "it is installed", got.stderr, programs)
        if programs:
            look(tap, str(programs[0]), kind == "optimized")
    tap.end()


if __name__ == "__main__":
    main()

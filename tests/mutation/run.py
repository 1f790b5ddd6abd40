"""Whether the tests notice every mistake in the decision. Prints TAP.

    run.py BUILD-FOLDER [--list]

Makes of src/decision.c one mutant after the other, each with one thing wrong: a comparison, a
condition, a constant or a boolean. Builds each into the tests that decide; one of them must fail.
The build folder must be built. --list shows the mutants and runs none.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

SOURCE = "src/decision.c"
TESTS = ("tests/unit/test_decision", "tests/unit/test_needs")

# What each token is taken for. A constant becomes each other one of its family: FAMILIES.
OPERATORS = {
    "==": ["!="],
    "!=": ["=="],
    "<": [">=", "<="],
    "&&": ["||"],
    "||": ["&&"],
    "&": ["|"],
    "!": [""],
    "true": ["false"],
    "false": ["true"],
    "0": ["1"],
    "1": ["0", "2"],
}
FAMILIES = (
    ("REASON", "decision.h"), ("CONSENT", "event/event.h"), ("KIND", "mapping/mapping.h"),
    ("MATCH", "mapping/policy.h"), ("KNOB", "mapping/policy.h"), ("PROVIDER", "mapping/mapping.h"),
    ("INTEGRATIONS", "mapping/policy.h"), ("ABSENT", "mapping/policy.h"),
    ("EMPTY", "mapping/policy.h"), ("UNMAPPED", "mapping/policy.h"),
)
SAME = {"PROVIDER_ANY", "PROVIDER_OTHER"} # of one value
ENFORCEMENT = ["NOT_ENFORCED_BY_ABSENCE", "DENIED", "BY_PREFERENCES"]
TOKEN = re.compile(r'/\*.*?\*/|"[^"]*"|^#.*?$|->|[A-Za-z_]\w*|\d\w*|&&|\|\||[=!<>]=|[^\s\w]',
                   re.DOTALL | re.MULTILINE)


def family_of(root, word):
    """The other constants that could stand in the word's place."""
    if word in ENFORCEMENT:
        return [other for other in ENFORCEMENT if other != word]
    for prefix, header in FAMILIES:
        if not word.startswith(prefix + "_"):
            continue
        text = (root / "src" / header).read_text()
        defined = re.findall(rf"#define ({prefix}_\w+)", text)
        for body in re.findall(r"enum \w* ?\{(.*?)\}", text, re.DOTALL):
            names = re.findall(r"\b[A-Z][A-Z0-9_]+\b", re.sub(r"/\*.*?\*/", "", body, flags=re.DOTALL))
            if word in names:
                return [name for name in names + defined
                        if name.startswith(prefix + "_") and name != word]
        if word in defined:
            return [name for name in defined if name != word and {name, word} != SAME]
    return []


def closing(text, at):
    """The offset of the bracket that closes the one at the offset."""
    depth = 0
    for offset in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[offset], 0)
        if depth == 0:
            return offset
    raise ValueError("no closing bracket")


def mutants(root):
    """Each as (line, what it is, the whole text)."""
    text = (root / SOURCE).read_text()

    def made(start, end, new):
        line = text.count("\n", 0, start) + 1
        return line, f"{text[start:end]!r} as {new!r}", text[:start] + new + text[end:]

    previous = ""
    for token in TOKEN.finditer(text):
        word = token.group()
        if word.startswith(("/*", '"', "#")):
            continue
        unary = word in ("&", "*") and not re.fullmatch(r"[\w\])]", previous[-1:])
        if not unary:
            for new in OPERATORS.get(word) or family_of(root, word):
                yield made(*token.span(), new)
        if word == "(" and previous == "if":
            end = closing(text, token.start())
            for new in ("true", "false"):
                yield made(token.start() + 1, end, new)
        if word == "?":
            for new in ("|| true ?", "&& false ?"): # binds to the last part of the condition
                yield made(*token.span(), new)
        previous = word


class Builder:
    """Builds the tests with another object in place of the decision's."""

    def __init__(self, build):
        self.build = build
        commands = json.loads((build / "compile_commands.json").read_text())
        (self.compile,) = (shlex.split(entry["command"]) for entry in commands
                           if entry["file"].endswith(SOURCE))
        self.links = [self.link_of(test) for test in TESTS]

    def link_of(self, test):
        lines = subprocess.run(["ninja", "-t", "commands", test], cwd=self.build, check=True,
                               capture_output=True, text=True).stdout.splitlines()
        return shlex.split(lines[-1])

    def call(self, command, output, extra):
        command = list(command)
        command[command.index("-o") + 1] = output
        return subprocess.run(command + extra, cwd=self.build, capture_output=True, check=False)

    def verdict(self, folder, text):
        """Which test notices it; None: none does."""
        source, mutant = os.path.join(folder, "mutant.c"), os.path.join(folder, "mutant.o")
        pathlib.Path(source).write_text(text)
        command = self.compile[:-1] + ["-O1", "-w", "-Wno-error", "-MF", os.devnull]
        if self.call(command, mutant, [source]).returncode != 0:
            return "the compiler"
        for test, link in zip(TESTS, self.links):
            program = os.path.join(folder, os.path.basename(test))
            # Before the library, whose object is then not asked for.
            at = link.index("-o") + 2
            built = self.call(link[:at] + [mutant] + link[at:], program, [])
            if built.returncode != 0:
                raise RuntimeError(built.stderr.decode())
            try:
                ended = subprocess.run([program], cwd=folder, capture_output=True, check=False,
                                       timeout=60)
            except subprocess.TimeoutExpired:
                return f"{test}, which does not end"
            if ended.returncode != 0:
                return test
        return None


def judge(builder, mutant):
    with tempfile.TemporaryDirectory() as folder:
        return builder.verdict(folder, mutant[2])


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    every = list(mutants(root))
    if "--list" in sys.argv:
        for line, what, _ in every:
            print(f"{SOURCE}:{line}: {what}")
        return 0
    builder = Builder(pathlib.Path(sys.argv[1]).resolve())
    assert judge(builder, (0, "", (root / SOURCE).read_text())) is None, "the tests fail unchanged"
    print(f"1..{len(every)}")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        verdicts = pool.map(lambda mutant: judge(builder, mutant), every)
        for n, ((line, what, _), noticed) in enumerate(zip(every, verdicts), 1):
            failed += noticed is None
            print(f"{'not ok' if noticed is None else 'ok'} {n} - {SOURCE}:{line}: {what}"
                  f"{'' if noticed is None else ': ' + noticed}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

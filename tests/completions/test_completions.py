"""What bash, zsh and fish complete is what the program takes: the options of each command's --help,
the words that it names when it is given another one, files, and the mapping's destinations.

usage: test_completions.py ASSENT ROOT
"""

import json
import os
import re
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "check"))

from shells import SHELLS  # noqa: E402
from tap import Tap, run  # noqa: E402

OPTION = re.compile(r"^  (?:-(\w), |    )(--[a-z-]+)(?:(\[=|=| )([^\s\]]+)\]?)?(?:  |$)", re.MULTILINE)
COMMAND = re.compile(r"^  assent (\w+)", re.MULTILINE)
FILES = ("FILE", "EVENTS", "DIR")

tap = Tap()


def help_of(command):
    return run("assent", *command, "--help").stdout.decode()


def words_of(command, option):
    """The words that the option's message names, or none where it takes other things."""
    message = run("assent", *command, f"{option}=no-such-word").stderr.decode()
    named = re.search(rf"error: {option} is (?!a )(.*), not ", message)
    return re.split(", | or ", named[1]) if named else []


def completions(complete, line):
    """What the shell offers at the end of the line, without what it puts around a word."""
    return sorted({word.rstrip("=/") for word in complete(line)})


def check_values(name, complete, line, wanted):
    tap.equal(completions(complete, line), sorted(wanted), f"{name}: {line}")


def check_option(name, complete, command, option, ids):
    """The value of an option, behind it and behind its letter."""
    letter, long, sign, value = option
    line = " ".join(("assent", *command))
    if sign == "[=":
        words = words_of(command, long)
        tap.ok(words, f"{long} names its words")
        # bash puts in all of them, and the option before the first alone.
        got = {word.split("=")[-1] for word in complete(f"{line} {long}=")}
        tap.equal(sorted(got), sorted(words), f"{name}: {line} {long}=")
        return
    if long == "--destination":
        wanted = ids
        line += " mapping.json" if command == ("diff",) else " -m mapping.json"
    elif value in FILES:
        wanted = ["events of may", "folder", "mapping.json"]
    else:
        wanted = words_of(command, long)
    for form in [long] + ([f"-{letter}"] if letter else []):
        got = completions(complete, f"{line} {form} ")
        got = [word for word in got if word not in ("setup", "answer")]
        if value == "DIR" and "folder" in got:
            wanted = got # folders alone, or files among them: shells differ
        tap.equal(got, sorted(wanted), f"{name}: {line} {form}")


def check_shell(name, complete, ids):
    commands = COMMAND.findall(help_of(()))
    tap.ok(commands, "--help names commands")
    check_values(name, complete, "assent c", [word for word in commands if word[0] == "c"])
    first = completions(complete, "assent ")
    tap.ok(set(commands) <= set(first), f"{name}: the commands", first)
    for command in ((), *((word,) for word in commands)):
        line = " ".join(("assent", *command))
        options = OPTION.findall(help_of(command))
        tap.ok(options, f"{line} --help names options")
        long = [option[1] for option in options]
        letters = [f"-{option[0]}" for option in options if option[0]]
        check_values(name, complete, f"{line} --", long)
        check_values(name, complete, f"{line} -", long + letters)
        for option in options:
            if option[3]:
                check_option(name, complete, command, option, ids)
    check_values(name, complete, "assent explain -m mapping.json -f json -d s3", ["s3-archive"])
    check_values(name, complete, "assent --mapping=mapping.json -d s3", ["s3-archive"])
    check_values(name, complete, "assent -m 'mapping.json' -d s3", ["s3-archive"])


def main():
    program, root = (os.path.abspath(argument) for argument in sys.argv[1:])
    with open(f"{root}/samples/mapping.json", encoding="utf-8") as file:
        ids = list(json.load(file)["destinations"])
    with tempfile.TemporaryDirectory() as work:
        os.mkdir(f"{work}/bin")
        os.symlink(program, f"{work}/bin/assent")
        os.environ["PATH"] = f"{work}/bin:{os.environ['PATH']}"
        os.environ["HOME"] = work
        for name, start in SHELLS.items():
            if not shutil.which(name):
                tap.skip(name, f"{name} is not installed")
                continue
            folder = f"{work}/{name}"
            os.makedirs(f"{folder}/folder")
            shutil.copy(f"{root}/samples/mapping.json", folder)
            shutil.copy(f"{root}/samples/events.ndjson", f"{folder}/events of may")
            check_shell(name, start(f"{root}/src/completions", folder), ids)
    tap.end()


main()

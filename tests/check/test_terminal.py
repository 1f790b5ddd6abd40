"""What commands show on a terminal: colours that nothing else gets, lines that fit its width.

    test_terminal.py ASSENT SAMPLES
"""

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios
import unicodedata

sys.dont_write_bytecode = True

import tap  # noqa: E402

ASSENT, SAMPLES = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
PLAIN = {key: value for key, value in os.environ.items() if key not in ("TERM", "NO_COLOR")}
results = tap.Tap()


def on_terminal(arguments, columns=80, environment=None, shown=("stdout", "stderr")):
    """What the program writes to a terminal of that width; what is not shown is thrown away."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    streams = {
        name: slave if name in shown else subprocess.DEVNULL for name in ("stdout", "stderr")
    }
    environment = {**PLAIN, "TERM": "xterm", **(environment or {})}
    process = subprocess.Popen([ASSENT, *arguments], env=environment, **streams)
    os.close(slave)
    output = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        output += piece
    os.close(master)
    process.wait()
    return output.replace(b"\r\n", b"\n")


def width_of(line):
    """Columns that a line takes."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in line)
    return len(line) + wide - sum(unicodedata.combining(char) != 0 for char in line)


def colours_of_explain():
    arguments = ["explain", "-m", f"{SAMPLES}/mapping.json", f"{SAMPLES}/events.ndjson"]
    piped = subprocess.run([ASSENT, *arguments], capture_output=True, check=True,
                           env={**PLAIN, "TERM": "xterm"}).stdout
    results.ok(b"\x1b" not in piped, "explain: no colours in a pipe")
    shown = on_terminal(arguments)
    red, green, plain = b"\x1b[31mblock\x1b[0m", b"\x1b[32mdeliver\x1b[0m", b"\x1b[0m"
    results.equal((shown.count(red), shown.count(green)),
                  (piped.count(b"  block  "), piped.count(b"  deliver  ")),
                  "explain: every decision is coloured on a terminal")
    bare = shown.replace(b"\x1b[31m", b"").replace(b"\x1b[32m", b"").replace(plain, b"")
    results.equal(bare, piped, "explain: colours are all that differs")
    for extra in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        results.equal(on_terminal(arguments, environment=extra), piped,
                      f"explain: no colours with {extra}")
    records = on_terminal([*arguments, "-f", "json"])
    results.ok(b"\x1b" not in records, "explain: records are not coloured")


def width_of_stats():
    with tempfile.TemporaryDirectory() as folder:
        mapping, events = os.path.join(folder, "m.json"), os.path.join(folder, "e")
        ids = ["Ads", "\u5e7f\u544a" * 17, "e\u0301" * 17, "x" * 34, '"' * 34]
        destinations = {"a": ids, "d" * 29: ids[:1], "d" * 30: [], "e" * 12: ids[1:]}
        with open(mapping, "w", encoding="utf-8") as file:
            json.dump({"version": 1, "destinations": destinations}, file)
        preferences = {**dict.fromkeys(ids, True), "y" * 70: False, "\U0001f36a" * 60: True}
        consent = {"consent": {"categoryPreferences": preferences}}
        event = json.dumps({"context": consent}, ensure_ascii=False)
        odd = ("{}", '{"context":{"consent":{}}}', "", "x", '{"integrations":{"a":false}}')
        with open(events, "w", encoding="utf-8") as file:
            file.write("\n".join((event, *odd) * 20000) + "\n")
        arguments = ["-m", mapping, "--since", "2020-01-01", "--stats", events]
        for columns in (45, 60, 80, 131, 200):
            shown = on_terminal(arguments, columns, shown=("stderr",)).decode()
            table = shown[shown.index("120000 lines: ") :].splitlines()
            widest = max(table, key=width_of)
            results.ok(width_of(widest) <= columns, f"--stats fits {columns} columns", widest)
            lasts = {line.split()[-1] for line in table if line.endswith(("#", "."))}
            bars = [len(last) for last in lasts if set(last) <= {"#", "."}]
            results.ok(0 < max(bars, default=0) <= 40, "and has bars, of 40 columns at most", shown)
        # Where nothing fits, all is told nevertheless.
        words = [on_terminal(arguments, columns, shown=("stderr",)).decode().split()
                 for columns in (4, 12)]
        results.ok(words[0] == words[1] and "d" * 30 in words[0], "--stats on a strip", words)


def where_progress_stands():
    arguments = ["-m", f"{SAMPLES}/mapping.json", "--progress", f"{SAMPLES}/events.ndjson"]
    results.ok(b"events/s" not in on_terminal(arguments), "no --progress among the output's lines")
    results.ok(b"events/s" in on_terminal(arguments, shown=("stderr",)), "--progress beside them")
    with tempfile.TemporaryDirectory() as folder:
        shown = on_terminal(["--split", folder, *arguments])
        results.ok(b"events/s" in shown, "--progress where --split leaves the terminal alone", shown)


colours_of_explain()
where_progress_stands()
width_of_stats()
results.end()

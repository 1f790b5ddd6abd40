"""`assent check` on the command line: forms, statuses, warnings' words, drift, hostile files.

usage: test_check.py ASSENT MAPPINGS MAN_PAGE
"""

import json
import os
import pty
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from tap import Tap, run

ASSENT = os.path.abspath(sys.argv[1])
MAPPINGS = Path(sys.argv[2]).absolute()
MAN_PAGE = Path(sys.argv[3]).read_text()

TEN_MISTAKES = """\
assent: bad-ten-mistakes.json:2:14: error: "version" must be 1, the version of the format that this program reads [bad-version]
      "version": 3,
                 ^
assent: bad-ten-mistakes.json:3:3: error: unknown key "polcy" (did you mean "policy"?): known here are $schema, version, policy, rules, consent, sources, categories, destinations [unknown-key]
      "polcy": "segment",
      ^
assent: bad-ten-mistakes.json:4:22: error: unknown value of the knob match "both": it can be any, all [unknown-value]
      "rules": {"match": "both"},
                         ^
assent: bad-ten-mistakes.json:5:25: error: "context" is no JSON Pointer: write it like "/context/consent", with ~0 for ~ and ~1 for / inside of a key [bad-pointer]
      "consent": {"object": "context"},
                            ^
assent: bad-ten-mistakes.json:6:45: error: the source "web" is listed as "website" and as "other": keep it in one of the two [source-both-kinds]
      "sources": {"website": ["web"], "other": ["web"]},
                                                ^
assent: bad-ten-mistakes.json:8:32: error: "enabled" must be true or false, not a string [wrong-type]
        "Advertising": {"enabled": "yes"},
                                   ^
assent: bad-ten-mistakes.json:9:5: error: the category id "1st" starts with a digit: rename it [bad-category-id]
        "1st": {}
        ^
assent: bad-ten-mistakes.json:12:5: error: the destination id "google ads" has a character other than A-Z a-z 0-9 . _ -: rename it [bad-destination-id]
        "google ads": ["Advertising"],
        ^
assent: bad-ten-mistakes.json:13:19: error: the category "Analytics" is not declared: add it to "categories" or correct it [undeclared-category]
        "amplitude": ["Analytics"],
                      ^
assent: bad-ten-mistakes.json:14:29: error: the category "Advertising" is listed a second time for this destination: remove one of the two [duplicate-category]
        "mail": ["Advertising", "Advertising"]
                                ^
"""

# Mapping of the corpus, code, words of the finding that follow the mapping's rules.
WORDS = [
    ("good-warn-unmapped-block", "unmapped-destination",
     '"unmapped": "block" it gets no event that states consent; '
     "only events without a consent object reach it"),
    ("good-warn-unmapped-strict", "unmapped-destination",
     '"unmapped": "block" it gets no event that states consent; no event reaches it'),
    ("good-warn-unmapped-deliver", "unmapped-destination",
     '"unmapped": "deliver" it gets every event that the integrations object allows'),
    ("good-warn-disabled-deny", "disabled-category-mapped",
     '"disabled": "deny" it counts as refused in every event'),
    ("good-warn-disabled-ignore", "disabled-category-mapped",
     '"disabled": "ignore" no event is asked for it, and 1 with no other category get every event'),
    ("good-warn-disabled-all", "never-receives", 'a category is disabled, and "match" is "all"'),
    ("good-warn-disabled-match", "never-receives", 'a category is disabled, and "match" is "all"'),
    ("good-warn-disabled-any", "never-receives",
     "all its categories are disabled; only events without a consent object reach it"),
    ("good-warn-disabled-strict", "never-receives", "; no event reaches it"),
    ("good-warn-disabled-other", "never-receives",
     "only events without a consent object and events of the sources under \"other\" reach it"),
    ("bad-undeclared", "undeclared-category", 'did you mean "Advertising"?'),
    ("bad-undeclared", "undeclared-category", 'did you mean "Analytics"?'),
    ("bad-undeclared", "undeclared-category", 'the category "Mail" is not declared'),
    ("bad-unknown-key", "unknown-key", 'did you mean "categories"?'),
    ("bad-policy", "unknown-policy", 'did you mean "segment"?'),
    ("bad-rules-key", "unknown-key", 'did you mean "match"?'),
    ("bad-rules-value", "unknown-value", 'did you mean "all"?'),
    ("bad-destination-kind", "unknown-value", 'did you mean "warehouse"?'),
]

DRIFT_MAPPING = {
    "version": 1,
    "sources": {"website": ["web-1"]},
    "categories": {"Advertising": {}, "Analytics": {}, "Unseen": {}},
    "destinations": {"ads": {"categories": ["Advertising", "Unseen"], "name": "Google Ads"},
                     "stats": ["Analytics"]},
}
DRIFT_EVENTS = (
    b'{"writeKey":"web-1","context":{"consent":{"categoryPreferences":{"Advertising":true}}}}\n'
    b'{"context":{"consent":{"categoryPreferences":{"advertisng":true,"Analytics":"yes"}}},'
    b'"integrations":{"All":true,"google ads":false,"stats":true}}\n'
    b"\n"
    b'{"context":{"consent":{"categoryPreferences":{"NotCounted":1}}}} no event\n'
    b'{"writeKey":"web1","context":{"consent":{"categoryPreferences":'
    b'{"advertisng":false,"advertisng":{},"C1":true}}},"properties":{"NotHere":true}}\n'
)
DRIFT_FOUND = [
    ("m.json", 1, "category-never-seen", 'none of 3 events holds the category "Unseen"'),
    ("e.ndjson", 2, "category-unknown", '2 events hold the category "advertisng" (did you mean "Adv'),
    ("e.ndjson", 2, "preference-not-boolean", '1 event holds a preference for "Analytics"'),
    ("e.ndjson", 2, "integrations-key-unknown",
     'the integrations key "google ads" (did you mean "Google Ads"?)'),
    ("e.ndjson", 5, "category-unknown", '1 event holds the category "C1",'),
    ("e.ndjson", 5, "preference-not-boolean", '1 event holds a preference for "advertisng"'),
    ("e.ndjson", 5, "source-unlisted", 'the source "web1" (did you mean "web-1"?)'),
    ("e.ndjson", 4, "rejected-lines", "1 line was rejected, first this one: the line goes on"),
]

tap = Tap()


def check(*arguments, **options):
    return run(ASSENT, "check", *arguments, **options)


def found(*arguments, **options):
    return json.loads(check("--format", "json", *arguments, **options).stdout)


def write(name, content):
    if not isinstance(content, bytes):
        content = (content if isinstance(content, str) else json.dumps(content)).encode()
    Path(name).write_bytes(content)
    return name


def messages(stderr):
    return [line for line in stderr.splitlines() if line.startswith(b"assent: ")]


def test_text():
    result = check("bad-ten-mistakes.json", cwd=MAPPINGS)
    tap.equal(result.stderr.decode(), TEN_MISTAKES, "ten mistakes, each at its place")
    tap.equal((result.returncode, result.stdout), (1, b""), "ten mistakes: status 1")
    for mapping in sorted(MAPPINGS.glob("bad-*.json")):
        by_filter = run(ASSENT, "-m", mapping, input=b"")
        tap.equal((by_filter.returncode, by_filter.stderr.splitlines()),
                  (2, messages(check(mapping).stderr)), f"{mapping.stem}: the filter says the same")


def test_words():
    for name, code, words in WORDS:
        told = [f["message"] for f in found(MAPPINGS / f"{name}.json") if f["code"] == code]
        tap.ok(any(words in message for message in told), f"{name}: {code} says {words}", told)


def snippet_of(content):
    """The two lines below the first message."""
    return check(write("s.json", content)).stderr.decode().splitlines()[1:3]


def test_snippets():
    tap.equal(snippet_of('{\n\t"version":\t2,"destinations":{"a":["A"]}\n}'),
              ['    \t"version":\t2,"destinations":{"a":["A"]}', "    \t          \t^"],
              "TABs are kept")
    line, caret = snippet_of('{"version": 1, "x": "\x1b[31m\x9b\u202e\u2028", "destinations": 1}'
                             .replace("\x1b", "\x7f"))
    tap.ok(all(c.isprintable() for c in line), "control and bidi characters are harmless", line)
    tap.equal(line[caret.index("^"):][:3], '"x"', "the caret stands right behind them")
    line, caret = snippet_of('{"version": 1, "destinations": {"日本": ["日本", 1]}}')
    tap.equal(caret.index("^"), line.index('"日本": ['), "a place before wide characters")
    wide = check(write("s.json", '{"version": 1, "destinations": {"ads": ["日本", 1]}}'))
    caret = wide.stderr.decode().splitlines()[2]
    tap.equal(caret.index("^"), 4 + 47 - 1 + 2, "wide characters take two places")
    line, caret = snippet_of('{"version": 1, "destinations": {' +
                             ", ".join(f'"d{i}": ["A"]' for i in range(500)) + ', "x": 1' + "}" * 90)
    tap.ok(len(line) < 120 and line.startswith("    ...") and line.endswith("..."),
           "a long line is a window", line)
    tap.equal(line[caret.index("^")], "}", "and the caret is in it")
    tap.equal(snippet_of("")[1], "    ^", "an empty file")


def on_terminal(environment):
    """What `check` writes to a terminal."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(ASSENT, [ASSENT, "check", str(MAPPINGS / "bad-nothing.json")], environment)
    output = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        output += piece
    os.waitpid(pid, 0)
    return output


def test_colours():
    base = {key: value for key, value in os.environ.items() if key not in ("TERM", "NO_COLOR")}
    for extra, coloured in (({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": ""}, True),
                            ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False),
                            ({}, False)):
        output = on_terminal({**base, **extra})
        tap.equal(b"\x1b[" in output, coloured, f"colours on a terminal with {extra}")
    result = check(MAPPINGS / "bad-nothing.json", env={**base, "TERM": "xterm"})
    tap.ok(b"\x1b" not in result.stderr, "no colours in a pipe")


def github_lines(*files):
    return check("--format", "github", *files).stdout.splitlines()


def test_forms():
    files = sorted(str(file) for file in MAPPINGS.glob("*.json"))
    told = found(*files)
    tap.equal(set(told[0]), {"file", "line", "column", "severity", "code", "message"},
              "json: an object's keys")
    tap.equal([f["file"] for f in told], sorted((f["file"] for f in told), key=files.index),
              "json: files in the order of the command line")
    tap.equal(len(github_lines(*files)), len(told), "github: one line each")
    tap.equal(len(messages(check(*files).stderr)), len(told), "text: one message each")
    sarif = json.loads(check("--format", "sarif", *files).stdout)
    run_of = sarif["runs"][0]
    rules = run_of["tool"]["driver"]["rules"]
    tap.equal((sarif["version"], run_of["columnKind"]), ("2.1.0", "unicodeCodePoints"),
              "sarif: version and columns")
    tap.equal(len({rule["id"] for rule in rules}), len(rules), "sarif: every rule once")
    results = [(r["ruleId"], r["level"], r["message"]["text"],
                r["locations"][0]["physicalLocation"]["region"]["startLine"],
                r["locations"][0]["physicalLocation"]["region"]["startColumn"])
               for r in run_of["results"]]
    tap.equal(results, [(f["code"], f["severity"], f["message"], f["line"], f["column"])
                        for f in told], "sarif: the findings of json")
    tap.ok(all(rules[r["ruleIndex"]]["id"] == r["ruleId"] and
               rules[r["ruleIndex"]]["defaultConfiguration"]["level"] == r["level"]
               for r in run_of["results"]), "sarif: rules by their index")
    tap.equal(set(re.findall(r"^\.It ([a-z][a-z0-9-]+)$", MAN_PAGE, re.MULTILINE)),
              {rule["id"] for rule in rules}, "the man page has every code, and no other")
    odd = b"a b,c:d%\n\xff.json"
    Path(os.fsdecode(odd)).write_bytes(b'{"version": 2, "destinations": {"100%": []}}')
    line = check("--format", "github", os.fsdecode(odd)).stdout.splitlines()
    tap.equal(line[0], b"::error file=a b%2Cc%3Ad%25%0A\xff.json,line=1,col=13,title=bad-version::"
              b'"version" must be 1, the version of the format that this program reads',
              "github: properties are escaped")
    tap.ok(b'"100%25" has' in line[1], "github: messages are escaped", line)
    uri = json.loads(check("--format", "sarif", os.fsdecode(odd)).stdout)["runs"][0]["results"][0]
    tap.equal(uri["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
              "a%20b%2Cc%3Ad%25%0A%FF.json", "sarif: file names are URIs")
    tap.equal(found(os.fsdecode(odd))[0]["file"], "a b,c:d%\n\ufffd.json",
              "json: file names are UTF-8")


def test_statuses():
    good, warns = MAPPINGS / "good-short.json", MAPPINGS / "good-warn-unused.json"
    bad = MAPPINGS / "bad-nothing.json"
    for arguments, status in (
            ((good,), 0), ((warns,), 0), (("--strict", good), 0), (("--strict", warns), 1),
            ((good, bad, good), 1), ((bad, "none.json"), 2), (("none.json", good), 2), ((), 2),
            (("--format", "xml", good), 2), (("--nonsense", good), 2), (("--against",), 2),
            (("--against", "none.ndjson", good), 2), ((MAPPINGS,), 2), (("--help",), 0)):
        tap.equal(check(*arguments).returncode, status,
                  f"status of {' '.join(str(a) for a in arguments)}")
    tap.equal(len(found("none.json", bad)), 2, "a file that cannot be opened hides no other's findings")
    tap.equal(found(good), [], "json: nothing found")
    with open("/dev/full", "wb") as full:
        result = run_to(full, "check", "--format", "json", bad)
    tap.equal(result, 3, "a full disk")
    tap.ok(b"assent check" in run(ASSENT, "--help").stdout, "the filter's help names it")


def run_to(output, *arguments):
    return subprocess.run([ASSENT, *arguments], stdout=output, stderr=subprocess.DEVNULL,
                          check=False, timeout=60).returncode


def drift_equal(told, expected, name):
    good = len(told) == len(expected) and all(
        (f["file"], f["line"], f["code"]) == row[:3] and row[3] in f["message"]
        for f, row in zip(told, expected))
    tap.ok(good, name, *(f"{f['file']}:{f['line']} {f['code']} {f['message']}" for f in told))


def test_drift():
    mapping = write("m.json", DRIFT_MAPPING)
    expected = DRIFT_FOUND
    write("e.ndjson", DRIFT_EVENTS)
    drift_equal(found("--against", "e.ndjson", mapping), expected, "drift, both ways")
    from_stdin = found("--against", "-", mapping, input=DRIFT_EVENTS)
    drift_equal(from_stdin, [("<stdin>" if f == "e.ndjson" else f, *rest) for f, *rest in expected],
                "events from standard input")
    tap.equal(len(found("--against", "e.ndjson", mapping, mapping)), 2 * len(expected) - 1,
              "two mappings, one reading; rejected lines are told once")
    twice = found("--against", "e.ndjson", "--against", "e.ndjson", mapping)
    tap.ok(any(f["message"].startswith("4 events hold") for f in twice), "two files of events")
    tap.equal(check("--strict", "--against", "e.ndjson", mapping).returncode, 1, "drift is a warning")
    tap.equal(check("--against", "e.ndjson", mapping).returncode, 0, "and fails under --strict alone")
    tap.equal(len(found("--against", "e.ndjson", MAPPINGS / "bad-nothing.json")), 2,
              "no drift of a mapping with errors")
    long_line = b'{"a":"' + b"x" * (17 << 20) + b'"}\n'
    told = found("--against", "-", mapping, input=long_line)
    tap.ok("longer than --max-line" in told[-1]["message"], "a line that is too long", told[-1])


def test_hostile():
    deep = write("deep.json", b"[" * 10_000_000)
    garbage = "garbage.json"
    with open(garbage, "wb") as file:
        file.write(b"\xde\xad" * 1000)
        file.truncate(1 << 30)
    for name, content in (("deep", deep), ("garbage", garbage),
                          ("nul", write("nul.json", b"\0" * 1_000_000)),
                          ("not-utf8", write("u.json", b'{"version": "' + b"\xff" * 1_000_000))):
        told = found(content)
        tap.ok(len(told) == 1 and told[0]["severity"] == "error", f"hostile: {name}", told)
    many = b"".join(b'{"context":{"consent":{"categoryPreferences":{"%s%d":1}}},"integrations":{"%d":1}}\n'
                    % (b"x" * (i % 600), i, i) for i in range(20_000))
    told = found("--against", "-", MAPPINGS / "good-short.json", input=many)
    codes = [f["code"] for f in told]
    tap.equal([codes.count(code) for code in ("category-unknown", "preference-not-boolean",
                                              "integrations-key-unknown")], [1001] * 3,
              "unknown ids without end: 1,000 are told, the rest are counted")
    tap.ok(all(len(f["message"]) < 400 for f in told), "long ids are cut")
    bad = {"version": 1, "categories": {f"Category {i}": {} for i in range(10_000)},
           "destinations": {f"d{i}": [f"Categroy_{i}"] for i in range(10_000)}}
    tap.equal(len(found(write("bad.json", bad))), 10_000, "10,000 wrong ids beside 10,000 right ones")
    unknown = {f"k{i}": 1 for i in range(30_000)}
    tap.ok(b"20002 findings more" in check(write("many.json", unknown)).stderr,
           "past 10,000, findings are only counted")


def cpu_of(*arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(ASSENT, *arguments)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_size():
    large = {"version": 1, "categories": {f"Category {i}": {} for i in range(1000)},
             "destinations": {f"d{i}": [f"Category {(7 * i + j) % 1000}" for j in range(3)]
                              for i in range(10_000)}}
    write("large.json", large)
    used = min(cpu_of("check", "large.json") for _ in range(3))
    print(f"# 10,000 destinations and 1,000 categories: {used:.3f} s of processor time")
    tap.equal(check("large.json").returncode, 0, "10,000 destinations and 1,000 categories")
    ids = [f"a{i}" for i in range(300_000)]
    wide = {"version": 1, "categories": {i: {} for i in ids},
            "destinations": {"d": [ids[i] for r in range(64) for i in range(r, len(ids), 64)]}}
    write("wide.json", wide)
    tap.equal(check("wide.json").returncode, 0, "one destination of 300,000 categories")
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"# memory of the largest run: {most} MiB")


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for test in (test_text, test_words, test_snippets, test_colours, test_forms, test_statuses,
                     test_drift, test_hostile, test_size):
            test()
        os.chdir("/")
    tap.end()


main()

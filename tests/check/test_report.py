"""The page of `assent report` as a browser shows it, and what it does with hostile ids.

    test_report.py ASSENT SAMPLES [KEEP_FOLDER]

Takes screenshots in headless Chromium, at the width of a phone and of a desk, by
day and by night; without Chromium those tests are skipped. With a folder, the
page and its pictures are kept there.
"""

import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

sys.dont_write_bytecode = True
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))

import tap  # noqa: E402
from report_page import ReportPage  # noqa: E402

QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --hide-scrollbars "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()
WIDTHS = {"phone": (390, 4600), "desk": (1280, 3000)}
MARGIN = 8  # pixels at the right edge that nothing may reach
HOSTILE = [
    "<script>alert(1)</script>",
    "</code><img src=x onerror=y>",
    "&lt;b&gt;",
    "\"' onmouseover='z",
    "\u202egnp.exe",
    "\u0007bell",
    "trailing ",
]


def pixels_of(path):
    """Width, height and rows of a PNG of 8 bits a channel, not interlaced."""
    with open(path, "rb") as file:
        data = file.read()
    at, packed = 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
        if kind == b"IDAT":
            packed += body
        at += length + 12
    assert depth == 8 and colour in (2, 6), (depth, colour)
    n = 3 if colour == 2 else 4
    raw, rows, before = zlib.decompress(packed), [], bytes(width * n)
    for y in range(height):
        line = raw[y * (width * n + 1) : (y + 1) * (width * n + 1)]
        before = unfiltered(line[0], line[1:], before, n)
        rows.append([before[x : x + 3] for x in range(0, width * n, n)])
    return width, height, rows


def unfiltered(kind, line, above, n):
    """PNG, section 9."""
    out = bytearray(line)
    for i in range(len(out)):
        a = out[i - n] if i >= n else 0
        b, c = above[i], above[i - n] if i >= n else 0
        if kind == 1:
            out[i] = (out[i] + a) & 255
        elif kind == 2:
            out[i] = (out[i] + b) & 255
        elif kind == 3:
            out[i] = (out[i] + (a + b) // 2) & 255
        elif kind == 4:
            p = a + b - c
            nearest = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            out[i] = (out[i] + nearest) & 255
    return bytes(out)


def page_of(assent, folder, mapping, events):
    page = os.path.join(folder, "report.html")
    with open(page, "wb") as file:
        subprocess.run([assent, "report", "-m", mapping, events], stdout=file, check=True)
    with open(page, encoding="utf-8") as file:
        return page, file.read()


def hostile_ids(assent, folder):
    mapping, events = os.path.join(folder, "m.json"), os.path.join(folder, "e<b>&.ndjson")
    declared, seen = HOSTILE[:3], HOSTILE[3:]
    declared_ids = [f"x{text}"[:34] for text in declared]
    with open(mapping, "w", encoding="utf-8") as file:
        json.dump({"version": 1, "destinations": {"a": declared_ids}}, file)
    with open(events, "w", encoding="utf-8") as file:
        preferences = dict.fromkeys([*declared_ids, *seen], True)
        event = {"context": {"consent": {"categoryPreferences": preferences}}}
        file.write(json.dumps(event) + "\n")
    _, text = page_of(assent, folder, mapping, events)
    page = ReportPage(text)
    assert not page.tags & {"script", "img"} and "onerror" not in page.attributes, page.tags
    assert [item["category"] for item in page.categories] == declared_ids, page.categories
    expected = {text.replace("\u202e", "\\u202e").replace("\u0007", "\\u0007") for text in seen}
    assert {name[1:-1] for name, _ in page.undeclared} == expected, page.undeclared
    assert "\u202e" not in text and "http://" not in text and "https://" not in text


def nothing_is_loaded(assent, samples, folder):
    _, text = page_of(assent, folder, f"{samples}/mapping.json", f"{samples}/events.ndjson")
    page = ReportPage(text)
    assert not page.attributes & {"src", "href", "onclick", "action"}, page.attributes
    assert "url(" not in text and "@import" not in text and "default-src 'none'" in text
    assert page.counts["events"] == 71 and len(page.destinations) == 10


def numbers_of_stats(assent, samples, folder, name, suffix):
    mapping, events = f"{samples}/mapping-{name}.json", f"{samples}/events{suffix}.ndjson"
    command = [assent, "-m", mapping, "--stats=json", events]
    done = subprocess.run(command, capture_output=True, check=True)
    stats = json.loads(done.stderr)
    _, text = page_of(assent, folder, mapping, events)
    page = ReportPage(text)
    got = {**page.counts, "consent": page.consent, "categories": page.categories}
    got["destinations"] = [
        {
            "destination": name,
            "delivered": sum(kinds["delivered"].values()),
            "blocked": sum(kinds["blocked"].values()),
            "delivered_by_reason": kinds["delivered"],
            "blocked_by_reason": kinds["blocked"],
        }
        for name, kinds in page.destinations.items()
    ]
    got["undeclared"] = [
        {"category": category[1:-1], "events": n} for category, n in page.undeclared
    ]
    got["undeclared_sightings"] = sum(n for _, n in page.undeclared)
    assert got == stats, (got, stats)


def long_ids(assent, folder):
    """A page of ids that are as long as they may be, and of many categories."""
    mapping, events = os.path.join(folder, "long.json"), os.path.join(folder, "n" * 200)
    ids = ["c" * 300, "d " * 150, *(f"category number {i}" for i in range(20))]
    destinations = {"x" * 255: ids, "y" * 255: {"provider": "p" * 300, "categories": ids[:1]}}
    with open(mapping, "w", encoding="utf-8") as file:
        json.dump({"version": 1, "policy": "rudderstack", "destinations": destinations}, file)
    with open(events, "w", encoding="utf-8") as file:
        consent = {"deniedConsentIds": ["e" * 300, ids[0]], "provider": "q" * 300}
        file.write(json.dumps({"context": {"consentManagement": consent}}) + "\n")
    page, _ = page_of(assent, folder, mapping, events)
    os.replace(page, os.path.join(folder, "long.html"))


def screenshot(chromium, page, folder, name, night):
    width, height = WIDTHS[name]
    what = os.path.splitext(os.path.basename(page))[0]
    picture = os.path.join(folder, f"{what}-{name}{'-night' if night else ''}.png")
    scheme = [f"--blink-settings=preferredColorScheme={0 if night else 1}"]
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [chromium, *QUIET, *scheme, f"--user-data-dir={profile}", f"--screenshot={picture}"]
            + [f"--window-size={width},{height}", f"file://{page}"],
            check=True, timeout=120, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
    got_width, got_height, rows = pixels_of(picture)
    assert (got_width, got_height) == (width, height), (got_width, got_height)
    ground = rows[0][0]
    assert (sum(ground) < 150) == night, ground
    touched = [y for y, row in enumerate(rows) if any(p != ground for p in row[-MARGIN:])]
    assert not touched, f"something reaches the right edge at {touched[:3]}"
    written = [y for y, row in enumerate(rows) if any(p != ground for p in row)]
    assert len(written) > 800, "the page is all but blank"
    assert what == "long" or written[-1] < height - 1, "the page is longer than its picture"
    colours = {p for row in rows for p in row}
    assert len(colours) > 20, colours


def check(results, name, function, *arguments):
    try:
        function(*arguments)
        results.ok(True, name)
    except (AssertionError, OSError, subprocess.SubprocessError) as fault:
        results.ok(False, name, repr(fault)[:2000])


def main():
    assent, samples = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    chromium = shutil.which("chromium")
    results = tap.Tap()
    with tempfile.TemporaryDirectory() as temporary:
        folder = os.path.abspath(sys.argv[3]) if len(sys.argv) > 3 else temporary
        check(results, "hostile ids are text", hostile_ids, assent, folder)
        check(results, "nothing is loaded", nothing_is_loaded, assent, samples, folder)
        for policy, suffix in (("segment", ""), ("strict", ""), ("rudderstack", "-rudderstack")):
            check(results, f"the numbers of --stats=json, {policy}", numbers_of_stats, assent,
                  samples, folder, policy, suffix)
        check(results, "long ids", long_ids, assent, folder)
        page_of(assent, folder, f"{samples}/mapping.json", f"{samples}/events.ndjson")
        for page, nights in (("report", (False, True)), ("long", (False,))):
            for name in WIDTHS:
                for night in nights:
                    what = f"a screenshot of {page}, {name}, {'night' if night else 'day'}"
                    if chromium is None:
                        results.skip(what, "chromium is not installed")
                        continue
                    file = os.path.join(folder, f"{page}.html")
                    check(results, what, screenshot, chromium, file, folder, name, night)
    results.end()


main()

"""Every file of JSONTestSuite, bare and wrapped in an event, through the filter.

    run.py ASSENT FOLDER

Every y_ file is delivered byte for byte (bare: when it is an object), every n_ file is delivered
nowhere. i_ files may go either way, but what is delivered is delivered byte for byte. Prints TAP;
without the folder, one skipped test.
"""
import os
import subprocess
import sys
import tempfile

MAPPING = b'{"version":1,"destinations":{"d":[]}}'


def deliver(assent, mapping, line):
    """What the filter writes for the bytes, and its status."""
    run = subprocess.run([assent, "-m", mapping], input=line, capture_output=True, check=False)
    return run.stdout, run.returncode


def expectation(kind, line, wrapped):
    """True: delivered, False: nowhere, None: either."""
    if kind == "i":
        return None
    if kind == "n":
        return False
    return wrapped or line.lstrip(b" \t\r\n").startswith(b"{")


def check(assent, mapping, name, content, wrapped):
    kind = name[0]
    # In a y_ file a line end can only be white space, and a space serves as well.
    line = content.replace(b"\n", b" ").replace(b"\r", b" ") if kind == "y" else content
    if wrapped:
        line = b'{"type":"track","x":' + line + b"}"
    out, status = deliver(assent, mapping, line + b"\n")
    if status not in (0, 1):
        return f"status {status}"
    expected = expectation(kind, line, wrapped)
    if expected is None:
        expected = out != b""
    if not wrapped and line.startswith(b"\xef\xbb\xbf"):
        line = line[3:]  # a BOM at the start is skipped
    if out != (b"d\t" + line + b"\n" if expected else b""):
        return f"expected {'delivery' if expected else 'nothing'}, got {out[:60]!r}"
    return None


def main():
    assent, folder = sys.argv[1:]
    if not os.path.isdir(folder):
        print("1..1\nok 1 - JSONTestSuite # SKIP its folder is not here")
        return 0
    names = sorted(name for name in os.listdir(folder) if name.endswith(".json"))
    failed = 0
    print(f"1..{2 * len(names)}")
    with tempfile.TemporaryDirectory() as temp:
        mapping = os.path.join(temp, "mapping.json")
        with open(mapping, "wb") as file:
            file.write(MAPPING)
        for i, name in enumerate(names):
            with open(os.path.join(folder, name), "rb") as file:
                content = file.read()
            for wrapped in (False, True):
                number = 2 * i + wrapped + 1
                fault = check(assent, mapping, name, content, wrapped)
                failed += fault is not None
                form = "wrapped" if wrapped else "bare"
                print(f"{'ok' if fault is None else 'not ok'} {number} - {form} {name}")
                if fault:
                    print("#", fault)
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())

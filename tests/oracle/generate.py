"""Random mappings and random event lines aimed at them, the same for each seed.

The JSON text is written here, not by the json module, so that duplicate keys,
escaped spellings and values that are no JSON can be written too. Nothing here
knows what the contract decides: the oracle does.

    generate.py [--seed S] [--events N] [--verbose]

prints one mapping and its events, or with --verbose the reasons reached.
"""

import argparse
import random
import re
import sys
from collections import Counter
from dataclasses import dataclass, field, replace

BOM = b"\xef\xbb\xbf"

sys.setrecursionlimit(10000)  # a consent object may stand 512 objects deep


# ------------------------------------------------------------ writing JSON text


class Obj:
    """An object to be written: members in order, any key as often as wanted."""

    def __init__(self, members=()):
        self.members = list(members)  # list of (key, value)

    def add(self, key, value):
        self.members.append((key, value))

    def find(self, key):
        for name, value in self.members:
            if name == key and not isinstance(name, Raw):
                return value
        return None

    def place_of(self, key):
        for place, (name, _) in enumerate(self.members):
            if name == key and not isinstance(name, Raw):
                return place
        return None

    def set(self, key, value):
        place = self.place_of(key)
        if place is None:
            self.add(key, value)
        else:
            self.members[place] = (key, value)


class Raw(str):
    """JSON text that is written as it stands, as a key or as a value."""


PLAIN = re.compile(r'[^\x00-\x1f"\\\ud800-\udfff]*')
SHORT_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "/": "\\/",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
}


def escaped(rng, char):
    """One character as an escape."""
    if char in SHORT_ESCAPES and rng.random() < 0.5:
        return SHORT_ESCAPES[char]
    code = ord(char)
    if code > 0xFFFF:
        high = 0xD800 + ((code - 0x10000) >> 10)
        low = 0xDC00 + ((code - 0x10000) & 0x3FF)
        return hex_escape(rng, high) + hex_escape(rng, low)
    return hex_escape(rng, code)


def hex_escape(rng, code):
    digits = f"{code:04x}"
    return "\\u" + (digits.upper() if rng.random() < 0.5 else digits)


def spelled(rng, text, share=0.3):
    """The text as a JSON string in which some characters are escaped."""
    parts = []
    for char in text:
        if PLAIN.fullmatch(char) is None or rng.random() < share:
            parts.append(escaped(rng, char))
        else:
            parts.append(char)
    return Raw('"' + "".join(parts) + '"')


class Writer:
    """Writes one document; `spaces` and `escapes` are how often they come."""

    def __init__(self, rng, spaces=0.0, escapes=0.0, blanks=" \t"):
        self.rng = rng
        self.spaces = spaces
        self.escapes = escapes
        self.blanks = blanks

    def write(self, value):
        parts = []
        self.put(parts, value)
        return "".join(parts).encode("utf-8")

    def space(self):
        if not self.spaces or self.rng.random() >= self.spaces:
            return ""
        return self.rng.choice(self.blanks) * self.rng.choice((1, 1, 1, 2, 5))

    def put(self, parts, value):
        parts.append(self.space())
        if isinstance(value, str):
            parts.append(self.string(value))
        elif value is True:
            parts.append("true")
        elif value is False:
            parts.append("false")
        elif value is None:
            parts.append("null")
        elif isinstance(value, int):
            parts.append(str(value))
        elif isinstance(value, Obj):
            parts.append("{")
            comma = False
            for key, item in value.members:
                if comma:
                    parts.append(",")
                comma = True
                parts.append(self.space())
                parts.append(self.string(key))
                parts.append(self.space())
                parts.append(":")
                self.put(parts, item)
            if not comma:
                parts.append(self.space())
            parts.append("}")
        else:
            parts.append("[")
            comma = False
            for item in value:
                if comma:
                    parts.append(",")
                comma = True
                self.put(parts, item)
            parts.append("]")
        parts.append(self.space())

    def string(self, text):
        if isinstance(text, Raw):
            return text
        if self.escapes and self.rng.random() < self.escapes:
            return spelled(self.rng, text)
        if PLAIN.fullmatch(text):
            return f'"{text}"'
        return spelled(self.rng, text, share=0.0)


# --------------------------------------------------------------------- words

CATEGORY_IDS = (
    "Advertising Analytics Functional DataSharing Ads ads ADS C0001 Marketing "
    "Social _1 consent categoryPreferences true null All integrations context "
    "__proto__ constructor a b A B"
).split() + [
    "caf\u00e9",  # composed
    "cafe\u0301",  # decomposed
    "\u00c5ngstr\u00f6m",
    "A\u030angstro\u0308m",
    "\u5e7f\u544a",
    "\U0001f36a",
    "\U0001f36a" * 34,
    "x" * 34,
    "\u00df" * 34,
    "Ads ",
    " Ads",
    "Ads\u200b",
    "\ufeffAds",
    "\u212a",  # Kelvin sign
    "k",
    "a b",
    "a/b",
    "a~0b",
    'q"q',
    "b\\b",
    "\u00a0",
    " ",
    "\u2028",
    "\ufffd",
    "\uffff",
    "\U0010ffff",
    "\\u0041ds",  # a backslash and letters, not an escape
    "-1",
    ".",
    "$",
]

DESTINATION_IDS = (
    "google-ads amplitude warehouse facebook a A b B all All integrations "
    "... .hidden -dash _ 0 1.2.3 con name null true S3 s3"
).split() + ["x" * 255, "Google-Ads", "__proto", "prototype."]

NAMES = [
    "Google Ads",
    "Amplitude",
    "Facebook Pixel",
    "All",
    "all",
    "",
    " ",
    "S3",
    "\u00e9",
    "e\u0301",
    "\U0001f36a",
    'a"b',
    "a\\b",
    "a\x00b",
    "a\x00",
    "\x7f",
    "google-ads",
    "name\nwith\tcontrols",
]

TOKENS = [
    "context",
    "consent",
    "categoryPreferences",
    "integrations",
    "properties",
    "privacy",
    "a/b",
    "m~n",
    "~1",
    "~",
    "/",
    "",
    "\u00e9",
    "e\u0301",
    "\U0001f36a",
    "0",
    "-",
    "1",
    "x\x00y",
    "\x00",
    "a b",
    'q"q',
    "b\\b",
    "k" * 300,
    "Kelvin",
    "key",
    "constructor",
    "%2F",
    "\u00c9",
    "\n",
    "\x7f",
]

SOURCE_IDS = (
    "web-1 web-2 mobile-1 server-1 key_A key_a " + "w" * 64
).split() + ["", " ", "\u00e9", "e\u0301", "a\x00b", "a", 'q"q', "\U0001f36a", "1", "true"]

# Letters outside ASCII that some case folding takes for ASCII ones.
FOLDS = {"k": "\u212a", "K": "\u212a", "s": "\u017f", "S": "\u017f", "i": "\u0130"}

LONE_SURROGATES = ["\ud800", "\udc00", "\udfff", "\udbff", "\ude00\ud83d"]


def other_case(rng, text):
    """The same letters in another ASCII case, where there are letters."""
    how = rng.randrange(4)
    if how == 0:
        return text.upper() if text.isascii() else text.swapcase()
    if how == 1 and text.isascii():
        return text.lower()
    if how == 2 and text.isascii():
        return text.swapcase()
    return "".join(
        char.swapcase() if char.isascii() and rng.random() < 0.4 else char
        for char in text
    )


def look_alike(rng, text):
    """A key that is, mostly, a look-alike of the text."""
    how = rng.randrange(7)
    if how <= 2:
        return other_case(rng, text)
    if how == 3:
        return text + "\x00" + rng.choice(("", "x", "\x00", text))
    if how == 4:
        return other_case(rng, text) + "\x00" + rng.choice(("", "tail"))
    if how == 5:
        return text + rng.choice(LONE_SURROGATES)
    return rng.choice(LONE_SURROGATES) + rng.choice(("", "x", text))


def near_miss(rng, text):
    """A key that reads much the same and is another key."""
    if not text.isascii() and rng.random() < 0.4:
        # Another case outside ASCII, or the other composition.
        other = text.replace("\u00e9", "e\u0301") if rng.random() < 0.5 else text
        return other if other != text else text.swapcase()
    how = rng.randrange(8)
    if how == 0:
        return text + " "
    if how == 1:
        return " " + text
    if how == 2:
        return text[:-1]
    if how == 3:
        return text + rng.choice("sx_\u200b\ufeff\u0301")
    if how == 4:
        return "".join(FOLDS.get(char, char) for char in text)
    if how == 5:
        return "".join(
            chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text
        )
    if how == 6:
        return "x\x00" + text
    return text + "1"


def wrong_value(rng):
    """A value that is mostly not what stands there."""
    how = rng.randrange(14)
    if how == 0:
        return None
    if how == 1:
        return Raw(rng.choice(NUMBERS))
    if how == 2:
        return rng.choice(("true", "false", "", "1", "null", "{}"))
    if how == 3:
        return []
    if how == 4:
        return [True]
    if how == 5:
        return [False, True]
    if how == 6:
        return Obj()
    if how == 7:
        return Obj([("true", True)])
    if how == 8:
        return False
    if how == 9:
        return True
    if how == 10:
        return Raw("1")
    if how == 11:
        return Raw("0")
    if how == 12:
        return [Obj([("Ads", True)])]
    return Obj([("Ads", [False, True])])


NUMBERS = (
    "0 1 -0 1.0 1.10 1e0 -1 1E+2 0.1e-7 1e999 -1e999 123456789012345678901234567890 "
    "9007199254740993 18446744073709551616 " + "7" * 5000
).split()


# ------------------------------------------------------------------- mappings


@dataclass
class Plan:
    """A mapping, and what an event must know to be aimed at it."""

    tree: Obj = None
    consent_object: list = field(default_factory=lambda: ["context", "consent"])
    preferences: str = "categoryPreferences"
    source_key: list = field(default_factory=lambda: ["writeKey"])
    website: list = field(default_factory=list)
    other: list = field(default_factory=list)
    categories: list = field(default_factory=list)  # that the mapping knows
    destinations: list = field(default_factory=list)  # ids
    integrations: list = field(default_factory=list)  # own keys of all
    lists: bool = False  # consent is stated by lists: the policy rudderstack


KNOB_VALUES = {
    "match": ("any", "all"),
    "unmapped": ("block", "deliver"),
    "integrations": ("ignore", "veto"),
    "disabled": ("deny", "ignore"),
    "empty": ("deny", "absent", "absent-without-integrations"),
    "absent": ("deliver", "deny"),
}


def pointer_text(tokens):
    return "".join(
        "/" + token.replace("~", "~0").replace("/", "~1") for token in tokens
    )


def random_tokens(rng, longest=4):
    return [rng.choice(TOKENS) for _ in range(rng.randint(1, longest))]


def random_consent(rng, plan):
    """The section `consent`, or None."""
    section = Obj()
    if rng.random() < 0.55:
        where = rng.randrange(20)
        if where < 4:
            tokens = ["context", "consent"]
        elif where < 6:
            tokens = []
        elif where < 8:
            tokens = ["integrations"]
        elif where == 8:
            tokens = ["context", "integrations"]
        elif where == 9:
            tokens = ["integrations", "consent"]
        elif where == 10 and rng.random() < 0.4:
            # 510 objects on the way and the preferences: 512 deep. More than
            # that no event can have.
            tokens = ["d"] * rng.choice((100, 508, 509, 510, 511, 512, 600))
        else:
            tokens = random_tokens(rng)
        plan.consent_object = tokens
        section.add("object", pointer_text(tokens))
    if rng.random() < 0.35 and not plan.lists:
        name = "" if rng.random() < 0.4 else rng.choice(TOKENS)
        plan.preferences = name
        section.add("preferences", name)
    if section.members or rng.random() < 0.2:
        return section
    return None


def random_sources(rng, plan):
    """The section `sources`, or None."""
    if rng.random() < 0.6:
        return None
    section = Obj()
    if rng.random() < 0.6:
        where = rng.randrange(10)
        if where < 3:
            tokens = ["writeKey"]
        elif where == 3:
            tokens = []
        elif where == 4:
            tokens = plan.consent_object + [rng.choice(TOKENS)]
        elif where == 5:
            tokens = ["context", "source"]
        else:
            tokens = random_tokens(rng, 3)
        plan.source_key = tokens
        section.add("key", pointer_text(tokens))
    ids = rng.sample(SOURCE_IDS, rng.randint(0, 8))
    cut = rng.randint(0, len(ids))
    if rng.random() < 0.8:
        plan.website = ids[:cut]
        section.add("website", list(plan.website))
    if rng.random() < 0.9:
        plan.other = ids[cut:]
        # An id twice in one list is no error.
        section.add("other", plan.other + plan.other[: rng.choice((0, 0, 0, 1))])
    return section


def random_categories(rng, plan):
    """The section `categories`, or None; chooses the categories."""
    plan.categories = rng.sample(CATEGORY_IDS, rng.choice((0, 1, 2, 2, 3, 3, 4, 5, 9)))
    if rng.random() < 0.02:
        plan.categories += [f"many{n}" for n in range(rng.choice((60, 64, 65, 130)))]
    if rng.random() < 0.35:
        return None
    section = Obj()
    for category in plan.categories:
        entry = Obj()
        if rng.random() < 0.2:
            entry.add("name", rng.choice(NAMES))
        if rng.random() < 0.1:
            entry.add("description", rng.choice(NAMES))
        if rng.random() < 0.4:
            entry.add("enabled", rng.random() < 0.3)
        section.add(category, entry)
    return section


def random_destination(rng, plan, destination):
    most = len(plan.categories)
    count = min(most, rng.choice((0, 1, 1, 1, 2, 2, 2, 3, 4, 70)))
    categories = rng.sample(plan.categories, count)
    if rng.random() < (0.2 if plan.lists else 0.4):
        plan.integrations.append(destination)
        return categories
    entry = Obj()
    several = plan.lists and rng.random() < 0.5
    if several:
        entry.add("consents", random_consents(rng, plan))
    elif categories or rng.random() < 0.3:
        entry.add("categories", categories)
    if plan.lists and not several and rng.random() < 0.6:
        entry.add("provider", rng.choice(PROVIDERS))
    own_keys = [destination]
    if rng.random() < 0.4:
        own_keys = [rng.choice(NAMES)]
        entry.add("name", own_keys[0])
    if rng.random() < 0.35:
        own_keys = [rng.choice(NAMES) for _ in range(rng.choice((0, 1, 2, 2, 3)))]
        entry.add("integrations", own_keys)
    plan.integrations.extend(own_keys)
    if rng.random() < 0.35:
        entry.add(
            "kind",
            rng.choice(("event-streaming", "event-streaming", "warehouse", "other")),
        )
    if rng.random() < 0.25 and not several:
        entry.add("match", rng.choice(("any", "all")))
    rng.shuffle(entry.members)
    return entry


PROVIDERS = ("oneTrust", "ketch", "custom", "iubenda", "ONETRUST")


def random_consents(rng, plan):
    """What a destination asks for, by provider."""
    items = []
    for provider in rng.sample((None, *PROVIDERS), rng.choice((0, 1, 2, 2, 3))):
        count = min(len(plan.categories), rng.choice((0, 1, 2, 2, 3)))
        item = Obj([("categories", rng.sample(plan.categories, count))])
        if provider is not None:
            item.add("provider", provider)
        if rng.random() < 0.4:
            item.add("match", rng.choice(("any", "all")))
        rng.shuffle(item.members)
        items.append(item)
    return items


def random_mapping(rng):
    """A valid mapping, as a Plan."""
    plan = Plan()
    top = Obj([("version", 1)])
    if rng.random() < 0.2:
        top.add("$schema", rng.choice(("https://example.com/schema.json", "", "\u00e9")))
    if rng.random() < 0.8:
        policy = rng.choice(("segment-beta", "segment", "segment", "strict", "rudderstack"))
        top.add("policy", policy)
        if policy == "rudderstack":
            plan.lists, plan.preferences = True, ""
            plan.consent_object = ["context", "consentManagement"]
    if rng.random() < 0.45:
        knobs = rng.sample(sorted(KNOB_VALUES), rng.randint(0, 6))
        top.add("rules", Obj([(k, rng.choice(KNOB_VALUES[k])) for k in knobs]))
    consent = random_consent(rng, plan)
    if consent is not None:
        top.add("consent", consent)
    sources = random_sources(rng, plan)
    if sources is not None:
        top.add("sources", sources)
    categories = random_categories(rng, plan)
    if categories is not None:
        top.add("categories", categories)
    plan.destinations = rng.sample(DESTINATION_IDS, rng.choice((1, 1, 2, 3, 3, 4, 5)))
    if rng.random() < 0.01:
        plan.destinations = [f"d{n}" for n in range(rng.choice((64, 65, 100)))]
    section = Obj()
    for destination in plan.destinations:
        section.add(destination, random_destination(rng, plan, destination))
    top.add("destinations", section)
    rng.shuffle(top.members)
    plan.tree = top
    return plan


def write_mapping(rng, tree):
    """A mapping's text, in one of many layouts."""
    writer = Writer(
        rng,
        spaces=rng.choice((0, 0, 0.2, 0.7)),
        escapes=rng.choice((0, 0, 0, 0.1, 0.5)),
        blanks=" \t\n\r",
    )
    text = writer.write(tree)
    if rng.random() < 0.1:
        text = BOM + text
    if rng.random() < 0.7:
        text += rng.choice((b"\n", b"\r\n", b"\n\n", b" "))
    return text


def spelled_out(rng, mapping):
    """Another tree for what the oracle has read: all knobs and members named, in any order."""

    def shuffled(members):
        members = list(members)
        rng.shuffle(members)
        return Obj(members)

    lists = mapping.policy == "rudderstack"
    policy = mapping.policy if lists else rng.choice(("segment-beta", "segment", "strict"))
    top = [("version", 1), ("policy", policy)]
    rules = dict(mapping.rules)
    if lists and not mapping.asks_for_all:
        del rules["match"]
    top.append(("rules", shuffled(rules.items())))
    consent = {"object": pointer_text(mapping.consent_object)}
    if not lists:
        consent["preferences"] = mapping.preferences
    top.append(("consent", shuffled(consent.items())))
    if mapping.other_sources:
        sources = {"other": sorted(mapping.other_sources)}
        sources["key"] = pointer_text(mapping.source_key)
        top.append(("sources", shuffled(sources.items())))
    categories = [
        (name, Obj([("enabled", name not in mapping.disabled_categories)]))
        for name in mapping.known_categories
    ]
    top.append(("categories", shuffled(categories)))
    destinations = []
    for destination in mapping.destinations:
        members = {
            "categories": rng.sample(destination.categories, len(destination.categories)),
            "integrations": list(destination.integrations),
            "kind": destination.kind,
            "match": destination.match,
            "name": rng.choice(("x", "Facebook", destination.id)),
        }
        if lists:
            del members["categories"], members["match"]
            members["consents"] = [
                shuffled((key, value) for key, value in vars(need).items() if value is not None)
                for need in rng.sample(destination.needs, len(destination.needs))
            ]
            for item in members["consents"]:
                item.set("categories", list(item.find("categories")))
        destinations.append((destination.id, shuffled(members.items())))
    top.append(("destinations", shuffled(destinations)))
    return shuffled(top)


def changed_mapping(rng, mapping):
    """The oracle's mapping with one thing changed, or written as if it were."""
    at = rng.randrange(len(mapping.destinations))
    destination = mapping.destinations[at]
    known = sorted(mapping.known_categories) or ["Ads"]
    category = rng.choice(known)
    others = list(mapping.destinations)
    how = rng.randrange(9)
    if how > 5 and mapping.policy == "rudderstack":
        need = destination.needs[0]
        match = rng.choice(("any", "all", None))
        needs = (replace(need, match=match), *destination.needs[1:])
        others[at] = replace(destination, needs=needs)
        return replace(mapping, destinations=tuple(others))
    if how == 0:
        lists = mapping.policy == "rudderstack"
        knob = rng.choice([name for name in sorted(KNOB_VALUES) if name != "match" or not lists])
        rules = {**mapping.rules, knob: rng.choice(KNOB_VALUES[knob])}
        return replace(mapping, rules=rules)
    if how == 1:
        disabled = mapping.disabled_categories ^ {category}
        return replace(mapping, disabled_categories=disabled & mapping.known_categories)
    if how == 2 and len(others) > 1:
        del others[at]
    elif how == 3 and not mapping.other_sources:
        return replace(mapping, other_sources=frozenset(("src-1",)), source_key=("writeKey",))
    elif how == 4:
        return replace(mapping, known_categories=mapping.known_categories | {"Brand new"})
    elif how == 5:
        kind = rng.choice(("event-streaming", "warehouse", "other"))
        others[at] = replace(destination, kind=kind)
    elif how == 6:
        others[at] = replace(destination, match=rng.choice(("any", "all")))
    elif how == 7:
        others[at] = replace(destination, integrations=(destination.id, destination.id))
    elif category in destination.categories:
        rest = tuple(name for name in destination.categories if name != category)
        others[at] = replace(destination, categories=rest)
    else:
        others[at] = replace(destination, categories=(*destination.categories, category))
    known = mapping.known_categories | set(others[min(at, len(others) - 1)].categories)
    return replace(mapping, destinations=tuple(others), known_categories=known)


# ----------------------------------------------------------- invalid mappings


def random_bad_mapping(rng):
    """(what was done to it, the bytes of a mapping that cannot be used)."""
    while True:
        plan = random_mapping(rng)
        if plan.lists:
            continue  # what is wrong elsewhere may be right there
        change = rng.choice(TREE_CHANGES + TEXT_CHANGES)
        if change in TREE_CHANGES:
            if change(rng, plan.tree):
                return change.__name__, write_mapping(rng, plan.tree)
        else:
            text = change(rng, write_mapping(rng, plan.tree))
            if text is not None:
                return change.__name__, text


def objects_in(tree):
    """Every object of the mapping, outermost first."""
    found = [tree]
    for value in found:
        found.extend(v for _, v in value.members if isinstance(v, Obj))
    return found


def section_of(tree, name):
    value = tree.find(name)
    if value is None:
        value = Obj()
        tree.add(name, value)
    return value


def put_at_random(rng, value, key, item):
    value.members.insert(rng.randint(0, len(value.members)), (key, item))


def unknown_key(rng, tree):
    """An unknown key, wherever the keys are the contract's."""
    places = [tree]
    for name in ("rules", "consent", "sources"):
        if tree.find(name) is not None:
            places.append(tree.find(name))
    for name in ("categories", "destinations"):
        section = tree.find(name)
        if section is not None:
            places.extend(v for _, v in section.members if isinstance(v, Obj))
    words = ("x", "Version", "policy ", "", "comment", "//", "provider", "consents")
    place = rng.choice(places)
    key = rng.choice(words + ("Enabled", "match\x00", "kinds", "$Schema", "names"))
    put_at_random(rng, place, key, rng.choice((True, "x", None, Obj(), [])))
    return True


def duplicate_key(rng, tree):
    """A key twice in one object, the second time perhaps spelled with escapes."""
    places = [value for value in objects_in(tree) if value.members]
    place = rng.choice(places)
    key, value = rng.choice(place.members)
    if rng.random() < 0.4:
        key = spelled(rng, key)
    put_at_random(rng, place, key, value)
    return True


def wrong_type(rng, tree):
    """A value of another type, null included."""
    places = [value for value in objects_in(tree) if value.members]
    place = rng.choice(places)
    at = rng.randrange(len(place.members))
    key, value = place.members[at]
    wrong = [None, 3, Raw("1.5"), Raw("-0")]
    if not isinstance(value, bool):
        wrong += [True, False]
    if not isinstance(value, str):
        wrong += ["text", ""]
    if not isinstance(value, Obj):
        wrong += [Obj([("x", Obj())])]
    if not isinstance(value, list):
        wrong += [[None], [1], [[]]]
    place.members[at] = (key, rng.choice(wrong))
    return True


def wrong_item(rng, tree):
    """An array of strings that holds something else."""
    arrays = [
        value
        for place in objects_in(tree)
        for _, value in place.members
        if isinstance(value, list)
    ]
    if not arrays:
        return False
    array = rng.choice(arrays)
    item = rng.choice((None, 1, True, Obj(), [], ["Ads"]))
    array.insert(rng.randint(0, len(array)), item)
    return True


def bad_destination_id(rng, tree):
    bad = (
        "", ".", "..", "__proto__", "prototype", "constructor", "a b", "a/b", "a\\b",
        "\u00e9", "a\x00", "a\n", "a\t", "x" * 256, "a:b", "a,b", "\U0001f36a", "a+b",
        "a@b", "[", "`", "{", "\x7f", " a", "a ", "\u212a", "~", "../a", "y" * 256,
    )  # fmt: skip
    put_at_random(rng, section_of(tree, "destinations"), rng.choice(bad), [])
    return True


BAD_CATEGORY_IDS = (
    "", "1", "0x", "9Ads", "a\x00", "\x00", "a\nb", "a\tb", "\x1f", "a\x7f", "x" * 35,
    "\u00e9" * 35, "\U0001f36a" * 35, "a\rb", "\u0085", "a\u009f",
)  # fmt: skip


def bad_category_id(rng, tree):
    """A bad category id, declared, or named by a destination, or both."""
    category = rng.choice(BAD_CATEGORY_IDS)
    declared = tree.find("categories")
    if declared is not None:
        put_at_random(rng, declared, category, Obj())
        if rng.random() < 0.5:
            return True
    tree.find("destinations").add("with-bad-category", [category])
    return True


def undeclared_category(rng, tree):
    declared = tree.find("categories")
    if declared is None:
        return False
    names = [name for name, _ in declared.members]
    others = ["Undeclared"] + [other_case(rng, name) for name in names]
    others += [near_miss(rng, name) for name in names]
    others = [name for name in others if name not in names]
    tree.find("destinations").add("with-undeclared", [rng.choice(others)])
    return True


def unknown_policy(rng, tree):
    words = ("Segment", "segment ", "", "none", "segmentbeta", "STRICT", "strict\x00")
    tree.set("policy", rng.choice(words))
    return True


def unknown_knob(rng, tree):
    words = ("Match", "", "provider", "match ", "unmapped\x00", "default")
    put_at_random(rng, section_of(tree, "rules"), rng.choice(words), "all")
    return True


def unknown_knob_value(rng, tree):
    knob = rng.choice(sorted(KNOB_VALUES))
    words = ["", "Any", "none", "Deny", "deliver ", "vetoed", "all\x00", "absent-with"]
    words += [
        value
        for values in KNOB_VALUES.values()
        for value in values
        if value not in KNOB_VALUES[knob]
    ]
    section_of(tree, "rules").set(knob, rng.choice(words))
    return True


def unknown_kind_or_match(rng, tree):
    key, word = rng.choice(
        (
            ("kind", "Warehouse"),
            ("kind", ""),
            ("kind", "event-streaming "),
            ("kind", "streaming"),
            ("match", ""),
            ("match", "ANY"),
            ("match", "or"),
            ("match", "some"),
        )
    )
    tree.find("destinations").add("with-unknown", Obj([(key, word)]))
    return True


def category_listed_twice(rng, tree):
    section = tree.find("destinations")
    lists = []
    for _, entry in section.members:
        if isinstance(entry, Obj):
            entry = entry.find("categories")
        if entry:
            lists.append(entry)
    if not lists:
        return False
    categories = rng.choice(lists)
    category = rng.choice(categories)
    if rng.random() < 0.4:
        category = spelled(rng, category)
    categories.insert(rng.randint(0, len(categories)), category)
    return True


def source_listed_as_both(rng, tree):
    section = section_of(tree, "sources")
    source = rng.choice(SOURCE_IDS)
    for name in ("website", "other"):
        listed = section.find(name)
        if listed is None:
            listed = []
            section.add(name, listed)
        if source not in listed:
            listed.insert(rng.randint(0, len(listed)), source)
    return True


def bad_pointer(rng, tree):
    pointer = rng.choice(
        ("context/consent", "~", "/~", "/a~", "/a~2", "/~~0", "#/a", " /a", "/~2/~3",
         "/context/~", "/a~b/c", "a", "/~01~", "~0", "~1a")
    )  # fmt: skip
    if rng.random() < 0.5:
        section_of(tree, "consent").set("object", pointer)
    else:
        section_of(tree, "sources").set("key", pointer)
    return True


def lone_surrogate(rng, tree):
    """A lone surrogate in a string or a key that else may be anything."""
    text = rng.choice(("", "x")) + rng.choice(LONE_SURROGATES) + rng.choice(("", "x"))
    how = rng.randrange(9)
    if how == 0:
        tree.set("$schema", text)
    elif how == 1:
        section_of(tree, "consent").set("object", "/" + text)
    elif how == 2:
        section_of(tree, "consent").set("preferences", text)
    elif how == 3:
        section_of(tree, "sources").set("key", "/a/" + text)
    elif how == 4:
        section_of(tree, "sources").set(rng.choice(("website", "other")), [text])
    elif how == 5:
        tree.find("destinations").add("surrogate", Obj([("name", text)]))
    elif how == 6:
        tree.find("destinations").add("surrogate", Obj([("integrations", [text])]))
    elif how == 7:
        if tree.find("categories") is not None:
            tree.find("categories").add("A" + text, Obj())
            if rng.random() < 0.7:
                return True
        tree.find("destinations").add("surrogate", ["A" + text])
    else:
        if tree.find("categories") is None:
            return False
        entry = Obj([(rng.choice(("name", "description")), text)])
        tree.find("categories").add("Surrogate", entry)
    return True


def no_destinations(rng, tree):
    if rng.random() < 0.5:
        tree.set("destinations", Obj())
    else:
        tree.members = [(k, v) for k, v in tree.members if k != "destinations"]
    return True


def no_version(rng, tree):
    if rng.random() < 0.4:
        tree.members = [(k, v) for k, v in tree.members if k != "version"]
    else:
        wrong = ("1", "1", Raw("1.0"), Raw("2"), Raw("0"), Raw("-1"), Raw("1e0"), True, None)
        more = (Raw("18446744073709551617"), Raw("4294967297"), [1], Raw("10"))
        tree.set("version", rng.choice(wrong + more))
    return True


TREE_CHANGES = (
    unknown_key,
    duplicate_key,
    wrong_type,
    wrong_item,
    bad_destination_id,
    bad_category_id,
    undeclared_category,
    unknown_policy,
    unknown_knob,
    unknown_knob_value,
    unknown_kind_or_match,
    category_listed_twice,
    source_listed_as_both,
    bad_pointer,
    lone_surrogate,
    no_destinations,
    no_version,
)


def cut_short(rng, text):
    end = len(text.rstrip())
    return text[: rng.randrange(end)]


def trailing_text(rng, text):
    return text + rng.choice((b"{}", b",", b"x", b"}", b"\x00", b"1", b"null", BOM, b'"', b' "x'))


def syntax_error(rng, text):
    """A small change that leaves no JSON."""
    pairs = (
        (b"{", b"{,"),
        (b"}", b",}"),
        (b"[", b"[,"),
        (b"]", b",]"),
        (b":", b"="),
        (b":", b"::"),
        (b'"', b"'"),
        (b'"version"', b"version"),
        (b"{", b"{/**/"),
        (b"{", b"{//\n"),
        (b"{", b"{#\n"),
        (b":", b":+"),
        (b"1", b"01"),
        (b"{", b"(("),
        (b"}", b"]"),
    )
    old, new = rng.choice(pairs)
    if outside_strings(text, old) is None:
        return None
    at = outside_strings(text, old)
    return text[:at] + new + text[at + len(old) :]


def outside_strings(text, wanted):
    """Where the bytes stand first outside strings (a string may open there)."""
    inside = False
    at = 0
    while at < len(text):
        if not inside and text.startswith(wanted, at):
            return at
        if text[at : at + 1] == b"\\":
            at += 1
        elif text[at : at + 1] == b'"':
            inside = not inside
        at += 1
    return None


def bad_white_space(rng, text):
    """VT, FF, NEL, NO-BREAK SPACE and others where white space may stand."""
    space = rng.choice(
        (b"\x0b", b"\x0c", b"\xc2\x85", b"\xc2\xa0", b"\xe2\x80\xa8", b"\x00", BOM,
         b"\x1c", b"\x1f", b"\x7f", b"\xe3\x80\x80")
    )  # fmt: skip
    if rng.random() < 0.3:
        return BOM + space + text.removeprefix(BOM)
    at = outside_strings(text, rng.choice((b"{", b":", b"}")))
    return text[: at + 1] + space + text[at + 1 :]


INVALID_UTF8 = (
    b"\xff",
    b"\xfe",
    b"\x80",
    b"\xbf",
    b"\xc0\x80",  # overlong NUL
    b"\xc1\xa1",  # overlong a
    b"\xe0\x80\xaf",
    b"\xe0\x9f\xbf",
    b"\xf0\x80\x80\xaf",
    b"\xf0\x8f\xbf\xbf",
    b"\xed\xa0\x80",  # a surrogate
    b"\xed\xbf\xbf",
    b"\xed\xa0\xbd\xed\xb8\x80",  # a pair of them
    b"\xf4\x90\x80\x80",  # past U+10FFFF
    b"\xf5\x80\x80\x80",
    b"\xf8\x88\x80\x80\x80",
    b"\xc3",  # cut short
    b"\xe2\x82",
    b"\xf0\x9f\x8d",
    b"\xc3\x28",
)


def invalid_utf8(rng, text):
    at = rng.randint(0, len(text))
    changed = text[:at] + rng.choice(INVALID_UTF8) + text[at:]
    try:
        changed.decode("utf-8")
    except UnicodeDecodeError:
        return changed
    return None


def raw_control(rng, text):
    """A raw control character inside a string."""
    at = outside_strings(text, b'"')
    char = rng.choice((b"\x00", b"\x01", b"\t", b"\n", b"\r", b"\x1f", b"\x0b"))
    return text[: at + 1] + char + text[at + 1 :]


def other_document(rng, text):
    """Another document than an object, or another encoding."""
    other = rng.choice(
        (b"", b" ", b"\n", BOM, b"[]", b"null", b"1", b'"x"', b"{}", b"[" + text + b"]",
         b"[" * 100000, b'{"a":' * 100000)
    )  # fmt: skip
    if rng.random() < 0.2:
        return text.decode("utf-8").encode("utf-16-le")
    return other


TEXT_CHANGES = (
    cut_short,
    trailing_text,
    syntax_error,
    bad_white_space,
    invalid_utf8,
    raw_control,
    other_document,
)


# --------------------------------------------------------------------- events


def random_preferences(rng, plan):
    """Members of a preferences object, mostly well formed."""
    members = []
    consenting = rng.choice((0.1, 0.5, 0.7, 0.9, 1.0))
    for category in plan.categories:
        how = rng.random()
        if how < 0.80:
            members.append((category, rng.random() < consenting))
        elif how < 0.88:
            pass
        elif how < 0.93:
            members.append((category, wrong_value(rng)))
        elif how < 0.96:
            members.append((look_alike(rng, category), True))
        elif how < 0.99:
            members.append((near_miss(rng, category), True))
        else:
            members.append((spelled(rng, category, 1.0), rng.random() < consenting))
    if rng.random() < 0.25:
        members.append((rng.choice(CATEGORY_IDS + ["1", "unknown"]), True))
    if rng.random() < 0.05:
        members.append((rng.choice(LONE_SURROGATES), True))
    if members and rng.random() < 0.06:
        # One of them twice, the same again or another, perhaps spelled otherwise.
        key, value = rng.choice(members)
        if rng.random() < 0.5 and not isinstance(key, Raw):
            key = spelled(rng, key)
        members.append((key, value if rng.random() < 0.4 else wrong_value(rng)))
    if rng.random() < 0.3:
        rng.shuffle(members)
    return members


def random_ids(rng, plan):
    """A list of ids, mostly strings."""
    refusing = rng.choice((0, 0.2, 0.5, 1.0))
    ids = [category for category in plan.categories if rng.random() < refusing]
    ids = [spelled(rng, name, 1.0) if rng.random() < 0.05 else name for name in ids]
    if rng.random() < 0.3:
        ids.append(rng.choice(("", "", "unknown", "1", look_alike(rng, "unknown"))))
    if rng.random() < 0.06:
        ids.append(rng.choice((*LONE_SURROGATES, True, None, 7, [], ["Ads"], Obj())))
    rng.shuffle(ids)
    return ids


def random_lists(rng, plan):
    """Members of a consent object with lists."""
    members = []
    if rng.random() < 0.93:
        members.append(("deniedConsentIds", random_ids(rng, plan)))
    if rng.random() < 0.5:
        members.append(("allowedConsentIds", random_ids(rng, plan)))
    if rng.random() < 0.75:
        odd = ("", "none", "Ketch", rng.choice(LONE_SURROGATES), None, True)
        value = rng.choice(PROVIDERS) if rng.random() < 0.9 else rng.choice(odd)
        members.append(("provider", value))
    if rng.random() < 0.7:
        value = rng.choice(("and", "or", "or", "or", "OR", "xor", ""))
        members.append(("resolutionStrategy", value if rng.random() < 0.96 else 1))
    if rng.random() < 0.05:
        members.append((look_alike(rng, rng.choice(members)[0]) if members else "x", []))
    if rng.random() < 0.3:
        rng.shuffle(members)
    return members


def random_integrations(rng, plan):
    """A value for the integrations object, mostly an object."""
    how = rng.random()
    if how < 0.08:
        return Obj()
    if how < 0.14:
        return wrong_value(rng)
    members = []
    if rng.random() < 0.5:
        members.append(("All", rng.choice((True, False, False, Obj(), Obj([("a", 1)])))))
    for key in plan.integrations:
        how = rng.random()
        if how < 0.35:
            value = rng.choice((True, True, False, Obj([("option", "x")]), Obj()))
            members.append((key, value))
        elif how < 0.40:
            members.append((key, wrong_value(rng)))
        elif how < 0.44:
            members.append((look_alike(rng, key), rng.random() < 0.5))
        elif how < 0.46:
            members.append((near_miss(rng, key), rng.random() < 0.5))
    if rng.random() < 0.05:
        members.append(("All", wrong_value(rng)))
    if rng.random() < 0.04:
        members.append((look_alike(rng, "All"), False))
    if members and rng.random() < 0.05:
        key, value = rng.choice(members)
        if rng.random() < 0.5 and not isinstance(key, Raw):
            key = spelled(rng, key)
        members.append((key, rng.choice((value, True, False))))
    if rng.random() < 0.3:
        members.append((rng.choice(("Other", "Mixpanel", "")), rng.random() < 0.5))
    rng.shuffle(members)
    return Obj(members)


def walk_to(rng, root, tokens):
    """The object at the pointer, made where missing; and the steps to it."""
    steps = []
    value = root
    for token in tokens:
        child = value.find(token)
        if not isinstance(child, Obj):
            child = Obj()
            if rng.random() < 0.2:
                child.add(rng.choice(("ip", "library", "\u00e9", "x")), 1)
            value.set(token, child)
        steps.append((value, token))
        value = child
    return value, steps


def change_step(rng, value, key):
    """One hostile change of one member on the way."""
    at = value.place_of(key)
    if at is None:
        return
    _, item = value.members[at]
    how = rng.randrange(11)
    if how == 0:
        put_at_random(rng, value, spelled(rng, key), item)
    elif how == 1:
        put_at_random(rng, value, key, wrong_value(rng))
    elif how == 2:
        put_at_random(rng, value, key, Obj())
    elif how == 3:
        value.members[at] = (key, wrong_value(rng))
    elif how == 4:
        value.members[at] = (look_alike(rng, key), item)
    elif how == 5:
        put_at_random(rng, value, look_alike(rng, key), rng.choice((item, True, Obj())))
    elif how == 6:
        value.members[at] = (near_miss(rng, key), item)
    elif how == 7:
        value.members[at] = (key, [item])
    elif how == 8:
        del value.members[at]
    elif how == 9:
        del value.members[at]
        if rng.random() < 0.5:
            put_at_random(rng, value, rng.choice(LONE_SURROGATES) + "z", 1)
    else:
        value.members[at] = (spelled(rng, key, 1.0), item)


def put_source(rng, plan, root):
    how = rng.random()
    if how < 0.12 or not plan.source_key:
        return
    parent, _ = walk_to(rng, root, plan.source_key[:-1])
    key = plan.source_key[-1]
    listed = plan.other + plan.website
    if plan.other and how < 0.45:
        source = rng.choice(plan.other)
    elif listed and how < 0.65:
        source = rng.choice(listed)
    elif listed and how < 0.75:
        source = rng.choice((look_alike, near_miss))(rng, rng.choice(listed))
    else:
        source = rng.choice(SOURCE_IDS)
    if how > 0.95:
        source = wrong_value(rng)
    elif how > 0.92:
        source = [source]
    if isinstance(parent.find(key), Obj) and rng.random() < 0.8:
        return  # something else stands there already
    parent.set(key, source)
    if rng.random() < 0.06:
        change_step(rng, parent, key)


def put_decoy(rng, plan, root):
    """Consent at places that are other keys."""
    yes = Obj([(category, True) for category in plan.categories])
    consent = Obj([(plan.preferences, yes)])
    how = rng.randrange(5)
    if how == 0:
        properties = Obj([("context", Obj([("consent", consent)]))])
        root.set("properties", properties)
    elif how == 1:
        root.add("context.consent", consent)
    elif how == 2:
        root.add(pointer_text(plan.consent_object) or "/", consent)
    elif how == 3:
        root.add("traits", [Obj([("context", Obj([("consent", consent)]))])])
    else:
        root.add("note", '"context":{"consent":{"categoryPreferences":{"Ads":true}}}')


def random_time(rng):
    zone = rng.choice(("Z", "Z", "+00:00", "+05:30", "-11:00"))
    fraction = rng.choice(("", "", ".5", ".000001"))
    day, hour = rng.randint(24, 26), rng.choice((0, 6, 12, 23))
    return f"2026-11-{day}T{hour:02}:30:00{fraction}{zone}"


def put_timestamp(rng, root):
    """A timestamp, now and then an odd one, none, or two."""
    odd = ("", "yesterday", "2026-11-24", "2026-11-31T00:00:00Z", "\ud800", 7, None, Obj())
    for _ in range(rng.choice((0, 1, 1, 1, 1, 1, 1, 1, 1, 2))):
        root.add("timestamp", random_time(rng) if rng.random() < 0.85 else rng.choice(odd))


def put_message_id(rng, root):
    """A messageId, now and then an odd one, none, or two."""
    odd = ("", "caf\u00e9 \"x\" \\", "\u0000\u2028", "\ud83c\udf6a", "\ud800", 7, None, Obj())
    how = rng.random()
    if how < 0.9:
        value = f"m-{rng.randrange(10**6)}" if how < 0.75 else rng.choice(odd)
        root.add("messageId", value)
    if 0.85 < how < 0.95:
        key = rng.choice(("messageId", look_alike(rng, "messageId")))
        root.add(key, rng.choice(("other", *odd)))


def random_event(rng, plan):
    """One event as a tree."""
    root = Obj([("type", "track")])
    put_message_id(rng, root)
    put_timestamp(rng, root)
    if rng.random() < 0.3:
        root.add("event", rng.choice(("Order Completed", "caf\u00e9", "\U0001f36a")))
    if rng.random() < 0.3:
        root.add("properties", Obj([("total", Raw(rng.choice(NUMBERS[:14])))]))
    if rng.random() < 0.1:
        root.add("n", Raw(rng.choice(NUMBERS)))
    if rng.random() < 0.1:
        root.add("list", [1, [None, Obj([("a", Obj()), ("a", Obj())])], "x"])

    steps = []
    how = rng.random()
    if how < 0.88:
        consent, steps = walk_to(rng, root, plan.consent_object)
        if how < 0.80 or plan.preferences == "":
            preferences = consent
            if plan.preferences != "":
                # Another object may stand there: it takes the members in.
                preferences = consent.find(plan.preferences)
                if not isinstance(preferences, Obj):
                    preferences = Obj()
                    consent.set(plan.preferences, preferences)
                steps.append((consent, plan.preferences))
            if plan.lists:
                preferences.members.extend(random_lists(rng, plan))
                steps += [(preferences, key) for key, _ in preferences.members[:3]]
            else:
                preferences.members.extend(random_preferences(rng, plan))
    elif how < 0.95 and len(plan.consent_object) > 1:
        part = rng.randrange(len(plan.consent_object))
        walk_to(rng, root, plan.consent_object[:part])

    if rng.random() < 0.9:
        put_source(rng, plan, root)

    if rng.random() < 0.55:
        value = random_integrations(rng, plan)
        there = root.find("integrations")
        if isinstance(there, Obj) and isinstance(value, Obj) and rng.random() < 0.9:
            there.members.extend(value.members)
        elif there is None or rng.random() < 0.3:
            root.set("integrations", value)
        if rng.random() < 0.08:
            change_step(rng, root, "integrations")
    elif rng.random() < 0.05:
        root.add(look_alike(rng, "integrations"), rng.choice((Obj(), True, None)))

    if steps and rng.random() < 0.22:
        change_step(rng, *rng.choice(steps))
    elif rng.random() < 0.03:
        words = plan.consent_object + [plan.preferences, "context", "consent"]
        root.add(look_alike(rng, rng.choice(words)), Obj())
    if rng.random() < 0.05:
        put_decoy(rng, plan, root)
    if rng.random() < 0.01:
        put_deep(rng, root)
    if rng.random() < 0.004:
        root.add("padding", "p" * rng.choice((4000, 65536, 131072, 200000)))
    if rng.random() < 0.3:
        rng.shuffle(root.members)
    return root


def put_deep(rng, root):
    """Nesting near 512: the event itself is the first container."""
    inside = rng.choice((1, 50, 509, 510, 511, 511, 512, 513, 800, 5000))
    if rng.random() < 0.5:
        text = "[" * inside + "]" * inside
    else:
        text = '{"d":' * (inside - 1) + "{}" + "}" * (inside - 1)
    root.add("deep", Raw(text))


def write_event(rng, root):
    how = rng.random()
    if how < 0.7:
        writer = Writer(rng)
    else:
        writer = Writer(
            rng,
            spaces=rng.choice((0, 0.1, 0.6)),
            escapes=rng.choice((0, 0.05, 0.4)),
        )
    return writer.write(root)


# ---------------------------------------------------------- lines of no event

CONTROLS = [bytes([code]) for code in range(0x20) if code != 0x0A] + [b"\x7f"]


def not_an_event(rng, good):
    """The bytes of a line that is, mostly, no event."""
    how = rng.randrange(13)
    at = rng.randint(0, len(good))
    if how == 0:
        return good[:at]
    if how == 1:
        end = rng.choice((good, b"{}", b"1", b"null", b",", b"]", b"x", b"}", b'"', b'"x', b'"\\'))
        return good + rng.choice((b"", b" ", b"\t")) + end
    if how == 2:
        return good[:at] + rng.choice(INVALID_UTF8) + good[at:]
    if how == 3:
        return good[:at] + rng.choice(CONTROLS) + good[at:]
    if how == 4:
        return rng.choice(
            (b"[]", b"1", b"null", b"true", b'"x"', b"[" + good + b"]", b"-0", b"x", b"{",
             b"}", b"[", b'"', b"{}{}", b'"{}"', b"tru", b"nul", b"\\", b"0", b"1 2")
        )  # fmt: skip
    if how == 5:
        return other_syntax(rng, good)
    if how == 6:
        byte = bytes([rng.randrange(256)])
        return good[:at] + byte + good[at + 1 :]
    if how == 7:
        return good[:at] + good[at + 1 :]
    if how == 8:
        return BOM + good
    if how == 9:
        return rng.randbytes(rng.randint(1, 40))
    if how == 10:
        space = rng.choice((b"\x0b", b"\x0c", b"\xc2\xa0", b"\xe2\x80\xa8", BOM, b"\x00"))
        return good[:1] + space + good[1:]
    if how == 11:
        count = rng.choice((512, 513, 1000, 20000))
        return rng.choice((b"[", b'{"a":', b'{"a":[')) * count
    return rng.choice((good + b"\r", b"\r" + good, b"\r", b" \r", b"\t\r", b"\r\r"))


def other_syntax(rng, good):
    """A member that some parsers read and JSON does not know."""
    member = rng.choice(
        (b'"n":NaN', b'"n":Infinity', b'"n":-Infinity', b'"n":01', b'"n":+1', b'"n":.5',
         b'"n":1.', b'"n":0x1', b'"n":1e', b'"n":-', b'"n":True', b'"n":undefined',
         b"n:1", b"'n':1", b'"n":1,', b',"n":1', b'"n" 1', b'"n":', b'"n"', b'"n":"\\x41"',
         b'"n":"\\u12"', b'"n":"\\u12G4"', b'"n":"\\\'"', b'"n":"\t"', b'"n":[1,]',
         b'"n":[1 2]', b'"n":{1:2}', b'"n":1/**/', b'"n":1//', b'"n":"\\u+123"',
         b'"n":1_000', b'"n":00', b'"n":-01', b'"n":1.e1', b'"n":"\\U0041"', b"null:1",
         b'"n":"\\ud83d"', b'"n":1e5', b'"n":"\\/"', b'"n":"\x7f"', b'"n":--1',
         b'"n":"\\u 041"', b'"n":1 .0', b'"n":t rue', b'"\\ud83d\\u0041":1', b'"n"::1')
    )  # fmt: skip
    return b"{" + member + (b"," if len(good) > 2 else b"") + good[1:]


def blank_line(rng):
    return rng.choice((b"", b"", b" ", b"\t", b"  \t ", b" " * 300))


def random_lines(rng, plan, count):
    """The bytes of an input with so many lines, aimed at the mapping."""
    parts = []
    if rng.random() < 0.08:
        parts.append(BOM)
    crlf = rng.choice((0.0, 0.02, 0.02, 0.5, 1.0))
    for _ in range(count):
        how = rng.random()
        if how < 0.02:
            line = blank_line(rng)
        else:
            line = write_event(rng, random_event(rng, plan))
            if how < 0.13:
                line = not_an_event(rng, line)
            elif how < 0.15:
                line = b" " + line + rng.choice((b" ", b"\t", b""))
        parts.append(line)
        parts.append(b"\r\n" if rng.random() < crlf else b"\n")
    if rng.random() < 0.15:
        parts.pop()  # a last line without its end
        if rng.random() < 0.2:
            parts.append(b"\r")
    return b"".join(parts)


# ------------------------------------------------------------------- by hand


def reasons_reached(seed, mappings, events):
    """How often each reason comes, by the oracle."""
    import oracle

    reached = Counter()
    for number in range(mappings):
        rng = random.Random(f"{seed}/{number}")
        plan = random_mapping(rng)
        mapping = oracle.read_mapping(write_mapping(rng, plan.tree))
        for line in oracle.split_lines(random_lines(rng, plan, events)):
            kind, event = oracle.classify_line(line)
            reached[f"line: {kind}"] += 1
            if kind != oracle.EVENT:
                continue
            for _, decision, reason in oracle.decide(mapping, event):
                reached[f"{decision}: {reason}"] += 1
    return reached


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--events", type=int, default=20)
    parser.add_argument("--verbose", action="store_true", help="the reasons reached")
    options = parser.parse_args()
    sys.dont_write_bytecode = True  # the source folder stays as it is
    if options.verbose:
        for name, count in sorted(reasons_reached(options.seed, 200, 75).items()):
            print(f"{count:8} {name}")
        return
    rng = random.Random(f"{options.seed}/0")
    plan = random_mapping(rng)
    sys.stdout.buffer.write(write_mapping(rng, plan.tree) + b"\n")
    sys.stdout.buffer.write(random_lines(rng, plan, options.events))


if __name__ == "__main__":
    main()

"""A second implementation of the consent contract, slow and plain.

It is written from the contract's sentences (the mapping file and the decision;
the command line), row by row, and shares nothing with the program. The random
differential compares the two.

The policy rudderstack is in rudderstack.py. Each comment names the section of the
contract that its rule comes from; "mapping" is the mapping contract and "cli"
the command line's.
"""

import json
import re
import sys
from dataclasses import dataclass, replace

import rudderstack

ORACLE = sys.modules[__name__]  # for rudderstack, which looks at values as this does

BOM = b"\xef\xbb\xbf"
DEFAULT_MAX_LINE = 16 * 1024 * 1024  # cli, Filter: --max-line, default 16 MiB
MAX_DEPTH = 512  # cli, A line that is not an event: deeper than 512

BLANK = "blank"
REJECTED = "rejected"
EVENT = "event"

DELIVER = "deliver"
BLOCK = "block"


# ---------------------------------------------------------------- JSON values


class NotJson(Exception):
    """The bytes are not one JSON value in strict UTF-8."""


class Number(str):
    """A number, kept as its text: nothing here computes with it."""


class Object:
    """A JSON object with all its members, duplicates included, in order."""

    def __init__(self, members):
        self.members = members  # list of (key, value)

    def values_of(self, key):
        """Every value that stands under this very key."""
        return [value for name, value in self.members if name == key]

    def keys(self):
        return [name for name, _ in self.members]

    def is_empty(self):
        return not self.members


def refuse_constant(text):
    raise NotJson(f"{text} is no JSON value")


def parse_json(data):
    """Bytes to a value: strict UTF-8, RFC 8259, nothing lost, nothing added."""
    try:
        text = data.decode("utf-8", errors="strict")
        return json.loads(
            text,
            object_pairs_hook=Object,
            parse_int=Number,
            parse_float=Number,
            parse_constant=refuse_constant,
        )
    except UnicodeDecodeError as error:
        raise NotJson("not UTF-8") from error
    except json.JSONDecodeError as error:
        raise NotJson(str(error)) from error
    except RecursionError as error:
        raise NotJson("nested without end") from error


def is_object(value):
    return isinstance(value, Object)


def is_array(value):
    return isinstance(value, list)


def is_string(value):
    return isinstance(value, str) and not isinstance(value, Number)


def is_boolean(value):
    return value is True or value is False


def depth_of(value):
    """How many objects and arrays stand inside each other, at most."""
    depth = 0
    level = [value]
    while True:
        containers = [item for item in level if is_object(item) or is_array(item)]
        if not containers:
            return depth
        depth += 1
        level = []
        for container in containers:
            if is_object(container):
                level.extend(item for _, item in container.members)
            else:
                level.extend(container)


def has_lone_surrogate(text):
    return re.search("[\ud800-\udfff]", text) is not None


# ------------------------------------------------------------------ the input


def split_lines(data):
    """The input's lines, each with its line end as it came."""
    # cli, Filter, Input: a UTF-8 BOM at the start is skipped.
    if data.startswith(BOM):
        data = data[len(BOM) :]
    lines = data.split(b"\n")
    last = lines.pop()
    lines = [line + b"\n" for line in lines]
    # cli, Filter, Input: a last line without `\n` counts.
    if last:
        lines.append(last)
    return lines


def line_content(line):
    """The line without its end."""
    # cli, Filter: a line's end is `\n` or `\r\n`. A CR without LF is no end.
    if line.endswith(b"\r\n"):
        return line[:-2]
    if line.endswith(b"\n"):
        return line[:-1]
    return line


# cli, A line that is not an event: a raw control byte other than TAB. DEL is none:
# RFC 8259, section 7 lets it stand in a string, and its control characters end at 0x1f.
CONTROL_BYTES = rb"[\x00-\x08\x0a-\x1f]"


def has_control_byte(content):
    # The CR of the line's end is already cut.
    return re.search(CONTROL_BYTES, content) is not None


def classify_line(line, max_line=DEFAULT_MAX_LINE):
    """(BLANK, None), (REJECTED, None) or (EVENT, the event as an Object)."""
    content = line_content(line)
    # cli, A line that is not an event: longer than --max-line (without its end).
    if len(content) > max_line:
        return REJECTED, None
    # cli, Filter, Input: blank lines are skipped.
    if content.strip(b" \t") == b"":
        return BLANK, None
    # cli, A line that is not an event: a raw control byte other than TAB.
    if has_control_byte(content):
        return REJECTED, None
    # cli, A line that is not an event: not JSON, two values, not strict UTF-8.
    try:
        value = parse_json(content)
    except NotJson:
        return REJECTED, None
    # cli, A line that is not an event: not an object.
    if not is_object(value):
        return REJECTED, None
    # cli, A line that is not an event: deeper than 512.
    if depth_of(value) > MAX_DEPTH:
        return REJECTED, None
    return EVENT, value


# ------------------------------------------------------------------- policies

# mapping, The knobs: the values that each knob may have.
KNOBS = {
    "match": ("any", "all"),
    "unmapped": ("block", "deliver"),
    "integrations": ("ignore", "veto"),
    "disabled": ("deny", "ignore"),
    "empty": ("deny", "absent", "absent-without-integrations"),
    "absent": ("deliver", "deny"),
}

# mapping, The knobs: the columns of the table.
POLICIES = {
    "segment-beta": {
        "match": "any",
        "unmapped": "block",
        "integrations": "ignore",
        "disabled": "deny",
        "empty": "deny",
        "absent": "deliver",
    },
    "segment": {
        "match": "all",
        "unmapped": "deliver",
        "integrations": "veto",
        "disabled": "ignore",
        "empty": "absent-without-integrations",
        "absent": "deliver",
    },
    "rudderstack": {
        "match": "all",
        "unmapped": "deliver",
        "integrations": "veto",
        "disabled": "ignore",
        "empty": "absent",
        "absent": "deliver",
    },
    "strict": {
        "match": "all",
        "unmapped": "block",
        "integrations": "veto",
        "disabled": "deny",
        "empty": "deny",
        "absent": "deny",
    },
}

KINDS = ("event-streaming", "warehouse", "other")


# ---------------------------------------------------------------- the mapping


class MappingError(Exception):
    """The mapping cannot be used."""


@dataclass(frozen=True)
class Destination:
    id: str
    categories: tuple  # category ids
    integrations: tuple  # its own keys in the integrations object
    kind: str
    match: str  # any or all, the rules' or its own
    needs: tuple = ()  # of the policy rudderstack: what it asks, by provider


@dataclass(frozen=True)
class Mapping:
    policy: str
    rules: dict  # knob -> value
    consent_object: tuple  # tokens of the pointer to the consent object
    preferences: str  # member that holds the booleans; "" = the consent object
    source_key: tuple  # tokens of the pointer to the source id
    other_sources: frozenset
    known_categories: frozenset
    disabled_categories: frozenset
    destinations: tuple  # in the mapping's order
    asks_for_all: bool  # the file's own rules say match: all


def read_mapping(data):
    """The mapping's bytes to a Mapping, or MappingError."""
    # mapping, The file: a leading BOM is skipped.
    if data.startswith(BOM):
        data = data[len(BOM) :]
    # mapping, The file: JSON (RFC 8259), UTF-8, no comments.
    try:
        top = parse_json(data)
    except NotJson as error:
        raise MappingError(f"not JSON: {error}") from error
    refuse_bad_keys_and_strings(top)
    check_members(
        top,
        "the mapping",
        (
            "$schema",
            "version",
            "policy",
            "rules",
            "consent",
            "sources",
            "categories",
            "destinations",
        ),
    )
    # mapping, The file, `$schema`: a string; ignored.
    optional_string(top, "$schema", None)
    # mapping, The file, `version`: an integer, required, 1.
    version = required(top, "version")
    if not (isinstance(version, Number) and version == "1"):
        raise MappingError("version is not 1")
    policy = read_policy(top)
    rules = read_rules(top, policy)
    consent_object, preferences = read_consent(top, policy)
    source_key, other_sources = read_sources(top)
    declared, disabled = read_categories(top, policy)
    destinations = read_destinations(top, policy, rules, declared)
    # mapping, The file, `categories`: implied by the destinations where missing.
    known = set(declared or ())
    for destination in destinations:
        known.update(destination.categories)
        known.update(name for need in destination.needs for name in need.categories)
    return Mapping(
        policy=policy,
        rules=rules,
        consent_object=consent_object,
        preferences=preferences,
        source_key=source_key,
        other_sources=other_sources,
        known_categories=frozenset(known),
        disabled_categories=frozenset(disabled),
        destinations=tuple(destinations),
        asks_for_all=has(top, "rules")
        and optional_string(member(top, "rules"), "match", None) == "all",
    )


def refuse_bad_keys_and_strings(value):
    """Duplicate keys and lone surrogates, anywhere in the mapping."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if is_object(item):
            seen = set()
            for key, member in item.members:
                # mapping, The file: a duplicate key is an error.
                if key in seen:
                    raise MappingError(f"duplicate key {key!r}")
                seen.add(key)
                # mapping, The file: a lone surrogate is an error.
                if has_lone_surrogate(key):
                    raise MappingError("lone surrogate in a key")
                waiting.append(member)
        elif is_array(item):
            waiting.extend(item)
        elif is_string(item) and has_lone_surrogate(item):
            # mapping, The file: a lone surrogate is an error.
            raise MappingError("lone surrogate in a string")


def check_members(value, what, allowed):
    """The value is an object, and no key is unknown."""
    # mapping, The file: a wrong type is an error.
    if not is_object(value):
        raise MappingError(f"{what} is not an object")
    # mapping, The file: an unknown key is an error.
    for key in value.keys():
        if key not in allowed:
            raise MappingError(f"unknown key {key!r} in {what}")


def has(value, key):
    return len(value.values_of(key)) > 0


def member(value, key):
    return value.values_of(key)[0]


def required(value, key):
    if not has(value, key):
        raise MappingError(f"{key} is missing")
    return member(value, key)


def optional_string(value, key, default):
    if not has(value, key):
        return default
    # mapping, The file: a wrong type is an error (null is one).
    if not is_string(member(value, key)):
        raise MappingError(f"{key} is not a string")
    return member(value, key)


def optional_strings(value, key, default):
    if not has(value, key):
        return default
    return strings(member(value, key), key)


def strings(value, what):
    # mapping, The file: a wrong type is an error.
    if not is_array(value):
        raise MappingError(f"{what} is not an array")
    for item in value:
        if not is_string(item):
            raise MappingError(f"{what} holds something other than strings")
    return value


def one_of(text, allowed, what):
    if text not in allowed:
        raise MappingError(f"{what} is none of {allowed}")
    return text


def read_policy(top):
    # mapping, The file, `policy`: a string; segment-beta by default.
    policy = optional_string(top, "policy", "segment-beta")
    return one_of(policy, tuple(POLICIES), "policy")


def read_rules(top, policy):
    rules = dict(POLICIES[policy])
    if not has(top, "rules"):
        return rules
    # mapping, The file, `rules`: overrides single knobs of the policy.
    section = member(top, "rules")
    check_members(section, "rules", tuple(KNOBS))
    for knob, default in POLICIES[policy].items():
        value = optional_string(section, knob, default)
        rules[knob] = one_of(value, KNOBS[knob], knob)
    return rules


def read_pointer(text):
    """The tokens of a JSON Pointer (RFC 6901)."""
    if text == "":
        return ()
    if not text.startswith("/"):
        raise MappingError("a pointer starts with /")
    # RFC 6901, 3: `~` stands only before 0 or 1.
    if re.search("~(?![01])", text):
        raise MappingError("a lone ~ in a pointer")
    # RFC 6901, 4: first ~1 to /, then ~0 to ~.
    return tuple(
        token.replace("~1", "/").replace("~0", "~") for token in text[1:].split("/")
    )


def read_consent(top, policy):
    # mapping, The file, `consent`: the defaults.
    pointer = rudderstack.OBJECT if policy == "rudderstack" else "/context/consent"
    preferences = "categoryPreferences"
    if has(top, "consent"):
        section = member(top, "consent")
        known = ("object",) if policy == "rudderstack" else ("object", "preferences")
        check_members(section, "consent", known)
        pointer = optional_string(section, "object", pointer)
        preferences = optional_string(section, "preferences", preferences)
    return read_pointer(pointer), preferences


def read_sources(top):
    # mapping, The file, `sources`: none; its key is /writeKey by default.
    pointer = "/writeKey"
    website = []
    other = []
    if has(top, "sources"):
        section = member(top, "sources")
        check_members(section, "sources", ("key", "website", "other"))
        pointer = optional_string(section, "key", pointer)
        website = optional_strings(section, "website", website)
        other = optional_strings(section, "other", other)
    # mapping, The file: a source listed as both kinds is an error.
    if set(website) & set(other):
        raise MappingError("a source is listed as both kinds")
    return read_pointer(pointer), frozenset(other)


def check_category_id(text, policy):
    # mapping, The file: category ids, 1 to 34 characters; rudderstack: not empty.
    if text == "" or (len(text) > 34 and policy != "rudderstack"):
        raise MappingError("a category id has 1 to 34 characters")
    # mapping, The file: category ids, not starting with a digit.
    if text[0] in "0123456789" and policy != "rudderstack":
        raise MappingError("a category id starts with a digit")
    # mapping, The file: category ids, no control characters (Unicode's Cc).
    if re.search("[\x00-\x1f\x7f-\x9f]", text):
        raise MappingError("a category id holds a control character")


def check_destination_id(text):
    # mapping, The file: destination ids, 1 to 255 bytes of A-Z a-z 0-9 . _ -
    if re.fullmatch("[A-Za-z0-9._-]{1,255}", text) is None:
        raise MappingError("a destination id has other characters or a bad length")
    # mapping, The file: destination ids, not `.` or `..`, nor three words.
    if text in (".", "..", "__proto__", "prototype", "constructor"):
        raise MappingError("a destination id that is not safe")


def read_categories(top, policy):
    """(declared ids or None where the section is missing, disabled ids)."""
    if not has(top, "categories"):
        return None, set()
    section = member(top, "categories")
    # mapping, The file: a wrong type is an error.
    if not is_object(section):
        raise MappingError("categories is not an object")
    declared = set()
    disabled = set()
    for category, entry in section.members:
        check_category_id(category, policy)
        # mapping, The file, `categories`: name, description, enabled, optional.
        check_members(entry, "a category", ("name", "description", "enabled"))
        optional_string(entry, "name", None)
        optional_string(entry, "description", None)
        # mapping, The file, `categories`: enabled is true by default.
        enabled = member(entry, "enabled") if has(entry, "enabled") else True
        if not is_boolean(enabled):
            raise MappingError("enabled is neither true nor false")
        declared.add(category)
        if not enabled:
            disabled.add(category)
    return declared, disabled


def read_destinations(top, policy, rules, declared):
    # mapping, The file, `destinations`: an object, required, not empty.
    section = required(top, "destinations")
    if not is_object(section):
        raise MappingError("destinations is not an object")
    if section.is_empty():
        raise MappingError("no destination")
    destinations = []
    for destination, entry in section.members:
        check_destination_id(destination)
        destinations.append(read_destination(destination, entry, policy, rules, declared))
    return destinations


def read_destination(destination, entry, policy, rules, declared):
    if is_array(entry):
        # mapping, The file, `destinations`: the short form, an array of ids.
        entry = Object([("categories", entry)])
    check_members(
        entry,
        f"destination {destination}",
        ("categories", "name", "integrations", "kind", "match")
        + (("provider", "consents") if policy == "rudderstack" else ()),
    )
    needs = rudderstack.read_needs(ORACLE, entry) if policy == "rudderstack" else ()
    # mapping, The file, destinations: the defaults of each member.
    categories = optional_strings(entry, "categories", [])
    name = optional_string(entry, "name", destination)
    integrations = optional_strings(entry, "integrations", [name])
    kind = one_of(optional_string(entry, "kind", "event-streaming"), KINDS, "kind")
    match = one_of(
        optional_string(entry, "match", rules["match"]), KNOBS["match"], "match"
    )
    for category in (*categories, *(name for need in needs for name in need.categories)):
        check_category_id(category, policy)
        # mapping, The file, `categories`: where present, every one is declared.
        if declared is not None and category not in declared:
            raise MappingError(f"category {category!r} is not declared")
    # mapping, The file: a category listed twice in one destination is an error.
    for listed in (categories, *(need.categories for need in needs)):
        if len(set(listed)) != len(listed):
            raise MappingError("a category is listed twice")
    return Destination(
        id=destination,
        categories=tuple(categories),
        integrations=tuple(integrations),
        kind=kind,
        match=match,
        needs=needs,
    )


# ---------------------------------------------------------- what an event says

ABSENT = "absent"
EMPTY = "empty"
MALFORMED = "malformed"
STATED = "stated"


def up_to_nul(text):
    return text.split("\0")[0]


def lower_ascii(text):
    return re.sub("[A-Z]", lambda letter: letter.group().lower(), text)


def has_look_alike(value, key):
    """Whether the object, which lacks the key, holds a look-alike of it."""
    # mapping, Ambiguity, Look-alikes: equal when ASCII case is ignored, or equal
    # up to an embedded NUL, or any key with a lone surrogate escape.
    for other in value.keys():
        if lower_ascii(up_to_nul(other)) == lower_ascii(up_to_nul(key)):
            return True
        if has_lone_surrogate(other):
            return True
    return False


MISSING = "missing"
AMBIGUOUS = "ambiguous"
FOUND = "found"


def step(value, key):
    """One key on the way to the preferences: (MISSING, AMBIGUOUS or FOUND, object)."""
    values = value.values_of(key)
    if len(values) == 0:
        # mapping, Ambiguity, Look-alikes: missing, but a look-alike is there.
        if has_look_alike(value, key):
            return AMBIGUOUS, None
        return MISSING, None
    # mapping, The consent state, malformed: it occurs twice in one object.
    if len(values) > 1:
        return AMBIGUOUS, None
    # mapping, The consent state, malformed: present but not an object.
    if not is_object(values[0]):
        return AMBIGUOUS, None
    return FOUND, values[0]


def consent_of(mapping, event):
    """(consent state, preferences or None)."""
    if mapping.policy == "rudderstack":
        return rudderstack.consent_of(ORACLE, mapping, event)
    # The consent object: the event itself where the pointer has no token.
    consent = event
    for token in mapping.consent_object:
        found, consent = step(consent, token)
        if found == AMBIGUOUS:
            return MALFORMED, None
        if found == MISSING:
            # mapping, The consent state, absent: the way to it ends.
            return ABSENT, None
    # mapping, The file, `consent`: preferences "" = the consent object itself.
    preferences = consent
    if mapping.preferences != "":
        found, preferences = step(consent, mapping.preferences)
        if found == AMBIGUOUS:
            return MALFORMED, None
        if found == MISSING:
            # mapping, The consent state, empty: no preferences member.
            return EMPTY, None
    # mapping, The consent state, malformed: a category that the mapping knows
    # occurs twice in the preferences.
    for category in mapping.known_categories:
        if len(preferences.values_of(category)) > 1:
            return MALFORMED, None
    # mapping, The consent state, stated: `{}` included.
    return STATED, preferences


def integrations_of(event):
    """MISSING, AMBIGUOUS or FOUND, and the integrations object."""
    # mapping, The integrations object; Ambiguity, Look-alikes: not an object,
    # two members, or a look-alike in its place.
    return step(event, "integrations")


def integrations_empty(event):
    """Whether the integrations object is missing or empty."""
    found, integrations = integrations_of(event)
    if found == MISSING:
        return True
    # mapping, The file: a malformed, doubled or look-alike one is not empty.
    if found == AMBIGUOUS:
        return False
    return integrations.is_empty()


def value_allows(value):
    # mapping, The integrations object: true or an object (options); any other
    # value does not allow.
    return value is True or is_object(value)


def integrations_allow(event, destination):
    found, integrations = integrations_of(event)
    # mapping, The integrations object: missing allows all.
    if found == MISSING:
        return True
    # mapping, The integrations object: not an object, or two of them: nothing.
    if found == AMBIGUOUS:
        return False
    # mapping, The integrations object: `{}` allows all.
    if integrations.is_empty():
        return True
    # mapping, The integrations object: `All` twice: not allowed, for anyone.
    all_values = integrations.values_of("All")
    if len(all_values) > 1:
        return False
    own_values = []
    for key in set(destination.integrations):
        values = integrations.values_of(key)
        # mapping, The integrations object: an own key twice: not allowed.
        if len(values) > 1:
            return False
        own_values.extend(values)
    if own_values:
        # mapping, The integrations object: of two own keys, one that does not
        # allow is enough.
        return all(value_allows(value) for value in own_values)
    # mapping, The integrations object: no own key, and no `All`: allowed.
    if not all_values:
        return True
    # mapping, The integrations object: `kind: warehouse` is exempt from `All`.
    if destination.kind == "warehouse":
        return True
    # mapping, The integrations object: `All` that does not allow.
    return value_allows(all_values[0])


def from_other_source(mapping, event):
    """Whether the event's source is listed under sources.other."""
    value = event
    for token in mapping.source_key:
        # mapping, Ambiguity, Sources: missing or twice is an unlisted source.
        if not is_object(value) or len(value.values_of(token)) != 1:
            return False
        value = member(value, token)
    # mapping, Ambiguity, Sources: no string is an unlisted source.
    return is_string(value) and value in mapping.other_sources


# --------------------------------------------------------------- the decision


def not_enforced_by_absence(mapping, event, state):
    absent_delivers = mapping.rules["absent"] == "deliver"
    # mapping, The consent state: absent goes by the knob `absent`.
    if state == ABSENT:
        return absent_delivers
    # mapping, The consent state: empty goes by the knob `empty`.
    if state == EMPTY:
        if mapping.rules["empty"] == "absent":
            return absent_delivers
        if mapping.rules["empty"] == "absent-without-integrations":
            return absent_delivers and integrations_empty(event)
        return False
    # mapping, The consent state: malformed is always denied.
    return False


def if_integrations_allow(event, destination, reason):
    # mapping, The decision: where integrations do not allow, block.
    if integrations_allow(event, destination):
        return DELIVER, reason
    return BLOCK, "integrations"


def consented(mapping, destination, preferences):
    """Whether the categories are consented as `match` asks."""
    answers = []
    for category in destination.categories:
        disabled = category in mapping.disabled_categories
        # mapping, The knobs, disabled: `ignore` drops it from the list.
        if disabled and mapping.rules["disabled"] == "ignore":
            continue
        # mapping, The decision, 5: exactly true; a disabled one never.
        answers.append(preferences.values_of(category) == [True] and not disabled)
    if destination.match == "any":
        return any(answers)
    return all(answers)


def decide_one(mapping, event, destination, state, preferences):
    """(deliver or block, reason): the first row that fits."""
    rules = mapping.rules

    # Row 1: consent is not enforced.
    all_disabled = destination.categories and all(
        category in mapping.disabled_categories for category in destination.categories
    )
    if (
        destination.kind != "event-streaming"
        or from_other_source(mapping, event)
        or (all_disabled and rules["disabled"] == "ignore")
    ):
        return if_integrations_allow(event, destination, "not-enforced")

    # Row 2: not enforced by absence.
    if not_enforced_by_absence(mapping, event, state):
        return if_integrations_allow(event, destination, "no-consent-object")

    # Row 3: the destination has no categories.
    if not destination.categories:
        if rules["unmapped"] == "block":
            return BLOCK, "unmapped"
        if rules["integrations"] == "veto":
            return if_integrations_allow(event, destination, "unmapped")
        return DELIVER, "unmapped"

    # Row 4: denied; the reason follows the consent state.
    if state == MALFORMED:
        return BLOCK, "malformed-consent"
    if state == EMPTY:
        return BLOCK, "empty-consent"
    if state == ABSENT:
        return BLOCK, "no-consent-object"

    # Row 5: stated, and not consented.
    if not consented(mapping, destination, preferences):
        enabled = replace(mapping, disabled_categories=frozenset())
        if mapping.disabled_categories:
            decision, _ = decide_one(enabled, event, destination, state, preferences)
            if decision == DELIVER:
                return BLOCK, "category-disabled"
        return BLOCK, "end-user-consent"

    # Row 6: consented.
    if rules["integrations"] == "veto":
        return if_integrations_allow(event, destination, "consented")
    return DELIVER, "consented"


def decide(mapping, event):
    """For each destination in the mapping's order: (id, decision, reason)."""
    state, preferences = consent_of(mapping, event)
    return [
        (destination.id, *decide_one(mapping, event, destination, state, preferences))
        for destination in destinations_for(mapping, event, state)
    ]


def destinations_for(mapping, event, state):
    """The destinations, with what they ask of this event."""
    if mapping.policy != "rudderstack":
        return mapping.destinations
    return tuple(
        rudderstack.applying(ORACLE, mapping, event, destination, state)
        for destination in mapping.destinations
    )

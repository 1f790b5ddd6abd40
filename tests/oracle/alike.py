"""Whether `assent diff` finds a difference exactly where there is one.

    alike.py ASSENT [--mappings N] [--seed S]

Two mappings decide alike when the oracle delivers every event to the same
destinations under both. Here the events are not random: for two small mappings
every combination of what an event can say to either of them is made, so that
where there is a difference one of the events shows it. The second mapping is the
first one in other words, or changed, or both, in ways that often do not matter.
The output is TAP; a pair of mappings that went wrong is printed.
"""

import argparse
import itertools
import os
import random
import subprocess
import sys
import tempfile
from dataclasses import replace

sys.dont_write_bytecode = True  # the source folder stays as it is

import generate  # noqa: E402
import oracle  # noqa: E402
import rudderstack  # noqa: E402

CATEGORIES_MOST, DESTINATIONS_MOST = 3, 3
EVENTS_MOST = 60000
UNKNOWN = "a category that no mapping knows"


class TooMany(Exception):
    """The two mappings' events would take too long, or get into each other's way."""


# ------------------------------------------------------------------ the events


def nested(tokens, value):
    """The members of an event that holds the value there."""
    for token in reversed(tokens):
        value = oracle.Object([(token, value)])
    return value.members


def consents_of_preferences(mapping, known):
    tokens = list(mapping.consent_object)
    if mapping.preferences != "":
        tokens.append(mapping.preferences)
    for depth in range(1, len(tokens)):
        yield nested(tokens[:depth], oracle.Object([]))
    if tokens:
        yield nested(tokens, None)
    for answers in itertools.product((True, False), repeat=len(known)):
        preferences = list(zip(known, answers))
        yield nested(tokens, oracle.Object(preferences))
        for category in known:
            yield nested(tokens, oracle.Object([*preferences, (category, True)]))


def consents_of_lists(mapping, known, providers):
    tokens = list(mapping.consent_object)
    for depth in range(1, len(tokens)):
        yield nested(tokens[:depth], oracle.Object([]))
    yield nested(tokens, oracle.Object([("deniedConsentIds", [])]))
    yield nested(tokens, oracle.Object([]))
    yield nested(tokens, oracle.Object([("deniedConsentIds", None)]))
    for provider, strategy in itertools.product(providers, ("and", "or")):
        for answers in itertools.product((True, False), repeat=len(known)):
            denied = [UNKNOWN] + [name for name, answer in zip(known, answers) if answer]
            members = [("deniedConsentIds", denied), ("resolutionStrategy", strategy)]
            if provider is not None:
                members.append(("provider", provider))
            yield nested(tokens, oracle.Object(members))


def consents_of(mappings):
    known = sorted(mappings[0].known_categories | mappings[1].known_categories)
    providers = [None, "one that no mapping knows"]
    for mapping in mappings:
        for destination in mapping.destinations:
            providers += [need.provider for need in destination.needs]
    yield []
    for mapping in mappings:
        if mapping.policy == "rudderstack":
            yield from consents_of_lists(mapping, known, sorted(set(providers), key=str))
        else:
            yield from consents_of_preferences(mapping, known)


def integrations_of(mappings):
    keys = set()
    for mapping in mappings:
        for destination in mapping.destinations:
            keys.update(destination.integrations)
    keys.discard("All")
    yield []
    for members in ([], [("All", False)], [("All", True)], [("no key", True)]):
        yield [("integrations", oracle.Object(members))]
    yield [("integrations", None)]
    for key in sorted(keys):
        for members in ([(key, False)], [(key, True), ("All", False)]):
            yield [("integrations", oracle.Object(members))]


def sources_of(mappings):
    yield []
    for mapping in mappings:
        if mapping.source_key:
            for source in sorted(mapping.other_sources):
                yield nested(mapping.source_key, source)


def first_tokens(mappings):
    """The members of an event that are in use, each for one thing alone."""
    consent, source = set(), set()
    for mapping in mappings:
        tokens = (*mapping.consent_object, *([mapping.preferences] * (mapping.preferences != "")))
        consent.update(tokens[:1] or ("",))
        source.update(mapping.source_key[:1] if mapping.other_sources else ())
    return consent, source


def events_for(mappings):
    if len(mappings[0].known_categories | mappings[1].known_categories) > CATEGORIES_MOST + 1:
        raise TooMany
    consent, source = first_tokens(mappings)
    if consent & source or {"integrations", ""} & (consent | source):
        raise TooMany
    parts = [list(part(mappings)) for part in (consents_of, integrations_of, sources_of)]
    if len(parts[0]) * len(parts[1]) * len(parts[2]) > EVENTS_MOST:
        raise TooMany
    for members in itertools.product(*parts):
        yield oracle.Object([member for part in members for member in part])


def delivered(mapping, event):
    return {name for name, what, _ in oracle.decide(mapping, event) if what == oracle.DELIVER}


def find_difference(mappings):
    """An event that the mappings let go to different destinations, or None."""
    names = [{destination.id for destination in mapping.destinations} for mapping in mappings]
    if names[0] != names[1]:
        return "one has a destination that the other has not"
    for event in events_for(mappings):
        if delivered(mappings[0], event) != delivered(mappings[1], event):
            return event
    return None


# ---------------------------------------------------------------- the mappings


def at_one(rng, mapping, change):
    """The mapping with one destination changed."""
    at = rng.randrange(len(mapping.destinations))
    others = list(mapping.destinations)
    others[at] = change(others[at])
    return replace(mapping, destinations=tuple(others))


def moved_consent(rng, mapping):
    """The same way to the preferences, but another consent object."""
    tokens = (*mapping.consent_object, *([mapping.preferences] * (mapping.preferences != "")))
    if mapping.policy == "rudderstack" or not tokens:
        return mapping
    if rng.random() < 0.5 or tokens[-1] == "":
        return replace(mapping, consent_object=tokens, preferences="")
    return replace(mapping, consent_object=tokens[:-1], preferences=tokens[-1])


def other_kind(rng, mapping):
    kind = rng.choice(("event-streaming", "other", "warehouse"))
    return at_one(rng, mapping, lambda destination: replace(destination, kind=kind))


def other_keys(rng, mapping):
    keys = rng.choice(((), ("All",), ("All", "x"), ("x",), ("x", "x")))
    return at_one(rng, mapping, lambda destination: replace(destination, integrations=keys))


def other_need(rng, mapping):
    """A need that may be there already, for another provider."""
    if mapping.policy != "rudderstack":
        return mapping

    def change(destination):
        need = rng.choice(destination.needs)
        provider = rng.choice((None, "oneTrust", "ketch", "custom", "x"))
        if provider in [one.provider for one in destination.needs]:
            return destination
        match = rng.choice((need.match, None, "all"))
        more = rudderstack.Need(provider, match, need.categories)
        return replace(destination, needs=(*destination.needs, more))

    return at_one(rng, mapping, change)


def other_knob(rng, mapping):
    lists = mapping.policy == "rudderstack"
    knob = rng.choice([name for name in sorted(generate.KNOB_VALUES) if name != "match" or not lists])
    value = rng.choice(generate.KNOB_VALUES[knob])
    return replace(mapping, rules={**mapping.rules, knob: value})


def another_category(rng, mapping):
    return replace(mapping, known_categories=mapping.known_categories | {"Brand new"})


def other_sources(rng, mapping):
    key = rng.choice((mapping.source_key, (), ("writeKey",)))
    ids = rng.choice((mapping.other_sources, frozenset(), frozenset(("x",))))
    return replace(mapping, source_key=key, other_sources=ids)


def fewer_categories(rng, mapping):
    def change(destination):
        needs = tuple(replace(need, categories=()) for need in destination.needs)
        return replace(destination, categories=(), needs=needs)

    return at_one(rng, mapping, change)


CHANGES = (
    moved_consent, other_kind, other_keys, other_need, other_knob, another_category,
    other_sources, fewer_categories, generate.changed_mapping,
)


def random_pair(rng):
    """Two mappings' texts, and what the oracle makes of them."""
    while True:
        plan = generate.random_mapping(rng)
        text = generate.write_mapping(rng, plan.tree)
        mapping = oracle.read_mapping(text)
        if (
            len(mapping.known_categories) <= CATEGORIES_MOST
            and len(mapping.destinations) <= DESTINATIONS_MOST
        ):
            break
    while rng.random() < 0.3:
        mapping = rng.choice(CHANGES)(rng, mapping)
    texts = []
    for _ in range(2):
        texts.append(generate.write_mapping(rng, generate.spelled_out(rng, mapping)))
        for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
            mapping = rng.choice(CHANGES)(rng, mapping)
    return texts, [oracle.read_mapping(text) for text in texts]


def diff(assent, folder, texts):
    names = []
    for number, text in enumerate(texts):
        names.append(os.path.join(folder, f"{number}.json"))
        with open(names[-1], "wb") as file:
            file.write(text)
    return subprocess.run([assent, "diff", *names], capture_output=True, timeout=60, check=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("assent")
    parser.add_argument("--mappings", type=int, default=300)
    parser.add_argument("--seed", default="1")
    options = parser.parse_args()
    found = {"alike": 0, "different": 0, "passed over": 0}
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        number = 0
        while found["alike"] + found["different"] < options.mappings and not wrong:
            rng = random.Random(f"{options.seed}/{number}")
            number += 1
            texts, mappings = random_pair(rng)
            try:
                difference = find_difference(mappings)
            except TooMany:
                found["passed over"] += 1
                continue
            done = diff(options.assent, folder, texts)
            found["alike" if difference is None else "different"] += 1
            if done.returncode != (0 if difference is None else 1):
                wrong += 1
                print(f"# pair {number - 1}: status {done.returncode}")
                for text in (*texts, done.stdout, done.stderr):
                    print("#", ascii(text.decode())[1:-1])
                if isinstance(difference, oracle.Object):
                    print("#", [(key, vars_of(value)) for key, value in difference.members])
    print("1..2")
    print("ok 1" if not wrong else "not ok 1", "- diff finds a difference where there is one, alone")
    both = wrong or min(found["alike"], found["different"]) * 8 > options.mappings
    print("ok 2" if both else "not ok 2", "- there are enough of both")
    print("#", found)
    return 0 if both and not wrong else 1


def vars_of(value):
    if isinstance(value, oracle.Object):
        return {key: vars_of(item) for key, item in value.members}
    return value


if __name__ == "__main__":
    sys.exit(main())

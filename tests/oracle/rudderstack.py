"""The policy `rudderstack` of the contract (mapping.md, "Policy `rudderstack`").

What the lists say is turned into preferences, and what a destination asks of an
event into a destination with categories and a match, so that the rest of the
oracle decides as it does for the other policies.
"""

from dataclasses import dataclass, replace

OBJECT = "/context/consentManagement"
LISTS = ("deniedConsentIds", "allowedConsentIds")
WORDS = ("provider", "resolutionStrategy")


@dataclass(frozen=True)
class Need:
    provider: str | None  # None: any
    match: str | None  # None: not given
    categories: tuple


NOTHING = Need(None, None, ())  # asked of an event of a provider that no need is for


def read_needs(oracle, entry):
    """The needs of a destination's object, by both ways to write them."""
    beside = [key for key in ("categories", "match", "provider") if oracle.has(entry, key)]
    if not oracle.has(entry, "consents"):
        return (read_need(oracle, entry),)
    if beside:
        raise oracle.MappingError("consents, and what belongs into it beside it")
    section = oracle.member(entry, "consents")
    if not oracle.is_array(section):
        raise oracle.MappingError("consents is not an array")
    needs = []
    for item in section:
        oracle.check_members(item, "consents", ("categories", "match", "provider"))
        oracle.required(item, "categories")
        needs.append(read_need(oracle, item))
    if len({need.provider for need in needs}) != len(needs):
        raise oracle.MappingError("two items for one provider")
    return tuple(needs) or (Need(None, None, ()),)


def read_need(oracle, entry):
    provider = oracle.optional_string(entry, "provider", None)
    if provider == "":
        raise oracle.MappingError("an empty provider")
    match = oracle.optional_string(entry, "match", None)
    if match is not None:
        oracle.one_of(match, oracle.KNOBS["match"], "match")
    return Need(provider, match, tuple(oracle.optional_strings(entry, "categories", [])))


def member_of(oracle, consent, key, is_kind):
    """The member's value, None where it is missing; ValueError where it is malformed."""
    values = consent.values_of(key)
    if not values and not oracle.has_look_alike(consent, key):
        return None
    if len(values) != 1 or not is_kind(values[0]):
        raise ValueError(key)
    return values[0]


def consent_of(oracle, mapping, event):
    """(consent state, preferences or None), as the oracle's own."""
    consent = event
    for token in mapping.consent_object:
        found, consent = oracle.step(consent, token)
        if found == oracle.AMBIGUOUS:
            return oracle.MALFORMED, None
        if found == oracle.MISSING:
            return oracle.ABSENT, None
    try:
        denied, allowed = (member_of(oracle, consent, key, oracle.is_array) for key in LISTS)
        words = [member_of(oracle, consent, key, oracle.is_string) for key in WORDS]
    except ValueError:
        return oracle.MALFORMED, None
    items = [*(denied or ()), *(allowed or ())]
    if not all(oracle.is_string(item) for item in items):
        return oracle.MALFORMED, None
    texts = [*items, *(word for word in words if word is not None)]
    if any(oracle.has_lone_surrogate(text) for text in texts):
        return oracle.MALFORMED, None
    if denied is None:
        return oracle.EMPTY, None
    denied = [item for item in denied if item != ""]
    if not denied:
        return oracle.ABSENT, None
    preferences = [(category, category not in denied) for category in mapping.known_categories]
    unknown = {item for item in items if item != ""} - mapping.known_categories
    return oracle.STATED, oracle.Object(preferences + [(item, None) for item in unknown])


def applying(oracle, mapping, event, destination, state):
    """The destination as it is for this event."""
    by_provider = {need.provider: need for need in destination.needs}
    if len(by_provider) == 1 and None in by_provider:
        need = by_provider[None]
    elif state != oracle.STATED:
        need = strictest(mapping, (*destination.needs, by_provider.get(None, NOTHING)))
    else:
        provider = word_of(oracle, mapping, event, "provider")
        need = by_provider.get(provider)
        if not provider:  # RudderStack's older settings
            older = [by_provider.get(name) for name in ("oneTrust", "ketch")]
            given = [one for one in older if one is not None and one.match is not None]
            need = given[0] if given else None
        if need is None:
            need = by_provider.get(None, NOTHING)
    match = need.match
    if match is None and (need.provider == "custom" or mapping.asks_for_all):
        match = "all"
    if match is None:
        any_suffices = word_of(oracle, mapping, event, "resolutionStrategy") == "or"
        match = "any" if any_suffices else "all"
    return replace(destination, categories=need.categories, match=match)


def strictest(mapping, needs):
    """Where consent is not stated: what asks for anything, else what is unmapped."""
    ignored_needs = [need for need in needs if ignored(mapping, need.categories)]
    unmapped = [need for need in needs if not need.categories]
    enforced = [need for need in needs if need not in ignored_needs + unmapped]
    return (enforced + unmapped + ignored_needs)[0]


def ignored(mapping, categories):
    ignores = mapping.rules["disabled"] == "ignore"
    return bool(categories) and ignores and all(category in mapping.disabled_categories for category in categories)


def word_of(oracle, mapping, event, key):
    """A word of a consent object that is well formed, or None."""
    consent = event
    for token in mapping.consent_object:
        found, consent = oracle.step(consent, token)
        if found != oracle.FOUND:
            return None
    values = consent.values_of(key)
    return values[0] if len(values) == 1 and oracle.is_string(values[0]) else None

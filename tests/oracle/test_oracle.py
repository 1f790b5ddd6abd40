"""Checks of the oracle itself, by hand, from the contract's sentences."""

import sys
import unittest

sys.dont_write_bytecode = True  # the source folder stays as it is

import generate  # noqa: E402
import oracle  # noqa: E402

ANY_ALL = '"any":["A","B"],"all":{"categories":["A","B"],"match":"all"}'


def mapping_of(destinations, rest=""):
    text = '{"version":1,"destinations":{' + destinations + "}" + rest + "}"
    return oracle.read_mapping(text.encode())


def consent(preferences):
    return '{"context":{"consent":{"categoryPreferences":' + preferences + "}}}"


def decided(mapping, event):
    """The decisions for one event, as {destination id: "decision reason"}."""
    kind, value = oracle.classify_line(event.encode())
    assert kind == oracle.EVENT, event
    return {name: f"{what} {why}" for name, what, why in oracle.decide(mapping, value)}


def one(event, destination='"d":["A"]', rest=""):
    """The decision for the one destination d."""
    return decided(mapping_of(destination, rest), event)["d"]


class Lines(unittest.TestCase):
    def kinds(self, expected, *lines):
        for line in lines:
            with self.subTest(line=line[:60]):
                self.assertEqual(oracle.classify_line(line)[0], expected)

    def test_blank(self):
        self.kinds("blank", b"", b"\n", b"\r\n", b" \t\n", b"  ")

    def test_event(self):
        self.kinds("event", b"{}", b"{}\n", b"{}\r\n", b' {"a"\t:\t1.10} ', b'{"a":1,"a":2}')
        self.kinds("event", b'{"\\ud800":"\\udfff"}', '{"é":"\U0001f36a"}'.encode())

    def test_not_an_object_or_two_values(self):
        self.kinds("rejected", b"[]", b"1", b"null", b'"{}"', b"{}{}", b"{} 1", b"{},")

    def test_not_json(self):
        self.kinds("rejected", b"{", b'{"a":NaN}', b'{"a":-Infinity}', b'{"a":01}')
        self.kinds("rejected", b'{"a":1,}', b"{a:1}", b'{"a":"\t"}', b'{"a":"\\x41"}', b'{"a":1.}')

    def test_control_bytes(self):
        self.kinds("rejected", b"{}\r", b"{}\r\r\n", b"{\r}\n", b"\r", b"{}\x0b", b"{\x00}")
        self.kinds("rejected", b'{"a":"\x01"}', b'{"a":"\x1f"}')
        self.kinds("event", b'{"a":"\x7f"}')

    def test_not_utf8(self):
        for wrong in generate.INVALID_UTF8:
            self.kinds("rejected", b'{"a":"' + wrong + b'"}')

    def test_depth(self):
        self.kinds("event", b'{"a":' * 511 + b"{}" + b"}" * 511)
        self.kinds("event", b'{"a":' + b"[" * 511 + b"]" * 511 + b"}")
        self.kinds("rejected", b'{"a":' * 512 + b"{}" + b"}" * 512)
        self.kinds("rejected", b'{"a":' + b"[" * 512 + b"]" * 512 + b"}")
        self.kinds("rejected", b'{"a":' * 99999 + b"{}" + b"}" * 99999)

    def test_max_line_without_the_end(self):
        for line in (b'{"a":1}', b'{"a":1}\n', b'{"a":1}\r\n'):
            self.assertEqual(oracle.classify_line(line, 7)[0], "event")
            self.assertEqual(oracle.classify_line(line, 6)[0], "rejected")

    def test_split(self):
        self.assertEqual(
            oracle.split_lines(b"\xef\xbb\xbf{}\r\n\n1"), [b"{}\r\n", b"\n", b"1"]
        )
        self.assertEqual(oracle.split_lines(b""), [])
        self.assertEqual(oracle.split_lines(b"{}\n"), [b"{}\n"])


class Mappings(unittest.TestCase):
    def refused(self, *texts):
        for text in texts:
            with self.subTest(text=text):
                data = text if isinstance(text, bytes) else text.encode()
                self.assertRaises(oracle.MappingError, oracle.read_mapping, data)

    def test_defaults(self):
        mapping = oracle.read_mapping(b'\xef\xbb\xbf{"version":1,"destinations":{"d":[]}}')
        self.assertEqual(mapping.policy, "segment-beta")
        self.assertEqual(mapping.consent_object, ("context", "consent"))
        self.assertEqual(mapping.preferences, "categoryPreferences")
        self.assertEqual(mapping.source_key, ("writeKey",))
        destination = mapping.destinations[0]
        self.assertEqual(destination.integrations, ("d",))
        self.assertEqual(destination.kind, "event-streaming")
        self.assertEqual(destination.match, "any")

    def test_name_is_the_default_of_integrations(self):
        mapping = mapping_of('"d":{"name":"D d"},"e":{"name":"x","integrations":[]}')
        self.assertEqual(mapping.destinations[0].integrations, ("D d",))
        self.assertEqual(mapping.destinations[1].integrations, ())

    def test_rules_override_the_policy(self):
        mapping = mapping_of('"d":[]', ',"policy":"segment","rules":{"match":"any"}')
        self.assertEqual(mapping.rules["match"], "any")
        self.assertEqual(mapping.rules["unmapped"], "deliver")

    def test_pointers(self):
        tokens = mapping_of('"d":[]', ',"consent":{"object":"/a~1b//~01/~0~1"}')
        self.assertEqual(tokens.consent_object, ("a/b", "", "~1", "~/"))
        self.assertEqual(oracle.read_pointer(""), ())
        self.assertEqual(oracle.read_pointer("/"), ("",))

    def test_the_example_is_refused(self):
        text = """{"version": 1, "categories": {"Advertising": {"name": "x"}, "Analytics": {},
          "DataSharing": {"enabled": false}}, "destinations": {"google-ads": ["Advertising"],
          "amplitude": {"categories": ["Analytics", "Functional"], "name": "Amplitude"},
          "warehouse": {"kind": "warehouse"}}}"""
        self.refused(text)
        oracle.read_mapping(text.replace('"DataS', '"Functional":{},"DataS').encode())

    def test_top(self):
        good = '"version":1,"destinations":{"d":[]}'
        oracle.read_mapping(("{" + good + "}").encode())
        self.refused("", "[]", "null", "{" + good, "{" + good + "}1", "{" + good + ",}")
        self.refused("{" + good + ',"x":1}', "{" + good + ',"version":1}')
        self.refused("{" + good + ',"v\\u0065rsion":1}', "{" + good + ',"$schema":1}')
        self.refused("{" + good + ',"$schema":"\\ud800"}', "{\v" + good + "}", "{\f" + good + "}")
        self.refused(b'{"version":1,"destinations":{"d":{"name":"\xff"}}}')

    def test_version(self):
        for version in ("2", '"1"', "1.0", "true", "null", "1e0"):
            self.refused('{"version":' + version + ',"destinations":{"d":[]}}')
        self.refused('{"destinations":{"d":[]}}')

    def test_destinations(self):
        self.refused('{"version":1}', '{"version":1,"destinations":{}}')
        self.refused('{"version":1,"destinations":[]}')
        for name in ("", ".", "..", "__proto__", "a b", "é", "a/b", "x" * 256):
            self.refused('{"version":1,"destinations":{"' + name + '":[]}}')
        for entry in ("null", '"A"', '["A","A"]', "[1]", '{"x":1}', '{"kind":"Other"}'):
            self.refused('{"version":1,"destinations":{"d":' + entry + "}}")
        for entry in ('{"match":"or"}', '{"name":1}', '{"integrations":"x"}', '{"provider":"x"}'):
            self.refused('{"version":1,"destinations":{"d":' + entry + "}}")

    def test_category_ids(self):
        for name in ("x" * 34, "\U0001f36a" * 34, " ", "a1", "é"):
            mapping_of(f'"d":["{name}"]')
        for name in ("", "1", "9a", "x" * 35, "\\u0000", "a\\n", "\\ud800", "\\u007f"):
            self.refused('{"version":1,"destinations":{"d":["' + name + '"]}}')

    def test_sections(self):
        bad = (
            '"policy":"Segment"',
            '"policy":null',
            '"rules":{"match":"or"}',
            '"rules":{"x":"any"}',
            '"rules":{"absent":true}',
            '"consent":{"object":"context"}',
            '"consent":{"object":"/a~2"}',
            '"consent":{"preferences":null}',
            '"sources":{"key":"~"}',
            '"sources":{"website":["a"],"other":["a"]}',
            '"sources":{"other":"a"}',
            '"categories":{"A":{"enabled":1}}',
            '"categories":{"A":true}',
            '"categories":{"1":{}}',
            '"categories":[]',
        )
        for section in bad:
            self.refused('{"version":1,"destinations":{"d":[]},' + section + "}")


class ConsentState(unittest.TestCase):
    """Under a mapping that knows A, read from the state itself."""

    def state(self, event, rest=""):
        _, value = oracle.classify_line(event.encode())
        return oracle.consent_of(mapping_of('"d":["A"]', rest), value)[0]

    def test_absent(self):
        for event in ("{}", '{"context":{}}', '{"properties":{"context":{"consent":{}}}}'):
            self.assertEqual(self.state(event), "absent", event)

    def test_empty_and_stated(self):
        self.assertEqual(self.state('{"context":{"consent":{}}}'), "empty")
        self.assertEqual(self.state('{"context":{"consent":{"x":1}}}'), "empty")
        self.assertEqual(self.state(consent("{}")), "stated")
        self.assertEqual(self.state(consent('{"x":1,"x":2}')), "stated")
        escaped = '{"context":{"\\u0063onsent":{"categoryPreferences":{}}}}'
        self.assertEqual(self.state(escaped), "stated")

    def test_malformed(self):
        for event in (
            '{"context":null}',
            '{"context":[]}',
            '{"context":{"consent":[{}]}}',
            consent("null"),
            consent("[]"),
            consent('{"A":true,"A":true}'),
            consent('{"A":true,"\\u0041":true}'),
            '{"context":{},"context":{}}',
            '{"context":{"consent":{},"\\u0063onsent":{}}}',
        ):
            self.assertEqual(self.state(event), "malformed", event)

    def test_look_alikes(self):
        for key in (
            "Context",
            "CONTEXT",
            "context\\u0000",
            "conText\\u0000x",
            "\\ud800",
            "x\\udfff",
        ):
            self.assertEqual(self.state('{"' + key + '":1}'), "malformed", key)
            self.assertEqual(self.state('{"' + key + '":1,"context":{}}'), "absent", key)
        for key in ("context ", "contex", "\\u0000context", "conte\u00d7t", "\\ud83d\\ude00"):
            self.assertEqual(self.state('{"' + key + '":1}'), "absent", key)
        self.assertEqual(
            self.state('{"context":{"consent":{"categorypreferences":{}}}}'), "malformed"
        )

    def test_only_ascii_case_is_ignored(self):
        rest = ',"consent":{"object":"/k"}'
        self.assertEqual(self.state('{"K":1}', rest), "malformed")
        self.assertEqual(self.state('{"\u212a":1}', rest), "absent")

    def test_other_places(self):
        rest = ',"consent":{"object":"","preferences":"p"}'
        self.assertEqual(self.state("{}", rest), "empty")
        self.assertEqual(self.state('{"p":{}}', rest), "stated")
        rest = ',"consent":{"object":"","preferences":""}'
        self.assertEqual(self.state("{}", rest), "stated")
        self.assertEqual(self.state('{"A":1,"A":1}', rest), "malformed")


class Decisions(unittest.TestCase):
    def test_match(self):
        mapping = mapping_of(ANY_ALL)
        for preferences, any_, all_ in (
            ('{"A":true,"B":true}', "deliver consented", "deliver consented"),
            ('{"A":true,"B":false}', "deliver consented", "block end-user-consent"),
            ('{"A":false}', "block end-user-consent", "block end-user-consent"),
            ("{}", "block end-user-consent", "block end-user-consent"),
        ):
            found = decided(mapping, consent(preferences))
            self.assertEqual(found, {"any": any_, "all": all_}, preferences)

    def test_exactly_true(self):
        for value in ("false", '"true"', "1", "null", "[true]", "{}", "[]"):
            event = consent('{"A":' + value + "}")
            self.assertEqual(one(event), "block end-user-consent", value)
        self.assertEqual(one(consent('{"a":true,"A ":true}')), "block end-user-consent")

    def test_never_normalised(self):
        composed, decomposed = '"d":["\u00e9"]', '{"e\u0301":true}'
        self.assertEqual(one(consent(decomposed), composed), "block end-user-consent")
        self.assertEqual(one(consent('{"\\u00e9":true}'), composed), "deliver consented")

    def test_absent_by_policy(self):
        for policy, expected in (
            ("segment-beta", "deliver no-consent-object"),
            ("segment", "deliver no-consent-object"),
            ("strict", "block no-consent-object"),
        ):
            self.assertEqual(one("{}", rest=f',"policy":"{policy}"'), expected)

    def test_empty_by_policy(self):
        empty = '{"context":{"consent":{}}}'
        with_integrations = '{"context":{"consent":{}},"integrations":{"x":true}}'
        look_alike = '{"context":{"consent":{}},"Integrations":{}}'
        self.assertEqual(one(empty), "block empty-consent")
        segment = ',"policy":"segment"'
        self.assertEqual(one(empty, rest=segment), "deliver no-consent-object")
        self.assertEqual(one(with_integrations, rest=segment), "block empty-consent")
        self.assertEqual(one(look_alike, rest=segment), "block empty-consent")
        denied = ',"policy":"segment","rules":{"absent":"deny"}'
        self.assertEqual(one(empty, rest=denied), "block empty-consent")

    def test_malformed(self):
        self.assertEqual(one('{"context":1}'), "block malformed-consent")

    def test_unmapped(self):
        self.assertEqual(one(consent("{}"), '"d":[]'), "block unmapped")
        segment = ',"policy":"segment"'
        self.assertEqual(one(consent("{}"), '"d":[]', segment), "deliver unmapped")
        self.assertEqual(one('{"context":1}', '"d":[]', segment), "deliver unmapped")
        event = '{"context":{"consent":1},"integrations":{"All":false}}'
        self.assertEqual(one(event, '"d":[]', segment), "block integrations")
        self.assertEqual(one("{}", '"d":[]'), "deliver no-consent-object")

    def test_kinds_are_not_enforced(self):
        for kind in ("warehouse", "other"):
            destination = '"d":{"kind":"' + kind + '","categories":["A"]}'
            self.assertEqual(one(consent("{}"), destination), "deliver not-enforced")

    def test_sources(self):
        rest = ',"sources":{"other":["m"],"website":["w"]}'
        refused = '"context":{"consent":{"categoryPreferences":{}}}'
        enforced = "block end-user-consent"
        for source, expected in (
            ('"writeKey":"m"', "deliver not-enforced"),
            ('"writeKey":"w"', enforced),
            ('"writeKey":"x"', enforced),
            ('"writeKey":["m"]', enforced),
            ('"writeKey":"m","writeKey":"m"', enforced),
            ('"WriteKey":"m"', enforced),
            ('"x":1', enforced),
        ):
            event = "{" + source + "," + refused + "}"
            self.assertEqual(one(event, rest=rest), expected, source)

    def test_pointers_do_not_index_arrays(self):
        rest = ',"sources":{"key":"/s/0","other":["m"]},"consent":{"object":"/c/0"}'
        self.assertEqual(one('{"s":["m"],"c":[{}]}', rest=rest), "block malformed-consent")
        self.assertEqual(one('{"s":{"0":"m"},"c":[{}]}', rest=rest), "deliver not-enforced")

    def test_disabled_deny(self):
        declared = ',"categories":{"A":{"enabled":false},"B":{}}'
        both = consent('{"A":true,"B":true}')
        only_a = consent('{"A":true,"B":false}')
        self.assertEqual(one(both, rest=declared), "block category-disabled")
        self.assertEqual(one(consent("{}"), rest=declared), "block end-user-consent")
        found = decided(mapping_of(ANY_ALL, declared), both)
        self.assertEqual(
            found, {"any": "deliver consented", "all": "block category-disabled"}
        )
        found = decided(mapping_of(ANY_ALL, declared), only_a)
        self.assertEqual(
            found, {"any": "block category-disabled", "all": "block end-user-consent"}
        )

    def test_category_disabled_only_if_it_would_be_delivered(self):
        rest = ',"categories":{"A":{"enabled":false}},"rules":{"integrations":"veto"}'
        event = consent('{"A":true}')[:-1] + ',"integrations":{"d":false}}'
        self.assertEqual(one(event, rest=rest), "block end-user-consent")

    def test_disabled_ignore(self):
        rest = ',"categories":{"A":{"enabled":false},"B":{}},"rules":{"disabled":"ignore"}'
        self.assertEqual(one(consent("{}"), rest=rest), "deliver not-enforced")
        found = decided(mapping_of(ANY_ALL, rest), consent('{"B":true}'))
        self.assertEqual(
            found, {"any": "deliver consented", "all": "deliver consented"}
        )
        found = decided(mapping_of(ANY_ALL, rest), consent('{"A":true}'))
        self.assertEqual(
            found, {"any": "block category-disabled", "all": "block end-user-consent"}
        )

    def test_integrations_ignored_or_vetoing(self):
        event = consent('{"A":true}')[:-1] + ',"integrations":{"All":false}}'
        self.assertEqual(one(event), "deliver consented")
        self.assertEqual(one(event, rest=',"policy":"segment"'), "block integrations")
        self.assertEqual(one('{"integrations":{"All":false}}'), "block integrations")


class Integrations(unittest.TestCase):
    """Without a consent object, so that integrations alone decide."""

    ALLOWED = "deliver no-consent-object"
    BLOCKED = "block integrations"

    def check(self, integrations, expected, destination='"d":["A"]'):
        event = '{"integrations":' + integrations + "}"
        self.assertEqual(one(event, destination), expected, event)

    def test_allowed(self):
        self.assertEqual(one("{}"), self.ALLOWED)
        for value in (
            "{}",
            '{"x":false}',
            '{"d":true,"All":false}',
            '{"d":{},"All":false}',
            '{"All":true}',
            '{"All":{}}',
            '{"D":false}',
            '{"all":false}',
            '{"x":false,"x":false}',
        ):
            self.check(value, self.ALLOWED)

    def test_not_allowed(self):
        for value in (
            "null",
            "[]",
            '"x"',
            '{"d":false}',
            '{"d":null,"All":true}',
            '{"d":"true"}',
            '{"d":1}',
            '{"d":[]}',
            '{"All":false}',
            '{"All":null}',
            '{"All":0}',
            '{"d":true,"d":true}',
            '{"All":true,"All":true}',
            '{"d":true,"All":true,"\\u0041ll":true}',
        ):
            self.check(value, self.BLOCKED)

    def test_doubled_and_look_alike(self):
        self.assertEqual(one('{"integrations":{},"integrations":{}}'), self.BLOCKED)
        for key in ("Integrations", "integrations\\u0000x", "\\udc00"):
            event = '{"context":{},"' + key + '":{}}'
            self.assertEqual(one(event), self.BLOCKED, key)
            event = '{"context":{},"' + key + '":{},"integrations":{}}'
            self.assertEqual(one(event), self.ALLOWED, key)

    def test_two_own_keys(self):
        destination = '"d":{"categories":["A"],"integrations":["x","y","x"]}'
        self.check('{"x":true,"y":true,"All":false}', self.ALLOWED, destination)
        self.check('{"x":true,"y":false}', self.BLOCKED, destination)
        self.check('{"x":true,"All":false}', self.ALLOWED, destination)
        self.check('{"d":false}', self.ALLOWED, destination)

    def test_warehouse(self):
        warehouse = '"d":{"kind":"warehouse"}'
        self.check('{"All":false}', "deliver not-enforced", warehouse)
        self.check('{"d":false}', self.BLOCKED, warehouse)
        self.check("[]", self.BLOCKED, warehouse)
        self.check('{"All":false,"All":false}', self.BLOCKED, warehouse)
        self.check('{"All":false}', self.BLOCKED, '"d":{"kind":"other"}')


class Generator(unittest.TestCase):
    def test_the_same_seed_gives_the_same(self):
        def made():
            rng = generate.random.Random("seed")
            plan = generate.random_mapping(rng)
            text = generate.write_mapping(rng, plan.tree)
            bad = generate.random_bad_mapping(rng)
            return text, generate.random_lines(rng, plan, 50), bad

        self.assertEqual(made(), made())

    def test_every_reason_is_reached(self):
        reached = generate.reasons_reached("test", 60, 40)
        for name in (
            "block: category-disabled",
            "block: empty-consent",
            "block: end-user-consent",
            "block: integrations",
            "block: malformed-consent",
            "block: no-consent-object",
            "block: unmapped",
            "deliver: consented",
            "deliver: no-consent-object",
            "deliver: not-enforced",
            "deliver: unmapped",
            "line: blank",
            "line: rejected",
        ):
            self.assertGreater(reached[name], 5, name)

    def test_bad_mappings_are_bad(self):
        for number in range(600):
            rng = generate.random.Random(f"bad/{number}")
            change, text = generate.random_bad_mapping(rng)
            with self.subTest(change=change, number=number):
                self.assertRaises(oracle.MappingError, oracle.read_mapping, text)


if __name__ == "__main__":
    unittest.main()

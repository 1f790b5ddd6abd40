"""Reads the numbers out of the page that `assent report` writes."""

from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "link", "input"}


class ReportPage(HTMLParser):
    """The page's numbers, under the names of --stats=json, and what it is made of."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.counts = {}
        self.consent = {}
        self.destinations = {}
        self.categories = []
        self.undeclared = []
        self.tags = set()
        self.attributes = set()
        self.open = []  # (tag, attributes) of the elements around
        self.item = None  # the attributes of the list item at hand
        self.in_code = self.in_number = False
        self.code = self.number = ""
        self.feed(text)
        self.close()
        assert self.open == [], self.open

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.add(tag)
        self.attributes |= set(attrs)
        if tag not in VOID:
            self.open.append((tag, attrs))
        if tag == "div" and "data-destination" in attrs:
            self.destinations[attrs["data-destination"]] = {"delivered": {}, "blocked": {}}
        elif tag == "div" and attrs.get("class") == "row category":
            self.categories.append({})
        elif tag == "li":
            self.item, self.number, self.code = attrs, "", ""
        self.in_code = self.in_code or tag == "code"
        if tag == "code":
            self.code = ""
        self.in_number = self.in_number or tag == "b"

    def handle_data(self, data):
        if self.in_code:
            self.code += data
        if self.in_number:
            self.number += data

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag, tag
        if tag == "code":
            self.in_code = False
            if any(attrs.get("class") == "row category" for _, attrs in self.open):
                self.categories[-1]["category"] = self.code
        elif tag == "b":
            self.in_number = False
        elif tag == "li":
            self.end_item()

    def end_item(self):
        around = {attrs.get("id") for _, attrs in self.open}
        kind, name = self.item.get("data-kind"), self.item.get("data-name")
        if "counts" in around:
            self.counts[name] = int(self.number)
        elif "undeclared" in around:
            self.undeclared.append((self.code, int(self.number)))
        elif kind == "consent":
            self.consent[name] = int(self.number)
        elif kind == "category":
            self.categories[-1][name] = int(self.number)
        elif kind in ("delivered", "blocked"):
            list(self.destinations.values())[-1][kind][name] = int(self.number)

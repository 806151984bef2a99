"""Tables show any text as text."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.web.code_spans import told_html
from watchkeeper.web.tables import Cell, Column, Row, table_html

COLUMNS = (Column("what"), Column("how many", number=True))
TEXT = st.text(alphabet=st.sampled_from("<>&\"'`/=ab å\n"), max_size=30)


class Parsed(HTMLParser):
    """The tags and the cells' texts of a piece of HTML, as a browser takes them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[dict[str, str | None]] = []
        self.texts: list[str] = [""]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.append(dict(attrs))
        if tag == "td":
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        self.texts[-1] += data


@given(text=TEXT, link=TEXT, css=TEXT, more=TEXT, field=TEXT)
def test_no_text_becomes_a_tag_or_an_attribute(text: str, link: str, css: str, more: str, field: str) -> None:
    cells = (Cell(text, link=link, css=css, more=more), Cell("1"))
    parsed = Parsed(table_html(COLUMNS, [Row(cells, css=css, field=field)], empty=""))
    assert parsed.tags == ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "a", "td"]
    assert parsed.texts[1:] == [text, "1"]
    known = {"class", "scope", "title", "data-field", "href"}
    assert all(set(attributes) <= known for attributes in parsed.attributes)
    assert parsed.attributes[-2]["href"] == link


@given(TEXT)
def test_a_told_text_is_text_and_code_alone(text: str) -> None:
    parsed = Parsed(told_html(text))
    assert set(parsed.tags) <= {"code"}
    assert "".join(parsed.texts).replace("`", "") == text.replace("`", "")


def test_numbers_stand_to_the_right_under_their_title() -> None:
    html = table_html(COLUMNS, [Row((Cell("pages"), Cell("9")))], empty="")
    assert '<th scope="col" class="num">how many</th>' in html
    assert '<td class="num">9</td>' in html


def test_a_table_without_rows_says_what_to_do() -> None:
    html = table_html(COLUMNS, [], empty="nothing yet: `wk run <files>`")
    assert html == '<div class="wk-empty">nothing yet: <code>wk run &lt;files&gt;</code></div>'

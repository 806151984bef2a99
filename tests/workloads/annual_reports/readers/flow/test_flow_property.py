"""The property: flats, area, building year, designation, municipality."""

import pytest

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions


def field(**keys: object) -> FieldInstructions:
    return FieldInstructions.model_validate(keys)


FLATS = field(
    kind="count", labels=("owned flats", "flats", "held in ownership"), side="either",
    avoid=("rented", "sold"), cues=("owned", "ownership"), minimum=2, maximum=2000,
)  # fmt: skip
AREA = field(
    kind="area", labels=("total area", "living area"), avoid=("plot",), minimum=100,
    hints={"parts": ("living area", "livingarea", "shoparea")},
)  # fmt: skip
BUILT = field(
    kind="year",
    labels=("built", "year of building"),
    avoid=("rated",),
    cues=("house", "houses"),
    minimum=1600,
)
BLOCK = field(kind="designation", labels=("designation", "property"), avoid=("shared",), cues=("owns",))
TOWN = field(kind="place", labels=("borough", "seat in"), side="either", hints={"not_places": ("utopia",)})


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("The guild holds 346 owned flats of 15 348 sqm and 1 shop.", 346),
        ("The guild has 5 rented flats and 89 owned flats in all.", 89),
        ("There are 24 flats. 23 pcs flats held in ownership and 1 rented.", 23),
        ("This year 7 owned flats sold. Owned flats: 62", 62),
        ("61\nowned flats and one flat rented out", 61),
    ],
)
def test_only_owned_flats_are_counted(read_pages, text: str, count: int) -> None:
    assert read_pages(text, fields={"flats": FLATS})["flats"].value == count


def test_rented_flats_alone_are_no_answer(read_pages) -> None:
    assert read_pages("The guild has 5 flats rented out.", fields={"flats": FLATS}) == {}


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("The total area is\n17466 sqm.", 17466),
        ("The total area by the deed is 8 009 sqm, whereof 7 531 sqm flats.", 8009),
        ("Plot total area plot 2 333 sqm. Total area 2 560 sqm.", 2560),
        ("Count Name Total area sqm\n34 flats owned 2858\n2 flats rented 170\nTotal 36 objects 3 028", 3028),
        ("The living area is 7 109 sqm and shoparea 107 sqm.", 7216),
        ("The living area is 4 433 sqm whereof shoparea 60 sqm.", 4433),
    ],
)
def test_the_total_area_is_read_from_prose_and_tables(read_pages, text: str, area: int) -> None:
    assert read_pages(text, fields={"area": AREA})["area"].value == area


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("The house was built 1939 and rated 1999.", 1939),
        ("The houses were built 2011 - 2012 by masons.", 2012),
        ("Block Bought Year of building\nSolen 3 2006-06-07 1993", 1993),
        ("Balconies built 2015. The house was built 1965.", 1965),
    ],
)
def test_the_building_year_is_read(read_pages, text: str, year: int) -> None:
    assert read_pages(text, fields={"built": BUILT})["built"].value == year


@pytest.mark.parametrize(
    "text", ["Rated year is 2020", "Year of building and areas\nRated year is 1980", "Rated built 2013"]
)
def test_a_rated_year_is_no_building_year(read_pages, text: str) -> None:
    assert read_pages(text, fields={"built": BUILT}) == {}


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("Designation Bought Borough\nSolen 3 2015 Holm", "Solen 3"),
        ("Designation: Holm Solen 3 in Holm borough", "Solen 3"),
        ("The guild owns the property Solen 3 and 4.", "Solen 3 and 4"),
        ("The guild owns the property Stora Solen 12, with lease.", "Stora Solen 12"),
        ("Property designation Månen 16 and Månen 17 in Holms borough", "Månen 16 and Månen 17"),
        (
            "The guild owns the property Solen 5; Solen 6; Solen 7. It has 3 flats.",
            "Solen 5; Solen 6; Solen 7",
        ),
        (
            "A garage shared with the property Solen 1\nThe guild owns the property Solen 3 in Holm.",
            "Solen 3",
        ),
    ],
)
def test_a_designation_is_a_name_and_a_number(read_pages, text: str, block: str) -> None:
    assert read_pages(text, fields={"block": BLOCK})["block"].value == block


@pytest.mark.parametrize(
    ("text", "town"),
    [
        ("The guild has its seat in Holms borough.", "Holm"),
        ("The guild has its seat in\nHolm.", "Holm"),
        ("The land lies in Strandness borough", "Strandness"),
        ("Designation Bought Borough\nSolen 3 2015 Holm", "Holm"),
    ],
)
def test_a_municipality_is_read_without_its_genitive(read_pages, text: str, town: str) -> None:
    fields = {"town": TOWN, "block": BLOCK}
    assert read_pages(text, fields=fields)["town"].value == town


def test_a_country_is_no_municipality(read_pages) -> None:
    assert read_pages("The guild has its seat in Utopia.", fields={"town": TOWN}) == {}


def test_a_count_in_words_is_read(read_pages) -> None:
    told = FieldInstructions.model_validate(
        {"kind": "count", "labels": ("flats",), "side": "either", "minimum": 2}
    )
    page = "The guild owns the block Sunhill 6 and lets four flats to its members."
    assert read_pages(page, fields={"flats": told})["flats"].value == 4

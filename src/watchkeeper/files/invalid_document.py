"""What is wrong with a document that somebody wrote, told by the places in it."""

from pydantic import ValidationError


def wrong_places(problems: ValidationError, *, whole: str, most: int | None = None) -> str:
    """Each place with what is wrong there, in the order they were found.

    Args:
        problems: Of the document.
        whole: What the document is called where no place in it is to blame.
        most: How many places are told; None for all.

    >>> from pydantic import TypeAdapter
    >>> try:
    ...     TypeAdapter(dict[str, int]).validate_python({"a": {}, "b": 1, "c": []})
    ... except ValidationError as problems:
    ...     wrong_places(problems, whole="the file", most=1)
    'a: Input should be a valid integer'
    """
    found = problems.errors(include_url=False)[:most]
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or whole}: {one['msg']}" for one in found)

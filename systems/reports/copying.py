"""Text as PostgreSQL's `COPY` writes and reads it."""

import io


def escaped(column: list[str]) -> list[str]:
    """The cells of a column as COPY text; most columns need nothing, which one look at all of it tells."""
    whole = "".join(column)
    if any(mark in whole for mark in "\\\t\n\r\x00"):
        return [copy_text(cell) for cell in column]
    return column


def copy_text(text: str) -> str:
    """A value as COPY's text format wants it."""
    escaped = text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return escaped.replace("\x00", "")


def read_copy_line(line: str) -> list[str]:
    """The cells of one line of COPY text."""
    if "\\" not in line:
        return line.split("\t")
    out = io.StringIO()
    cells, letters = [], iter(line)
    for letter in letters:
        if letter == "\t":
            cells.append(out.getvalue())
            out = io.StringIO()
        elif letter == "\\":
            after = next(letters, "")
            out.write({"t": "\t", "n": "\n", "r": "\r"}.get(after, after))
        else:
            out.write(letter)
    return [*cells, out.getvalue()]

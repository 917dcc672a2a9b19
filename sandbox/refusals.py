"""Why something is not done, as a sentence and the status it is answered with."""

from __future__ import annotations


class Refused(Exception):
    """Nothing was done. `status`: 400 not understood, 404 unknown, 409 at odds with what is, 422 not allowed."""

    def __init__(self, sentence: str, *, status: int = 422) -> None:
        super().__init__(sentence)
        self.sentence, self.status = sentence, status


def unknown(sentence: str) -> Refused:
    return Refused(sentence, status=404)

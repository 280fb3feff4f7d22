"""What is wrong with the text of one cell, before it is known where the cell stands."""

from typing import Any

import msgspec

from pegboard.exchange.report import closest


class Fault(msgspec.Struct, frozen=True):
    """Why a text cannot be read. `says` goes on after column and value: "qty 'x' is not a number"."""

    code: str
    says: str
    advice: str = ""
    choices: tuple[str, ...] = ()

    def advise(self, text: str) -> str:
        """What to do; where words are to choose from, the closest one first."""
        if not self.choices:
            return self.advice
        near = closest(text.strip().replace("-", "_").replace(" ", "_"), self.choices)
        return f"{f'did you mean {near}? ' if near else ''}one of {', '.join(self.choices)}"


class Noted(msgspec.Struct, frozen=True):
    """A value that could be read, with a remark that a person should see."""

    value: Any
    remark: Fault

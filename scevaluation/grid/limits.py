"""How much of a received file is read, and the refusal of what is more; imports nothing but the standard library."""

from __future__ import annotations

BYTES = 100 * 2**20  # of a file, of one member unpacked, and of all together
MEMBERS = 2000
CELLS = 500_000  # filled
ROWS, COLUMNS = 1_048_576, 16_384
DEPTH = 50
SILENCE = 2**20  # bytes without a mark, which a table never has
SECONDS = 20
MEMORY = 512 * 2**20
TEXT_LINES = 2_000_000  # of a text table
TEXT_COLUMNS = 400
TEXT_CELL = 131_072  # characters


class Refused(Exception):
    """A file that is not read: `problem` is a key of words (issue.<problem>), `found`, `remedy` and, if any, `cell` go with it."""

    def __init__(self, problem: str, found: str = "", remedy: str = "send_again", cell: str = ""):
        self.problem, self.found, self.remedy, self.cell = problem, found, remedy, cell
        super().__init__(problem, found, remedy, cell)

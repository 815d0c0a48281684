# SPDX-License-Identifier: Apache-2.0
"""The examples of the README.

    python readme.py FILE

writes all of them to one file, for a type checker.
"""

from __future__ import annotations

import pathlib
import re
import sys

README = (pathlib.Path(__file__).parent.parent / "README.md").read_text()
EXAMPLES: dict[str, str] = dict(
    re.findall(r"^## (\w+)$(?:\n(?!```|##).*)*\n```python\n(.*?)^```$", README, re.M | re.S)
)
"""By the titles of their sections. Each may use what those above it import."""

if __name__ == "__main__":
    pathlib.Path(sys.argv[1]).write_text("".join(EXAMPLES.values()))

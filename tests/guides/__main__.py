"""Write the generated parts of the guides anew."""

from tests.guides.generate import GUIDES, PARTS, renewed

for part, (file, _) in PARTS.items():
    path = GUIDES / file
    path.write_text(renewed(part, path.read_text(encoding="utf-8")), encoding="utf-8")

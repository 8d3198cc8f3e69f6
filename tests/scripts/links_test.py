# SPDX-License-Identifier: Apache-2.0
"""Relative links in the documentation, and files of the project that it names in code, are there."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
pages = [root / "README.md", root / "CONTRIBUTING.md", root / "CHANGELOG.md", *sorted((root / "docs").glob("**/*.md"))]
faults = []
links = 0
for page in pages:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" in target:
            continue
        links += 1
        if not (page.parent / target).exists():
            faults.append(f"{page.relative_to(root)}: {target} is not there")
    for target in re.findall(r"(?<![\w./-])(?:\./)?((?:scripts|examples|docs|driver|sim|runtime|rtl|tests|bench)/[\w./-]*\w)", text):
        if not (root / target).exists() and not (page.parent / target).exists():
            faults.append(f"{page.relative_to(root)}: {target} is not there")
if links < 10:
    faults.append(f"only {links} links were found: the search is broken")
print("\n".join(faults) if faults else f"{links} links in {len(pages)} pages")
sys.exit(1 if faults else 0)

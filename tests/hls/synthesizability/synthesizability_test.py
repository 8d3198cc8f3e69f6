# SPDX-License-Identifier: Apache-2.0
"""Whether the check finds exactly what a planted file says: "// finding: rule, rule" at the end of a line.

Usage: synthesizability_test.py <check> <file>
"""
import re
import subprocess
import sys

check, planted = sys.argv[1:]
with open(planted, encoding="utf-8") as stream:
    expected = {(number, rule) for number, line in enumerate(stream, 1)
                for match in re.finditer(r"// finding: ([\w ,]+)$", line) for rule in match[1].strip().split(", ")}
done = subprocess.run([check, planted], capture_output=True, text=True, check=False)
found = {(int(match[2]), match[3]) for match in re.finditer(r"^(.+):(\d+): ([\w ]+): ", done.stdout, re.MULTILINE)}
for number, rule in sorted(expected - found):
    print(f"{planted}:{number}: not found: {rule}")
for number, rule in sorted(found - expected):
    print(f"{planted}:{number}: found without being planted: {rule}")
status = 1 if expected else 0
if found != expected or done.returncode != status:
    print(f"status {done.returncode}, expected {status}\n{done.stdout}{done.stderr}")
    sys.exit(1)

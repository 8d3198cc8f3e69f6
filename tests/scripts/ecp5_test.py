#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Boards with an ECP5: their pins, and what scripts/build_ecp5 says of a design that is larger than the baseline."""

import importlib.util
import pathlib
import re
import subprocess
import sys
import unittest

BOARDS = pathlib.Path(sys.argv.pop(1)) / "rtl" / "boards"
sys.dont_write_bytecode = True
sys.path.insert(0, str(BOARDS))
spec = importlib.util.spec_from_file_location("ecp5", BOARDS / "ecp5.py")
ecp5 = importlib.util.module_from_spec(spec)
spec.loader.exec_module(ecp5)


class Pins(unittest.TestCase):
    def test_every_port_has_one_pin_and_a_standard(self):
        for board in ecp5.BOARDS:
            ports = re.findall(r"^  (?:input|output) +logic (\w+)", (BOARDS / f"{board}.sv").read_text(), re.MULTILINE)
            text = (BOARDS / f"{board}.lpf").read_text()
            located = re.findall(r'^LOCATE COMP "(\w+)" SITE "(\w+)";$', text, re.MULTILINE)
            self.assertEqual(sorted(ports), sorted(name for name, _ in located), board)
            self.assertEqual(sorted(ports), sorted(re.findall(r'^IOBUF PORT "(\w+)" IO_TYPE=', text, re.MULTILINE)), board)
            self.assertEqual(len({site for _, site in located}), len(located), board)


class Area(unittest.TestCase):
    def test_counts_lookup_tables_of_carries_and_small_memories(self):
        area = ecp5.area_of({"LUT4": 10, "CCU2C": 3, "TRELLIS_DPR16X4": 2, "TRELLIS_FF": 7, "DP16KD": 1, "PFUMX": 5})
        self.assertEqual(area, {"lookup tables": 20, "flip-flops": 7, "block memories": 1, "multipliers": 0})

    def test_names_what_is_larger_than_the_baseline(self):
        baseline = {"area": {"lookup tables": 1000, "block memories": 75}}
        self.assertEqual(ecp5.compare(baseline, {"lookup tables": 1100, "block memories": 75}), [])
        self.assertEqual(ecp5.compare(baseline, {"lookup tables": 1101, "block memories": 75}),
                         ["lookup tables: 1101, the baseline has 1000"])


class Command(unittest.TestCase):
    def test_refuses_a_board_that_it_does_not_know(self):
        ended = subprocess.run([sys.executable, BOARDS / "ecp5.py", "--board", "other"], capture_output=True, text=True)
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("'other'", ended.stderr)


if __name__ == "__main__":
    unittest.main()

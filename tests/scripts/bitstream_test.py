#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What scripts/build_ice40 says of a design that is larger or slower than the baseline."""

import importlib.util
import os
import pathlib
import subprocess
import sys
import unittest

SCRIPT = pathlib.Path(sys.argv.pop(1)) / "rtl" / "boards" / "bitstream.py"
sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location("bitstream", SCRIPT)
bitstream = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bitstream)

BASELINE = {"area": {"logic cells": 4000, "multipliers": 7}, "megahertz": 26.0}


def runs(cells, multipliers, *clocks):
    return [{"area": {"logic cells": cells, "multipliers": multipliers}, "megahertz": clock} for clock in clocks]


class Baseline(unittest.TestCase):
    def test_takes_what_is_equal_or_within_the_tolerance(self):
        self.assertEqual(bitstream.compare(BASELINE, runs(4000, 7, 26.0)), [])
        self.assertEqual(bitstream.compare(BASELINE, runs(4120, 7, 25.3, 30.0)), [])
        self.assertEqual(bitstream.compare(BASELINE, runs(3000, 2, 40.0)), [])

    def test_names_what_is_larger(self):
        self.assertEqual(bitstream.compare(BASELINE, runs(4121, 7, 26.0)), ["logic cells: 4121, the baseline has 4000"])
        self.assertEqual(bitstream.compare(BASELINE, runs(4000, 8, 26.0)), ["multipliers: 8, the baseline has 7"])

    def test_names_the_slowest_seed(self):
        self.assertEqual(bitstream.compare(BASELINE, runs(4000, 7, 27.0, 25.2)), ["clock: 25.2 MHz, the baseline has 26.0 MHz"])


class Seeds(unittest.TestCase):
    def test_are_those_that_are_named_or_that_of_the_baselines_clock(self):
        self.assertEqual(bitstream.chosen_seeds("4,2", None), [4, 2])
        self.assertEqual(bitstream.chosen_seeds("slowest", {"slowest": 2}), [2])


class Command(unittest.TestCase):
    def test_refuses_seeds_that_are_not_numbers(self):
        ended = subprocess.run([sys.executable, SCRIPT, "--seeds", "1,x"], capture_output=True, text=True)
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("--seeds is '1,x', expected numbers", ended.stderr)

    def test_refuses_the_slowest_seed_of_no_baseline(self):
        ended = subprocess.run([sys.executable, SCRIPT, "--seeds", "slowest", "--baseline", os.devnull + "/none"], capture_output=True, text=True)
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("there is no baseline", ended.stderr)

    def test_refuses_a_board_that_it_does_not_know(self):
        ended = subprocess.run([sys.executable, SCRIPT, "--board", "other"], capture_output=True, text=True)
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("'other'", ended.stderr)


if __name__ == "__main__":
    unittest.main()

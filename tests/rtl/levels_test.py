# SPDX-License-Identifier: Apache-2.0
"""What scripts/logic_levels says of a path that has grown: one is made longer in a copy of the RTL; and of tables of levels."""
import importlib.machinery
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE, BUILD = os.environ["PHASIC_SOURCE"], os.environ["PHASIC_BUILD"]
SCRIPT = os.path.join(SOURCE, "scripts/logic_levels")
sys.path.insert(0, os.path.join(SOURCE, "scripts"))
loader = importlib.machinery.SourceFileLoader("logic_levels", SCRIPT)
levels = importlib.util.module_from_spec(importlib.util.spec_from_loader("logic_levels", loader))
loader.exec_module(levels)

MODULE, FILE = "phasic_layer_status", "core/phasic_layer_status.sv"
# The sum of spikes has a register of its own between counting and adding; without it they are one path.
GOOD, LONG = "spikes_q + 48'(spike_sum_q)", "spikes_q + operations_q * 48'($countones(spikes_i))"


def entry(number, start="a_q", end="b_q"):
    return {"levels": number, "from": start, "to": end, "build": "rtl8trace", "tables": 10, "parameters": {}, "text": "0"}


class Paths(unittest.TestCase):
    def test_a_longer_path_is_named_with_its_ends(self):
        done = self.counted(LONG)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertRegex(done.stdout, rf"{MODULE} has \d+ levels, the baseline \d+; from \S+ to \S+ \(rtl\w+\)")

    def test_the_path_as_it_is_passes(self):
        done = self.counted(GOOD)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def counted(self, text):
        with tempfile.TemporaryDirectory() as work:
            rtl = shutil.copytree(os.path.join(SOURCE, "rtl"), os.path.join(work, "rtl"))
            path = os.path.join(rtl, FILE)
            with open(path, encoding="utf-8") as stream:
                before = stream.read()
            self.assertEqual(before.count(GOOD), 1)
            with open(path, "w", encoding="utf-8") as stream:
                stream.write(before.replace(GOOD, text))
            return subprocess.run([sys.executable, "-B", SCRIPT, "--rtl", rtl, "--modules", MODULE], capture_output=True, text=True,
                                  check=False, env={**os.environ, "PHASIC_BUILD": BUILD})


class Baseline(unittest.TestCase):
    def test_takes_as_many_levels_or_fewer(self):
        self.assertEqual(levels.complaints({"x": entry(5), "y": entry(4)}, {"x": entry(5), "y": entry(3)}), [])

    def test_names_more_levels_and_what_it_does_not_have(self):
        self.assertEqual(levels.complaints({"x": entry(5)}, {"x": entry(6, "c_q", "d_q"), "z": entry(2)}),
                         ["x has 6 levels, the baseline 5; from c_q to d_q (rtl8trace)",
                          "z is not in the baseline; it has 2 levels, from a_q to b_q"])

    def test_has_every_module_of_the_core(self):
        with open(os.path.join(SOURCE, "rtl/levels.json"), encoding="utf-8") as stream:
            modules = json.load(stream)["modules"]
        core = {name.removesuffix(".sv") for name in os.listdir(os.path.join(SOURCE, "rtl/core"))}
        self.assertEqual(core, set(modules))


class Changes(unittest.TestCase):
    def test_comments_and_blanks_are_none(self):
        with tempfile.TemporaryDirectory() as work:
            digests = []
            for number, text in enumerate(("assign a = b;  // sum\n", "// a sum\nassign  a = b;\n", "assign a = c;\n")):
                path = os.path.join(work, str(number))
                with open(path, "w", encoding="utf-8") as stream:
                    stream.write(text)
                digests.append(levels.digest_of(path))
        self.assertEqual(digests[0], digests[1])
        self.assertNotEqual(digests[0], digests[2])

    def test_changed_modules_are_counted_beside_the_longest(self):
        modules = {f"m{number:02}": entry(number) for number in range(12)}
        with tempfile.TemporaryDirectory() as work:
            files = []
            for name in modules:
                files.append(os.path.join(work, name + ".sv"))
                with open(files[-1], "w", encoding="utf-8") as stream:
                    stream.write(name)
                modules[name]["text"] = levels.digest_of(files[-1])
            modules["m01"]["text"] = "another"
            counted = [name for name, _, _ in levels.quick_work(files, modules)]
        self.assertEqual(counted, [f"m{number:02}" for number in range(11, 11 - levels.LONGEST, -1)] + ["m01"])


if __name__ == "__main__":
    unittest.main()

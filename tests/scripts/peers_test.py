#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/peers without any peer: folders that lack files, versions, and figures of made logs."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv.pop(1))
BENCH = ROOT / "bench" / "peers"
sys.dont_write_bytecode = True
sys.path.insert(0, str(BENCH))
import figures  # noqa: E402
import peers  # noqa: E402


def made_folder(parent, name, without=None):
    folder = pathlib.Path(parent) / name
    for file in peers.PEERS[name]["files"]:
        if file != without:
            (folder / "src" / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / "src" / file).write_text(f"// {file}\n")
    return folder


def lines(*runs):
    return "".join(json.dumps(run) + "\n" for run in runs)


def odin_run(mode, **other):
    return {"run": mode, "events": 10, "cycles": 5200, "operations": 2560, "handling": 5120, "differences": 0,
            "weights_changed": 7 if mode == "learning" else 0, **other}


def reckon_run(name, **other):
    return {"run": name, "steps": 2, "learned_steps": 0, "events": 4, "spikes": 3, "cycles": 3680, "operations": 4 * 256 + 3 * 272,
            "handling": 1792, "weights_changed": 0, **other}


CHECK = {"run": "check", "differences": 0}


class Folders(unittest.TestCase):
    def command(self, odin, reckon):
        return subprocess.run([ROOT / "scripts" / "peers", "--odin", odin, "--reckon", reckon], capture_output=True, text=True)

    def test_one_that_lacks_a_file_is_refused_by_its_name_before_anything_is_built(self):
        with tempfile.TemporaryDirectory() as parent:
            odin = made_folder(parent, "ODIN")
            reckon = made_folder(parent, "ReckOn", without="lfsr/lfsr_wout.v")
            ended = self.command(odin, reckon)
            self.assertEqual(ended.returncode, 1)
            self.assertEqual(ended.stdout, "")
            self.assertEqual(ended.stderr, f"scripts/peers: {reckon}: src/lfsr/lfsr_wout.v is not there; "
                                           "is this https://github.com/ChFrenkel/ReckOn?\n")

    def test_one_that_is_not_there_is_refused(self):
        ended = self.command("nowhere", "nowhere")
        self.assertEqual(ended.returncode, 1)
        self.assertIn("nowhere: src/ODIN.v is not there", ended.stderr)


class Versions(unittest.TestCase):
    def test_files_without_a_commit_have_a_sum_that_every_byte_changes(self):
        with tempfile.TemporaryDirectory() as parent:
            folder = made_folder(parent, "ODIN")
            files = peers.sources_of("ODIN", folder)
            before = peers.version_of(folder, files)
            self.assertRegex(before, "^SHA-256 [0-9a-f]{64}$")
            self.assertEqual(peers.version_of(folder, files), before)
            files[3].write_text("// another\n")
            self.assertNotEqual(peers.version_of(folder, files), before)

    @unittest.skipUnless(shutil.which("git"), "git is not installed")
    def test_a_clone_has_its_commit_until_a_source_is_changed(self):
        with tempfile.TemporaryDirectory() as parent:
            folder = made_folder(parent, "ReckOn")
            git = ["git", "-C", folder, "-c", "user.name=a", "-c", "user.email=a@b"]
            for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "sources"]):
                subprocess.run([*git, *command], check=True)
            commit = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
            files = peers.sources_of("ReckOn", folder)
            self.assertEqual(peers.version_of(folder, files), f"commit {commit}")
            files[0].write_text("// another\n")
            self.assertRegex(peers.version_of(folder, files), "^SHA-256 ")


class Figures(unittest.TestCase):
    def refused(self, text, function, log):
        with self.assertRaises(figures.Refused) as caught:
            function(log)
        self.assertIn(text, str(caught.exception))

    def test_cycles_of_odin_are_divided_by_256_operations_a_spike(self):
        inferring, learning = figures.odin_rows(lines(odin_run("inferring"), odin_run("learning", cycles=6400)))
        self.assertEqual(inferring["cycles_an_operation"], round(5200 / 2560, 5))
        self.assertEqual(inferring["picojoules"], 12.7)
        self.assertNotIn("picojoules", learning)
        self.assertEqual((learning["mode"], learning["cycles_an_operation"]), ("learning", 2.5))

    def test_recurrent_spikes_of_reckon_reach_its_outputs_as_well(self):
        row, learning = figures.reckon_rows(lines(CHECK, reckon_run("sparse inferring"), reckon_run(
            "sparse learning of 1", learned_steps=1, weights_changed=3, cycles=12384)))
        self.assertEqual((row["operations"], row["cycles_an_operation"], row["mode"]), (1840, 2.0, "inferring"))
        self.assertEqual((learning["cycles_an_operation"], learning["mode"]), (round(12384 / 1840, 5), "learning 1 of 2 steps"))

    def test_logs_that_contradict_themselves_are_refused(self):
        good = odin_run("learning")
        for text, run in (("operations of 10 spikes: 2559, but 2560", odin_run("inferring", operations=2559)),
                          ("that differ: 1, but 0", odin_run("inferring", differences=1)),
                          ("inferring: 5 weights changed", odin_run("inferring", weights_changed=5)),
                          ("'inferring', cycles: None is no count", odin_run("inferring", cycles=None))):
            self.refused(text, figures.odin_rows, lines(run, good))
        self.refused("no run 'learning'", figures.odin_rows, lines(odin_run("inferring")))
        self.refused("learning: 0 weights changed", figures.odin_rows, lines(odin_run("inferring"), odin_run("learning", weights_changed=0)))
        self.refused("line 1 is no run", figures.odin_rows, "%Error: something\n")
        self.refused("no run 'check'", figures.reckon_rows, lines(reckon_run("sparse inferring")))
        self.refused("no run but the check", figures.reckon_rows, lines(CHECK))
        self.refused("4 spikes of inputs and 2 of recurrent", figures.reckon_rows, lines(CHECK, reckon_run("sparse inferring", spikes=2)))

    def test_phasic_has_the_lanes_of_its_engine(self):
        run = {"engine": "rtl1", "network": "128-64-16", "learning": False, "input_events_per_sample": 10.0, "hidden_spikes_per_sample": 5.0,
               "synaptic_operations_per_sample": 720.0, "cycles_per_sample": 800.0, "utilisation": 0.8}
        rows = figures.phasic_rows([run, {**run, "engine": "rtl8", "learning": True}], {"rtl1": 1, "rtl8": 8}, "report")
        self.assertEqual([(row["processor"], row["mode"]) for row in rows], [("Phasic, 1 lane", "inferring"), ("Phasic, 8 lanes", "learning")])
        self.assertEqual((rows[0]["cycles_an_operation"], rows[0]["adding"]), (round(800 / 720, 5), 80.0))
        self.assertNotIn("picojoules", rows[0])
        del run["utilisation"]
        self.refused("report: a run of phasic_cycles lacks a field", lambda text: figures.phasic_rows([run], {"rtl1": 1}, text), "report")


class Results(unittest.TestCase):
    def test_the_recorded_rows_follow_from_their_counts_and_name_versions(self):
        document = json.loads((ROOT / "docs" / "results" / "peers.json").read_text())
        self.assertEqual(document["columns"], figures.COLUMNS)
        self.assertEqual(sorted(document["values"]), ["ODIN", "ReckOn"])
        for row in document["rows"]:
            self.assertEqual(row["cycles_an_operation"], round(row["cycles"] / row["operations"], 5), row)
        for processor in ("ODIN", "ReckOn", "Phasic, 1 lane", "Phasic, 8 lanes", "Phasic, 64 lanes"):
            modes = {row["mode"].split()[0] for row in document["rows"] if row["processor"] == processor}
            self.assertEqual(modes, {"inferring", "learning"}, processor)


if __name__ == "__main__":
    unittest.main()

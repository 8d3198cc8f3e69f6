#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cycles a synaptic operation of ODIN and ReckOn beside Phasic's. Their sources are not part of Phasic: the options name folders that hold them.

    git clone https://github.com/ChFrenkel/ODIN
    git clone https://github.com/ChFrenkel/ReckOn
    scripts/peers --odin ODIN --reckon ReckOn

Each is Verilated as it is, driven by a bench of this folder through its own pins, and its answers are compared with what its documentation says.
Prints a table, and with --output writes it as a file of results. docs/rtl-simulation.md says what is counted."""

import argparse
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

import figures

FOLDER = pathlib.Path(__file__).resolve().parent
ROOT = FOLDER.parent.parent
PEERS = {
    "ODIN": {
        "top": "ODIN",
        "bench": "odin",
        "rows": figures.odin_rows,
        "files": ["ODIN.v", "controller.v", "scheduler.v", "fifo.v", "synaptic_core.v", "sdsp_update.v", "neuron_core.v", "lif_neuron.v",
                  "LIF_neuron_blocks/lif_calcium.v", "LIF_neuron_blocks/lif_neuron_state.v", "izh_neuron.v",
                  "IZH_neuron_blocks/izh_calcium.v", "IZH_neuron_blocks/izh_effective_threshold.v",
                  "IZH_neuron_blocks/izh_input_accumulator.v", "IZH_neuron_blocks/izh_neuron_state.v",
                  "IZH_neuron_blocks/izh_stimulation_strength.v", "spi_slave.v", "aer_out.v"],
    },
    "ReckOn": {
        "top": "reckon",
        "bench": "reckon",
        "rows": figures.reckon_rows,
        "files": ["reckon.v", "srnn.v", "spi_slave.v", "lfsr/lfsr_neur_stochround.v", "lfsr/lfsr_noise_neur.v",
                  "lfsr/lfsr_oneur_stochround.v", "lfsr/lfsr_winp_wrec.v", "lfsr/lfsr_wout.v"],
    },
}
# Engines and their lanes, and the network that each shows with its spikes a step: the build with one lane holds 4,096 weights a layer.
PHASIC_RUNS = [({"rtl1": 1}, ["64", "64", "16"], "8.5"), ({"rtl8": 8, "rtl64": 64}, ["256", "256", "16"], "34")]
PHASIC_OPTIONS = ["--samples", "12", "--timing", "random"]


def fail(text):
    sys.exit(f"scripts/peers: {text}")


def sources_of(name, folder):
    """The files of a peer, which must all be there."""
    files = [folder / "src" / file for file in PEERS[name]["files"]]
    for file in files:
        if not file.is_file():
            fail(f"{folder}: src/{file.relative_to(folder / 'src')} is not there; is this https://github.com/ChFrenkel/{name}?")
    return files


def version_of(folder, files):
    """The commit, if the files are those of one; a SHA-256 of their names and bytes otherwise."""
    def git(*arguments):
        return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True)

    if (folder / ".git").exists() and shutil.which("git"):
        commit, changes = git("rev-parse", "HEAD"), git("status", "--porcelain", "--", "src")
        if commit.returncode == 0 and changes.returncode == 0 and not changes.stdout.strip():
            return f"commit {commit.stdout.strip()}"
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.relative_to(folder).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return f"SHA-256 {digest.hexdigest()}"


def run(command, log, **options):
    """What a program prints; ends with the end of its log if it fails."""
    with open(log, "w") as out:
        ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=out, text=True, **options)
        out.write(ended.stdout)
    if ended.returncode != 0:
        tail = "\n".join(pathlib.Path(log).read_text().splitlines()[-15:])
        fail(f"{command[0]} failed; the end of {log}:\n{tail}")
    return ended.stdout


def measure_peer(name, files, build):
    """The rows of a peer. Its warnings are not ours to mend."""
    peer = PEERS[name]
    folder = build / peer["bench"]
    folder.mkdir(parents=True, exist_ok=True)
    program = f"{peer['bench']}_bench"
    run(["verilator", "--cc", "--exe", "--build", "-j", str(os.cpu_count()), "-O3", "--default-language", "1364-2005", "-Wno-lint", "-Wno-style", "-Wno-fatal",
         "--top-module", peer["top"], "-Mdir", str(folder), "-o", program, "-CFLAGS", f"-std=c++20 -O2 -I{FOLDER}",
         str(FOLDER / f"{peer['bench']}.vlt"), *map(str, files), str(FOLDER / f"{program}.cpp")], folder / "verilator.log")
    return peer["rows"](run([str(folder / program)], folder / "bench.log"))


def build_phasic():
    """Builds the bench and its engines; returns the build folder."""
    build = ROOT / os.environ.get("PHASIC_BUILD", "build")
    engines = [f"phasic_engine_{engine}" for lanes, _, _ in PHASIC_RUNS for engine in lanes]
    for command in ([str(ROOT / "scripts" / "configure"), "-DPHASIC_BENCH=ON"],
                    ["cmake", "--build", str(build), "-j", str(os.cpu_count()), "--target", "phasic_cycles", *engines]):
        if subprocess.run(command, stdout=sys.stderr).returncode != 0:
            fail(f"{command[0]} failed")
    return build


def measure_phasic(build):
    """Rows of the RTL with a few numbers of lanes."""
    program = build.parent / "bench" / "rtl" / "phasic_cycles"
    rows = []
    for number, (lanes, neurons, events) in enumerate(PHASIC_RUNS):
        report = build / f"phasic_{number}.json"
        run([str(program), "--engine", *lanes, "--neurons", *neurons, "--events", events, *PHASIC_OPTIONS, "--json", str(report)],
            build / "phasic.log", env={"PHASIC_ENGINE_PATH": str(build.parent / "engines"), **os.environ})
        rows += figures.phasic_rows(json.loads(report.read_text()), lanes, report)
    return rows


def document_of(rows, versions):
    return {
        "phasic_measurement": 1,
        "description": "cycles a synaptic operation of published processors and of Phasic, each on random spikes",
        "command": "./scripts/peers --odin ODIN --reckon ReckOn --output docs/results/peers.json",
        "kind": "simulated",
        "seeds": [1, 2, 3],
        "values": versions,
        "columns": figures.COLUMNS,
        "rows": rows,
    }


def table_of(rows):
    lines = [["processor", "mode", "network", "operations", "cycles", "cycles an operation"]]
    for row in rows:
        lines.append([str(row[field]) for field in ("processor", "mode", "network", "operations", "cycles")] +
                     [f"{row['cycles_an_operation']:.3f}"])
    widths = [max(len(line[n]) for line in lines) for n in range(len(lines[0]))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip() for line in lines)


def main():
    parser = argparse.ArgumentParser(prog="scripts/peers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--odin", metavar="FOLDER", type=pathlib.Path, required=True, help="a clone of https://github.com/ChFrenkel/ODIN")
    parser.add_argument("--reckon", metavar="FOLDER", type=pathlib.Path, required=True, help="a clone of https://github.com/ChFrenkel/ReckOn")
    parser.add_argument("--output", metavar="FILE", type=pathlib.Path, help="where the table goes as a file of results")
    arguments = parser.parse_args()
    folders = {"ODIN": arguments.odin.resolve(), "ReckOn": arguments.reckon.resolve()}
    sources = {name: sources_of(name, folder) for name, folder in folders.items()}
    versions = {name: version_of(folders[name], sources[name]) for name in folders}
    for name, version in versions.items():
        print(f"{name}: {folders[name]}, {version}", flush=True)
    build = build_phasic() / "peers"
    build.mkdir(exist_ok=True)
    rows = []
    try:
        phasic = measure_phasic(build)
        for name in folders:
            rows += measure_peer(name, sources[name], build)
        rows += phasic
    except figures.Refused as refused:
        fail(str(refused))
    print(table_of(rows))
    if arguments.output:
        arguments.output.write_text(json.dumps(document_of(rows, versions), indent=2) + "\n")


if __name__ == "__main__":
    main()

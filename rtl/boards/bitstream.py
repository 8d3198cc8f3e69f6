#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds a bitstream with learning on the chip for a board with an iCE40UP5K: Yosys, nextpnr for several seeds, icepack.

Prints area, clock and critical path, and compares them with the baseline in rtl/boards/baseline.json: an area that is more than 3 % larger
or a clock that is more than 3 % slower fails. With --record the baseline and docs/results/ice40.json are written instead. The build folder
(PHASIC_BUILD, default build) must hold the generated package, which scripts/build_ice40 sees to."""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BOARDS = {"icebreaker": "sg48", "upduino": "sg48"}  # and their packages
MEGAHERTZ = 24
TOLERANCE = 0.03
CELLS = {"ICESTORM_LC": "logic cells", "ICESTORM_RAM": "block memories", "ICESTORM_SPRAM": "large memories",
         "ICESTORM_DSP": "multipliers"}


def fail(text):
    sys.exit(f"scripts/build_ice40: {text}")


def run(log, *command, folder=ROOT):
    """Runs a tool with its output in a file; ends with the file's end if the tool fails."""
    with open(log, "w") as out:
        if subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, cwd=folder).returncode != 0:
            tail = "\n".join(pathlib.Path(log).read_text().splitlines()[-15:])
            fail(f"{command[0]} failed; the end of {log}:\n{tail}")


def version_of(tool, *arguments):
    found = subprocess.run([tool, *arguments], capture_output=True, text=True)
    return re.search(r"(\d+\.\d+[\w.+~-]*)", found.stdout + found.stderr).group(1)


def synthesize(build, folder, board, lanes):
    rtl = ROOT / "rtl"
    # File names become part of cells' names, which placing depends on: they must not tell where the project lies.
    files = [build / "generated" / "phasic_pkg.sv", *(rtl / "serial" / "files.txt").read_text().split(), "boards/phasic_ice40.sv", f"boards/{board}.sv"]
    script = folder / "synthesis.ys"
    # The device has no memories made of logic cells: Yosys chooses for small ones. No word is used that was read while it was
    # written, so that no logic need see to the order. Yosys 0.23 takes registers into multipliers, but of a shift register it takes
    # the wrong input: layer_q is kept from that.
    script.write_text(f"""read_verilog -defer -sv {' '.join(map(str, files))}
chparam -set Lanes {lanes} {board}
hierarchy -top {board}
rename -top {board}
proc
setattr -unset ram_style a:ram_style=distributed
setattr -set no_rw_check 1 */m:*
setattr -set keep 1 */w:layer_q
synth_ice40 -device u -dsp -spram -top {board} -json {folder}/netlist.json
splitnets
write_verilog -noattr {folder}/netlist.v
""")
    run(folder / "yosys.log", "yosys", "-q", "-l", folder / "yosys_full.log", script, folder=rtl)


def place(folder, board, seed):
    report = folder / f"seed{seed}.json"
    run(folder / f"nextpnr{seed}.log", "nextpnr-ice40", "--up5k", "--package", BOARDS[board], "--json", folder / "netlist.json", "--pcf",
        ROOT / "rtl" / "boards" / f"{board}.pcf", "--freq", str(MEGAHERTZ), "--seed", str(seed), "--timing-allow-fail", "--report", report,
        "--asc", folder / f"seed{seed}.asc")
    run(folder / f"icepack{seed}.log", "icepack", folder / f"seed{seed}.asc", folder / f"seed{seed}.bin")
    found = json.loads(report.read_text())
    clock = max(found["fmax"].values(), key=lambda entry: entry["constraint"])["achieved"]
    return {"seed": seed, "megahertz": round(clock, 2), "area": {name: found["utilization"][cell]["used"] for cell, name in CELLS.items()},
            "available": {name: found["utilization"][cell]["available"] for cell, name in CELLS.items()},
            "path": critical_path(found), "multiplier": multiplier_budget(found)}


def critical_path(report):
    """From and to where the slowest path within a clock goes, and how long it takes."""
    paths = [path for path in report.get("critical_paths", []) if path["from"] == path["to"] and path["from"].startswith("posedge")]
    if not paths:
        return None
    steps = max(paths, key=lambda path: sum(step["delay"] for step in path["path"]))["path"]
    return {"from": signal_of(steps[0]["to"]["cell"]), "to": signal_of(steps[-1]["to"]["cell"]), "nanoseconds": length(steps)}


def length(steps):
    return round(sum(step["delay"] for step in steps), 1)


def signal_of(cell):
    """The signal of the RTL after which a cell was named."""
    return re.sub(r"_SB_.*|_DFF.*|\$.*", "", cell).removeprefix("u_phasic.u_serial.")


def multiplier_budget(report):
    """What a cycle leaves for a multiplier between the slowest paths to one and from one, which nextpnr times apart."""
    ends = [length(path["path"]) for path in report.get("critical_paths", []) if "$PACKER_GND_NET" in path["from"] + path["to"]]
    return round(1000 / MEGAHERTZ - sum(ends), 1)


def compare(baseline, runs):
    """What is worse than the baseline by more than the tolerance."""
    complaints = []
    for name, used in runs[0]["area"].items():
        if used > baseline["area"][name] * (1 + TOLERANCE):
            complaints.append(f"{name}: {used}, the baseline has {baseline['area'][name]}")
    slowest = min(run["megahertz"] for run in runs)
    if slowest < baseline["megahertz"] * (1 - TOLERANCE):
        complaints.append(f"clock: {slowest} MHz, the baseline has {baseline['megahertz']} MHz")
    return complaints


def chosen_seeds(text, baseline):
    """The seeds that --seeds names."""
    if text == "slowest":
        if baseline is None:
            fail("--seeds is 'slowest', but there is no baseline for this board with so many lanes")
        return [baseline["slowest"]]
    try:
        return [int(seed) for seed in text.split(",")]
    except ValueError:
        fail(f"--seeds is '{text}', expected numbers separated by commas, or 'slowest'")


def main():
    parser = argparse.ArgumentParser(prog="scripts/build_ice40", description=__doc__)
    parser.add_argument("--board", choices=sorted(BOARDS), default="icebreaker")
    parser.add_argument("--lanes", type=int, choices=(2, 4, 8), default=8)
    parser.add_argument("--seeds", default="1,2,3",
                        help="of nextpnr, separated by commas; the baseline is one of 1,2,3; 'slowest': the one that the baseline's clock is of")
    parser.add_argument("--netlist", action="store_true", help="stop after synthesis")
    parser.add_argument("--no-synthesis", action="store_true", help="place the netlist that is there")
    parser.add_argument("--record", action="store_true", help="write the baseline and the row of results")
    parser.add_argument("--baseline", type=pathlib.Path, default=ROOT / "rtl" / "boards" / "baseline.json")
    options = parser.parse_args()
    key = f"{options.board}, {options.lanes} lanes"
    baselines = json.loads(options.baseline.read_text()) if options.baseline.exists() else {}
    seeds = chosen_seeds(options.seeds, baselines.get(key))
    build = pathlib.Path(os.environ.get("PHASIC_BUILD", "build"))
    build = build if build.is_absolute() else ROOT / build
    for tool in ("yosys",) if options.netlist else ("yosys", "nextpnr-ice40", "icepack"):
        if shutil.which(tool) is None:
            fail(f"{tool} is not installed; run ./scripts/install")
    folder = build / "ice40" / f"{options.board}{options.lanes}"
    folder.mkdir(parents=True, exist_ok=True)
    if not options.no_synthesis:
        synthesize(build, folder, options.board, options.lanes)
    if options.netlist:
        return
    runs = []
    for seed in seeds:
        runs.append(place(folder, options.board, seed))
        print(f"seed {seed}: {runs[-1]['megahertz']:.2f} MHz, " +
              ", ".join(f"{used} of {runs[-1]['available'][name]} {name}" for name, used in runs[-1]["area"].items()), flush=True)
    best = max(runs, key=lambda run: run["megahertz"])
    if best["path"]:
        print(f"critical path of seed {best['seed']}: {best['path']['nanoseconds']} ns from {best['path']['from']} to {best['path']['to']}")
    print(f"multipliers, which nextpnr does not time: a cycle of {MEGAHERTZ} MHz leaves {min(run['multiplier'] for run in runs)} ns to one")
    shutil.copy(folder / f"seed{best['seed']}.bin", folder / "phasic.bin")
    print(f"bitstream: {os.path.relpath(folder / 'phasic.bin')}")
    slow = [run["seed"] for run in runs if run["megahertz"] < MEGAHERTZ]
    tools = {"yosys": version_of("yosys", "-V"), "nextpnr-ice40": version_of("nextpnr-ice40", "--version")}
    if options.record:
        slowest = min(runs, key=lambda run: run["megahertz"])
        baselines[key] = {"area": runs[0]["area"], "megahertz": slowest["megahertz"], "slowest": slowest["seed"], "seeds": seeds,
                          "tools": tools}
        options.baseline.write_text(json.dumps(baselines, indent=2) + "\n")
        record(options, runs, tools)
    if slow:
        fail(f"seeds {slow} miss {MEGAHERTZ} MHz")
    if key not in baselines:
        print(f"no baseline for {key}")
        return
    complaints = compare(baselines[key], runs)
    if complaints:
        fail("worse than the baseline by more than 3 %: " + "; ".join(complaints))
    print("within 3 % of the baseline" + ("" if baselines[key]["tools"] == tools else f", which was made with {baselines[key]['tools']}"))


def record(options, runs, tools):
    path = ROOT / "docs" / "results" / "ice40.json"
    before = json.loads(path.read_text()) if path.exists() else {"rows": [], "command": []}
    old = before["rows"]
    chosen = "" if options.board == "icebreaker" else f" --board {options.board}"
    chosen += "" if options.lanes == 8 else f" --lanes {options.lanes}"
    commands = sorted({*before["command"], f"./scripts/build_ice40 --record{chosen}"}, key=lambda text: (len(text), text))
    here = {"board": options.board, "lanes": options.lanes}
    rows = [row for row in old if {name: row[name] for name in here} != here]
    for run in runs:
        row = dict(here, seed=run["seed"], megahertz=run["megahertz"])
        row.update({name.replace(" ", "_"): used for name, used in run["area"].items()})
        row["critical_path"] = f"{run['path']['from']} to {run['path']['to']}" if run["path"] else ""
        rows.append(row)
    rows.sort(key=lambda row: (row["board"], -row["lanes"], row["seed"]))
    columns = [{"field": "board"}, {"field": "lanes"}, {"field": "seed", "title": "seed of nextpnr"},
               {"field": "megahertz", "title": "clock, MHz", "format": ".2"}]
    columns += [{"field": name.replace(" ", "_"), "title": f"{name}, of {runs[0]['available'][name]}"} for name in runs[0]["area"]]
    columns.append({"field": "critical_path", "title": "critical path"})
    document = {"phasic_measurement": 1,
                "description": f"784-128-10 with learning on the chip in an iCE40UP5K, Yosys {tools['yosys']}, nextpnr {tools['nextpnr-ice40']}",
                "command": commands, "kind": "estimated", "seeds": sorted({row["seed"] for row in rows}), "columns": columns, "rows": rows}
    path.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()

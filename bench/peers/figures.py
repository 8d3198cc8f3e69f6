# SPDX-License-Identifier: Apache-2.0
"""Rows of docs/results/peers.json from what the benches print and from phasic_cycles' report. Refuses figures that contradict each other."""

import json

# As published with the chips, in 28 nm; nothing of it is measured here.
PUBLISHED_PICOJOULES = {"ODIN": 12.7, "ReckOn": 5.3}
ODIN_NEURONS = 256
RECKON_NEURONS, RECKON_OUTPUTS = 256, 16

COLUMNS = [
    {"field": "processor"},
    {"field": "mode", "title": ""},
    {"field": "network"},
    {"field": "events", "title": "spikes of inputs", "format": "integer"},
    {"field": "spikes", "title": "of neurons", "format": "integer"},
    {"field": "operations", "title": "synaptic operations", "format": "integer"},
    {"field": "cycles", "format": "integer"},
    {"field": "cycles_an_operation", "title": "cycles an operation", "format": ".3"},
    {"field": "adding", "title": "adding, %", "format": ".1"},
    {"field": "picojoules", "title": "published, pJ an operation (28 nm)"},
]


class Refused(Exception):
    """Figures that cannot be right; the text names them."""


def log_of(text, where):
    """The lines of a bench by the name of their run."""
    runs = {}
    for number, line in enumerate(text.splitlines(), 1):
        try:
            run = json.loads(line)
            runs[run["run"]] = run
        except (ValueError, KeyError, TypeError):
            raise Refused(f"{where}: line {number} is no run: {line!r}") from None
    return runs


def value_of(runs, name, field, where):
    if name not in runs:
        raise Refused(f"{where}: there is no run '{name}'")
    value = runs[name].get(field)
    if not isinstance(value, int) or value < 0:
        raise Refused(f"{where}: run '{name}', {field}: {value!r} is no count")
    return value


def expect(found, wanted, what):
    if found != wanted:
        raise Refused(f"{what}: {found}, but {wanted} are expected")


def row_of(processor, mode, network, events, spikes, operations, cycles, adding):
    if operations == 0 or cycles == 0:
        raise Refused(f"{processor}, {mode}: {operations} operations in {cycles} cycles")
    return {"processor": processor, "mode": mode, "network": network, "events": events, "spikes": spikes, "operations": operations,
           "cycles": cycles, "cycles_an_operation": round(cycles / operations, 5), "adding": round(100 * adding, 3)}


def with_energy(rows):
    """It is one figure for a chip, whatever a run does."""
    rows[0]["picojoules"] = PUBLISHED_PICOJOULES[rows[0]["processor"]]
    return rows


def moved(value, mode, where):
    """Learning changes weights, and nothing else does."""
    if (value > 0) != mode.startswith("learning"):
        raise Refused(f"{where}: {mode}: {value} weights changed")


def odin_rows(text):
    """A spike goes through a row of synapses: each adds to the potential of its neuron."""
    runs = log_of(text, "ODIN")
    rows = []
    for mode in ("inferring", "learning"):
        events, operations, cycles, handling, differences, changed = (value_of(runs, mode, field, "ODIN") for field in (
            "events", "operations", "cycles", "handling", "differences", "weights_changed"))
        expect(differences, 0, f"ODIN, {mode}: potentials and weights that differ")
        expect(operations, ODIN_NEURONS * events, f"ODIN, {mode}: operations of {events} spikes")
        moved(changed, mode, "ODIN")
        rows.append(row_of("ODIN", mode, "256 x 256", events, 0, operations, cycles, handling / cycles))
    return with_energy(rows)


def reckon_rows(text):
    """An input's spike goes to all recurrent neurons, one of theirs to all of them and to the outputs."""
    runs = log_of(text, "ReckOn")
    expect(value_of(runs, "check", "differences", "ReckOn"), 0, "ReckOn: potentials that differ")
    rows = []
    for name in runs:
        if name == "check":
            continue
        mode = name.split(" ", 1)[1]
        events, spikes, operations, cycles, adding, steps, learned, changed = (value_of(runs, name, field, "ReckOn") for field in (
            "events", "spikes", "operations", "cycles", "handling", "steps", "learned_steps", "weights_changed"))
        expect(operations, RECKON_NEURONS * events + (RECKON_NEURONS + RECKON_OUTPUTS) * spikes,
               f"ReckOn, {name}: operations of {events} spikes of inputs and {spikes} of recurrent neurons")
        moved(changed, mode, "ReckOn")
        told = f"learning {learned} of {steps} steps" if learned else "inferring"
        rows.append(row_of("ReckOn", told, "256-r256-16", events, spikes, operations, cycles, adding / cycles))
    if not rows:
        raise Refused("ReckOn: there is no run but the check")
    return with_energy(rows)


def phasic_rows(report, lanes, where):
    """Of the report that phasic_cycles --json writes; figures of one sample."""
    rows = []
    for run in report:
        try:
            engine, network, learning = run["engine"], run["network"], run["learning"]
            events, spikes, operations, cycles, adding = (run[field] for field in (
                "input_events_per_sample", "hidden_spikes_per_sample", "synaptic_operations_per_sample", "cycles_per_sample", "utilisation"))
        except (KeyError, TypeError):
            raise Refused(f"{where}: a run of phasic_cycles lacks a field: {run!r}") from None
        count = lanes[engine]
        rows.append(row_of(f"Phasic, {count} lane{'' if count == 1 else 's'}", "learning" if learning else "inferring", network,
                           round(events), round(spikes), round(operations), round(cycles), adding))
    return rows

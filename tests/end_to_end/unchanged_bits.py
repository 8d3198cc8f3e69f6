#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the networks of examples/ to the bits that they always gave.

    unchanged_bits.py PROGRAM EXAMPLES EXPECTED FOLDER [--write]

Every network in EXAMPLES, those of experiments with each of their cases included, learns a few made-up samples with PROGRAM
(the command phasic). Checksums of each sample's results and of the weights at the end must be those in the file EXPECTED.
FOLDER is for files on the way. --write writes EXPECTED anew instead.
"""
import hashlib
import itertools
import json
import shutil
import struct
import subprocess
import sys
from pathlib import Path

SAMPLES = 24
SEED = 20231107


class Numbers:
    """A small linear congruential generator: the same bytes wherever the test runs."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        return (self.state >> 33) % limit


def idx(shape, data):
    return struct.pack(">HBB", 0, 8, len(shape)) + b"".join(struct.pack(">I", size) for size in shape) + bytes(data)


def write_pictures(folder, inputs, classes):
    """IDX files of SAMPLES pictures: a fifth of the inputs bright, others dark, different in each class."""
    numbers = Numbers(SEED + inputs)
    pixels, labels = [], []
    for _ in range(SAMPLES):
        label = numbers.below(classes)
        labels.append(label)
        pixels += [128 + numbers.below(128) if (7 * i + 11 * label) % 5 == 0 else numbers.below(24) for i in range(inputs)]
    images = folder / f"images-{inputs}-{classes}"
    names = folder / f"labels-{inputs}-{classes}"
    images.write_bytes(idx((SAMPLES, 1, inputs), pixels))
    names.write_bytes(idx((SAMPLES,), labels))
    return ["--images", str(images), "--labels", str(names)]


def write_recordings(folder):
    """A folder of N-MNIST recordings (34 x 34, two polarities), four in each of ten classes, for training and for testing."""
    numbers = Numbers(SEED)
    root = folder / "recordings"
    for part, label, number in itertools.product(("Train", "Test"), range(10), range(4)):
        file = root / part / str(label) / f"{number:05}.bin"
        file.parent.mkdir(parents=True, exist_ok=True)
        time, data = 0, b""
        for _ in range(400):
            time += numbers.below(1000)
            column, row = 3 * label + numbers.below(7), numbers.below(34)
            data += bytes([column, row, (numbers.below(2) << 7) | (time >> 16 & 0x7f), time >> 8 & 0xff, time & 0xff])
        file.write_bytes(data)
    return ["--data", json.dumps({"folder": str(root), "steps": 20, "window_ms": 200}), "--samples", str(SAMPLES)]


def make_gestures(program, folder):
    """The project's synthetic gestures (2 x 32 x 32 inputs), four of each class to learn from."""
    root = folder / "synthetic-gestures"
    shutil.rmtree(root, ignore_errors=True)
    subprocess.run([program, "data", "make", root.name, "--output", str(root), "--samples", "5"], check=True, capture_output=True)
    return ["--data", json.dumps({"folder": str(root), "steps": 20, "window_ms": 200, "downsample": 4}), "--samples", str(SAMPLES)]


def data_of(program, network, folder):
    """The options that name data of the network's kind and size."""
    if network.get("samples") != "event":
        return write_pictures(folder, network["inputs"], network["classes"])
    return write_recordings(folder) if network["inputs"] == 2 * 34 * 34 else make_gestures(program, folder)


def with_changes(document, changes):
    """A copy of the experiment with the values that `changes` has for places such as network/layers/0/rule; null removes."""
    copy = json.loads(json.dumps(document))
    for place, value in changes.items():
        *path, last = place.split("/")
        at = copy
        for name in path:
            at = at[int(name)] if isinstance(at, list) else at[name]
        if value is None:
            at.pop(last, None)
        else:
            at[last] = value
    return copy


def networks(examples):
    """(name, network) of each network that is described, a network that came before under another name left out."""
    seen = set()
    for file in [*sorted(examples.glob("*.json")), *sorted((examples / "experiments").glob("*.json"))]:
        document = json.loads(file.read_text(encoding="utf-8"))
        if "phasic_network" in document:
            described = [(file.stem, document)]
        elif "network" in document:
            if isinstance(document["network"], str):
                document["network"] = json.loads((file.parent / document["network"]).read_text(encoding="utf-8"))
            vary = document.get("vary", {})
            varied = [dict(zip(vary, values)) for values in itertools.product(*vary.values())]
            changes = [{**case, **values} for case in document.get("cases", [{}]) for values in varied]
            described = [(f"{file.stem}/{n}" if len(changes) > 1 else file.stem, with_changes(document, change)["network"])
                         for n, change in enumerate(changes)]
        else:
            continue
        for name, network in described:
            text = json.dumps(network, sort_keys=True)
            if text not in seen:
                seen.add(text)
                yield name, network


def checksums(program, network, data, folder):
    """Checksums of results and weights. A checkpoint ends with the weights; their size stands at byte 24."""
    description, results, checkpoint = folder / "network.json", folder / "results.csv", folder / "checkpoint"
    description.write_text(json.dumps(network), encoding="utf-8")
    command = [program, "learn", str(description), *data, "--results", str(results), "--checkpoint", str(checkpoint),
               "--overwrite", "--quiet"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"{' '.join(command)}\nended with {run.returncode}: {run.stderr}")
    content = checkpoint.read_bytes()
    size = struct.unpack_from("<Q", content, 24)[0]
    return {"results": hashlib.sha256(results.read_bytes()).hexdigest()[:16],
            "weights": hashlib.sha256(content[len(content) - size:]).hexdigest()[:16]}


def main(arguments):
    write = "--write" in arguments
    program, examples, expected_file, folder = (a for a in arguments if a != "--write")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for name, network in networks(Path(examples)):
        found[name] = checksums(program, network, data_of(program, network, folder), folder)
    if write:
        lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(sums)}" for name, sums in found.items())
        Path(expected_file).write_text("{\n" + lines + "\n}\n", encoding="utf-8")
        return 0
    expected = json.loads(Path(expected_file).read_text(encoding="utf-8"))
    faults = 0
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) != found.get(name):
            print(f"{name}: {found.get(name)}, expected {expected.get(name)}")
            faults += 1
    print(f"{len(found)} networks, {faults} differ")
    return 1 if faults or not found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A trained network comes from a NIR file onto the RTL, answers there as it did before, and goes on learning: nir_network.py [rtl8 | hls | ...]

Any framework that writes NIR could have made the file; here a session does, so that the example needs nothing else."""
import sys
import tempfile
from pathlib import Path

import numpy as np
import phasic

engine = sys.argv[1] if len(sys.argv) > 1 else "rtl8"
layer = {"threshold": 0.5, "window": 0.5, "leak": 0.9, "reset": "subtract"}
network = phasic.network({
    "phasic_network": 1, "name": "three patterns", "inputs": 24, "classes": 3, "steps": 10, "samples": "intensity",
    "layers": [{**layer, "neurons": 16, "rule": "naca", "learning_rate": 5e-4, "initial_amplitude": 0.3},
               {**layer, "neurons": 3, "rule": "error", "learning_rate": 2e-3, "initial_amplitude": 0.1}]})
random = np.random.default_rng(1)
labels = np.arange(300) % 3
samples = random.integers(0, 60, (300, 24), dtype=np.uint8)
for label in range(3):
    samples[labels == label, 8 * label:8 * label + 8] += 150

trained = phasic.Session(network)
trained.learn(samples, labels)
before = trained.run(samples, labels)
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "network.nir"
    trained.save_nir(file, dt=1e-3)
    session = phasic.Session.from_nir(file, engine=engine)
there = session.run(samples, labels)
same = np.array_equal(there.scores, before.scores)
print(f"{session.network.architecture} from a file, on {engine}: {there.correct} of {len(there)} right,", "scores as before" if same else "OTHER SCORES")
session.learn(samples[:30], labels[:30])
print("and it goes on learning there:", session.run(samples, labels).correct, "right")

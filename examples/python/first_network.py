#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A network learns to tell two patterns apart, on the engine that is named: first_network.py [reference | rtl64 | ...]"""
import sys

import numpy as np
import phasic

layer = {"threshold": 0.5, "window": 0.5, "leak": 0.2}
network = phasic.network({
    "phasic_network": 1, "name": "two patterns", "inputs": 16, "classes": 2, "steps": 8, "samples": "intensity",
    "layers": [{**layer, "neurons": 12, "rule": "naca", "learning_rate": 1e-3, "initial_amplitude": 0.3},
               {**layer, "neurons": 2, "rule": "error", "learning_rate": 5e-3, "initial_amplitude": 0.1}]})
labels = np.arange(400) % 2
samples = np.zeros((400, 16), np.uint8)
samples[labels == 0, :8] = samples[labels == 1, 8:] = 200
session = phasic.Session(network, engine=sys.argv[1] if len(sys.argv) > 1 else "reference")
print("right before learning:", session.learn(samples, labels).correct)
tested = session.run(samples, labels)
print("afterwards:", tested.correct, "of", len(tested), "with", tested.counters["layers"][0]["spikes"], "spikes of the hidden layer")

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A network sees pictures of one class after the other, each once, and forgets none: filters that competed for patches of the first pictures,
and a discriminant. continual.py [DATA [PICTURES]]: a data set of 28 x 28 pictures in 10 classes (by default MNIST's digits, or Fashion-MNIST where
they are not found), and how many are learned (1,500). The test set is only tested on."""
import sys

import numpy as np
import phasic

NETWORK = {
    "phasic_network": 1, "name": "features", "inputs": 784, "shape": [28, 28], "classes": 10, "steps": 1, "samples": "graded", "weight_width": 16,
    "layers": [
        {"kind": "convolution", "channels": 16, "kernel": 5, "grid": 4, "two_sided": True, "threshold": {"raw": 1}, "input_shift": 5, "rule": "frozen",
         "initial_amplitude": {"raw": 16384}},
        {"neurons": 10, "rule": "discriminant"}],
    "preparation": {"samples": 100, "measured": 50, "contrast": 32}}


def chosen_data(arguments):
    """The set that was named, or else digits, or clothes where there are none."""
    if arguments:
        return phasic.load_data(arguments[0])
    try:
        return phasic.load_data("mnist")
    except phasic.InputError as missing:
        print(f"{missing}\nFashion-MNIST is learned in its place.", file=sys.stderr)
        return phasic.load_data("fashion-mnist")


def main():
    data = chosen_data(sys.argv[1:])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1500
    pictures, labels = data.training.x[:count], data.training.y[:count]
    test_pictures, test_labels = data.test.x[:500], data.test.y[:500]
    classifier = phasic.Classifier(NETWORK)
    for number, shown in enumerate(np.unique(labels)):
        classifier.partial_fit(pictures[labels == shown], labels[labels == shown])
        known = np.isin(test_labels, classifier.classes_)
        print(f"{data.name}, {number + 1:2} classes: {100 * classifier.score(test_pictures[known], test_labels[known]):5.1f} % of {known.sum()} pictures")


if __name__ == "__main__":
    main()

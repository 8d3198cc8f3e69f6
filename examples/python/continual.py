#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A network sees pictures of one class after the other, each once, and forgets none: filters that competed for patches of the first pictures,
and a discriminant. continual.py [FOLDER [PICTURES]]: of IDX files as MNIST has them (by default Fashion-MNIST of the Debian package), and how many
are learned (1,500). The test set is only tested on."""
import gzip
import pathlib
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


def idx(file):
    """An array from an IDX file of bytes."""
    data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    axes = data[3]
    shape = np.frombuffer(data, ">u4", axes, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(shape)


def part(folder, stem):
    return tuple(idx(next(folder.glob(f"{stem}-{kind}*ubyte*"))) for kind in ("images", "labels"))


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/datasets/fashion-mnist")
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1500
    (pictures, labels), (test_pictures, test_labels) = part(folder, "train"), part(folder, "t10k")
    pictures, labels = pictures[:count], labels[:count]
    test_pictures, test_labels = test_pictures[:500], test_labels[:500]
    classifier = phasic.Classifier(NETWORK)
    for number, shown in enumerate(np.unique(labels)):
        classifier.partial_fit(pictures[labels == shown], labels[labels == shown])
        known = np.isin(test_labels, classifier.classes_)
        print(f"{number + 1:2} classes: {100 * classifier.score(test_pictures[known], test_labels[known]):5.1f} % of {known.sum()} pictures")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""Figures, with matplotlib, which is needed for nothing else. Each function draws into `axes` or a figure of its own and returns the axes."""
import numpy as np


def _axes(axes):
    if axes is not None:
        return axes
    from matplotlib import pyplot
    return pyplot.subplots()[1]


def potentials(results, layer, sample=0, neurons=None, axes=None):
    """Membrane potentials of a layer after each time step of a sample, a line a neuron; `results` need a trace."""
    traced = results.potentials(layer)[sample]
    chosen = np.arange(traced.shape[1]) if neurons is None else np.asarray(neurons)
    axes = _axes(axes)
    axes.plot(np.arange(1, len(traced) + 1), traced[:, chosen], label=[f"neuron {neuron}" for neuron in chosen])
    axes.set(xlabel="time step", ylabel="membrane potential", title=f"layer {layer}, sample {sample}")
    return axes


def scores(results, sample=0, axes=None):
    """Scores of the neurons of the last layer for a sample."""
    axes = _axes(axes)
    axes.bar(np.arange(results.scores.shape[1]), results.scores[sample])
    axes.set(xlabel="neuron of the last layer", ylabel="score", title=f"sample {sample}, class {results.classes[sample]}")
    return axes


def weights(session, layer, shape, neurons=range(16), columns=4, axes=None):
    """The weights of neurons (or of a convolution's channels) of a layer as pictures of `shape` (rows, columns), side by side. A bias is left out."""
    shown = session.weights(layer)
    if session.network.layers[layer].bias:
        shown = shown[:-1]
    if shape[0] * shape[1] != len(shown):
        raise ValueError(f"shape: {shape[0]} x {shape[1]}; the layer has {len(shown)} weights a neuron")
    chosen = [neuron for neuron in neurons if neuron < shown.shape[1]]
    lines = -(-len(chosen) // columns)
    picture = np.full((lines * (shape[0] + 1) - 1, columns * (shape[1] + 1) - 1), np.nan)
    for place, neuron in enumerate(chosen):
        row, column = place // columns * (shape[0] + 1), place % columns * (shape[1] + 1)
        picture[row:row + shape[0], column:column + shape[1]] = shown[:, neuron].reshape(shape)
    axes = _axes(axes)
    largest = max(1, int(np.abs(shown[:, chosen].astype(int)).max()))
    axes.figure.colorbar(axes.imshow(picture, cmap="RdBu_r", vmin=-largest, vmax=largest), ax=axes, label="weight")
    axes.set(xticks=[], yticks=[], title=f"layer {layer}, neurons {chosen[0]} to {chosen[-1]}")
    return axes


def accuracy_matrix(matrix, classes=None, axes=None):
    """Accuracies (0 to 1): line t has those of classes 0 to t after class t was learned; shorter lines are filled with nothing."""
    count = max(len(line) for line in matrix)
    filled = np.full((len(matrix), count), np.nan)
    for number, line in enumerate(matrix):
        filled[number, :len(line)] = line
    axes = _axes(axes)
    axes.figure.colorbar(axes.imshow(100 * filled, vmin=0, vmax=100, cmap="viridis"), ax=axes, label="accuracy, %")
    axes.set(xlabel="class", ylabel="learned so far", yticks=range(len(matrix)), xticks=range(count))
    if classes is not None:
        axes.set_xticklabels([str(name) for name in classes[:count]])
        axes.set_yticklabels([str(name) for name in classes[:len(matrix)]])
    return axes

# SPDX-License-Identifier: Apache-2.0
"""Figures hold the numbers that they are drawn from."""
import matplotlib
import numpy as np
import phasic
import pytest
from phasic import figures
from test_phasic import LEARNING, pictures

matplotlib.use("Agg")


@pytest.fixture(name="session")
def fixture_session():
    return phasic.Session(phasic.network(LEARNING))


def test_potentials_are_lines_of_the_trace(session):
    results = session.run(pictures(3)[0], trace=True)
    axes = figures.potentials(results, 0, sample=2, neurons=[1, 8])
    assert len(axes.lines) == 2
    np.testing.assert_array_equal(axes.lines[1].get_ydata(), results.potentials(0)[2, :, 8])
    assert axes.lines[0].get_xdata().tolist() == [1, 2, 3, 4, 5, 6]


def test_scores_are_bars(session):
    results = session.run(pictures(3)[0])
    assert [bar.get_height() for bar in figures.scores(results, 1).patches] == results.scores[1].tolist()


def test_weights_are_pictures_side_by_side_without_the_bias(session):
    axes = figures.weights(session, 0, (4, 5), neurons=range(16), columns=4)
    shown = axes.images[0].get_array()
    assert shown.shape == (14, 23)
    np.testing.assert_array_equal(shown[5:9, 6:11], session.weights(0)[:20, 5].reshape(4, 5))
    with pytest.raises(ValueError, match="4 x 4; the layer has 20"):
        figures.weights(session, 0, (4, 4))


def test_an_accuracy_matrix_is_empty_above_its_diagonal():
    axes = figures.accuracy_matrix([[1.0], [0.5, 0.75]], classes=["left", "right"])
    shown = axes.images[0].get_array()
    assert shown[1].tolist() == [50, 75]
    assert shown.mask[0].tolist() == [False, True]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["left", "right"]

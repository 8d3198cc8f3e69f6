# SPDX-License-Identifier: Apache-2.0
"""The Python package: what it gives is what the library gives, as arrays, and its errors have the library's words."""
import gc
import threading

import numpy as np
import phasic
import pytest

LEARNING = {
    "phasic_network": 1, "name": "learning", "inputs": 20, "classes": 3, "steps": 6, "samples": "intensity", "seed": 5,
    "layers": [
        {"neurons": 9, "threshold": 0.5, "window": 0.5, "leak": 0.2, "rule": "naca", "learning_rate": 1e-3, "initial_amplitude": 0.3},
        {"neurons": 3, "threshold": 0.5, "window": 0.5, "leak": 0.2, "rule": "error", "learning_rate": 5e-3, "initial_amplitude": 0.1}]}
# Neuron n gets input n, if its weight is large enough.
EVENTS = {
    "phasic_network": 1, "name": "events", "inputs": 2, "classes": 2, "steps": 2, "samples": "event",
    "layers": [{"neurons": 2, "bias": False, "threshold": {"raw": 100}, "leak": 0, "rule": "frozen", "initial_amplitude": 0}]}


def pictures(count, inputs=20, classes=3, seed=20261130):
    random = np.random.default_rng(seed)
    return random.integers(0, 256, (count, inputs), dtype=np.uint8), random.integers(0, classes, count)


def test_networks_come_from_dicts_text_and_files(tmp_path):
    network = phasic.network(LEARNING)
    assert network.architecture == "20-9-3"
    assert [layer.rule for layer in network.layers] == ["naca", "error"]
    assert network.layers[0].weight_rows == 21
    file = tmp_path / "network.json"
    file.write_text(network.to_json())
    assert phasic.network(file).to_json() == phasic.network(network.to_json()).to_json() == network.to_json()
    assert phasic.network(network) is network


def test_a_wrong_network_is_an_input_error_and_a_value_error_with_field_and_value():
    with pytest.raises(phasic.InputError, match="steps.*0") as told:
        phasic.network({**LEARNING, "steps": 0})
    assert isinstance(told.value, ValueError)
    assert isinstance(told.value, phasic.Error)


def test_an_engine_that_is_not_there_is_a_device_error_that_names_it():
    with pytest.raises(phasic.DeviceError, match="'nothing'"):
        phasic.Session(phasic.network(LEARNING), engine="nothing")


def test_an_argument_that_is_not_known_is_named():
    with pytest.raises(TypeError, match="'engines'"):
        phasic.Session(phasic.network(LEARNING), engines="hls")
    with pytest.raises(phasic.InputError, match="timeout: -1"):
        phasic.Session(phasic.network(LEARNING), timeout=-1)


def test_engines_give_the_same_bits_as_arrays_however_calls_are_split():
    x, y = pictures(60)
    reference, other = (phasic.Session(phasic.network(LEARNING), engine=engine) for engine in ("reference", "hls"))
    learned = reference.learn(x, y, trace=True)
    first, second = other.learn(x[:25], y[:25], trace=True, launch_samples=7), other.learn(x[25:], y[25:])
    assert learned.scores.shape == (60, 3)
    assert learned.labels.tolist() == y.tolist()
    np.testing.assert_array_equal(learned.scores, np.concatenate([first.scores, second.scores]))
    np.testing.assert_array_equal(learned.potentials(0)[:25], first.potentials(0))
    assert learned.potentials(0).shape == (60, 6, 9)
    for layer in (0, 1):
        np.testing.assert_array_equal(reference.weights(layer), other.weights(layer))
    assert other.position == 60
    assert learned.correct == int((learned.classes == y).sum())
    assert learned.counters["layers"][0]["spikes"] == first.counters["layers"][0]["spikes"] + second.counters["layers"][0]["spikes"]


def test_pictures_of_any_shape_are_samples_in_their_first_axis():
    x, _ = pictures(4)
    session = phasic.Session(phasic.network(LEARNING))
    np.testing.assert_array_equal(session.run(x.reshape(4, 4, 5)).scores, session.run(x).scores)
    np.testing.assert_array_equal(session.run(np.asfortranarray(x)).scores, session.run(x).scores)


def test_weights_are_the_sessions_own_memory():
    session = phasic.Session(phasic.network(EVENTS))
    weights = session.weights(0)
    assert weights.dtype == np.int8 and weights.shape == (2, 2)
    spikes = [[[0, 0], [1, 0]], []]
    assert session.run(spikes).spikes.tolist() == [0, 0]
    weights[0] = [-128, 120]
    results = session.run(spikes, [1, 0], trace=True)
    assert results.spikes.tolist() == [2, 0]
    assert results.classes[0] == 1
    assert results.potentials(0)[0, 1, 0] < 0
    # An array keeps what it shows.
    del session
    gc.collect()
    assert weights.tolist() == [[-128, 120], [0, 0]]


def test_arrays_of_weights_show_what_is_learned_later():
    x, y = pictures(30)
    session = phasic.Session(phasic.network(LEARNING))
    weights, before = session.weights(0), session.weights(0).copy()
    session.learn(x, y)
    assert (weights != before).any()
    np.testing.assert_array_equal(weights, session.weights(0))


def test_results_cannot_be_written_and_outlive_their_session():
    x, y = pictures(5)
    scores = phasic.Session(phasic.network(LEARNING)).run(x, y).scores
    gc.collect()
    with pytest.raises(ValueError):
        scores[0, 0] = 1
    assert scores.sum() > 0


def test_a_checkpoint_goes_on_with_the_same_bits(tmp_path):
    x, y = pictures(40)
    whole, first = (phasic.Session(phasic.network(LEARNING)) for _ in range(2))
    whole.learn(x, y)
    first.learn(x[:30], y[:30])
    first.save(tmp_path / "checkpoint")
    second = phasic.Session.from_checkpoint(tmp_path / "checkpoint", engine="hls")
    assert second.position == 30
    second.learn(x[30:], y[30:])
    np.testing.assert_array_equal(second.weights(0), whole.weights(0))


@pytest.mark.parametrize("x, y, told", [
    (np.zeros((2, 20)), [0, 0], "x: float64; intensities are uint8"),
    (np.zeros((2, 19), np.uint8), [0, 0], "sample 0: intensities: 19 values; the network has 20 inputs"),
    (np.zeros(20, np.uint8), [0], "x: 1 axes"),
    (np.zeros((2, 20), np.uint8), [0], "y: 1 labels for 2 samples"),
    (np.zeros((2, 20), np.uint8), [0, 3], "sample 1: label: 3; the network has 3 classes"),
    (np.zeros((2, 20), np.uint8), [0, -1], r"y\[1\]: -1"),
    (np.zeros((2, 20), np.uint8), [0.5, 1], "y: float64; integers are needed"),
    (np.zeros((2, 20), np.uint8), None, "sample 0: label: none; a sample that is learned needs one"),
])
def test_samples_that_do_not_fit_are_refused(x, y, told):
    session = phasic.Session(phasic.network(LEARNING))
    with pytest.raises(phasic.InputError, match=told):
        session.learn(x, y)
    assert session.position == 0


def test_events_that_do_not_fit_are_refused():
    session = phasic.Session(phasic.network(EVENTS))
    with pytest.raises(phasic.InputError, match=r"x\[1\]: events are an array of two columns"):
        session.run([[[0, 0]], [[0, 0, 1]]])
    with pytest.raises(phasic.InputError, match="sample 0: events: step 2; a sample has 2"):
        session.run([[[2, 0]]])
    with pytest.raises(phasic.InputError, match="there is no trace"):
        session.run([[[0, 0]]]).potentials(0)


def test_other_threads_go_on_while_an_engine_works():
    x, y = pictures(3000)
    session = phasic.Session(phasic.network(LEARNING))
    counted, done = 0, threading.Event()

    def learn():
        session.learn(x, y)
        done.set()

    thread = threading.Thread(target=learn)
    thread.start()
    while not done.is_set():
        counted += 1
    thread.join()
    assert counted > 0
    assert session.position == 3000


def test_a_classifier_learns_classes_as_they_come():
    sides = {**LEARNING, "inputs": 16, "classes": 2, "steps": 8,
             "layers": [{**LEARNING["layers"][0], "neurons": 12}, {**LEARNING["layers"][1], "neurons": 2}]}
    names = np.array(["left", "right"])[np.arange(500) % 2]
    x = np.zeros((500, 16))
    x[0::2, :8] = x[1::2, 8:] = 1.0
    classifier = phasic.Classifier(sides, scale=200)
    classifier.partial_fit(x[:1], names[:1])
    assert classifier.classes_.tolist() == ["left"]
    classifier.partial_fit(x[1:400], names[1:400])
    assert classifier.classes_.tolist() == ["left", "right"]
    assert classifier.score(x[400:], names[400:]) == 1.0
    assert classifier.decision_function(x[:4]).shape == (4, 2)
    with pytest.raises(phasic.InputError, match="3 classes; the network has 2"):
        classifier.partial_fit(x[:1], ["above"])
    assert classifier.session_.position == 400
    classifier.fit(x[:30], names[:30])
    assert classifier.session_.position == 30


def test_a_classifier_predicts_none_but_the_classes_that_it_knows():
    x = np.full((20, 20), 255, np.uint8)
    classifier = phasic.Classifier(LEARNING)
    with pytest.raises(phasic.InputError, match="nothing yet"):
        classifier.predict(x)
    classifier.partial_fit(x, [7] * 20)
    assert set(classifier.predict(pictures(50)[0]).tolist()) == {7}


def test_notebooks_show_tables_with_everything_escaped():
    network = phasic.network({**LEARNING, "name": "<b>"})
    assert "&lt;b&gt;: 20-9-3" in network._repr_html_()
    assert "<b>" not in network._repr_html_()
    assert "<td>naca</td><td>9</td><td>21</td>" in network._repr_html_()
    x, y = pictures(5)
    results = phasic.Session(network).run(x, y)
    assert f"{results.correct} of 5 samples right" in results._repr_html_()
    assert f"<td>{results.counters['layers'][1]['synaptic_operations']}</td>" in results._repr_html_()


def test_a_network_goes_out_as_nir_and_comes_in_with_the_same_bits(tmp_path):
    x, y = pictures(40)
    session = phasic.Session(phasic.network(LEARNING))
    session.learn(x, y)
    session.save_nir(tmp_path / "g.nir", dt=0.01)
    back = phasic.Session.from_nir(tmp_path / "g.nir", engine="hls")
    assert back.network.to_json() == session.network.to_json()
    np.testing.assert_array_equal(back.weights(0), session.weights(0))
    np.testing.assert_array_equal(back.run(x, y).scores, session.run(x, y).scores)


def test_what_a_nir_file_lacks_is_told(tmp_path):
    with pytest.raises(phasic.InputError, match="none.nir: is not there"):
        phasic.Session.from_nir(tmp_path / "none.nir")
    session = phasic.Session(phasic.network(LEARNING))
    session.save_nir(tmp_path / "g.nir")
    with pytest.raises(phasic.InputError, match='reset: "half"; "zero" or "subtract" is right'):
        phasic.Session.from_nir(tmp_path / "g.nir", reset="half")
    with pytest.raises(phasic.InputError, match="12 bits; 8 or 16"):
        phasic.Session.from_nir(tmp_path / "g.nir", weight_bits=12)
    assert phasic.Session.from_nir(tmp_path / "g.nir", reset="subtract", learning_rate=1e-3).network.layers[1].learns


def write_idx(folder, stem, pictures, labels):
    for kind, array in (("images-idx3", pictures), ("labels-idx1", labels)):
        header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
        (folder / f"{stem}-{kind}-ubyte").write_bytes(header + array.astype(np.uint8).tobytes())


def test_data_of_a_folder_are_arrays_that_outlive_it(tmp_path):
    x, y = pictures(30, inputs=20)
    write_idx(tmp_path, "train", x.reshape(30, 4, 5), y)
    write_idx(tmp_path, "t10k", x[:7].reshape(7, 4, 5), y[:7])
    data = phasic.load_data(tmp_path)
    assert (data.shape, data.has_events, len(data.training), len(data.test)) == ((4, 5), False, 30, 7)
    shown = data.training.x
    np.testing.assert_array_equal(shown, x.reshape(30, 4, 5))
    np.testing.assert_array_equal(data.training.y, y)
    assert phasic.Session(phasic.network(LEARNING)).learn(data.training.x, data.training.y).labels.tolist() == y.tolist()
    with pytest.raises(ValueError):
        shown[0, 0, 0] = 1
    tested = phasic.load_data({"folder": str(tmp_path)}, training=False)
    assert (len(tested.training), len(tested.test)) == (0, 7)
    del data
    gc.collect()
    np.testing.assert_array_equal(shown, x.reshape(30, 4, 5))


def test_recordings_are_lists_of_events(tmp_path):
    for part in ("train", "test"):
        for name in ("left", "right"):
            (tmp_path / part / name).mkdir(parents=True)
            (tmp_path / part / name / "1.bin").write_bytes(bytes([3, 2, 0x80, 0, 0, 1, 2, 0, 0x13, 0x88]))
    data = phasic.load_data({"folder": str(tmp_path), "steps": 2})
    assert data.has_events and data.steps == 2 and data.classes == ["left", "right"]
    events = data.training.x
    assert [array.shape for array in events] == [(2, 2), (2, 2)]
    assert events[0][:, 0].tolist() == [0, 1]
    assert data.training.y.tolist() == [0, 1]


def test_data_that_are_not_there_are_an_input_error():
    with pytest.raises(phasic.InputError, match="no such set"):
        phasic.load_data("no such set")

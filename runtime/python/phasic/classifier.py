# SPDX-License-Identifier: Apache-2.0
"""A classifier with the methods of scikit-learn's, which learns a sample at a time."""
import numpy as np

from ._phasic import InputError, Session


class Classifier:
    """Learns what `partial_fit` shows it, each sample once, and never looks back.

    network: anything that phasic.network takes.
    scale: samples are multiplied by it, rounded and limited to 0 to 255; without it they have to be uint8.
    Other arguments are those of Session, such as engine="rtl64".

    Labels may be of any kind that can be compared for equality. `classes_` holds them in the order of the network's classes: that of
    the `classes` given to the first partial_fit, or that in which they came, so new ones may come at any time, as many as the network has.
    """

    def __init__(self, network, *, scale=None, **target):
        self.network = network
        self.scale = scale
        self.target = target

    def get_params(self, deep=True):
        return {"network": self.network, "scale": self.scale, **self.target}

    def set_params(self, **params):
        for name, value in params.items():
            if name in ("network", "scale"):
                setattr(self, name, value)
            else:
                self.target[name] = value
        return self

    def fit(self, X, y):
        """Begins anew and learns the samples once, in their order."""
        self.__dict__.pop("session_", None)
        return self.partial_fit(X, y)

    def partial_fit(self, X, y, classes=None):
        """Learns the samples in their order. A network with a preparation is prepared from the first ones."""
        labels = np.asarray(y).ravel()
        if not hasattr(self, "session_"):
            self._begin()
        if classes is not None and len(self.classes_) == 0:
            self._add_classes(classes)
        self._add_classes(labels)
        place = {label: number for number, label in enumerate(self.classes_.tolist())}
        numbers = np.array([place[label] for label in labels.tolist()], dtype=np.int64)
        samples = self._bytes(X)
        if self.session_.network.needs_preparation:
            self.session_.prepare(samples, numbers)
        self.session_.learn(samples, numbers)
        return self

    def predict(self, X):
        """The class of each sample, of those that were learned or named so far."""
        scores = self.decision_function(X)
        return self.classes_[np.argmax(scores, axis=1)]

    def decision_function(self, X):
        """Scores, samples x classes: the largest of the neurons that stand for a class."""
        self._expect_begun()
        scores = self.session_.run(self._bytes(X)).scores
        of = np.array([self.session_.network.class_of(neuron) for neuron in range(scores.shape[1])])
        return np.stack([scores[:, of == number].max(axis=1) for number in range(len(self.classes_))], axis=1)

    def score(self, X, y):
        """The share of samples whose class is right."""
        return float(np.mean(self.predict(X) == np.asarray(y).ravel()))

    def _begin(self):
        from . import network
        self.session_ = Session(network(self.network), **self.target)
        self.classes_ = np.array([])

    def _expect_begun(self):
        if not hasattr(self, "session_"):
            raise InputError("the classifier has learned nothing yet; partial_fit and fit teach it")

    def _add_classes(self, labels):
        known = self.classes_.tolist()
        new = [label for label in dict.fromkeys(np.asarray(labels).ravel().tolist()) if label not in known]
        most = self.session_.network.classes
        if len(known) + len(new) > most:
            raise InputError(f"y: {len(known) + len(new)} classes; the network has {most}")
        if new:
            self.classes_ = np.array(known + new)

    def _bytes(self, X):
        if self.scale is None:
            return X
        return np.clip(np.rint(np.asarray(X, dtype=float) * self.scale), 0, 255).astype(np.uint8)

# SPDX-License-Identifier: Apache-2.0
"""Spiking networks that learn on the chip, run on a model of it, on its RTL, or on a card."""
import json as _json
import os as _os

from ._phasic import UNLABELLED, Data, DataPart, DeviceError, Error, InputError, Layer, Network, Results, Session
from ._phasic import _load_data
from .classifier import Classifier
from .display import network_html as _network_html
from .display import results_html as _results_html

__all__ = ["UNLABELLED", "Classifier", "Data", "DataPart", "DeviceError", "Error", "InputError", "Layer", "Network", "Results", "Session",
           "load_data", "network"]

Network._repr_html_ = _network_html
Results._repr_html_ = _results_html


def network(source):
    """A network from a file (a name or path), from JSON text, or from a dict; a Network stays as it is."""
    if isinstance(source, Network):
        return source
    if isinstance(source, dict):
        return Network.from_json(_json.dumps(source))
    if isinstance(source, str) and source.lstrip().startswith("{"):
        return Network.from_json(source)
    return Network.from_file(_os.fspath(source))


def load_data(source, training=True, test=True):
    """A data set: a name that `phasic data list` knows, a folder or an archive of files by class, or a dict with the fields of a data set. A part
    that is not wanted is empty."""
    text = _json.dumps(source) if isinstance(source, dict) else _os.fspath(source)
    return _load_data(text, training, test)

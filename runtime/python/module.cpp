// SPDX-License-Identifier: Apache-2.0
/// The module phasic._phasic: the public library for Python, with numpy arrays in place of spans and vectors.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <memory>
#include <mutex>
#include <optional>
#include <phasic/phasic.hpp>
#include <utility>

#include "runtime/python/arrays.hpp"
#include "runtime/python/data.hpp"
#include "runtime/python/samples.hpp"

namespace py = pybind11;

namespace phasic::python {
namespace {

/// A session that several threads of Python may use: one after the other.
struct GuardedSession {
  explicit GuardedSession(Session opened) : session(std::move(opened)) {}
  Session session;
  std::mutex mutex;

  /// Does something with the session, while other threads of Python go on.
  template <class Action>
  auto use(const Action& action) {
    const py::gil_scoped_release released;
    const std::lock_guard lock(mutex);
    return action(session);
  }
  Network network() {
    return use([](const Session& used) { return used.network(); });
  }
  std::uint64_t position() {
    return use([](const Session& used) { return used.position(); });
  }
};

/// Keyword arguments that say what runs the network.
Target target_of(const py::kwargs& arguments) {
  Target target;
  for (const auto& [key, value] : arguments) {
    const auto name = key.cast<std::string>();
    if (name == "engine") {
      target.engine = value.cast<std::string>();
    } else if (name == "engine_options") {
      target.engine_options = value.cast<std::string>();
    } else if (name == "transport") {
      target.transport = value.cast<std::string>();
    } else if (name == "xclbin") {
      target.xclbin = value.cast<std::string>();
    } else if (name == "device") {
      target.device = value.cast<unsigned>();
    } else if (name == "compute_unit") {
      target.compute_unit = value.cast<unsigned>();
    } else if (name == "timeout") {
      const auto seconds = value.cast<double>();
      if (!(seconds > 0) || seconds > 1e6)
        throw InputError("timeout: " + std::to_string(seconds) + "; a positive number of seconds is needed");
      target.timeout = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
    } else {
      throw py::type_error("there is no argument '" + name +
                           "'; engine, engine_options, transport, xclbin, device, compute_unit and timeout are known");
    }
  }
  return target;
}

py::dict dict_of(const std::vector<Counter>& counters) {
  py::dict dict;
  for (const auto& counter : counters) dict[py::str(counter.name)] = counter.value;
  return dict;
}

/// Results, and what their potentials are shaped like.
struct PythonResults {
  Results results;
  Network network;
};

py::array_t<std::int16_t> potentials(const PythonResults& from, std::size_t layer) {
  const auto layers = from.network.layers();
  if (layer >= layers.size())
    throw InputError("layer " + std::to_string(layer) + ": the network has " + std::to_string(layers.size()));
  const auto samples = from.results.size();
  const auto steps = from.network.steps(), neurons = layers[layer].neurons;
  py::array_t<std::int16_t> array({samples, std::size_t{steps}, std::size_t{neurons}});
  auto values = array.mutable_unchecked<3>();
  for (std::size_t sample = 0; sample < samples; ++sample)
    for (std::uint32_t step = 0; step < steps; ++step)
      for (std::uint32_t neuron = 0; neuron < neurons; ++neuron)
        values(static_cast<py::ssize_t>(sample), step, neuron) = from.results.trace.potential(sample, layer, step, neuron);
  return array;
}

py::array weights(const py::object& self, std::size_t layer) {
  const auto view = self.cast<GuardedSession&>().session.weights(layer);
  const auto element = static_cast<py::ssize_t>(view.bits / 8);
  return py::array(view.bits == 8 ? py::dtype::of<std::int8_t>() : py::dtype::of<std::int16_t>(),
                   {static_cast<py::ssize_t>(view.rows), static_cast<py::ssize_t>(view.columns)},
                   {static_cast<py::ssize_t>(view.row_stride), element}, view.data, self);
}

void add_exceptions(py::module_& module) {
  // The module holds them; objects of pybind11 would be let go after the interpreter has ended.
  static PyObject* const error = py::exception<Error>(module, "Error", PyExc_RuntimeError).ptr();
  static PyObject* const input_error =
      py::exception<InputError>(module, "InputError", py::make_tuple(py::handle(error), py::handle(PyExc_ValueError))).ptr();
  static PyObject* const device_error = py::exception<DeviceError>(module, "DeviceError", error).ptr();
  // NOLINTNEXTLINE(performance-unnecessary-value-param): as pybind11 calls it
  py::register_exception_translator([](std::exception_ptr thrown) {
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const InputError& told) {
      PyErr_SetString(input_error, told.what());
    } catch (const DeviceError& told) {
      PyErr_SetString(device_error, told.what());
    } catch (const Error& told) {
      PyErr_SetString(error, told.what());
    }
  });
}

void add_network(py::module_& module) {
  py::class_<Layer>(module, "Layer", "What a network file says of a layer.")
      .def_readonly("rule", &Layer::rule)
      .def_readonly("neurons", &Layer::neurons)
      .def_readonly("weight_rows", &Layer::weight_rows)
      .def_readonly("row_width", &Layer::row_width)
      .def_readonly("bias", &Layer::bias)
      .def_readonly("learns", &Layer::learns)
      .def("__repr__", [](const Layer& layer) {
        return "<phasic.Layer " + layer.rule + ", " + std::to_string(layer.neurons) + " neurons>";
      });
  py::class_<Network>(module, "Network", "A network of the JSON format.")
      .def_static("from_file", &Network::from_file, py::arg("file"))
      .def_static("from_json", &Network::from_json, py::arg("text"))
      .def_property_readonly("name", &Network::name)
      .def_property_readonly("inputs", &Network::inputs)
      .def_property_readonly("classes", &Network::classes)
      .def_property_readonly("outputs", &Network::outputs)
      .def_property_readonly("steps", &Network::steps)
      .def_property_readonly("weight_bits", &Network::weight_bits)
      .def_property_readonly("takes_events", &Network::takes_events)
      .def_property_readonly("needs_preparation", &Network::needs_preparation)
      .def_property_readonly("layers", &Network::layers)
      .def_property_readonly("architecture", &Network::architecture)
      .def("class_of", &Network::class_of, py::arg("neuron"))
      .def("describe", &Network::describe)
      .def("to_json", &Network::to_json)
      .def("__repr__",
           [](const Network& network) { return "<phasic.Network " + network.name() + ", " + network.architecture() + ">"; });
}

void add_results(py::module_& module) {
  const auto array = [](auto member) {
    return [member](const py::object& self) { return view_of(self.cast<const PythonResults&>().results.*member, self); };
  };
  py::class_<PythonResults>(module, "Results", "What came back from samples, as arrays with an element a sample.")
      .def_property_readonly("labels", array(&Results::labels))
      .def_property_readonly("classes", array(&Results::classes))
      .def_property_readonly("neurons", array(&Results::neurons))
      .def_property_readonly("spikes", array(&Results::spikes))
      .def_property_readonly("scores",
                             [](const py::object& self) {
                               const auto& results = self.cast<const PythonResults&>().results;
                               return view_of(
                                   results.scores.data(), self,
                                   {static_cast<py::ssize_t>(results.size()), static_cast<py::ssize_t>(results.outputs)});
                             })
      .def_property_readonly("correct", [](const PythonResults& self) { return self.results.correct(); })
      .def_property_readonly("accuracy",
                             [](const PythonResults& self) {
                               return static_cast<double>(self.results.correct()) / static_cast<double>(self.results.size());
                             })
      .def_property_readonly("counters",
                             [](const PythonResults& self) {
                               py::dict dict = dict_of(self.results.counters.network);
                               py::list layers;
                               for (const auto& layer : self.results.counters.layers) layers.append(dict_of(layer));
                               dict["layers"] = layers;
                               return dict;
                             })
      .def("potentials", &potentials, py::arg("layer"),
           "Membrane potentials after each step, samples x steps x neurons; needs trace=True.")
      .def("__len__", [](const PythonResults& self) { return self.results.size(); })
      .def("__repr__", [](const PythonResults& self) {
        return "<phasic.Results of " + std::to_string(self.results.size()) + " samples, " +
               std::to_string(self.results.correct()) + " right>";
      });
}

void add_session(py::module_& module) {
  py::class_<GuardedSession> type(module, "Session", "A network with its weights on an engine: it answers, and it learns.");
  type.def(py::init([](const Network& network, const py::kwargs& arguments) {
             const auto target = target_of(arguments);
             const py::gil_scoped_release released;
             return std::make_unique<GuardedSession>(Session(network, target));
           }),
           py::arg("network"))
      .def_static(
          "from_checkpoint",
          [](const std::filesystem::path& file, const py::kwargs& arguments) {
            const auto target = target_of(arguments);
            const py::gil_scoped_release released;
            return std::make_unique<GuardedSession>(Session::from_checkpoint(file, target));
          },
          py::arg("file"));
  type.def_static(
      "from_nir",
      [](const std::filesystem::path& file, std::optional<double> dt, const std::string& reset, const std::string& decay,
         const std::string& input, std::uint32_t weight_bits, std::uint32_t steps, std::optional<double> learning_rate,
         const py::kwargs& arguments) {
        const NirOptions options{dt, reset, decay, input, weight_bits, steps, learning_rate};
        const auto target = target_of(arguments);
        const py::gil_scoped_release released;
        return std::make_unique<GuardedSession>(Session::from_nir(file, options, target));
      },
      py::arg("file"), py::kw_only(), py::arg("dt") = py::none(), py::arg("reset") = "", py::arg("decay") = "euler",
      py::arg("input") = "", py::arg("weight_bits") = 0, py::arg("steps") = 0, py::arg("learning_rate") = py::none(),
      "A network and its weights from a NIR file.");
  const auto shown = [](bool learn) {
    return [learn](GuardedSession& self, const py::object& x, const py::object& y, bool trace, std::uint32_t launch_samples) {
      const PythonSamples samples(self.network(), x, y);
      const RunOptions options{.trace = trace, .launch_samples = launch_samples};
      auto results = self.use([&](Session& session) {
        return learn ? session.learn(samples.samples(), options) : session.run(samples.samples(), options);
      });
      return PythonResults{std::move(results), self.network()};
    };
  };
  type.def("learn", shown(true), py::arg("x"), py::arg("y"), py::kw_only(), py::arg("trace") = false,
           py::arg("launch_samples") = 500)
      .def("run", shown(false), py::arg("x"), py::arg("y") = py::none(), py::kw_only(), py::arg("trace") = false,
           py::arg("launch_samples") = 500)
      .def(
          "prepare",
          [](GuardedSession& self, const py::object& x, const py::object& y) {
            const PythonSamples samples(self.network(), x, y);
            self.use([&](Session& session) { session.prepare(samples.samples()); });
          },
          py::arg("x"), py::arg("y"))
      .def("weights", &weights, py::arg("layer"),
           "The weights of a layer in the session's own memory, rows x columns; writing changes them.")
      .def(
          "save",
          [](GuardedSession& self, const std::filesystem::path& file) {
            self.use([&](Session& session) { session.save(file); });
          },
          py::arg("file"))
      .def(
          "save_nir",
          [](GuardedSession& self, const std::filesystem::path& file, double dt) {
            self.use([&](Session& session) { session.save_nir(file, dt); });
          },
          py::arg("file"), py::kw_only(), py::arg("dt") = 1e-3, "Writes network and weights as NIR, a time step as dt seconds.")
      .def_property_readonly("network", &GuardedSession::network)
      .def_property_readonly("position", &GuardedSession::position)
      .def("describe", [](const GuardedSession& self) { return self.session.describe(); })
      .def("__repr__", [](GuardedSession& self) {
        return "<phasic.Session " + self.network().architecture() + " on " + self.session.describe() + ">";
      });
}

}  // namespace
}  // namespace phasic::python

PYBIND11_MODULE(_phasic, module) {
  module.doc() = "Networks that learn on the chip, run on a model of it, on its RTL, or on a card.";
  module.attr("UNLABELLED") = phasic::kUnlabelled;
  phasic::python::add_exceptions(module);
  phasic::python::add_network(module);
  phasic::python::add_results(module);
  phasic::python::add_session(module);
  phasic::python::add_data(module);
}

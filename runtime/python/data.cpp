// SPDX-License-Identifier: Apache-2.0
#include "runtime/python/data.hpp"

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <phasic/data.hpp>

#include "runtime/python/arrays.hpp"

namespace py = pybind11;

namespace phasic::python {
namespace {

struct PythonPart {
  Data data;
  bool training;
  [[nodiscard]] const DataPart& part() const { return training ? data.training() : data.test(); }
};

/// Pictures of one channel have no axis of channels.
std::vector<py::ssize_t> shape_of(const Data& data) {
  std::vector<py::ssize_t> shape;
  if (data.channels() > 1) shape.push_back(data.channels());
  shape.push_back(data.rows());
  shape.push_back(data.columns());
  return shape;
}

/// Events as samples take them: a list with an array of two columns, step and input, a sample.
py::list event_arrays(const py::object& self, std::span<const Sample> samples) {
  static_assert(sizeof(AddressEvent) == 2 * sizeof(std::uint32_t));
  py::list arrays;
  for (const auto& sample : samples) {
    const auto* first = sample.events.empty() ? nullptr : &sample.events.front().step;
    arrays.append(view_of(first, self, {static_cast<py::ssize_t>(sample.events.size()), 2}));
  }
  return arrays;
}

py::object x_of(const py::object& self) {
  const auto& from = self.cast<const PythonPart&>();
  if (from.data.has_events()) return event_arrays(self, from.part().samples);
  auto shape = shape_of(from.data);
  shape.insert(shape.begin(), static_cast<py::ssize_t>(from.part().samples.size()));
  return view_of(from.part().intensities.data(), self, std::move(shape));
}

py::array y_of(const py::object& self) {
  const auto labels = self.cast<const PythonPart&>().part().labels;
  return view_of(labels.data(), self, {static_cast<py::ssize_t>(labels.size())});
}

}  // namespace

void add_data(py::module_& module) {
  py::class_<PythonPart>(module, "DataPart", "Samples of a data set, in its order.")
      .def_property_readonly("x", &x_of,
                             "uint8 array, samples first; of events a list with an array (events x 2: step, input) a sample.")
      .def_property_readonly("y", &y_of, "Label of each sample.")
      .def("__len__", [](const PythonPart& self) { return self.part().samples.size(); })
      .def("__repr__", [](const PythonPart& self) {
        return "<phasic.DataPart of " + std::to_string(self.part().samples.size()) + " samples>";
      });
  py::class_<Data>(module, "Data", "A data set in memory.")
      .def_property_readonly("training",
                             [](const Data& self) {
                               return PythonPart{self, true};
                             })
      .def_property_readonly("test",
                             [](const Data& self) {
                               return PythonPart{self, false};
                             })
      .def_property_readonly("name", &Data::name)
      .def_property_readonly("classes", &Data::classes)
      .def_property_readonly("has_events", &Data::has_events)
      .def_property_readonly("shape", [](const Data& self) { return py::tuple(py::cast(shape_of(self))); })
      .def_property_readonly("steps", &Data::steps)
      .def_property_readonly("folder", &Data::folder)
      .def_property_readonly("licence", &Data::licence)
      .def_property_readonly("notes", &Data::notes)
      .def("__repr__", [](const Data& self) {
        return "<phasic.Data " + self.name() + ", " + std::to_string(self.training().samples.size()) + " training and " +
               std::to_string(self.test().samples.size()) + " test samples of " + std::to_string(self.classes().size()) +
               " classes>";
      });
  module.def(
      "_load_data",
      [](const std::string& what, bool training, bool test) {
        const py::gil_scoped_release released;
        return Data::load(what, {.training = training, .test = test});
      },
      py::arg("what"), py::arg("training"), py::arg("test"));
}

}  // namespace phasic::python

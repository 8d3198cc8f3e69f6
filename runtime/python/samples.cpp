// SPDX-License-Identifier: Apache-2.0
#include "runtime/python/samples.hpp"

#include <phasic/error.hpp>
#include <string>

namespace py = pybind11;

namespace phasic::python {
namespace {

std::string type_of(const py::array& array) { return py::str(array.dtype()); }

/// Integers of any type as 64 bits.
py::array_t<std::int64_t> integers(const py::object& values, const std::string& name) {
  const auto array = py::array::ensure(values);
  if (!array) throw InputError(name + ": not an array");
  const char kind = array.dtype().kind();
  if (kind != 'i' && kind != 'u' && array.size() > 0) throw InputError(name + ": " + type_of(array) + "; integers are needed");
  return py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>(array);
}

std::uint32_t number(std::int64_t value, const std::string& name) {
  if (value < 0 || value > 0xffff'fffe) throw InputError(name + ": " + std::to_string(value));
  return static_cast<std::uint32_t>(value);
}

}  // namespace

PythonSamples::PythonSamples(const Network& network, const py::object& values, const py::object& labels) {
  if (network.takes_events() && !py::isinstance<py::array>(values) && py::isinstance<py::sequence>(values)) {
    take_events(py::reinterpret_borrow<py::sequence>(values));
  } else {
    take_intensities(network, values);
  }
  if (!labels.is_none()) take_labels(labels);
}

void PythonSamples::take_intensities(const Network& network, const py::object& values) {
  const auto given = py::array::ensure(values);
  if (!given) throw InputError("x: not an array");
  if (!py::isinstance<py::array_t<std::uint8_t>>(given))
    throw InputError("x: " + type_of(given) + "; intensities are uint8, from 0 to 255");
  if (given.ndim() < 2)
    throw InputError("x: " + std::to_string(given.ndim()) + " axes; the first one is that of samples, others follow");
  intensities_ = py::array_t<std::uint8_t, py::array::c_style>(given);
  const auto count = static_cast<std::size_t>(intensities_.shape(0));
  const std::size_t inputs = count == 0 ? network.inputs() : static_cast<std::size_t>(intensities_.size()) / count;
  const std::span<const std::uint8_t> all(intensities_.data(), static_cast<std::size_t>(intensities_.size()));
  for (std::size_t n = 0; n < count; ++n) samples_.push_back({.intensities = all.subspan(n * inputs, inputs)});
}

void PythonSamples::take_events(const py::sequence& recordings) {
  for (std::size_t n = 0; n < recordings.size(); ++n) {
    const auto name = "x[" + std::to_string(n) + "]";
    const auto array = integers(recordings[n], name);
    auto& events = events_.emplace_back();
    if (array.size() == 0) continue;
    if (array.ndim() != 2 || array.shape(1) != 2)
      throw InputError(name + ": events are an array of two columns, step and input");
    const auto rows = array.unchecked<2>();
    for (py::ssize_t row = 0; row < rows.shape(0); ++row)
      events.push_back({.step = number(rows(row, 0), name + ": step"), .input = number(rows(row, 1), name + ": input")});
  }
  for (const auto& events : events_) samples_.push_back({.events = events});
}

void PythonSamples::take_labels(const py::object& labels) {
  const auto array = integers(labels, "y");
  if (array.ndim() != 1 || static_cast<std::size_t>(array.size()) != samples_.size())
    throw InputError("y: " + std::to_string(array.size()) + " labels for " + std::to_string(samples_.size()) + " samples");
  const auto values = array.unchecked<1>();
  for (py::ssize_t n = 0; n < values.shape(0); ++n)
    samples_[static_cast<std::size_t>(n)].label = number(values(n), "y[" + std::to_string(n) + "]");
}

}  // namespace phasic::python

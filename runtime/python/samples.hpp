// SPDX-License-Identifier: Apache-2.0
/// Samples from what Python gives.
#pragma once

#include <pybind11/numpy.h>

#include <cstdint>
#include <phasic/session.hpp>
#include <span>
#include <vector>

namespace phasic::python {

/// Samples and labels. Intensities are an array of bytes with a first axis of samples, which is not copied if its values lie
/// one behind the other; events a list with an array of integers (events x 2: step, input) a sample. Throws InputError for
/// anything else.
class PythonSamples {
 public:
  /// `labels` are integers, one a sample, or None.
  PythonSamples(const Network& network, const pybind11::object& values, const pybind11::object& labels);
  [[nodiscard]] std::span<const Sample> samples() const { return samples_; }

 private:
  void take_intensities(const Network& network, const pybind11::object& values);
  void take_events(const pybind11::sequence& recordings);
  void take_labels(const pybind11::object& labels);

  pybind11::array_t<std::uint8_t, pybind11::array::c_style> intensities_;  // kept while samples point into it
  std::vector<std::vector<AddressEvent>> events_;
  std::vector<Sample> samples_;
};

}  // namespace phasic::python

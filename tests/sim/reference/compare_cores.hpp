// SPDX-License-Identifier: Apache-2.0
/// The plain core beside the fast one with each set of kernels that this processor can run.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/reference/cores.hpp"
#include "sim/reference/kernels/fast_kernels.hpp"
#include "tests/sim/reference/random_network.hpp"

namespace phasic::reference::test {

inline std::vector<const FastKernels*> every_kernels() {
  const FastKernels* kernels[kMostFastKernels];
  const std::size_t count = all_fast_kernels(kernels);
  return {kernels, kernels + count};
}

inline std::vector<std::byte> weights_of(const Core& network, std::size_t layer) {
  std::vector<std::byte> bytes(weight_bytes(network.program(), network.program().layers[layer]));
  network.get_weights(layer, bytes);
  return bytes;
}

inline std::vector<std::byte> memory_of(const Core& network, std::size_t layer) {
  std::vector<std::byte> bytes(memory_bytes(network.program().layers[layer]));
  network.get_memory(layer, bytes);
  return bytes;
}

/// PHASIC_TEST_SEED from the environment, or another one each time.
inline std::uint64_t chosen_seed() {
  const char* text = std::getenv("PHASIC_TEST_SEED");
  return text == nullptr ? std::random_device{}() : std::stoull(text);
}

/// Cores with one program and the same weights and levels: the plain one, then a fast one for each of every_kernels().
class Cores {
 public:
  explicit Cores(const Program& program) : kernels_(every_kernels()) {
    cores_.push_back(make_plain_core(program));
    for (const FastKernels* const kernels : kernels_) cores_.push_back(make_fast_core(program, *kernels));
  }
  /// With random weights and levels.
  Cores(const Program& program, Generator& generator) : Cores(program) {
    for (std::size_t layer = 0; layer < program.layers.size(); ++layer) {
      set_weights(layer, random_rows(generator, program, program.layers[layer]));
      set_levels(layer, random_levels(generator, program, program.layers[layer]));
      if (has_memory(program.layers[layer])) set_memory(layer, random_memory(generator, program.layers[layer]));
    }
  }

  void set_weights(std::size_t layer, const std::vector<std::byte>& rows) {
    for (auto& core : cores_) core->set_weights(layer, rows);
  }
  void set_levels(std::size_t layer, const std::vector<std::byte>& rows) {
    for (auto& core : cores_) core->set_levels(layer, rows);
  }
  void set_memory(std::size_t layer, const std::vector<std::byte>& bytes) {
    for (auto& core : cores_) core->set_memory(layer, bytes);
  }
  [[nodiscard]] const Core& plain() const { return *cores_[0]; }

  /// Shows all of them a sample and compares all that they tell and keep.
  void show(const OwnedSample& sample, std::uint32_t number, bool with_potentials) {
    SampleResult expected;
    Potentials expected_potentials;
    cores_[0]->run(sample.view(), number, expected, &expected_potentials);
    for (std::size_t k = 1; k < cores_.size(); ++k) {
      SCOPED_TRACE(kernels_[k - 1]->name);
      SampleResult result;
      Potentials potentials;
      cores_[k]->run(sample.view(), number, result, with_potentials ? &potentials : nullptr);
      ASSERT_EQ(result.scores, expected.scores);
      ASSERT_EQ(result.prediction, expected.prediction);
      ASSERT_EQ(result.spikes, expected.spikes);
      if (with_potentials) {
        ASSERT_EQ(potentials, expected_potentials);
      }
      ASSERT_EQ(cores_[k]->counts(), cores_[0]->counts());
      for (std::size_t layer = 0; layer < plain().program().layers.size(); ++layer) {
        ASSERT_EQ(weights_of(*cores_[k], layer), weights_of(*cores_[0], layer)) << "layer " << layer;
        ASSERT_EQ(memory_of(*cores_[k], layer), memory_of(*cores_[0], layer)) << "layer " << layer;
      }
    }
  }

 private:
  std::vector<const FastKernels*> kernels_;
  std::vector<std::unique_ptr<Core>> cores_;
};

}  // namespace phasic::reference::test

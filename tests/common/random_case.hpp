// SPDX-License-Identifier: Apache-2.0
/// Random runs of the kernel: legal ones, and ones with a planted fault. A case is a function of its seed and the limits of a
/// build, so that a seed is all that is needed to see it again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <vector>

#include "phasic/contract.hpp"

namespace phasic::testing {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed * 0x9e3779b97f4a7c15u + 0x7f4a7c15u) {}
  std::uint64_t any() { return engine_(); }
  std::uint64_t below(std::uint64_t n) { return engine_() % n; }
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  double unit() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  template <class T>
  T pick(std::initializer_list<T> choices) {
    return choices.begin()[below(choices.size())];
  }

 private:
  std::mt19937_64 engine_;
};

/// Buffers, by argument id: program, weights, tables, samples, results, trace.
inline constexpr std::size_t kBuffers = 6;

/// Part of a buffer where the bus answers with an error.
struct BusFailure {
  bool write;
  std::uint32_t buffer;  ///< argument id
  std::uint64_t offset, size;
};

struct RandomCase {
  std::uint64_t seed = 0;
  std::array<std::uint64_t, kBuffers> addresses{};
  std::array<std::vector<std::byte>, kBuffers> buffers;  ///< before the run; their sizes are the size arguments
  std::uint32_t sample_count = 0;
  std::uint32_t first_sample = 0;
  std::vector<BusFailure> bus_failures;
  std::string planted;  ///< what is wrong with it, for people; empty if the case is legal

  [[nodiscard]] contract::ProgramHeader header() const;
  [[nodiscard]] contract::Layer layer(std::size_t index) const;
  /// Whether what the kernel reads before it sees an error depends on its timing.
  [[nodiscard]] bool timing_decides() const;
  /// One line: layers, steps, rules, samples.
  [[nodiscard]] std::string describe() const;
};

/// A legal case.
[[nodiscard]] RandomCase random_case(std::uint64_t seed, const contract::Limits& limits);
/// A legal case of a layer that needs as many words of neurons as there can be: a neuron in each, if the build has
/// convolutions. Then `max_rows` suffice for as many inputs as it may have neurons.
[[nodiscard]] RandomCase most_words_case(std::uint64_t seed, const contract::Limits& limits);
/// A legal case whose samples are pieces of a trace of 1,000 steps: potentials are traced, and nothing is learned. The build
/// must have rules_state.
[[nodiscard]] RandomCase trace_case(std::uint64_t seed, const contract::Limits& limits);
/// A legal case of graded samples, most of whose layers are convolutions whose filters compete over patches.
[[nodiscard]] RandomCase filters_case(std::uint64_t seed, const contract::Limits& limits);
/// A legal case of a network that learns, with a layer that takes the retrograde signal. The build must have rules_retrograde.
[[nodiscard]] RandomCase retrograde_case(std::uint64_t seed, const contract::Limits& limits);
/// A case that is probably illegal, in a way that its seed chooses.
[[nodiscard]] RandomCase random_illegal_case(std::uint64_t seed, const contract::Limits& limits);

/// Weights of a row.
[[nodiscard]] std::uint32_t row_width(const contract::Layer& layer);
/// Bytes of a row of so many weights.
[[nodiscard]] std::uint64_t weight_row_bytes(std::uint32_t weights, std::uint32_t weight_width);
/// Rows of weights of layer `index`, the bias included.
[[nodiscard]] std::uint32_t layer_rows(const RandomCase& random_case, std::size_t index);
/// Rows of layer `index` in the weights buffer: those and its state.
[[nodiscard]] std::uint32_t stored_rows(const RandomCase& random_case, std::size_t index, std::uint32_t weight_width);
/// Bytes that layer `index` keeps beside its rows.
[[nodiscard]] std::uint64_t memory_bytes(const RandomCase& random_case, std::size_t index);
[[nodiscard]] constexpr std::uint64_t align(std::uint64_t bytes) {
  return (bytes + contract::kAlignment - 1) / contract::kAlignment * contract::kAlignment;
}

}  // namespace phasic::testing

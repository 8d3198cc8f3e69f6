// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sim/reference/fast/spike_lists.hpp"

namespace phasic::reference {

/// Spikes of the first layer's rows, from intensities or events.
class Encoder {
 public:
  /// `program` and `kernels` must stay.
  Encoder(const Program& program, const FastKernels& kernels);
  /// Of a sample, until the next is taken; its bias row included. Adds the inputs that spike to `input_events`.
  const SpikeLists& take(const Sample& sample, std::uint32_t number, std::uint64_t& input_events);

 private:
  void encode(const Sample& sample, std::uint32_t number, std::uint64_t& input_events);
  void take_events(const Sample& sample);

  const Program& program_;
  const FastKernels& kernels_;
  SpikeLists lists_;
  // Inputs that are not 0: number and intensity, and their random words, with room for kListRoom more.
  std::vector<std::uint16_t> active_;
  std::vector<std::uint8_t> intensity_;
  std::vector<std::uint16_t> words_x_;
  std::vector<std::uint16_t> words_y_;
};

}  // namespace phasic::reference

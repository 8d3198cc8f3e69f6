// SPDX-License-Identifier: Apache-2.0
/// Samples of a program as the runtime takes them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "phasic/session.hpp"
#include "runtime/run/launch.hpp"

namespace phasic {

/// The samples, and the words of their events.
class GivenSamples {
 public:
  /// Throws runtime::InputError, which names the sample, the field and its value, for one that does not fit the network, or
  /// cannot be learned if it is to be.
  GivenSamples(const runtime::Network& network, std::span<const Sample> samples, bool learn);
  [[nodiscard]] const std::vector<runtime::Sample>& samples() const { return samples_; }

 private:
  std::vector<std::uint32_t> words_;
  std::vector<runtime::Sample> samples_;
};

}  // namespace phasic

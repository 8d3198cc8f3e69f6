// SPDX-License-Identifier: Apache-2.0
/// What a layer with factor discriminant learns (docs/specification.md, section 2): the definition.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/reference/cores.hpp"

namespace phasic::reference {

class PlainDiscriminant {
 public:
  explicit PlainDiscriminant(const LayerProgram& layer);

  /// In the layout of the buffer; of the right size.
  void set(std::span<const std::byte> memory);
  void get(std::span<std::byte> memory) const;
  /// Learns one sample, of which `values` has a value for each source.
  void learn(std::span<const std::uint32_t> values, std::uint32_t label, LayerCounts& counts);

 private:
  LayerProgram layer_;
  std::vector<std::vector<std::int32_t>> scatter_;  ///< G[i][j]
  std::vector<std::vector<std::int32_t>> sums_;     ///< S[c][i]
  std::vector<std::int32_t> counts_;                ///< n[c]
};

}  // namespace phasic::reference

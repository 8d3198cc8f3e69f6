// SPDX-License-Identifier: Apache-2.0
/// A convolution of the fast core whose filters may compete over a patch. What is rare is done as in the definition.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "sim/reference/fast/layer.hpp"
#include "sim/reference/fast/weight_rows.hpp"
#include "sim/reference/filters.hpp"

namespace phasic::reference {

class FilterLayer : public FastLayer {
 public:
  void set_weights(std::span<const std::byte> rows) override;
  void get_weights(std::span<std::byte> rows) const override;
  void set_memory(std::span<const std::byte> bytes) override;
  void get_memory(std::span<std::byte> bytes) const override;

 protected:
  explicit FilterLayer(const LayerContext& context);

  /// Lets the filters compete over a patch of sample `number`. Returns whether one has changed.
  bool move_filter(std::uint32_t number, const std::function<Patch(std::size_t v, std::size_t h)>& patch_at);

  WeightRows weights_;

 private:
  std::optional<Filters> filters_;
};

}  // namespace phasic::reference

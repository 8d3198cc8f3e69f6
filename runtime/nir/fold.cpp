// SPDX-License-Identifier: Apache-2.0
#include "runtime/nir/fold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "phasic/contract.hpp"
#include "runtime/base/error.hpp"
#include "runtime/nir/linear.hpp"
#include "runtime/nir/spatial.hpp"

namespace phasic::runtime::nir {
namespace {

constexpr std::size_t kMostWeights = std::size_t{1} << 26;
/// Elements that are gone through, for all sources, where each is followed through the nodes by itself.
constexpr double kMostWork = 1e10;

/// The graph's place of (row, column, channel), which lie channel after channel there.
std::size_t element_at(const std::array<std::size_t, 3>& extents, std::size_t place) {
  const auto [channels, rows, columns] = extents;
  return place % channels * rows * columns + place / channels;
}

/// Elements of rows and columns in the kernel's order, channels last.
std::vector<std::uint32_t> channels_last(const std::array<std::size_t, 3>& extents) {
  std::vector<std::uint32_t> element(extents[0] * extents[1] * extents[2]);
  for (std::size_t n = 0; n < element.size(); ++n) element[n] = static_cast<std::uint32_t>(element_at(extents, n));
  return element;
}

/// What the first nodes leave of sources that lie in rows and columns: the kernel's own pooling, and a factor.
struct Pooled {
  std::uint32_t pool = 0;
  double factor = 1;
  std::array<std::size_t, 3> extents{};
};

/// Whether a pool is one of the kernel's; then takes it over.
bool take(const Pool& pool, Pooled& to) {
  const auto side = pool.kernel[0];
  if ((side != 2 && side != 4) || pool.kernel != Pair{side, side} || pool.stride != pool.kernel || pool.padding != Pair{0, 0})
    return false;
  if (pool.from[1] % side != 0 || pool.from[2] % side != 0) return false;
  const std::uint32_t more = side == 2 ? 1 : 2;
  if (to.pool + more > contract::kLayerPoolMaximum) return false;
  to.pool += more;
  to.extents = pool.to;
  if (pool.mean) to.factor /= static_cast<double>(side * side);
  return true;
}

/// All nodes as one convolution of the kernel.
std::optional<Embedded> as_convolution(std::span<const Stage> nodes, const Pooled& pooled, std::vector<double>& bias) {
  if (pooled.extents[0] * pooled.extents[0] > kMostWeights) return std::nullopt;
  auto whole = scaled_channels(pooled.extents, std::vector<double>(pooled.extents[0], pooled.factor));
  for (const auto& node : nodes) {
    if (std::holds_alternative<Pass>(node.what)) {
      if (node.from != node.to) return std::nullopt;  // flat from here on
      continue;
    }
    const auto next = spatial_of(node);
    if (!next) return std::nullopt;
    auto both = behind(whole, *next);
    if (!both) return std::nullopt;
    whole = std::move(*both);
  }
  bias = whole.bias;
  return embedded(whole, pooled.pool);
}

class Basis {
 public:
  explicit Basis(std::span<const Stage> nodes) : nodes_(nodes) {}
  /// What the nodes make of a list of values.
  [[nodiscard]] const std::vector<double>& of(const std::vector<double>& values) {
    from_ = values;
    for (const auto& node : nodes_) {
      to_.assign(count_of(node.to), 0.0);
      apply(node, from_, to_);
      std::swap(from_, to_);
    }
    return from_;
  }

 private:
  std::span<const Stage> nodes_;
  std::vector<double> from_, to_;
};

}  // namespace

Sources inputs_of(const Extents& extents) {
  Sources sources{extents, extents.size() == 3 || extents.size() == 2, std::vector<std::uint32_t>(count_of(extents))};
  std::iota(sources.element.begin(), sources.element.end(), 0U);
  return sources;
}

Folded fold(const Chain& chain, std::span<const Stage> between, const Sources& sources, const Stage& to, bool channelwise) {
  const auto& from = sources.extents;
  // A single row or column of more places than the kernel has is a list of sources.
  const bool places = sources.has_places && from.size() >= 2 && from.back() <= contract::kLayerSourceColumnsMaximum &&
                      (from.size() == 2 || from[1] <= contract::kLayerSourceRowsMaximum);
  Pooled pooled;
  if (from.size() == 3) pooled.extents = {from[0], from[1], from[2]};
  if (from.size() == 2) pooled.extents = {from[0], 1, from[1]};
  auto nodes = between;
  for (; places && !nodes.empty(); nodes = nodes.subspan(1)) {
    const auto& node = nodes.front();
    if (std::holds_alternative<Pass>(node.what) && node.from == node.to) continue;
    const auto* pool = std::get_if<Pool>(&node.what);
    if (pool == nullptr || !take(*pool, pooled)) break;
  }
  Folded result;
  const auto neurons = count_of(to.from);
  const auto number = [](std::size_t value) { return static_cast<std::uint32_t>(value); };
  if (places && channelwise && to.from.size() >= 2) {
    if (auto made = as_convolution(nodes, pooled, result.bias)) {
      result.has_shape = result.has_places = true;
      result.shape = made->shape;
      result.rows = made->shape.weight_rows();
      result.width = made->shape.channels;
      result.weights = std::move(made->weights);
      const auto positions = made->shape.positions();
      result.element = channels_last({positions.channels, positions.rows, positions.columns});
      return result;
    }
  }
  // Weights of its own for each neuron: what the nodes make of each source alone.
  const bool pools = pooled.pool != 0;
  const auto rows = pools ? pooled.extents[0] * pooled.extents[1] * pooled.extents[2] : count_of(from);
  if (rows * neurons > kMostWeights)
    throw InputError(chain.file, fmt::format("{} ({})", to.name, to.type),
                     fmt::format("what leads to it is no convolution of the kernel (strides up to {}, padding up to {}), and "
                                 "{} x {} weights, one for each pair, are too many",
                                 contract::kLayerStrideMaximum, contract::kLayerPaddingMaximum, rows, neurons));
  double work = 0;
  for (const auto& node : nodes)
    work += static_cast<double>(count_of(node.from) + count_of(node.to)) * static_cast<double>(rows);
  if (work > kMostWork)
    throw InputError(
        chain.file, fmt::format("{} ({})", to.name, to.type),
        fmt::format("what leads to it is no convolution of the kernel, and too large to be made dense: {:.1g} elements", work));
  result.rows = number(rows);
  result.width = number(neurons);
  result.weights.resize(rows * neurons);
  result.element.resize(neurons);
  std::iota(result.element.begin(), result.element.end(), 0U);
  Basis basis(nodes);
  std::vector<double> unit(rows, 0.0);
  result.bias = basis.of(unit);
  for (std::size_t row = 0; row < rows; ++row) {
    const auto element = pools ? element_at(pooled.extents, row) : sources.element[row];
    unit[element] = 1;
    const auto& made = basis.of(unit);
    for (std::size_t j = 0; j < neurons; ++j) result.weights[row * neurons + j] = pooled.factor * (made[j] - result.bias[j]);
    unit[element] = 0;
  }
  if (pools) {
    result.has_shape = true;
    result.shape = {.sources = {number(from[1]), number(from[2]), number(from[0])},
                    .pool = pooled.pool,
                    .kernel_rows = number(pooled.extents[1]),
                    .kernel_columns = number(pooled.extents[2]),
                    .channels = number(neurons)};
  }
  return result;
}

}  // namespace phasic::runtime::nir

// SPDX-License-Identifier: Apache-2.0
#include "runtime/nir/spatial.hpp"

#include <algorithm>
#include <cmath>

#include "phasic/contract.hpp"

namespace phasic::runtime::nir {
namespace {

/// The largest relative difference of values that count as the same; files hold 32-bit numbers.
constexpr double kSame = 1e-6;

std::size_t place_of_weight(const Spatial& s, std::size_t ky, std::size_t kx, std::size_t from, std::size_t to) {
  return ((ky * s.kernel[1] + kx) * s.from[0] + from) * s.to[0] + to;
}

/// Weights of 0.
void make_room(Spatial& s) { s.weights.assign(s.kernel[0] * s.kernel[1] * s.from[0] * s.to[0], 0.0); }

/// Whether an output along a side sees a place that is not there.
bool sees_outside(const Spatial& s, std::size_t side) {
  const auto last = (s.to[side + 1] - 1) * s.stride[side] + s.kernel[side];
  return s.before[side] > 0 || last > s.from[side + 1] + s.before[side];
}

Spatial finished(Spatial s) {
  s.borders = sees_outside(s, 0) || sees_outside(s, 1);
  return s;
}

/// Elements that weights may have, zeros of larger kernels among them.
constexpr double kMostKernelWeights = 1 << 26;

bool is_too_large(const Pair& kernel, std::size_t from, std::size_t to) {
  return static_cast<double>(kernel[0]) * static_cast<double>(kernel[1]) * static_cast<double>(from) * static_cast<double>(to) >
         kMostKernelWeights;
}

Spatial spatial_from(const Convolution& made) {
  Spatial s;
  s.from = made.from;
  s.to = made.to;
  s.stride = made.stride;
  s.before = made.before;
  for (std::size_t side = 0; side < 2; ++side) s.kernel[side] = (made.kernel[side] - 1) * made.dilation[side] + 1;
  s.bias = made.bias;
  make_room(s);
  const std::size_t group_in = made.from[0] / made.groups, group_out = made.to[0] / made.groups;
  std::size_t n = 0;
  for (std::size_t to = 0; to < made.to[0]; ++to)
    for (std::size_t in = 0; in < group_in; ++in)
      for (std::size_t ky = 0; ky < made.kernel[0]; ++ky)
        for (std::size_t kx = 0; kx < made.kernel[1]; ++kx)
          s.weights[place_of_weight(s, ky * made.dilation[0], kx * made.dilation[1], to / group_out * group_in + in, to)] =
              made.weights[n++];
  return finished(s);
}

Spatial spatial_from(const Pool& pool) {
  Spatial s;
  s.from = pool.from;
  s.to = pool.to;
  s.kernel = pool.kernel;
  s.stride = pool.stride;
  s.before = pool.padding;
  s.bias.assign(s.to[0], 0.0);
  make_room(s);
  const double share = pool.mean ? 1.0 / static_cast<double>(pool.kernel[0] * pool.kernel[1]) : 1.0;
  for (std::size_t ky = 0; ky < s.kernel[0]; ++ky)
    for (std::size_t kx = 0; kx < s.kernel[1]; ++kx)
      for (std::size_t channel = 0; channel < s.to[0]; ++channel)
        s.weights[place_of_weight(s, ky, kx, channel, channel)] = share;
  return finished(s);
}

}  // namespace

Spatial scaled_channels(const std::array<std::size_t, 3>& extents, std::span<const double> factors) {
  Spatial s;
  s.from = s.to = extents;
  s.bias.assign(extents[0], 0.0);
  s.weights.assign(extents[0] * extents[0], 0.0);
  for (std::size_t channel = 0; channel < extents[0]; ++channel)
    s.weights[place_of_weight(s, 0, 0, channel, channel)] = factors[channel];
  return s;
}

std::optional<Spatial> spatial_of(const Stage& stage) {
  if (const auto* made = std::get_if<Convolution>(&stage.what)) {
    const Pair kernel{(made->kernel[0] - 1) * made->dilation[0] + 1, (made->kernel[1] - 1) * made->dilation[1] + 1};
    if (is_too_large(kernel, made->from[0], made->to[0])) return std::nullopt;
    return spatial_from(*made);
  }
  if (const auto* pool = std::get_if<Pool>(&stage.what)) {
    if (is_too_large(pool->kernel, pool->from[0], pool->to[0])) return std::nullopt;
    return spatial_from(*pool);
  }
  const auto* scale = std::get_if<Scale>(&stage.what);
  if (scale == nullptr || stage.from.size() != 3) return std::nullopt;
  const auto factors = one_a_channel(scale->factors, stage.from);
  if (!factors || is_too_large({1, 1}, stage.from[0], stage.from[0])) return std::nullopt;
  return scaled_channels({stage.from[0], stage.from[1], stage.from[2]}, *factors);
}

std::optional<std::vector<double>> one_a_channel(std::span<const double> values, const Extents& extents) {
  if (extents.size() < 2) return std::nullopt;
  const auto size = values.size() / extents[0];
  std::vector<double> result;
  for (std::size_t channel = 0; channel < extents[0]; ++channel) {
    const auto part = values.subspan(channel * size, size);
    const auto [least, most] = std::ranges::minmax(part);
    if (most - least > kSame * std::max(std::abs(least), std::abs(most))) return std::nullopt;
    result.push_back(part.front());
  }
  return result;
}

std::optional<Spatial> behind(const Spatial& first, const Spatial& second) {
  // Where the first makes 0 of 0, place by place, what lies outside stays 0.
  const bool pointwise = first.kernel == Pair{1, 1} && first.stride == Pair{1, 1} && !first.borders &&
                         std::ranges::all_of(first.bias, [](double bias) { return bias == 0; });
  if ((second.borders && !pointwise) || first.to != second.from) return std::nullopt;
  Spatial s;
  s.from = first.from;
  s.to = second.to;
  for (std::size_t side = 0; side < 2; ++side) {
    s.before[side] = first.before[side] + second.before[side] * first.stride[side];
    s.stride[side] = first.stride[side] * second.stride[side];
    s.kernel[side] = first.kernel[side] + (second.kernel[side] - 1) * first.stride[side];
  }
  if (is_too_large(s.kernel, s.from[0], s.to[0])) return std::nullopt;
  s.bias = second.bias;
  make_room(s);
  for (std::size_t by = 0; by < second.kernel[0]; ++by) {
    for (std::size_t bx = 0; bx < second.kernel[1]; ++bx) {
      for (std::size_t middle = 0; middle < first.to[0]; ++middle) {
        for (std::size_t to = 0; to < s.to[0]; ++to) {
          const double weight = second.weights[place_of_weight(second, by, bx, middle, to)];
          if (weight == 0) continue;
          s.bias[to] += weight * first.bias[middle];
          for (std::size_t ay = 0; ay < first.kernel[0]; ++ay)
            for (std::size_t ax = 0; ax < first.kernel[1]; ++ax)
              for (std::size_t from = 0; from < s.from[0]; ++from)
                s.weights[place_of_weight(s, ay + by * first.stride[0], ax + bx * first.stride[1], from, to)] +=
                    weight * first.weights[place_of_weight(first, ay, ax, from, middle)];
        }
      }
    }
  }
  return finished(s);
}

std::optional<Embedded> embedded(const Spatial& spatial, std::uint32_t pool) {
  // A single output along a side has no stride of its own.
  auto stride = spatial.stride;
  const bool free_rows = spatial.to[1] == 1, free_columns = spatial.to[2] == 1;
  if (free_rows && free_columns) {
    if (stride[0] != stride[1] || stride[0] > contract::kLayerStrideMaximum) stride = {1, 1};
  } else if (free_rows || free_columns) {
    stride[free_rows ? 0 : 1] = stride[free_rows ? 1 : 0];
  }
  if (stride[0] != stride[1] || stride[0] > contract::kLayerStrideMaximum) return std::nullopt;
  const std::size_t step = stride[0];
  std::size_t padding = 0;
  for (std::size_t side = 0; side < 2; ++side) {
    const auto last = (spatial.to[side + 1] - 1) * step + spatial.kernel[side],
               room = spatial.from[side + 1] + spatial.before[side];
    padding = std::max({padding, spatial.before[side], last > room ? last - room : 0});
  }
  if (padding > contract::kLayerPaddingMaximum) return std::nullopt;
  Pair lead{}, kernel{};
  for (std::size_t side = 0; side < 2; ++side) {
    lead[side] = padding - spatial.before[side];
    // What is left over behind the last output would make one more of a whole stride.
    const auto left =
        spatial.from[side + 1] + 2 * padding - spatial.kernel[side] - lead[side] - (spatial.to[side + 1] - 1) * step;
    kernel[side] = spatial.kernel[side] + lead[side] + (left < step ? 0 : left - (step - 1));
  }
  if (kernel[0] > contract::kLayerKernelRowsMaximum || kernel[1] > contract::kLayerKernelColumnsMaximum) return std::nullopt;
  Embedded result;
  const auto number = [](std::size_t value) { return static_cast<std::uint32_t>(value); };
  result.shape = {.sources = {number(spatial.from[1]) << pool, number(spatial.from[2]) << pool, number(spatial.from[0])},
                  .pool = pool,
                  .padding = number(padding),
                  .stride = number(step),
                  .kernel_rows = number(kernel[0]),
                  .kernel_columns = number(kernel[1]),
                  .channels = number(spatial.to[0])};
  result.weights.assign(result.shape.weight_rows() * spatial.to[0], 0.0);
  for (std::size_t ky = 0; ky < spatial.kernel[0]; ++ky)
    for (std::size_t kx = 0; kx < spatial.kernel[1]; ++kx)
      for (std::size_t from = 0; from < spatial.from[0]; ++from)
        for (std::size_t to = 0; to < spatial.to[0]; ++to)
          result.weights[(((ky + lead[0]) * kernel[1] + kx + lead[1]) * spatial.from[0] + from) * spatial.to[0] + to] =
              spatial.weights[place_of_weight(spatial, ky, kx, from, to)];
  return result;
}

}  // namespace phasic::runtime::nir

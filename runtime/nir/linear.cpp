// SPDX-License-Identifier: Apache-2.0
#include "runtime/nir/linear.hpp"

#include <algorithm>
#include <stdexcept>

namespace phasic::runtime::nir {
namespace {

// Most values are 0, since they are spikes: each of the following goes from the inputs that are not to the outputs.

void apply(const Dense& dense, std::span<const double> from, std::span<double> to) {
  std::ranges::copy(dense.bias, to.begin());
  for (std::size_t i = 0; i < dense.inputs; ++i) {
    if (from[i] == 0) continue;
    for (std::size_t j = 0; j < dense.outputs; ++j) to[j] += dense.weights[j * dense.inputs + i] * from[i];
  }
}

/// Calls `at(place of an output, place in the kernel)` for the outputs along one side that see place `y`.
template <class At>
void for_each_view(std::size_t y, std::size_t before, std::size_t kernel, std::size_t dilation, std::size_t stride,
                   std::size_t outputs, const At& at) {
  for (std::size_t k = 0; k < kernel; ++k) {
    const std::size_t reach = k * dilation;
    if (y + before < reach) break;
    const std::size_t place = y + before - reach;
    if (place % stride == 0 && place / stride < outputs) at(place / stride, k);
  }
}

void apply(const Convolution& made, std::span<const double> from, std::span<double> to) {
  const auto [channels, rows, columns] = made.from;
  const std::size_t outputs = made.to[0], to_rows = made.to[1], to_columns = made.to[2];
  for (std::size_t o = 0; o < outputs; ++o)
    std::fill_n(to.begin() + static_cast<std::ptrdiff_t>(o * to_rows * to_columns), to_rows * to_columns, made.bias[o]);
  const std::size_t group_in = channels / made.groups, group_out = outputs / made.groups;
  for (std::size_t n = 0; n < from.size(); ++n) {
    const double value = from[n];
    if (value == 0) continue;
    const std::size_t channel = n / (rows * columns), y = n / columns % rows, x = n % columns;
    const std::size_t first_out = channel / group_in * group_out;
    for_each_view(y, made.before[0], made.kernel[0], made.dilation[0], made.stride[0], to_rows,
                  [&](std::size_t v, std::size_t ky) {
                    for_each_view(x, made.before[1], made.kernel[1], made.dilation[1], made.stride[1], to_columns,
                                  [&](std::size_t h, std::size_t kx) {
                                    for (std::size_t o = first_out; o < first_out + group_out; ++o) {
                                      const auto weight =
                                          ((o * group_in + channel % group_in) * made.kernel[0] + ky) * made.kernel[1] + kx;
                                      to[(o * to_rows + v) * to_columns + h] += made.weights[weight] * value;
                                    }
                                  });
                  });
  }
}

void apply(const Pool& pool, std::span<const double> from, std::span<double> to) {
  const auto [channels, rows, columns] = pool.from;
  std::ranges::fill(to, 0.0);
  const double share = pool.mean ? 1.0 / static_cast<double>(pool.kernel[0] * pool.kernel[1]) : 1.0;
  for (std::size_t n = 0; n < from.size(); ++n) {
    if (from[n] == 0) continue;
    const std::size_t channel = n / (rows * columns), y = n / columns % rows, x = n % columns;
    for_each_view(y, pool.padding[0], pool.kernel[0], 1, pool.stride[0], pool.to[1], [&](std::size_t v, std::size_t) {
      for_each_view(x, pool.padding[1], pool.kernel[1], 1, pool.stride[1], pool.to[2],
                    [&](std::size_t h, std::size_t) { to[(channel * pool.to[1] + v) * pool.to[2] + h] += share * from[n]; });
    });
  }
}

void apply(const Scale& scale, std::span<const double> from, std::span<double> to) {
  for (std::size_t n = 0; n < from.size(); ++n) to[n] = scale.factors[n] * from[n];
}

void apply(const Pass&, std::span<const double> from, std::span<double> to) { std::ranges::copy(from, to.begin()); }

void apply(const Neuron&, std::span<const double>, std::span<double>) { throw std::invalid_argument("neurons are not linear"); }

}  // namespace

void apply(const Stage& stage, std::span<const double> from, std::span<double> to) {
  std::visit([&](const auto& what) { apply(what, from, to); }, stage.what);
}

}  // namespace phasic::runtime::nir

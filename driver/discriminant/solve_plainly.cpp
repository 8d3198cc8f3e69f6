// SPDX-License-Identifier: Apache-2.0
// The definition. It is written to be read, not to be fast.
#include <algorithm>
#include <bit>

#include "driver/discriminant/equations.hpp"

namespace phasic::discriminant {
namespace {

struct Learned {
  const std::vector<std::vector<std::int64_t>>& means;  ///< m_c
  const std::vector<std::int64_t>& middle;              ///< m
  const std::vector<std::vector<std::int64_t>>& solution;
};

/// One scale for all weights, and the offsets that go with them.
void bring_to_width(const std::vector<std::size_t>& seen, const Learned& learned, unsigned weight_width, Readout& readout) {
  const std::size_t sources = learned.middle.size(), classes = learned.means.size();
  Wide largest = 0;
  for (const std::size_t c : seen)
    for (const std::int64_t w : learned.solution[c]) largest = std::max(largest, w < 0 ? -Wide{w} : Wide{w});
  const std::int64_t limit = (std::int64_t{1} << (weight_width - 1)) - 1;
  for (const std::size_t c : seen) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < sources; ++i) {
      const Wide scaled = largest == 0 ? 0 : floor_of(Wide{2} * learned.solution[c][i] * limit + largest, 2 * largest);
      readout.weights[i * classes + c] = static_cast<std::int16_t>(scaled);
      sum += (learned.means[c][i] + learned.middle[i]) * static_cast<std::int64_t>(scaled);
    }
    const Wide offset = -floor_of(Wide{sum} + (1 << 16), 1 << 17);
    readout.offsets[c] = static_cast<std::int32_t>(std::clamp<Wide>(offset, -INT32_MAX, INT32_MAX));
  }
}

std::vector<std::vector<std::int64_t>> sweep(const Equations& equations) {
  const std::size_t sources = equations.diagonal.size();
  std::vector<std::vector<std::int64_t>> solution(equations.differences.size(), std::vector<std::int64_t>(sources));
  for (std::uint32_t sweep = 0; sweep < kSweeps; ++sweep) {
    for (std::size_t i = 0; i < sources; ++i) {
      for (const std::size_t c : equations.seen) {
        const std::int64_t diagonal = equations.diagonal[i];
        const Wide change = floor_of(Wide{equations.left(c, i, solution[c])} + diagonal / 2, diagonal);
        solution[c][i] = wrapped(solution[c][i] + change);
      }
    }
  }
  return solution;
}

}  // namespace

std::int64_t Equations::left(std::size_t c, std::size_t i, const std::vector<std::int64_t>& solution) const {
  Wide left = (Wide{differences[c][i]} << shift) - Wide{lambda} * solution[i];
  for (std::size_t j = 0; j < solution.size(); ++j) left = wrapped(left - Wide{scatter(i, j)} * solution[j]);
  return wrapped(left);
}

Readout solve_plainly(const Statistics& statistics, std::uint32_t regularization, unsigned weight_width, Method method) {
  const std::size_t sources = statistics.sources, classes = statistics.classes;
  const auto scatter = [&](std::size_t i, std::size_t j) {
    return std::int64_t{statistics.scatter[i * statistics.stride + j]};
  };
  std::vector<std::size_t> seen;
  for (std::size_t c = 0; c < classes; ++c)
    if (statistics.counts[c] > 0) seen.push_back(c);
  Readout readout{std::vector<std::int16_t>(sources * classes), std::vector<std::int32_t>(classes, kUnseen)};
  if (seen.empty()) return readout;

  // m_c, m and e_c = m_c - m, in 1 / 2^16.
  constexpr std::int64_t kHighestMean = std::int64_t{255} << 16;
  std::vector<std::vector<std::int64_t>> means(classes, std::vector<std::int64_t>(sources));
  std::vector<std::vector<std::int64_t>> differences = means;
  std::vector<std::int64_t> middle(sources);
  for (std::size_t i = 0; i < sources; ++i) {
    const auto number = static_cast<std::int64_t>(seen.size());
    std::int64_t sum = 0;
    for (const std::size_t c : seen) {
      const std::int64_t n = statistics.counts[c];
      const auto mean = floor_of((Wide{statistics.sums[c * statistics.stride + i]} << 17) + n, 2 * Wide{n});
      means[c][i] = std::clamp<std::int64_t>(static_cast<std::int64_t>(mean), 0, kHighestMean);
      sum += means[c][i];
    }
    middle[i] = static_cast<std::int64_t>(floor_of(2 * Wide{sum} + number, 2 * Wide{number}));
    for (const std::size_t c : seen) differences[c][i] = means[c][i] - middle[i];
  }

  // lambda and A's diagonal.
  Wide trace = 0;
  for (std::size_t i = 0; i < sources; ++i) trace += scatter(i, i);
  const Wide part = floor_of(trace * regularization, Wide{statistics.sources} << kRegularizationBits);
  const auto lambda = static_cast<std::int64_t>(std::max<Wide>(1, part));
  std::vector<std::int64_t> diagonal(sources);
  for (std::size_t i = 0; i < sources; ++i) diagonal[i] = std::max<std::int64_t>(1, scatter(i, i) + lambda);

  // t: so large that w is precise, and so small that what is left of r fits 64 bits.
  std::uint64_t squares = 0;
  for (const std::size_t c : seen) {
    std::uint64_t sum = 0;
    for (const std::int64_t e : differences[c]) sum += static_cast<std::uint64_t>(e * e);
    squares = std::max(squares, sum);
  }
  const auto ratio = static_cast<std::uint64_t>(*std::max_element(diagonal.begin(), diagonal.end()) / lambda);
  const int shift = 61 - static_cast<int>((std::bit_width(ratio) + std::bit_width(squares) + 1) / 2);

  const Equations equations{statistics, seen, differences, diagonal, lambda, shift};
  const auto solution = method == Method::kElimination ? eliminate_plainly(equations) : sweep(equations);
  bring_to_width(seen, {means, middle, solution}, weight_width, readout);
  return readout;
}

}  // namespace phasic::discriminant

// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/draw.hpp"

#include <array>

namespace phasic::baseline {

Generator generator_of(std::uint64_t seed, Use use) {
  const std::array<std::uint32_t, 3> words{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32),
                                           static_cast<std::uint32_t>(use)};
  std::seed_seq mixed(words.begin(), words.end());
  return Generator(mixed);
}

Matrix uniform(Generator& generator, Index rows, Index columns, float amplitude) {
  Matrix matrix(rows, columns);
  for (Index column = 0; column < columns; ++column) {
    for (Index row = 0; row < rows; ++row) {
      const auto fraction = static_cast<float>(generator() >> 40) * 0x1p-24F;
      matrix(row, column) = amplitude * (2 * fraction - 1);
    }
  }
  return matrix;
}

}  // namespace phasic::baseline

// SPDX-License-Identifier: Apache-2.0
/// Filters that compete over patches: the synapse memory that the modules read and write, and the winner by the formulas of the
/// specification (section 2, features).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "phasic/contract.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing {

/// What is read is on the port two cycles later; all other cycles bring random weights.
template <std::size_t Lanes, unsigned WeightWidth>
class SynapseTwin {
 public:
  using Word = std::array<std::int64_t, Lanes>;

  explicit SynapseTwin(std::size_t depth) : words_(depth) {}

  void fill(std::mt19937_64& random) {
    for (Word& word : words_)
      for (std::int64_t& weight : word) weight = random_signed(random, WeightWidth);
  }
  Word& operator[](std::size_t address) { return words_.at(address); }
  [[nodiscard]] std::size_t depth() const { return words_.size(); }

  /// Wins of filter k, whose rows begin at a word, as rows of weights.
  void set_wins(std::size_t address, std::size_t row_words, std::size_t k, std::uint32_t wins) {
    for (std::size_t p = 0; p < contract::kWinsWidth / WeightWidth; ++p) {
      const auto part = static_cast<std::uint16_t>(wins >> (p * WeightWidth));
      (*this)[address + p * row_words + k / Lanes][k % Lanes] =
          WeightWidth == 8 ? std::int64_t{static_cast<std::int8_t>(part)} : std::int64_t{static_cast<std::int16_t>(part)};
    }
  }
  /// An entry of a table of bytes that lie in the lowest bits of its words.
  void set_byte(std::size_t address, std::size_t k, std::int8_t value) {
    const std::size_t bit = 8 * k;
    std::int64_t& weight = (*this)[address][bit / WeightWidth];
    const std::uint64_t mask = std::uint64_t{0xff} << (bit % WeightWidth);
    const std::uint64_t bits =
        (static_cast<std::uint64_t>(weight) & ~mask) | (std::uint64_t{static_cast<std::uint8_t>(value)} << (bit % WeightWidth));
    weight = static_cast<std::int64_t>(bits << (64 - WeightWidth)) >> (64 - WeightWidth);
  }

  /// Before the edge of a cycle: gives what was asked for two cycles before, and takes what is asked for now.
  template <class Module>
  void cycle(Module& module, std::mt19937_64& random) {
    for (std::size_t k = 0; k < Lanes; ++k) {
      set_bits(module->weights_i, WeightWidth * k, WeightWidth,
               reads_[1] ? (*this)[*reads_[1]][k] : static_cast<std::int64_t>(random()));
    }
    module.settle();
    reads_ = {std::nullopt, reads_[0]};
    if (module->read_o != 0) reads_[0] = module->read_address_o;
    if constexpr (requires { module->write_o; }) {
      if (module->write_o == 0) return;
      for (std::size_t k = 0; k < Lanes; ++k)
        (*this)[module->write_address_o][k] = get_signed(module->weights_o, WeightWidth * k, WeightWidth);
    }
  }

 private:
  std::vector<Word> words_;
  std::array<std::optional<std::size_t>, 2> reads_{};  // of the two cycles before
};

/// The lowest filter without wins, or the lowest with the largest sum less its handicap.
inline std::size_t winner_of(const std::vector<std::int64_t>& sums, const std::vector<std::uint32_t>& wins,
                             std::uint32_t homeostasis) {
  std::size_t best = 0;
  for (std::size_t k = 0; k < sums.size(); ++k) {
    if (wins[k] == 0) return k;
    if (sums[k] - std::int64_t{homeostasis} * wins[k] > sums[best] - std::int64_t{homeostasis} * wins[best]) best = k;
  }
  return best;
}

/// Wins of filters: often none without, often equal ones, seldom the most.
inline std::vector<std::uint32_t> random_wins(std::mt19937_64& random, std::size_t filters) {
  std::vector<std::uint32_t> wins(filters);
  const std::uint64_t fresh = random() % 2 == 0 ? 4 : 1000, most = random() % 2 == 0 ? 4 : 65536;
  for (std::uint32_t& n : wins)
    n = random() % fresh == 0 ? 0 : random() % 16 == 0 ? 65535 : 1 + static_cast<std::uint32_t>(random() % (most - 1));
  return wins;
}

}  // namespace phasic::testing

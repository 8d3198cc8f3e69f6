// SPDX-License-Identifier: Apache-2.0
// The random numbers are good enough for what they are for. docs/random-numbers.md says what is measured and how far it may go.
#include "sim/reference/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace phasic::reference::test {
namespace {

constexpr std::array<std::uint64_t, 3> kSeeds{0, 1, 0x0123456789abcdef};

void report(const std::string& what, double value) {
  std::printf("  %-52s %9.4f\n", what.c_str(), value);
  ::testing::Test::RecordProperty(what, std::to_string(value));
}

/// Chi-square of equal frequencies as a standard normal deviate.
double chi_square_deviate(const std::vector<std::uint64_t>& histogram) {
  double total = 0;
  for (const auto count : histogram) total += static_cast<double>(count);
  const double expected = total / static_cast<double>(histogram.size());
  double sum = 0;
  for (const auto count : histogram) sum += std::pow(static_cast<double>(count) - expected, 2) / expected;
  const double freedom = static_cast<double>(histogram.size()) - 1;
  return (sum - freedom) / std::sqrt(2 * freedom);
}

/// Pearson correlation of pairs that are fed one by one.
class Correlation {
 public:
  void add(double x, double y) {
    ++count_;
    sum_x_ += x, sum_y_ += y, sum_xx_ += x * x, sum_yy_ += y * y, sum_xy_ += x * y;
  }
  [[nodiscard]] double coefficient() const {
    const double covariance = sum_xy_ / count_ - sum_x_ / count_ * (sum_y_ / count_);
    const double variance_x = sum_xx_ / count_ - std::pow(sum_x_ / count_, 2);
    const double variance_y = sum_yy_ / count_ - std::pow(sum_y_ / count_, 2);
    return covariance / std::sqrt(variance_x * variance_y);
  }
  /// What independent numbers would make a standard normal deviate.
  [[nodiscard]] double deviate() const { return coefficient() * std::sqrt(count_); }

 private:
  double count_ = 0, sum_x_ = 0, sum_y_ = 0, sum_xx_ = 0, sum_yy_ = 0, sum_xy_ = 0;
};

Key rounding_key(std::uint64_t seed, std::uint32_t sample) {
  return sample_key(purpose_key(seed, contract::Purpose::kRounding, 0), sample);
}
Key encoding_key(std::uint64_t seed, std::uint32_t sample) {
  return sample_key(purpose_key(seed, contract::Purpose::kEncoding, 0), sample);
}

TEST(RoundingWords, AreUniformSoThatNoFractionIsBiased) {
  constexpr unsigned kSamples = 6;
  constexpr unsigned kRows = 784;
  constexpr unsigned kNeurons = 1000;
  for (const std::uint64_t seed : kSeeds) {
    SCOPED_TRACE(seed);
    std::vector<std::uint64_t> high(256), low(256), even(256), odd(256);
    for (unsigned n = 0; n < kSamples; ++n) {
      const Key key = rounding_key(seed, n);
      for (unsigned row = 0; row < kRows; ++row) {
        const WordPair words = row_words(key, row);
        for (unsigned neuron = 0; neuron < kNeurons; ++neuron) {
          const std::uint16_t word = rounding_word(words, neuron);
          ++high[word >> 8];
          ++low[word & 0xff];
          ++(neuron % 2 == 0 ? even : odd)[word >> 8];
        }
      }
    }
    // A change with fraction f / 256 is rounded up by the words of at least 65536 - 256 f.
    const double total = double{kSamples} * kRows * kNeurons;
    double up = 0;
    double worst = 0;
    for (unsigned fraction = 1; fraction < 256; ++fraction) {
      up += static_cast<double>(high[256 - fraction]);
      const double p = fraction / 256.0;
      worst = std::max(worst, std::abs(up / total - p) / std::sqrt(p * (1 - p) / total));
    }
    report("rounding up, worst fraction, deviate", worst);
    EXPECT_LT(worst, 4.5);
    for (const auto& [name, histogram] : {std::pair{"high", &high}, {"low", &low}, {"even", &even}, {"odd", &odd}}) {
      const double deviate = chi_square_deviate(*histogram);
      report(std::string("chi-square of bytes, ") + name, deviate);
      EXPECT_LT(std::abs(deviate), 4.5) << name;
    }
  }
}

TEST(RoundingWords, OfRowsAndSamplesAreNotCorrelated) {
  for (const std::uint64_t seed : kSeeds) {
    SCOPED_TRACE(seed);
    Correlation rows, samples, layers;
    const Key other_purpose = purpose_key(seed, contract::Purpose::kRounding, 1);
    for (unsigned n = 0; n < 8; ++n) {
      const Key key = rounding_key(seed, n);
      const Key next = rounding_key(seed, n + 1);
      const Key other = sample_key(other_purpose, n);
      for (unsigned row = 0; row < 783; ++row) {
        const WordPair here = row_words(key, row);
        const WordPair below = row_words(key, row + 1);
        const WordPair later = row_words(next, row);
        const WordPair elsewhere = row_words(other, row);
        for (unsigned neuron = 0; neuron < 1000; neuron += 7) {
          const double word = rounding_word(here, neuron);
          rows.add(word, rounding_word(below, neuron));
          samples.add(word, rounding_word(later, neuron));
          layers.add(word, rounding_word(elsewhere, neuron));
        }
      }
    }
    report("neighbouring rows, deviate", rows.deviate());
    report("neighbouring samples, deviate", samples.deviate());
    report("neighbouring layers, deviate", layers.deviate());
    EXPECT_LT(std::abs(rows.deviate()), 4.5);
    EXPECT_LT(std::abs(samples.deviate()), 4.5);
    EXPECT_LT(std::abs(layers.deviate()), 4.5);
  }
}

TEST(RoundingWords, OfNeighbouringNeuronsAreAlmostIndependent) {
  for (const std::uint64_t seed : kSeeds) {
    SCOPED_TRACE(seed);
    for (const unsigned lag : {1U, 2U, 3U, 4U, 8U, 16U, 32U, 64U, 128U, 256U, 512U}) {
      Correlation correlation;
      for (unsigned n = 0; n < 6; ++n) {
        const Key key = rounding_key(seed, n);
        for (unsigned row = 0; row < 784; ++row) {
          const WordPair words = row_words(key, row);
          for (unsigned neuron = 0; neuron + lag < 1024; neuron += 3) {
            correlation.add(rounding_word(words, neuron), rounding_word(words, neuron + lag));
          }
        }
      }
      report("neurons " + std::to_string(lag) + " apart, coefficient", correlation.coefficient());
      EXPECT_LT(std::abs(correlation.coefficient()), 0.02) << lag;
    }
  }
}

// Within a row of a sample the words of all neurons come from one word pair by few rounds: no two may depend on each other
// much.
TEST(RoundingWords, OfNoTwoNeuronsOfARowAreStronglyCorrelated) {
  constexpr std::size_t kNeurons = 1024;
  constexpr std::size_t kRows = 2048;
  std::vector<float> words(kNeurons * kRows);
  for (std::size_t row = 0; row < kRows; ++row) {
    const WordPair start = row_words(rounding_key(7, static_cast<std::uint32_t>(row / 512)), row % 512);
    for (std::size_t neuron = 0; neuron < kNeurons; ++neuron) {
      // Scaled to mean 0 and variance 1.
      const auto word = static_cast<float>(rounding_word(start, static_cast<unsigned>(neuron)));
      words[neuron * kRows + row] = (word - 32767.5F) / 18918.6F;
    }
  }
  double worst = 0;
  double squares = 0;
  for (std::size_t a = 0; a < kNeurons; ++a) {
    for (std::size_t b = a + 1; b < kNeurons; ++b) {
      std::array<float, 16> sums{};
      for (std::size_t row = 0; row < kRows; row += sums.size()) {
        for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += words[a * kRows + row + k] * words[b * kRows + row + k];
      }
      double sum = 0;
      for (const float part : sums) sum += part;
      const double coefficient = sum / kRows;
      worst = std::max(worst, std::abs(coefficient));
      squares += coefficient * coefficient;
    }
  }
  const double pairs = kNeurons * (kNeurons - 1) / 2.0;
  // Independent numbers make 1, and a worst of about 0.11 among half a million pairs.
  report("all pairs of a row, mean square times rows", squares / pairs * kRows);
  report("all pairs of a row, worst coefficient", worst);
  EXPECT_LT(squares / pairs * kRows, 1.1);
  EXPECT_LT(worst, 0.2);
}

TEST(EncodingBytes, AreUniformAndNotCorrelated) {
  for (const std::uint64_t seed : kSeeds) {
    SCOPED_TRACE(seed);
    std::vector<std::uint64_t> histogram(256);
    Correlation inputs, samples;
    std::array<Correlation, 5> steps;
    for (unsigned n = 0; n < 100; ++n) {
      const Key key = encoding_key(seed, n);
      const Key next = encoding_key(seed, n + 1);
      for (unsigned input = 0; input < 784; ++input) {
        std::array<double, 20> bytes;
        for (unsigned step = 0; step < bytes.size(); ++step) {
          const std::uint8_t byte = encoding_byte(key, step, input);
          ++histogram[byte];
          bytes[step] = byte;
          inputs.add(byte, encoding_byte(key, step, input + 1));
          samples.add(byte, encoding_byte(next, step, input));
          for (unsigned lag = 1; lag < steps.size() && lag <= step; ++lag) steps[lag].add(bytes[step - lag], byte);
        }
      }
    }
    const double deviate = chi_square_deviate(histogram);
    report("chi-square of encoding bytes", deviate);
    report("neighbouring inputs, deviate", inputs.deviate());
    report("neighbouring samples, deviate", samples.deviate());
    EXPECT_LT(std::abs(deviate), 4.5);
    EXPECT_LT(std::abs(inputs.deviate()), 4.5);
    EXPECT_LT(std::abs(samples.deviate()), 4.5);
    for (unsigned lag = 1; lag < steps.size(); ++lag) {
      report("steps " + std::to_string(lag) + " apart, deviate", steps[lag].deviate());
      EXPECT_LT(std::abs(steps[lag].deviate()), 4.5) << lag;
    }
  }
}

}  // namespace
}  // namespace phasic::reference::test

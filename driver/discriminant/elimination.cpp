// SPDX-License-Identifier: Apache-2.0
#include "driver/discriminant/elimination.hpp"

#include <algorithm>
#include <bit>

namespace phasic::discriminant {
namespace {

__extension__ using Wide = __int128;

constexpr std::size_t kRows = kSolutionsAtOnce;
constexpr Wide kFar = Wide{1} << 62;

constexpr std::size_t padded(std::size_t count, std::size_t multiple) { return (count + multiple - 1) / multiple * multiple; }

std::int32_t limited_to_32(std::int64_t value) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(value, INT32_MIN, INT32_MAX));
}

/// above / below to the nearest integer, halves upwards.
template <class Number>
Number nearest(Number above, Number below) {
  above += below / 2;
  const Number whole = above / below;
  return whole - (above < whole * below ? 1 : 0);
}

}  // namespace

Elimination::Elimination(NarrowRowProducts products, const Statistics& statistics, std::span<const std::int64_t> diagonal,
                         std::int64_t lambda)
    : sources_(statistics.sources), stride_(padded(sources_, kPad)), d_(sources_) {
  const std::int64_t largest = *std::max_element(diagonal.begin(), diagonal.end());
  const auto bits = [](std::int64_t value) { return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(value))); };
  scale_ = 30 - bits(largest);
  fraction_ = 30 - (bits(largest / lambda) + 1) / 2;
  least_ = std::max<std::int64_t>(1, scaled(lambda));
  l_.resize(padded(sources_, kRows) * stride_);
  s_.resize(l_.size());
  for (std::size_t first = 0; first < sources_; first += kRows)
    for (std::size_t k = 0; k < std::min(first + kRows, sources_); ++k)
      take_row_pieces(products, statistics, diagonal, first, k);
}

std::int64_t Elimination::scaled(std::int64_t value) const {
  return scale_ >= 0 ? value * (std::int64_t{1} << scale_) : value >> -scale_;
}

/// Column k of the rows from `first` on that reach so far.
void Elimination::take_row_pieces(NarrowRowProducts products, const Statistics& statistics,
                                  std::span<const std::int64_t> diagonal, std::size_t first, std::size_t k) {
  std::uint64_t sums[kRows];
  products(&s_[k * stride_], padded(k, kPad), &l_[first * stride_], stride_, sums);
  for (std::size_t i = std::max(first, k); i < std::min(first + kRows, sources_); ++i) {
    const auto sum = static_cast<std::int64_t>(sums[i - first] + (std::uint64_t{1} << (fraction_ - 1))) >> fraction_;
    const std::int64_t rest = scaled(i == k ? diagonal[i] : statistics.scatter[i * statistics.stride + k]) - sum;
    if (i == k) {
      d_[k] = std::clamp<std::int64_t>(rest, least_, INT32_MAX);
      continue;
    }
    const std::int32_t s = limited_to_32(rest);
    s_[i * stride_ + k] = s;
    l_[i * stride_ + k] = limited_to_32(nearest(std::int64_t{s} * (std::int64_t{1} << fraction_), d_[k]));
  }
}

void Elimination::add_solution(std::span<const std::int64_t> right, std::uint64_t* solution) const {
  const auto rounded = [&](Wide sum) { return (sum + (Wide{1} << (fraction_ - 1))) >> fraction_; };
  std::vector<std::int64_t> y(sources_);
  for (std::size_t i = 0; i < sources_; ++i) {
    const std::int32_t* const row = &l_[i * stride_];
    Wide sum = 0;
    for (std::size_t j = 0; j < i; ++j) sum += Wide{y[j]} * row[j];
    y[i] = static_cast<std::int64_t>(std::clamp(right[i] - rounded(sum), -kFar, kFar));
  }
  // What later sources take away is added up row by row, as rows are what follows each other in memory.
  std::vector<Wide> sums(sources_);
  for (std::size_t i = sources_; i-- > 0;) {
    const Wide above = Wide{y[i]} << std::max(scale_, 0), below = Wide{d_[i]} << std::max(-scale_, 0);
    const auto v = static_cast<std::int64_t>(std::clamp(nearest(above, below) - rounded(sums[i]), -kFar, kFar));
    const std::int32_t* const row = &l_[i * stride_];
    for (std::size_t j = 0; j < i; ++j) sums[j] += Wide{v} * row[j];
    solution[i] += static_cast<std::uint64_t>(v);
  }
}

}  // namespace phasic::discriminant

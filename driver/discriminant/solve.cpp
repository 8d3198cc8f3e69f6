// SPDX-License-Identifier: Apache-2.0
// The same numbers as solve_plainly.cpp. The sums over a row of G run over all classes at once, class after class in memory.
#include <algorithm>
#include <bit>
#include <numeric>
#include <span>

#include "driver/discriminant/elimination.hpp"
#include "driver/discriminant/solve_with.hpp"

namespace phasic::discriminant {
namespace {

__extension__ using Wide = __int128;

constexpr unsigned kMeanBits = 16;

constexpr std::size_t padded(std::size_t count, std::size_t multiple) { return (count + multiple - 1) / multiple * multiple; }

/// floor(above / below), below > 0.
constexpr std::int64_t floor_of(std::int64_t above, std::int64_t below) { return above / below - (above % below < 0 ? 1 : 0); }

/// above / below to the nearest integer, halves upwards; above + below / 2 may exceed 64 bits.
constexpr std::int64_t nearest(std::int64_t above, std::int64_t below) {
  const std::int64_t whole = floor_of(above, below);
  return whole + (above - whole * below >= below - below / 2 ? 1 : 0);
}

/// The largest magnitude.
std::uint64_t reach(std::span<const std::int64_t> values) {
  std::uint64_t largest = 0;
  for (const std::int64_t value : values) {
    const auto bits = static_cast<std::uint64_t>(value);
    largest = std::max(largest, value < 0 ? 0 - bits : bits);
  }
  return largest;
}

class Solver {
 public:
  Solver(RowProducts row_products, const Statistics& statistics, std::uint32_t regularization)
      : row_products_(row_products), statistics_(statistics), sources_(statistics.sources) {
    for (std::uint32_t c = 0; c < statistics.classes; ++c)
      if (statistics.counts[c] > 0) seen_.push_back(c);
    if (seen_.empty()) return;
    take_means();
    take_diagonal(regularization);
    choose_shift();
  }

  Readout run(unsigned weight_width, Method method) {
    Readout readout{std::vector<std::int16_t>(sources_ * statistics_.classes),
                    std::vector<std::int32_t>(statistics_.classes, kUnseen)};
    if (seen_.empty()) return readout;
    solution_.resize(padded(seen_.size(), kSolutionsAtOnce) * stride());
    products_.resize(padded(seen_.size(), kSolutionsAtOnce));
    if (method == Method::kElimination) {
      eliminate();
    } else {
      // A sweep that changes nothing would be followed by others that change nothing.
      for (std::uint32_t sweep = 0; sweep < kSweeps && improve(); ++sweep) continue;
    }
    bring_to(weight_width, readout);
    return readout;
  }

 private:
  /// From the values of a class to those of the next.
  [[nodiscard]] std::size_t stride() const { return padded(sources_, kPad); }

  void take_means() {
    constexpr std::int64_t kHighest = std::int64_t{255} << kMeanBits;
    means_.resize(seen_.size() * sources_);
    differences_.resize(means_.size());
    middle_.resize(sources_);
    for (std::size_t k = 0; k < seen_.size(); ++k) {
      const std::int64_t n = statistics_.counts[seen_[k]];
      for (std::size_t i = 0; i < sources_; ++i) {
        const std::int64_t sum = statistics_.sums[seen_[k] * statistics_.stride + i];
        means_[k * sources_ + i] = std::clamp<std::int64_t>(floor_of((sum << (kMeanBits + 1)) + n, 2 * n), 0, kHighest);
        middle_[i] += means_[k * sources_ + i];
      }
    }
    const auto number = static_cast<std::int64_t>(seen_.size());
    for (std::int64_t& middle : middle_) middle = (2 * middle + number) / (2 * number);
    for (std::size_t k = 0; k < seen_.size(); ++k) {
      for (std::size_t i = 0; i < sources_; ++i) differences_[k * sources_ + i] = means_[k * sources_ + i] - middle_[i];
    }
  }

  void take_diagonal(std::uint32_t regularization) {
    diagonal_.resize(sources_);
    for (std::size_t i = 0; i < sources_; ++i) diagonal_[i] = statistics_.scatter[i * statistics_.stride + i];
    const auto trace = std::accumulate(diagonal_.begin(), diagonal_.end(), std::int64_t{0});
    const Wide part = Wide{trace} * regularization / (Wide{sources_} << kRegularizationBits);
    lambda_ = std::max<std::int64_t>(1, static_cast<std::int64_t>(part));
    for (std::int64_t& value : diagonal_) value = std::max<std::int64_t>(1, value + lambda_);
  }

  void choose_shift() {
    std::uint64_t squares = 0;
    for (std::size_t k = 0; k < seen_.size(); ++k) {
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i < sources_; ++i) {
        const std::int64_t difference = differences_[k * sources_ + i];
        sum += static_cast<std::uint64_t>(difference * difference);
      }
      squares = std::max(squares, sum);
    }
    const auto ratio = static_cast<std::uint64_t>(*std::max_element(diagonal_.begin(), diagonal_.end()) / lambda_);
    shift_ = 61 - static_cast<int>((std::bit_width(ratio) + std::bit_width(squares) + 1) / 2);
  }

  /// Row i of G with each solution, to products_.
  void take_row_products(std::size_t i, const std::vector<std::uint64_t>& solution) {
    const std::int32_t* row = statistics_.scatter + i * statistics_.stride;
    if (statistics_.stride < stride()) {
      padded_row_.resize(stride());
      std::copy_n(row, sources_, padded_row_.begin());
      row = padded_row_.data();
    }
    row_products_.wide(row, stride(), solution.data(), stride(), products_.size(), products_.data());
  }

  /// r of class k and source i, whose products with G were taken and whose solution is `value`.
  [[nodiscard]] std::int64_t left_over(std::size_t k, std::size_t i, std::uint64_t value) const {
    const auto wanted = static_cast<std::uint64_t>(differences_[k * sources_ + i] * (std::int64_t{1} << shift_));
    return static_cast<std::int64_t>(wanted - static_cast<std::uint64_t>(lambda_) * value - products_[k]);
  }

  /// All of r, class after class.
  [[nodiscard]] std::vector<std::int64_t> all_left_over(const std::vector<std::uint64_t>& solution) {
    std::vector<std::int64_t> left(seen_.size() * sources_);
    for (std::size_t i = 0; i < sources_; ++i) {
      take_row_products(i, solution);
      for (std::size_t k = 0; k < seen_.size(); ++k) left[k * sources_ + i] = left_over(k, i, solution[k * stride() + i]);
    }
    return left;
  }

  /// The factors' answer to what is left over, again and again, in each class for as long as less is left.
  void eliminate() {
    const Elimination factors(row_products_.narrow, statistics_, diagonal_, lambda_);
    std::vector<std::int64_t> left = all_left_over(solution_);
    std::vector<bool> improves(seen_.size(), true);
    const auto of_class = [&](std::vector<std::int64_t>& all, std::size_t k) {
      return std::span(all).subspan(k * sources_, sources_);
    };
    for (std::uint32_t n = 0; n < kRefinements; ++n) {
      std::vector<std::uint64_t> better = solution_;
      for (std::size_t k = 0; k < seen_.size(); ++k)
        if (improves[k]) factors.add_solution(of_class(left, k), &better[k * stride()]);
      std::vector<std::int64_t> less = all_left_over(better);
      for (std::size_t k = 0; k < seen_.size(); ++k) {
        improves[k] = improves[k] && reach(of_class(less, k)) < reach(of_class(left, k));
        if (!improves[k]) continue;
        std::copy_n(&better[k * stride()], sources_, &solution_[k * stride()]);
        std::ranges::copy(of_class(less, k), of_class(left, k).begin());
      }
    }
  }

  /// A sweep over all sources. Returns whether anything changed.
  bool improve() {
    bool changed = false;
    for (std::size_t i = 0; i < sources_; ++i) {
      take_row_products(i, solution_);
      for (std::size_t k = 0; k < seen_.size(); ++k) {
        std::uint64_t& value = solution_[k * stride() + i];
        const std::int64_t change = nearest(left_over(k, i, value), diagonal_[i]);
        value += static_cast<std::uint64_t>(change);
        changed = changed || change != 0;
      }
    }
    return changed;
  }

  void bring_to(unsigned weight_width, Readout& readout) const {
    const std::size_t classes = statistics_.classes;
    Wide largest = 0;
    for (const std::uint64_t bits : solution_) {
      const auto value = static_cast<std::int64_t>(bits);
      largest = std::max(largest, value < 0 ? -Wide{value} : Wide{value});
    }
    const Wide limit = (1 << (weight_width - 1)) - 1;
    for (std::size_t k = 0; k < seen_.size(); ++k) {
      std::int64_t sum = 0;
      for (std::size_t i = 0; i < sources_ && largest != 0; ++i) {
        // The sum is made positive, so that the quotient is its floor.
        const Wide above = 2 * limit * static_cast<std::int64_t>(solution_[k * stride() + i]) + largest;
        const auto weight = static_cast<std::int64_t>((above + 2 * limit * largest) / (2 * largest) - limit);
        readout.weights[i * classes + seen_[k]] = static_cast<std::int16_t>(weight);
        sum += (means_[k * sources_ + i] + middle_[i]) * weight;
      }
      const std::int64_t offset = -((sum + (1 << kMeanBits)) >> (kMeanBits + 1));
      readout.offsets[seen_[k]] = static_cast<std::int32_t>(std::clamp<std::int64_t>(offset, -INT32_MAX, INT32_MAX));
    }
  }

  RowProducts row_products_;
  const Statistics& statistics_;
  std::size_t sources_;
  std::vector<std::uint32_t> seen_;        ///< classes, ascending; arrays that follow have a row for each
  std::vector<std::int64_t> means_;        ///< in 1 / 2^kMeanBits
  std::vector<std::int64_t> middle_;       ///< mean of the means
  std::vector<std::int64_t> differences_;  ///< means less their mean
  std::vector<std::int64_t> diagonal_;     ///< of G + lambda
  std::int64_t lambda_ = 1;
  int shift_ = 0;                        ///< what is on the right of the equations is differences_ * 2^shift_
  std::vector<std::uint64_t> solution_;  ///< padded; numbers modulo 2^64
  std::vector<std::uint64_t> products_;
  std::vector<std::int32_t> padded_row_;
};

}  // namespace

Readout solve_with(RowProducts row_products, const Statistics& statistics, std::uint32_t regularization, unsigned weight_width,
                   Method method) {
  return Solver(row_products, statistics, regularization).run(weight_width, method);
}

Readout solve(const Statistics& statistics, std::uint32_t regularization, unsigned weight_width, Method method) {
  RowProducts all[kMostRowProducts];
  const std::size_t count = all_row_products(all);
  return solve_with(all[count - 1], statistics, regularization, weight_width, method);
}

}  // namespace phasic::discriminant

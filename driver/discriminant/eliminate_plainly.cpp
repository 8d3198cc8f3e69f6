// SPDX-License-Identifier: Apache-2.0
// The definition of the elimination. It is written to be read, not to be fast.
#include <algorithm>
#include <bit>

#include "driver/discriminant/equations.hpp"

namespace phasic::discriminant {
namespace {

using Vector = std::vector<std::int64_t>;

std::int64_t limited(Wide value, Wide least, Wide most) { return static_cast<std::int64_t>(std::clamp(value, least, most)); }
std::int64_t limited_to_32(Wide value) { return limited(value, INT32_MIN, INT32_MAX); }
std::int64_t limited_to_63(Wide value) { return limited(value, -(Wide{1} << 62), Wide{1} << 62); }

/// The largest magnitude.
Wide reach(const Vector& values) {
  Wide largest = 0;
  for (const std::int64_t value : values) largest = std::max(largest, value < 0 ? -Wide{value} : Wide{value});
  return largest;
}

struct Factors {
  int scale = 0;             ///< u
  int fraction = 0;          ///< p
  std::vector<Vector> l, s;  ///< below the diagonal
  Vector d;

  [[nodiscard]] Wide rounded(Wide sum) const { return floor_of(sum + (Wide{1} << (fraction - 1)), Wide{1} << fraction); }
  [[nodiscard]] std::int64_t scaled(std::int64_t value) const {
    return static_cast<std::int64_t>(scale >= 0 ? Wide{value} << scale : floor_of(value, Wide{1} << -scale));
  }
};

Factors factors_of(const Equations& equations) {
  const std::size_t sources = equations.diagonal.size();
  const std::int64_t largest = *std::max_element(equations.diagonal.begin(), equations.diagonal.end());
  Factors f;
  f.scale = 30 - static_cast<int>(std::bit_width(static_cast<std::uint64_t>(largest)));
  f.fraction = 30 - (static_cast<int>(std::bit_width(static_cast<std::uint64_t>(largest / equations.lambda))) + 1) / 2;
  const std::int64_t least = std::max<std::int64_t>(1, f.scaled(equations.lambda));
  f.l.assign(sources, Vector(sources));
  f.s = f.l;
  f.d.resize(sources);
  for (std::size_t i = 0; i < sources; ++i) {
    for (std::size_t k = 0; k <= i; ++k) {
      Wide sum = 0;
      for (std::size_t j = 0; j < k; ++j) sum = wrapped(sum + Wide{f.l[i][j]} * f.s[k][j]);
      // Rounding is modulo 2^64, too.
      sum = floor_of(wrapped(sum + (Wide{1} << (f.fraction - 1))), Wide{1} << f.fraction);
      const Wide rest = f.scaled(k == i ? equations.diagonal[i] : equations.scatter(i, k)) - sum;
      if (k == i) {
        f.d[i] = limited(rest, least, INT32_MAX);
      } else {
        f.s[i][k] = limited_to_32(rest);
        f.l[i][k] = limited_to_32(floor_of((Wide{f.s[i][k]} << f.fraction) + f.d[k] / 2, f.d[k]));
      }
    }
  }
  return f;
}

/// What the factors make of a right side.
Vector solution_of(const Factors& f, const Vector& right) {
  const std::size_t sources = right.size();
  Vector y(sources), v(sources);
  for (std::size_t i = 0; i < sources; ++i) {
    Wide sum = 0;
    for (std::size_t j = 0; j < i; ++j) sum += Wide{f.l[i][j]} * y[j];
    y[i] = limited_to_63(right[i] - f.rounded(sum));
  }
  for (std::size_t i = sources; i-- > 0;) {
    Wide sum = 0;
    for (std::size_t j = i + 1; j < sources; ++j) sum += Wide{f.l[j][i]} * v[j];
    const Wide above = Wide{y[i]} << std::max(f.scale, 0), below = Wide{f.d[i]} << std::max(-f.scale, 0);
    v[i] = limited_to_63(floor_of(above + below / 2, below) - f.rounded(sum));
  }
  return v;
}

}  // namespace

std::vector<Vector> eliminate_plainly(const Equations& equations) {
  const std::size_t sources = equations.diagonal.size();
  const Factors factors = factors_of(equations);
  std::vector<Vector> solution(equations.differences.size(), Vector(sources));
  for (const std::size_t c : equations.seen) {
    Vector left(sources);
    for (std::size_t i = 0; i < sources; ++i) left[i] = equations.left(c, i, solution[c]);
    for (std::uint32_t n = 0; n < kRefinements; ++n) {
      const Vector change = solution_of(factors, left);
      Vector better(sources), less(sources);
      for (std::size_t i = 0; i < sources; ++i) better[i] = wrapped(Wide{solution[c][i]} + change[i]);
      for (std::size_t i = 0; i < sources; ++i) less[i] = equations.left(c, i, better);
      if (reach(less) >= reach(left)) break;
      solution[c] = better;
      left = less;
    }
  }
  return solution;
}

}  // namespace phasic::discriminant

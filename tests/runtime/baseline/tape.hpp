// SPDX-License-Identifier: Apache-2.0
/// Reverse-mode differentiation one number at a time, in double precision: slow, and written without the recursions that it
/// checks.
#pragma once

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace phasic::test {

class Tape {
 public:
  using Place = std::size_t;

  Place number(double value) { return push(value, {}); }
  Place add(Place a, Place b) { return push(value(a) + value(b), {{a, 1}, {b, 1}}); }
  Place multiply(Place a, Place b) { return push(value(a) * value(b), {{a, value(b)}, {b, value(a)}}); }
  Place scale(Place a, double factor) { return push(value(a) * factor, {{a, factor}}); }
  Place one_less(Place a) { return push(1 - value(a), {{a, -1}}); }
  Place logistic(Place a) {
    const double result = 1 / (1 + std::exp(-value(a)));
    return push(result, {{a, result * (1 - result)}});
  }
  /// Any value with any derivative: a step with a surrogate's.
  Place with_derivative(Place a, double result, double derivative) { return push(result, {{a, derivative}}); }
  /// The same number, through which nothing goes back.
  Place detached(Place a) { return number(value(a)); }

  [[nodiscard]] double value(Place place) const { return nodes_[place].value; }

  /// Derivatives of the sum over seeds (place, factor) of factor * value, for every place.
  [[nodiscard]] std::vector<double> derivatives(const std::vector<std::pair<Place, double>>& seeds) const {
    std::vector<double> derivatives(nodes_.size());
    for (const auto& [place, factor] : seeds) derivatives[place] += factor;
    for (std::size_t n = nodes_.size(); n-- > 0;) {
      for (const auto& [parent, slope] : nodes_[n].parents) derivatives[parent] += slope * derivatives[n];
    }
    return derivatives;
  }

 private:
  struct Node {
    double value;
    std::vector<std::pair<Place, double>> parents;
  };
  Place push(double value, std::vector<std::pair<Place, double>> parents) {
    nodes_.push_back({value, std::move(parents)});
    return nodes_.size() - 1;
  }
  std::vector<Node> nodes_;
};

}  // namespace phasic::test

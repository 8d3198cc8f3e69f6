// SPDX-License-Identifier: Apache-2.0
/// Weights and biases of a network of one hidden layer, or their gradients.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "runtime/baseline/matrix.hpp"
#include "runtime/baseline/settings.hpp"

namespace phasic::baseline {

/// m inputs, n hidden neurons, k classes.
struct Sizes {
  Index inputs = 0, hidden = 0, classes = 0;
};

struct Parameters {
  Matrix hidden;                    ///< n x m
  Matrix output;                    ///< k x n
  Vector hidden_bias, output_bias;  ///< n and k numbers, or none

  [[nodiscard]] Sizes sizes() const { return {hidden.cols(), hidden.rows(), output.rows()}; }
  [[nodiscard]] Parameters zeros() const;
  /// The sum of all squares.
  [[nodiscard]] double squares() const;
  void scale(float factor);
};

/// Calls `work` with the same part (Eigen::Map of a vector) of each of the parameters.
template <class Work, class... All>
void for_each_part(Work&& work, All&... all) {
  const auto flat = [](auto& part) {
    using Scalar = std::remove_reference_t<decltype(*part.data())>;
    if constexpr (std::is_const_v<Scalar>) {
      return Eigen::Map<const Vector>(part.data(), part.size());
    } else {
      return Eigen::Map<Vector>(part.data(), part.size());
    }
  };
  work(flat(all.hidden)...);
  work(flat(all.output)...);
  work(flat(all.hidden_bias)...);
  work(flat(all.output_bias)...);
}

/// Uniform between plus and minus 1 / sqrt(rows of a layer), biases as well; the hidden layer's times `initial_scale`. The
/// classification form has biases everywhere, the incremental one in the output layer of spiking networks alone. Networks that
/// settle: uniform within sqrt(6 / (neurons before + neurons of the layer)), biases 0.
[[nodiscard]] Parameters initial_parameters(const Sizes& sizes, const Settings& settings, std::uint64_t seed);

/// "hidden layer" or "output layer": the first with a weight or bias that is infinite or not a number; none if all are numbers.
[[nodiscard]] std::optional<std::string_view> layer_out_of_numbers(const Parameters& parameters);

/// The network of some hidden neurons alone.
[[nodiscard]] Parameters restricted(const Parameters& parameters, const std::vector<Index>& neurons);
/// Puts gradients of these neurons to their places; all others are 0.
[[nodiscard]] Parameters spread_out(const Parameters& part, const std::vector<Index>& neurons, Index hidden);

}  // namespace phasic::baseline

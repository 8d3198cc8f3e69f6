// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/parameters.hpp"

#include <cmath>
#include <utility>

#include "runtime/baseline/draw.hpp"

namespace phasic::baseline {

Parameters Parameters::zeros() const {
  return {.hidden = Matrix::Zero(hidden.rows(), hidden.cols()),
          .output = Matrix::Zero(output.rows(), output.cols()),
          .hidden_bias = Vector::Zero(hidden_bias.size()),
          .output_bias = Vector::Zero(output_bias.size())};
}

double Parameters::squares() const {
  double sum = 0;
  for_each_part([&](const auto& part) { sum += part.template cast<double>().squaredNorm(); }, *this);
  return sum;
}

void Parameters::scale(float factor) {
  for_each_part([&](auto part) { part *= factor; }, *this);
}

Parameters initial_parameters(const Sizes& sizes, const Settings& settings, std::uint64_t seed) {
  Generator generator = generator_of(seed, Use::kWeights);
  if (settings.settles()) {
    const auto layer = [&](Index to, Index from) {
      return uniform(generator, to, from, std::sqrt(6 / static_cast<float>(to + from)));
    };
    Matrix first = layer(sizes.hidden, sizes.inputs), second = layer(sizes.classes, sizes.hidden);
    return {.hidden = std::move(first),
            .output = std::move(second),
            .hidden_bias = Vector::Zero(sizes.hidden),
            .output_bias = Vector::Zero(sizes.classes)};
  }
  const float hidden = settings.initial_scale / std::sqrt(static_cast<float>(sizes.inputs));
  const float output = 1 / std::sqrt(static_cast<float>(sizes.hidden));
  const bool hidden_bias = !settings.incremental();
  const bool output_bias = hidden_bias || settings.spiking();
  Parameters parameters;
  parameters.hidden = uniform(generator, sizes.hidden, sizes.inputs, hidden);
  parameters.output = uniform(generator, sizes.classes, sizes.hidden, output);
  parameters.hidden_bias = uniform(generator, hidden_bias ? sizes.hidden : 0, 1, hidden);
  parameters.output_bias = uniform(generator, output_bias ? sizes.classes : 0, 1, output);
  return parameters;
}

std::optional<std::string_view> layer_out_of_numbers(const Parameters& parameters) {
  if (!parameters.hidden.allFinite() || !parameters.hidden_bias.allFinite()) return "hidden layer";
  if (!parameters.output.allFinite() || !parameters.output_bias.allFinite()) return "output layer";
  return std::nullopt;
}

Parameters restricted(const Parameters& parameters, const std::vector<Index>& neurons) {
  Parameters part{.hidden = parameters.hidden(neurons, Eigen::all),
                  .output = parameters.output(Eigen::all, neurons),
                  .hidden_bias = {},
                  .output_bias = parameters.output_bias};
  if (parameters.hidden_bias.size() != 0) part.hidden_bias = parameters.hidden_bias(neurons);
  return part;
}

Parameters spread_out(const Parameters& part, const std::vector<Index>& neurons, Index hidden) {
  Parameters all{.hidden = Matrix::Zero(hidden, part.hidden.cols()),
                 .output = Matrix::Zero(part.output.rows(), hidden),
                 .hidden_bias = Vector::Zero(part.hidden_bias.size() == 0 ? 0 : hidden),
                 .output_bias = part.output_bias};
  all.hidden(neurons, Eigen::all) = part.hidden;
  all.output(Eigen::all, neurons) = part.output;
  if (part.hidden_bias.size() != 0) all.hidden_bias(neurons) = part.hidden_bias;
  return all;
}

}  // namespace phasic::baseline

// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/energy_network.hpp"

#include <algorithm>
#include <vector>

namespace phasic::baseline {
namespace {

bool spreads(const Settings& settings) { return settings.method == Method::kSbp; }

}  // namespace

double energy_of(const Parameters& parameters, const Matrix& inputs, const Equilibrium& state, const Settings& settings) {
  const Eigen::MatrixXd hidden = state.hidden.cast<double>(), output = state.output.cast<double>();
  const double between = output.cwiseProduct(parameters.output.cast<double>() * hidden).sum();
  const double from_inputs = hidden.cwiseProduct(parameters.hidden.cast<double>() * inputs.cast<double>()).sum();
  const double of_hidden = parameters.hidden_bias.cast<double>().dot(hidden.rowwise().sum());
  const double of_output = parameters.output_bias.cast<double>().dot(output.rowwise().sum());
  if (spreads(settings)) {
    return from_inputs + 2 * of_hidden + of_output + double{settings.relaxation.coupling} * (between + hidden.squaredNorm());
  }
  return (hidden.squaredNorm() + output.squaredNorm()) / 2 - of_hidden - of_output - between - from_inputs;
}

void descend(const Parameters& parameters, const Matrix& currents, const Matrix* targets, float nudge, const Settings& settings,
             Equilibrium& state) {
  const float coupling = settings.relaxation.coupling;
  Matrix hidden = parameters.output.transpose() * state.output;
  Matrix output = parameters.output * state.hidden;
  if (spreads(settings)) {
    hidden = -currents - coupling * hidden - 2 * coupling * state.hidden;
    hidden.colwise() -= 2 * parameters.hidden_bias;
    output *= -coupling;
    output.colwise() -= parameters.output_bias;
  } else {
    hidden += currents - state.hidden;
    hidden.colwise() += parameters.hidden_bias;
    output -= state.output;
    output.colwise() += parameters.output_bias;
  }
  if (targets != nullptr) output -= 2 * nudge * (state.output - *targets);
  const float step = settings.relaxation.step;
  state.hidden = (state.hidden + step * hidden).cwiseMax(0).cwiseMin(1);
  state.output = (state.output + step * output).cwiseMax(0).cwiseMin(1);
}

Parameters energy_slopes(const Matrix& inputs, const Equilibrium& state, const Settings& settings) {
  const float share = 1 / static_cast<float>(inputs.cols());
  const bool spread = spreads(settings);
  Parameters slopes{.hidden = share * state.hidden * inputs.transpose(),
                    .output = share * state.output * state.hidden.transpose(),
                    .hidden_bias = share * state.hidden.rowwise().sum(),
                    .output_bias = share * state.output.rowwise().sum()};
  if (!spread) {
    slopes.scale(-1);
    return slopes;
  }
  slopes.output *= settings.relaxation.coupling;
  slopes.hidden_bias *= 2;
  return slopes;
}

Matrix EnergyNetwork::learn(Parameters& parameters, const Matrix& inputs, const Matrix& targets,
                            std::span<const std::uint32_t> samples, Work& work) {
  const std::vector<Index> columns(samples.begin(), samples.end());
  const Index needed = *std::max_element(columns.begin(), columns.end()) + 1;
  const Sizes sizes = parameters.sizes();
  if (kept_.hidden.cols() < needed) {
    // Twice as many each time, so that not every batch copies all that came before.
    const Index before = kept_.hidden.cols(), room = std::max(needed, 2 * before);
    kept_.hidden.conservativeResize(sizes.hidden, room);
    kept_.output.conservativeResize(sizes.classes, room);
    kept_.hidden.rightCols(room - before).setZero();
    kept_.output.rightCols(room - before).setZero();
  }
  Equilibrium state{.hidden = kept_.hidden(Eigen::all, columns), .output = kept_.output(Eigen::all, columns)};
  count_shown(inputs, sizes, work);
  const Matrix currents = parameters.hidden * inputs;
  for (std::uint32_t n = 0; n < settings_.relaxation.free_iterations; ++n) {
    descend(parameters, currents, nullptr, 0, settings_, state);
    count_iteration(state, true, work);
  }
  kept_.hidden(Eigen::all, columns) = state.hidden;
  kept_.output(Eigen::all, columns) = state.output;
  Matrix answered = state.output;
  const Parameters free = energy_slopes(inputs, state, settings_);
  const float nudge = settings_.relaxation.nudge * ((generator_() >> 63) == 0 ? 1.0F : -1.0F);
  for (std::uint32_t n = 0; n < settings_.relaxation.taught_iterations; ++n) {
    descend(parameters, currents, &targets, nudge, settings_, state);
    count_iteration(state, true, work);
  }
  Parameters change = energy_slopes(inputs, state, settings_);
  for_each_part([&](auto taught, const auto& before) { taught = (before - taught) / nudge; }, change, free);
  parameters.hidden += settings_.relaxation.hidden_rate * change.hidden;
  parameters.hidden_bias += settings_.relaxation.hidden_rate * change.hidden_bias;
  parameters.output += settings_.relaxation.output_rate * change.output;
  parameters.output_bias += settings_.relaxation.output_rate * change.output_bias;
  // Both equilibria make their own products.
  work.layers[0].update_operations += 2 * count_products(state.hidden, inputs);
  work.layers[1].update_operations += 2 * count_products(state.output, state.hidden);
  return answered;
}

Matrix EnergyNetwork::answer(const Parameters& parameters, const Matrix& inputs, Work& work) const {
  const Sizes sizes = parameters.sizes();
  Equilibrium state{.hidden = Matrix::Zero(sizes.hidden, inputs.cols()), .output = Matrix::Zero(sizes.classes, inputs.cols())};
  count_shown(inputs, sizes, work);
  const Matrix currents = parameters.hidden * inputs;
  for (std::uint32_t n = 0; n < settings_.relaxation.free_iterations; ++n) {
    descend(parameters, currents, nullptr, 0, settings_, state);
    count_iteration(state, true, work);
  }
  return state.output;
}

}  // namespace phasic::baseline

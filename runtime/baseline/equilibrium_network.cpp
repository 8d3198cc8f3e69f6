// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/equilibrium_network.hpp"

#include "runtime/baseline/spread.hpp"

namespace phasic::baseline {
namespace {

// Milliseconds, and the published code's units of potential and conductance.
constexpr float kStep = 0.1F, kSynapse = 2, kMembrane = 10;
constexpr float kExcitation = 0.2F, kThreshold = 0.05F, kLeakConductance = 5;

Matrix with_bias(Matrix values, const Vector& bias) {
  values.colwise() += bias;
  return values;
}

void count_spread(const Spread& spread, LayerWork& work) {
  if (!spread.share) return;
  ++work.spread_updates;
  work.spread_shares += *spread.share;
}

}  // namespace

Matrix squashed(const Matrix& values) { return (0.5F * values.array()).tanh(); }

Matrix membrane_step(MembraneState& state, const Matrix& currents, float influence, float reset) {
  // One loop over all of it: a hundred of these steps are most of what a sample costs.
  const float* const current = currents.data();
  const float* const kept = state.kept.data();
  float* const potentials = state.potentials.data();
  float* const conductances = state.conductances.data();
  for (Index n = 0; n < state.potentials.size(); ++n) {
    const float conductance = conductances[n] + kStep / kSynapse * (kLeakConductance + current[n] - conductances[n]);
    conductances[n] = conductance;
    float potential = potentials[n];
    potential += kStep / kMembrane * (-potential - conductance / kLeakConductance * (potential - kExcitation));
    potential = potential > kThreshold ? reset : potential;
    potentials[n] = influence * potential + (1 - influence) * kept[n];
  }
  return squashed(state.potentials);
}

void settle(const Parameters& parameters, const Matrix& currents, const Matrix* targets, const Relaxation& relaxation,
            Equilibrium& state) {
  const float step = relaxation.step;
  Matrix driven = currents;
  driven.noalias() += parameters.output.transpose() * state.output;
  state.hidden = squashed((1 - step) * state.hidden + step * driven);
  Matrix wanted = with_bias(parameters.output * state.hidden, parameters.output_bias) - state.output;
  if (targets != nullptr) wanted -= relaxation.nudge * (state.output - *targets);
  state.output = (state.output + step * wanted).cwiseMax(0);
}

void consolidate(Parameters& parameters, const Matrix& inputs, const Equilibrium& free, const Equilibrium& taught,
                 const Settings& settings, Work& work) {
  const Relaxation& relaxation = settings.relaxation;
  const float scale = 1 / (relaxation.nudge * static_cast<float>(inputs.cols()));
  const Matrix hidden_moved = taught.hidden - free.hidden, output_moved = taught.output - free.output;
  Matrix of_hidden, of_output;
  switch (settings.method) {
    case Method::kSymmetric:
      // The inputs are held, so their own difference is 0.
      of_output = scale * (taught.output * taught.hidden.transpose() - free.output * free.hidden.transpose());
      of_hidden = scale * hidden_moved * inputs.transpose();
      work.layers[1].update_operations += 2 * count_products(free.output, free.hidden);
      work.layers[0].update_operations += count_products(hidden_moved, inputs);
      break;
    case Method::kDifferential:
      of_output = scale * free.output * hidden_moved.transpose();
      of_hidden = Matrix::Zero(parameters.hidden.rows(), parameters.hidden.cols());
      work.layers[1].update_operations += count_products(free.output, hidden_moved);
      break;
    default:
      of_output = scale * output_moved * free.hidden.transpose();
      of_hidden = scale * hidden_moved * inputs.transpose();
      work.layers[1].update_operations += count_products(output_moved, free.hidden);
      work.layers[0].update_operations += count_products(hidden_moved, inputs);
      if (relaxation.spread > 0) {
        const Spread behind = spread_out(of_output, relaxation.spread, nullptr);
        count_spread(behind, work.layers[1]);
        count_spread(spread_out(of_hidden, relaxation.spread, &behind), work.layers[0]);
      }
  }
  parameters.output += relaxation.output_rate * of_output;
  parameters.hidden += relaxation.hidden_rate * of_hidden;
  parameters.output_bias += relaxation.output_rate * scale * output_moved.rowwise().sum();
  parameters.hidden_bias += relaxation.hidden_rate * scale * hidden_moved.rowwise().sum();
}

EquilibriumNetwork::State EquilibriumNetwork::at_rest(const Sizes& sizes, Index samples) const {
  const auto layer = [&](Index neurons) {
    const Matrix zeros = Matrix::Zero(neurons, samples);
    return MembraneState{.potentials = zeros, .conductances = zeros, .kept = zeros};
  };
  return {layer(sizes.hidden), layer(sizes.classes)};
}

Equilibrium EquilibriumNetwork::settle_free(const Parameters& parameters, const Matrix& currents, State& state,
                                            Work& work) const {
  const auto steps = static_cast<float>(settings_.steps);
  Equilibrium values{.hidden = squashed(state[0].potentials), .output = squashed(state[1].potentials)};
  const Matrix into_hidden = squashed(currents);
  for (std::uint32_t step = 1; step <= settings_.steps; ++step) {
    const float influence = static_cast<float>(step) / steps;
    values.hidden = membrane_step(state[0], into_hidden, influence, settings_.relaxation.reset);
    const Matrix into_output = squashed(with_bias(parameters.output * values.hidden, parameters.output_bias));
    values.output = membrane_step(state[1], into_output, influence, settings_.relaxation.reset);
    count_iteration(values, false, work);
  }
  for (std::uint32_t n = 0; n < settings_.relaxation.free_iterations; ++n) {
    settle(parameters, currents, nullptr, settings_.relaxation, values);
    count_iteration(values, true, work);
  }
  state[0].kept = values.hidden;
  state[1].kept = values.output;
  return values;
}

Matrix EquilibriumNetwork::learn(Parameters& parameters, const Matrix& inputs, const Matrix& targets,
                                 std::span<const std::uint32_t>, Work& work) {
  const Index samples = inputs.cols();
  if (state_[0].potentials.cols() == 0)
    state_ = at_rest(parameters.sizes(), std::max<Index>(samples, static_cast<Index>(settings_.batch)));
  // The last batch of a pass may be smaller; the places that it leaves empty keep their state.
  State state = at_rest(parameters.sizes(), 0);
  const auto between = [&](const auto& move) {
    for (std::size_t layer = 0; layer < state.size(); ++layer) {
      move(state[layer].potentials, state_[layer].potentials);
      move(state[layer].conductances, state_[layer].conductances);
      move(state[layer].kept, state_[layer].kept);
    }
  };
  between([&](Matrix& part, const Matrix& all) { part = all.leftCols(samples); });
  count_shown(inputs, parameters.sizes(), work);
  const Matrix currents = with_bias(parameters.hidden * inputs, parameters.hidden_bias);
  const Equilibrium free = settle_free(parameters, currents, state, work);
  between([&](const Matrix& part, Matrix& all) { all.leftCols(samples) = part; });
  Equilibrium taught = free;
  for (std::uint32_t n = 0; n < settings_.relaxation.taught_iterations; ++n) {
    settle(parameters, currents, &targets, settings_.relaxation, taught);
    count_iteration(taught, true, work);
  }
  consolidate(parameters, inputs, free, taught, settings_, work);
  return free.output;
}

Matrix EquilibriumNetwork::answer(const Parameters& parameters, const Matrix& inputs, Work& work) const {
  State state = at_rest(parameters.sizes(), inputs.cols());
  count_shown(inputs, parameters.sizes(), work);
  return settle_free(parameters, with_bias(parameters.hidden * inputs, parameters.hidden_bias), state, work).output;
}

}  // namespace phasic::baseline

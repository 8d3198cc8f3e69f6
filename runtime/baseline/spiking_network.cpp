// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/spiking_network.hpp"

namespace phasic::baseline {
namespace {

constexpr float kRetrogradeOffset = 0.1F;  ///< of the published network's currents

Neuron neuron_of(const Settings& settings) {
  const bool retrograde = settings.method == Method::kRetrograde;
  return {.threshold = settings.threshold,
          .window = settings.window,
          .leak = settings.leak,
          .squashed = settings.incremental() || retrograde,
          .offset = retrograde ? kRetrogradeOffset : 0};
}

bool learns_as_naca(const Settings& settings) { return settings.method == Method::kNaca || settings.method == Method::kFrozen; }

/// Gradient with respect to the hidden layer's currents.
Matrix hidden_signals(const Parameters& parameters, const SpikingPass& pass, const Matrix& gates, const Matrix& of_output,
                      const Labels& labels, const Teaching& teaching, const Settings& settings, Work& work) {
  const Index steps = settings.steps;
  const Neuron neuron = neuron_of(settings);
  const auto signals = [&](const Matrix& errors, const Paths& paths, float pull = 0) {
    return signals_of(pass.hidden, steps, neuron, gates, errors, paths, pull);
  };
  const auto fed_back = [&] {
    work.layers[0].feedback_operations += static_cast<std::uint64_t>(teaching.feedback.size()) * labels.size();
    return (teaching.feedback * (pass.rates - one_hot(labels, pass.rates.rows()))).eval();
  };
  switch (settings.method) {
    case Method::kNaca:
      return signals(columns_of(teaching.levels, labels),
                     {.trit = true, .leak = settings.incremental(), .reset = true, .last_only = true});
    case Method::kBrp:
      return signals(columns_of(teaching.feedback, labels), {}, settings.pull);
    case Method::kDrtp:
      return signals(columns_of(teaching.feedback, labels), {});
    case Method::kDfa:
      return signals(fed_back(), {.trit = false, .leak = false, .reset = false, .last_only = false});
    case Method::kEprop:
      return signals(fed_back(), {.trit = false, .leak = true, .reset = false, .last_only = false});
    default:
      work.layers[0].feedback_operations += count_nonzero(of_output) * static_cast<std::uint64_t>(parameters.output.cols());
      return signals(parameters.output.transpose() * of_output, {});
  }
}

}  // namespace

Matrix output_signals(const SpikingPass& pass, const Labels& labels, const Settings& settings) {
  const Index steps = settings.steps;
  Matrix errors = pass.rates - one_hot(labels, pass.rates.rows());
  Paths paths;
  if (learns_as_naca(settings) && settings.incremental()) {
    paths = {.trit = true, .leak = true, .reset = true, .last_only = true};
  } else {
    errors *= 2.0F / static_cast<float>(errors.size() * steps);
    if (learns_as_naca(settings)) paths = {.trit = true, .leak = false, .reset = true, .last_only = false};
  }
  return signals_of(pass.output, steps, neuron_of(settings), {}, errors, paths);
}

SpikingPass show(const Parameters& parameters, const SpikeTrains& trains, const Matrix& gates, const Settings& settings,
                 Work& work) {
  const Index steps = settings.steps;
  const Neuron neuron = neuron_of(settings);
  SpikingPass pass;
  Matrix currents = product(parameters.hidden, trains);
  if (parameters.hidden_bias.size() != 0) currents.colwise() += parameters.hidden_bias;
  pass.hidden = integrate(std::move(currents), steps, neuron, gates);
  currents = parameters.output * pass.hidden.spikes;
  if (parameters.output_bias.size() != 0) currents.colwise() += parameters.output_bias;
  pass.output = integrate(std::move(currents), steps, neuron, {});
  pass.rates = rates_of(pass.output, steps);

  const Sizes sizes = parameters.sizes();
  const std::uint64_t spikes = count_nonzero(pass.hidden.spikes);
  work.samples += static_cast<std::uint64_t>(pass.rates.cols());
  work.layers[0].events += trains.size();
  work.layers[0].synaptic_operations += trains.size() * static_cast<std::uint64_t>(sizes.hidden);
  work.layers[0].spikes += spikes;
  work.layers[1].events += spikes;
  work.layers[1].synaptic_operations += spikes * static_cast<std::uint64_t>(sizes.classes);
  work.layers[1].spikes += count_nonzero(pass.output.spikes);
  return pass;
}

Parameters gradients_of(const Parameters& parameters, const SpikeTrains& trains, const SpikingPass& pass, const Matrix& gates,
                        const Labels& labels, const Teaching& teaching, const Settings& settings, Work& work) {
  Parameters gradients = parameters.zeros();
  const Matrix of_output = output_signals(pass, labels, settings);
  gradients.output.noalias() = of_output * pass.hidden.spikes.transpose();
  if (parameters.output_bias.size() != 0) gradients.output_bias = of_output.rowwise().sum();
  work.layers[1].update_operations += count_products(of_output, pass.hidden.spikes);
  if (settings.method == Method::kFrozen) return gradients;
  const Matrix of_hidden = hidden_signals(parameters, pass, gates, of_output, labels, teaching, settings, work);
  work.layers[0].update_operations += add_outer_product(of_hidden, trains, gradients.hidden);
  if (parameters.hidden_bias.size() != 0) gradients.hidden_bias = of_hidden.rowwise().sum();
  return gradients;
}

}  // namespace phasic::baseline

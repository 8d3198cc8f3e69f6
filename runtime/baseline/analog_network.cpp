// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/analog_network.hpp"

namespace phasic::baseline {
namespace {

bool has_linear_output(const Settings& settings) { return settings.method == Method::kSgd || settings.method == Method::kEwc; }

/// Gradient with respect to what enters the output neurons.
Matrix output_signals(const AnalogPass& pass, const Labels& labels, const Settings& settings) {
  const Matrix expected = one_hot(labels, pass.outputs.rows());
  const auto samples = static_cast<float>(labels.size());
  if (settings.method == Method::kEwc) return (softmax(pass.outputs) - expected) / samples;
  Matrix errors = pass.outputs - expected;
  const bool is_summed = settings.incremental() && !settings.back_propagates();
  if (!is_summed) errors *= 2 / static_cast<float>(errors.size());
  if (!has_linear_output(settings)) errors.array() *= pass.outputs.array() * (1 - pass.outputs.array());
  return errors;
}

/// Gradient with respect to the hidden neurons' values.
Matrix hidden_errors(const Parameters& parameters, const AnalogPass& pass, const Matrix& of_output, const Labels& labels,
                     const Teaching& teaching, const Settings& settings, Work& work) {
  const auto count = [&](Index size) {
    work.layers[0].feedback_operations += static_cast<std::uint64_t>(size) * labels.size();
  };
  switch (settings.method) {
    case Method::kNaca:
      return columns_of(teaching.levels, labels);
    case Method::kBrp:
      return columns_of(teaching.feedback, labels) - settings.pull * pass.hidden;
    case Method::kDrtp:
      return columns_of(teaching.feedback, labels);
    case Method::kDfa:
      count(teaching.feedback.size());
      return teaching.feedback * (pass.outputs - one_hot(labels, pass.outputs.rows()));
    default:
      count(parameters.output.size());
      return parameters.output.transpose() * of_output;
  }
}

}  // namespace

Matrix softmax(const Matrix& numbers) {
  Matrix shares = (numbers.rowwise() - numbers.colwise().maxCoeff()).array().exp();
  shares.array().rowwise() /= shares.colwise().sum().array().eval();
  return shares;
}

AnalogPass show(const Parameters& parameters, const Matrix& inputs, const Matrix& gates, const Settings& settings, Work& work) {
  AnalogPass pass;
  pass.active.noalias() = parameters.hidden * inputs;
  if (parameters.hidden_bias.size() != 0) pass.active.colwise() += parameters.hidden_bias;
  if (settings.incremental()) {
    pass.active = pass.active.array().logistic();
  } else {
    pass.active = pass.active.array().tanh();
  }
  pass.hidden = pass.active;
  if (gates.size() != 0) pass.hidden.array() *= gates.array();
  pass.outputs.noalias() = parameters.output * pass.hidden;
  if (parameters.output_bias.size() != 0) pass.outputs.colwise() += parameters.output_bias;
  if (!has_linear_output(settings)) pass.outputs = pass.outputs.array().logistic();

  const Sizes sizes = parameters.sizes();
  const std::uint64_t events = count_nonzero(inputs), values = count_nonzero(pass.hidden);
  work.samples += static_cast<std::uint64_t>(inputs.cols());
  work.layers[0].events += events;
  work.layers[0].synaptic_operations += events * static_cast<std::uint64_t>(sizes.hidden);
  work.layers[0].spikes += values;
  work.layers[1].events += values;
  work.layers[1].synaptic_operations += values * static_cast<std::uint64_t>(sizes.classes);
  work.layers[1].spikes += count_nonzero(pass.outputs);
  return pass;
}

Parameters gradients_of(const Parameters& parameters, const Matrix& inputs, const AnalogPass& pass, const Matrix& gates,
                        const Labels& labels, const Teaching& teaching, const Settings& settings, Work& work) {
  Parameters gradients = parameters.zeros();
  const Matrix of_output = output_signals(pass, labels, settings);
  gradients.output.noalias() = of_output * pass.hidden.transpose();
  if (parameters.output_bias.size() != 0) gradients.output_bias = of_output.rowwise().sum();
  work.layers[1].update_operations += count_products(of_output, pass.hidden);
  if (settings.method == Method::kFrozen) return gradients;
  Matrix of_hidden = hidden_errors(parameters, pass, of_output, labels, teaching, settings, work);
  if (gates.size() != 0) of_hidden.array() *= gates.array();
  if (settings.incremental()) {
    of_hidden.array() *= pass.active.array() * (1 - pass.active.array());
  } else {
    of_hidden.array() *= 1 - pass.active.array().square();
  }
  gradients.hidden.noalias() = of_hidden * inputs.transpose();
  if (parameters.hidden_bias.size() != 0) gradients.hidden_bias = of_hidden.rowwise().sum();
  work.layers[0].update_operations += count_products(of_hidden, inputs);
  return gradients;
}

}  // namespace phasic::baseline

// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/retrograde.hpp"

namespace phasic::baseline {
namespace {

/// Adds signals (n x B) times the transposed spikes of one step.
std::uint64_t add_step(const Eigen::Ref<const Matrix>& signals, const SpikeTrains& trains, Index step, Matrix& sum) {
  std::uint64_t additions = 0;
  for (Index sample = 0; sample < signals.cols(); ++sample) {
    const auto spikes = trains.column(step * signals.cols() + sample);
    for (const std::uint32_t input : spikes) sum.col(input) += signals.col(sample);
    additions += spikes.size() * static_cast<std::uint64_t>(signals.rows());
  }
  return additions;
}

Vector chosen_factors(const Vector& own, RetrogradeFactor choice, FirstFactor& first) {
  switch (choice) {
    case RetrogradeFactor::kOwn:
      return own;
    case RetrogradeFactor::kMean:
      return Vector::Constant(own.size(), own.mean());
    default:
      if (!first) first = own.mean();
      return Vector::Constant(own.size(), *first);
  }
}

}  // namespace

RetrogradeSums retrograde_sums(const Matrix& signals, const Matrix& spikes, Index steps) {
  const Index samples = spikes.cols() / steps;
  RetrogradeSums sums{.gradient = Matrix::Zero(signals.rows(), spikes.rows()), .factors = Vector::Zero(spikes.rows())};
  for (Index step = 0; step < steps; ++step) {
    const Matrix part = signals.middleCols(step * samples, samples) * spikes.middleCols(step * samples, samples).transpose();
    sums.gradient += part;
    sums.factors += part.cwiseAbs().colwise().sum().transpose();
  }
  sums.factors *= 0.01F / static_cast<float>(sums.gradient.size());
  return sums;
}

Matrix late_less_early(const SpikeTrains& trains, const Matrix& spikes, Index steps) {
  const Index samples = spikes.cols() / steps;
  Matrix late = Matrix::Zero(spikes.rows(), trains.inputs()), early = late;
  const auto add = [&](Index step, Matrix& sum) {
    (void)add_step(spikes.middleCols(step * samples, samples), trains, step - 1, sum);
  };
  add(steps - 1, late);
  add(steps - 2, late);
  add(1, early);
  add(2, early);
  return (late - early) / static_cast<float>(samples * samples);
}

Parameters retrograde_gradients(const Parameters& parameters, const SpikeTrains& trains, const SpikingPass& pass,
                                const Labels& labels, const Teaching& teaching, const Settings& settings, FirstFactor& first,
                                Work& work) {
  const Index steps = settings.steps;
  Parameters gradients = parameters.zeros();
  const Matrix of_output = output_signals(pass, labels, settings);
  RetrogradeSums sums = retrograde_sums(of_output, pass.hidden.spikes, steps);
  gradients.output = std::move(sums.gradient);
  work.layers[1].update_operations += count_products(of_output, pass.hidden.spikes);
  if (settings.retrograde == RetrogradeFactor::kNone) return gradients;
  const Vector factors = chosen_factors(sums.factors, settings.retrograde, first);
  const Matrix projected = teaching.feedback * (one_hot(labels, pass.rates.rows()) - pass.rates);
  work.layers[0].update_operations += add_step(projected, trains, steps - 1, gradients.hidden);
  if (settings.hebbian != 0) gradients.hidden += settings.hebbian * late_less_early(trains, pass.hidden.spikes, steps);
  gradients.hidden.array().colwise() *= factors.array();
  const auto synapses = static_cast<std::uint64_t>(parameters.output.size());
  work.layers[0].feedback_operations += synapses * (labels.size() + static_cast<std::uint64_t>(steps));
  return gradients;
}

}  // namespace phasic::baseline

// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/spiking_layer.hpp"

#include <utility>

namespace phasic::baseline {

LayerRecord integrate(Matrix currents, Index steps, const Neuron& neuron, const Matrix& gates) {
  const Index neurons = currents.rows(), samples = currents.cols() / steps;
  LayerRecord record{.potentials = std::move(currents), .spikes = {}, .slopes = {}};
  if (neuron.squashed) {
    record.potentials = record.potentials.array().logistic();
    record.slopes = record.potentials.array() * (1 - record.potentials.array());
    if (neuron.offset != 0) record.potentials.array() -= neuron.offset;
  }
  record.spikes.resize(neurons, samples * steps);
  for (Index step = 0; step < steps; ++step) {
    auto potentials = record.potentials.middleCols(step * samples, samples).array();
    auto spikes = record.spikes.middleCols(step * samples, samples).array();
    if (step > 0) {
      const auto before = record.potentials.middleCols((step - 1) * samples, samples).array();
      const auto spiked = record.spikes.middleCols((step - 1) * samples, samples).array();
      potentials += neuron.leak * before * (1 - spiked);
    }
    spikes = (potentials > neuron.threshold).cast<float>();
    if (gates.size() != 0) spikes *= gates.array();
  }
  return record;
}

Matrix rates_of(const LayerRecord& record, Index steps) {
  const Index samples = record.spikes.cols() / steps;
  Matrix sums = record.spikes.leftCols(samples);
  for (Index step = 1; step < steps; ++step) sums += record.spikes.middleCols(step * samples, samples);
  return sums / static_cast<float>(steps);
}

Matrix signals_of(const LayerRecord& record, Index steps, const Neuron& neuron, const Matrix& gates, const Matrix& errors,
                  const Paths& paths, float pull) {
  const Index neurons = record.spikes.rows(), samples = record.spikes.cols() / steps;
  const bool each_step = errors.cols() != samples;
  Matrix signals(neurons, samples * steps);
  Matrix later = Matrix::Zero(neurons, samples);  // gradient with respect to V(t+1)
  Matrix of_spikes(neurons, samples);             // with respect to S(t)
  for (Index step = steps - 1; step >= 0; --step) {
    const auto potentials = record.potentials.middleCols(step * samples, samples).array();
    const auto spikes = record.spikes.middleCols(step * samples, samples).array();
    if (paths.last_only && step != steps - 1) {
      of_spikes.setZero();
    } else {
      of_spikes = each_step ? errors.middleCols(step * samples, samples) : errors;
      if (pull != 0) of_spikes.array() -= pull * spikes;
    }
    if (paths.reset) of_spikes.array() -= neuron.leak * potentials * later.array();
    if (gates.size() != 0) of_spikes.array() *= gates.array();
    if (paths.trit) {
      const float window = neuron.threshold - neuron.window;
      if (step == 0) {
        of_spikes.array() *= (potentials > window).cast<float>();
      } else {
        of_spikes.array() *=
            (potentials > window).cast<float>() - record.spikes.middleCols((step - 1) * samples, samples).array();
      }
    } else {
      of_spikes.array() *= ((potentials - neuron.threshold).abs() < neuron.window).cast<float>();
    }
    if (paths.leak) {
      later.array() = of_spikes.array() + neuron.leak * (1 - spikes) * later.array();
    } else {
      later = of_spikes;
    }
    signals.middleCols(step * samples, samples) = later;
  }
  if (neuron.squashed) signals.array() *= record.slopes.array();
  return signals;
}

}  // namespace phasic::baseline

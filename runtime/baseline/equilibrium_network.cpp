// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/equilibrium_network.hpp"

namespace phasic::baseline {
namespace {

constexpr Index kStepsAtOnce = 16;   ///< whose hidden values fit caches
constexpr Index kSamplesAtOnce = 8;  ///< that settle together

/// Settles samples some times. Gives the number of output values that were not 0, over all iterations.
std::uint64_t relax(OutputWeights& weights, const PaddedColumns& currents, const PaddedColumns* targets,
                    const Relaxation& relaxation, std::uint32_t iterations, PaddedEquilibrium& state) {
  const SettlingKernels& kernels = settling_kernels();
  PaddedColumns driven(state.output.rows(), kSamplesAtOnce);
  const auto classes = static_cast<std::size_t>(state.output.rows());
  std::vector<const float*> given(classes);
  std::vector<float> values(classes);
  std::uint64_t nonzero = 0;
  for (Index first = 0; first < currents.columns(); first += kSamplesAtOnce) {
    const Index end = std::min(first + kSamplesAtOnce, currents.columns());
    const auto samples = static_cast<std::size_t>(end - first);
    for (std::uint32_t iteration = 0; iteration < iterations; ++iteration) {
      for (Index n = first; n < end; ++n) {
        std::size_t count = 0;
        const float* const outputs = state.output.column(n);
        for (std::size_t c = 0; c < classes; ++c) {
          if (outputs[c] == 0) continue;
          given[count] = weights.of_class(static_cast<Index>(c));
          values[count++] = outputs[c];
        }
        kernels.relax_hidden({.blocks = state.hidden.blocks(),
                              .step = relaxation.step,
                              .currents = currents.column(n),
                              .weights = given.data(),
                              .values = values.data(),
                              .count = count,
                              .hidden = state.hidden.column(n)});
      }
      weights.weigh(state.hidden.column(first), state.hidden.stride(), samples, driven.column(0));
      for (Index n = first; n < end; ++n)
        kernels.relax_outputs({.blocks = driven.blocks(),
                               .step = relaxation.step,
                               .nudge = relaxation.nudge,
                               .driven = driven.column(n - first),
                               .targets = targets == nullptr ? nullptr : targets->column(n),
                               .outputs = state.output.column(n)});
      nonzero += kernels.count(state.output.column(first), classes, state.output.stride(), samples);
    }
  }
  return nonzero;
}

void count_all(const Sizes& sizes, Index samples, std::uint64_t iterations, std::uint64_t nonzero, bool fed_back, Work& work) {
  count_iterations(iterations * static_cast<std::uint64_t>(sizes.hidden * samples), nonzero, sizes, fed_back, work);
}

}  // namespace

Matrix squashed(const Matrix& values) {
  PaddedColumns columns(values);
  settling_kernels().squash(columns.column(0), columns.blocks() * static_cast<std::size_t>(columns.columns()),
                            columns.column(0));
  return columns.matrix();
}

Matrix membrane_step(MembraneState& state, const Matrix& currents, float influence, float reset) {
  PaddedColumns potentials(state.potentials), conductances(state.conductances), values(state.potentials);
  const PaddedColumns kept(state.kept), given(currents);
  settling_kernels().run_membranes({.blocks = values.blocks() * static_cast<std::size_t>(values.columns()),
                                    .steps = 1,
                                    .influences = &influence,
                                    .reset = reset,
                                    .currents = given.column(0),
                                    .current_stride = 0,
                                    .kept = kept.column(0),
                                    .potentials = potentials.column(0),
                                    .conductances = conductances.column(0),
                                    .values = values.column(0),
                                    .value_stride = 0});
  state.potentials = potentials.matrix();
  state.conductances = conductances.matrix();
  return values.matrix();
}

void settle(const Parameters& parameters, const Matrix& currents, const Matrix* targets, const Relaxation& relaxation,
            Equilibrium& state) {
  OutputWeights weights;
  weights.take(parameters);
  PaddedEquilibrium values{.hidden = PaddedColumns(state.hidden), .output = PaddedColumns(state.output)};
  const PaddedColumns wanted = targets == nullptr ? PaddedColumns() : PaddedColumns(*targets);
  relax(weights, PaddedColumns(currents), targets == nullptr ? nullptr : &wanted, relaxation, 1, values);
  state = {.hidden = values.hidden.matrix(), .output = values.output.matrix()};
}

EquilibriumNetwork::State EquilibriumNetwork::at_rest(const Sizes& sizes, Index samples) {
  const auto layer = [&](Index neurons) {
    const PaddedColumns zeros(neurons, samples);
    return Membranes<PaddedColumns>{.potentials = zeros, .conductances = zeros, .kept = zeros};
  };
  return {layer(sizes.hidden), layer(sizes.classes)};
}

std::uint64_t EquilibriumNetwork::run_steps(Index sample, std::span<const float> influences, State& state,
                                            Workplace& place) const {
  const SettlingKernels& kernels = settling_kernels();
  const auto run = [&](Membranes<PaddedColumns>& layer, std::span<const float> some, const PaddedColumns& currents,
                       std::size_t current_stride, PaddedColumns& values) {
    kernels.run_membranes({.blocks = values.blocks(),
                           .steps = some.size(),
                           .influences = some.data(),
                           .reset = settings_.relaxation.reset,
                           .currents = currents.column(0),
                           .current_stride = current_stride,
                           .kept = layer.kept.column(sample),
                           .potentials = layer.potentials.column(sample),
                           .conductances = layer.conductances.column(sample),
                           .values = values.column(0),
                           .value_stride = values.stride()});
  };
  kernels.squash(place.currents.column(sample), place.currents.blocks(), place.into_hidden.column(0));
  std::uint64_t nonzero = 0;
  for (std::size_t first = 0; first < influences.size(); first += kStepsAtOnce) {
    const auto some = influences.subspan(first, std::min<std::size_t>(kStepsAtOnce, influences.size() - first));
    // Hidden neurons do not hear of the outputs in these steps, so they go ahead.
    run(state[0], some, place.into_hidden, 0, place.hidden_steps);
    place.output.weigh(place.hidden_steps.column(0), place.hidden_steps.stride(), some.size(), place.sums.column(0));
    kernels.squash(place.sums.column(0), place.sums.blocks() * some.size(), place.sums.column(0));
    run(state[1], some, place.sums, place.sums.stride(), place.output_steps);
    nonzero += kernels.count(place.output_steps.column(0), static_cast<std::size_t>(place.output_steps.rows()),
                             place.output_steps.stride(), some.size());
    if (first + some.size() < influences.size()) continue;
    const auto last = static_cast<Index>(some.size()) - 1;
    std::copy_n(place.hidden_steps.column(last), place.hidden_steps.stride(), place.free.hidden.column(sample));
    std::copy_n(place.output_steps.column(last), place.output_steps.stride(), place.free.output.column(sample));
  }
  return nonzero;
}

void EquilibriumNetwork::show(const Parameters& parameters, const Matrix& inputs, Workplace& place, Work& work) {
  const Sizes sizes = parameters.sizes();
  take_sparse(inputs, place.inputs);
  count_shown(place.inputs.count(), inputs.cols(), sizes, work);
  place.output.take(parameters);
  place.currents.resize(sizes.hidden, inputs.cols());
  PaddedColumns bias(sizes.hidden, 1);
  std::copy_n(parameters.hidden_bias.data(), sizes.hidden, bias.column(0));
  settling_kernels().drive({.neurons = static_cast<std::size_t>(sizes.hidden),
                            .weights = parameters.hidden.data(),
                            .bias = bias.column(0),
                            .columns = static_cast<std::size_t>(inputs.cols()),
                            .begins = place.inputs.begins.data(),
                            .inputs = place.inputs.rows.data(),
                            .values = place.inputs.values.data(),
                            .currents = place.currents.column(0),
                            .current_stride = place.currents.stride()});
}

void EquilibriumNetwork::settle_free(const Sizes& sizes, State& state, Workplace& place, Work& work) const {
  const SettlingKernels& kernels = settling_kernels();
  const Index samples = place.currents.columns();
  std::vector<float> influences;
  for (std::uint32_t step = 1; step <= settings_.steps; ++step)
    influences.push_back(static_cast<float>(step) / static_cast<float>(settings_.steps));
  place.free.hidden.resize(sizes.hidden, samples);
  place.free.output.resize(sizes.classes, samples);
  place.into_hidden.resize(sizes.hidden, 1);
  place.hidden_steps.resize(sizes.hidden, kStepsAtOnce);
  place.sums.resize(sizes.classes, kStepsAtOnce);
  place.output_steps.resize(sizes.classes, kStepsAtOnce);
  std::uint64_t nonzero = 0;
  for (Index n = 0; n < samples; ++n) {
    if (influences.empty()) {
      kernels.squash(state[0].potentials.column(n), place.free.hidden.blocks(), place.free.hidden.column(n));
      kernels.squash(state[1].potentials.column(n), place.free.output.blocks(), place.free.output.column(n));
    }
    nonzero += run_steps(n, influences, state, place);
  }
  count_all(sizes, samples, settings_.steps, nonzero, false, work);
  const std::uint32_t iterations = settings_.relaxation.free_iterations;
  nonzero = relax(place.output, place.currents, nullptr, settings_.relaxation, iterations, place.free);
  count_all(sizes, samples, iterations, nonzero, true, work);
  for (Index n = 0; n < samples; ++n) {
    std::copy_n(place.free.hidden.column(n), place.free.hidden.stride(), state[0].kept.column(n));
    std::copy_n(place.free.output.column(n), place.free.output.stride(), state[1].kept.column(n));
  }
}

Matrix EquilibriumNetwork::learn(Parameters& parameters, const Matrix& inputs, const Matrix& targets,
                                 std::span<const std::uint32_t>, Work& work) {
  const Sizes sizes = parameters.sizes();
  // The last batch of a pass may be smaller; the places that it leaves empty keep their state.
  if (state_[0].potentials.columns() == 0)
    state_ = at_rest(sizes, std::max<Index>(inputs.cols(), static_cast<Index>(settings_.batch)));
  show(parameters, inputs, place_, work);
  settle_free(sizes, state_, place_, work);
  place_.taught = place_.free;
  const PaddedColumns wanted(targets);
  const std::uint32_t iterations = settings_.relaxation.taught_iterations;
  const std::uint64_t nonzero = relax(place_.output, place_.currents, &wanted, settings_.relaxation, iterations, place_.taught);
  count_all(sizes, inputs.cols(), iterations, nonzero, true, work);
  consolidate(parameters, place_.inputs, place_.free, place_.taught, settings_, place_.changes, work);
  return place_.free.output.matrix();
}

Matrix EquilibriumNetwork::answer(const Parameters& parameters, const Matrix& inputs, Work& work) const {
  Workplace place;
  State state = at_rest(parameters.sizes(), inputs.cols());
  show(parameters, inputs, place, work);
  settle_free(parameters.sizes(), state, place, work);
  return place.free.output.matrix();
}

}  // namespace phasic::baseline

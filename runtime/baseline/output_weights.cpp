// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/output_weights.hpp"

namespace phasic::baseline {

void OutputWeights::take(const Parameters& parameters) {
  constexpr auto kAtOnce = static_cast<Index>(kBlock);
  const auto [inputs, hidden, classes] = parameters.sizes();
  bias_.resize(classes, 1);
  std::copy_n(parameters.output_bias.data(), classes, bias_.column(0));
  by_input_.resize(kAtOnce, static_cast<Index>(bias_.blocks()) * hidden);
  for (Index first = 0; first < classes; first += kAtOnce) {
    const Index begin = first / kAtOnce * hidden;
    for (Index n = 0; n < hidden; ++n) {
      const float* const weights = parameters.output.col(n).data() + first;
      if (first + kAtOnce <= classes) {
        std::copy_n(weights, kAtOnce, by_input_.column(begin + n));
      } else {
        float* const few = by_input_.column(begin + n);
        for (Index c = 0; c < classes - first; ++c) few[c] = weights[c];
      }
    }
  }
  by_class_.resize(hidden, classes);
  gathered_.assign(static_cast<std::size_t>(classes), 0);
}

void OutputWeights::weigh(const float* hidden, std::size_t stride, std::size_t columns, float* sums) const {
  settling_kernels().weigh({.blocks = blocks(),
                            .inputs = static_cast<std::size_t>(by_class_.rows()),
                            .weights = by_input_.column(0),
                            .bias = bias_.column(0),
                            .columns = columns,
                            .values = hidden,
                            .value_stride = stride,
                            .sums = sums});
}

const float* OutputWeights::of_class(Index number) {
  float* const weights = by_class_.column(number);
  char& gathered = gathered_[static_cast<std::size_t>(number)];
  if (gathered == 0) {
    const auto block = static_cast<std::size_t>(number) / kBlock, lane = static_cast<std::size_t>(number) % kBlock;
    const float* from = by_input_.column(static_cast<Index>(block) * by_class_.rows()) + lane;
    for (Index n = 0; n < by_class_.rows(); ++n, from += kBlock) weights[n] = *from;
    gathered = 1;
  }
  return weights;
}

}  // namespace phasic::baseline

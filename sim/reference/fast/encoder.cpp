// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/fast/encoder.hpp"

#include "sim/reference/random.hpp"

namespace phasic::reference {

Encoder::Encoder(const Program& program, const FastKernels& kernels)
    : program_(program),
      kernels_(kernels),
      lists_(program, program.layers.front()),
      active_(padded(program.inputs + kListRoom)),
      intensity_(active_.size()),
      words_x_(active_.size()),
      words_y_(active_.size()) {}

const SpikeLists& Encoder::take(const Sample& sample, std::uint32_t number, std::uint64_t& input_events) {
  if (program_.sample_kind == contract::SampleKind::kIntensity) {
    encode(sample, number, input_events);
  } else {
    take_events(sample);
    input_events += sample.events.size();
  }
  return lists_;
}

void Encoder::encode(const Sample& sample, std::uint32_t number, std::uint64_t& input_events) {
  // Inputs that spike at half of the steps or more are the usual rows and come first: most of an image's pixels that are not
  // dark are nearly white, and it costs less to take away the rows of the few that stay silent.
  const auto list = [&](std::uint8_t lowest, std::uint8_t highest, std::size_t from) {
    return kernels_.list_inputs(sample.intensities.data(), program_.inputs, lowest, highest, active_.data() + from,
                                intensity_.data() + from);
  };
  const std::uint32_t usual = list(128, 255, 0);
  const std::uint32_t others = list(1, 127, usual);
  const std::size_t active = usual + others;
  lists_.usual = {active_.data(), usual};
  const Key key = sample_key(purpose_key(program_.seed, contract::Purpose::kEncoding, 0), number);
  std::uint32_t end = 0;
  std::uint32_t silent_end = 0;
  for (std::uint32_t step = 0; step < program_.steps; ++step) {
    if (step % 4 == 0) {
      const auto group = static_cast<std::uint16_t>(step / 4);
      kernels_.permute_all(key.data(), group, active_.data(), active, words_x_.data(), words_y_.data());
    }
    const std::vector<std::uint16_t>& words = step % 4 < 2 ? words_x_ : words_y_;
    const unsigned shift = step % 2 == 0 ? 8 : 0;
    const std::uint32_t begin = end;
    end += kernels_.list_spikes(active_.data(), intensity_.data(), words.data(), shift, usual, lists_.rows.data() + end,
                                lists_.silent.data() + silent_end);
    silent_end += usual - (end - begin);
    lists_.silent_begin[step + 1] = silent_end;
    lists_.extra_begin[step] = end;
    end += kernels_.list_spikes(active_.data() + usual, intensity_.data() + usual, words.data() + usual, shift, others,
                                lists_.rows.data() + end, nullptr);
    input_events += end - begin;
    lists_.end_step(program_.layers.front(), step, end);
  }
}

void Encoder::take_events(const Sample& sample) {
  std::uint32_t end = 0;
  std::size_t next = 0;
  for (std::uint32_t step = 0; step < program_.steps; ++step) {
    for (; next < sample.events.size() && sample.events[next] >> 16 == step; ++next) {
      lists_.rows[end++] = static_cast<std::uint16_t>(sample.events[next]);
    }
    lists_.end_step(program_.layers.front(), step, end);
  }
}

}  // namespace phasic::reference

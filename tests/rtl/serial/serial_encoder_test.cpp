// SPDX-License-Identifier: Apache-2.0
// The encoder of four steps at once against the specification's bytes. The test has its intensities and its permutation.
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "Vserial_encoder.h"
#include "sim/reference/random.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::serial_encoder_test {
namespace {

struct Sample {
  reference::Key key{};
  unsigned group = 0;
  std::vector<std::uint8_t> intensities;
};

Sample random_sample(std::mt19937_64& random) {
  Sample sample;
  for (std::uint16_t& word : sample.key) word = static_cast<std::uint16_t>(random());
  sample.group = random() % 8;
  sample.intensities.resize(random() % 16 == 0 ? contract::kSerialInputs - random() % 9 : 1 + random() % 60);
  for (std::uint8_t& intensity : sample.intensities) {
    intensity = static_cast<std::uint8_t>(random() % 2 == 0 ? 255 * (random() % 2) : random());
  }
  return sample;
}

/// The spikes of eight inputs: a byte a step, the first one's lowest.
std::uint32_t spikes_of(const Sample& sample, std::size_t word) {
  std::uint32_t spikes = 0;
  for (unsigned t = 0; t < 4; ++t) {
    for (unsigned k = 0; k < 8; ++k) {
      const std::size_t input = 8 * word + k;
      if (input >= sample.intensities.size()) continue;
      const std::uint8_t byte = reference::encoding_byte(sample.key, 4 * sample.group + t, static_cast<unsigned>(input));
      if (sample.intensities[input] > byte) spikes |= 1U << (8 * t + k);
    }
  }
  return spikes;
}

/// One sample. The permutation takes its four cycles, or any number; with `clear_at` the sample is abandoned in that cycle.
void encode(Clocked<Vserial_encoder>& module, std::mt19937_64& random, const Sample& sample, bool four_cycles,
            std::optional<unsigned> clear_at) {
  const std::size_t words = (sample.intensities.size() + 7) / 8;
  ASSERT_EQ(module->busy_o, 0);
  module->start_i = 1;
  module->group_i = static_cast<unsigned char>(sample.group);
  module->last_input_i = static_cast<std::uint16_t>(sample.intensities.size() - 1);
  module.edge();
  module->start_i = 0;
  // The group is taken at the start.
  module->group_i = random() % 8;
  std::size_t written = 0;
  std::optional<unsigned> permuting;  // cycles to go
  reference::WordPair permuted;
  unsigned cycles = 0;
  for (; module->busy_o != 0; ++cycles) {
    ASSERT_LT(cycles, 20'000U) << "the sample does not come to an end";
    module->clear_i = clear_at == cycles;
    module.settle();
    ASSERT_EQ(module->words_o, written) << "words that are written";
    if (module->write_o != 0) {
      ASSERT_LT(written, words) << "a word too many";
      ASSERT_EQ(module->write_word_o, written);
      ASSERT_EQ(module->write_data_o, spikes_of(sample, written)) << "word " << written;
      ++written;
    }
    // What was not asked for is anything.
    std::optional<std::uint8_t> value;
    if (module->read_o != 0 && module->input_o < sample.intensities.size()) value = sample.intensities[module->input_o];
    if (permuting) permuting = *permuting - 1;
    if (module->permute_o != 0) {
      ASSERT_FALSE(permuting) << "the permutation is busy";
      ASSERT_LT(module->permute_y_o, sample.intensities.size());
      ASSERT_NE(sample.intensities[module->permute_y_o], 0) << "nothing to draw for";
      permuted = reference::permute(sample.key, {module->permute_x_o, module->permute_y_o});
      permuting = four_cycles ? 4 : random() % 12;
    }
    module.edge();
    module->value_i = value ? *value : static_cast<unsigned char>(random());
    module->permute_busy_i = permuting && *permuting != 0;
    if (permuting == 0U) {
      permuting.reset();
      module->permute_x_i = permuted.x;
      module->permute_y_i = permuted.y;
    } else if (permuting) {
      module->permute_x_i = static_cast<std::uint16_t>(random());
      module->permute_y_i = static_cast<std::uint16_t>(random());
    }
    module.settle();
    if (clear_at == cycles) break;
  }
  module->clear_i = 0;
  module->permute_busy_i = 0;
  module.settle();
  ASSERT_EQ(module->busy_o, 0);
  if (clear_at == cycles) return;
  ASSERT_EQ(written, words);
  unsigned expected = static_cast<unsigned>(words * 17);
  for (const std::uint8_t intensity : sample.intensities) expected += intensity != 0 ? 5 : 0;
  if (four_cycles) {
    ASSERT_EQ(cycles, expected);
  }
}

TEST(RtlSerialEncoder, DrawsTheSpikesOfFourStepsFillsUpTheLastWordAndStartsAfreshAfterAClear) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<Vserial_encoder> module{seed};
    module->clear_i = module->start_i = module->permute_busy_i = 0;
    module.reset();
    for (unsigned n = 0; n < 20; ++n) {
      SCOPED_TRACE("sample " + std::to_string(n));
      const Sample sample = random_sample(random);
      std::optional<unsigned> clear_at;
      if (random() % 4 == 0) clear_at = static_cast<unsigned>(random() % 60);
      ASSERT_NO_FATAL_FAILURE(encode(module, random, sample, random() % 2 == 0, clear_at));
      for (unsigned wait = random() % 3; wait > 0; --wait) {
        ASSERT_EQ(module->busy_o, 0);
        ASSERT_EQ(module->write_o, 0);
        module.edge();
      }
    }
  }
}

}  // namespace
}  // namespace phasic::testing::serial_encoder_test

// SPDX-License-Identifier: Apache-2.0
// The sample buffer against a queue of at most two samples.
#include <deque>
#include <random>
#include <string>

#include "Vsample_buffer.h"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::sample_buffer_test {
namespace {

constexpr std::size_t kMaxEntries = 8;

struct Sample {
  std::vector<std::uint32_t> entries;
  std::uint64_t data = 0;
};

TEST(RtlSampleBuffer, OffersSamplesInOrderWhileTheNextOneIsFilled) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<Vsample_buffer> module{seed};
    module->clear_i = module->entry_valid_i = module->commit_valid_i = module->release_i = module->read_i = 0;
    module.reset();
    std::deque<Sample> held;
    Sample filling;
    std::size_t wanted = random() % (kMaxEntries + 1), released = 0;
    const unsigned in_chance = 1 + random() % 8, out_chance = 1 + random() % 8;
    bool known = false;
    std::uint32_t read = 0;
    bool both = false;
    for (unsigned cycle = 0; cycle < 3000; ++cycle) {
      const auto entry = static_cast<std::uint32_t>(random());
      const std::uint64_t data = random() >> (64 - 49);
      const bool offer = random() % 8 < in_chance;
      module->entry_valid_i = offer && filling.entries.size() < wanted;
      module->commit_valid_i = offer && filling.entries.size() == wanted;
      module->entry_data_i = entry;
      module->commit_data_i = data;
      module->release_i = !held.empty() && random() % 64 < out_chance;
      module->read_i = !held.empty() && !held.front().entries.empty() && random() % 2 == 0;
      const std::size_t index = module->read_i != 0 ? random() % held.front().entries.size() : random() % kMaxEntries;
      module->read_entry_i = static_cast<unsigned char>(index);
      module.settle();
      SCOPED_TRACE("cycle " + std::to_string(cycle));
      both = both || held.size() == 2;
      ASSERT_EQ(module->commit_ready_o != 0, held.size() < 2);
      ASSERT_EQ(module->entry_ready_o != 0, held.size() < 2 && filling.entries.size() < kMaxEntries);
      ASSERT_EQ(module->sample_valid_o != 0, !held.empty());
      if (!held.empty()) {
        ASSERT_EQ(module->sample_data_o, held.front().data);
        ASSERT_EQ(module->sample_entries_o, held.front().entries.size());
      }
      if (module->read_i != 0) {
        read = held.front().entries[index];
        known = true;
      }
      const bool write = module->entry_valid_i != 0 && module->entry_ready_o != 0;
      const bool commit = module->commit_valid_i != 0 && module->commit_ready_o != 0;
      if (module->release_i != 0) {
        held.pop_front();
        ++released;
      }
      if (write) filling.entries.push_back(entry);
      if (commit) {
        filling.data = data;
        held.push_back(filling);
        filling = {};
        wanted = random() % (kMaxEntries + 1);
      }
      module.edge();
      if (known) {
        ASSERT_EQ(module->read_data_o, read);
      }
    }
    EXPECT_GT(released, 5U);
    EXPECT_TRUE(both || in_chance < out_chance) << "the buffer was never full";
  }
}

}  // namespace
}  // namespace phasic::testing::sample_buffer_test

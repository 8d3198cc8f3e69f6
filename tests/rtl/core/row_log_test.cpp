// SPDX-License-Identifier: Apache-2.0
// The log of rows against a list and a map of steps.
#include <algorithm>
#include <array>
#include <numeric>
#include <random>
#include <string>

#include "Vrow_log.h"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::row_log_test {
namespace {

constexpr std::size_t kRows = 16;

void sample(Clocked<Vrow_log>& module, std::mt19937_64& random, bool all_steps) {
  std::vector<std::size_t> list;
  std::array<std::uint32_t, kRows> history{};
  module->all_steps_i = all_steps;
  module->sample_started_i = 1;
  module.edge();
  module->sample_started_i = 0;
  ASSERT_EQ(module->rows_o, 0);
  const unsigned steps = all_steps ? (random() % 4 == 0 ? 32 : 1 + random() % 8) : 1;
  for (unsigned step = 0; step < steps; ++step) {
    std::array<std::size_t, kRows> rows{};
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    std::shuffle(rows.begin(), rows.end(), random);
    const std::size_t spikes = random() % 4 == 0 ? kRows : random() % 6;
    for (std::size_t n = 0; n < spikes; ++n) {
      while (random() % 3 == 0) module.edge();
      if (!all_steps || history[rows[n]] == 0) list.push_back(rows[n]);
      history[rows[n]] |= 1U << step;
      module->log_i = 1;
      module->log_row_i = static_cast<unsigned char>(rows[n]);
      module->log_step_i = 1U << step;
      module.edge();
      module->log_i = 0;
    }
    module.edge();
  }
  for (unsigned k = 0; k < 2; ++k) module.edge();
  ASSERT_EQ(module->rows_o, list.size());
  for (std::size_t n = 0; n < list.size(); ++n) {
    module->list_read_i = 1;
    module->list_index_i = static_cast<unsigned char>(n);
    module.edge();
    module->list_read_i = 0;
    module.edge();
    ASSERT_EQ(module->list_row_o, list[n]) << "entry " << n;
    if (!all_steps) continue;
    module->history_read_i = 1;
    module->history_row_i = static_cast<unsigned char>(list[n]);
    module.edge();
    module->history_read_i = 0;
    module.edge();
    ASSERT_EQ(module->history_o, history[list[n]]) << "row " << list[n];
    module->forget_i = 1;
    module->forget_row_i = static_cast<unsigned char>(list[n]);
    module.edge();
    module->forget_i = 0;
  }
}

TEST(RtlRowLog, ListsEachRowOnceWithTheStepsAtWhichItSpiked) {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<Vrow_log> module{seed};
    module->clear_i = module->clearing_i = module->log_i = module->forget_i = module->sample_started_i = 0;
    module->list_read_i = module->history_read_i = module->all_steps_i = 0;
    module.reset();
    module->clearing_i = 1;
    for (std::size_t row = 0; row < kRows; ++row) {
      module->clear_row_i = static_cast<unsigned char>(row);
      module.edge();
    }
    module->clearing_i = 0;
    for (unsigned n = 0; n < 6; ++n) {
      SCOPED_TRACE("sample " + std::to_string(n));
      ASSERT_NO_FATAL_FAILURE(sample(module, random, n < 4));
    }
  }
}

TEST(RtlRowLog, ForgetsARowThatWasLoggedInTheCycleBeforeAClear) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<Vrow_log> module{seed};
    module->clear_i = module->log_i = module->forget_i = module->sample_started_i = 0;
    module->list_read_i = module->history_read_i = 0;
    module->all_steps_i = 1;
    module->clearing_i = 1;
    module.reset();
    for (std::size_t row = 0; row < kRows; ++row) {
      module->clear_row_i = static_cast<unsigned char>(row);
      module.edge();
    }
    module->clearing_i = 0;
    const std::size_t row = random() % kRows;
    module->log_i = 1;
    module->log_row_i = static_cast<unsigned char>(row);
    module->log_step_i = 1;
    module.edge();
    module->log_i = 0;
    module->clear_i = 1;
    module.edge();
    module->clear_i = 0;
    module.edge();
    ASSERT_EQ(module->rows_o, 0);
  }
}

}  // namespace
}  // namespace phasic::testing::row_log_test

// SPDX-License-Identifier: Apache-2.0
// The log of rows of several groups against a list and a map of steps of each.
#include <algorithm>
#include <array>
#include <numeric>
#include <random>
#include <string>

#include "Vgroup_log_1.h"
#include "Vgroup_log_4.h"
#include "Vgroup_log_full.h"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::group_log_test {
namespace {

template <class Model, unsigned Groups, unsigned Rows, unsigned RowBits>
struct Shape {
  using model = Model;
  static constexpr unsigned groups = Groups, rows = Rows, row_bits = RowBits;
};

template <class T>
class RtlGroupLog : public ::testing::Test {
 protected:
  using Module = Clocked<typename T::model>;
  static constexpr unsigned groups = T::groups;

  /// Logs at most one row of each group a cycle; each row once a step.
  static void log_step(Module& module, std::mt19937_64& random, unsigned step, std::array<std::uint32_t, T::rows>& history,
                       std::array<std::vector<unsigned>, groups>& lists, bool all_steps) {
    std::array<std::vector<unsigned>, groups> spikes;
    const bool many = random() % 4 == 0;
    for (unsigned row = 0; row < T::rows; ++row) {
      if (many || random() % 4 == 0) spikes[row % groups].push_back(row);
    }
    for (auto& of_group : spikes) std::shuffle(of_group.begin(), of_group.end(), random);
    while (std::any_of(spikes.begin(), spikes.end(), [](const auto& rows) { return !rows.empty(); })) {
      unsigned logged = 0;
      for (unsigned g = 0; g < groups; ++g) {
        if (spikes[g].empty() || random() % 3 == 0) continue;
        const unsigned row = spikes[g].back();
        spikes[g].pop_back();
        if (!all_steps || history[row] == 0) lists[g].push_back(row);
        history[row] |= 1U << step;
        logged |= 1U << g;
        set_bits(module->log_row_i, T::row_bits * g, T::row_bits, row);
        set_bits(module->log_step_i, 32 * g, 32, std::uint64_t{1} << step);
      }
      module->log_i = static_cast<unsigned char>(logged);
      module.edge();
      module->log_i = 0;
    }
    // A row is not logged in the cycle after it was logged for another step.
    module.edge();
  }

  static void sample(Module& module, std::mt19937_64& random, bool all_steps) {
    std::array<std::uint32_t, T::rows> history{};
    std::array<std::vector<unsigned>, groups> lists;
    module->all_steps_i = all_steps;
    module->sample_started_i = 1;
    module.edge();
    module->sample_started_i = 0;
    ASSERT_EQ(module->rows_o, 0);
    const unsigned steps = all_steps ? (random() % 4 == 0 ? 32 : 1 + random() % 8) : 1;
    for (unsigned step = 0; step < steps; ++step) log_step(module, random, step, history, lists, all_steps);
    for (unsigned k = 0; k < 2; ++k) module.edge();
    std::vector<unsigned> list;
    for (const auto& of_group : lists) list.insert(list.end(), of_group.begin(), of_group.end());
    ASSERT_EQ(module->rows_o, list.size());
    for (std::size_t n = 0; n < list.size(); ++n) {
      module->list_read_i = 1;
      module->list_index_i = static_cast<unsigned char>(n);
      module.edge();
      module->list_read_i = 0;
      module->list_index_i = static_cast<unsigned char>(random() % T::rows);
      module.edge();
      ASSERT_EQ(module->list_row_o, list[n]) << "entry " << n;
      if (!all_steps) continue;
      module->history_read_i = 1;
      module->history_row_i = static_cast<unsigned char>(list[n]);
      module.edge();
      module->history_read_i = 0;
      module->history_row_i = static_cast<unsigned char>(random() % T::rows);
      module.edge();
      ASSERT_EQ(module->history_o, history[list[n]]) << "row " << list[n];
      module->forget_i = 1;
      module->forget_row_i = static_cast<unsigned char>(list[n]);
      module.edge();
      module->forget_i = 0;
    }
  }
};

// Groups with different numbers of rows, and with as many as an index can tell.
using Shapes = ::testing::Types<Shape<Vgroup_log_1, 1, 16, 4>, Shape<Vgroup_log_4, 4, 22, 5>, Shape<Vgroup_log_full, 4, 16, 4>>;
TYPED_TEST_SUITE(RtlGroupLog, Shapes);

TYPED_TEST(RtlGroupLog, ListsTheRowsOfOneGroupAfterTheOtherWithTheStepsAtWhichTheySpiked) {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<typename TypeParam::model> module{seed};
    module->clear_i = module->clearing_i = module->log_i = module->forget_i = module->sample_started_i = 0;
    module->list_read_i = module->history_read_i = module->all_steps_i = 0;
    module.reset();
    module->clearing_i = 1;
    for (unsigned row = 0; row < TypeParam::rows; ++row) {
      module->clear_row_i = static_cast<unsigned char>(row);
      module.edge();
    }
    module->clearing_i = 0;
    for (unsigned n = 0; n < 6; ++n) {
      SCOPED_TRACE("sample " + std::to_string(n));
      ASSERT_NO_FATAL_FAILURE(this->sample(module, random, n < 4));
    }
    // A run that is cleared while rows are logged leaves none in the list.
    std::array<std::uint32_t, TypeParam::rows> history{};
    std::array<std::vector<unsigned>, TypeParam::groups> lists;
    this->log_step(module, random, 0, history, lists, false);
    module->clear_i = 1;
    module.edge();
    module->clear_i = 0;
    ASSERT_EQ(module->rows_o, 0);
  }
}

}  // namespace
}  // namespace phasic::testing::group_log_test

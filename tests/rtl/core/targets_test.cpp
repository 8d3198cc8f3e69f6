// SPDX-License-Identifier: Apache-2.0
// The targets of a patch against the function of the reference.
#include <random>
#include <string>

#include "Vtargets_1x8.h"
#include "Vtargets_4x16.h"
#include "Vtargets_4x8.h"
#include "Vtargets_8x16.h"
#include "sim/reference/arithmetic.hpp"
#include "tests/rtl/core/filters_twin.hpp"

namespace phasic::testing::targets_test {
namespace {

template <class Model, std::size_t Lanes, unsigned WeightWidth, unsigned MaxRows>
struct Shape {
  using model = Model;
  static constexpr std::size_t lanes = Lanes;
  static constexpr unsigned weight_width = WeightWidth, max_rows = MaxRows;
};

struct Seen {
  unsigned limited = 0, between = 0;
};

template <class T>
class RtlTargets : public ::testing::Test {
 protected:
  using Module = Clocked<typename T::model>;

  static void run(Module& module, std::mt19937_64& random, Seen& seen) {
    const std::size_t rows = random() % 4 == 0 ? T::max_rows : 1 + random() % T::max_rows;
    const std::size_t words = (rows + T::lanes - 1) / T::lanes;
    const auto shift = static_cast<unsigned>(random() % 3 == 0 ? random() % 32 : 8 + random() % 8);
    SynapseTwin<T::lanes, T::weight_width> memory{8192};
    memory.fill(random);
    const std::size_t address = random() % (memory.depth() - rows * words);
    std::vector<std::int8_t> table(rows * rows);
    std::vector<std::int32_t> offsets(words * T::lanes);
    std::vector<std::uint32_t> patch(rows);
    for (std::int8_t& entry : table) entry = static_cast<std::int8_t>(random_signed(random, 8));
    const std::size_t offset_width = random() % 3 == 0 ? 32 : 16;
    for (std::int32_t& offset : offsets) offset = static_cast<std::int32_t>(random_signed(random, offset_width));
    // The most that one source, or all with a pool, can give.
    const std::uint32_t most = random() % 2 == 0 ? 255 : 4080;
    for (std::uint32_t& value : patch) value = random() % 4 == 0 ? most : static_cast<std::uint32_t>(random() % (most + 1));
    for (std::size_t row = 0; row < rows; ++row)
      for (std::size_t k = 0; k < rows; ++k)
        memory.set_byte(address + row * words + k / T::lanes, k % T::lanes, table[row * rows + k]);

    module->rows_i = static_cast<std::uint16_t>(rows);
    module->target_words_i = static_cast<std::uint16_t>(words);
    module->table_address_i = static_cast<std::uint16_t>(address);
    module->shift_i = static_cast<unsigned char>(shift);
    for (std::size_t word = 0; word < words; ++word) {
      module->load_i = 1;
      module->load_address_i = static_cast<std::uint32_t>(word);
      for (std::size_t k = 0; k < T::lanes; ++k)
        set_bits(module->load_data_i, 32 * k, 32, std::int64_t{offsets[word * T::lanes + k]});
      module.edge();
      module->load_i = 0;
      module->load_address_i = static_cast<std::uint32_t>(random() % words);
    }
    module->target_read_i = 0;
    module->start_i = 1;
    module.edge();
    module->start_i = 0;
    std::size_t cycle = 0;
    for (;; ++cycle) {
      ASSERT_LT(cycle, 10000U) << "the targets do not come";
      memory.cycle(module, random);
      if (module->busy_o == 0) break;
      const bool read = module->value_read_o != 0;
      const std::size_t row = module->value_row_o;
      if (read) {
        ASSERT_LT(row, rows);
      }
      module.edge();
      if (read) module->value_i = static_cast<std::uint16_t>(patch[row]);
    }
    ASSERT_EQ(cycle, words * (rows + 6) + rows + 4);
    for (std::size_t row = 0; row < rows; ++row) {
      std::int64_t product = 0;
      for (std::size_t from = 0; from < rows; ++from) product += std::int64_t{patch[from]} * table[from * rows + row];
      const std::int32_t expected = reference::feature_target(product, offsets[row], shift, T::weight_width);
      const std::int32_t most_target = 127 << (T::weight_width - 8);
      seen.limited += expected == most_target || expected < -most_target;
      seen.between += expected != most_target && expected >= -most_target && expected != 0;
      module->target_read_i = 1;
      module->target_row_i = static_cast<unsigned char>(row);
      module.edge();
      module->target_read_i = 0;
      module->target_row_i = static_cast<unsigned char>(random() % rows);
      for (unsigned k = 0; k < 2; ++k, module.edge())
        ASSERT_EQ(static_cast<std::int16_t>(module->target_o), expected)
            << "row " << row << " of " << rows << ", shift " << shift;
    }
  }
};
using Shapes = ::testing::Types<Shape<Vtargets_1x8, 1, 8, 80>, Shape<Vtargets_4x8, 4, 8, 32>, Shape<Vtargets_4x16, 4, 16, 27>,
                                Shape<Vtargets_8x16, 8, 16, 32>>;
TYPED_TEST_SUITE(RtlTargets, Shapes);

TYPED_TEST(RtlTargets, AreThoseOfThePatch) {
  std::mt19937_64 random{9};
  Clocked<typename TypeParam::model> module{9};
  module->clear_i = module->start_i = module->load_i = 0;
  module.reset();
  Seen seen;
  for (unsigned turn = 0; turn < 200; ++turn) {
    SCOPED_TRACE("turn " + std::to_string(turn));
    ASSERT_NO_FATAL_FAILURE(this->run(module, random, seen));
    if (turn % 10 != 0) continue;
    // Targets that are abandoned.
    module->start_i = 1;
    module.edge();
    module->start_i = 0;
    for (unsigned cycle = 0; cycle < random() % 40; ++cycle) module.edge();
    module->clear_i = 1;
    module.edge();
    module->clear_i = 0;
    module.settle();
    ASSERT_EQ(module->busy_o, 0);
  }
  EXPECT_GT(seen.limited, 500U);
  EXPECT_GT(seen.between, 500U);
}

}  // namespace
}  // namespace phasic::testing::targets_test

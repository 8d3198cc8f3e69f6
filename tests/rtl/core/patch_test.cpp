// SPDX-License-Identifier: Apache-2.0
// The patch of a sample against the formulas of the specification: which one is drawn, its values, the word of its position,
// and that the log is cleared.
#include <algorithm>
#include <optional>
#include <random>
#include <string>

#include "Vpatch.h"
#include "Vpatch_first.h"
#include "sim/reference/random.hpp"
#include "tests/rtl/core/convolution_twin.hpp"

namespace phasic::testing::patch_test {
namespace {

template <class Model, unsigned Layer, unsigned RowBits, unsigned WordBits>
struct Shape {
  using model = Model;
  static constexpr unsigned kLayer = Layer, kRowBits = RowBits, kWordBits = WordBits;
};

struct Patch {
  std::vector<unsigned> values;
  unsigned position = 0;
};

struct Seen {
  unsigned found = 0, none = 0, blank = 0, redrawn = 0, largest = 0, at_window = 0;
};

template <class T>
class RtlPatch : public ::testing::Test {
 protected:
  using Module = Clocked<typename T::model>;
  static constexpr unsigned kMaxRows = 1U << T::kRowBits;

  /// Draws are made until there is one, and each draw looks at every place of the kernel.
  struct Expected {
    std::optional<Patch> patch;
    unsigned draws = 0;
  };

  static Patch patch_of(const ConvolutionTwin& twin, const std::vector<unsigned>& history, std::uint64_t seed,
                        std::uint32_t number, unsigned draw) {
    const auto key = reference::sample_key(reference::purpose_key(seed, contract::Purpose::kPatch, T::kLayer), number);
    const auto at = reference::patch_position(key, draw, twin.rows, twin.columns);
    Patch patch{std::vector<unsigned>(twin.kernel()), at.row * twin.columns + at.column};
    for (unsigned source = 0; source < history.size(); ++source) {
      if (history[source] == 0) continue;
      for (const Reached& reached : twin.reached(source)) {
        if (reached.position == patch.position) patch.values[reached.row] += history[source];
      }
    }
    return patch;
  }

  static int contrast_of(const Patch& patch) {
    const auto [least, most] = std::minmax_element(patch.values.begin(), patch.values.end());
    return static_cast<int>(*most) - static_cast<int>(*least);
  }

  static Expected expect(const ConvolutionTwin& twin, const std::vector<unsigned>& history, std::uint64_t seed,
                         std::uint32_t number, Seen& seen) {
    for (unsigned draw = 0; draw < contract::kPatchDraws; ++draw) {
      const Patch patch = patch_of(twin, history, seed, number, draw);
      const int contrast = contrast_of(patch);
      seen.at_window += contrast == twin.layer.window;
      seen.largest = std::max(seen.largest, *std::max_element(patch.values.begin(), patch.values.end()));
      if (contrast >= twin.layer.window) return {patch, draw + 1};
    }
    return {std::nullopt, contract::kPatchDraws};
  }

  static void run(Module& module, std::mt19937_64& random, Seen& seen) {
    auto twin = random_convolution(random, T::kLayer == 0, 4, kMaxRows, 1U << T::kWordBits);
    twin.layer.flags = 0;
    const unsigned rows = twin.kernel(), words = twin.row_words();
    std::vector<unsigned> history(twin.sources()), list;
    const unsigned density = random() % 8 == 0 ? 1000 : 1 + static_cast<unsigned>(random() % 20);
    const unsigned most = random() % 2 == 0 ? 255 : 20;
    for (unsigned source = 0; source < twin.sources(); ++source) {
      if (random() % density == 0) history[source] = random() % 4 == 0 ? most : 1 + static_cast<unsigned>(random() % most);
      if (history[source] != 0) list.push_back(source);
    }
    std::shuffle(list.begin(), list.end(), random);
    const std::uint64_t seed = random();
    const auto number = static_cast<std::uint32_t>(random());
    const std::array<int, 8> windows{-32768, -1, 0, 1, 20, 255, 4080, 32767};
    twin.layer.window = random() % 4 == 0 ? windows[random() % windows.size()]
                                          : contrast_of(patch_of(twin, history, seed, number, random() % 8)) +
                                                static_cast<int>(random() % 3 == 0);
    const Expected expected = expect(twin, history, seed, number, seen);
    const std::vector<unsigned> values = history;

    twin.drive(module->descriptor_i);
    module->row_words_i = static_cast<std::uint16_t>(words);
    module->logged_i = static_cast<std::uint16_t>(list.size());
    module->seed_i = seed;
    module->number_i = number;
    module->read_i = 0;
    module.edge();
    module->start_i = 1;
    module.edge();
    module->start_i = 0;
    module->number_i = static_cast<std::uint32_t>(random());
    unsigned waited = 0;
    for (; module->key_busy_o != 0; ++waited) {
      ASSERT_LT(waited, 40U) << "the key does not come";
      module.edge();
    }

    module->enable_i = 1;
    unsigned decided = 0;
    for (unsigned cycle = 1;; ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle));
      ASSERT_LT(cycle, 2000000U) << "the draw does not end";
      module.settle();
      if ((module->list_read_o != 0 || module->cleared_o != 0) && decided == 0) decided = cycle;
      ASSERT_TRUE(module->forget_o == 0 || decided != 0);
      if (module->forget_o != 0) history[module->forget_source_o] = 0;
      const bool read = module->history_read_o != 0, listed = module->list_read_o != 0;
      const unsigned source = module->history_source_o, index = module->list_index_o;
      if (read) {
        ASSERT_LT(source, twin.sources());
      }
      const bool cleared = module->cleared_o != 0;
      module.edge();
      if (read) module->history_i = static_cast<unsigned char>(values[source]);
      if (listed) module->list_source_i = static_cast<std::uint16_t>(list.at(index));
      if (cleared) break;
    }
    for (const unsigned left : history) ASSERT_EQ(left, 0U) << "a history that was not cleared";
    ASSERT_EQ(decided, 2 + expected.draws * ((rows << 2 * twin.layer.pool) + 15));
    ASSERT_EQ(module->found_o != 0, expected.patch.has_value());
    if (expected.patch) {
      const auto& patch = *expected.patch;
      ASSERT_EQ(module->word_o, patch.position * words);
      ASSERT_EQ(module->blank_o != 0, std::count(patch.values.begin(), patch.values.end(), 0U) == rows);
      seen.blank += module->blank_o;
      for (unsigned n = 0; n < 40; ++n) {
        const unsigned row = n < rows && n < 20 ? n : static_cast<unsigned>(random() % rows);
        module->read_i = 1;
        module->row_i = static_cast<std::uint16_t>(row);
        module.edge();
        module->read_i = 0;
        module->row_i = static_cast<std::uint16_t>(random());
        for (unsigned k = 0; k < 2; ++k, module.edge()) ASSERT_EQ(module->value_o, patch.values[row]) << "row " << row;
      }
    }
    seen.found += expected.patch.has_value();
    seen.none += !expected.patch.has_value();
    seen.redrawn += expected.draws > 1 && expected.patch.has_value();
    module->enable_i = 0;
    module.edge();
    ASSERT_EQ(module->found_o, 0);
  }
};
using Shapes = ::testing::Types<Shape<Vpatch, 3, 10, 10>, Shape<Vpatch_first, 0, 9, 9>>;
TYPED_TEST_SUITE(RtlPatch, Shapes);

TYPED_TEST(RtlPatch, IsTheFirstWithEnoughContrast) {
  std::mt19937_64 random{3};
  Clocked<typename TypeParam::model> module{3};
  module->clear_i = module->enable_i = module->start_i = 0;
  module.reset();
  Seen seen;
  for (unsigned n = 0; n < 300; ++n) {
    SCOPED_TRACE("sample " + std::to_string(n));
    ASSERT_NO_FATAL_FAILURE(this->run(module, random, seen));
    if (n % 10 != 0) continue;
    // A draw that is abandoned.
    module->enable_i = 1;
    for (unsigned cycle = 0; cycle < 10 + random() % 30; ++cycle) module.edge();
    module->clear_i = 1;
    module.edge();
    module->clear_i = module->enable_i = 0;
    module.edge();
    ASSERT_EQ(module->found_o, 0);
    ASSERT_EQ(module->cleared_o, 0);
  }
  EXPECT_GT(seen.found, 100U);
  EXPECT_GT(seen.none, 20U);
  EXPECT_GT(seen.blank, 5U);
  EXPECT_GT(seen.redrawn, 10U);
  EXPECT_GT(seen.at_window, 10U);
  EXPECT_GT(seen.largest, 1020U);
}

}  // namespace
}  // namespace phasic::testing::patch_test

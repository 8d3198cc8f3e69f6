// SPDX-License-Identifier: Apache-2.0
// The walk of a convolution against the formulas of the specification: which pairs are summed for which word of weights, and
// with what.
#include <array>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "Vconvolution_walk.h"
#include "Vconvolution_walk_first.h"
#include "sim/reference/random.hpp"
#include "tests/rtl/core/convolution_twin.hpp"

namespace phasic::testing::convolution_walk_test {
namespace {

template <class Model, unsigned RowBits, unsigned WordBits, bool First>
struct Shape {
  using model = Model;
  static constexpr unsigned kRowBits = RowBits, kWordBits = WordBits;
  static constexpr bool kFirst = First;
};

template <class T>
class RtlConvolutionWalk : public ::testing::Test {};
using Shapes = ::testing::Types<Shape<Vconvolution_walk, 10, 10, false>, Shape<Vconvolution_walk_first, 9, 9, true>>;
TYPED_TEST_SUITE(RtlConvolutionWalk, Shapes);

TYPED_TEST(RtlConvolutionWalk, SumsEveryPairOfARowThenCommits) {
  using Pair = std::pair<unsigned, unsigned>;  // word of neurons, history
  std::mt19937_64 random{5};
  Clocked<typename TypeParam::model> module{5};
  module->clear_i = module->enable_i = 0;
  module.reset();
  unsigned rows_visited = 0;
  for (unsigned n = 0; n < 60; ++n) {
    SCOPED_TRACE("sample " + std::to_string(n));
    const auto twin =
        random_convolution(random, TypeParam::kFirst, 4, (1U << TypeParam::kRowBits) - 1, 1U << TypeParam::kWordBits);
    const unsigned sources = twin.sources() + (twin.bias() ? 1 : 0), words = twin.row_words();
    std::vector<unsigned> history(sources), list;
    const unsigned density = 1 + static_cast<unsigned>(random() % 8);
    for (unsigned source = 0; source < sources; ++source) {
      if (random() % density == 0) history[source] = 1 + static_cast<unsigned>(random() % 0xffff);
      if (history[source] != 0) list.push_back(source);
    }
    std::array<std::uint16_t, 4> key{};
    for (auto& part : key) part = static_cast<std::uint16_t>(random());
    std::uint64_t key_bits = 0;
    for (std::size_t k = 0; k < 4; ++k) key_bits |= std::uint64_t{key[k]} << 16 * k;
    std::map<unsigned, std::multiset<Pair>> expected;  // by address
    for (const unsigned source : list) {
      for (const Reached& reached : twin.reached(source)) {
        for (unsigned word = 0; word < words; ++word)
          expected[reached.row * words + word].insert({reached.position * words + word, history[source]});
      }
    }

    twin.drive(module->descriptor_i);
    module->sources_i = static_cast<std::uint16_t>(sources);
    module->row_words_i = static_cast<std::uint16_t>(words);
    module->last_word_i = static_cast<std::uint16_t>(words - 1);
    module->logged_i = static_cast<std::uint16_t>(list.size());
    module->key_i = key_bits;
    for (unsigned cycle = 0; cycle < 5; ++cycle) module.edge();
    module->enable_i = 1;
    std::multiset<Pair> pairs;
    unsigned counted = 0, committed = 0, last_commit = 0;
    for (unsigned cycle = 1;; ++cycle) {
      ASSERT_LT(cycle, 3000000U) << "the walk does not end";
      module.settle();
      if (module->pair_valid_o != 0) {
        ASSERT_EQ(module->commit_o, 0);
        ASSERT_EQ(module->first_o != 0, pairs.empty());
        pairs.insert({module->target_word_o, module->history_i});
        counted += module->pair_counts_o;
      }
      if (module->commit_o != 0) {
        const unsigned address = module->word_address_o;
        ASSERT_TRUE(expected.count(address)) << "address " << address;
        ASSERT_EQ(pairs, expected[address]) << "address " << address;
        ASSERT_EQ(module->word_o, address % words);
        ASSERT_EQ(module->row_done_o != 0, address % words == words - 1);
        const auto random_words = reference::row_words(key, address / words);
        ASSERT_EQ(module->random_x_o, random_words.x);
        ASSERT_EQ(module->random_y_o, random_words.y);
        ASSERT_GT(cycle, last_commit + 1);
        pairs.clear();
        expected.erase(address);
        last_commit = cycle;
        ++committed;
      }
      if (module->forget_o != 0) history[module->forget_source_o] = 0;
      const bool done = module->done_o != 0;
      const bool read = module->history_read_o != 0, listed = module->list_read_o != 0;
      const unsigned source = module->history_source_o, index = module->list_index_o;
      if (read) {
        ASSERT_LT(source, sources);
      }
      module.edge();
      if (read) module->history_i = history[source];
      if (listed) module->list_source_i = static_cast<std::uint16_t>(list.at(index));
      if (done) break;
    }
    module->enable_i = 0;
    module.edge();
    EXPECT_TRUE(expected.empty()) << expected.size() << " words were not visited";
    EXPECT_TRUE(pairs.empty());
    for (const unsigned left : history) ASSERT_EQ(left, 0U) << "a history that was not cleared";
    rows_visited += committed / words;
    unsigned pairs_expected = 0;
    for (const unsigned logged : list) pairs_expected += static_cast<unsigned>(twin.reached(logged).size());
    EXPECT_EQ(counted, pairs_expected);
  }
  EXPECT_GT(rows_visited, 300U);
}

}  // namespace
}  // namespace phasic::testing::convolution_walk_test

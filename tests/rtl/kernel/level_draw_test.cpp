// SPDX-License-Identifier: Apache-2.0
// Levels that are drawn, of one random layer after the other, against those that the recipe gives.
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "Vlevel_draw_1x32.h"
#include "Vlevel_draw_4x128.h"
#include "Vlevel_draw_5x64.h"
#include "Vlevel_draw_64x512.h"
#include "phasic/contract.hpp"
#include "tests/common/drawn_tables.hpp"
#include "tests/rtl/kernel/clocked.hpp"

namespace phasic::testing::level_draw_test {
namespace {

constexpr std::uint32_t kMaxClasses = 16;

template <class Model, std::size_t Lanes>
struct Build {
  using Unit = Model;
  static constexpr std::size_t kLanes = Lanes;
};

/// A layer whose levels are drawn, and its recipe.
struct Drawing {
  std::uint64_t seed = 0;
  std::uint32_t layer = 0, classes = 1, neurons = 1, group = 1;
  bool by_channel = false;
  contract::Recipe recipe;
  std::vector<std::uint16_t> places;
};

template <class Build>
class LevelDraw : public ::testing::Test {
 protected:
  using Model = typename Build::Unit;
  static constexpr std::size_t kBeat = sizeof(std::declval<Model&>().in_data_i);

  Drawing draw() {
    Drawing drawing;
    drawing.seed = random_();
    drawing.layer = static_cast<std::uint32_t>(random_() % 8);
    drawing.classes = static_cast<std::uint32_t>(random_() % 4 == 0 ? kMaxClasses : 1 + random_() % kMaxClasses);
    const auto positions = static_cast<std::uint32_t>(random_() % 2 == 0 ? 1 : 1 + random_() % 6);
    drawing.group = static_cast<std::uint32_t>(1 + random_() % (random_() % 2 == 0 ? 150 : 9));
    drawing.neurons = positions * drawing.group;
    drawing.by_channel = random_() % 2 == 0;
    for (auto& value : drawing.recipe.quantiles) value = static_cast<std::uint8_t>(random_());
    for (auto& value : drawing.recipe.curve) value = static_cast<std::int8_t>(random_());
    for (std::uint32_t k = 0; k < 2 * drawing.classes; ++k) drawing.places.push_back(static_cast<std::uint16_t>(random_()));
    return drawing;
  }

  /// The recipe in memory, padded with what is ignored.
  std::vector<std::byte> bytes_of(const Drawing& drawing) {
    std::vector<std::byte> bytes(align(sizeof drawing.recipe + 2 * drawing.places.size()));
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random_());
    std::memcpy(bytes.data(), &drawing.recipe, sizeof drawing.recipe);
    std::memcpy(bytes.data() + sizeof drawing.recipe, drawing.places.data(), 2 * drawing.places.size());
    return bytes;
  }

  /// All words, lane after lane.
  static std::vector<std::int8_t> expected(const Drawing& drawing) {
    std::vector<std::int8_t> words;
    for (std::uint32_t label = 0; label < drawing.classes; ++label) {
      const auto levels =
          drawn_class(drawing.seed, drawing.layer, drawing.recipe, drawing.places[2 * label], drawing.places[2 * label + 1],
                      drawing.neurons, drawing.by_channel ? drawing.group : drawing.neurons);
      for (std::uint32_t j = 0; j < drawing.neurons; ++j) {
        words.push_back(levels[j]);
        while ((j + 1) % drawing.group == 0 && words.size() % Build::kLanes != 0) words.push_back(0);
      }
    }
    return words;
  }

  void begin(const Drawing& drawing) {
    set_bits(module_->seed_i, 0, 64, drawing.seed);
    module_->layer_i = static_cast<unsigned char>(drawing.layer);
    module_->classes_i = static_cast<unsigned short>(drawing.classes);
    module_->neurons_i = static_cast<unsigned short>(drawing.neurons);
    module_->group_i = static_cast<unsigned short>(drawing.group);
    module_->by_channel_i = drawing.by_channel;
    module_->in_valid_i = 0;
    module_->start_i = 1;
    for (auto cycles = 1 + random_() % 3; cycles > 0; --cycles) module_.edge();
    module_->start_i = 0;
  }

  /// The words that leave; `cycles` counts those after the last beat.
  std::vector<std::int8_t> run(const Drawing& drawing, std::uint64_t& cycles) {
    const auto bytes = bytes_of(drawing);
    std::vector<std::int8_t> words;
    std::size_t next = 0;
    cycles = 0;
    begin(drawing);
    for (unsigned cycle = 0; cycle < 1U << 20; ++cycle) {
      if (module_->in_valid_i == 0 && next < bytes.size() && random_() % 4 != 0) {
        module_->in_valid_i = 1;
        std::memcpy(port_bytes(module_->in_data_i).data(), bytes.data() + next, kBeat);
      }
      module_.settle();
      if (next == bytes.size() && module_->busy_o == 0) return words;
      cycles += next == bytes.size() ? 1 : 0;
      if (module_->word_valid_o != 0) {
        const auto word = port_bytes(module_->word_o);
        for (std::size_t lane = 0; lane < Build::kLanes; ++lane) words.push_back(static_cast<std::int8_t>(word[lane]));
      }
      const bool taken = module_->in_valid_i != 0 && module_->in_ready_o != 0;
      module_.edge();
      if (!taken) continue;
      next += kBeat;
      module_->in_valid_i = 0;
    }
    ADD_FAILURE() << "it does not come to an end";
    return {};
  }

  Clocked<Model> module_{5};
  std::mt19937_64 random_{7};
};

using Builds = ::testing::Types<Build<Vlevel_draw_1x32, 1>, Build<Vlevel_draw_4x128, 4>, Build<Vlevel_draw_64x512, 64>,
                                Build<Vlevel_draw_5x64, 5>>;
TYPED_TEST_SUITE(LevelDraw, Builds);

TYPED_TEST(LevelDraw, WordsAreThoseOfTheRecipeTwoCyclesALevel) {
  this->module_->start_i = this->module_->in_valid_i = 0;
  this->module_.reset();
  EXPECT_EQ(this->module_->busy_o, 0);
  for (int n = 0; n < 60; ++n) {
    const Drawing drawing = this->draw();
    SCOPED_TRACE("layer " + std::to_string(n) + ": " + std::to_string(drawing.neurons) + " neurons in groups of " +
                 std::to_string(drawing.group) + ", classes " + std::to_string(drawing.classes));
    std::uint64_t cycles = 0;
    const auto words = this->run(drawing, cycles);
    ASSERT_EQ(words, this->expected(drawing));
    // The last beat still has up to 16 words to be taken apart.
    EXPECT_LE(cycles, 2ULL * drawing.classes * drawing.neurons + drawing.classes + 34);
  }
}

}  // namespace
}  // namespace phasic::testing::level_draw_test

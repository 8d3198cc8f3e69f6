// SPDX-License-Identifier: Apache-2.0
// Rows in memory -> words of lanes -> rows in memory, over the kernel's reading and writing sides, at random timing of the bus.
#include <algorithm>
#include <cstddef>
#include <random>
#include <string>

#include "Vloopback_128x8_128.h"
#include "Vloopback_12x16_64.h"
#include "Vloopback_1x8_512.h"
#include "Vloopback_3x16_512.h"
#include "Vloopback_48x8_128.h"
#include "Vloopback_4x8_32.h"
#include "Vloopback_5x8_32.h"
#include "Vloopback_64x8_512.h"
#include "Vloopback_8x16_64.h"
#include "phasic/contract.hpp"
#include "tests/rtl/kernel/clocked.hpp"

namespace phasic::testing::loopback_test {
namespace {

constexpr std::size_t align(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

template <class ModelType, std::size_t LanesOf, std::size_t WidthOf>
struct Shape {
  using Model = ModelType;
  static constexpr std::size_t kLanes = LanesOf;
  static constexpr std::size_t kElement = WidthOf / 8;
};

template <class ShapeType>
class Loopback : public ::testing::Test {
 protected:
  using Model = typename ShapeType::Model;
  static constexpr std::size_t kLanes = ShapeType::kLanes;
  static constexpr std::size_t kElement = ShapeType::kElement;
  static constexpr std::uint64_t kBase = 0x1'0000'0f00'0000;
  static constexpr std::size_t kBytes = 1 << 20;
  static constexpr std::size_t kStores = 1 << 19;  // where the stored rows go

  struct Layer {
    std::size_t neurons, rows, weights_offset, levels_offset;
    bool has_table;
  };
  struct Word {
    std::size_t engine, address;
    std::vector<std::byte> data;
    bool operator==(const Word&) const = default;
  };

  void start(unsigned seed) {
    random_.seed(seed);
    cycles_ = 0;
    write_errors_ = 0;
    module_ = std::make_unique<Clocked<Model>>(seed);
    memory_ = std::make_unique<TestMemory>(kBase, kBytes);
    bus_ = std::make_unique<engine::AxiMemory>(*memory_, sizeof module()->rdata_i,
                                               engine::AxiTiming{.ideal = false, .seed = seed});
    for (std::byte& byte : memory_->bytes()) byte = std::byte{static_cast<unsigned char>(random_())};
    module()->load_start_i = module()->store_start_i = module()->table_i = 0;
    module()->awready_i = module()->wready_i = module()->arready_i = module()->bvalid_i = module()->rvalid_i = 0;
    module()->read_base_i = kBase;
    module()->write_base_i = kBase + kStores;
    module().reset();

    classes_ = 1 + random_() % 5;
    const std::size_t count = 1 + random_() % 2;
    layers_.clear();
    std::size_t offset = 64 * (random_() % 3);
    for (std::size_t n = 0; n < count; ++n) {
      Layer layer{1 + random_() % (random_() % 2 != 0 ? 20 : 300), 1 + random_() % 12, 0, 0, random_() % 2 != 0};
      layer.weights_offset = offset;
      offset += layer.rows * align(layer.neurons * kElement) + 64 * (random_() % 3);
      layer.levels_offset = offset;
      offset += classes_ * align(layer.neurons) + 64 * (random_() % 70);
      layers_.push_back(layer);
    }
    module()->layer_count_i = static_cast<unsigned>(count);
    for (std::size_t n = 0; n < count; ++n) {
      contract::Layer fields{};
      fields.neurons = static_cast<std::uint32_t>(layers_[n].neurons);
      fields.weights_offset = static_cast<std::uint32_t>(layers_[n].weights_offset);
      fields.levels_offset = static_cast<std::uint32_t>(layers_[n].levels_offset);
      fields.factor = static_cast<std::uint32_t>(layers_[n].has_table ? contract::Factor::kLevel : contract::Factor::kFrozen);
      constexpr std::size_t kept = offsetof(contract::Layer, grid);
      std::memcpy(port_bytes(module()->layers_i).data() + kept * n, &fields, kept);  // the words that a core keeps
      set_bits(module()->rows_i, 16 * n, 16, layers_[n].rows);
      set_bits(module()->layer_weights_i, 32 * n, 32, layers_[n].rows * align(layers_[n].neurons * kElement));
      set_bits(module()->layer_tables_i, 32 * n, 32, classes_ * align(layers_[n].neurons));
    }
  }

  Clocked<Model>& module() { return *module_; }

  void cycle() {
    bus_cycle<true>(module(), *bus_, [this] {
      if (module()->write_error_o == 0) return;
      ++write_errors_;
      EXPECT_EQ(module()->write_error_tag_o, 1);
    });
    ASSERT_LT(++cycles_, 2'000'000U) << "the module does not come to an end";
  }

  /// A pass of the loader; the words that it gave.
  std::vector<Word> load(bool table) {
    std::vector<Word> words;
    module()->table_i = table;
    module()->load_start_i = 1;
    while (true) {
      module().settle();
      if (module()->load_valid_o != 0) {
        EXPECT_EQ(module()->load_table_o != 0, table);
        const auto data = port_bytes(module()->load_data_o);
        const std::size_t bytes = kLanes * (table ? 1 : kElement);
        words.push_back({module()->load_engine_o, module()->load_address_o, {data.begin(), data.begin() + bytes}});
      }
      if (module()->load_done_o != 0) break;
      cycle();
      if (::testing::Test::HasFatalFailure()) break;
      module()->load_start_i = 0;
    }
    cycle();
    return words;
  }

  std::vector<Word> expected(bool table) {
    std::vector<Word> words;
    const std::size_t element = table ? 1 : kElement;
    for (std::size_t n = 0; n < layers_.size(); ++n) {
      const Layer& layer = layers_[n];
      if (table && !layer.has_table) continue;
      std::size_t address = 0;
      for (std::size_t row = 0; row < (table ? classes_ : layer.rows); ++row) {
        const std::size_t at = (table ? layer.levels_offset : layer.weights_offset) + row * align(layer.neurons * element);
        for (std::size_t first = 0; first < layer.neurons; first += kLanes) {
          std::vector<std::byte> data(kLanes * element);
          const std::size_t lanes = std::min(kLanes, layer.neurons - first);
          std::memcpy(data.data(), memory_->bytes().data() + at + first * element, lanes * element);
          words.push_back({n, address++, std::move(data)});
        }
      }
    }
    return words;
  }

  std::mt19937 random_;
  std::unique_ptr<Clocked<Model>> module_;
  std::unique_ptr<TestMemory> memory_;
  std::unique_ptr<engine::AxiMemory> bus_;
  std::vector<Layer> layers_;
  std::size_t classes_ = 0;
  std::uint64_t cycles_ = 0;
  unsigned write_errors_ = 0;
};

using Shapes =
    ::testing::Types<Shape<Vloopback_1x8_512, 1, 8>, Shape<Vloopback_4x8_32, 4, 8>, Shape<Vloopback_8x16_64, 8, 16>,
                     Shape<Vloopback_64x8_512, 64, 8>, Shape<Vloopback_128x8_128, 128, 8>, Shape<Vloopback_5x8_32, 5, 8>,
                     Shape<Vloopback_3x16_512, 3, 16>, Shape<Vloopback_12x16_64, 12, 16>, Shape<Vloopback_48x8_128, 48, 8>>;
TYPED_TEST_SUITE(Loopback, Shapes);

TYPED_TEST(Loopback, WeightsArriveInLanesAndGoBackAsTheyWereWithZeroPadding) {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    this->start(seed);
    ASSERT_EQ(this->load(false), this->expected(false));
    EXPECT_EQ(this->module()->load_error_o, 0);

    const std::vector<std::byte> before = this->memory_->bytes();
    this->module()->store_start_i = 1;
    bool done = false;
    while (!done || this->module()->writes_idle_o == 0) {
      ASSERT_NO_FATAL_FAILURE(this->cycle());
      this->module()->store_start_i = 0;
      this->module().settle();
      done = done || this->module()->store_done_o != 0;
    }
    std::vector<std::byte> after = before;
    for (const auto& layer : this->layers_) {
      const std::size_t row_bytes = align(layer.neurons * this->kElement);
      for (std::size_t row = 0; row < layer.rows; ++row) {
        const auto from = before.begin() + static_cast<std::ptrdiff_t>(layer.weights_offset + row * row_bytes);
        const auto to = after.begin() + static_cast<std::ptrdiff_t>(this->kStores + layer.weights_offset + row * row_bytes);
        std::fill(to, to + static_cast<std::ptrdiff_t>(row_bytes), std::byte{0});
        std::copy(from, from + static_cast<std::ptrdiff_t>(layer.neurons * this->kElement), to);
      }
    }
    EXPECT_TRUE(this->memory_->bytes() == after);
    EXPECT_EQ(this->write_errors_, 0U);
    EXPECT_EQ(this->memory_->outside(), 0U);
  }
}

TYPED_TEST(Loopback, LevelTablesOfTheLayersThatHaveOneArriveInLanes) {
  for (unsigned seed = 101; seed <= 112; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    this->start(seed);
    EXPECT_EQ(this->load(true), this->expected(true));
    EXPECT_EQ(this->load(false), this->expected(false));
    EXPECT_EQ(this->memory_->outside(), 0U);
  }
}

TYPED_TEST(Loopback, ReadErrorIsToldAndEndsThePassAfterItsLayer) {
  for (unsigned seed = 201; seed <= 208; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    this->start(seed);
    const auto& layer = this->layers_.front();
    const std::size_t blocks = layer.rows * align(layer.neurons * this->kElement) / 64;
    this->memory_->set_bad(this->kBase + layer.weights_offset + 64 * (this->random_() % blocks), 64);
    const auto words = this->load(false);
    EXPECT_EQ(this->module()->load_error_o, 1);
    for (const auto& word : words) EXPECT_EQ(word.engine, 0U);
    this->memory_->set_bad(0, 0);
    EXPECT_EQ(this->load(false), this->expected(false)) << "after the error";
    EXPECT_EQ(this->module()->load_error_o, 0);
  }
}

TYPED_TEST(Loopback, WriteErrorIsToldAndThePassGoesOn) {
  for (unsigned seed = 301; seed <= 304; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    this->start(seed);
    this->load(false);
    const auto& layer = this->layers_.back();
    const std::size_t blocks = layer.rows * align(layer.neurons * this->kElement) / 64;
    this->memory_->set_bad(this->kBase + this->kStores + layer.weights_offset + 64 * (this->random_() % blocks), 64);
    this->module()->store_start_i = 1;
    bool done = false;
    while (!done || this->module()->writes_idle_o == 0) {
      ASSERT_NO_FATAL_FAILURE(this->cycle());
      this->module()->store_start_i = 0;
      this->module().settle();
      done = done || this->module()->store_done_o != 0;
    }
    EXPECT_EQ(this->write_errors_, 1U);
  }
}

}  // namespace
}  // namespace phasic::testing::loopback_test

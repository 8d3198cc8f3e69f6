// SPDX-License-Identifier: Apache-2.0
// The order of work of a serial build against the list of everything that a job does. The test has encoder, scan, permutation
// and histories.
#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "Vserial_order.h"
#include "phasic/contract.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::serial_order_test {
namespace {

constexpr unsigned kRowBits = 10, kNeuronBits = 7, kWordBits = 4;

enum class Act { kLoadJob, kLoadKey, kLoadLayer, kClear, kScan, kRow, kIssue, kMerge, kSweep, kFactor, kWalk };

/// One thing that is done: what, with which byte, row, word or neuron, in which step of which layer.
struct Deed {
  Act act = Act::kLoadJob;
  unsigned number = 0, step = 0, layer = 0;
  bool first = false;  // an issue: no row came before in the step
  bool operator==(const Deed&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Deed& deed) {
  return out << "act " << static_cast<int>(deed.act) << " number " << deed.number << " step " << deed.step << " layer "
             << deed.layer << (deed.first ? " first" : "");
}

struct Layer {
  bool learns = false, all_steps = false;
  unsigned last_row = 0, last_word = 0, last_neuron = 0;
  std::vector<std::vector<unsigned>> rows;  // of each step
};
struct Job {
  unsigned last_step = 0;
  std::vector<Layer> layers;
};

class RtlSerialOrder : public ::testing::Test {
 protected:
  /// Lanes are four: a word has so many neurons.
  static unsigned last_swept(const Layer& layer) { return layer.last_neuron | 7; }
  static unsigned last_updated(const Layer& layer) { return layer.last_neuron | 3; }

  Job random_job() {
    Job job;
    job.last_step = random_() % 4 == 0 ? 31 : static_cast<unsigned>(random_() % 9);
    job.layers.resize(1 + random_() % 2);
    for (Layer& layer : job.layers) {
      layer.learns = random_() % 3 != 0;
      layer.all_steps = random_() % 2 == 0;
      layer.last_row = static_cast<unsigned>(random_() % 30);
      layer.last_neuron = static_cast<unsigned>(random_() % 30);
      layer.last_word = layer.last_neuron / 4;
      layer.rows.resize(job.last_step + 1);
      for (auto& rows : layer.rows) {
        for (unsigned row = 0; row <= layer.last_row; ++row) {
          if (random_() % 8 == 0) rows.push_back(row);
        }
      }
    }
    return job;
  }

  static void expect_load(std::vector<Deed>& deeds, Act act, unsigned offset, unsigned bytes, unsigned step, unsigned layer) {
    for (unsigned k = 0; k < bytes; ++k) deeds.push_back({act, offset + k, step, layer, false});
  }

  static void expect_step(std::vector<Deed>& deeds, const Layer& layer, unsigned step, unsigned n) {
    const bool keeps = layer.learns && layer.all_steps;
    deeds.push_back({Act::kScan, 0, step, n, false});
    bool first = true;
    for (const unsigned row : layer.rows[step]) {
      deeds.push_back({Act::kRow, row, step, n, false});
      if (keeps) deeds.push_back({Act::kMerge, row, step, n, false});
      for (unsigned word = 0; word <= layer.last_word; ++word) deeds.push_back({Act::kIssue, word, step, n, first});
      first = false;
    }
    for (unsigned neuron = 0; neuron <= last_swept(layer); ++neuron) deeds.push_back({Act::kSweep, neuron, step, n, false});
  }

  static void expect_learning(std::vector<Deed>& deeds, const Layer& layer, unsigned last_step, unsigned n) {
    expect_load(deeds, Act::kLoadKey, offsetof(contract::SerialJob, rounding_key) + 8 * n, 8, last_step, n);
    for (unsigned neuron = 0; neuron <= last_swept(layer); ++neuron)
      deeds.push_back({Act::kFactor, neuron, last_step, n, false});
    std::vector<unsigned> rows = layer.rows[last_step];
    if (layer.all_steps) {
      rows.clear();
      for (unsigned row = 0; row <= layer.last_row; ++row) {
        for (const auto& step : layer.rows) {
          if (std::find(step.begin(), step.end(), row) == step.end()) continue;
          rows.push_back(row);
          break;
        }
      }
    } else {
      deeds.push_back({Act::kScan, 0, last_step, n, false});
    }
    for (const unsigned row : rows) deeds.push_back({Act::kWalk, row, last_step, n, false});
  }

  static std::vector<Deed> expect(const Job& job) {
    std::vector<Deed> deeds;
    expect_load(deeds, Act::kLoadJob, offsetof(contract::SerialJob, flags), 8, 0, 0);
    expect_load(deeds, Act::kLoadKey, offsetof(contract::SerialJob, encoding_key), 8, 0, 0);
    for (unsigned n = 0; n < job.layers.size(); ++n) {
      const Layer& layer = job.layers[n];
      expect_load(deeds, Act::kLoadLayer, offsetof(contract::SerialJob, layers) + contract::kSerialLayerBytes * n,
                  contract::kSerialLayerBytes, 0, n);
      for (unsigned row = 0; layer.learns && layer.all_steps && row <= layer.last_row; ++row)
        deeds.push_back({Act::kClear, row, 0, n, false});
      for (unsigned step = 0; step <= job.last_step; ++step) expect_step(deeds, layer, step, n);
      if (layer.learns) expect_learning(deeds, layer, job.last_step, n);
    }
    return deeds;
  }

  /// What surrounds the module.
  struct World {
    unsigned groups = 0, encoding = 0;         // groups that are complete; cycles that the encoder still takes
    unsigned since_group = 0;                  // cycles since a group was complete
    std::optional<unsigned> walked;            // a row whose updates have not begun
    std::optional<unsigned> updated;           // the neuron whose turn it is, of the row that is updated
    std::optional<std::deque<unsigned>> scan;  // rows still to come
    unsigned scan_wait = 0, permuting = 0;
    std::vector<std::uint32_t> histories = std::vector<std::uint32_t>(1024, 0xdead);
    std::uint32_t history = 0;
    std::optional<unsigned> merge_row;
    std::array<std::optional<Deed>, 7> flying{};  // a neuron that was swept or factored, so many cycles ago
  };

  void drive(const Job& job, World& world) {
    const Layer& layer = job.layers[std::min<std::size_t>(module_->layer_o, job.layers.size() - 1)];
    module_->last_layer_i = module_->layer_o + 1U == job.layers.size();
    module_->learns_i = layer.learns;
    module_->all_steps_i = layer.all_steps;
    module_->last_step_i = static_cast<unsigned char>(job.last_step);
    module_->last_row_i = static_cast<std::uint16_t>(layer.last_row);
    module_->last_word_i = static_cast<unsigned char>(layer.last_word);
    module_->last_swept_i = static_cast<unsigned char>(last_swept(layer));
    module_->last_updated_i = static_cast<unsigned char>(last_updated(layer));
    module_->encode_busy_i = world.encoding != 0;
    const bool scans = world.scan && world.scan_wait == 0 && (module_->layer_o == 1 || world.groups > module_->step_o / 4U);
    module_->row_valid_i = scans && !world.scan->empty();
    module_->scan_done_i = scans && world.scan->empty();
    module_->permute_busy_i = world.permuting != 0;
    module_->history_i = world.history;
    module_.settle();
  }

  void check(const Deed& deed) {
    ASSERT_LT(done_, expected_.size()) << "more than the job has: " << deed;
    ASSERT_EQ(deed, expected_[done_]) << "deed " << done_;
    ++done_;
  }

  /// The bytes that come are those that were asked for in the cycle before.
  void check_load(std::optional<unsigned>& asked) {
    const unsigned kinds = module_->load_job_o + module_->load_key_o + module_->load_layer_o;
    ASSERT_EQ(kinds, asked ? 1U : 0U);
    if (asked) {
      const Act act = module_->load_job_o != 0 ? Act::kLoadJob : module_->load_key_o != 0 ? Act::kLoadKey : Act::kLoadLayer;
      ASSERT_NO_FATAL_FAILURE(check({act, *asked, module_->step_o, module_->layer_o, false}));
    }
    asked = module_->load_read_o != 0 ? std::optional<unsigned>{module_->load_offset_o} : std::nullopt;
  }

  /// Stages: what was swept is at s1 to s4 two to five cycles later, a factor at f1 and f2 two and three.
  void check_stages(const World& world) {
    const auto here = [&](std::size_t ago, Act act) { return world.flying[ago] && world.flying[ago]->act == act; };
    ASSERT_EQ(module_->sweep0_o != 0, here(0, Act::kSweep));
    ASSERT_EQ(module_->factor0_o != 0, here(0, Act::kFactor));
    for (unsigned s = 1; s <= 4; ++s)
      ASSERT_EQ(module_->sweep_valid_o >> (s - 1) & 1, here(s, Act::kSweep) ? 1 : 0) << "stage " << s;
    for (unsigned f = 1; f <= 2; ++f)
      ASSERT_EQ(module_->factor_valid_o >> (f - 1) & 1, here(f, Act::kFactor) ? 1 : 0) << "stage " << f;
  }

  /// With all steps each neuron is told, else the first one of each half of a word; rows begin an even number of cycles apart.
  void check_update(const Layer& layer, World& world, unsigned cycle) {
    ASSERT_EQ(module_->update_o != 0, world.updated.has_value());
    if (!world.updated) return;
    ASSERT_EQ(module_->update_neuron_o, *world.updated);
    if (*world.updated == 0) {
      ASSERT_EQ(cycle % 2 == 0, first_updates_even_.value_or(cycle % 2 == 0)) << "reading and writing of weights would meet";
      first_updates_even_ = cycle % 2 == 0;
    }
    *world.updated += layer.all_steps ? 1 : 2;
    if (*world.updated > last_updated(layer)) world.updated.reset();
  }

  void run(const Job& job, bool half) {
    expected_ = expect(job);
    done_ = 0;
    first_updates_even_.reset();
    World world;
    std::optional<unsigned> asked, factored;
    unsigned since_issue = 100, since_stage = 100, since_update = 100;
    ASSERT_EQ(module_->busy_o, 0);
    module_->start_i = 1;
    module_->half_i = half;
    drive(job, world);
    module_.edge();
    module_->start_i = 0;
    module_->half_i = random_() % 2;
    for (unsigned cycle = 0;; ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle) + ", deed " + std::to_string(done_));
      ASSERT_LT(cycle, 200'000U) << "the job does not end";
      drive(job, world);
      if (module_->busy_o == 0) break;
      ASSERT_EQ(module_->half_o != 0, half);
      const unsigned step = module_->step_o, layer = module_->layer_o;
      ASSERT_NO_FATAL_FAILURE(check_load(asked));
      ASSERT_NO_FATAL_FAILURE(check_stages(world));
      ++since_issue;
      ++since_stage;
      ++since_update;
      // The encoder is at most two groups ahead, and has the key to itself.
      if (module_->encoded_o != 0) {
        ASSERT_TRUE(layer == 1 || world.groups > step / 4) << "the step's spikes are not there";
      } else {
        ASSERT_TRUE(layer == 0 && (world.groups <= step / 4 || world.since_group < 3)) << "the step's spikes are there";
      }
      ++world.since_group;
      const bool encodes = module_->encode_start_o != 0;
      if (encodes) {
        ASSERT_EQ(layer, 0U);
        ASSERT_EQ(module_->load_read_o, 0);
        ASSERT_EQ(world.encoding, 0U);
        ASSERT_EQ(module_->encode_group_o, world.groups);
        ASSERT_LE(world.groups, step / 4 + 1);
        ASSERT_LE(world.groups, job.last_step / 4);
      }
      if (module_->clear_o != 0) {
        ASSERT_NO_FATAL_FAILURE(check({Act::kClear, module_->history_row_o, step, layer, false}));
        world.histories[module_->history_row_o] = 0;
      }
      if (module_->merge_o != 0) {
        ASSERT_TRUE(world.merge_row);
        ASSERT_NO_FATAL_FAILURE(check({Act::kMerge, *world.merge_row, step, layer, false}));
        world.histories[*world.merge_row] = world.history | 1U << step;
      }
      if (module_->issue_o != 0) {
        ASSERT_NO_FATAL_FAILURE(check({Act::kIssue, module_->issue_word_o, step, layer, module_->issue_first_o != 0}));
        since_issue = 0;
      }
      if (module_->scan_start_o != 0) {
        ASSERT_GT(since_stage, 5U) << "neurons of the step before are still being written";
        ASSERT_NO_FATAL_FAILURE(check({Act::kScan, 0, step, layer, false}));
        const auto& rows = job.layers[layer].rows[step];
        world.scan.emplace(rows.begin(), rows.end());
        world.scan_wait = 1 + static_cast<unsigned>(random_() % 4);
      }
      std::optional<unsigned> history_read, permuted;
      const bool row_taken = module_->row_valid_i != 0 && module_->row_ready_o != 0;
      world.merge_row.reset();
      if (row_taken) {
        const unsigned row = world.scan->front();
        if (module_->scanning_o != 0) {
          ASSERT_NO_FATAL_FAILURE(check({Act::kRow, row, step, layer, false}));
          history_read = world.merge_row = row;
        } else {
          permuted = row;
        }
      }
      if (module_->walk_read_o != 0) history_read = module_->history_row_o;
      if (module_->permute_o != 0 && module_->walk_found_o != 0) permuted = module_->history_row_o;
      ASSERT_EQ(module_->permute_o != 0, permuted.has_value());
      if (permuted) {
        ASSERT_EQ(world.permuting, 0U);
        ASSERT_FALSE(world.walked) << "the updates of the row before have not begun";
        ASSERT_GT(since_stage, 5U) << "factors are still being written";
        world.walked = permuted;
        ASSERT_NO_FATAL_FAILURE(check({Act::kWalk, *permuted, step, layer, false}));
      }
      std::optional<Deed> stage;
      if (module_->sweep_o != 0) {
        ASSERT_GT(since_issue, 3U) << "the last sum of the step is still being written";
        stage = Deed{Act::kSweep, module_->neuron_o, step, layer, false};
        ASSERT_NO_FATAL_FAILURE(check(*stage));
      }
      // The neuron of a factor is that of the cycle before: its stage begins one cycle late.
      drive(job, world);
      const unsigned neuron = module_->neuron_o;
      ASSERT_NO_FATAL_FAILURE(check_update(job.layers[layer], world, cycle));
      if (module_->update_o != 0) since_update = 0;
      if (module_->hand_over_o != 0) {
        ASSERT_TRUE(world.walked) << "no row has been walked";
        ASSERT_FALSE(permuted);
        ASSERT_EQ(world.permuting, 0U) << "the row's random numbers are not there";
        ASSERT_FALSE(world.updated) << "the row before is still being updated";
        world.walked.reset();
        world.updated = 0;
      }
      module_.edge();
      drive(job, world);
      if (module_->factor0_o != 0) {
        stage = Deed{Act::kFactor, neuron, step, layer, false};
        ASSERT_NO_FATAL_FAILURE(check(*stage));
      }
      if (stage) since_stage = 0;
      for (std::size_t ago = world.flying.size() - 1; ago > 0; --ago) world.flying[ago] = world.flying[ago - 1];
      world.flying[0] = stage;
      if (world.encoding > 0 && --world.encoding == 0) {
        ++world.groups;
        world.since_group = 0;
      }
      if (encodes) world.encoding = 1 + static_cast<unsigned>(random_() % (random_() % 4 == 0 ? 400 : 20));
      if (world.permuting > 0) --world.permuting;
      if (permuted) world.permuting = 4;
      if (row_taken) {
        world.scan->pop_front();
        world.scan_wait = static_cast<unsigned>(random_() % 3);
      } else if (world.scan_wait > 0) {
        --world.scan_wait;
      }
      if (history_read) world.history = world.histories[*history_read];
      if (module_->busy_o == 0) {
        ASSERT_FALSE(world.walked || world.updated) << "a row is left";
        ASSERT_GT(since_update, 9U) << "weights are still being written";
      }
    }
    ASSERT_EQ(done_, expected_.size());
  }

  std::mt19937_64 random_{1};
  Clocked<Vserial_order> module_{1};
  std::vector<Deed> expected_;
  std::size_t done_ = 0;
  std::optional<bool> first_updates_even_;  ///< whether the updates of a row began in an even cycle
};

TEST_F(RtlSerialOrder, DoesAllOfAJobInOrderAndWaitsForWhatItNeeds) {
  module_->start_i = module_->half_i = module_->encode_busy_i = module_->row_valid_i = module_->scan_done_i = 0;
  module_->permute_busy_i = 0;
  module_->history_i = 0;
  module_.reset();
  for (unsigned n = 0; n < 150; ++n) {
    SCOPED_TRACE("job " + std::to_string(n));
    ASSERT_NO_FATAL_FAILURE(run(random_job(), n % 2 != 0));
    for (unsigned cycle = static_cast<unsigned>(random_() % 3); cycle > 0; --cycle) module_.edge();
  }
  // A job that is abandoned leaves nothing behind.
  module_->start_i = 1;
  module_.edge();
  module_->start_i = 0;
  for (unsigned cycle = 0; cycle < 12; ++cycle) module_.edge();
  module_.reset();
  ASSERT_EQ(module_->busy_o, 0);
  ASSERT_NO_FATAL_FAILURE(run(random_job(), false));
}

}  // namespace
}  // namespace phasic::testing::serial_order_test

// SPDX-License-Identifier: Apache-2.0
// The order of work of a layer engine against a plan of every sample: which words go to the lanes, which neurons
// to the gate, when a step is handed over.
#include <deque>
#include <optional>
#include <random>
#include <string>

#include "Vintegrate_10x14x4_1024.h"
#include "Vintegrate_1x1x1_2.h"
#include "Vintegrate_4x7x2_13.h"
#include "Vintegrate_groups.h"
#include "phasic/contract.hpp"
#include "tests/rtl/core/bits.hpp"
#include "tests/rtl/core/event_kinds.hpp"

namespace phasic::testing::integrate_test {
namespace {

template <class Model, unsigned RowBits, unsigned AddressBits, unsigned WordBits, unsigned MaxRows, unsigned Groups = 1>
struct Shape {
  using model = Model;
  static constexpr unsigned row_bits = RowBits, address_bits = AddressBits, word_bits = WordBits, max_rows = MaxRows,
                            groups = Groups;
};

// In the order of state_o.
enum class Phase : unsigned { kClear, kIdle, kIntegrate, kAwaitFactors, kLearn, kSettle };

/// One cycle of the lanes, a neuron of the gate, or the end of a step.
struct Item {
  bool done = false, opens = false;
  unsigned row = 0, word = 0;
  unsigned step = 0, rows_before = 0;
  bool first = false;     // no row came before in what is summed
  bool row_done = false;  // the word is the row's last
  bool consumes = false;  // the event at the head has had all of its work
  bool final = false;
  unsigned value = 0;
  unsigned address = 0, target = 0;  // of the word
  unsigned events = 1;               // whose rows are issued at once
};
struct Event {
  unsigned kind = kSpike, row = 0, value = 0;
  unsigned address = 0, target = 0;  // of its row's first word
  unsigned events = 1;               // that it stands for
};
struct Message {
  bool learn = false;
  std::uint16_t label = 0;
  std::uint32_t number = 0;
};
struct Constants {
  unsigned steps = 1, rows = 1, words = 1, bias_value = 1;
  bool bias = false, learns = false, competes = false;
};
struct Seen {
  unsigned learned = 0, empty_walks = 0, silent_steps = 0, waits_for_sweep = 0, waits_to_settle = 0, clears = 0, opened = 0,
           waits_for_gate = 0;
};

template <class T>
class Bench {
 public:
  explicit Bench(unsigned seed) : random_(seed), module_(seed) { restart(); }

  void reset() {
    module_->clear_i = 0;
    idle_inputs();
    module_.reset();
    restart();
    count_ = 1;  // the last cycle of the reset's end
    drive();
  }

  void cycle() {
    drive();
    module_.settle();
    ASSERT_NO_FATAL_FAILURE(check());
    advance();
    const bool clear = module_->clear_i != 0;
    module_.edge();
    if (clear) {
      ++seen.clears;
      restart();
    }
  }

  Seen seen;

 private:
  static constexpr unsigned addresses = 1U << T::address_bits, target_words = 1U << T::word_bits;
  // The last word of a walk is written five cycles after it.
  static constexpr unsigned least_settling = 6, most_settling = 16;

  bool chance(unsigned of) { return random_() % of == 0; }
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

  /// As after a clear: nothing is under way, and the constants are those of another run.
  void restart() {
    phase_ = Phase::kClear;
    count_ = 0;
    bank_.reset();
    events_.clear();
    messages_.clear();
    plans_.clear();
    head_valid_ = message_valid_ = false;
    sweep_busy_ = key_busy_ = 0;
    constants_.steps = chance(4) ? 32 : 1 + below(4);
    constants_.bias = chance(2);
    constants_.learns = !chance(4);
    constants_.competes = chance(3);
    constants_.rows = chance(3) ? T::max_rows : 1 + constants_.bias + below(T::max_rows - constants_.bias);
    constants_.words = chance(3) ? 1 : 1 + below(1U << T::word_bits);
    gate_busy_ = 0;
    constants_.bias_value = chance(2) ? 1 : contract::kGradedFull;
    module_->bias_value_i = static_cast<unsigned char>(constants_.bias_value);
    module_->steps_i = static_cast<unsigned char>(constants_.steps);
    module_->bias_i = constants_.bias;
    module_->learns_i = constants_.learns;
    module_->compete_i = constants_.competes;
    module_->rows_i = module_->sources_i = static_cast<std::uint16_t>(constants_.rows);
    module_->row_words_i = static_cast<std::uint16_t>(constants_.words);
    module_->row_last_word_i = module_->last_word_i = static_cast<unsigned char>(constants_.words - 1);
    head_chance_ = 1 + below(4);
  }

  void plan_row(std::deque<Item>& plan, const Event& event, unsigned step, unsigned rows_before, bool consumes, bool first) {
    for (unsigned word = 0; word < constants_.words; ++word) {
      const bool last = word + 1 == constants_.words;
      plan.push_back({false, false, event.row, word, step, rows_before, first, last, last && consumes, false, event.value,
                      (event.address + word) % addresses, (event.target + word) % target_words, event.events});
    }
  }

  void make_sample() {
    messages_.push_back({!chance(4), static_cast<std::uint16_t>(random_()), static_cast<std::uint32_t>(random_())});
    std::deque<Item> plan;
    const unsigned inputs = constants_.rows - (constants_.bias ? 1 : 0);
    bool first = true;
    for (unsigned open = chance(2) ? below(5) : 0; open > 0; --open) {
      events_.push_back({kOpen, below(T::max_rows), 0, 0, 0});
      plan.push_back({false, true, 0, 0, 0, 0, true, false, true, false, 0, 0, 0});
    }
    for (unsigned step = 0; step < constants_.steps; ++step) {
      const bool final = step + 1 == constants_.steps;
      unsigned rows = 0;
      first = first || !constants_.competes;
      for (unsigned heads = inputs == 0 || chance(4) ? 0 : below(5); heads > 0; --heads) {
        // Where a fan-out may take an event: any row, anywhere in the memory, to any sums.
        events_.push_back({kSpike, below(inputs), below(256), below(addresses), below(target_words), 1 + below(T::groups)});
        plan_row(plan, events_.back(), step, rows, true, first);
        rows += events_.back().events;
        first = false;
      }
      // A bias counts one, whatever the mark at the head stands for.
      events_.push_back({final ? kSampleEnd : kStepEnd, 0, 0, 0, 0, 1 + below(T::groups)});
      if (constants_.bias) {
        const unsigned row = constants_.rows - 1;
        plan_row(plan, {kSpike, row, constants_.bias_value, row * constants_.words, 0}, step, rows++, false, first);
        first = false;
      }
      plan.push_back({true, false, 0, 0, step, rows, first, false, true, final, 0, 0, 0});
    }
    plans_.push_back(std::move(plan));
  }

  void idle_inputs() {
    module_->message_valid_i = module_->head_valid_i = module_->sweep_busy_i = module_->key_busy_i = module_->walk_done_i = 0;
    module_->gate_busy_i = 0;
  }

  void drive() {
    if (messages_.size() < 2) make_sample();
    // What is valid stays so until it is taken.
    head_valid_ = head_valid_ || (!events_.empty() && chance(head_chance_));
    message_valid_ = message_valid_ || chance(4);
    module_->clear_i = chance(1500);
    module_->head_valid_i = head_valid_;
    const Event event = head_valid_ ? events_.front() : Event{below(4), below(T::max_rows), below(256), 0, 0};
    module_->head_kind_i = static_cast<unsigned char>(event.kind);
    module_->head_source_i = static_cast<std::uint16_t>(event.row);
    module_->head_last_i = 1;
    module_->head_events_i = static_cast<unsigned char>(event.events);
    module_->head_none_i = 0;
    module_->head_target_word_i = static_cast<unsigned char>(event.target);
    module_->head_value_i = static_cast<unsigned char>(event.value);
    set_bits(module_->head_weight_address_i, 0, T::address_bits, event.address);
    const Message message = message_valid_ ? messages_.front() : Message{};
    module_->message_valid_i = message_valid_;
    module_->message_learn_i = message.learn;
    module_->message_class_i = message.label;
    module_->message_number_i = message.number;
    module_->sweep_busy_i = sweep_busy_ != 0;
    module_->key_busy_i = key_busy_ != 0;
    module_->gate_busy_i = gate_busy_ != 0;
    module_->walk_empty_i = walk_empty_;
    module_->walk_done_i = phase_ == Phase::kLearn && walk_cycles_ == 0;
  }

  void check() {
    const bool settled = phase_ == Phase::kSettle && module_->idle_o != 0;
    if (settled) {
      ASSERT_GE(count_, least_settling) << "words of the walk are not yet written";
      ASSERT_FALSE(settling_waits_) << "the state of the winner is not yet written";
      phase_ = Phase::kIdle;
    }
    ASSERT_TRUE(phase_ != Phase::kSettle || count_ < most_settling);
    ASSERT_EQ(module_->state_o, static_cast<unsigned>(phase_));
    ASSERT_EQ(module_->clearing_o != 0, phase_ == Phase::kClear);
    if (phase_ == Phase::kClear) {
      ASSERT_EQ(module_->clear_row_o, count_);
    }
    ASSERT_EQ(module_->idle_o != 0, phase_ == Phase::kIdle);
    ASSERT_EQ(module_->learn_o != 0, phase_ == Phase::kLearn);
    const bool none = phase_ == Phase::kAwaitFactors && walk_empty_ && module_->sweep_busy_i == 0 && module_->key_busy_i == 0;
    ASSERT_EQ(module_->walked_o != 0, none || (phase_ == Phase::kLearn && module_->walk_done_i != 0));
    ASSERT_EQ(module_->message_ready_o != 0, phase_ == Phase::kIdle && key_busy_ == 0);
    ASSERT_EQ(module_->sample_started_o != 0, module_->message_ready_o != 0 && message_valid_);
    ASSERT_EQ(module_->waiting_o != 0,
              (phase_ == Phase::kIdle && !message_valid_) || (phase_ == Phase::kIntegrate && !head_valid_));
    if (phase_ > Phase::kIdle) {
      ASSERT_EQ(module_->sample_learn_o != 0, learns());
      ASSERT_EQ(module_->sample_class_o, sample_.label);
      ASSERT_EQ(module_->sample_number_o, sample_.number);
    }
    if (phase_ == Phase::kIntegrate) {
      check_item();
    } else {
      ASSERT_EQ(module_->issue_o, 0);
      ASSERT_EQ(module_->row_issued_o, 0);
      ASSERT_EQ(module_->step_done_o, 0);
      ASSERT_EQ(module_->head_ready_o, 0);
      ASSERT_EQ(module_->gate_open_o, 0);
    }
  }

  void check_item() {
    const Item& item = plans_.front().front();
    const bool goes_on = proceeds(item);
    ASSERT_EQ(module_->step_o, item.step);
    ASSERT_EQ(module_->last_step_o != 0, item.step + 1 == constants_.steps);
    ASSERT_EQ(module_->step_rows_o, item.rows_before);
    ASSERT_EQ(module_->issue_o != 0, goes_on && !item.done && !item.opens);
    ASSERT_EQ(module_->gate_open_o != 0, goes_on && item.opens);
    ASSERT_EQ(module_->row_issued_o != 0, goes_on && item.row_done);
    if (module_->row_issued_o != 0) {
      ASSERT_EQ(module_->events_o, item.events);
    }
    ASSERT_EQ(module_->step_done_o != 0, goes_on && item.done);
    ASSERT_EQ(module_->head_ready_o != 0, goes_on && item.consumes);
    if (!goes_on || item.opens) return;
    if (!bank_) bank_ = module_->issue_bank_o != 0;
    ASSERT_EQ(module_->issue_bank_o != 0, *bank_);
    if (item.done) {
      ASSERT_EQ(module_->step_final_o != 0, item.final);
      ASSERT_EQ(module_->step_silent_o != 0, item.first);
    } else {
      ASSERT_EQ(module_->event_source_o, item.row);
      ASSERT_EQ(module_->issue_target_word_o, item.target);
      ASSERT_EQ(module_->issue_value_o, item.value);
      ASSERT_EQ(module_->issue_weight_address_o, item.address);
      ASSERT_EQ(module_->issue_first_o != 0, item.first);
    }
  }

  /// The event that the item belongs to is there, for a step's end so is the sweep, and where it matters so is the gate.
  bool proceeds(const Item& item) {
    const bool gate = (item.done || item.opens) && module_->gate_busy_i != 0;
    return head_valid_ && !gate && (!item.done || module_->sweep_busy_i == 0);
  }
  bool learns() const { return sample_.learn && constants_.learns; }

  void advance() {
    if (sweep_busy_ > 0) --sweep_busy_;
    if (key_busy_ > 0) --key_busy_;
    if (gate_busy_ > 0) --gate_busy_;
    switch (phase_) {
      case Phase::kClear:
        if (++count_ == T::max_rows) phase_ = Phase::kIdle;
        break;
      case Phase::kIdle:
        if (module_->sample_started_o != 0) {
          sample_ = messages_.front();
          messages_.pop_front();
          message_valid_ = false;
          walk_empty_ = chance(4);
          walk_cycles_ = chance(2) ? 0 : below(30);
          key_busy_ = chance(2) ? 36 : below(3);
          gate_busy_ = chance(2) ? 0 : below(chance(3) ? 100 : 6);
          phase_ = Phase::kIntegrate;
        }
        break;
      case Phase::kIntegrate:
        advance_item();
        break;
      case Phase::kAwaitFactors:
        if (module_->sweep_busy_i == 0 && module_->key_busy_i == 0) {
          ++(walk_empty_ ? seen.empty_walks : seen.learned);
          phase_ = walk_empty_ ? Phase::kIdle : Phase::kLearn;
        }
        break;
      case Phase::kLearn:
        if (walk_cycles_-- == 0) {
          phase_ = Phase::kSettle;
          count_ = 1;
          settling_waits_ = false;
          if (constants_.competes) sweep_busy_ = below(40);
        }
        break;
      case Phase::kSettle:
        settling_waits_ = module_->sweep_busy_i != 0;
        if (!settling_waits_ || count_ < least_settling) ++count_;
        seen.waits_to_settle += settling_waits_ && count_ == least_settling ? 1 : 0;
        break;
    }
  }

  void advance_item() {
    const Item item = plans_.front().front();
    if (!proceeds(item)) {
      seen.waits_for_sweep += head_valid_ && module_->sweep_busy_i != 0 ? 1 : 0;
      seen.waits_for_gate += head_valid_ && module_->gate_busy_i != 0 ? 1 : 0;
      return;
    }
    plans_.front().pop_front();
    if (item.consumes) {
      events_.pop_front();
      head_valid_ = false;
    }
    seen.opened += item.opens ? 1 : 0;
    if (!item.done) return;
    seen.silent_steps += item.first ? 1 : 0;
    if (!constants_.competes || item.final) {
      bank_ = !*bank_;
      sweep_busy_ = 1 + below(chance(3) ? 60 : 6);
    }
    if (!item.final) return;
    plans_.pop_front();
    phase_ = learns() || constants_.competes ? Phase::kAwaitFactors : Phase::kIdle;
  }

  std::mt19937_64 random_;
  Clocked<typename T::model> module_;
  Constants constants_;
  Phase phase_ = Phase::kClear;
  unsigned count_ = 0;        // cycles of the phases to clear and to settle
  std::optional<bool> bank_;  // of the step; the first one may be either
  std::deque<Event> events_;  // the front is at the head if head_valid_
  std::deque<Message> messages_;
  std::deque<std::deque<Item>> plans_;  // of the running sample, then of those that follow
  Message sample_;
  bool head_valid_ = false, message_valid_ = false, walk_empty_ = false, settling_waits_ = false;
  unsigned sweep_busy_ = 0, key_busy_ = 0, gate_busy_ = 0, walk_cycles_ = 0, head_chance_ = 1;
};

template <class T>
class RtlIntegrate : public ::testing::Test {};
using Shapes = ::testing::Types<Shape<Vintegrate_10x14x4_1024, 10, 14, 4, 1024>, Shape<Vintegrate_4x7x2_13, 4, 7, 2, 13>,
                                Shape<Vintegrate_1x1x1_2, 1, 1, 1, 2>, Shape<Vintegrate_groups, 4, 7, 2, 13, 4>>;
TYPED_TEST_SUITE(RtlIntegrate, Shapes);

TYPED_TEST(RtlIntegrate, SendsTheWordsOfRowsHandsStepsOverAndLearnsInOrder) {
  Seen all;
  for (unsigned seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Bench<TypeParam> bench(seed);
    bench.reset();
    for (unsigned cycle = 0; cycle < 4000; ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle));
      if (cycle == 3000) bench.reset();
      ASSERT_NO_FATAL_FAILURE(bench.cycle());
    }
    all.learned += bench.seen.learned;
    all.empty_walks += bench.seen.empty_walks;
    all.silent_steps += bench.seen.silent_steps;
    all.waits_for_sweep += bench.seen.waits_for_sweep;
    all.waits_to_settle += bench.seen.waits_to_settle;
    all.clears += bench.seen.clears;
    all.opened += bench.seen.opened;
    all.waits_for_gate += bench.seen.waits_for_gate;
  }
  EXPECT_GT(all.learned, 100U);
  EXPECT_GT(all.empty_walks, 20U);
  EXPECT_GT(all.silent_steps, 100U);
  EXPECT_GT(all.waits_for_sweep, 100U);
  EXPECT_GT(all.waits_to_settle, 20U);
  EXPECT_GT(all.clears, 20U);
  EXPECT_GT(all.opened, 100U);
  EXPECT_GT(all.waits_for_gate, 100U);
}

}  // namespace
}  // namespace phasic::testing::integrate_test

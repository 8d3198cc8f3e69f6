// SPDX-License-Identifier: Apache-2.0
// The sweep over a finished step, in front of a memory of neurons that the stages read and write, a queue of spike words, and
// readers of scores and trace.
#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <random>
#include <string>

#include "Vsweep_1x5.h"
#include "Vsweep_4x2.h"
#include "Vsweep_64x4.h"
#include "Vsweep_currents_1x5.h"
#include "Vsweep_currents_4x2.h"
#include "Vsweep_currents_64x4.h"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::sweep_test {
namespace {

/// `Ahead`: cycles from reading a word's sums to reading its state.
template <class Model, unsigned Lanes, unsigned WordBits, unsigned Ahead = 0>
struct Shape {
  using model = Model;
  static constexpr unsigned lanes = Lanes, word_bits = WordBits, ahead = Ahead, room = 6 + Ahead, spike_depth = 10 + room;
};

struct State {
  unsigned count = 0;
  std::int32_t potential = 0;

  std::uint32_t bits() const { return count << 16 | (static_cast<std::uint32_t>(potential) & 0xffff); }
  std::uint32_t score() const { return count * 65536 + static_cast<std::uint32_t>(potential + 32768); }
};

struct Step {
  bool bank = false, silent = false, final = false, learn = false, resume = false;
  unsigned step = 0;
  std::uint16_t label = 0;
  std::uint32_t number = 0;
};

/// A word in the stages 1 to 4.
struct Stage {
  bool sweep = false, factor = false;
  unsigned word = 0;
};

struct Seen {
  unsigned steps = 0, full = 0, mark_waits = 0, factors = 0, scores = 0, traces = 0, clears = 0;
};

template <class T>
class Bench {
 public:
  /// With `free_running` nothing ever waits, and a step must take the cycles that the module states.
  Bench(unsigned seed, bool free_running) : free_(free_running), random_(seed), module_(seed) {
    module_->clear_i = module_->start_i = module_->score_ready_i = module_->trace_ready_i = module_->spikes_ready_i =
        module_->factors_ready_i = 0;
    module_->room_i = 1;
    reset();
  }

  void reset() {
    module_->start_i = 0;
    module_.reset();
    restart();
  }

  void cycle() {
    drive();
    module_.settle();
    ASSERT_EQ(module_->busy_o != 0, busy_);
    ASSERT_EQ(module_->state_o != 0, busy_);
    ASSERT_TRUE(!busy_ || cycles_ < 500 + 50 * neurons_) << "the step does not come to an end";
    ASSERT_NO_FATAL_FAILURE(check_stages());
    ASSERT_NO_FATAL_FAILURE(check_spikes());
    ASSERT_NO_FATAL_FAILURE(check_scores());
    ASSERT_NO_FATAL_FAILURE(check_trace());
    ASSERT_NO_FATAL_FAILURE(advance());
  }

  Seen seen;

 private:
  static constexpr unsigned lanes = T::lanes, ahead = T::ahead;

  bool chance(unsigned of) { return random_() % of == 0; }
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

  /// As after a clear: constants of another run, and no step under way.
  void restart() {
    trace_ = chance(3);
    output_ = chance(2);
    words_ = chance(3) ? 1 : 1 + below(chance(4) ? 1U << T::word_bits : std::min(1U << T::word_bits, 4U));
    neurons_ = chance(2) ? words_ * lanes : (words_ - 1) * lanes + 1 + below(lanes);
    module_->trace_i = trace_;
    module_->output_layer_i = output_;
    module_->neurons_i = static_cast<std::uint16_t>(neurons_);
    module_->last_word_i = module_->row_last_word_i = static_cast<unsigned char>(words_ - 1);
    module_->row_width_i = static_cast<std::uint16_t>(neurons_);
    memory_.assign(words_ * lanes, State{});
    next_ = memory_;
    stages_ = {};
    summed_ = {};
    scores_.clear();
    traces_.clear();
    busy_ = mark_waits_ = score_waits_ = trace_waits_ = false;
    held_ = 0;
  }

  void drive() {
    if (chance(100)) ready_chance_ = 1 + below(8);
    module_->clear_i = chance(free_ ? 3000 : 1000);
    step_inputs_ = {chance(2),
                    chance(2),
                    chance(2),
                    chance(2),
                    chance(2),
                    chance(3) ? 0 : below(32),
                    static_cast<std::uint16_t>(random_()),
                    static_cast<std::uint32_t>(random_())};
    module_->start_i = !busy_ && chance(3);
    module_->start_bank_i = step_inputs_.bank;
    module_->start_resume_i = step_inputs_.resume;
    module_->start_silent_i = step_inputs_.silent;
    module_->start_final_i = step_inputs_.final;
    module_->start_learn_i = step_inputs_.learn;
    module_->start_step_i = static_cast<unsigned char>(step_inputs_.step);
    module_->start_class_i = step_inputs_.label;
    module_->start_number_i = step_inputs_.number;
    module_->hold_i = busy_ && cycles_ < held_back_;
    // A word must find its place; a mark may have to wait.
    module_->room_i = held_ < T::spike_depth - T::room;
    module_->spikes_ready_i = held_ < T::spike_depth && (free_ || stages_[4].sweep || ready());
    // Nobody reads the scores of a layer that is not the last, nor a trace that is not wanted.
    module_->score_ready_i = output_ && ready();
    module_->trace_ready_i = trace_ && ready();
    // Factors may have to wait, but once they can start they can go on.
    module_->factors_ready_i = factors_ != 0 || ready();
  }

  bool ready() { return free_ || random_() % 8 < ready_chance_; }

  void start() {
    step_ = step_inputs_;
    busy_ = true;
    cycles_ = added_ = swept_ = written_ = sent_ = factors_ = 0;
    held_back_ = !free_ && chance(6) ? below(30) : 0;
    // Neighbours and equal states decide predictions.
    const std::int32_t middle = static_cast<std::int32_t>(random_signed(random_, 16));
    for (State& state : next_) {
      state.count = chance(2) ? below(33) : 3;
      const std::int32_t near = std::clamp(middle + static_cast<std::int32_t>(below(3)), -32768, 32767);
      state.potential = chance(2) ? near : static_cast<std::int32_t>(random_signed(random_, 16));
    }
    if (output_ && step_.final) scores_.assign(next_.begin(), next_.begin() + neurons_);
    if (trace_) traces_.assign(next_.begin(), next_.begin() + neurons_);
  }

  void check_stages() {
    const bool factor = module_->factor0_o != 0, read = module_->read_o != 0;
    stages_[0] = {read && !factor && swept_ < words_, factor, module_->word0_o};
    ASSERT_NO_FATAL_FAILURE(check_sums());
    for (unsigned s = 1; s <= 4; ++s) {
      ASSERT_EQ(get_bits(module_->sweep_valid_o, s - 1, 1) != 0, stages_[s].sweep) << "stage " << s;
    }
    for (unsigned s = 1; s <= 2; ++s) {
      ASSERT_EQ(get_bits(module_->factor_valid_o, s - 1, 1) != 0, stages_[s].factor) << "stage " << s;
    }
    if (stages_[2].sweep || stages_[2].factor) {
      ASSERT_EQ(module_->word2_o, stages_[2].word);
      ASSERT_EQ(module_->end2_o != 0, stages_[2].word + 1 == words_);
    }
    if (stages_[3].sweep) {
      ASSERT_EQ(module_->word3_o, stages_[3].word);
      ASSERT_EQ(module_->end3_o != 0, stages_[3].word + 1 == words_);
    }
    if (stages_[4].sweep) {
      ASSERT_EQ(module_->word4_o, stages_[4].word);
    }
    if (!busy_) {
      ASSERT_EQ(module_->read_o, 0);
      ASSERT_EQ(module_->factor0_o, 0);
      ASSERT_EQ(module_->read_out_o, 0);
      return;
    }
    ASSERT_EQ(module_->bank_o != 0, step_.bank);
    ASSERT_EQ(module_->first_o != 0, step_.step == 0);
    ASSERT_EQ(module_->fresh_o != 0, step_.step == 0 && !step_.resume);
    ASSERT_EQ(module_->silent_o != 0, step_.silent);
    ASSERT_EQ(module_->step_o, 1U << step_.step);
    ASSERT_EQ(module_->class_o, step_.label);
    if (stages_[0].sweep) {
      ASSERT_EQ(module_->word0_o, swept_);
    }
    if (factor) {
      ASSERT_TRUE(read);
      ASSERT_NE(module_->factors_ready_i, 0);
      ASSERT_TRUE(step_.final && step_.learn);
      ASSERT_EQ(module_->word0_o, factors_);
      ASSERT_EQ(written_, words_) << "factors of states that are not yet written";
    } else {
      ASSERT_TRUE(factors_ == 0 || factors_ == words_) << "a gap between factors";
    }
  }

  /// A word's sums are read some cycles before its state, and there must be room for it then.
  void check_sums() {
    summed_[0] = {module_->sum_read_o != 0 && added_ < words_, false, module_->sum_word_o};
    if (ahead == 0) {
      ASSERT_EQ(module_->sum_read_o, module_->read_o);
    } else {
      ASSERT_EQ(module_->sum_read_o != 0, summed_[0].sweep) << "sums are read that no sweep asks for";
    }
    ASSERT_EQ(stages_[0].sweep, summed_[ahead].sweep);
    if (stages_[0].sweep) {
      ASSERT_EQ(stages_[0].word, summed_[ahead].word);
    }
    if (!summed_[0].sweep) return;
    ASSERT_TRUE(busy_);
    ASSERT_EQ(module_->sum_word_o, added_);
    ASSERT_TRUE(output_ || module_->room_i != 0) << "a word for which there may be no room";
    // The last word of the step may have been issued in the cycle before the start; it is written two cycles after that.
    ASSERT_GE(cycles_, 1U) << "the last sum is not yet written";
    ASSERT_GE(cycles_, held_back_) << "the sums are not yet there";
  }

  void check_spikes() {
    const bool valid = module_->spikes_valid_o != 0, mark = valid && module_->spikes_mark_o != 0;
    ASSERT_FALSE(valid && output_);
    ASSERT_EQ(valid && !mark, !output_ && stages_[4].sweep);
    if (mark_waits_) {
      ASSERT_TRUE(mark) << "a mark that was not taken is gone";
    }
    if (!valid) return;
    ASSERT_EQ(mark, sent_ == words_) << "word " << sent_;
    if (mark) {
      ASSERT_EQ(module_->spikes_final_o != 0, step_.final);
    } else {
      ASSERT_EQ(module_->word4_o, sent_);
      ASSERT_NE(module_->spikes_ready_i, 0) << "there is no room for a word";
    }
  }

  void check_scores() {
    if (score_waits_) {
      ASSERT_NE(module_->score_valid_o, 0) << "a score that was not taken is gone";
    }
    if (module_->score_valid_o == 0) return;
    ASSERT_FALSE(scores_.empty()) << "a score too many";
    const std::size_t neuron = neurons_ - scores_.size();
    ASSERT_EQ(module_->score_o, scores_.front().score()) << "neuron " << neuron;
    ASSERT_EQ(module_->score_last_o != 0, scores_.size() == 1) << "neuron " << neuron;
    if (scores_.size() != 1) return;
    const auto end = next_.begin() + neurons_;
    const auto best =
        std::max_element(next_.begin(), end, [](const State& a, const State& b) { return a.score() < b.score(); });
    std::uint32_t spikes = 0;
    for (auto state = next_.begin(); state != end; ++state) spikes += state->count;
    ASSERT_EQ(module_->record_number_o, step_.number);
    ASSERT_EQ(module_->record_label_o, step_.label);
    ASSERT_EQ(module_->record_prediction_o, best - next_.begin());
    ASSERT_EQ(module_->record_spikes_o, spikes);
  }

  void check_trace() {
    if (trace_waits_) {
      ASSERT_NE(module_->trace_valid_o, 0) << "a potential that was not taken is gone";
    }
    if (module_->trace_valid_o == 0) return;
    ASSERT_FALSE(traces_.empty()) << "a potential too many";
    const std::size_t neuron = neurons_ - traces_.size();
    ASSERT_EQ(get_signed(module_->trace_data_o, 0, 16), traces_.front().potential) << "neuron " << neuron;
    ASSERT_EQ(module_->trace_last_o != 0, traces_.size() == 1) << "neuron " << neuron;
  }

  /// The edge: memory, queue and readers take what they are given.
  void advance() {
    const bool word = module_->spikes_valid_o != 0 && module_->spikes_ready_i != 0;
    mark_waits_ = module_->spikes_valid_o != 0 && !word;
    seen.mark_waits += mark_waits_ ? 1 : 0;
    sent_ += word ? 1 : 0;
    score_waits_ = module_->score_valid_o != 0 && module_->score_ready_i == 0;
    trace_waits_ = module_->trace_valid_o != 0 && module_->trace_ready_i == 0;
    if (module_->score_valid_o != 0 && !score_waits_) {
      ++seen.scores;
      scores_.pop_front();
    }
    if (module_->trace_valid_o != 0 && !trace_waits_) {
      ++seen.traces;
      traces_.pop_front();
    }
    seen.full += module_->room_i == 0 && busy_ && !output_ && swept_ < words_ ? 1 : 0;
    if (held_ > 0 && ready()) --held_;
    held_ += word ? 1 : 0;
    // A lane's state leaves the word that was read before.
    std::optional<std::uint32_t> read_out;
    if (module_->read_out_o != 0) {
      ASSERT_LT(module_->read_out_lane_o, lanes);
      read_out = read_[module_->read_out_lane_o].bits();
    }
    if (module_->read_o != 0) {
      ASSERT_LT(module_->word0_o, words_);
      std::copy_n(memory_.begin() + module_->word0_o * lanes, lanes, read_.begin());
    }
    if (stages_[4].sweep) {
      std::copy_n(next_.begin() + stages_[4].word * lanes, lanes, memory_.begin() + stages_[4].word * lanes);
      ++written_;
    }
    added_ += summed_[0].sweep ? 1 : 0;
    swept_ += stages_[0].sweep ? 1 : 0;
    factors_ += stages_[0].factor ? 1 : 0;
    std::rotate(stages_.begin(), stages_.end() - 1, stages_.end());
    stages_[0] = {};
    std::rotate(summed_.begin(), summed_.end() - 1, summed_.end());
    summed_[0] = {};
    const bool clear = module_->clear_i != 0, starts = module_->start_i != 0;
    module_.edge();
    if (read_out) module_->read_out_i = *read_out;
    module_->start_i = 0;
    module_.settle();
    ++cycles_;
    if (clear) {
      ++seen.clears;
      restart();
    } else if (starts) {
      start();
    } else if (busy_ && module_->busy_o == 0) {
      busy_ = false;
      finish();
    }
  }

  /// All that the step had to give has been given.
  void finish() {
    ++seen.steps;
    const bool read_out = trace_ || (output_ && step_.final), factors = step_.final && step_.learn;
    ASSERT_EQ(swept_, words_);
    ASSERT_EQ(written_, words_);
    ASSERT_EQ(sent_, output_ ? 0 : words_ + 1) << "words of spikes and mark";
    ASSERT_TRUE(scores_.empty()) << scores_.size() << " scores are missing";
    ASSERT_TRUE(traces_.empty()) << traces_.size() << " potentials are missing";
    ASSERT_EQ(factors_, factors ? words_ : 0);
    seen.factors += factors ? 1 : 0;
    if (!free_) return;
    // Cycles after the one in which the step was handed over: the next step can be handed over in the cycle that follows.
    const unsigned least = words_ + 9 + ahead + (factors ? words_ + 4 : 0);
    if (read_out) {
      // Each word costs two cycles more than its neurons.
      ASSERT_GE(cycles_, least + neurons_);
      ASSERT_LE(cycles_, least + neurons_ + 2 * words_ + 1);
    } else {
      ASSERT_EQ(cycles_, least);
    }
  }

  bool free_;
  std::mt19937_64 random_;
  Clocked<typename T::model> module_;
  bool trace_ = false, output_ = false, busy_ = false;
  unsigned words_ = 1, neurons_ = 1, ready_chance_ = 8;
  Step step_inputs_, step_;
  std::vector<State> memory_, next_;       // before and after the step
  std::array<State, lanes> read_;          // the word that was read last
  std::array<Stage, 5> stages_;            // stages 0 to 4
  std::array<Stage, ahead + 1> summed_{};  // words whose sums are read now or were one or two cycles ago
  std::deque<State> scores_, traces_;      // still to come
  unsigned held_ = 0;                      // words in the queue of spikes
  unsigned held_back_ = 0;                 // cycles for which the sums are held back
  unsigned cycles_ = 0, added_ = 0, swept_ = 0, written_ = 0, sent_ = 0, factors_ = 0;
  bool mark_waits_ = false, score_waits_ = false, trace_waits_ = false;
};

template <class T>
class RtlSweep : public ::testing::Test {
 protected:
  static Seen run(bool free_running) {
    Seen all;
    for (unsigned seed = 1; seed <= 25; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      Bench<T> bench(seed, free_running);
      for (unsigned cycle = 0; cycle < 4000 && !::testing::Test::HasFatalFailure(); ++cycle) {
        SCOPED_TRACE("cycle " + std::to_string(cycle));
        if (cycle == 2000) bench.reset();
        bench.cycle();
      }
      all.steps += bench.seen.steps;
      all.full += bench.seen.full;
      all.mark_waits += bench.seen.mark_waits;
      all.factors += bench.seen.factors;
      all.scores += bench.seen.scores;
      all.traces += bench.seen.traces;
      all.clears += bench.seen.clears;
      if (::testing::Test::HasFatalFailure()) break;
    }
    return all;
  }
};
using Shapes = ::testing::Types<Shape<Vsweep_1x5, 1, 5>, Shape<Vsweep_4x2, 4, 2>, Shape<Vsweep_64x4, 64, 4>,
                                Shape<Vsweep_currents_1x5, 1, 5, 2>, Shape<Vsweep_currents_4x2, 4, 2, 2>,
                                Shape<Vsweep_currents_64x4, 64, 4, 2>>;
TYPED_TEST_SUITE(RtlSweep, Shapes);

TYPED_TEST(RtlSweep, GivesSpikesScoresTraceAndFactorsInOrderUnderBackPressure) {
  const Seen all = this->run(false);
  if (this->HasFatalFailure()) return;
  EXPECT_GT(all.steps, 200U);
  EXPECT_GT(all.full, 20U) << "the queue of spikes was never full";
  EXPECT_GT(all.mark_waits, 50U);
  EXPECT_GT(all.factors, 50U);
  EXPECT_GT(all.scores, 1000U);
  EXPECT_GT(all.traces, 1000U);
  EXPECT_GT(all.clears, 20U);
}

TYPED_TEST(RtlSweep, TakesTheStatedCyclesWhereNothingWaits) {
  const Seen all = this->run(true);
  if (this->HasFatalFailure()) return;
  EXPECT_GT(all.steps, 500U);
  EXPECT_GT(all.factors, 100U);
}

}  // namespace
}  // namespace phasic::testing::sweep_test

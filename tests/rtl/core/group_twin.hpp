// SPDX-License-Identifier: Apache-2.0
/// A layer that takes the events of several streams, and what it has to be given of them.
#pragma once

#include <array>
#include <bit>
#include <deque>
#include <optional>
#include <random>

#include "tests/rtl/core/bits.hpp"
#include "tests/rtl/core/event_kinds.hpp"

namespace phasic::testing {

struct GroupEvent {
  unsigned kind = kSpike, source = 0, value = 1;
};

/// Stands for phasic_integrate: takes heads, some over several cycles, some late, and compares them with the streams.
template <class Module, unsigned Groups>
class GroupTwin {
 public:
  static constexpr unsigned row_bits = 6, address_bits = 8, sources = 1U << row_bits;

  GroupTwin(Clocked<Module>& module, std::mt19937_64& random) : module_(module), random_(random) {
    grouped_ = Groups > 1 && random() % 2 == 0;
    words_ = grouped_ ? 1 : 1 + static_cast<unsigned>(random() % 3);
    module->grouped_i = grouped_;
    seen_.fill(false);
  }

  /// The same marks on every stream, and random events of its sources.
  void fill(unsigned steps, bool graded) {
    for (unsigned step = 0; step < steps; ++step) {
      for (unsigned g = 0; g < Groups; ++g) {
        const auto source = [&] { return static_cast<unsigned>(random_() % (sources / Groups)) * Groups + g; };
        for (unsigned n = step == 0 ? static_cast<unsigned>(random_() % 3) : 0; n > 0; --n)
          streams[g].push_back({kOpen, source(), 1});
        const unsigned most = random_() % 4 == 0 ? 1 : 12;
        for (unsigned n = static_cast<unsigned>(random_() % most); n > 0; --n) {
          streams[g].push_back({kSpike, source(), graded ? static_cast<unsigned>(random_() % 256) : 1U});
        }
        streams[g].push_back({step + 1 == steps ? kSampleEnd : kStepEnd, 0, 1});
      }
    }
  }

  bool done() const { return streams[0].empty(); }
  unsigned words() const { return words_; }

  /// One cycle; the streams' side must have been driven.
  void cycle() {
    module_->issue_i = module_->step_done_i = module_->head_ready_i = 0;
    module_.settle();
    act_ = module_->head_valid_o != 0 && random_() % 4 != 0;
    if (module_->head_valid_o != 0) {
      const unsigned head = module_->head_kind_o << 16 | (is_event(module_->head_kind_o) ? module_->head_source_o : 0U);
      if (waiting_ && !grouped_) {
        ASSERT_EQ(head, *waiting_) << "the head was left for another event";
      }
      waiting_ = head;
    }
    drive();
    module_.settle();
    ASSERT_NO_FATAL_FAILURE(check());
  }

  /// After the edge.
  void settled() {
    if (!silent_) return;
    for (unsigned g = 0; g < Groups && Groups > 1; ++g)
      ASSERT_EQ(get_bits(module_->silent_o, g, 1), (*silent_)[g] ? 1U : 0U) << "group " << g;
    silent_.reset();
  }

  std::array<std::deque<GroupEvent>, Groups> streams;  ///< whose heads may be taken
  unsigned popped = 0;                                 ///< streams that this cycle took an event of
  unsigned together = 0;                               ///< cycles in which several were taken

 private:
  static bool is_event(unsigned kind) { return kind == kSpike || kind == kOpen; }

  void drive() {
    const unsigned kind = module_->head_kind_o;
    const bool mark = !is_event(kind);
    if (act_ && (kind == kSpike || (mark && bias_))) {
      module_->issue_i = 1;
      module_->issue_first_i = first_;
      source_ = kind == kSpike ? module_->head_source_o : bias_source_;
      module_->issue_source_i = static_cast<unsigned char>(source_);
      address_ = source_ * words_ + word_;
      module_->issue_address_i = static_cast<unsigned char>(address_);
      module_->issue_value_i = kind == kSpike ? module_->head_value_o : 255;
    }
    module_->head_ready_i = act_ && (kind == kOpen || (kind == kSpike && word_ + 1 == words_) || (mark && !bias_));
    module_->step_done_i = act_ && mark && !bias_;
  }

  void check() {
    popped = 0;
    if (!act_) return;
    const unsigned kind = module_->head_kind_o;
    if (kind == kOpen) {
      pop(module_->head_source_o % Groups, kind);
    } else if (kind == kSpike) {
      check_spikes();
    } else if (bias_) {
      check_bias();
    } else {
      for (unsigned g = 0; g < Groups; ++g) pop(g, kind);
      std::array<bool, Groups> silent;
      for (unsigned g = 0; g < Groups; ++g) silent[g] = !seen_[g];
      silent_ = silent;
      seen_.fill(false);
      first_ = true;
      bias_ = random_() % 2 == 0;
      bias_source_ = static_cast<unsigned>(random_() % sources);
    }
    if (module_->head_ready_i != 0) waiting_.reset();
    together += std::popcount(popped) > 1 && kind == kSpike ? 1 : 0;
  }

  void check_spikes() {
    const unsigned rows = module_->row_o;
    ASSERT_EQ(module_->head_events_o, std::popcount(rows));
    ASSERT_TRUE(grouped_ || std::popcount(rows) == 1);
    for (unsigned g = 0; g < Groups; ++g) {
      const bool row = (rows >> g & 1) != 0;
      ASSERT_EQ(get_bits(module_->issue_o, g, 1) != 0, !grouped_ || row) << "group " << g;
      if (row) {
        ASSERT_FALSE(streams[g].empty());
        const GroupEvent& event = streams[g].front();
        ASSERT_EQ(get_bits(module_->row_number_o, row_bits * g, row_bits), event.source) << "group " << g;
        if (grouped_) {
          ASSERT_EQ(get_bits(module_->issue_address_o, address_bits * g, address_bits), event.source) << "group " << g;
          ASSERT_EQ(get_bits(module_->issue_value_o, 8 * g, 8), event.value) << "group " << g;
        } else {
          ASSERT_EQ(module_->head_value_o, event.value);
        }
      }
      check_lanes(g, !grouped_ || row);
    }
    for (unsigned g = 0; g < Groups && module_->head_ready_i != 0; ++g) {
      if ((rows >> g & 1) != 0) pop(g, kSpike);
    }
    word_ = word_ + 1 == words_ ? 0 : word_ + 1;
    first_ = false;
  }

  void check_bias() {
    for (unsigned g = 0; g < Groups; ++g) {
      const bool own = bias_source_ % Groups == g;
      ASSERT_EQ(get_bits(module_->issue_o, g, 1) != 0, !grouped_ || own) << "group " << g;
      ASSERT_EQ(get_bits(module_->row_o, g, 1) != 0, own) << "group " << g;
      if (own) {
        ASSERT_EQ(get_bits(module_->row_number_o, row_bits * g, row_bits), bias_source_);
      }
      check_lanes(g, !grouped_ || own);
    }
    word_ = word_ + 1 == words_ ? 0 : word_ + 1;
    bias_ = word_ != 0;
    first_ = false;
  }

  /// What the lanes of a group get.
  void check_lanes(unsigned g, bool issued) {
    if (!issued) return;
    ASSERT_EQ(get_bits(module_->issue_first_o, g, 1) != 0, grouped_ ? !seen_[g] : first_) << "group " << g;
    if (!grouped_ || module_->head_kind_o != kSpike) {
      ASSERT_EQ(get_bits(module_->issue_address_o, address_bits * g, address_bits), address_) << "group " << g;
      ASSERT_EQ(get_bits(module_->issue_value_o, 8 * g, 8), module_->issue_value_i) << "group " << g;
    }
    seen_[g] = true;
  }

  void pop(unsigned g, unsigned kind) {
    ASSERT_FALSE(streams[g].empty()) << "an event too many on stream " << g;
    ASSERT_EQ(streams[g].front().kind, kind) << "stream " << g;
    if (kind == kOpen) {
      ASSERT_EQ(module_->head_source_o, streams[g].front().source);
    }
    streams[g].pop_front();
    popped |= 1U << g;
  }

  Clocked<Module>& module_;
  std::mt19937_64& random_;
  bool grouped_ = false, act_ = false, first_ = true, bias_ = false;
  unsigned words_ = 1, word_ = 0, source_ = 0, address_ = 0, bias_source_ = 0;
  std::array<bool, Groups> seen_;
  std::optional<std::array<bool, Groups>> silent_;
  std::optional<unsigned> waiting_;
};

}  // namespace phasic::testing

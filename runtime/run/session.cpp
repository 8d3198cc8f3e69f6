// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/session.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

#include "runtime/run/pieces.hpp"
#include "runtime/run/readout.hpp"

namespace phasic::runtime {

Launcher launch_on(driver::Device& device, const Fixed& fixed) {
  return [&device, &fixed](std::span<const std::byte> weights, std::span<const Sample> samples, const LaunchOptions& options) {
    return run_launch(device, fixed, weights, samples, options);
  };
}

namespace {

/// Samples of the kernel from the front of `left`, as many as a launch takes, which are no longer in it then.
std::span<const Sample> take_launch(std::span<const Sample>& left, std::uint64_t most) {
  const auto part = left.first(std::min<std::uint64_t>(most, left.size()));
  left = left.subspan(part.size());
  return part;
}

/// Whole samples of the stream from `position` on and before `end`, as many as a launch holds, but at least one.
void gather(const SampleSource& source, std::uint64_t position, std::uint64_t end, std::uint64_t most,
            std::vector<Sample>& samples) {
  samples.clear();
  std::vector<Sample> next;
  for (; position < end; ++position) {
    next.clear();
    source(position, next);
    if (!samples.empty() && samples.size() + next.size() > most) return;
    samples.insert(samples.end(), next.begin(), next.end());
  }
}

}  // namespace

void learn(const Fixed& fixed, const SampleSource& source, const LearnPlan& plan, const Launcher& launcher, LearnState& state,
           const std::function<void(const LearnState&)>& checkpoint, const Observer& observer) {
  const auto most =
      std::min<std::uint64_t>(std::max<std::uint64_t>(plan.launch_samples, 1), largest_launch(fixed.network, plan.trace));
  const Pieces pieces{.end = plan.end,
                      .launch_samples = most,
                      .checkpoint_every = plan.checkpoint_every,
                      .evaluate_every = plan.evaluate_every};
  const auto stopped = [&] { return plan.stop != nullptr && plan.stop->load(); };
  auto saved = state.position;
  auto saved_at = std::chrono::steady_clock::now();
  const auto is_due = [&] {
    return (plan.checkpoint_every > 0 && state.position % plan.checkpoint_every == 0) ||
           (plan.checkpoint_after.count() > 0 && std::chrono::steady_clock::now() - saved_at >= plan.checkpoint_after);
  };
  std::vector<Sample> samples;
  AnswerSums sums(fixed.network);
  while (state.position < plan.end && !stopped()) {
    make_readout_where_due(fixed, state.position, state.weights);
    gather(source, state.position, end_of_piece(fixed.network, pieces, state.position), most, samples);
    const auto stream_sample = state.position;
    for (std::span<const Sample> left(samples); !left.empty();) {
      const auto part = take_launch(left, most);
      auto result = launcher(state.weights, part,
                             {.learn = true,
                              .trace = plan.trace,
                              .stream_sample = stream_sample,
                              .first_sample = static_cast<std::uint32_t>(state.number)});
      state.weights = std::move(result.weights);
      const auto answers = sums.add(part, result);
      for (const auto& answer : answers.answers) state.curve.add(answer.right());
      result.counters.samples = answers.size();
      state.counters.add(result.counters);
      const auto first = state.position;
      state.position += answers.size();
      state.number += part.size();
      if (observer) observer({first, part, result, answers});
    }
    if (checkpoint && is_due()) {
      checkpoint(state);
      saved = state.position;
      saved_at = std::chrono::steady_clock::now();
    }
  }
  if (checkpoint && saved != state.position) checkpoint(state);
}

namespace {

/// Samples [first, end) of a data set, as many as a launch holds, but at least one.
struct Group {
  std::uint64_t first = 0, end = 0;
  std::uint64_t number = 0;  ///< samples of the kernel before it
};

std::vector<Group> groups_of(const Dataset& data, std::uint64_t samples, std::uint64_t most) {
  std::vector<Group> groups;
  std::uint64_t number = 0;
  for (std::uint64_t n = 0; n < samples; ++n) {
    const auto count = data.kernel_samples(n);
    if (groups.empty() || number + count - groups.back().number > most) groups.push_back({n, n, number});
    groups.back().end = n + 1;
    number += count;
  }
  return groups;
}

/// A launch of a group.
struct Part {
  std::uint64_t first = 0;  ///< sample that it begins with
  std::vector<Sample> samples;
  LaunchResult result;
  Answers answers;
};

/// A test that several threads work on.
class Testing {
 public:
  Testing(const Fixed& fixed, const Dataset& data, const TestPlan& plan, std::span<const std::byte> weights,
          const Observer& observer)
      : fixed_(fixed),
        data_(data),
        plan_(plan),
        weights_(weights),
        observer_(observer),
        most_(std::max<std::uint64_t>(plan.launch_samples, 1)),
        groups_(groups_of(data, std::min<std::uint64_t>(plan.samples, data.size()), most_)) {}

  /// Whether state goes on from group to group, so that one thread does them all.
  [[nodiscard]] bool in_order() const { return keeps() && !data_.has_chunks(); }

  void work(const Launcher& launcher) {
    while (true) {
      std::size_t group;
      {
        const std::lock_guard lock(mutex_);
        if (failure_ || next_group_ == groups_.size()) return;
        group = next_group_++;
      }
      try {
        auto parts = run(groups_[group], launcher);
        const std::lock_guard lock(mutex_);
        waiting_.emplace(group, std::move(parts));
        report();
      } catch (...) {
        const std::lock_guard lock(mutex_);
        if (!failure_) failure_ = std::current_exception();
        return;
      }
    }
  }

  /// After all threads have ended.
  [[nodiscard]] const TestResult& result() const {
    if (failure_) std::rethrow_exception(failure_);
    return sum_;
  }

 private:
  [[nodiscard]] bool keeps() const { return fixed_.network.keep; }

  std::vector<Part> run(const Group& group, const Launcher& launcher) {
    std::vector<Sample> samples;
    for (auto n = group.first; n < group.end; ++n) append_samples(data_, n, samples);
    if (keeps() && group.first == 0) samples.front().restart = true;
    std::vector<Part> parts;
    std::vector<std::byte> kept = in_order() ? std::move(kept_) : std::vector<std::byte>();
    AnswerSums sums(fixed_.network);
    std::uint64_t sample = group.first, number = plan_.first_sample + group.number;
    for (std::span<const Sample> left(samples); !left.empty();) {
      const auto taken = take_launch(left, most_);
      Part part{sample, {taken.begin(), taken.end()}, {}, {}};
      part.result = launcher(kept.empty() ? weights_ : kept, part.samples,
                             {.learn = false, .trace = plan_.trace, .first_sample = static_cast<std::uint32_t>(number)});
      if (keeps()) kept = std::move(part.result.weights);
      part.answers = sums.add(part.samples, part.result);
      part.result.counters.samples = part.answers.size();
      sample += part.answers.size();
      number += part.samples.size();
      parts.push_back(std::move(part));
    }
    if (in_order()) kept_ = std::move(kept);
    return parts;
  }

  /// Tells of what is done up to the first group that is not.
  void report() {
    for (auto ready = waiting_.find(next_report_); ready != waiting_.end(); ready = waiting_.find(next_report_)) {
      for (const auto& [first, samples, result, answers] : ready->second) {
        sum_.correct += answers.correct();
        sum_.samples += answers.size();
        sum_.counters.add(result.counters);
        if (observer_) observer_({first, samples, result, answers});
      }
      waiting_.erase(ready);
      ++next_report_;
    }
  }

  const Fixed& fixed_;
  const Dataset& data_;
  const TestPlan& plan_;
  std::span<const std::byte> weights_;
  const Observer& observer_;
  std::uint64_t most_;
  std::vector<Group> groups_;
  std::vector<std::byte> kept_;  // if in order, which a single thread is
  std::mutex mutex_;             // guards all that follows
  std::size_t next_group_ = 0, next_report_ = 0;
  std::map<std::size_t, std::vector<Part>> waiting_;  // finished, but an earlier one is not
  TestResult sum_;
  std::exception_ptr failure_;
};

}  // namespace

TestResult test(const Fixed& fixed, const Dataset& data, const TestPlan& plan, std::span<const std::byte> weights,
                std::span<const Launcher> launchers, const Observer& observer) {
  const std::vector<std::byte> answering =
      has_readout(fixed.network) ? answering_weights(fixed, weights) : std::vector<std::byte>();
  Testing testing(fixed, data, plan, answering.empty() ? weights : answering, observer);
  std::vector<std::thread> threads;
  for (std::size_t n = 1; n < launchers.size() && !testing.in_order(); ++n)
    threads.emplace_back([&testing, &launcher = launchers[n]] { testing.work(launcher); });
  testing.work(launchers[0]);
  for (auto& thread : threads) thread.join();
  return testing.result();
}

}  // namespace phasic::runtime

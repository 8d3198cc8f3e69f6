// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/session.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

#include "runtime/run/pieces.hpp"

namespace phasic::runtime {

Launcher launch_on(driver::Device& device, const Fixed& fixed) {
  return [&device, &fixed](std::span<const std::byte> weights, std::span<const Sample> samples, const LaunchOptions& options) {
    return run_launch(device, fixed, weights, samples, options);
  };
}

void learn(const Fixed& fixed, const SampleSource& source, const LearnPlan& plan, const Launcher& launcher, LearnState& state,
           const std::function<void(const LearnState&)>& checkpoint, const Observer& observer) {
  const Pieces pieces{.end = plan.end,
                      .launch_samples = std::min<std::uint64_t>(plan.launch_samples, largest_launch(fixed.network, plan.trace)),
                      .checkpoint_every = plan.checkpoint_every,
                      .evaluate_every = plan.evaluate_every};
  const auto stopped = [&] { return plan.stop != nullptr && plan.stop->load(); };
  auto saved = state.position;
  std::vector<Sample> samples;
  while (state.position < plan.end && !stopped()) {
    const auto end = end_of_piece(fixed.network, pieces, state.position);
    samples.clear();
    for (auto position = state.position; position < end; ++position) samples.push_back(source(position));
    auto result = launcher(state.weights, samples,
                           {.learn = true,
                            .trace = plan.trace,
                            .stream_sample = state.position,
                            .first_sample = static_cast<std::uint32_t>(state.position)});
    state.weights = std::move(result.weights);
    for (std::size_t n = 0; n < samples.size(); ++n) state.curve.add(result.right(n));
    state.counters.add(result.counters);
    const auto first = state.position;
    state.position = end;
    if (observer) observer(first, samples, result);
    if (plan.checkpoint_every > 0 && state.position % plan.checkpoint_every == 0 && checkpoint) {
      checkpoint(state);
      saved = state.position;
    }
  }
  if (checkpoint && saved != state.position) checkpoint(state);
}

TestResult test(const Dataset& data, const TestPlan& plan, std::span<const std::byte> weights,
                std::span<const Launcher> launchers, const Observer& observer) {
  const std::uint64_t total = std::min<std::uint64_t>(plan.samples, data.size());
  const auto step = std::max<std::uint64_t>(plan.launch_samples, 1);
  const auto launches = (total + step - 1) / step;

  struct Done {
    std::vector<Sample> samples;
    LaunchResult result;
  };
  TestResult sum;
  std::mutex mutex;  // guards all that follows
  std::uint64_t next_launch = 0, next_report = 0;
  std::map<std::uint64_t, Done> waiting;  // finished, but an earlier launch is not
  std::exception_ptr failure;
  std::vector<std::byte> kept;  // of a network that keeps state, which has a single thread

  const auto work = [&](const Launcher& launcher) {
    while (true) {
      std::uint64_t launch;
      {
        const std::lock_guard lock(mutex);
        if (failure || next_launch == launches) return;
        launch = next_launch++;
      }
      try {
        Done done;
        const auto first = launch * step, end = std::min(first + step, total);
        for (auto n = first; n < end; ++n) done.samples.push_back(sample_of(data, n));
        if (plan.keep && first == 0) done.samples.front().restart = true;
        done.result = launcher(
            kept.empty() ? weights : kept, done.samples,
            {.learn = false, .trace = plan.trace, .first_sample = static_cast<std::uint32_t>(plan.first_sample + first)});
        if (plan.keep) kept = done.result.weights;
        const std::lock_guard lock(mutex);
        waiting.emplace(launch, std::move(done));
        for (auto ready = waiting.find(next_report); ready != waiting.end(); ready = waiting.find(next_report)) {
          const auto& [samples, result] = ready->second;
          sum.correct += result.correct();
          sum.samples += result.records.size();
          sum.counters.add(result.counters);
          if (observer) observer(next_report * step, samples, result);
          waiting.erase(ready);
          ++next_report;
        }
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
        return;
      }
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t n = 1; n < launchers.size() && !plan.keep; ++n) threads.emplace_back(work, std::cref(launchers[n]));
  work(launchers[0]);
  for (auto& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
  return sum;
}

}  // namespace phasic::runtime

// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/answers.hpp"

#include <algorithm>

namespace phasic::runtime {
namespace {

/// What a spike adds to a score: below it stands a potential.
constexpr std::uint64_t kSpike = std::uint64_t{1} << contract::kPotentialWidth;

}  // namespace

std::uint64_t Answers::correct() const {
  return static_cast<std::uint64_t>(std::ranges::count_if(answers, [](const Answer& answer) { return answer.right(); }));
}

std::uint64_t added_score(std::uint64_t score, std::uint32_t later, bool competes) {
  return competes ? score + later : score / kSpike * kSpike + later;
}

Answers AnswerSums::add(std::span<const Sample> samples, const LaunchResult& result) {
  const auto outputs = network_->outputs();
  const bool competes = network_->layers.back().competes();
  Answers ended;
  for (std::size_t n = 0; n < samples.size(); ++n) {
    const auto& record = result.records[n];
    const auto scores = std::span(result.scores).subspan(n * outputs, outputs);
    if (begun_) {
      sum_.spikes += record.spikes;
      for (std::uint32_t j = 0; j < outputs; ++j) scores_[j] = added_score(scores_[j], scores[j], competes);
      sum_.prediction = static_cast<std::uint32_t>(std::ranges::max_element(scores_) - scores_.begin());
    } else {
      sum_.spikes = record.spikes;
      scores_.assign(scores.begin(), scores.end());
      sum_.prediction = record.prediction;
    }
    sum_.number = record.sample;
    begun_ = samples[n].goes_on;
    if (begun_) continue;
    sum_.label = record.label;
    sum_.given = network_->class_of(sum_.prediction);
    ended.answers.push_back(sum_);
    ended.scores.insert(ended.scores.end(), scores_.begin(), scores_.end());
  }
  return ended;
}

}  // namespace phasic::runtime

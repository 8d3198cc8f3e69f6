// SPDX-License-Identifier: Apache-2.0
/// What a network answers to whole samples, of which each is one sample of the kernel or the chunks of a recording.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/run/launch.hpp"

namespace phasic::runtime {

struct Answer {
  std::uint32_t number = 0;  ///< of its sample of the kernel in the stream of random numbers, of a recording its last chunk
  std::uint32_t label = contract::kUnlabelled;
  std::uint32_t prediction = 0;  ///< neuron of the last layer with the largest score, the lowest of equals
  std::uint32_t given = 0;       ///< class that this neuron stands for
  std::uint64_t spikes = 0;      ///< of the last layer
  /// Whether the sample was given the class of its label.
  [[nodiscard]] bool right() const { return given == label; }
};

struct Answers {
  std::vector<Answer> answers;
  std::vector<std::uint64_t> scores;  ///< outputs() an answer

  [[nodiscard]] std::size_t size() const { return answers.size(); }
  /// Samples that were given the class of their label.
  [[nodiscard]] std::uint64_t correct() const;
};

/// The score of a neuron for two pieces, of which `later` is one chunk that follows what `score` stands for. In a last layer of
/// spiking neurons it has the spikes of both and the last potential of the later one, as the definition of a score would have
/// it for both in one piece; in one that competes it is their sum.
[[nodiscard]] std::uint64_t added_score(std::uint64_t score, std::uint32_t later, bool competes);

/// Adds up the chunks of recordings over any launches.
class AnswerSums {
 public:
  /// The network must outlive it.
  explicit AnswerSums(const Network& network) : network_(&network) {}
  /// Takes the next launch. Returns the answers to the samples that end in it.
  [[nodiscard]] Answers add(std::span<const Sample> samples, const LaunchResult& result);

 private:
  const Network* network_;
  bool begun_ = false;  ///< a recording's first chunks are in `sum_` and `scores_`
  Answer sum_;
  std::vector<std::uint64_t> scores_;
};

}  // namespace phasic::runtime

// SPDX-License-Identifier: Apache-2.0
/// Files that tell of every sample.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>

#include "runtime/run/launch.hpp"

namespace phasic::runtime {

/// CSV with one row a sample: place in the stream or data set, number in the stream of random numbers, label, prediction,
/// spikes of the last layer, and the score of every neuron of the last layer.
class ResultsFile {
 public:
  /// Throws InputError naming the file.
  ResultsFile(const std::filesystem::path& file, const Network& network);
  void write(std::uint64_t first, const LaunchResult& result);

 private:
  std::string name_;
  std::ofstream stream_;
  std::uint32_t outputs_;
};

/// CSV with one row for each sample, layer and step: place, number, layer, step, and the potential of every neuron of the
/// layer.
class TraceFile {
 public:
  /// Throws InputError naming the file.
  TraceFile(const std::filesystem::path& file, const Network& network);
  void write(std::uint64_t first, const LaunchResult& result);

 private:
  std::string name_;
  std::ofstream stream_;
  const Network* network_;
};

}  // namespace phasic::runtime

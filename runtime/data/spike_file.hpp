// SPDX-License-Identifier: Apache-2.0
/// Spikes of many recordings in one HDF5 file, as the Heidelberg spiking data sets have them (Cramer et al., IEEE Transactions
/// on Neural Networks and Learning Systems 33, 2022):
///     spikes/times   for each recording its times in seconds
///     spikes/units   for each recording the channels of these spikes
///     labels         for each recording a number
///     extra/keys     names of the classes by number; may be missing
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/data/recording.hpp"

namespace phasic::runtime {

/// Channels and classes that a file may have.
struct SpikeFileSize {
  std::uint32_t channels = 0;
  std::size_t classes = 0;
};

/// An open file. Its spikes are read some recordings at a time, so that no more of them are in memory. Every member throws
/// InputError naming the file, the data set with the recording, and the value; the HDF5 library itself may fail on damage that
/// it does not find.
class SpikeFile {
 public:
  /// A gzip stream is unpacked first, into a file in the folder for temporary files that has a name only until it is open.
  /// Refuses what is missing or of another kind, labels that are no classes, and more than 2^24 recordings.
  SpikeFile(const std::filesystem::path& file, SpikeFileSize size);
  SpikeFile(const SpikeFile&) = delete;
  SpikeFile& operator=(const SpikeFile&) = delete;
  ~SpikeFile();

  [[nodiscard]] const std::vector<std::uint8_t>& labels() const;  ///< one a recording
  /// Of as many classes as the size says; the file's names if it has any, else numbers.
  [[nodiscard]] const std::vector<std::string>& names() const;

  /// Calls `take` with the number of each recording and its spikes: one row, a column a channel, one polarity, times rounded to
  /// microseconds. Refuses more than 2^24 spikes of a recording, times that are no numbers or beyond 10^6 seconds, and channels
  /// that are not there.
  void for_each(const std::function<void(std::size_t number, const Recording& recording)>& take) const;

 private:
  struct Open;
  std::unique_ptr<Open> open_;
};

}  // namespace phasic::runtime

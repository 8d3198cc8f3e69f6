// SPDX-License-Identifier: Apache-2.0
/// Files that tell of every sample.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/files.hpp"
#include "runtime/run/session.hpp"

namespace phasic::runtime {

/// What becomes of the rows that are in a file already.
enum class OldRows {
  kReplaced,  ///< the file begins anew
  kRefused,   ///< a file with rows is an error
  kGoneOn,    ///< those before the position stay
};

/// Where a run begins to write.
struct SinkStart {
  OldRows old_rows = OldRows::kReplaced;
  std::uint64_t position = 0;  ///< place of the first sample that will be written
  std::uint64_t number = 0;    ///< samples of the kernel before it
};

/// A CSV file with a row, or some, for each sample in the order of places; a row begins with its place.
///
/// Making the value opens and locks the file and refuses what cannot be; begin() is the first to change what is in it. A run
/// that resumes keeps the rows of the samples before its position and cuts off the others, so that the file becomes the one of
/// a run without an interruption. If a write fails, the rows of that write are cut off again.
class SampleRows {
 public:
  /// `last` is how the last row before the position begins. Throws InputError naming the file; for a file to go on with also if
  /// it has another header, or rows that do not lead up to the position.
  SampleRows(const std::filesystem::path& file, std::string header, SinkStart start, std::string_view last);
  SampleRows(const SampleRows&) = delete;
  SampleRows& operator=(const SampleRows&) = delete;
  /// Removes the file if it was made by this value and holds nothing.
  ~SampleRows();
  void begin();
  void append(std::string_view rows);
  /// Waits until all is on the disk.
  void flush();

 private:
  std::filesystem::path path_;
  std::string name_, header_;
  Descriptor file_;
  bool regular_ = true, made_ = false;
  std::uint64_t kept_ = 0;  ///< bytes that are right
};

/// One row a sample: place in the stream or data set, number in the stream of random numbers (of a recording's last chunk),
/// label, prediction, spikes of the last layer, and the score of every neuron of the last layer. A recording in chunks has one
/// row.
class ResultRows {
 public:
  /// Throws InputError naming the file.
  ResultRows(const std::filesystem::path& file, const Network& network, SinkStart start = {});
  void begin() { rows_.begin(); }
  void write(const Launched& launch);
  void flush() { rows_.flush(); }

 private:
  SampleRows rows_;
  std::uint32_t outputs_;
};

/// One row for each sample, layer and step: place, number, layer, step, and the potential of every neuron of the layer. A
/// recording in chunks has those of each chunk, with numbers of their own.
class TraceRows {
 public:
  /// Throws InputError naming the file.
  TraceRows(const std::filesystem::path& file, const Network& network, SinkStart start = {});
  void begin() { rows_.begin(); }
  void write(const Launched& launch);
  void flush() { rows_.flush(); }

 private:
  SampleRows rows_;
  const Network* network_;
};

/// What a run was asked to write of its samples.
struct Sinks {
  std::optional<ResultRows> results;
  std::optional<TraceRows> trace;

  /// Opens what has a name. Throws InputError.
  void open(const std::string& results_file, const std::string& trace_file, const Network& network, SinkStart start = {});
  void begin();
  void write(const Launched& launch);
  void flush();
};

}  // namespace phasic::runtime

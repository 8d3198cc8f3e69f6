// SPDX-License-Identifier: Apache-2.0
/// Data sets by name or from a folder, as samples that a session takes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "phasic/session.hpp"

namespace phasic {

/// Samples of a data set, in the order of the set. What the spans point to lives as long as the data set or a copy of it.
struct DataPart {
  std::span<const Sample> samples = {};
  /// The same for sets of pictures and sounds: bytes of all samples one after the other, each channels x rows x columns; empty
  /// for events.
  std::span<const std::uint8_t> intensities = {};
  std::span<const std::uint8_t> labels = {};  ///< one a sample
};

/// Which parts are wanted; another one is not decoded, and is empty.
struct DataWanted {
  bool training = true, test = true;
};

/// A data set in memory. Copies share it.
class Data {
 public:
  /// `what` is what the command takes for --data: a name that `phasic data list` knows, a folder or an archive of files by
  /// class, or a JSON object with the fields of docs/data.md. Throws InputError: a set that is not there (with the folders that
  /// were tried and where to get it), files that cannot be read, and recordings in chunks, which are no samples of their own.
  [[nodiscard]] static Data load(const std::string& what, const DataWanted& wanted = {});

  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] const DataPart& training() const;
  [[nodiscard]] const DataPart& test() const;
  [[nodiscard]] const std::vector<std::string>& classes() const;  ///< name of each label
  [[nodiscard]] bool has_events() const;                          ///< samples are address events, not intensities
  [[nodiscard]] std::uint32_t channels() const;                   ///< input = (channel * rows + row) * columns + column
  [[nodiscard]] std::uint32_t rows() const;
  [[nodiscard]] std::uint32_t columns() const;
  [[nodiscard]] std::uint32_t steps() const;  ///< time steps of events; 0 for intensities
  [[nodiscard]] const std::filesystem::path& folder() const;
  [[nodiscard]] const std::string& licence() const;             ///< empty for a folder of one's own
  [[nodiscard]] const std::vector<std::string>& notes() const;  ///< for people: what was left out, and why

 private:
  struct Inner;
  explicit Data(std::shared_ptr<const Inner> inner) : inner_(std::move(inner)) {}
  std::shared_ptr<const Inner> inner_;
};

}  // namespace phasic

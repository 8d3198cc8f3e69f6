// SPDX-License-Identifier: Apache-2.0
/// From recordings to samples, with what was left out of them.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "runtime/data/raw_set.hpp"
#include "runtime/data/recording.hpp"

namespace phasic::runtime {

/// Address events, chunks or a picture of it, as is asked. Throws InputError with `origin`.
[[nodiscard]] RawSample sample_of(const Recording& recording, const Placed& placed, const std::string& origin,
                                  const Preprocessing& how);

/// Counts what is no event, over all recordings of a set.
class RecordingSamples {
 public:
  /// Adds the sample that a file is, or the reason why it is none.
  void take(RawSet& raw, const StoredFile& file, const Placed& placed, const Preprocessing& how);
  /// Counts what was left out of a recording.
  void count(const Recording& recording, const std::string& path);
  void note(RawSet& raw) const;

 private:
  std::uint64_t others_ = 0, outside_ = 0;
  std::set<std::string> outside_in_;
};

}  // namespace phasic::runtime

// SPDX-License-Identifier: Apache-2.0
/// Shares the runs of an experiment out over the processes that mpirun started, on one machine or several.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>

namespace phasic::runtime {

/// Under mpirun with several processes, the first hands out work and keeps the results, the others work. Otherwise the process
/// does both. At most one object at a time.
class Share {
 public:
  Share();
  ~Share();
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;

  /// Whether this process keeps results.
  [[nodiscard]] bool keeps() const { return rank_ == 0; }

  /// Calls `run` for each number from 0 to count - 1, once in all processes together, and `keep` with each result in the
  /// process that keeps. After an exception in any process no more work is handed out, and the first one is thrown in the
  /// process that keeps.
  void work(std::size_t count, const std::function<nlohmann::json(std::size_t)>& run,
            const std::function<void(const nlohmann::json&)>& keep);

 private:
  void hand_out(std::size_t count, const std::function<void(const nlohmann::json&)>& keep);
  void take(const std::function<nlohmann::json(std::size_t)>& run);
  int rank_ = 0;
  int processes_ = 1;
};

}  // namespace phasic::runtime

// SPDX-License-Identifier: Apache-2.0
/// Shares the runs of an experiment out over the processes that mpirun started, on one machine or several.
#pragma once

#include <cstddef>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <vector>

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

  /// Calls `part` in the process that keeps; no other goes on before it has ended. An exception of it goes on there, and the
  /// others get false.
  [[nodiscard]] bool together(const std::function<void()>& part);

  /// What is called with a number, and with which of the workers does it: 0 and up, one run at a time each.
  using Run = std::function<nlohmann::json(std::size_t number, std::size_t worker)>;

  /// Calls `run` for each of the numbers, once in all processes together, and `keep` with each result in the process that
  /// keeps, whose numbers alone count. Without mpirun there are `workers` at the same time, in threads if they are several;
  /// `keep` is called by one at a time. After an exception in any process no more work is handed out, what is under way is
  /// still kept, and the first exception is thrown in the process that keeps; the others get false. An InputError stays one.
  [[nodiscard]] bool work(const std::vector<std::size_t>& numbers, const Run& run,
                          const std::function<void(const nlohmann::json&)>& keep, std::size_t workers = 1);

 private:
  void hand_out(const std::vector<std::size_t>& numbers, const std::function<void(const nlohmann::json&)>& keep);
  void take(const Run& run);
  int rank_ = 0;
  int processes_ = 1;
};

}  // namespace phasic::runtime

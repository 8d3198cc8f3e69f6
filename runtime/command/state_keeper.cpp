// SPDX-License-Identifier: Apache-2.0
#include "runtime/command/state_keeper.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>
#include <system_error>

#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"

namespace phasic::command {
namespace {

using namespace phasic::runtime;

struct TimeUnit {
  std::string_view name;
  double milliseconds;
};
constexpr auto kTimeUnits = std::to_array<TimeUnit>({{"s", 1e3}, {"min", 6e4}, {"h", 3.6e6}});
constexpr double kMostMilliseconds = 3.6e12;  // a million hours

[[noreturn]] void refuse(const std::string& text) {
  throw InputError(
      "", "--checkpoint-every",
      fmt::format("\"{}\"; a number of samples (1000), a time (30s, 10min, 2h) or both (1000,10min) is needed", text));
}

void read_part(std::string_view part, const std::string& whole, CheckpointEvery& every) {
  const auto* const end = part.data() + part.size();
  std::uint64_t samples = 0;
  if (const auto [rest, failure] = std::from_chars(part.data(), end, samples); failure == std::errc() && rest == end) {
    if (every.samples != 0) refuse(whole);
    every.samples = samples;
    return;
  }
  double number = 0;
  const auto [rest, failure] = std::from_chars(part.data(), end, number);
  if (failure != std::errc() || !(number > 0) || every.time.count() != 0) refuse(whole);
  for (const auto& unit : kTimeUnits) {
    if (std::string_view(rest, end) != unit.name) continue;
    const auto milliseconds = std::ceil(number * unit.milliseconds);
    if (milliseconds > kMostMilliseconds) refuse(whole);
    every.time = std::chrono::milliseconds(static_cast<std::int64_t>(milliseconds));
    return;
  }
  refuse(whole);
}

}  // namespace

CheckpointEvery checkpoint_every(const std::string& text) {
  CheckpointEvery every;
  const auto comma = text.find(',');
  read_part(std::string_view(text).substr(0, comma), text, every);
  if (comma != std::string::npos) read_part(std::string_view(text).substr(comma + 1), text, every);
  return every;
}

std::filesystem::path checkpoint_file(const std::filesystem::path& named, const std::filesystem::path& network) {
  std::error_code failure;
  if (!std::filesystem::is_directory(named, failure)) return named;
  return named / (network.stem().string() + ".checkpoint");
}

void StateKeeper::write(const Checkpoint& checkpoint) {
  file_.write(checkpoint);
  kept_ = checkpoint.position;
}

void StateKeeper::begin(const Checkpoint& checkpoint, bool anew) {
  write(checkpoint);
  if (anew) file_.remove_before();
}

void StateKeeper::keep(const Checkpoint& checkpoint) {
  try {
    write(checkpoint);
  } catch (const InputError& error) {
    log_as(LogLevel::kWarning, "{}; the checkpoint of sample {} stays, the run goes on, and the next checkpoint is another try",
           error.what(), kept_);
  }
}

void StateKeeper::end(const Checkpoint& checkpoint) {
  if (!has(checkpoint.position)) write(checkpoint);
}

}  // namespace phasic::command

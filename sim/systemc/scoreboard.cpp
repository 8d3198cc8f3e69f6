// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/scoreboard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "phasic/contract.hpp"
#include "sim/systemc/locate.hpp"

namespace phasic::platform {
namespace {

namespace argument = contract::argument;

constexpr std::size_t kShown = 8;  // transactions of each unit in a message

}  // namespace

Scoreboard::Scoreboard(const Job& job, const Addresses& addresses, std::uint32_t weight_width, std::array<std::string, 2> names)
    : job_(job), addresses_(addresses), weight_width_(weight_width), names_(std::move(names)) {}

std::size_t Scoreboard::buffer_of(std::uint64_t address) const {
  for (std::size_t id = 0; id < kBuffers; ++id)
    if (address >= addresses_[id] && address - addresses_[id] < job_.bytes(id)) return id;
  return kBuffers;
}

std::string Scoreboard::place_text(std::uint64_t address, unsigned bit) const {
  const std::size_t id = buffer_of(address);
  if (id == kBuffers) return "outside all buffers";
  return fmt::format("buffer {}, byte {}: {}", contract::kArguments[id].name, address - addresses_[id],
                     locate(job_.inputs[argument::kProgram], weight_width_, id, address - addresses_[id], bit));
}

std::string Scoreboard::transactions_text() const {
  std::string text;
  for (std::size_t unit = 0; unit < names_.size(); ++unit) {
    text += fmt::format("\nlast transactions of {}:", names_[unit]);
    for (const Line& line : last_[unit]) {
      const std::size_t id = buffer_of(line.address);
      text +=
          fmt::format("\n  cycle {:>10}  {:<5} {:>5} bytes at {:#x} ({}{}){}", line.cycle, line.write ? "write" : "read",
                      line.bytes, line.address, id == kBuffers ? "no buffer" : contract::kArguments[id].name,
                      id == kBuffers ? "" : fmt::format(" + {}", line.address - addresses_[id]), line.good ? "" : ", refused");
    }
  }
  return text;
}

void Scoreboard::differ(const std::string& what) const { throw Difference(what + transactions_text()); }

void Scoreboard::observe(const Transaction& transaction) {
  const unsigned unit = transaction.unit;
  ++transactions_;
  auto& last = last_.at(unit);
  if (last.size() == kShown) last.pop_front();
  last.push_back({transaction.cycle, transaction.address, transaction.data.size(), transaction.write, transaction.good});
  if (!transaction.good)
    differ(fmt::format("{}, cycle {}: a {} of {} bytes at {:#x} was refused", names_[unit], transaction.cycle,
                       transaction.write ? "write" : "read", transaction.data.size(), transaction.address));
  if (!transaction.write) return;
  for (std::size_t at = 0; at < transaction.data.size(); ++at) {
    const Seen seen{transaction.data[at], transaction.address, transaction.cycle,
                    static_cast<std::uint32_t>(transaction.data.size())};
    compare(unit, transaction.address + at, seen);
  }
}

void Scoreboard::compare(unsigned unit, std::uint64_t address, const Seen& seen) {
  const std::size_t id = buffer_of(address);
  const bool writable =
      id == argument::kResults || id == argument::kTrace || (id == argument::kWeights && job_.writes_weights());
  if (!writable)
    differ(fmt::format("{}, cycle {}: write of {} bytes at {:#x}, of which byte {:#x} must not be written ({})", names_[unit],
                       seen.cycle, seen.bytes, seen.address, address, place_text(address, 0)));
  if (id == argument::kResults && may_differ(address - addresses_[id])) return;
  auto& others = pending_[1 - unit];
  const auto found = others.find(address);
  if (found == others.end()) {
    pending_[unit][address].push_back(seen);
    return;
  }
  const Seen other = found->second.front();
  found->second.pop_front();
  if (found->second.empty()) others.erase(found);
  ++compared_;
  if (other.value == seen.value) return;
  const auto bits = static_cast<unsigned>(other.value ^ seen.value);
  const auto lowest = static_cast<unsigned>(std::countr_zero(bits));
  differ(fmt::format(
      "{} writes {:#04x} and {} writes {:#04x} to {:#x}\n{}\n{}: {} bytes at {:#x}, cycle {}\n{}: {} bytes at {:#x}, "
      "cycle {}",
      names_[unit], std::to_integer<unsigned>(seen.value), names_[1 - unit], std::to_integer<unsigned>(other.value), address,
      place_text(address, lowest), names_[unit], seen.bytes, seen.address, seen.cycle, names_[1 - unit], other.bytes,
      other.address, other.cycle));
}

void Scoreboard::finish(const Registers& first, const Registers& second) {
  for (unsigned unit = 0; unit < 2; ++unit) {
    if (pending_[unit].empty()) continue;
    const auto lowest = std::min_element(pending_[unit].begin(), pending_[unit].end(),
                                         [](const auto& left, const auto& right) { return left.first < right.first; });
    differ(fmt::format("{} has written {} bytes that {} has not, the lowest at {:#x} in cycle {}\n{}", names_[unit],
                       pending_[unit].size(), names_[1 - unit], lowest->first, lowest->second.front().cycle,
                       place_text(lowest->first, 0)));
  }
  const auto check = [&](const char* name, std::uint32_t left, std::uint32_t right) {
    if (left != right) differ(fmt::format("register {}: {} has {:#x}, {} has {:#x}", name, names_[0], left, names_[1], right));
  };
  check("error", first.error, second.error);
  check("error_detail", first.error_detail, second.error_detail);
  check("error_sample", first.error_sample, second.error_sample);
  check("samples_fetched", first.samples_fetched, second.samples_fetched);
  check("samples_done", first.samples_done, second.samples_done);
}

}  // namespace phasic::platform

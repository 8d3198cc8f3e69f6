// SPDX-License-Identifier: Apache-2.0
#include "sim/verilator/axi_memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace phasic::engine {
namespace {

constexpr std::uint32_t kIncrementing = 1;
constexpr std::uint64_t kPage = 4096;

std::size_t beat_bytes(const AxiAddress& request) { return std::size_t{1} << request.size; }

/// Bits of the strobes that a beat at `address` may set.
std::uint64_t active_lanes(std::uint64_t address, std::size_t bytes, std::size_t bus_bytes) {
  const std::uint64_t ones = bytes >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bytes) - 1;
  return ones << (address % bus_bytes);
}

}  // namespace

AxiMemory::AxiMemory(Memory& memory, std::size_t bus_bytes, const AxiTiming& timing)
    : memory_(memory),
      bus_bytes_(bus_bytes),
      timing_(timing),
      random_(static_cast<std::uint32_t>(timing.seed ^ (timing.seed >> 32)) % 2147483646u + 1) {
  if (bus_bytes < 4 || bus_bytes > kMaxBusBytes || (bus_bytes & (bus_bytes - 1)) != 0)
    throw std::invalid_argument(fmt::format("AXI4 data bus of {} bytes: must be 4, 8, 16, 32 or 64", bus_bytes));
  random_.discard(8);
  if (timing_.ideal) {
    outputs_.awready = outputs_.wready = outputs_.arready = true;
    habits_.until = ~std::uint64_t{0};
  }
}

AxiMemory::AxiMemory(TimedMemory& memory, std::size_t bus_bytes, const AxiTiming& timing)
    : AxiMemory(static_cast<Memory&>(memory), bus_bytes, timing) {
  timed_ = &memory;
}

void AxiMemory::violation(const char* channel, const std::string& rule) const {
  throw AxiViolation(fmt::format("AXI4 protocol, cycle {}, channel {}: {}", cycle_, channel, rule));
}

bool AxiMemory::quiet() const { return reads_.empty() && writes_.empty() && responses_.empty(); }

void AxiMemory::check_stable(const AxiMaster& master) {
  const auto check = [&](const char* channel, const AxiAddress& before, const AxiAddress& now) {
    if (!before.valid) return;
    if (!now.valid) violation(channel, "valid dropped before ready");
    if (!(before == now)) violation(channel, "payload changed while waiting for ready");
  };
  check("AW", before_.aw, master.aw);
  check("AR", before_.ar, master.ar);
  if (before_.wvalid) {
    if (!master.wvalid) violation("W", "valid dropped before ready");
    if (master.wlast != before_.wlast || master.wstrb != before_.wstrb ||
        std::memcmp(master.wdata, data_before_.data(), bus_bytes_) != 0)
      violation("W", "payload changed while waiting for ready");
  }
  before_.aw.valid = before_.ar.valid = before_.wvalid = false;
  if (master.aw.valid && !outputs_.awready) before_.aw = master.aw;
  if (master.ar.valid && !outputs_.arready) before_.ar = master.ar;
  if (master.wvalid && !outputs_.wready) {
    before_.wvalid = true;
    before_.wlast = master.wlast;
    before_.wstrb = master.wstrb;
    std::memcpy(data_before_.data(), master.wdata, bus_bytes_);
  }
}

void AxiMemory::check_address(const char* channel, const AxiAddress& request) const {
  const std::size_t bytes = beat_bytes(request);
  if (request.size > 7 || bytes > bus_bytes_)
    violation(channel, fmt::format("size {} is wider than the bus of {} bytes", request.size, bus_bytes_));
  if (request.length > 255) violation(channel, fmt::format("length {} is more than 255", request.length));
  if (request.burst != kIncrementing)
    violation(channel, fmt::format("burst type {}; only incrementing bursts (1) are served", request.burst));
  if (request.address % bytes != 0)
    violation(channel, fmt::format("address {:#x} is not a multiple of the beat of {} bytes", request.address, bytes));
  if (request.address % kPage + (request.length + 1) * bytes > kPage)
    violation(channel, fmt::format("burst of {} beats of {} bytes at {:#x} crosses a 4 KiB boundary", request.length + 1, bytes,
                                   request.address));
}

void AxiMemory::check_beat(const WriteBurst& burst, std::size_t beat) const {
  const WriteBeat& data = burst.beats[beat];
  if (!burst.addressed) {
    if (beat == 255 && !data.last) violation("W", "256 beats without last");
    return;
  }
  const std::size_t final_beat = burst.request.length;
  if (beat > final_beat) violation("W", fmt::format("more than the {} beats that the address announced", final_beat + 1));
  if (beat == final_beat && !data.last) violation("W", fmt::format("last is missing at beat {}, the last of its burst", beat));
  if (beat < final_beat && data.last)
    violation("W", fmt::format("last at beat {} of a burst of {} beats", beat, final_beat + 1));
  const std::size_t bytes = beat_bytes(burst.request);
  const std::uint64_t lanes = active_lanes(burst.request.address + beat * bytes, bytes, bus_bytes_);
  if ((data.strobes & ~lanes) != 0)
    violation("W", fmt::format("strobes {:#x} at beat {} leave the active byte lanes {:#x}", data.strobes, beat, lanes));
}

std::uint64_t AxiMemory::latency(unsigned bound) {
  if (timing_.ideal) return bound;
  if ((random_() >> 4) % 96 == 0) return 300 + random_() % 2500;
  return bound == 0 ? 0 : random_() % (bound + 1);
}

std::uint32_t AxiMemory::error_response() {
  ++counts_.errors;
  return timing_.ideal || (random_() & 16) != 0 ? kAxiDecodeError : kAxiSlaveError;
}

void AxiMemory::draw_habits() {
  const auto pick = [&](std::initializer_list<unsigned> choices) { return choices.begin()[random_() % choices.size()]; };
  habits_.aw_ready = pick({256, 256, 200, 100, 20});
  habits_.w_ready = pick({256, 256, 230, 128, 30});
  habits_.ar_ready = pick({256, 256, 200, 100, 20});
  habits_.r_valid = pick({256, 256, 230, 128, 40});
  habits_.aw_waits = random_() % 4 == 0;
  habits_.w_waits = random_() % 4 == 0;
  habits_.ar_waits = random_() % 4 == 0;
  const unsigned order = random_() % 6;
  habits_.order = order == 0 ? Habits::Order::kAddressFirst : order == 1 ? Habits::Order::kDataFirst : Habits::Order::kAny;
  habits_.read_latency = pick({0, 2, 10, 40, 120});
  habits_.write_latency = pick({0, 2, 10, 40, 120});
  habits_.read_limit = pick({1, 2, 4, 16});
  habits_.write_limit = pick({1, 2, 4, 16});
  habits_.early_fetch = random_() % 2 == 0;
  habits_.early_store = random_() % 2 == 0;
  habits_.until = cycle_ + pick({20, 100, 400, 1500});
}

void AxiMemory::accept_address(const AxiAddress& request) {
  check_address("AW", request);
  ++counts_.write_bursts;
  if (addressed_ == writes_.size()) writes_.emplace_back();
  WriteBurst& burst = writes_[addressed_++];
  burst.addressed = true;
  burst.request = request;
  for (std::size_t beat = 0; beat < burst.beats.size(); ++beat) check_beat(burst, beat);
}

void AxiMemory::accept_data(const AxiMaster& master) {
  ++counts_.write_beats;
  if (filled_ == writes_.size()) writes_.emplace_back();
  WriteBurst& burst = writes_[filled_];
  WriteBeat& beat = burst.beats.emplace_back();
  std::memcpy(beat.data.data(), master.wdata, bus_bytes_);
  beat.strobes = master.wstrb;
  beat.last = master.wlast;
  check_beat(burst, burst.beats.size() - 1);
  if (master.wlast) {
    burst.filled = true;
    ++filled_;
  }
}

void AxiMemory::accept_read(const AxiAddress& request) {
  check_address("AR", request);
  ++counts_.read_bursts;
  ReadBurst& burst = reads_.emplace_back();
  burst.request = request;
  burst.due = cycle_ + latency(timing_.ideal ? timing_.latency : habits_.read_latency);
  if (timed_ != nullptr) {
    fetch(burst);
    // The last beat comes when the access is over, those before it in the cycles before.
    const std::uint64_t delay = timed_->delay();
    burst.due += delay > request.length ? delay - request.length : 0;
    return;
  }
  if (habits_.early_fetch && !timing_.ideal) fetch(burst);
}

void AxiMemory::fetch(ReadBurst& burst) {
  const std::size_t bytes = beat_bytes(burst.request);
  const std::size_t beats = burst.request.length + 1;
  burst.fetched = true;
  burst.data.resize(bytes * beats);
  burst.response.assign(beats, kAxiOkay);
  if (memory_.read(burst.request.address, burst.data)) return;
  for (std::size_t beat = 0; beat < beats; ++beat) {
    const std::span<std::byte> part(burst.data.data() + beat * bytes, bytes);
    if (memory_.read(burst.request.address + beat * bytes, part)) continue;
    // The data of a refused beat are meaningless; a master that uses them must be seen to.
    for (std::byte& value : part) value = static_cast<std::byte>(random_() >> 3);
    burst.response[beat] = static_cast<std::uint8_t>(error_response());
  }
}

bool AxiMemory::store_at_once(const WriteBurst& burst) {
  const std::size_t bytes = beat_bytes(burst.request);
  std::vector<std::byte> data;
  data.reserve(bytes * burst.beats.size());
  for (std::size_t beat = 0; beat < burst.beats.size(); ++beat) {
    const std::uint64_t address = burst.request.address + beat * bytes;
    if (burst.beats[beat].strobes != active_lanes(address, bytes, bus_bytes_)) return false;
    const auto first = burst.beats[beat].data.begin() + static_cast<std::ptrdiff_t>(address % bus_bytes_);
    data.insert(data.end(), first, first + static_cast<std::ptrdiff_t>(bytes));
  }
  return memory_.write(burst.request.address, data);
}

std::uint32_t AxiMemory::store(const WriteBurst& burst) {
  if (timed_ != nullptr && store_at_once(burst)) return kAxiOkay;
  const std::size_t bytes = beat_bytes(burst.request);
  std::uint32_t code = kAxiOkay;
  for (std::size_t beat = 0; beat < burst.beats.size(); ++beat) {
    const std::uint64_t address = burst.request.address + beat * bytes;
    const std::uint64_t base = address - address % bus_bytes_;
    const WriteBeat& data = burst.beats[beat];
    for (std::size_t first = 0; first < bus_bytes_;) {
      if ((data.strobes >> first & 1) == 0) {
        ++first;
        continue;
      }
      std::size_t end = first + 1;
      while (end < bus_bytes_ && (data.strobes >> end & 1) != 0) ++end;
      if (!memory_.write(base + first, {data.data.data() + first, end - first}) && code == kAxiOkay) code = error_response();
      first = end;
    }
  }
  return code;
}

void AxiMemory::drive_read() {
  data_changed_ = false;
  if (outputs_.rvalid || reads_.empty()) return;
  std::size_t index = 0;
  if (!timing_.ideal) {
    if (!chance(habits_.r_valid)) return;
    // Any burst that is the oldest of its id may send its next beat.
    index = random_() % std::min<std::size_t>(reads_.size(), 4);
    for (std::size_t older = 0; older < index; ++older)
      if (reads_[older].request.id == reads_[index].request.id) {
        index = older;
        break;
      }
  }
  ReadBurst& burst = reads_[index];
  if (burst.due > cycle_) return;
  if (!burst.fetched) fetch(burst);
  const std::size_t bytes = beat_bytes(burst.request);
  const std::uint64_t address = burst.request.address + burst.beat * bytes;
  if (!timing_.ideal && bytes < bus_bytes_)
    for (std::size_t i = 0; i < bus_bytes_; ++i) outputs_.rdata[i] = static_cast<std::byte>(random_() >> 3);
  std::memcpy(outputs_.rdata.data() + address % bus_bytes_, burst.data.data() + burst.beat * bytes, bytes);
  data_changed_ = true;
  outputs_.rvalid = true;
  outputs_.rid = burst.request.id;
  outputs_.rresp = burst.response[burst.beat];
  outputs_.rlast = burst.beat == burst.request.length;
  read_index_ = index;
}

void AxiMemory::drive_response() {
  while (!writes_.empty() && writes_.front().addressed && writes_.front().filled) {
    Response& response = responses_.emplace_back();
    response.id = writes_.front().request.id;
    response.due = cycle_ + latency(timing_.ideal ? timing_.write_latency : habits_.write_latency);
    response.burst = std::move(writes_.front());
    response.stored = habits_.early_store || timed_ != nullptr;
    response.code = kAxiOkay;
    if (response.stored) response.code = store(response.burst);
    if (timed_ != nullptr) response.due += timed_->delay();
    writes_.pop_front();
    --addressed_;
    --filled_;
  }
  if (outputs_.bvalid || responses_.empty()) return;
  std::size_t index = 0;
  if (!timing_.ideal) {
    index = random_() % std::min<std::size_t>(responses_.size(), 4);
    for (std::size_t older = 0; older < index; ++older)
      if (responses_[older].id == responses_[index].id) {
        index = older;
        break;
      }
  }
  Response& response = responses_[index];
  if (response.due > cycle_) return;
  if (!response.stored) response.code = store(response.burst);
  response.stored = true;
  outputs_.bvalid = true;
  outputs_.bid = response.id;
  outputs_.bresp = response.code;
  response_index_ = index;
}

void AxiMemory::drive_ready() {
  if (timing_.ideal) {
    outputs_.arready = reads_.size() < 64;
    outputs_.awready = outputs_.wready = responses_.size() + writes_.size() < 64;
    return;
  }
  if (cycle_ >= habits_.until) draw_habits();
  // A valid that waits now will still be there at the next edge; "waits" gives ready only to those.
  const bool aw_waiting = before_.aw.valid, w_waiting = before_.wvalid, ar_waiting = before_.ar.valid;
  const std::size_t open = responses_.size() + writes_.size();
  const bool room = open < habits_.write_limit;
  bool aw = chance(habits_.aw_ready) && (!habits_.aw_waits || aw_waiting);
  bool w = chance(habits_.w_ready) && (!habits_.w_waits || w_waiting);
  // A burst of which one half is here must be able to get the other half, whatever the limit.
  aw = aw && (room || writes_.size() > addressed_);
  w = w && (room || writes_.size() > filled_);
  if (habits_.order == Habits::Order::kAddressFirst) w = w && addressed_ > filled_;
  if (habits_.order == Habits::Order::kDataFirst) aw = aw && filled_ > addressed_;
  outputs_.awready = aw;
  outputs_.wready = w;
  outputs_.arready = chance(habits_.ar_ready) && (!habits_.ar_waits || ar_waiting) && reads_.size() < habits_.read_limit;
}

void AxiMemory::clock(const AxiMaster& master) {
  ++cycle_;
  check_stable(master);
  if (master.aw.valid && outputs_.awready) accept_address(master.aw);
  if (master.wvalid && outputs_.wready) accept_data(master);
  if (master.ar.valid && outputs_.arready) accept_read(master.ar);
  if (outputs_.rvalid && master.rready) {
    ++counts_.read_beats;
    outputs_.rvalid = false;
    if (outputs_.rlast)
      reads_.erase(reads_.begin() + static_cast<std::ptrdiff_t>(read_index_));
    else
      ++reads_[read_index_].beat;
  }
  if (outputs_.bvalid && master.bready) {
    outputs_.bvalid = false;
    responses_.erase(responses_.begin() + static_cast<std::ptrdiff_t>(response_index_));
  }
  drive_read();
  drive_response();
  drive_ready();
}

}  // namespace phasic::engine

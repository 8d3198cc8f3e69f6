// SPDX-License-Identifier: Apache-2.0
/// An AXI4 slave in front of a device memory, one clock cycle at a time. It varies its timing within what AXI4 allows, and
/// checks that the master keeps the protocol.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "driver/engine/engine.hpp"

namespace phasic::engine {

/// Widest data bus that the model serves, in bytes.
inline constexpr std::size_t kMaxBusBytes = 64;

/// An address channel, AW or AR, as the master drives it.
struct AxiAddress {
  bool valid = false;
  std::uint64_t address = 0;
  std::uint32_t id = 0;
  std::uint32_t length = 0;      ///< beats less one, 0 to 255
  std::uint32_t size = 0;        ///< log2 of the bytes of a beat
  std::uint32_t burst = 0;       ///< 0 fixed, 1 incrementing, 2 wrapping
  std::uint32_t qualifiers = 0;  ///< cache, protection, lock, quality of service and region; only watched for changes
  bool operator==(const AxiAddress&) const = default;
};

/// What the master drives in one cycle.
struct AxiMaster {
  AxiAddress aw, ar;
  bool wvalid = false;
  bool wlast = false;
  std::uint64_t wstrb = 0;
  const std::byte* wdata = nullptr;  ///< one beat, as wide as the bus; must be set if wvalid is
  bool bready = false;
  bool rready = false;
};

/// What the slave drives in one cycle.
struct AxiSlave {
  bool awready = false, wready = false, arready = false;
  bool bvalid = false;
  std::uint32_t bid = 0, bresp = 0;
  bool rvalid = false, rlast = false;
  std::uint32_t rid = 0, rresp = 0;
  std::array<std::byte, kMaxBusBytes> rdata{};
};

/// Response codes.
inline constexpr std::uint32_t kAxiOkay = 0, kAxiSlaveError = 2, kAxiDecodeError = 3;

struct AxiTiming {
  /// Always ready, `latency` cycles from an accepted address to its first beat, then a beat a cycle. Otherwise everything is
  /// drawn from the seed: ready patterns, address before data and data before address, latencies with a few very long ones,
  /// order among ids, and SLVERR or DECERR.
  bool ideal = false;
  std::uint64_t seed = 1;
  unsigned latency = 24;
  unsigned write_latency = 4;  ///< ideal: cycles from the last beat to the response
};

/// The master broke a rule of AXI4, or asked for something that the model does not serve: fixed or wrapping bursts, addresses
/// that are not a multiple of the beat. what() has the cycle, the channel and the rule.
class AxiViolation : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Traffic so far.
struct AxiCounts {
  std::uint64_t read_bursts = 0, read_beats = 0, write_bursts = 0, write_beats = 0, errors = 0;
};

/// A memory whose accesses take time.
class TimedMemory : public Memory {
 public:
  /// Clock cycles from now until the last access is over; 0 or more.
  [[nodiscard]] virtual std::uint64_t delay() const = 0;
};

class AxiMemory {
 public:
  /// `memory` must outlive the model. `bus_bytes` is 4, 8, 16, 32 or 64.
  AxiMemory(Memory& memory, std::size_t bus_bytes, const AxiTiming& timing);
  /// Bursts go to the memory as soon as they are complete, each as one access where it can, and are answered no sooner than its
  /// delay says; the latencies of `timing` come on top.
  AxiMemory(TimedMemory& memory, std::size_t bus_bytes, const AxiTiming& timing);

  /// What the slave drives now.
  [[nodiscard]] const AxiSlave& outputs() const { return outputs_; }
  /// Whether the last clock() changed rdata.
  [[nodiscard]] bool data_changed() const { return data_changed_; }
  /// A rising clock edge at which the master drives `master`. Throws AxiViolation.
  void clock(const AxiMaster& master);
  /// Whether every transaction that was begun has its response.
  [[nodiscard]] bool quiet() const;
  [[nodiscard]] const AxiCounts& counts() const { return counts_; }

 private:
  struct ReadBurst {
    AxiAddress request;
    std::uint64_t due = 0;  // first cycle in which a beat may leave
    unsigned beat = 0;
    bool fetched = false;
    std::vector<std::byte> data;
    std::vector<std::uint8_t> response;
  };
  struct WriteBeat {
    std::array<std::byte, kMaxBusBytes> data;
    std::uint64_t strobes;
    bool last;
  };
  struct WriteBurst {
    bool addressed = false, filled = false;
    AxiAddress request;
    std::vector<WriteBeat> beats;
    std::uint64_t due = 0;
  };
  // Habits of the slave for a while; drawn anew from time to time so that rare combinations meet.
  struct Habits {
    unsigned aw_ready = 256, w_ready = 256, ar_ready = 256, r_valid = 256;  // chances in 256
    bool aw_waits = false, w_waits = false, ar_waits = false;               // ready only after valid
    enum class Order { kAny, kAddressFirst, kDataFirst } order = Order::kAny;
    unsigned read_latency = 0, write_latency = 0;  // upper bounds in cycles
    unsigned read_limit = 8, write_limit = 8;      // outstanding bursts
    bool early_fetch = false, early_store = false;
    std::uint64_t until = 0;
  };

  [[noreturn]] void violation(const char* channel, const std::string& rule) const;
  void check_stable(const AxiMaster& master);
  void check_address(const char* channel, const AxiAddress& request) const;
  void check_beat(const WriteBurst& burst, std::size_t beat) const;
  void accept_address(const AxiAddress& request);
  void accept_data(const AxiMaster& master);
  void accept_read(const AxiAddress& request);
  void fetch(ReadBurst& burst);
  std::uint32_t store(const WriteBurst& burst);
  bool store_at_once(const WriteBurst& burst);
  void drive_read();
  void drive_response();
  void drive_ready();
  void draw_habits();
  std::uint64_t latency(unsigned bound);
  bool chance(unsigned in_256) { return in_256 >= 256 || (random_() & 255) < in_256; }
  std::uint32_t error_response();

  Memory& memory_;
  const TimedMemory* timed_ = nullptr;  // memory_, if its accesses take time
  std::size_t bus_bytes_;
  AxiTiming timing_;
  std::minstd_rand random_;
  Habits habits_;
  AxiSlave outputs_;
  bool data_changed_ = true;
  AxiMaster before_;  // the cycle before, to see that what waits stays as it is
  std::array<std::byte, kMaxBusBytes> data_before_{};
  std::uint64_t cycle_ = 0;
  std::deque<ReadBurst> reads_;
  std::size_t read_index_ = 0;              // burst whose beat is on the channel
  std::deque<WriteBurst> writes_;           // from the oldest without both address and data
  std::size_t addressed_ = 0, filled_ = 0;  // of writes_, how many have their address, their data
  struct Response {
    std::uint32_t id;
    std::uint64_t due;
    bool stored;
    std::uint32_t code;
    WriteBurst burst;
  };
  std::deque<Response> responses_;
  std::size_t response_index_ = 0;
  AxiCounts counts_;
};

}  // namespace phasic::engine

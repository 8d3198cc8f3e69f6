// SPDX-License-Identifier: Apache-2.0
/// What the pins of both peers have in common: a serial port, and an input of events with a four-phase handshake. `clock` is a
/// function that lets one cycle of the model's clock pass.
#pragma once

#include <cstdint>
#include <deque>
#include <type_traits>

namespace peers {

/// Cycles of the clock in half a period of SCK: a peer wants SCK to be four times slower at least; answers take longer.
constexpr int kWriting = 2, kReading = 8;

/// Shifts out the low `count` bits of `bits`, the highest first, and returns what came in meanwhile.
template <class Model, class Clock>
std::uint64_t shift(Model& model, Clock&& clock, std::uint64_t bits, int count, int half_period) {
  std::uint64_t answer = 0;
  for (int bit = count - 1; bit >= 0; --bit) {
    model.MOSI = static_cast<std::uint8_t>(bits >> bit & 1);
    for (int cycle = 0; cycle < half_period; ++cycle) clock();
    answer = answer << 1 | model.MISO;
    model.SCK = 1;
    for (int cycle = 0; cycle < half_period; ++cycle) clock();
    model.SCK = 0;
  }
  return answer;
}

/// Events that wait for the handshake.
struct Sender {
  std::deque<std::uint32_t> waiting;
};

template <class Model>
bool idle(const Model& model, const Sender& sender) {
  return sender.waiting.empty() && !model.AERIN_REQ && !model.AERIN_ACK;
}

/// Moves the handshake on; before every cycle.
template <class Model>
void serve(Model& model, Sender& sender) {
  if (model.AERIN_REQ && model.AERIN_ACK) {
    model.AERIN_REQ = 0;
    sender.waiting.pop_front();
  } else if (!model.AERIN_REQ && !model.AERIN_ACK && !sender.waiting.empty()) {
    using Address = std::remove_reference_t<decltype(model.AERIN_ADDR)>;
    model.AERIN_ADDR = static_cast<Address>(sender.waiting.front());
    model.AERIN_REQ = 1;
  }
}

}  // namespace peers

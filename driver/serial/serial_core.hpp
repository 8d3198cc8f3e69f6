// SPDX-License-Identifier: Apache-2.0
/// A core whose samples a serial build works through, and the kernel's contract on top of it: what a card's shell does in
/// hardware, the host does for the board.
#pragma once

#include <memory>

#include "driver/engine/engine.hpp"
#include "driver/serial/serial_board.hpp"
#include "driver/shell/core.hpp"

namespace phasic::driver {

/// What the board can do.
[[nodiscard]] contract::Limits serial_limits(const SerialBoard& board);

/// `program` must be legal under the board's limits. It takes the board's memories over: one core at a time. Weights and
/// levels are what the memories hold until they are set.
[[nodiscard]] std::unique_ptr<shell::Core> make_serial_core(shell::Program program, std::shared_ptr<SerialBoard> board);

/// The kernel as an engine. `memory` must outlive it.
[[nodiscard]] std::unique_ptr<engine::Engine> make_serial_engine(engine::Memory& memory, std::unique_ptr<SpiLink> link);

}  // namespace phasic::driver

// SPDX-License-Identifier: Apache-2.0
/// Subcommands of phasic_platform. Each adds itself and sets `chosen` when the user asks for it.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "bench/platform/workload.hpp"
#include "sim/systemc/platform.hpp"

namespace phasic::bench {

/// A command's work; returns the exit code.
using Action = std::function<int()>;

void add_run(CLI::App& app, Action& chosen);
void add_lockstep(CLI::App& app, Action& chosen);
/// `command` is the whole command line, which the files of figures name.
void add_sweep(CLI::App& app, Action& chosen, const std::string& command);

/// Options that commands share.
void add_workload_options(CLI::App& command, WorkloadOptions& options);
void add_memory_options(CLI::App& command, platform::PlatformPlan& plan);

/// Plan of a unit that is the engine of that name. `options` are those of RTL engines; others get none.
[[nodiscard]] platform::UnitPlan unit_plan(const std::string& engine, const std::string& options);

}  // namespace phasic::bench

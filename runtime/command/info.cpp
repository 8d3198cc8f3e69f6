// SPDX-License-Identifier: Apache-2.0
/// phasic info
#include <fmt/format.h>

#include <filesystem>

#include "phasic/contract.hpp"
#include "runtime/base/error.hpp"
#include "runtime/command/options.hpp"
#include "runtime/network/limits.hpp"
#include "runtime/run/checkpoint.hpp"
#include "runtime/run/engines.hpp"

namespace phasic::command {
namespace {

using namespace phasic::runtime;

struct InfoOptions {
  RunOptions run;
  std::string network, checkpoint;
  bool engine_asked = false;
};

void print_limits(driver::Device& device) {
  const auto& limits = device.limits();
  fmt::print("{}\n", device.describe());
  const std::uint32_t values[] = {limits.lanes,       limits.weight_width, limits.engines,     limits.max_rows,
                                  limits.max_neurons, limits.max_steps,    limits.max_classes, limits.max_outputs,
                                  limits.max_events,  limits.weight_depth, limits.data_width,  limits.rules};
  for (std::size_t n = 0; n < contract::kLimits.size(); ++n) {
    fmt::print("  {:<14} {:>7}  {}\n", contract::kLimits[n].name, values[n], contract::kLimits[n].doc);
  }
}

int run(const InfoOptions& options) {
  std::optional<Network> network;
  if (!options.network.empty()) {
    network = load_network(options.network);
    fmt::print("network {}\n{}", options.network, describe(*network));
    const auto layout = layout_of(*network);
    fmt::print("weights {} bytes, level tables {} bytes\n\n", layout.weights_bytes, layout.tables_bytes);
  }
  if (!options.checkpoint.empty()) {
    const auto checkpoint = read_checkpoint(options.checkpoint);
    fmt::print("checkpoint {}\n{}", options.checkpoint, describe(checkpoint.network));
    fmt::print("  data {} ({} samples, checksum {:#010x}), order {}\n", checkpoint.data_name, checkpoint.data_samples,
               checkpoint.data_checksum, name(checkpoint.order));
    fmt::print("  {} samples learned: epoch {}, sample {}; {} right before learning\n\n", checkpoint.position,
               checkpoint.position / checkpoint.data_samples, checkpoint.position % checkpoint.data_samples,
               percent(checkpoint.curve.total(), checkpoint.curve.samples));
    if (network) {
      const auto difference = first_difference(checkpoint.network, *network);
      fmt::print("  the checkpoint {} the network file{}{}\n\n", difference.empty() ? "belongs to" : "does not belong to",
                 difference.empty() ? "" : ": ", difference);
    } else {
      network = checkpoint.network;
    }
  }
  if (!options.run.device.xclbin.empty()) {
    fmt::print("xclbin {}\n", options.run.device.xclbin);
    if (!std::filesystem::is_regular_file(options.run.device.xclbin))
      throw InputError(options.run.device.xclbin, "--xclbin", "there is no such file");
    try {
      for (const auto& unit : driver::compute_units(options.run.device.xclbin)) fmt::print("  compute unit {}\n", unit);
    } catch (const std::exception& error) {
      throw InputError(error.what());
    }
    fmt::print("\n");
  }
  if (options.engine_asked || options.run.device.transport == "xrt") {
    auto run_options = options.run;
    if (const auto card = prepare_xrt(run_options.device); !card.empty())
      fmt::print("XILINX_XRT is not set: using the simulated card in {}\n", card);
    const auto devices = open_devices(run_options.device);
    for (const auto& device : devices) print_limits(*device);
    if (network) {
      check_limits(*network, devices[0]->limits(), devices[0]->describe());
      fmt::print("the network fits\n");
    }
  } else {
    fmt::print("contract version {}; engines:", contract::kContractVersion);
    for (const auto& engine : available_engines()) fmt::print(" {}", engine);
    fmt::print("\n");
  }
  return kSuccess;
}

}  // namespace

void add_info(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("info", "tell of a network, a checkpoint, an engine or an xclbin file");
  const auto options = std::make_shared<InfoOptions>();
  command->add_option("network", options->network, "network file (JSON)");
  command->add_option("--checkpoint", options->checkpoint, "checkpoint");
  add_device_options(*command, options->run);
  command->callback([options, command, &chosen] {
    options->engine_asked = command->count("--engine") > 0;
    chosen = [options] { return run(*options); };
  });
}

}  // namespace phasic::command

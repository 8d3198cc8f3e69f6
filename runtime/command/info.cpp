// SPDX-License-Identifier: Apache-2.0
/// phasic info
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "driver/layout/buffers.hpp"
#include "driver/layout/connection.hpp"
#include "phasic/contract.hpp"
#include "runtime/base/error.hpp"
#include "runtime/command/options.hpp"
#include "runtime/features/prepare.hpp"
#include "runtime/network/limits.hpp"
#include "runtime/run/checkpoint.hpp"
#include "runtime/run/engines.hpp"

namespace phasic::command {
namespace {

using namespace phasic::runtime;

struct InfoOptions {
  RunOptions run;
  std::string network, checkpoint;
  bool engine_asked = false, json = false;
};

void print_limits(driver::Device& device) {
  fmt::print("{}\n", device.describe());
  for (const auto& limit : contract::kLimits)
    fmt::print("  {:<14} {:>8}  {}\n", limit.name, device.limits().*limit.value, limit.doc);
}

/// What a file is, by how it begins.
enum class Kind { kJson, kCheckpoint, kXclbin };

Kind kind_of(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string beginning(8, '\0');
  stream.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  beginning.resize(static_cast<std::size_t>(stream.gcount()));
  if (is_checkpoint(beginning)) return Kind::kCheckpoint;
  return beginning.starts_with("xclbin2") ? Kind::kXclbin : Kind::kJson;
}

/// The file without an option goes to the option of its kind.
InfoOptions by_kind(InfoOptions options) {
  if (options.network.empty()) return options;
  const auto move_to = [&](std::string& option, const char* name) {
    if (!option.empty()) throw InputError(options.network, name, fmt::format("{} is named as well", option));
    option = std::exchange(options.network, "");
  };
  const auto kind = kind_of(options.network);
  if (kind == Kind::kCheckpoint) move_to(options.checkpoint, "--checkpoint");
  if (kind == Kind::kXclbin) move_to(options.run.device.xclbin, "--xclbin");
  return options;
}

/// What each layer takes in the kernel's memories.
void tell_memories(const Network& network) {
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    const auto& layer = network.layers[n];
    const layout::Connection connection = network.connection(n);
    fmt::print("layer {}: {} weights in {} rows", n, connection.weights(), connection.weight_rows());
    if (layer.has_levels()) fmt::print(", {} levels", std::uint64_t{network.classes} * layer.neurons);
    if (layer.shape.grid != 0) fmt::print(", {} sums for a grid", connection.potentials());
    if (const auto bytes = layout::memory_bytes(layer.factor(), connection.weight_rows(), layer.neurons); bytes != 0)
      fmt::print(", {} bytes {}", bytes, layer.moves_filters() ? "of targets" : "of scatter and sums");
    fmt::print("\n");
  }
  const auto layout = layout_of(network);
  fmt::print("buffers: weights {} bytes, level tables {} bytes\n\n", layout.weights_bytes, layout.tables_bytes);
}

Network tell_network(const std::string& file) {
  auto network = load_network(file);
  fmt::print("network {}\n{}", file, describe(network));
  tell_memories(network);
  return network;
}

/// Which of the engines hold a network, and why the others do not.
std::pair<nlohmann::json, nlohmann::json> engines_for(const Network& network) {
  auto holders = nlohmann::json::array();
  auto others = nlohmann::json::object();
  for (const auto& engine : available_engines()) {
    try {
      DeviceOptions options;
      options.engine = engine;
      options.weight_width = network.weight_width;
      const auto devices = open_devices(options);
      check_limits(network, devices[0]->limits(), engine);
      holders.push_back(engine);
    } catch (const std::exception& error) {
      std::string reason = error.what();
      if (reason.starts_with(network.file + ": ")) reason.erase(0, network.file.size() + 2);
      others[engine] = reason;
    }
  }
  return {holders, others};
}

void tell_engines(const Network& network) {
  const auto [holders, others] = engines_for(network);
  std::string names;
  for (const auto& engine : holders) names += " " + engine.get<std::string>();
  fmt::print("engines that hold it:{}\n", names.empty() ? " none" : names);
  if (!others.empty()) fmt::print("others:\n");
  for (const auto& [engine, reason] : others.items()) fmt::print("  {:<14} {}\n", engine, reason.get<std::string>());
}

/// Gives the network, which is the checkpoint's if there is no file of one.
Network tell_checkpoint(const std::string& file, const std::optional<Network>& network) {
  const auto checkpoint = read_checkpoint(file);
  fmt::print("checkpoint {}\n{}", file, describe(checkpoint.network));
  fmt::print("  data {} ({} samples, checksum {:#010x}), order {}\n", checkpoint.data_name, checkpoint.data_samples,
             checkpoint.data_checksum, name(checkpoint.order));
  fmt::print("  {} samples learned: epoch {}, sample {}; {} right before learning\n\n", checkpoint.position,
             checkpoint.position / checkpoint.data_samples, checkpoint.position % checkpoint.data_samples,
             percent(checkpoint.curve.total(), checkpoint.curve.samples));
  if (!network) return checkpoint.network;
  const auto difference = first_difference(checkpoint.network, prepared_like(*network, checkpoint.network));
  fmt::print("  the checkpoint {} the network file{}{}\n\n", difference.empty() ? "belongs to" : "does not belong to",
             difference.empty() ? "" : ": ", difference);
  return *network;
}

void tell_xclbin(const std::string& file) {
  fmt::print("xclbin {}\n", file);
  if (!std::filesystem::is_regular_file(file)) throw InputError(file, "--xclbin", "there is no such file");
  try {
    for (const auto& unit : driver::compute_units(file)) fmt::print("  compute unit {}\n", unit);
  } catch (const std::exception& error) {
    throw InputError(error.what());
  }
  fmt::print("\n");
}

void tell_devices(const RunOptions& asked, const std::optional<Network>& network) {
  auto options = asked;
  if (const auto card = prepare_xrt(options.device); !card.empty())
    fmt::print("XILINX_XRT is not set: using the simulated card in {}\n", card);
  if (network) options.device.weight_width = network->weight_width;
  const auto devices = open_devices(options.device);
  for (const auto& device : devices) print_limits(*device);
  if (network) {
    check_limits(*network, devices[0]->limits(), devices[0]->describe());
    fmt::print("the network fits\n");
  }
}

nlohmann::json network_json(const Network& network) {
  auto layers = nlohmann::json::array();
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    const auto connection = network.connection(n);
    layers.push_back({{"neurons", network.layers[n].neurons},
                      {"weights", connection.weights()},
                      {"weight_rows", connection.weight_rows()},
                      {"synapses", network.synapses(n)}});
  }
  const auto layout = layout_of(network);
  const auto [holders, others] = engines_for(network);
  return {{"architecture", architecture(network)},
          {"network", canonical(network)},
          {"layers", layers},
          {"weights_bytes", layout.weights_bytes},
          {"tables_bytes", layout.tables_bytes},
          {"engines", holders},
          {"other_engines", others}};
}

/// What a network, a checkpoint, or the engines are, as one object.
int run_as_json(const InfoOptions& asked) {
  const auto options = by_kind(asked);
  nlohmann::json document = {{"contract_version", contract::kContractVersion}, {"engines", available_engines()}};
  if (!options.checkpoint.empty()) {
    const auto checkpoint = read_checkpoint(options.checkpoint);
    document["checkpoint"] = {{"data", checkpoint.data_name},
                              {"data_samples", checkpoint.data_samples},
                              {"samples_learned", checkpoint.position},
                              {"right_before_learning", checkpoint.curve.total()}};
    document.update(network_json(checkpoint.network));
  }
  if (!options.network.empty()) document.update(network_json(load_network(options.network)));
  if (options.engine_asked || options.run.device.transport == "xrt") {
    const auto devices = open_devices(options.run.device);
    auto& limits = document["limits"];
    for (const auto& limit : contract::kLimits) limits[std::string(limit.name)] = devices[0]->limits().*limit.value;
  }
  fmt::print("{}\n", document.dump(2));
  return kSuccess;
}

int run(const InfoOptions& asked) {
  const auto options = by_kind(asked);
  std::optional<Network> network;
  if (!options.network.empty()) network = tell_network(options.network);
  if (!options.checkpoint.empty()) network = tell_checkpoint(options.checkpoint, network);
  if (!options.run.device.xclbin.empty()) tell_xclbin(options.run.device.xclbin);
  if (options.engine_asked || options.run.device.transport == "xrt") {
    tell_devices(options.run, network);
    return kSuccess;
  }
  if (network) {
    tell_engines(*network);
    return kSuccess;
  }
  fmt::print("contract version {}; engines:", contract::kContractVersion);
  for (const auto& engine : available_engines()) fmt::print(" {}", engine);
  fmt::print("\n");
  return kSuccess;
}

}  // namespace

void add_info(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("info", "tell of a network, a checkpoint, an engine or an xclbin file");
  const auto options = std::make_shared<InfoOptions>();
  command->add_option("network", options->network, "network file (JSON), checkpoint or xclbin file");
  command->add_option("--checkpoint", options->checkpoint, "checkpoint");
  command->add_flag("--json", options->json, "as JSON");
  add_device_options(*command, options->run);
  command->callback([options, command, &chosen] {
    options->engine_asked = command->count("--engine") > 0;
    chosen = [options] { return options->json ? run_as_json(*options) : run(*options); };
  });
}

}  // namespace phasic::command

// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/workload.hpp"

#include "runtime/base/json_node.hpp"
#include "runtime/network/program.hpp"

namespace phasic::runtime {
namespace {

double mean(double sum, std::uint64_t samples) { return samples == 0 ? 0 : sum / static_cast<double>(samples); }

}  // namespace

Workload workload_of(const Network& network, const Counters& counters) {
  Workload workload;
  const double steps = static_cast<double>(counters.kernel_samples) * network.steps;
  double effective = 0, dense = 0, active = 0, places = 0;
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    const auto& layer = network.layers[n];
    const double of_bias = layer.bias ? steps * static_cast<double>(network.connection(n).potentials()) : 0;
    effective += static_cast<double>(counters.layers[n].synaptic_operations) - of_bias;
    dense += steps * static_cast<double>(network.synapses(n));
    if (!layer.has_potentials()) continue;
    active += static_cast<double>(counters.layers[n].spikes);
    places += steps * layer.neurons;
  }
  (network.graded() ? workload.effective_macs : workload.effective_acs) = mean(effective, counters.samples);
  workload.dense = mean(dense, counters.samples);
  workload.activation_sparsity = places == 0 ? 0 : 1 - active / places;
  const auto layout = layout_of(network);
  workload.footprint = layout.weights_bytes + layout.tables_bytes;
  return workload;
}

double connection_sparsity(const Network& network, std::span<const std::byte> weights) {
  const auto layout = layout_of(network);
  std::uint64_t zeros = 0, all = 0;
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    const auto connection = network.connection(n);
    const auto rows = connection.weight_rows() - (network.layers[n].bias ? 1 : 0);
    for (std::uint32_t row = 0; row < rows; ++row)
      for (std::uint32_t j = 0; j < connection.row_width(); ++j)
        zeros += weight(network, layout, weights, n, row, j) == 0 ? 1 : 0;
    all += std::uint64_t{rows} * connection.row_width();
  }
  return mean(static_cast<double>(zeros), all);
}

EnergyTable load_energy_table(const std::filesystem::path& file) {
  const auto document = read_json(file);
  const JsonNode root(document, file.string(), "");
  root.expect_object({"phasic_energy", "process", "source", "accumulate_pj", "multiply_accumulate_pj", "read_pj_per_byte",
                      "write_pj_per_byte"});
  (void)root.at("phasic_energy").integer(1, 1);
  const auto picojoules = [&](const char* field) { return root.at(field).real(0, 1e9); };
  EnergyTable table{root.at("process").text(),      root.at("source").text(),
                    picojoules("accumulate_pj"),    picojoules("multiply_accumulate_pj"),
                    picojoules("read_pj_per_byte"), picojoules("write_pj_per_byte")};
  if (table.source.empty()) root.at("source").refuse("an estimate needs one");
  return table;
}

double estimated_energy(const Network& network, const Counters& counters, const EnergyTable& table) {
  double operations = 0, updates = 0;
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    operations += static_cast<double>(counters.layers[n].synaptic_operations);
    updates += static_cast<double>(counters.layers[n].update_operations);
  }
  const double bytes = network.weight_width / 8.0;
  const double operation = network.graded() ? table.multiply_accumulate : table.accumulate;
  return mean(operations * (operation + bytes * table.read) +
                  updates * (table.multiply_accumulate + bytes * (table.read + table.write)),
              counters.samples);
}

}  // namespace phasic::runtime

// SPDX-License-Identifier: Apache-2.0
/// Fields of the object that a network file is, and of its modulation and schedule.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/network/fields.hpp"

namespace phasic::runtime {

/// What later fields need of earlier ones beside the network.
struct NetworkContext {
  double unit = 1.0 / 256;  ///< of potentials, where a layer has none of its own
};
using NetworkField = Field<Network, NetworkContext>;
using ModulationField = Field<Modulation, NetworkContext>;
/// The context is the entries before.
using ScheduleField = Field<RateScale, const std::vector<RateScale>>;

[[nodiscard]] const std::vector<NetworkField>& network_fields();
[[nodiscard]] const std::vector<ModulationField>& modulation_fields();
[[nodiscard]] const std::vector<ScheduleField>& schedule_fields();

/// The object `modulation`, of a network or of a baseline; reading throws InputError.
[[nodiscard]] Modulation read_modulation(const JsonNode& node);
[[nodiscard]] nlohmann::json print_modulation(const Modulation& modulation);

/// A field as docs/networks.md tells it.
struct FieldText {
  std::string name, values, usual;
};
/// All fields of an object.
struct FieldTable {
  std::string section;  ///< heading of docs/networks.md
  std::vector<FieldText> fields;
};
/// Every object of a network file.
[[nodiscard]] std::vector<FieldTable> field_tables();

}  // namespace phasic::runtime

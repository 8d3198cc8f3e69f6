// SPDX-License-Identifier: Apache-2.0
/// A contract with a planted error is refused, and the message names the entry.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "files.hpp"
#include "generator/model.hpp"

namespace {

using nlohmann::json;
using phasic::test::contract_json;
namespace generator = phasic::contract_generator;

struct Plant {
  std::string name;
  std::function<void(json&)> plant;
  std::string message;
};

// NOLINTNEXTLINE(readability-identifier-naming): googletest calls it by this name
void PrintTo(const Plant& plant, std::ostream* stream) { *stream << plant.name; }

json& named(json& list, const std::string& name) {
  for (auto& entry : list) {
    if (entry["name"] == name) return entry;
  }
  throw std::logic_error("no entry " + name);
}

json& field(json& source, const char* structure, const char* name) {
  return named(named(source["structures"], structure)["fields"], name);
}

class PlantedError : public testing::TestWithParam<Plant> {};

TEST_P(PlantedError, IsRefusedByName) {
  json source = contract_json();
  GetParam().plant(source);
  try {
    static_cast<void>(generator::parse(source));
    FAIL() << "accepted";
  } catch (const generator::ContractError& error) {
    EXPECT_EQ(std::string(error.what()), GetParam().message);
  }
}

const std::vector<Plant> kPlants{
    {"FieldOverlap", [](json& c) { field(c, "layer", "leak")["offset"] = 12; },
     "structures.layer.leak: offset 12 overlaps window, which ends at 16"},
    {"FieldGap", [](json& c) { field(c, "layer", "leak")["offset"] = 20; },
     "structures.layer.leak: offset 20 leaves a gap after window, which ends at 16"},
    {"FieldMisaligned", [](json& c) { field(c, "results_header", "input_events")["offset"] = 66; },
     "structures.results_header.input_events: offset 66 is not a multiple of the field's 8 bytes"},
    {"FieldTwice", [](json& c) { field(c, "program_header", "steps")["name"] = "layers"; },
     "structures.program_header.fields.layers: the name is there twice"},
    {"FieldType", [](json& c) { field(c, "layer", "rate")["type"] = "float"; },
     "structures.layer.fields.rate: 'type' is 'float'"},
    {"StructureSize", [](json& c) { named(c["structures"], "sample_header")["bytes"] = 32; },
     "structures.sample_header: 'bytes' is 32, but the fields end at 16"},
    {"StructureTwice", [](json& c) { named(c["structures"], "result_record")["name"] = "layer"; },
     "structures.layer: the name is there twice"},
    {"RegisterOverlap", [](json& c) { named(c["registers"], "phase")["offset"] = "0x148"; },
     "registers.phase: offset 0x148 overlaps registers.error_sample"},
    {"RegisterInLimits", [](json& c) { named(c["registers"], "error")["offset"] = "0x134"; },
     "registers.error: offset 0x134 overlaps registers.limits"},
    {"RegisterMisaligned", [](json& c) { named(c["registers"], "phase")["offset"] = "0x14d"; },
     "registers.phase: offset 0x14d is not a multiple of 4"},
    {"RegisterOutside", [](json& c) { named(c["registers"], "engine_state")["offset"] = "0xff4"; },
     "registers.engine_state: offset 0xff4 with 8 words ends after 0x1000"},
    {"RegisterAccess", [](json& c) { named(c["registers"], "phase")["access"] = "sometimes"; },
     "registers.phase: 'access' is 'sometimes'"},
    {"NoLimitsRegister", [](json& c) { named(c["registers"], "limits")["name"] = "bounds"; },
     "registers: there is no register 'limits'"},
    {"ArgumentOverlap", [](json& c) { named(c["arguments"], "weights")["offset"] = "0x014"; },
     "arguments.weights: offset 0x014 overlaps arguments.program"},
    {"ArgumentOverRegister", [](json& c) { named(c["arguments"], "first_sample")["offset"] = "0x100"; },
     "arguments.first_sample: offset 0x100 overlaps registers.identity"},
    {"ArgumentNamedAsRegister", [](json& c) { named(c["arguments"], "first_sample")["name"] = "phase"; },
     "arguments.phase: the name is that of registers.phase"},
    {"ArgumentId", [](json& c) { named(c["arguments"], "trace")["id"] = 6; },
     "arguments.trace: id 6 is not 5, its place in the list"},
    {"ArgumentType", [](json& c) { named(c["arguments"], "trace")["type"] = "uint"; }, "arguments.trace: 'type' is 'uint'"},
    {"ScalarWithAccess", [](json& c) { named(c["arguments"], "trace_bytes")["access"] = "read"; },
     "arguments.trace_bytes: a scalar has no 'access'"},
    {"CodeTwice", [](json& c) { named(named(c["enumerations"], "error")["values"], "event")["value"] = 5; },
     "enumerations.error.values.event: value 5 is that of sample_field"},
    {"CodeNegative", [](json& c) { named(named(c["enumerations"], "error")["values"], "event")["value"] = -1; },
     "enumerations.error.values.event: 'value' is not a number from 0 to 2147483647: -1"},
    {"ConstantNoNumber", [](json& c) { named(c["constants"], "alignment")["value"] = "64 bytes"; },
     "constants.alignment: 'value' is not a number from 0 to 2147483647: \"64 bytes\""},
    {"ConstantTooLarge", [](json& c) { named(c["constants"], "alignment")["value"] = "0x80000000"; },
     "constants.alignment: 'value' is not a number from 0 to 2147483647: \"0x80000000\""},
    {"ConstantEmptyHexadecimal", [](json& c) { named(c["constants"], "alignment")["value"] = "0x"; },
     "constants.alignment: 'value' is not a number from 0 to 2147483647: \"0x\""},
    {"ConstantTwice", [](json& c) { named(c["constants"], "max_layers")["name"] = "alignment"; },
     "constants.alignment: the name is there twice"},
    {"LimitParameter", [](json& c) { named(c["limits"], "max_rows")["parameter"] = "Rows"; },
     "limits.max_rows: 'parameter' is 'Rows', not 'MaxRows'"},
    {"LimitZero", [](json& c) { named(c["limits"], "max_rows")["default"] = 0; },
     "limits.max_rows: 'default' 0 is not from 2 to 65528"},
    {"LimitNoPowerOfTwo", [](json& c) { named(c["limits"], "weight_width")["default"] = 12; },
     "limits.weight_width: 'default', 'minimum' or 'maximum' is not a power of two"},
    {"LimitBounds", [](json& c) { named(c["limits"], "max_rows")["minimum"] = 70000; },
     "limits.max_rows: 'minimum' 70000 is greater than 'maximum' 65528"},
    {"LimitBoundUnknown", [](json& c) { named(c["limits"], "engines")["maximum"] = "most_layers"; },
     "limits.engines: 'maximum' is 'most_layers', which is no number, constant or limit"},
    {"FieldBounds", [](json& c) { field(c, "layer", "leak")["minimum"] = 70000; },
     "structures.layer.fields.leak: 'minimum' 70000 is greater than 'maximum' 65536"},
    {"FieldHalfBounds", [](json& c) { field(c, "layer", "leak").erase("minimum"); },
     "structures.layer.fields.leak: has one of 'minimum' and 'maximum'"},
    {"FieldBoundOfType", [](json& c) { field(c, "serial_job", "last_step")["maximum"] = 256; },
     "structures.serial_job.fields.last_step: 0 to 256 do not fit its type"},
    {"FieldBoundNoMultiple", [](json& c) { field(c, "program_header", "sample_stride")["minimum"] = 65; },
     "structures.program_header.fields.sample_stride: 'minimum' or 'maximum' is not a multiple of 64"},
    {"FieldEnumeration", [](json& c) { field(c, "layer", "factor")["enumeration"] = "factors"; },
     "structures.layer.fields.factor: there is no enumeration 'factors'"},
    {"FieldEnumerationWithGaps", [](json& c) { field(c, "layer", "factor")["enumeration"] = "purpose"; },
     "structures.layer.fields.factor: enumeration 'purpose' has gaps"},
    {"FieldKind", [](json& c) { field(c, "layer_counters", "spikes")["kind"] = "exactly"; },
     "structures.layer_counters.fields.spikes: 'kind' is 'exactly'"},
    {"FieldCounterByHost", [](json& c) { field(c, "layer", "leak")["kind"] = "exact"; },
     "structures.layer.fields.leak: the host writes it, so it is not 'exact'"},
    {"FieldLegalByKernel", [](json& c) { field(c, "layer_counters", "spikes")["legal"] = "many"; },
     "structures.layer_counters.fields.spikes: the kernel writes it, so it has no 'legal'"},
    {"StructureWriter", [](json& c) { named(c["structures"], "layer")["writer"] = "card"; },
     "structures.layer: 'writer' is 'card'"},
    {"BitsOverlap", [](json& c) { field(c, "program_header", "flags")["bits"][1]["bit"] = 0; },
     "structures.program_header.fields.flags.bits.trace: bit 0 is not above the bits before, which end at 1"},
    {"BitsOutside", [](json& c) { field(c, "program_header", "flags")["bits"][1]["bit"] = 32; },
     "structures.program_header.fields.flags.bits.trace: bits end at 33, the word at 32"},
    {"BitsOfNoWidth", [](json& c) { named(c["registers"], "engine_state")["bits"][0]["width"] = 0; },
     "registers.engine_state.bits.state: 'width' is 0"},
    {"RecordOfNoWidth", [](json& c) { named(c["records"], "entry")["fields"][0]["width"] = 0; },
     "records.entry.fields.input: 'width' is 0"},
    {"AnswerUnknown", [](json& c) { named(named(c["enumerations"], "error")["values"], "gate")["detail"] = "door"; },
     "enumerations.error.values.gate: 'detail' is 'door', which is no value of enumeration 'detail'"},
    {"AnswerMissing", [](json& c) { named(named(c["enumerations"], "error")["values"], "gate").erase("detail"); },
     "enumerations.error.values.gate: 'detail' is missing"},
    {"AnswerNoFlag", [](json& c) { named(named(c["enumerations"], "factor")["values"], "level")["learns"] = 1; },
     "enumerations.factor.values.level: 'learns' is not true or false: 1"},
    {"AnswerNoRule", [](json& c) { named(named(c["enumerations"], "factor")["values"], "feedback")["needs"] = "alignment"; },
     "enumerations.factor.values.feedback: 'needs' is 'alignment', which is no constant rules_..."},
    {"AnswerToNoQuestion", [](json& c) { named(named(c["enumerations"], "factor")["values"], "level")["level"] = true; },
     "enumerations.factor.values.level: unknown key 'level'"},
    {"GeneratedNameTwice", [](json& c) { named(c["constants"], "permute_rounds")["name"] = "default_lanes"; },
     "limits.lanes: generated name DefaultLanes is also that of constants.default_lanes"},
    {"NameNotSnakeCase", [](json& c) { named(c["registers"], "phase")["name"] = "Phase"; },
     "registers[10]: name 'Phase' is not snake_case"},
    {"DocMissing", [](json& c) { named(c["registers"], "phase").erase("doc"); }, "registers.phase: 'doc' is missing"},
    {"DocBreaksTable", [](json& c) { named(c["registers"], "phase")["doc"] = "a | b"; },
     "registers.phase: 'doc' has a bar, a quotation mark, a backslash or a line end: \"a | b\""},
    {"KeyUnknown", [](json& c) { named(c["registers"], "phase")["ofset"] = 1; }, "registers.phase: unknown key 'ofset'"},
    {"ListMissing", [](json& c) { c.erase("limits"); }, "limits: is not a list with elements"},
    {"KernelTop", [](json& c) { c["kernel"].erase("top"); }, "kernel: 'top' is missing"},
    {"KernelProtocol", [](json& c) { c["kernel"]["control_protocol"] = "none"; }, "kernel: 'control_protocol' is 'none'"},
};

INSTANTIATE_TEST_SUITE_P(Contract, PlantedError, testing::ValuesIn(kPlants), [](const auto& info) { return info.param.name; });

TEST(Contract, AsItIsIsAccepted) { EXPECT_NO_THROW(static_cast<void>(generator::parse(contract_json()))); }

TEST(Contract, FileThatIsNotThereIsNamed) {
  EXPECT_THAT([] { static_cast<void>(generator::load("/nowhere/contract.json")); },
              testing::ThrowsMessage<generator::ContractError>("/nowhere/contract.json: cannot be read"));
}

TEST(Contract, KeyThatIsThereTwiceIsRefused) {
  const auto file = std::filesystem::path(testing::TempDir()) / "contract_with_a_key_twice.json";
  std::ofstream(file) << R"({"contract_version": 2, "limits": [{"name": "lanes", "name": "lanes"}]})";
  EXPECT_THAT([&] { static_cast<void>(generator::load(file)); },
              testing::ThrowsMessage<generator::ContractError>(file.string() + ": key 'name' is there twice in an object"));
}

}  // namespace

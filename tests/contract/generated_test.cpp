// SPDX-License-Identifier: Apache-2.0
/// Headers, package, kernel.xml and documentation state what contract.json states.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <optional>
#include <regex>
#include <string>

#include "files.hpp"
#include "generator/emit.hpp"
#include "phasic/contract.hpp"

namespace {

using nlohmann::json;
using phasic::contract_generator::upper_camel;
using phasic::test::contract_json;
using phasic::test::read_text;
namespace contract = phasic::contract;
namespace generator = phasic::contract_generator;

std::uint32_t number(const json& value) {
  return value.is_string() ? static_cast<std::uint32_t>(std::stoul(value.get<std::string>(), nullptr, 0))
                           : value.get<std::uint32_t>();
}

using Values = std::map<std::string, std::int64_t>;

/// Constants read from a text: name, hexadecimal digits, decimal digits.
Values values_in(const std::string& text, const std::regex& pattern) {
  Values values;
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
    const bool hexadecimal = (*match)[2].matched;
    values[match->str(1)] = std::stoll((*match)[hexadecimal ? 2 : 3], nullptr, hexadecimal ? 16 : 10);
  }
  return values;
}

Values package_values() {
  return values_in(read_text(PHASIC_GENERATED "/phasic_pkg.sv"),
                   std::regex(R"(localparam int (\w+) = (?:32'h([0-9a-f]+)|(-?\d+));)"));
}

/// Lowest bits, and widths above 1.
void expect_bits(Values& values, const std::string& prefix, const json& all) {
  for (const auto& bits : all) {
    const auto name = prefix + upper_camel(std::string(bits["name"]));
    values[name + "Bit"] = number(bits["bit"]);
    if (bits.contains("width") && bits["width"] != 1) values[name + "Width"] = number(bits["width"]);
  }
}

/// Sets of the values that answer yes, or that need a part of the rules.
void expect_sets(Values& values, const json& enumeration) {
  if (!enumeration.contains("attributes")) return;
  for (const auto& attribute : enumeration["attributes"]) {
    const auto name = upper_camel(std::string(enumeration["name"])) + upper_camel(std::string(attribute["name"]));
    if (attribute.contains("enumeration")) continue;
    if (!attribute.contains("rules")) values[name] = 0;
    for (const auto& value : enumeration["values"]) {
      const auto answer = value.find(std::string(attribute["name"]));
      if (answer == value.end() || *answer == false) continue;
      const auto part = answer->is_boolean() ? "" : upper_camel(answer->get<std::string>().substr(6));
      values[name + part] |= std::int64_t{1} << number(value["value"]);
    }
  }
}

/// Bounds that are numbers.
void expect_range(Values& values, const json& source, const std::string& name, const json& field) {
  const auto value_of = [&](const json& bound) -> std::optional<std::int64_t> {
    if (bound.is_number()) return bound.get<std::int64_t>();
    for (const auto& constant : source["constants"])
      if (constant["name"] == bound) return number(constant["value"]);
    return std::nullopt;
  };
  std::optional<std::int64_t> low, high;
  if (field.contains("minimum")) {
    low = value_of(field["minimum"]);
    high = value_of(field["maximum"]);
  } else if (field.contains("enumeration")) {
    low = high = 0;
    for (const auto& enumeration : source["enumerations"]) {
      if (enumeration["name"] == field["enumeration"]) high = static_cast<std::int64_t>(enumeration["values"].size()) - 1;
    }
  } else if (field.contains("bits")) {
    low = high = 0;
    for (const auto& bits : field["bits"]) *high |= ((std::int64_t{1} << bits.value("width", 1)) - 1) << bits["bit"].get<int>();
  }
  if (!low || !high) return;
  values[name + "Minimum"] = *low;
  values[name + "Maximum"] = *high;
}

/// What the package should hold, straight from contract.json.
Values expected_values() {
  const auto source = contract_json();
  Values values{{"ContractVersion", number(source["contract_version"])}, {"ControlRange", 0x1000}};
  for (const auto& entry : source["constants"]) values[upper_camel(std::string(entry["name"]))] = number(entry["value"]);
  for (const auto& entry : source["registers"]) {
    const auto name = "Reg" + upper_camel(std::string(entry["name"]));
    values[name] = number(entry["offset"]);
    if (entry.contains("bits")) expect_bits(values, name, entry["bits"]);
  }
  std::int64_t offset = values.at("RegLimits");
  for (const auto& entry : source["limits"]) {
    values["Default" + std::string(entry["parameter"])] = number(entry["default"]);
    values["RegLimit" + std::string(entry["parameter"])] = offset;
    expect_range(values, source, "Limit" + std::string(entry["parameter"]), entry);
    offset += 4;
  }
  for (const auto& entry : source["arguments"]) {
    values["Reg" + upper_camel(std::string(entry["name"]))] = number(entry["offset"]);
    values["Argument" + upper_camel(std::string(entry["name"]))] = number(entry["id"]);
  }
  for (const auto& enumeration : source["enumerations"]) {
    for (const auto& value : enumeration["values"]) {
      values[upper_camel(std::string(enumeration["name"])) + upper_camel(std::string(value["name"]))] = number(value["value"]);
    }
    expect_sets(values, enumeration);
  }
  for (const auto& structure : source["structures"]) {
    const auto name = upper_camel(std::string(structure["name"]));
    values[name + "Bytes"] = number(structure["bytes"]);
    for (const auto& field : structure["fields"]) {
      const auto field_name = name + upper_camel(std::string(field["name"]));
      values[field_name] = number(field["offset"]);
      if (field.contains("bits")) expect_bits(values, field_name, field["bits"]);
      if (structure["writer"] == "host") expect_range(values, source, field_name, field);
    }
  }
  for (const auto& record : source["records"]) {
    const auto name = upper_camel(std::string(record["name"]));
    std::int64_t bit = 0;
    for (const auto& field : record["fields"]) {
      const auto field_name = name + upper_camel(std::string(field["name"]));
      values[field_name + "Bit"] = bit;
      if (field["width"] != 1) values[field_name + "Width"] = number(field["width"]);
      bit += number(field["width"]);
    }
    values[name + "Width"] = bit;
  }
  return values;
}

TEST(Package, HoldsEveryValueOfTheContractAndNothingElse) { EXPECT_EQ(package_values(), expected_values()); }

TEST(Words, HoldTheSameValuesAsThePackage) {
  EXPECT_EQ(values_in(read_text(PHASIC_GENERATED "/phasic/contract_words.hpp"),
                      std::regex(R"(constexpr (?:Word|std::int32_t) k(\w+) = (?:0x([0-9a-f]+)|(-?\d+));)")),
            expected_values());
}

TEST(Package, EqualsTheHeader) {
  const auto values = package_values();
  EXPECT_EQ(values.at("ProgramMagic"), contract::kProgramMagic);
  EXPECT_EQ(values.at("Alignment"), contract::kAlignment);
  EXPECT_EQ(values.at("CounterWidth"), contract::kCounterWidth);
  for (const auto& limit : contract::kLimits) {
    EXPECT_EQ(values.at("Default" + std::string(limit.parameter)), limit.default_value) << limit.name;
    EXPECT_EQ(values.at("RegLimit" + std::string(limit.parameter)), limit.offset) << limit.name;
  }
  for (const auto& entry : contract::kRegisters)
    EXPECT_EQ(values.at("Reg" + upper_camel(entry.name)), entry.offset) << entry.name;
  for (std::uint32_t id = 0; id < contract::kArguments.size(); ++id) {
    const auto& argument = contract::kArguments[id];
    EXPECT_EQ(values.at("Reg" + upper_camel(argument.name)), argument.offset) << argument.name;
    EXPECT_EQ(values.at("Argument" + upper_camel(argument.name)), id) << argument.name;
  }
  const auto same_codes = [&](const std::string& type, const auto& all) {
    for (const auto value : all) {
      EXPECT_EQ(values.at(type + upper_camel(name(value))), static_cast<std::uint32_t>(value)) << type << ' ' << name(value);
    }
  };
  same_codes("Error", contract::kAllError);
  same_codes("Phase", contract::kAllPhase);
  same_codes("SampleKind", contract::kAllSampleKind);
  same_codes("Factor", contract::kAllFactor);
  same_codes("Span", contract::kAllSpan);
  same_codes("Rounding", contract::kAllRounding);
  same_codes("Purpose", contract::kAllPurpose);
  const auto same_fields = [&](const std::string& type, const auto& fields) {
    for (const auto& field : fields)
      EXPECT_EQ(values.at(type + upper_camel(field.name)), field.offset) << type << '.' << field.name;
  };
  same_fields("ProgramHeader", contract::kProgramHeaderFields);
  same_fields("Layer", contract::kLayerFields);
  same_fields("SampleHeader", contract::kSampleHeaderFields);
  same_fields("ResultRecord", contract::kResultRecordFields);
  same_fields("ResultsHeader", contract::kResultsHeaderFields);
  same_fields("LayerCounters", contract::kLayerCountersFields);
}

TEST(Header, LimitsGoToTheirRegistersAndBack) {
  contract::LimitWords words;
  for (std::uint32_t index = 0; index < words.size(); ++index) words[index] = 100 + index;
  const contract::Limits limits = contract::limits_of(words);
  // By hand: the order of the registers.
  EXPECT_EQ(limits.lanes, 100U);
  EXPECT_EQ(limits.engines, 102U);
  EXPECT_EQ(limits.max_rows, 103U);
  EXPECT_EQ(limits.weight_depth, 109U);
  EXPECT_EQ(limits.rules, 111U);
  EXPECT_EQ(contract::words_of(limits), words);
  EXPECT_EQ(contract::words_of({})[3], contract::kDefaultMaxRows);
  EXPECT_EQ(contract::widest_limits().max_rows, 65528U);
  EXPECT_EQ(contract::widest_limits().lanes, contract::kDefaultLanes);
  EXPECT_NE(contract::widest_limits().rules & contract::kRulesConvolution, 0U);
  EXPECT_EQ(contract::widest_limits().rules & contract::kRulesSerial, 0U) << "a serial build takes less, not more";
}

TEST(Header, LimitsKnowTheirBounds) {
  const auto legal = [](std::string_view name, std::uint64_t value) {
    for (const auto& limit : contract::kLimits)
      if (limit.name == name) return contract::is_legal(limit, value);
    return false;
  };
  EXPECT_TRUE(legal("lanes", 1));
  EXPECT_TRUE(legal("lanes", 1024));
  EXPECT_FALSE(legal("lanes", 0));
  EXPECT_TRUE(legal("lanes", 24));
  EXPECT_FALSE(legal("lanes", 1025));
  EXPECT_TRUE(legal("weight_width", 16));
  EXPECT_FALSE(legal("weight_width", 12));
  EXPECT_FALSE(legal("max_rows", 1));
  EXPECT_TRUE(legal("max_rows", 65528));
  EXPECT_FALSE(legal("max_rows", 65529));
  EXPECT_TRUE(legal("max_events", 0));
  EXPECT_FALSE(legal("engines", 9));
}

TEST(Header, EnumerationsAnswerTheirQuestions) {
  // By hand, against section 2 of the specification.
  using contract::Factor;
  EXPECT_FALSE(learns(Factor::kFrozen));
  EXPECT_TRUE(learns(Factor::kCompetition));
  for (const Factor factor : {Factor::kLevel, Factor::kFeedback, Factor::kCompetition}) EXPECT_TRUE(has_levels(factor));
  for (const Factor factor : {Factor::kFrozen, Factor::kError, static_cast<Factor>(17)}) EXPECT_FALSE(has_levels(factor));
  EXPECT_TRUE(by_coincidence(Factor::kError));
  EXPECT_FALSE(by_coincidence(Factor::kCompetition));
  for (const Factor factor : {Factor::kFeatures, Factor::kDiscriminant}) {
    EXPECT_TRUE(learns(factor) && graded_only(factor) && without_bias(factor) && has_memory(factor));
    EXPECT_FALSE(by_coincidence(factor) || competes(factor) || has_levels(factor));
  }
  EXPECT_TRUE(shape_only(Factor::kFeatures) && has_grid(Factor::kFeatures) && moves_filters(Factor::kFeatures));
  EXPECT_TRUE(dense_only(Factor::kDiscriminant) && last_only(Factor::kDiscriminant) && by_class(Factor::kDiscriminant));
  EXPECT_TRUE(changes_memory(Factor::kDiscriminant));
  EXPECT_FALSE(changes_memory(Factor::kFeatures));
  EXPECT_EQ(needs(Factor::kFeatures), contract::kRulesFeatures);
  EXPECT_EQ(needs(Factor::kDiscriminant), contract::kRulesDiscriminant);
  EXPECT_EQ(needs(Factor::kLevel), 0U);
  EXPECT_EQ(needs(Factor::kFeedback), contract::kRulesFeedback);
  EXPECT_EQ(needs(contract::Post::kOne), contract::kRulesPost);
  EXPECT_TRUE(is_graded(contract::SampleKind::kGraded));
  EXPECT_FALSE(by_input(contract::SampleKind::kEvent));
  EXPECT_EQ(detail(contract::Error::kBusWrite), contract::Detail::kArgument);
  EXPECT_EQ(detail(contract::Error::kGate), contract::Detail::kGateEntry);
  EXPECT_EQ(detail(contract::Error::kNone), contract::Detail::kNothing);
  EXPECT_TRUE(of_sample(contract::Error::kEvent));
  EXPECT_FALSE(of_sample(contract::Error::kCapacity));
}

TEST(Header, FieldsTellTheirKindAndTheirBounds) {
  const auto field = [](const auto& fields, std::string_view name) {
    for (const contract::Field& found : fields)
      if (found.name == name) return found;
    return contract::Field{};
  };
  using contract::FieldKind;
  EXPECT_EQ(field(contract::kResultsHeaderFields, "input_events").kind, FieldKind::kExact);
  EXPECT_EQ(field(contract::kResultsHeaderFields, "cycles").kind, FieldKind::kTiming);
  EXPECT_EQ(field(contract::kResultsHeaderFields, "stored_checksum").kind, FieldKind::kBuild);
  EXPECT_EQ(field(contract::kResultsHeaderFields, "magic").kind, FieldKind::kPlain);
  EXPECT_EQ(field(contract::kProgramHeaderFields, "reserved").kind, FieldKind::kReserved);
  const auto threshold = field(contract::kLayerFields, "threshold");
  EXPECT_EQ(threshold.minimum, -32768);
  EXPECT_EQ(threshold.maximum, 32767);
  EXPECT_EQ(contract::kLayerThresholdMinimum, -32768);
  const auto inputs = field(contract::kProgramHeaderFields, "inputs");
  EXPECT_EQ(inputs.maximum, 65528);
  EXPECT_EQ(inputs.maximum_limit, "max_rows");
  EXPECT_EQ(field(contract::kLayerFields, "weights_offset").multiple, 64U);
  EXPECT_EQ(contract::kProgramHeaderFlagsTrace, 2U);
  EXPECT_EQ(contract::kEntryStep, 0xff0000U);
}

TEST(Header, StructuresLieInMemoryAsTheContractSays) {
  // Offsets written out by hand, so that a fault in the generator cannot hide.
  EXPECT_EQ(offsetof(contract::ProgramHeader, inputs), 16U);
  EXPECT_EQ(offsetof(contract::ProgramHeader, reserved), 44U);
  EXPECT_EQ(offsetof(contract::Layer, threshold), 8U);
  EXPECT_EQ(offsetof(contract::Layer, levels_offset), 48U);
  EXPECT_EQ(offsetof(contract::Layer, synaptic_leak), 128U);
  EXPECT_EQ(offsetof(contract::Layer, retrograde_limit), 132U);
  EXPECT_EQ(offsetof(contract::Layer, reserved), 144U);
  EXPECT_EQ(sizeof(contract::Layer), 192U);
  EXPECT_EQ(offsetof(contract::ResultRecord, prediction), 6U);
  EXPECT_EQ(offsetof(contract::ResultsHeader, input_events), 64U);
  EXPECT_EQ(offsetof(contract::ResultsHeader, store_cycles), 152U);
  EXPECT_EQ(offsetof(contract::LayerCounters, other_cycles), 88U);
  EXPECT_EQ(sizeof(contract::ProgramHeader) + contract::kMaxLayers * sizeof(contract::Layer), 1600U);
  EXPECT_EQ(sizeof(contract::ResultsHeader) + contract::kMaxLayers * sizeof(contract::LayerCounters), 1280U);
  static_assert(std::is_same_v<decltype(contract::Layer::threshold), std::int32_t>);
  static_assert(std::is_same_v<decltype(contract::Layer::leak), std::uint32_t>);
  static_assert(std::is_same_v<decltype(contract::ResultRecord::label), std::uint16_t>);
}

TEST(Header, NamesAndDescribesCodes) {
  EXPECT_EQ(name(contract::Error::kBufferSize), "buffer_size");
  EXPECT_EQ(describe(contract::Error::kNone), "The run ended as asked");
  EXPECT_EQ(name(contract::Span::kAllSteps), "all_steps");
  EXPECT_EQ(name(static_cast<contract::Error>(99)), "unknown");
  EXPECT_EQ(describe(static_cast<contract::Phase>(99)), "unknown");
}

TEST(Header, RegistersAreWhereTheContractPutsThem) {
  EXPECT_EQ(contract::reg::kControl, 0U);
  EXPECT_EQ(contract::reg::kProgram, 0x10U);
  EXPECT_EQ(contract::reg::kTrace, 0x4cU);
  EXPECT_EQ(contract::reg::kFirstSample, 0x90U);
  EXPECT_EQ(contract::reg::kLimitLanes, 0x108U);
  EXPECT_EQ(contract::reg::kLimitDataWidth, 0x130U);
  EXPECT_EQ(contract::reg::kError, 0x140U);
  EXPECT_EQ(contract::reg::kEngineState, 0x160U);
  EXPECT_EQ(contract::argument::kTraceBytes, 11U);
}

TEST(KernelXml, NamesPortsAndEveryArgument) {
  const auto text = read_text(PHASIC_GENERATED "/kernel.xml");
  EXPECT_THAT(text, testing::HasSubstr("<kernel name=\"phasic\""));
  EXPECT_THAT(text, testing::HasSubstr("hwControlProtocol=\"ap_ctrl_hs\""));
  EXPECT_THAT(text, testing::HasSubstr("<port name=\"s_axi_control\" mode=\"slave\" range=\"0x1000\" dataWidth=\"32\""));
  EXPECT_THAT(text,
              testing::HasSubstr("<port name=\"m_axi_gmem\" mode=\"master\" range=\"0xFFFFFFFFFFFFFFFF\" dataWidth=\"512\""));
  const std::regex pattern(
      R"re(<arg name="(\w+)" addressQualifier="(\d)" id="(\d+)" port="(\w+)" size="(\w+)" offset="(\w+)" type="([\w*]+)")re");
  std::size_t id = 0;
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match, ++id) {
    ASSERT_LT(id, contract::kArguments.size());
    const auto& argument = contract::kArguments[id];
    EXPECT_EQ(match->str(1), argument.name);
    EXPECT_EQ(match->str(2), argument.global ? "1" : "0");
    EXPECT_EQ(match->str(3), std::to_string(id));
    EXPECT_EQ(match->str(4), argument.global ? "m_axi_gmem" : "s_axi_control");
    EXPECT_EQ(match->str(5), argument.global ? "0x8" : "0x4");
    EXPECT_EQ(std::stoul(match->str(6), nullptr, 16), argument.offset);
    EXPECT_EQ(match->str(7), argument.global ? "void*" : "uint");
  }
  EXPECT_EQ(id, contract::kArguments.size());
}

TEST(Documentation, HoldsTheTablesThatTheContractMakes) {
  const auto page = read_text(PHASIC_SPECIFICATION);
  EXPECT_EQ(page, generator::with_tables(page, generator::load(PHASIC_CONTRACT_JSON)))
      << "build the target docs_tables to write the tables anew";
}

TEST(Documentation, RefusesMarksThatDoNotFit) {
  const auto loaded = generator::load(PHASIC_CONTRACT_JSON);
  const auto message = [&](const std::string& page) -> std::string {
    try {
      static_cast<void>(generator::with_tables(page, loaded));
    } catch (const generator::ContractError& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_EQ(message("<!-- table nothing -->\n<!-- end -->\n"), "the contract has no table 'nothing'");
  EXPECT_EQ(message("<!-- table limits -->\n"), "the mark 'table limits' has no end");
  EXPECT_EQ(message("<!-- table limits -->\n<!-- table registers -->\n<!-- end -->\n"), "the mark 'table limits' has no end");
  EXPECT_THAT(message("nothing\n"), testing::HasSubstr("no mark asks for the table"));
}

}  // namespace

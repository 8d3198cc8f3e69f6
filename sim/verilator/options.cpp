// SPDX-License-Identifier: Apache-2.0
#include "sim/verilator/options.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "driver/engine/options.hpp"

namespace phasic::engine {
namespace {

using Json = nlohmann::json;

[[noreturn]] void refuse(const std::string& key, const Json& value, const char* expected) {
  throw std::runtime_error(fmt::format("RTL engine options: {} is {}, expected {}", key, value.dump(), expected));
}

std::uint64_t unsigned_number(const std::string& key, const Json& value) {
  if (!value.is_number_unsigned()) refuse(key, value, "an unsigned integer");
  return value.get<std::uint64_t>();
}

Flip flip_of(const Json& object) {
  Flip flip;
  if (!object.is_object()) refuse("flips", object, "objects with cycle, layer, memory, word and bit");
  for (const auto& [key, value] : object.items()) {
    const auto name = "flips." + key;
    if (key == "memory") {
      if (value != "synapses" && value != "levels" && value != "scatter")
        refuse(name, value, "\"synapses\", \"levels\" or \"scatter\"");
      flip.memory = value.get<std::string>();
    } else if (key == "cycle") {
      flip.cycle = unsigned_number(name, value);
    } else if (key == "layer" || key == "word" || key == "bit") {
      const auto number = unsigned_number(name, value);
      if (number > 0x7fff'ffff) refuse(name, value, "less than 2^31");
      (key == "layer" ? flip.layer : key == "word" ? flip.word : flip.bit) = static_cast<std::uint32_t>(number);
    } else {
      throw std::runtime_error(
          fmt::format("RTL engine options: unknown key '{}'; known: cycle, layer, memory, word, bit", name));
    }
  }
  return flip;
}

}  // namespace

EngineOptions parse_engine_options(const std::string& json) {
  EngineOptions options;
  const Json root = parse_options("RTL engine options", json);
  for (const auto& [key, value] : root.items()) {
    if (key == "timing") {
      if (value == "ideal")
        options.timing.ideal = true;
      else if (value != "random")
        refuse(key, value, "\"random\" or \"ideal\"");
    } else if (key == "seed") {
      options.timing.seed = unsigned_number(key, value);
    } else if (key == "flips") {
      if (!value.is_array()) refuse(key, value, "a list");
      for (const auto& flip : value) options.flips.push_back(flip_of(flip));
    } else if (key == "wave") {
      if (!value.is_string()) refuse(key, value, "the name of an FST file");
      options.wave = value.get<std::string>();
    } else if (key == "wave_from_cycle") {
      options.wave_cycles.from = unsigned_number(key, value);
    } else if (key == "wave_to_cycle") {
      options.wave_cycles.to = unsigned_number(key, value);
    } else if (key == "wave_from_sample") {
      options.wave_samples.from = unsigned_number(key, value);
      options.by_sample = true;
    } else if (key == "wave_to_sample") {
      options.wave_samples.to = unsigned_number(key, value);
      options.by_sample = true;
    } else {
      throw std::runtime_error(
          fmt::format("RTL engine options: unknown key '{}'; known: timing, seed, flips, wave, wave_from_cycle, wave_to_cycle, "
                      "wave_from_sample, "
                      "wave_to_sample",
                      key));
    }
  }
  return options;
}

}  // namespace phasic::engine

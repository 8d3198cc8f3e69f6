// SPDX-License-Identifier: Apache-2.0
#include "sim/verilator/flips.hpp"

#include <fmt/format.h>
#include <verilated_sym_props.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace phasic::engine {
namespace {

/// Where the words of a memory are in the kernel.
std::string place_of(const Flip& flip) {
  if (flip.memory == "scatter") return "u_core.gen_scatter.u_scatter.u_memory.gen_protect.u_ram.gen_huge";
  const auto engine = fmt::format("u_core.gen_engine__BRA__{}__KET__.u_engine", flip.layer);
  if (flip.memory == "levels") return engine + ".u_lanes.u_factors.u_levels.gen_protect.u_ram.gen_block";
  return engine + ".u_synapses.gen_group__BRA__0__KET__.u_weights.gen_protect.u_ram.gen_huge";
}

}  // namespace

Flips::Flips(VerilatedContext& context, const std::string& model, std::vector<Flip> flips)
    : context_(context), model_(model), flips_(std::move(flips)) {
  std::stable_sort(flips_.begin(), flips_.end(), [](const Flip& a, const Flip& b) { return a.cycle < b.cycle; });
}

void Flips::flip(const Flip& which) {
  const auto place = model_ + ".phasic_kernel." + place_of(which);
  const auto* const scope = context_.scopeFind(place.c_str());
  const VerilatedVar* const words = scope == nullptr ? nullptr : scope->varFind("words_q");
  if (words == nullptr) throw std::runtime_error(fmt::format("flips: layer {} has no memory '{}'", which.layer, which.memory));
  if (which.word >= static_cast<std::uint32_t>(words->unpacked().elements()))
    throw std::runtime_error(fmt::format("flips: {} has no word {}", which.memory, which.word));
  if (which.bit >= static_cast<std::uint32_t>(words->packed().elements()))
    throw std::runtime_error(fmt::format("flips: a word of {} has no bit {}", which.memory, which.bit));
  auto* const word = static_cast<std::uint8_t*>(words->datap()) + std::size_t{words->entSize()} * which.word;
  word[which.bit / 8] ^= static_cast<std::uint8_t>(1U << (which.bit % 8));  // little endian
}

}  // namespace phasic::engine

// SPDX-License-Identifier: Apache-2.0
/// The reference, but from the learning run {"spoiled_from": n} on (1 for the first) the lowest bit of the first weight that it
/// writes is another one. The other options are those of the reference.
#include <nlohmann/json.hpp>
#include <vector>

#include "phasic/contract.hpp"
#include "sim/reference/engine.hpp"

namespace {

using phasic::engine::Engine;
using phasic::engine::Memory;
namespace reg = phasic::contract::reg;

class SpoiledEngine : public Engine, private Memory {
 public:
  SpoiledEngine(Memory& memory, nlohmann::json options) : memory_(memory) {
    spoiled_from_ = options.at("spoiled_from");
    options.erase("spoiled_from");
    inner_ = phasic::reference::make_reference_engine(*this, options.dump());
  }

  std::uint32_t read_register(std::uint32_t offset) override { return inner_->read_register(offset); }
  void write_register(std::uint32_t offset, std::uint32_t value) override {
    if (offset == reg::kWeights) weights_ = (weights_ >> 32 << 32) | value;
    if (offset == reg::kWeights + 4) weights_ = (std::uint64_t{value} << 32) | (weights_ & 0xffffffffU);
    inner_->write_register(offset, value);
  }
  bool advance(std::uint64_t cycles) override { return inner_->advance(cycles); }
  [[nodiscard]] std::string describe() const override { return "spoiled reference"; }

 private:
  bool read(std::uint64_t address, std::span<std::byte> to) override { return memory_.read(address, to); }
  bool write(std::uint64_t address, std::span<const std::byte> from) override {
    std::vector<std::byte> bytes(from.begin(), from.end());
    if (address == weights_ && ++written_ >= spoiled_from_) bytes[0] ^= std::byte{1};
    return memory_.write(address, bytes);
  }

  Memory& memory_;
  std::unique_ptr<Engine> inner_;
  std::uint64_t weights_ = 0, written_ = 0, spoiled_from_ = 0;
};

}  // namespace

extern "C" Engine* phasic_create_engine(Memory* memory, const char* options) {
  return new SpoiledEngine(*memory, nlohmann::json::parse(options));
}

// SPDX-License-Identifier: Apache-2.0
#include "driver/engine/register_file.hpp"

namespace phasic::engine {
namespace {

namespace reg = contract::reg;

constexpr std::uint32_t kDone = reg::kControlDone | reg::kControlReady;  // done stands beside ready
constexpr std::uint32_t kInterrupts = reg::kInterruptEnableDone | reg::kInterruptEnableReady;

}  // namespace

std::uint32_t RegisterFile::read(std::uint32_t offset, const RegisterStatus& status) {
  switch (offset) {
    case reg::kControl: {
      const std::uint32_t value = (running_ ? reg::kControlStart : reg::kControlIdle) | (done_ ? kDone : 0U);
      done_ = false;
      return value;
    }
    case reg::kGlobalInterruptEnable:
      return global_interrupt_enable_;
    case reg::kInterruptEnable:
      return interrupt_enable_;
    case reg::kInterruptStatus:
      return interrupt_status_;
    case reg::kIdentity:
      return contract::kIdentity;
    case reg::kContractVersion:
      return contract::kContractVersion;
    case reg::kError:
      return status.error;
    case reg::kErrorDetail:
      return status.error_detail;
    case reg::kErrorSample:
      return status.error_sample;
    case reg::kPhase:
      return static_cast<std::uint32_t>(status.phase);
    case reg::kSamplesFetched:
      return status.samples_fetched;
    case reg::kSamplesDone:
      return status.samples_done;
    case reg::kCyclesLow:
      return static_cast<std::uint32_t>(status.cycles);
    case reg::kCyclesHigh:
      return static_cast<std::uint32_t>(status.cycles >> 32);
    default:
      break;
  }
  if (offset % 4 != 0) return 0;
  if (offset >= reg::kLimits && offset < reg::kLimits + 4 * limits_.size()) return limits_[(offset - reg::kLimits) / 4];
  const std::uint32_t* word = argument_word(offset);
  return word == nullptr ? 0 : *word;
}

bool RegisterFile::write(std::uint32_t offset, std::uint32_t value) {
  switch (offset) {
    case reg::kControl:
      if ((value & reg::kControlStart) == 0 || running_) return false;
      running_ = true;
      done_ = false;
      return true;
    case reg::kGlobalInterruptEnable:
      global_interrupt_enable_ = value & reg::kGlobalInterruptEnableEnable;
      return false;
    case reg::kInterruptEnable:
      interrupt_enable_ = value & kInterrupts;
      return false;
    case reg::kInterruptStatus:
      interrupt_status_ ^= value & kInterrupts;
      return false;
    default:
      break;
  }
  if (std::uint32_t* word = argument_word(offset)) *word = value;
  return false;
}

void RegisterFile::finish() {
  running_ = false;
  done_ = true;
  interrupt_status_ |= interrupt_enable_;
}

Arguments RegisterFile::arguments() const {
  Arguments arguments;
  for (std::size_t id = 0; id < arguments.address.size(); ++id) {
    arguments.address[id] = std::uint64_t{words_[id][1]} << 32 | words_[id][0];
    arguments.bytes[id] = words_[id + arguments.address.size()][0];
  }
  arguments.sample_count = words_[contract::argument::kSampleCount][0];
  arguments.first_sample = words_[contract::argument::kFirstSample][0];
  return arguments;
}

std::uint32_t* RegisterFile::argument_word(std::uint32_t offset) {
  for (std::size_t id = 0; id < contract::kArguments.size(); ++id) {
    const contract::Argument& argument = contract::kArguments[id];
    if (offset == argument.offset) return &words_[id][0];
    if (argument.global && offset == argument.offset + 4) return &words_[id][1];
  }
  return nullptr;
}

}  // namespace phasic::engine

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "driver/device.hpp"
#include "phasic/contract.hpp"

namespace phasic::driver {
namespace {

using contract::Error;

std::string text(Error error, std::uint32_t detail, std::uint32_t sample = 0) {
  RunResponse response;
  response.error = static_cast<std::uint32_t>(error);
  response.error_detail = detail;
  response.error_sample = sample;
  return response.error_text();
}

void expect_in(const std::string& text, std::initializer_list<const char*> parts) {
  for (const char* part : parts) EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
}

TEST(ErrorText, IsEmptyWithoutAnError) { EXPECT_EQ(text(Error::kNone, 5), ""); }

TEST(ErrorText, NamesTheBuffer) {
  expect_in(text(Error::kAlignment, contract::argument::kTrace), {"alignment", "buffer 'trace'"});
  expect_in(text(Error::kBufferSize, contract::argument::kResults), {"buffer_size", "buffer 'results'"});
  expect_in(text(Error::kBusRead, contract::argument::kWeights), {"bus_read", "buffer 'weights'"});
  expect_in(text(Error::kBusWrite, contract::argument::kWeights), {"bus_write", "buffer 'weights'"});
}

TEST(ErrorText, NamesTheFieldOfTheProgram) {
  expect_in(text(Error::kProgramField, offsetof(contract::ProgramHeader, steps)), {"program_field", "header, field 'steps'"});
  expect_in(text(Error::kProgramField, offsetof(contract::ProgramHeader, reserved) + 8), {"field 'reserved' element 2"});
}

TEST(ErrorText, NamesTheLayerAndItsField) {
  const auto offset = contract::kProgramHeaderBytes + 2 * contract::kLayerBytes + offsetof(contract::Layer, threshold);
  expect_in(text(Error::kProgramField, offset), {"layer 2, field 'threshold'", "-32768 to 32767"});
  expect_in(text(Error::kCapacity, 3), {"capacity", "layer 3"});
}

TEST(ErrorText, ListsTheNamesOfAnEnumeration) {
  expect_in(text(Error::kProgramField, offsetof(contract::ProgramHeader, sample_kind)),
            {"field 'sample_kind'", "(legal: 0 intensity, 1 event, 2 graded)"});
  const auto told = text(Error::kProgramField, contract::kProgramHeaderBytes + offsetof(contract::Layer, factor));
  expect_in(told, {"layer 0, field 'factor' (legal: 0 frozen, 1 level"});
  for (const auto factor : contract::kAllFactor)
    expect_in(told, {fmt::format("{} {}", static_cast<unsigned>(factor), contract::name(factor)).c_str()});
}

TEST(ErrorText, NamesTheSample) {
  expect_in(text(Error::kSampleField, offsetof(contract::SampleHeader, label), 42), {"sample 42", "field 'label'"});
  expect_in(text(Error::kSampleField, offsetof(contract::SampleHeader, open), 42), {"sample 42", "field 'open'"});
  expect_in(text(Error::kEvent, 17, 4), {"sample 4, event 17"});
  expect_in(text(Error::kGate, 17, 4), {"gate", "sample 4, neuron 17 of its gate"});
}

TEST(ErrorText, SurvivesCodesAndPlacesThatTheContractDoesNotKnow) {
  expect_in(text(static_cast<Error>(99), 5, 6), {"99", "detail 5", "sample 6"});
  expect_in(text(Error::kProgramField, 4096), {"byte 4096"});
  expect_in(text(Error::kBusRead, 77), {"argument 77"});
  expect_in(text(Error::kSampleField, 1000), {"byte 1000"});
}

}  // namespace
}  // namespace phasic::driver

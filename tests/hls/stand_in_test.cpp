// SPDX-License-Identifier: Apache-2.0
#include <ap_int.h>
#include <gtest/gtest.h>
#include <hls_stream.h>

#include <stdexcept>
#include <string>

namespace {

TEST(ApInt, ValuesWrapAtTheirWidthAndKeepTheirSign) {
  EXPECT_EQ(ap_int<8>(200).to_int(), -56);
  EXPECT_EQ(ap_int<8>(-129).to_int(), 127);
  EXPECT_EQ(ap_uint<8>(-1).to_uint(), 255U);
  EXPECT_EQ(ap_uint<1>(2).to_uint(), 0U);
  EXPECT_EQ(ap_int<64>(-5).to_int64(), -5);
  EXPECT_EQ(ap_uint<64>(~0ULL).to_uint64(), ~0ULL);
  EXPECT_EQ(ap_uint<33>(1ULL << 33 | 7).to_uint64(), 7U);
}

TEST(ApInt, SignedSourcesAreExtendedAndUnsignedOnesAreNot) {
  EXPECT_EQ(ap_int<16>(ap_int<8>(-3)).to_int(), -3);
  EXPECT_EQ(ap_int<16>(ap_uint<8>(253)).to_int(), 253);
  EXPECT_EQ(ap_uint<16>(ap_int<8>(-3)).to_uint(), 0xfffdU);
  const ap_uint<512> wide = ap_int<8>(-1);
  for (int bit = 0; bit < 512; ++bit) EXPECT_TRUE(wide[bit]) << bit;
  const ap_uint<512> from_native = -1;
  EXPECT_TRUE(from_native == wide);
  EXPECT_TRUE(ap_uint<512>(0xffffffffU) < wide);
}

TEST(ApInt, RangesOfAWideValueAreReadAndWrittenAcrossWordBoundaries) {
  ap_uint<512> value = 0;
  for (int at = 0; at < 16; ++at) value.range(32 * at + 31, 32 * at) = ap_uint<32>(0x1000U + at);
  for (int at = 0; at < 16; ++at) {
    const ap_uint<32> part = value.range(32 * at + 31, 32 * at);
    EXPECT_EQ(part.to_uint(), 0x1000U + at) << at;
  }
  value = 0;
  value.range(70, 60) = ap_uint<11>(0x555);
  const ap_uint<512>& constant = value;
  const ap_uint<11> across = constant.range(70, 60);
  EXPECT_EQ(across.to_uint(), 0x555U);
  EXPECT_FALSE(value[59]);
  EXPECT_FALSE(value[71]);
  value.range(511, 504) = ap_uint<8>(0x80);
  const ap_int<8> top = value.range(511, 504);
  EXPECT_EQ(top.to_int(), -128);
}

TEST(ApInt, ASourceWiderThanARangeIsCut) {
  ap_uint<16> value = 0;
  value.range(7, 4) = ap_uint<8>(0xfa);
  EXPECT_EQ(value.to_uint(), 0xa0U);
  value.range(3, 0) = 0x1f;
  EXPECT_EQ(value.to_uint(), 0xafU);
}

TEST(ApInt, BitsAreReadAndWritten) {
  ap_uint<130> value = 0;
  value[129] = true;
  EXPECT_TRUE(value[129]);
  EXPECT_FALSE(value[128]);
  value[129] = false;
  EXPECT_TRUE(value == ap_uint<130>(0));
}

TEST(ApInt, ComparisonsAreOfValues) {
  EXPECT_TRUE(ap_int<8>(-1) < ap_uint<8>(0));
  EXPECT_TRUE(ap_int<8>(-1) != ap_uint<8>(255));
  EXPECT_TRUE(ap_int<4>(-2) == ap_int<300>(-2));
  EXPECT_TRUE((ap_uint<200>(1) << 150) > ap_uint<64>(~0ULL));
  EXPECT_TRUE(ap_int<12>(-7) == -7);
}

TEST(ApInt, ShiftsKeepTheWidthAndAreArithmeticIfSigned) {
  EXPECT_EQ((ap_int<8>(-100) >> 3).to_int(), -13);
  EXPECT_EQ((ap_uint<8>(156) >> 3).to_uint(), 19U);
  EXPECT_EQ((ap_uint<8>(0x81) << 1).to_uint(), 2U);
  EXPECT_EQ((ap_int<8>(0x41) << 1).to_int(), -126);
  EXPECT_EQ((ap_int<8>(-1) >> 20).to_int(), -1);
  EXPECT_EQ((ap_uint<8>(1) << 8).to_uint(), 0U);
}

TEST(Stream, ValuesLeaveInTheOrderOfTheirArrival) {
  hls::stream<int> stream("numbers");
  EXPECT_TRUE(stream.empty());
  stream.write(3);
  stream.write(4);
  EXPECT_FALSE(stream.empty());
  EXPECT_FALSE(stream.full());
  EXPECT_EQ(stream.read(), 3);
  int value = 0;
  EXPECT_TRUE(stream.read_nb(value));
  EXPECT_EQ(value, 4);
  EXPECT_FALSE(stream.read_nb(value));
  EXPECT_EQ(value, 4);
}

TEST(Stream, AReadWhileItIsEmptyIsAnErrorThatNamesIt) {
  hls::stream<int> stream("numbers");
  try {
    stream.read();
    FAIL() << "no error";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("numbers"), std::string::npos);
  }
}

namespace timing = phasic::hls::timing;

TEST(Timing, AReadWaitsForTheCycleAfterTheWrite) {
  hls::stream<int> stream("numbers");
  timing::begin_region();
  timing::begin_process();
  const std::uint64_t begin = timing::now();
  timing::pass(10);
  stream.write(1);
  timing::pass(5);
  stream.write(2);
  timing::end_process();
  timing::begin_process();
  EXPECT_EQ(timing::now(), begin) << "processes of a region begin together";
  stream.read();
  EXPECT_EQ(timing::now(), begin + 11);
  timing::pass(20);
  stream.read();
  EXPECT_EQ(timing::now(), begin + 31) << "a value that is there already is not waited for";
  timing::end_process();
  timing::end_region();
  EXPECT_EQ(timing::now(), begin + 31);
}

TEST(Timing, ARegionEndsWithItsLastProcess) {
  timing::begin_region();
  const std::uint64_t begin = timing::now();
  for (const unsigned cycles : {3U, 9U, 6U}) {
    timing::begin_process();
    timing::pass(cycles);
    timing::end_process();
  }
  timing::end_region();
  EXPECT_EQ(timing::now(), begin + 9);
}

}  // namespace

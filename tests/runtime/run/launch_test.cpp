// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/launch.hpp"

#include <cstring>
#include <memory>

#include "driver/device.hpp"
#include "driver/layout/random.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

Network small() { return parse_network(test::small_network(100, 70, 4), "net.json"); }

TEST(Layout, RowsAndLayersAreAligned) {
  const auto layout = layout_of(small());
  ASSERT_EQ(layout.layers.size(), 2u);
  EXPECT_EQ(layout.layers[0].weights_offset, 0u);
  EXPECT_EQ(layout.layers[0].row_bytes, 128u);
  EXPECT_EQ(layout.layers[1].weights_offset, 101u * 128);
  EXPECT_EQ(layout.layers[1].row_bytes, 64u);
  EXPECT_EQ(layout.weights_bytes, 101u * 128 + 71 * 64);
  EXPECT_EQ(layout.tables_bytes, 4u * 128);
}

TEST(Program, HasTheFieldsOfTheContract) {
  auto document = test::small_network(100, 70, 4);
  document["seed"] = "0x123456789abcdef0";
  document["schedule"] = {{{"from_sample", 0}, {"scale", 1.0}}, {{"from_sample", 10}, {"scale", 0.5}}};
  const auto network = parse_network(document, "net.json");
  const auto layout = layout_of(network);
  const auto block = program_block(network, layout, {.learn = true, .trace = true, .stream_sample = 10, .sample_stride = 128});
  ASSERT_EQ(block.size(), 1600u);
  const auto word = [&](std::size_t at) {
    std::uint32_t value;
    std::memcpy(&value, block.data() + at, 4);
    return value;
  };
  const std::vector<std::uint32_t> header = {0x43534850, 3, 0x9abcdef0, 0x12345678, 100, 2, 8, 4, 0, 128, 3, 0, 0, 0, 0, 0};
  for (std::size_t n = 0; n < header.size(); ++n) EXPECT_EQ(word(4 * n), header[n]) << n;
  const std::vector<std::uint32_t> first = {70, 1, 128, 0, 51 * 256, 0, 1, 0, 0, 16777, 6, 0, 0, 0, 0, 0};
  for (std::size_t n = 0; n < first.size(); ++n) EXPECT_EQ(word(64 + 4 * n), first[n]) << n;
  for (std::size_t n = 128; n < 256; n += 4) EXPECT_EQ(word(n), 0u) << "connection dense, reset to zero, and room for shapes";
  document["keep"] = true;
  document["layers"][0]["reset"] = "subtract";
  document["layers"][0].erase("leak");
  document["layers"][0]["fine_leak"] = {{"raw", 12345}};
  const auto kept = program_block(parse_network(document, "net.json"), layout, {.sample_stride = 128});
  std::uint32_t flags = 0, leak = 0, reset = 0;
  std::memcpy(&flags, kept.data() + 40, 4);
  std::memcpy(&leak, kept.data() + 64 + 16, 4);
  std::memcpy(&reset, kept.data() + 64 + 68, 4);
  EXPECT_EQ(flags, 4u);
  EXPECT_EQ(leak, 12345u);
  EXPECT_EQ(reset, 1u);
  EXPECT_EQ(word(256 + 24), 2u);  // factor error
  EXPECT_EQ(word(256 + 28), 1u);  // all steps
  EXPECT_EQ(word(256 + 44), 101u * 128);
  for (std::size_t n = 320; n < 1600; n += 4) EXPECT_EQ(word(n), 0u);
}

TEST(InitialWeights, AreUniformWithinTheAmplitudeAndPaddedWithZeros) {
  for (const unsigned width : {8u, 16u}) {
    auto document = test::small_network(200, 130, 4);
    document["weight_width"] = width;
    document["layers"][0]["initial_amplitude"] = {{"raw", 3}};
    const auto network = parse_network(document, "net.json");
    const auto layout = layout_of(network);
    const auto weights = initial_weights(network, layout);
    std::vector<int> count(7);
    for (std::uint32_t i = 0; i < 201; ++i) {
      for (std::uint32_t j = 0; j < 130; ++j) {
        const auto value = weight(network, layout, weights, 0, i, j);
        ASSERT_LE(std::abs(value), 3);
        const auto place = value + 3;
        ++count[static_cast<std::size_t>(place)];
      }
      for (auto n = 130 * width / 8; n < layout.layers[0].row_bytes; ++n)
        ASSERT_EQ(weights[i * layout.layers[0].row_bytes + n], std::byte{0});
    }
    for (const int n : count) EXPECT_NEAR(n, 201 * 130 / 7.0, 300);
  }
}

TEST(Samples, ArePackedAsTheContractSays) {
  const auto network = small();
  const auto data = test::make_dataset(2, 10, 4, 5);
  const std::vector<Sample> samples{{data.image(0), data.labels[0]}, {data.image(1), data.labels[1]}};
  const auto packed = pack_samples(network, samples, 0, true);
  EXPECT_EQ(packed.stride, 128u);
  ASSERT_EQ(packed.bytes.size(), 256u);
  std::uint32_t header[4];
  std::memcpy(header, packed.bytes.data() + 128, 16);
  EXPECT_EQ(header[0], data.labels[1]);
  EXPECT_EQ(header[1], 1u);
  EXPECT_EQ(header[2], 100u);
  EXPECT_EQ(header[3], 0u);
  EXPECT_EQ(std::memcmp(packed.bytes.data() + 128 + 16, data.image(1).data(), 100), 0);
}

TEST(Samples, EventsAscendAndFollowTheIntensity) {
  auto document = test::small_network(100, 70, 4);
  document["samples"] = "event";
  document["steps"] = 32;
  const auto network = parse_network(document, "net.json");
  std::vector<std::uint8_t> intensities(100);
  for (std::size_t n = 0; n < intensities.size(); ++n) intensities[n] = static_cast<std::uint8_t>(n < 50 ? 0 : 128);
  std::size_t total = 0;
  for (std::uint32_t sample = 0; sample < 100; ++sample) {
    const auto events = encode_events(network, intensities, sample);
    EXPECT_TRUE(std::is_sorted(events.begin(), events.end()));
    EXPECT_EQ(std::adjacent_find(events.begin(), events.end()), events.end());
    for (const auto event : events) {
      EXPECT_GE(event & 0xffff, 50u);
      EXPECT_LT(event >> 16, 32u);
    }
    total += events.size();
  }
  EXPECT_NEAR(static_cast<double>(total), 100 * 50 * 32 * 0.5, 1000);
}

TEST(Samples, LaunchesStayBelowAGigabyte) {
  const auto network = small();
  EXPECT_LE(largest_launch(network, true) * trace_bytes_per_sample(network), std::size_t{1} << 30);
  EXPECT_EQ(trace_bytes_per_sample(network), 8u * (192 + 64));
}

/// A device with protected memories, on whose way in or out a bit of the weights flips.
class Bent final : public driver::Device {
 public:
  Bent(bool in, bool out) : in_(in), out_(out) { inner_ = driver::open_local("reference", R"({"limits": {"rules": 8287}})"); }
  void start(const driver::RunRequest& request) override {
    weights_.assign(request.weights.begin(), request.weights.end());
    if (in_) weights_[200] ^= std::byte{4};
    auto bent = request;
    bent.weights = weights_;
    inner_->start(bent);
  }
  driver::RunResponse wait() override {
    auto response = inner_->wait();
    if (out_) response.weights[200] ^= std::byte{4};
    return response;
  }
  std::uint32_t read_register(std::uint32_t offset) override { return inner_->read_register(offset); }
  [[nodiscard]] const contract::Limits& limits() const override { return inner_->limits(); }
  [[nodiscard]] std::string describe() const override { return "bent"; }

 private:
  bool in_, out_;
  std::vector<std::byte> weights_;
  std::unique_ptr<driver::Device> inner_;
};

TEST(Checksums, AFlippedBitOnTheWayToAProtectedBuildOrBackIsADeviceError) {
  const auto fixed = make_fixed(small());
  const auto weights = initial_weights(fixed.network, fixed.layout);
  const std::vector<std::uint8_t> pixels(100, 200);
  const Sample sample{.intensities = pixels, .label = 1};
  const auto told = [&](bool in, bool out, bool learn) -> std::string {
    Bent device(in, out);
    try {
      (void)run_launch(device, fixed, weights, {&sample, 1}, {.learn = learn});
    } catch (const DeviceError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(told(false, false, true), "");
  EXPECT_EQ(told(false, false, false), "");
  EXPECT_NE(told(true, false, false).find("bent, samples 0 to 0: weights: the CRC-32 of what was loaded is 0x"),
            std::string::npos)
      << told(true, false, false);
  EXPECT_NE(told(false, true, true).find("weights: the CRC-32 of what was stored is 0x"), std::string::npos)
      << told(false, true, true);
}

}  // namespace
}  // namespace phasic::runtime

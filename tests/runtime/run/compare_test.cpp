// SPDX-License-Identifier: Apache-2.0
/// Deliberate differences between two devices must be found where they are.
#include "runtime/run/compare.hpp"

#include <cstring>

#include "driver/layout/buffers.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using test::expect_all_in;

/// What a faulty device does wrong, at a sample of the stream.
struct Fault {
  enum Kind { kWeight, kPotential, kCounter, kOnce } kind;
  std::uint32_t sample = 0;
  std::size_t byte = 0;  ///< in the weights, or in the trace of the sample
  std::uint8_t flip = 1;
};

/// The reference engine with one fault.
class FaultyDevice : public driver::Device {
 public:
  FaultyDevice(const Fault& fault, std::size_t record_bytes, std::size_t trace_bytes)
      : fault_(fault), record_bytes_(record_bytes), trace_bytes_(trace_bytes), inner_(driver::open_local("reference")) {}
  [[nodiscard]] const contract::Limits& limits() const override { return inner_->limits(); }
  void start(const driver::RunRequest& request) override { response_ = answer(request); }
  driver::RunResponse wait() override { return std::move(response_); }
  std::uint32_t read_register(std::uint32_t offset) override { return inner_->read_register(offset); }
  [[nodiscard]] std::string describe() const override { return "faulty"; }
  int runs = 0;

 private:
  driver::RunResponse answer(const driver::RunRequest& request) {
    const auto at = fault_.sample - request.first_sample;
    const bool touched = at < request.sample_count;
    if (fault_.kind == Fault::kWeight && touched) return with_wrong_weight(request, at + 1);
    auto response = inner_->run(request);
    if (!touched) return response;
    if (fault_.kind == Fault::kCounter) response.results[256 + 16] ^= std::byte{fault_.flip};
    if (fault_.kind == Fault::kOnce && runs++ == 0)
      response.results[layout::kRecordsOffset + at * record_bytes_ + 16] ^= std::byte{fault_.flip};
    if (fault_.kind == Fault::kPotential) {
      if (!response.trace.empty()) response.trace[at * trace_bytes_ + fault_.byte] ^= std::byte{fault_.flip};
      response.results[layout::kRecordsOffset + at * record_bytes_ + 16] ^= std::byte{fault_.flip};
    }
    return response;
  }

  /// Runs in two parts and flips bits of a weight between them.
  driver::RunResponse with_wrong_weight(const driver::RunRequest& request, std::uint32_t first_part) {
    std::uint32_t stride;
    std::memcpy(&stride, request.program.data() + 36, 4);
    auto head = request;
    head.sample_count = first_part;
    head.samples = request.samples.first(std::size_t{first_part} * stride);
    head.trace_bytes = request.trace_bytes / request.sample_count * first_part;
    auto response = inner_->run(head);
    response.weights[fault_.byte] ^= std::byte{fault_.flip};
    if (first_part == request.sample_count) {
      response.results.resize(request.results_bytes);
      return response;
    }
    auto tail = request;
    tail.sample_count = request.sample_count - first_part;
    tail.first_sample += first_part;
    tail.samples = request.samples.subspan(std::size_t{first_part} * stride);
    tail.weights = response.weights;
    tail.trace_bytes = request.trace_bytes - head.trace_bytes;
    auto rest = inner_->run(tail);
    const auto done = std::size_t{first_part} * record_bytes_;
    std::copy(rest.results.begin() + layout::kRecordsOffset,
              rest.results.begin() + static_cast<std::ptrdiff_t>(request.results_bytes - done),
              response.results.begin() + static_cast<std::ptrdiff_t>(layout::kRecordsOffset + done));
    std::memcpy(response.results.data() + 20, &request.sample_count, 4);
    response.trace.insert(response.trace.end(), rest.trace.begin(), rest.trace.end());
    response.weights = std::move(rest.weights);
    return response;
  }

  Fault fault_;
  std::size_t record_bytes_, trace_bytes_;
  std::unique_ptr<driver::Device> inner_;
  driver::RunResponse response_;
};

class Compare : public ::testing::Test {
 protected:
  /// The mismatch of a run of 60 samples from number 100 on; empty if there is none.
  std::string found(const Fault& fault, LaunchOptions options) {
    FaultyDevice faulty(fault, 64, trace_bytes_per_sample(fixed.network));
    const auto launcher = launch_on_both({&faulty, "faulty"}, {right.get(), "reference"}, fixed);
    std::vector<Sample> samples;
    for (std::size_t n = 0; n < 60; ++n) samples.push_back({data.image(n), data.labels[n]});
    options.first_sample = 100;
    options.stream_sample = 100;
    const auto weights = initial_weights(fixed.network, fixed.layout);
    try {
      (void)launcher(weights, samples, options);
    } catch (const Mismatch& mismatch) {
      return mismatch.what();
    }
    return "";
  }
  Fixed fixed = make_fixed(parse_network(test::small_network(), "net.json"));
  Dataset data = test::make_dataset(60, 8, 4, 9);
  std::unique_ptr<driver::Device> right = driver::open_local("reference");
};

TEST_F(Compare, EqualDevicesAreEqual) {
  EXPECT_EQ(found({Fault::kWeight, 5000}, {.learn = true}), "");
  EXPECT_EQ(found({Fault::kWeight, 5000}, {.learn = true, .trace = true}), "");
  EXPECT_EQ(found({Fault::kWeight, 5000}, {.learn = false}), "");
}

TEST_F(Compare, AWrongWeightIsFoundAtItsSampleAndSynapse) {
  // Row 10, neuron 33 of layer 0, after the sample with number 117.
  for (const bool trace : {false, true}) {
    expect_all_in(found({Fault::kWeight, 117, 10 * 64 + 33, 0x40}, {.learn = true, .trace = trace}),
                  {"sample 117 (number 17 of its launch)", "layer 0", "row 10 to neuron 33", "(faulty)", "(reference)",
                   "lowest differing bit 6"});
  }
  // The bias row of layer 1, after the last sample: no result shows it.
  const auto bias = fixed.layout.layers[1].weights_offset + 40 * 64 + 2;
  expect_all_in(found({Fault::kWeight, 159, bias, 0x01}, {.learn = true}),
                {"sample 159 (number 59 of its launch)", "layer 1", "row 40 (bias) to neuron 2", "lowest differing bit 0"});
}

TEST_F(Compare, AWrongPotentialIsFoundAtItsStepAndNeuron) {
  // Layer 0, step 3, neuron 21: rows of 128 bytes, then bit 2 of the high byte.
  expect_all_in(
      found({Fault::kPotential, 130, 3 * 128 + 2 * 21 + 1, 0x04}, {.learn = false}),
      {"sample 130 (number 30 of its launch)", "step 3", "layer 0", "neuron 21", "potential", "lowest differing bit 10"});
  expect_all_in(found({Fault::kPotential, 100, 8 * 128 + 7 * 64 + 2 * 3, 0x10}, {.learn = true}),
                {"sample 100 (number 0 of its launch)", "step 7", "layer 1", "neuron 3", "lowest differing bit 4"});
}

TEST_F(Compare, AWrongCounterIsNamed) {
  expect_all_in(found({Fault::kCounter, 100, 0, 0x08}, {.learn = true}),
                {"layer 0", "counter spikes", "lowest differing bit 3"});
}

TEST_F(Compare, ADifferenceThatDoesNotComeBackIsStillTold) {
  expect_all_in(
      found({Fault::kOnce, 140, 0, 0x20}, {.learn = true}),
      {"sample 140 (number 40 of its launch)", "layer 1, neuron 0, score", "lowest differing bit 5", "did not come back"});
}

}  // namespace
}  // namespace phasic::runtime

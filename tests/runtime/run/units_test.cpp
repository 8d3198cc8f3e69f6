// SPDX-License-Identifier: Apache-2.0
/// Launches that fail and are done again.
#include "runtime/run/units.hpp"

#include "runtime/network/program.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using test::expect_all_in;

enum class Failure { kThrow, kTimeout, kError, kResults, kSizes };

/// The reference, of which some runs fail after they have changed the weights.
class Flaky final : public driver::Device {
 public:
  Flaky(Failure failure, unsigned from, unsigned to) : failure_(failure), from_(from), to_(to) {}
  [[nodiscard]] const contract::Limits& limits() const override { return inner_->limits(); }
  void start(const driver::RunRequest& request) override { inner_->start(request); }
  driver::RunResponse wait() override {
    auto response = inner_->wait();
    if (++run_ < from_ || run_ > to_) return response;
    if (failure_ == Failure::kThrow) throw std::runtime_error("the bus fell silent");
    if (failure_ == Failure::kTimeout) throw driver::RunTimeout("the run did not end");
    if (failure_ == Failure::kError) response.error = static_cast<std::uint32_t>(contract::Error::kBusRead);
    if (failure_ == Failure::kResults) response.results[0] ^= std::byte{1};
    if (failure_ == Failure::kSizes) response.weights.pop_back();
    return response;
  }
  std::uint32_t read_register(std::uint32_t offset) override { return inner_->read_register(offset); }
  [[nodiscard]] std::string describe() const override { return "flaky unit"; }

 private:
  std::unique_ptr<driver::Device> inner_ = driver::open_local("reference");
  Failure failure_;
  unsigned from_, to_, run_ = 0;
};

class UnitsTest : public ::testing::Test {
 protected:
  Units units(std::vector<std::unique_ptr<driver::Device>> devices, unsigned tries = 3) {
    DeviceOptions options;
    options.compute_units = static_cast<unsigned>(devices.size());
    return {options, std::move(devices), tries, [this](const std::string& text) { told.push_back(text); }};
  }
  template <class... Some>
  static std::vector<std::unique_ptr<driver::Device>> devices(Some... some) {
    std::vector<std::unique_ptr<driver::Device>> all;
    (all.push_back(std::move(some)), ...);
    return all;
  }
  static std::unique_ptr<driver::Device> flaky(Failure failure, unsigned from, unsigned to) {
    return std::make_unique<Flaky>(failure, from, to);
  }
  LearnState learned(const Launcher& launcher) {
    SampleStream stream(data, Order::kFile, fixed.network.seed);
    LearnState state;
    state.weights = initial_weights(fixed.network, fixed.layout);
    learn(fixed, stream, {.end = 100, .launch_samples = 20}, launcher, state, {}, {});
    return state;
  }
  Dataset data = test::make_dataset(150, 8, 4, 21);
  Fixed fixed = make_fixed(parse_network(test::small_network(), "net.json"));
  std::vector<std::string> told;
};

TEST_F(UnitsTest, ALaunchThatFailsIsDoneAgainWithTheSameBits) {
  const auto device = driver::open_local("reference");
  const auto whole = learned(launch_on(*device, fixed));
  for (const auto& [failure, word] :
       {std::pair{Failure::kThrow, "the bus fell silent"}, std::pair{Failure::kTimeout, "the run did not end"},
        std::pair{Failure::kError, "bus_read"}, std::pair{Failure::kResults, "magic"},
        std::pair{Failure::kSizes, "bytes of results"}}) {
    told.clear();
    auto one = units(devices(flaky(failure, 3, 3)));
    const auto again = learned(one.launcher(fixed));
    EXPECT_EQ(again.weights, whole.weights) << word;
    EXPECT_EQ(again.curve, whole.curve) << word;
    EXPECT_EQ(again.counters.layers[0].synaptic_operations, whole.counters.layers[0].synaptic_operations) << word;
    ASSERT_EQ(told.size(), 1U) << word;
    expect_all_in(told[0], {"launch 3: flaky unit, samples 40 to 59", word, "try 2 of 3", "local engine 'reference'"});
  }
}

TEST_F(UnitsTest, AfterAsManyTriesAsAllowedItIsAnErrorThatNamesAll) {
  const auto message = [&](unsigned tries) -> std::string {
    auto two =
        units(devices(flaky(Failure::kThrow, 2, 100), flaky(Failure::kError, 1, 100), flaky(Failure::kThrow, 1, 1)), tries);
    told.clear();
    try {
      (void)learned(two.launcher(fixed));
    } catch (const DeviceError& error) {
      return error.what();
    }
    return "no error";
  };
  expect_all_in(message(3), {"launch 2: flaky unit, samples 20 to 39", "the bus fell silent", "the last of 3 tries"});
  EXPECT_EQ(told.size(), 2U);
  const auto first = message(1);
  expect_all_in(first, {"launch 2: flaky unit, samples 20 to 39", "the bus fell silent"});
  EXPECT_EQ(first.find("tries"), std::string::npos);
  EXPECT_TRUE(told.empty());
  EXPECT_EQ(message(4), "no error") << "the engine that takes the place of the first one works";
}

TEST_F(UnitsTest, ATestOnUnitsOfWhichOneFailsGivesTheSameAnswers) {
  const auto weights = initial_weights(fixed.network, fixed.layout);
  const auto scores = [&](Units& some) {
    std::vector<std::uint32_t> all;
    const auto note = [&](const Launched& launch) {
      all.insert(all.end(), launch.result.scores.begin(), launch.result.scores.end());
    };
    (void)runtime::test(fixed, data, {.samples = 150, .launch_samples = 10}, weights, some.launchers(fixed), note);
    return all;
  };
  auto good = units(devices(driver::open_local("reference")));
  auto bad = units(devices(driver::open_local("reference"), flaky(Failure::kResults, 1, 100), flaky(Failure::kThrow, 1, 1)));
  EXPECT_EQ(scores(bad), scores(good));
  // Those that failed are not given out again while others serve, and those that took their place are.
  EXPECT_EQ(bad.launchers(fixed).size(), 3U);
}

TEST_F(UnitsTest, ALauncherHasItsUnitAsLongAsItLives) {
  auto two = units(devices(driver::open_local("reference"), driver::open_local("reference")));
  {
    const auto first = two.launcher(fixed);
    EXPECT_EQ(two.launchers(fixed).size(), 1U);
    const auto second = two.launcher(fixed);
    EXPECT_THROW((void)two.launcher(fixed), DeviceError);
    EXPECT_THROW((void)two.launchers(fixed), DeviceError);
  }
  EXPECT_EQ(two.launchers(fixed).size(), 2U);
}

}  // namespace
}  // namespace phasic::runtime

// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/pieces.hpp"

#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

/// Ends of all pieces from a position on.
std::vector<std::uint64_t> ends(const Network& network, const Pieces& pieces, std::uint64_t position) {
  std::vector<std::uint64_t> all;
  while (position < pieces.end) all.push_back(position = end_of_piece(network, pieces, position));
  return all;
}

Network with_schedule(const std::vector<std::uint64_t>& starts) {
  auto network = parse_network(test::small_network(), "net.json");
  network.schedule.clear();
  for (const auto start : starts) network.schedule.push_back({start, 1.0});
  return network;
}

using Ends = std::vector<std::uint64_t>;

TEST(Pieces, EndAtLaunchesRatesCheckpointsLooksAndTheEnd) {
  const auto network = with_schedule({0, 35, 70});
  EXPECT_EQ(ends(network, {.end = 100, .launch_samples = 1000}, 0), (Ends{35, 70, 100}));
  EXPECT_EQ(ends(network, {.end = 100, .launch_samples = 30}, 0), (Ends{30, 35, 65, 70, 100}));
  EXPECT_EQ(ends(network, {.end = 100, .launch_samples = 1000, .checkpoint_every = 40}, 0), (Ends{35, 40, 70, 80, 100}));
  EXPECT_EQ(ends(network, {.end = 100, .launch_samples = 1000, .checkpoint_every = 40, .evaluate_every = 25}, 0),
            (Ends{25, 35, 40, 50, 70, 75, 80, 100}));
}

TEST(Pieces, AreCountedFromTheStreamsBeginningWhereverLearningGoesOn) {
  const auto network = with_schedule({0, 35});
  EXPECT_EQ(ends(network, {.end = 90, .launch_samples = 1000, .checkpoint_every = 40}, 39), (Ends{40, 80, 90}));
  EXPECT_EQ(ends(network, {.end = 90, .launch_samples = 20}, 35), (Ends{55, 75, 90}));
}

TEST(Pieces, HaveASampleAtLeastAndNoWrapAround) {
  const auto network = with_schedule({0});
  EXPECT_EQ(end_of_piece(network, {.end = 3, .launch_samples = 0}, 1), 2U);
  EXPECT_EQ(end_of_piece(network, {.end = 3, .launch_samples = 10, .checkpoint_every = UINT64_MAX}, 1), 3U);
}

}  // namespace
}  // namespace phasic::runtime

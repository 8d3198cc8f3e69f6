// SPDX-License-Identifier: Apache-2.0
#include "runtime/live/queue.hpp"

#include <thread>

#include "runtime/base/error.hpp"
#include "tests/runtime/live/made_stream.hpp"

namespace phasic::runtime {
namespace {

std::vector<LiveRecord> events(std::size_t count) {
  std::vector<LiveRecord> made(count, test::live_event(1, 2, 3, true));
  return made;
}

TEST(LiveQueue, CountsWhatItDropsAndKeepsLabels) {
  LiveQueue queue(5, WhenFull::kDrop);
  queue.push(events(3));
  auto more = events(4);
  more.push_back(test::live_label(2, 1));
  queue.push(more);
  queue.push(events(2));
  EXPECT_EQ(queue.counts().received, 9u);
  EXPECT_EQ(queue.counts().dropped, 4u);
  EXPECT_EQ(queue.counts().held, 5u);
  queue.close();
  std::vector<LiveRecord> batch;
  ASSERT_TRUE(queue.pop(batch));
  EXPECT_EQ(batch.size(), 3u);
  ASSERT_TRUE(queue.pop(batch));
  ASSERT_EQ(batch.size(), 3u);
  EXPECT_EQ(batch[2].kind, RecordKind::kLabel);
  EXPECT_FALSE(queue.pop(batch));
  EXPECT_EQ(queue.counts().held, 0u);
}

TEST(LiveQueue, WaitsInsteadAndDropsNothing) {
  LiveQueue queue(5, WhenFull::kWait);
  std::thread pushing([&] {
    for (int n = 0; n < 1000; ++n) queue.push(events(1 + n % 7));  // more at once than it has room for, too
    queue.close();
  });
  std::vector<LiveRecord> batch;
  std::uint64_t got = 0;
  while (queue.pop(batch)) {
    got += batch.size();
    EXPECT_LE(queue.counts().held, 7u);
  }
  pushing.join();
  EXPECT_EQ(got, queue.counts().received);
  EXPECT_EQ(queue.counts().dropped, 0u);
}

TEST(LiveQueue, TellsWhatWentWrongBehindAllThatCameBefore) {
  LiveQueue queue(5, WhenFull::kWait);
  queue.push(events(1));
  queue.close(std::make_exception_ptr(InputError("stream", "record 1", "bad")));
  std::vector<LiveRecord> batch;
  ASSERT_TRUE(queue.pop(batch));
  EXPECT_THROW((void)queue.pop(batch), InputError);
}

TEST(LiveQueue, StoppedItLetsTheOtherThreadGo) {
  LiveQueue queue(1, WhenFull::kWait);
  queue.push(events(1));
  std::thread pushing([&] { queue.push(events(1)); });
  queue.stop();
  pushing.join();
  std::vector<LiveRecord> batch;
  EXPECT_FALSE(queue.pop(batch));
  EXPECT_EQ(queue.counts().received, 1u);
  EXPECT_EQ(queue.counts().held, 1u);
}

}  // namespace
}  // namespace phasic::runtime

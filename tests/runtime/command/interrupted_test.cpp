// SPDX-License-Identifier: Apache-2.0
/// Runs that end early, go on, meet another run, or cannot write.
#include <sys/resource.h>

#include <chrono>
#include <thread>

#include "runtime/base/files.hpp"
#include "runtime/run/checkpoint.hpp"
#include "tests/runtime/command/program.hpp"

namespace phasic {
namespace {

using test::expect_all_in;
using test::finish;
using test::start;

class Interrupted : public test::Program {
 protected:
  /// Options of a run that would take hours.
  static std::vector<std::string> endless(const std::vector<std::string>& more = {}) {
    std::vector<std::string> plan{"--samples", "100000000", "--launch-samples", "10", "--checkpoint-every", "100"};
    plan.insert(plan.end(), more.begin(), more.end());
    return plan;
  }
  /// Until the checkpoint tells of a sample; false after a minute.
  [[nodiscard]] bool wait_for_samples(const std::string& checkpoint) const {
    for (int wait = 0; wait < 30000; ++wait) {
      if (std::filesystem::exists(folder / checkpoint) && runtime::read_checkpoint(folder / checkpoint).position > 0)
        return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return false;
  }
  [[nodiscard]] std::string text_of(const std::string& file) const {
    const auto bytes = test::read_file(folder / file);
    return {bytes.begin(), bytes.end()};
  }
  [[nodiscard]] std::string path(const std::string& file) const { return (folder / file).string(); }
};

TEST_F(Interrupted, EachSignalThatEndsProgramsEndsARunWithACheckpoint) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const auto name = "state" + std::to_string(signal);
    const auto child = start(learn(name, endless()), folder / "output");
    ASSERT_TRUE(wait_for_samples(name));
    ::kill(child, signal);
    const auto ended = finish(child, folder / "output");
    EXPECT_EQ(ended.code, 130) << signal << ": " << ended.text;
    expect_all_in(ended.text, {"--resume goes on"});
    EXPECT_GE(runtime::read_checkpoint(folder / name).position, 100u);
    EXPECT_FALSE(std::filesystem::exists(folder / (name + ".partial")));
  }
}

TEST_F(Interrupted, AResumedRunGivesTheFilesOfAnUninterruptedOne) {
  const auto plan = [&](const std::string& samples, const std::string& name, const std::vector<std::string>& more) {
    std::vector<std::string> all{
        "--samples",          samples, "--order",   "shuffled",          "--launch-samples", "7",
        "--checkpoint-every", "20",    "--results", path(name + ".csv"), "--trace",          path(name + ".trace")};
    all.insert(all.end(), more.begin(), more.end());
    return learn(name, all);
  };
  ASSERT_EQ(run(plan("90", "whole", {})).code, 0);
  ASSERT_EQ(run(plan("40", "part", {})).code, 0);
  // What a run that was killed behind its last checkpoint leaves: whole rows, and a piece of one.
  const auto at_forty = test::read_file(folder / "part");
  ASSERT_EQ(run(plan("57", "part", {"--resume"})).code, 0);
  test::write_file(folder / "part", at_forty);
  for (const std::string file : {"part.csv", "part.trace"}) test::write_file(folder / file, text_of(file) + "57,5");
  auto ended = run(plan("90", "part", {"--resume"}));
  ASSERT_EQ(ended.code, 0) << ended.text;
  EXPECT_EQ(text_of("part.csv"), text_of("whole.csv"));
  EXPECT_EQ(text_of("part.trace"), text_of("whole.trace"));
  EXPECT_EQ(test::read_file(folder / "part"), test::read_file(folder / "whole"));
  // Nothing is left to do: nothing changes.
  ASSERT_EQ(run(plan("90", "part", {"--resume"})).code, 0);
  EXPECT_EQ(text_of("part.csv"), text_of("whole.csv"));
  // From the very beginning.
  ASSERT_EQ(run(plan("90", "fresh", {"--resume"})).code, 0);
  EXPECT_EQ(text_of("fresh.trace"), text_of("whole.trace"));
}

TEST_F(Interrupted, KilledAtAnyMomentItsResultsGoOnToo) {
  const auto plan = [&](const std::string& name, bool resume) {
    std::vector<std::string> all{"--samples",          "3000", "--launch-samples", "10",
                                 "--checkpoint-every", "50",   "--results",        path(name + ".csv")};
    if (resume) all.emplace_back("--resume");
    return learn(name, all);
  };
  ASSERT_EQ(run(plan("whole", false)).code, 0);
  std::mt19937 random(std::random_device{}());
  for (int attempt = 0; attempt < 4; ++attempt) {
    const auto child = start(plan("part", true), folder / "output");
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 60));
    ::kill(child, SIGKILL);
    (void)finish(child, folder / "output");
  }
  const auto ended = run(plan("part", true));
  ASSERT_EQ(ended.code, 0) << ended.text;
  EXPECT_EQ(text_of("part.csv"), text_of("whole.csv"));
}

TEST_F(Interrupted, ResumingNeverDestroysAFile) {
  ASSERT_EQ(run(learn("state", {"--samples", "30", "--results", path("r.csv")})).code, 0);
  const auto rows = text_of("r.csv");
  // A wrong name of the checkpoint, another network, a checkpoint that the rows do not lead up to, a trace that cannot be
  // written.
  expect_failure(1, learn("other", {"--samples", "60", "--resume", "--results", path("r.csv")}), {"r.csv", "no checkpoint"});
  EXPECT_FALSE(std::filesystem::exists(folder / "other"));
  test::write_file(folder / "wide.json", test::small_network(64, 40, 5).dump());
  expect_failure(1,
                 {"learn", path("wide.json"), "--data", data, "--samples", "60", "--resume", "--checkpoint", path("fresh"),
                  "--results", path("r.csv"), "--quiet"},
                 {"r.csv", "line 1", "header"});
  ASSERT_EQ(run(learn("state", {"--samples", "45", "--resume"})).code, 0);
  expect_failure(1, learn("state", {"--samples", "60", "--resume", "--results", path("r.csv")}),
                 {"r.csv", "do not lead up to sample 45"});
  expect_failure(1, learn("new", {"--samples", "60", "--results", path("r.csv"), "--trace", path("none/t.csv")}),
                 {"none/t.csv", "No such file"});
  expect_failure(1, learn("new", {"--samples", "60", "--results", path("r.csv"), "--output", path("r.csv/out")}), {"--output"});
  EXPECT_EQ(text_of("r.csv"), rows);
  EXPECT_FALSE(std::filesystem::exists(folder / "new"));
  EXPECT_FALSE(std::filesystem::exists(folder / "new.partial"));
}

TEST_F(Interrupted, ASecondRunWithOneCheckpointIsRefusedWhenItStarts) {
  const auto child = start(learn("state", endless()), folder / "output");
  ASSERT_TRUE(wait_for_samples("state"));
  for (const std::string option : {"--resume", "--overwrite"}) {
    const auto second = finish(start(learn("state", {option, "--samples", "100000001"}), folder / "second"), folder / "second");
    EXPECT_EQ(second.code, 1);
    expect_all_in(second.text, {"state", "another process is at work with it"});
  }
  ::kill(child, SIGKILL);
  (void)finish(child, folder / "output");
  // Neither its lock nor what it left hinders.
  test::write_file(folder / "state.partial", std::string("the beginning of a checkpoint"));
  const auto end = std::to_string(runtime::read_checkpoint(folder / "state").position + 20);
  EXPECT_EQ(run(learn("state", {"--resume", "--samples", end})).code, 0);
  EXPECT_FALSE(std::filesystem::exists(folder / "state.partial"));
}

TEST_F(Interrupted, TwoProcessesDoNotWriteOneFileOfResults) {
  const runtime::Descriptor held(::open(path("r.csv").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
  ASSERT_EQ(runtime::lock(held), runtime::Lock::kTaken);
  expect_failure(1, learn("state", {"--samples", "20", "--results", path("r.csv")}), {"r.csv", "another process"});
}

TEST_F(Interrupted, AFullDeviceIsAnErrorWithItsReason) {
  expect_failure(1, learn("state", {"--samples", "20", "--results", "/dev/full"}), {"/dev/full", "No space left on device"});
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--help"}, {"--version"}, {"info", network}, learn("told", {"--samples", "20"})}) {
    ASSERT_EQ(std::system(("'" PHASIC_PROGRAM "' " +
                           [&] {
                             std::string all;
                             for (const auto& argument : arguments) all += "'" + argument + "' ";
                             return all;
                           }() +
                           " > /dev/full 2> '" + path("output") + "'")
                              .c_str()),
              1 << 8);
    expect_all_in(text_of("output"), {"standard output cannot be written", "No space left on device"});
  }
}

/// As long as it lives, processes that are started can write files of so many bytes only, as on a disk that is full.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(Interrupted, AFullDiskLeavesNoPartialFiles) {
  ASSERT_EQ(run(learn("state", {"--samples", "50", "--results", path("r.csv")})).code, 0);
  const auto before = test::read_file(folder / "state");
  const auto rows = text_of("r.csv");
  {
    const SmallDisk full(1000);
    expect_failure(1, learn("state", {"--samples", "90", "--resume"}), {"state", "cannot be written", "File too large"});
    expect_failure(1, learn("none", {"--samples", "90"}), {"none", "cannot be written", "File too large"});
  }
  {
    const SmallDisk full(rows.size() + 20);
    expect_failure(
        1,
        {"learn", network, "--data", data, "--samples", "90", "--results", path("s.csv"), "--quiet", "--launch-samples", "10"},
        {"s.csv", "File too large"});
  }
  {
    const SmallDisk full(700);
    expect_failure(1, {"learn", network, "--data", data, "--samples", "20", "--output", path("out"), "--quiet"},
                   {"summary.json", "File too large"});
  }
  EXPECT_EQ(test::read_file(folder / "state"), before);
  EXPECT_EQ(text_of("r.csv"), rows);
  EXPECT_EQ(text_of("s.csv"), rows) << "whole launches only";
  for (const std::string name : {"state.partial", "none", "none.partial", "out/summary.json", "out/summary.json.partial"})
    EXPECT_FALSE(std::filesystem::exists(folder / name)) << name;
}

/// Lets a process that runs write files of so many bytes only.
void limit(pid_t child, rlim_t bytes) {
  const rlimit most{bytes, RLIM_INFINITY};
  ASSERT_EQ(::prlimit(child, RLIMIT_FSIZE, &most, nullptr), 0);
}

TEST_F(Interrupted, ADiskThatIsFullForAWhileEndsNoRun) {
  const auto child = start(learn("state", endless()), folder / "output");
  ASSERT_TRUE(wait_for_samples("state"));
  limit(child, 1000);
  const auto told = [&] { return text_of("output").find("another try") != std::string::npos; };
  for (int wait = 0; wait < 30000 && !told(); ++wait) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  const auto kept = runtime::read_checkpoint(folder / "state").position;
  EXPECT_TRUE(told());
  limit(child, RLIM_INFINITY);
  const auto goes_on = [&] { return runtime::read_checkpoint(folder / "state").position > kept; };
  for (int wait = 0; wait < 30000 && !goes_on(); ++wait) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  EXPECT_TRUE(goes_on());
  ::kill(child, SIGTERM);
  const auto ended = finish(child, folder / "output");
  EXPECT_EQ(ended.code, 130) << ended.text;
  expect_all_in(ended.text, {path("state") + ": cannot be written", "File too large", "the run goes on"});
  EXPECT_LT(runtime::read_checkpoint(folder / "state.before").position, runtime::read_checkpoint(folder / "state").position);
}

TEST_F(Interrupted, ADiskThatIsFullAtTheEndIsAnError) {
  auto plan = endless();
  plan.back() = "0";  // no checkpoint before the end
  test::Ended ended{130, ""};
  // A process that the signal meets before its first sample has nothing to keep.
  for (int attempt = 0; attempt < 100 && ended.code == 130; ++attempt) {
    std::filesystem::remove(folder / "state");
    const auto child = start(learn("state", plan), folder / "output");
    for (int wait = 0; wait < 30000 && !std::filesystem::exists(folder / "state"); ++wait)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    limit(child, 1000);
    ::kill(child, SIGTERM);
    ended = finish(child, folder / "output");
  }
  EXPECT_EQ(ended.code, 1);
  expect_all_in(ended.text, {path("state") + ": cannot be written", "File too large"});
  EXPECT_EQ(runtime::read_checkpoint(folder / "state").position, 0U) << "the one before stays";
  EXPECT_FALSE(std::filesystem::exists(folder / "state.partial"));
}

TEST_F(Interrupted, ADamagedCheckpointIsNamedAndTheOneBeforeGivesTheSameBits) {
  const std::vector<std::string> plan{"--launch-samples", "10", "--checkpoint-every", "20", "--samples"};
  const auto to = [&](const std::string& samples, const std::vector<std::string>& more = {}) {
    auto all = plan;
    all.push_back(samples);
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  ASSERT_EQ(run(learn("whole", to("90"))).code, 0);
  ASSERT_EQ(run(learn("part", to("60"))).code, 0);
  EXPECT_EQ(runtime::read_checkpoint(folder / "part.before").position, 40U);
  auto bytes = test::read_file(folder / "part");
  bytes.resize(bytes.size() / 2);
  test::write_file(folder / "part", bytes);
  expect_failure(1, learn("part", to("90")), {"part", "--resume goes on"});
  auto ended = run(learn("part", to("90", {"--resume"})));
  EXPECT_EQ(ended.code, 0) << ended.text;
  expect_all_in(ended.text, {path("part") + ": size", "truncated", "passed over"});
  EXPECT_EQ(test::read_file(folder / "part"), test::read_file(folder / "whole"));
  // The name alone is gone.
  std::filesystem::remove(folder / "part");
  expect_failure(1, learn("part", to("90")), {"part.before", "--resume goes on"});
  ASSERT_EQ(run(learn("part", to("90", {"--resume"}))).code, 0);
  EXPECT_EQ(test::read_file(folder / "part"), test::read_file(folder / "whole"));
  // What another run left before it does not stay beside one that starts anew.
  ASSERT_EQ(run(learn("part", to("10", {"--overwrite"}))).code, 0);
  EXPECT_EQ(runtime::read_checkpoint(folder / "part").position, 10U);
  EXPECT_EQ(runtime::read_checkpoint(folder / "part.before").position, 0U);
}

TEST_F(Interrupted, ResumeTakesAFileOrAFolder) {
  const std::vector<std::string> begin{"learn", "--data", data, "--quiet", "--samples"};
  const auto to = [&](const std::string& samples, const std::vector<std::string>& more) {
    auto all = begin;
    all.push_back(samples);
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  ASSERT_EQ(run(learn("whole", {"--samples", "90"})).code, 0);
  const auto whole = test::read_file(folder / "whole");
  std::filesystem::create_directory(folder / "runs");
  // A folder with nothing in it: the run begins, and is called as the network.
  auto ended = run(to("30", {"--resume", path("runs"), network}));
  ASSERT_EQ(ended.code, 0) << ended.text;
  EXPECT_EQ(runtime::read_checkpoint(folder / "runs/net.checkpoint").position, 30U);
  ASSERT_EQ(run(to("50", {network, "--resume=" + path("runs")})).code, 0);
  EXPECT_EQ(runtime::read_checkpoint(folder / "runs/net.checkpoint").position, 50U);
  // From a file to another one, which is the better of the two from then on.
  for (const std::string samples : {"70", "90"}) {
    ended = run(to(samples, {network, "--resume", path("runs/net.checkpoint"), "--checkpoint", path("next")}));
    ASSERT_EQ(ended.code, 0) << ended.text;
  }
  EXPECT_EQ(test::read_file(folder / "next"), whole);
  EXPECT_EQ(runtime::read_checkpoint(folder / "runs/net.checkpoint").position, 50U);
  // The network's file stands behind the option alone.
  ended = run(to("90", {"--checkpoint", path("runs"), "--resume", network}));
  ASSERT_EQ(ended.code, 0) << ended.text;
  EXPECT_EQ(test::read_file(folder / "runs/net.checkpoint"), whole);
  expect_failure(1, to("90", {network, "--resume"}), {"--resume", "needs"});
}

TEST_F(Interrupted, CheckpointsComeByTimeToo) {
  for (const std::string every : {"0.02s", "100000000,0.001min"}) {
    const auto child =
        start(learn("timed", {"--samples", "100000000", "--launch-samples", "10", "--overwrite", "--checkpoint-every", every}),
              folder / "output");
    EXPECT_TRUE(wait_for_samples("timed"));
    ::kill(child, SIGKILL);
    (void)finish(child, folder / "output");
    std::filesystem::remove(folder / "timed");
  }
  for (const std::string every : {"10m", "min", "-5", "1s,2s", "1,2", "1,2s,3", "0s", "1e99h", "", "5 min"})
    expect_failure(1, learn("none", {"--checkpoint-every=" + every}), {"--checkpoint-every", every});
}

TEST_F(Interrupted, InfoKnowsAFileByHowItBegins) {
  ASSERT_EQ(run(learn("state", {"--samples", "30"})).code, 0);
  auto ended = run({"info", path("state")});
  EXPECT_EQ(ended.code, 0) << ended.text;
  expect_all_in(ended.text, {"checkpoint " + path("state"), "30 samples learned"});
  auto bytes = test::read_file(folder / "state");
  bytes.resize(20);
  test::write_file(folder / "cut", bytes);
  expect_failure(1, {"info", path("cut")}, {"cut", "truncated"});
  test::write_file(folder / "design", std::string("xclbin2") + '\0' + "and no more");
  expect_failure(1, {"info", path("design")}, {"design", "xclbin"});
  expect_failure(1, {"info", path("state"), "--checkpoint", path("cut")}, {"state", "--checkpoint", "cut"});
}

TEST_F(Interrupted, DeepAndTooLargeTextsAreNamedInEverythingThatIsRead) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  const auto deep = nested(100'000);
  const auto large = [](std::string text, const std::string& number) {
    return text.replace(text.find(number), number.size(), "1e400");
  };
  test::write_file(folder / "deep.json", deep);
  test::write_file(folder / "large.json", large(test::small_network().dump(), "64"));
  test::write_file(folder / "deep.jsonl", "{\"run\": " + deep + "}\n");
  test::write_file(folder / "large.jsonl", std::string("{\"run\": 1e400}\n"));
  for (const auto& [kind, word] : {std::pair{"deep", "nested more than 64 deep"}, std::pair{"large", "1e400"}}) {
    const auto file = path(std::string(kind) + ".json"), rows = file + "l";
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"info", file},
                                                      {"learn", file},
                                                      {"test", file},
                                                      {"experiment", "run", file, "--results", path("x")},
                                                      {"learn", network, "--data", file}}) {
      expect_failure(1, arguments, {file, "line 1, column ", word});
    }
    expect_failure(1, {"experiment", "report", rows}, {rows, "line 1, column ", word});
    expect_failure(1,
                   {"learn", network, "--data", data, "--engine-options",
                    kind == std::string("deep") ? nested(50'000) : "{\"seed\": 1e400}"},
                   {"--engine-options", "line 1, column ", word});
  }
}

}  // namespace
}  // namespace phasic

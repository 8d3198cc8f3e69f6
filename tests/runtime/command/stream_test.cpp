// SPDX-License-Identifier: Apache-2.0
/// `phasic stream`, as a user runs it.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <chrono>
#include <thread>

#include "runtime/run/checkpoint.hpp"
#include "tests/runtime/command/program.hpp"
#include "tests/runtime/live/made_stream.hpp"
#include "tests/runtime/run/made_recordings.hpp"

namespace phasic {
namespace {

using nlohmann::json;
using test::Bytes;
using test::expect_all_in;

constexpr std::uint32_t kWindows = 9, kWindow = 32'000, kBegin = 123'456;  // microseconds

struct StreamEvent {
  std::uint32_t time, column, row;
  bool on;
};

/// 9 windows of 32 steps of 1 ms at 34 x 34 pixels, each with an event at its beginning, of three classes in turns.
class Streams : public test::Program {
 protected:
  Streams() {
    document["inputs"] = 2 * 34 * 34;
    document["weight_width"] = 8;
    document["keep"] = false;
    const int thresholds[] = {250, 150};
    for (std::size_t layer = 0; layer < 2; ++layer) {
      document["layers"][layer]["threshold"] = {{"raw", thresholds[layer]}};
      document["layers"][layer]["window"] = {{"raw", 50}};
      document["layers"][layer]["input_shift"] = 0;
      document["layers"][layer]["initial_amplitude"] = {{"raw", 100}};
    }
    test::write_file(network, document.dump());
    std::mt19937 random(1);
    for (std::uint32_t window = 0; window < kWindows; ++window) {
      std::vector<StreamEvent> events{{kBegin + window * kWindow, 1, 1, true}};
      std::uint32_t time = 0;
      for (int n = 0; n < 150; ++n) {
        time += static_cast<std::uint32_t>(random() % 200);
        events.push_back({kBegin + window * kWindow + time, static_cast<std::uint32_t>(window % 3 * 10 + random() % 12),
                          static_cast<std::uint32_t>(random() % 34), random() % 2 == 0});
      }
      windows.push_back(events);
    }
    test::write_file(folder / "plain.events", stream(false));
    test::write_file(folder / "labelled.events", stream(true));
  }

  [[nodiscard]] Bytes stream(bool labels) const {
    Bytes bytes;
    const auto add = [&](const Bytes& record) { bytes.insert(bytes.end(), record.begin(), record.end()); };
    for (std::uint32_t n = 0; n < kWindows; ++n) {
      if (labels) add(test::label_record(kBegin + n * kWindow, n % 3));
      for (const auto& [time, column, row, on] : windows[n]) add(test::event_record(time, column, row, on));
    }
    return bytes;
  }
  /// N-MNIST's form.
  void write_recording(const std::string& name, const std::vector<StreamEvent>& events) const {
    Bytes bytes;
    for (const auto& event : events) {
      const auto word = (event.time - events[0].time) | (event.on ? 0x800000u : 0u);
      for (const auto value : {event.column, event.row, word >> 16 & 0xffu, word >> 8 & 0xffu, word & 0xffu})
        bytes.push_back(static_cast<std::uint8_t>(value));
    }
    std::filesystem::create_directories((folder / name).parent_path());
    test::write_file(folder / name, bytes);
  }
  [[nodiscard]] std::string path(const std::string& file) const { return (folder / file).string(); }

  [[nodiscard]] std::vector<std::string> streamed(const std::string& input, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"stream", network, input, "--json", "--quiet", "--pace", "off"};
    if (input == "-" || input.starts_with("udp:") || input.ends_with(".events"))
      arguments.insert(arguments.end(), {"--camera", "34x34"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  /// Runs with a file as standard input, of which so many bytes go through a pipe at a time; 0: none at all.
  test::Ended piped(const std::vector<std::string>& arguments, const std::string& input, const std::string& pause = "") {
    std::string line = (pause.empty() ? "cat '" + input + "'" : pause) + " | '" PHASIC_PROGRAM "'";
    for (const auto& argument : arguments) line += " '" + argument + "'";
    line += " >'" + path("output") + "' 2>&1";
    const int status = std::system(line.c_str());
    const auto bytes = test::read_file(folder / "output");
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, std::string(bytes.begin(), bytes.end())};
  }

  /// Lines of JSON; the last one is of the totals.
  static std::vector<json> lines_of(const test::Ended& ended) {
    EXPECT_EQ(ended.code, 0) << ended.text;
    std::vector<json> lines;
    std::istringstream text(ended.text);
    for (std::string line; std::getline(text, line);) {
      if (line.starts_with('{')) lines.push_back(json::parse(line));
    }
    return lines;
  }
  static std::vector<json> scores_of(const std::vector<json>& lines) {
    std::vector<json> scores;
    for (const auto& line : lines) {
      if (line.contains("scores")) scores.push_back({line["scores"], line["class"], line["label"], line["events"]});
    }
    return scores;
  }
  static void expect_sum(const json& totals) {
    const auto count = [&](const char* name) { return totals[name].get<std::uint64_t>(); };
    EXPECT_EQ(count("received"), count("used") + count("dropped") + count("left")) << totals.dump();
  }

  json document = test::recordings_network(false);
  std::vector<std::vector<StreamEvent>> windows;
};

TEST_F(Streams, OfAFileAreDecidedAsTheSameWindowsAreTested) {
  std::vector<StreamEvent> all;
  for (std::uint32_t n = 0; n < kWindows; ++n) {
    // Files are read in the order of their paths.
    write_recording("set/test/" + std::to_string(n / 3) + "/" + std::to_string(n) + ".bin", windows[n]);
    all.insert(all.end(), windows[n].begin(), windows[n].end());
  }
  write_recording("whole.bin", all);
  data = "{\"folder\": \"" + path("set") + "\", \"window_ms\": 32}";
  const auto tested = run({"test", network, "--data", data, "--results", path("t.csv"), "--quiet"});
  ASSERT_EQ(tested.code, 0) << tested.text;
  const auto lines = lines_of(run(streamed(path("whole.bin"))));
  ASSERT_EQ(lines.size(), kWindows + 1);
  const auto bytes = test::read_file(folder / "t.csv");
  std::istringstream rows(std::string(bytes.begin(), bytes.end()));
  std::string row;
  std::getline(rows, row);
  std::uint64_t spikes = 0;
  for (std::uint32_t n = 0; n < kWindows; ++n) {
    ASSERT_TRUE(std::getline(rows, row));
    std::vector<std::uint64_t> fields;
    std::istringstream parts(row);
    for (std::string part; std::getline(parts, part, ',');) fields.push_back(std::stoull(part));
    EXPECT_EQ(lines[n]["neuron"], fields.at(3)) << row;
    EXPECT_EQ(lines[n]["spikes"], fields.at(4)) << row;
    EXPECT_EQ(lines[n]["scores"], (std::vector<std::uint64_t>(fields.begin() + 5, fields.end()))) << row;
    EXPECT_EQ(lines[n]["window"], n);
    EXPECT_EQ(lines[n]["begin_us"], n * kWindow);
    spikes += fields.at(4);
  }
  EXPECT_GT(spikes, 0u);
  EXPECT_EQ(lines.back()["received"], 151 * kWindows);
  EXPECT_EQ(lines.back()["used"], 151 * kWindows);
  // At its own pace it takes as long as it lasts.
  const auto begin = std::chrono::steady_clock::now();
  const auto paced = lines_of(run({"stream", network, path("whole.bin"), "--json", "--quiet"}));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(kWindow / 1000 * (kWindows - 1)));
  EXPECT_EQ(scores_of(paced), scores_of(lines));
}

TEST_F(Streams, OfAPipeAreThoseOfAFile) {
  for (const std::string name : {"plain", "labelled"}) {
    SCOPED_TRACE(name);
    const auto file = path(name + ".events");
    const auto of_file = lines_of(run(streamed(file)));
    ASSERT_EQ(of_file.size(), kWindows + 1);
    const auto of_pipe = lines_of(piped(streamed("-"), file));
    EXPECT_EQ(scores_of(of_pipe), scores_of(of_file));
    // Records come in pieces.
    const auto in_pieces =
        lines_of(piped(streamed("-"), "", fmt::format("(head -c 1003 '{0}'; sleep 0.1; tail -c +1004 '{0}')", file)));
    EXPECT_EQ(scores_of(in_pieces), scores_of(of_file));
    for (const auto* const lines : {&of_file, &of_pipe, &in_pieces}) {
      expect_sum(lines->back());
      EXPECT_EQ(lines->back()["used"], 151 * kWindows);
      EXPECT_EQ(lines->back()["learned"], name == "plain" ? 0u : kWindows);
    }
  }
}

TEST_F(Streams, OfAPortAreThoseOfAFile) {
  const auto of_file = lines_of(run(streamed(path("labelled.events"))));
  std::vector<std::string> arguments = streamed("udp:0");
  std::erase(arguments, "--quiet");
  const auto child = test::start(arguments, folder / "output");
  int port = 0;
  for (int n = 0; n < 200 && port == 0; ++n) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const auto bytes = test::read_file(folder / "output");
    const std::string text(bytes.begin(), bytes.end());
    const std::string before = "listening at 127.0.0.1:";
    if (const auto at = text.find(before); at != std::string::npos && text.find('\n', at) != std::string::npos)
      port = std::stoi(text.substr(at + before.size()));
  }
  ASSERT_GT(port, 0);
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  auto bytes = stream(true);
  const auto end = test::end_record(kBegin + kWindows * kWindow);
  bytes.insert(bytes.end(), end.begin(), end.end());
  constexpr std::size_t kDatagram = 8 * 100;
  for (std::size_t at = 0; at < bytes.size(); at += kDatagram) {
    const auto size = std::min(kDatagram, bytes.size() - at);
    EXPECT_EQ(::sendto(socket, &bytes[at], size, 0, reinterpret_cast<const sockaddr*>(&address), sizeof address),
              static_cast<ssize_t>(size));
  }
  ::close(socket);
  const auto of_port = lines_of(test::finish(child, folder / "output"));
  // The end is a record of the tenth window, which has no events.
  ASSERT_EQ(of_port.size(), kWindows + 2);
  auto scores = scores_of(of_port);
  scores.pop_back();
  EXPECT_EQ(scores, scores_of(of_file));
  expect_sum(of_port.back());
  EXPECT_EQ(of_port.back()["lost_datagrams"], 0);
}

TEST_F(Streams, WhatIsTooMuchIsCounted) {
  const auto file = path("plain.events");
  const auto lines = lines_of(piped(streamed("-", {"--queue", "20", "--when-full", "drop"}), file));
  const auto& totals = lines.back();
  expect_sum(totals);
  EXPECT_EQ(totals["received"], 151 * kWindows);
  // It comes at once, in batches of more than 20.
  EXPECT_GE(totals["dropped"].get<std::uint64_t>(), 151 * kWindows - 100);
  // More than a sample of the engine may have.
  const auto small =
      lines_of(run(streamed(file, {"--engine-options", "{\"limits\": {\"max_events\": 64, \"max_rows\": 4096}}"})));
  ASSERT_EQ(small.size(), kWindows + 1);
  expect_sum(small.back());
  EXPECT_GT(small.back()["dropped"], 80 * kWindows);
  EXPECT_EQ(small[0]["words"], 64);
}

TEST_F(Streams, KeepWhatTheyLearned) {
  ASSERT_EQ(run(streamed(path("labelled.events"), {"--save", path("state")})).code, 0);
  const auto saved = runtime::read_checkpoint(folder / "state");
  EXPECT_EQ(saved.position, kWindows);
  const auto again = lines_of(run(streamed(path("labelled.events"), {"--checkpoint", path("state"), "--save", path("more")})));
  EXPECT_EQ(again.back()["learned"], kWindows);
  EXPECT_EQ(runtime::read_checkpoint(folder / "more").position, 2 * kWindows);
  EXPECT_NE(runtime::read_checkpoint(folder / "more").weights, saved.weights);
  expect_failure(1, streamed(path("labelled.events"), {"--save", path("state")}), {"state", "--save", "--overwrite"});
}

TEST_F(Streams, ARecordingMayHaveALabel) {
  write_recording("one.bin", windows[1]);
  const auto lines = lines_of(run(streamed(path("one.bin"), {"--label", "1"})));
  EXPECT_EQ(lines[0]["label"], 1);
  EXPECT_EQ(lines[0]["learned"], true);
  expect_failure(1, streamed(path("one.bin"), {"--label", "3"}), {"--label", "3"});
}

TEST_F(Streams, ABadRecordEndsThemWithItsPlace) {
  auto bytes = stream(false);
  const auto whole = bytes.size();
  bytes[8 * 200 + 7] = 0x40;
  test::write_file(folder / "bad.events", bytes);
  const auto ended = piped(streamed("-"), path("bad.events"));
  EXPECT_EQ(ended.code, 1);
  expect_all_in(ended.text,
                {"standard input: record 200 (byte 1600)", "kind 2", "\"window\":0", "\"received\":200", "\"left\":49"});
  expect_failure(1, streamed(path("bad.events")), {"bad.events: record 200 (byte 1600)", "kind 2"});
  bytes = stream(false);
  bytes.resize(whole - 3);
  test::write_file(folder / "cut.events", bytes);
  const auto cut = piped(streamed("-"), path("cut.events"));
  EXPECT_EQ(cut.code, 1);
  expect_all_in(cut.text, {"record " + std::to_string(whole / 8 - 1), "5 bytes; a record has 8"});
}

TEST_F(Streams, WhatDoesNotFitIsRefusedByName) {
  const auto file = path("plain.events");
  expect_failure(1, {"stream", network, file}, {"plain.events", "camera", "480x640"});
  expect_failure(1, {"stream", network, file, "--camera", "34x32"}, {network, "inputs", "2312", "2 x 34 x 32"});
  expect_failure(1, {"stream", network, file, "--camera", "34x34", "--downsample", "2"}, {network, "inputs", "2 x 17 x 17"});
  expect_failure(1, {"stream", network, file, "--camera", "eye"}, {"--camera", "eye"});
  expect_failure(1, {"stream", network, "udp:70000", "--camera", "34x34"}, {"udp:70000", "65535"});
  expect_failure(1, {"stream", network, path("no.bin")}, {"no.bin"});
  expect_failure(1, streamed(file, {"--step-ms", "0"}), {"--step-ms", "0"});
  expect_failure(1, streamed(file, {"--queue", "0"}), {"--queue", "0"});
  document["samples"] = "intensity";
  test::write_file(network, document.dump());
  expect_failure(1, streamed(file), {network, "samples"});
}

TEST_F(Streams, ASignalEndsThemAndWhatIsLeftIsCounted) {
  // A fifo that stays open: the window of its first events never becomes complete.
  const auto fifo = path("fifo");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const auto child = test::start(streamed(fifo, {"--camera", "34x34"}), folder / "output");
  const int writing = ::open(fifo.c_str(), O_WRONLY);
  Bytes bytes;
  for (int n = 0; n < 5; ++n) {
    const auto record = test::event_record(kBegin + static_cast<std::uint32_t>(n), 1, 1, true);
    bytes.insert(bytes.end(), record.begin(), record.end());
  }
  ASSERT_EQ(::write(writing, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  std::this_thread::sleep_for(std::chrono::milliseconds(800));
  ::kill(child, SIGINT);
  const auto lines = lines_of(test::finish(child, folder / "output"));
  ::close(writing);
  ASSERT_EQ(lines.size(), 1u);
  expect_sum(lines.back());
  EXPECT_EQ(lines.back()["left"], 5);
}

}  // namespace
}  // namespace phasic

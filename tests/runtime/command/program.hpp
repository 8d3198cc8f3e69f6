// SPDX-License-Identifier: Apache-2.0
/// The program itself, as a user runs it.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/runtime/support.hpp"

namespace phasic::test {

struct Ended {
  int code;          ///< exit code, or minus the signal
  std::string text;  ///< standard output and standard error
};

/// Starts the program; its output goes to a file, and standard error to another one that is open if it is given.
inline pid_t start(const std::vector<std::string>& arguments, const std::filesystem::path& output, int errors = -1) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  ::dup2(file, STDOUT_FILENO);
  ::dup2(errors < 0 ? file : errors, STDERR_FILENO);
  // Whatever started the tests may ignore signals, and hand that down.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) (void)::signal(signal, SIG_DFL);
  std::vector<std::string> all{PHASIC_PROGRAM};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (auto& argument : all) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  ::execv(pointers[0], pointers.data());
  ::_exit(127);
}

inline Ended finish(pid_t child, const std::filesystem::path& output) {
  int status = 0;
  ::waitpid(child, &status, 0);
  const auto bytes = read_file(output);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), std::string(bytes.begin(), bytes.end())};
}

class Program : public ::testing::Test {
 protected:
  Program() {
    write_dataset(folder / "data", 400, 8, 4);
    write_file(network, small_network().dump());
  }
  Ended run(const std::vector<std::string>& arguments) {
    return finish(start(arguments, folder / "output"), folder / "output");
  }
  /// Must fail with a code and a message that has all the parts.
  void expect_failure(int code, const std::vector<std::string>& arguments, const std::vector<std::string>& parts) {
    const auto ended = run(arguments);
    EXPECT_EQ(ended.code, code) << ended.text;
    expect_all_in(ended.text, parts);
  }
  std::vector<std::string> learn(const std::string& checkpoint, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"learn",  network, "--data", data, "--checkpoint", (folder / checkpoint).string(),
                                       "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  TemporaryFolder folder;
  std::string network = (folder / "net.json").string(), data = (folder / "data").string();
};

}  // namespace phasic::test

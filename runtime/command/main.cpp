// SPDX-License-Identifier: Apache-2.0
/// The command `phasic`; docs/command-line.md describes it.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <new>
#include <string>
#include <string_view>

#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/version.hpp"
#include "runtime/command/counts.hpp"
#include "runtime/command/options.hpp"
#include "runtime/command/wrong_arguments.hpp"
#include "runtime/run/compare.hpp"

namespace {

namespace runtime = phasic::runtime;
namespace command = phasic::command;

/// Throws nothing, not even where standard error cannot be written either.
int tell(std::string_view problem, int code) {
  std::fputs(fmt::format("phasic: {}\n", problem).c_str(), stderr);
  return code;
}

int work(int count, char** arguments) {
  CLI::App app("Spiking networks that learn on the chip", "phasic");
  app.set_version_flag("--version", runtime::version());
  app.fallthrough();  // so that --log may stand behind the command
  std::string level;
  app.add_option("--log", level, "how much is told on standard error")
      ->check(CLI::IsMember({"error", "warning", "info", "debug"}))
      ->envname("PHASIC_LOG");
  app.require_subcommand(0, 1);  // so that an unknown command is named; none at all is caught below
  command::Action chosen;
  command::add_init(app, chosen);
  command::add_learn(app, chosen);
  command::add_test(app, chosen);
  command::add_stream(app, chosen);
  command::add_compare(app, chosen);
  command::add_info(app, chosen);
  command::add_doctor(app, chosen);
  command::add_demo(app, chosen);
  command::add_data(app, chosen);
  command::add_experiment(app, chosen);
  command::add_import(app, chosen);
  command::add_export(app, chosen);
  command::add_completion(app, chosen);
  command::refuse_wrapped_counts(app);
  app.failure_message([&](const CLI::App*, const CLI::Error& error) {
    return command::told_of(app, error, {arguments + 1, arguments + std::max(count, 1)});
  });
  try {
    app.parse(count, arguments);
  } catch (const CLI::ParseError& error) {
    // CLI11 has its own codes; every wrong option is 1 here.
    return app.exit(error) == 0 ? runtime::kSuccess : runtime::kInputFailure;
  }
  if (!chosen) return tell(fmt::format("a command is needed\n{}", app.help()), runtime::kInputFailure);
  if (!level.empty()) runtime::set_log_level(*runtime::log_level_of(level));
  return chosen();
}

int guarded_work(int count, char** arguments) {
  try {
    return work(count, arguments);
  } catch (const runtime::InputError& error) {
    return tell(error.what(), runtime::kInputFailure);
  } catch (const runtime::Mismatch& error) {
    return tell(error.what(), runtime::kMismatch);
  } catch (const std::bad_alloc&) {
    return tell("out of memory", runtime::kDeviceFailure);
  } catch (const std::exception& error) {
    // What could not be printed is told below.
    return std::ferror(stdout) != 0 ? runtime::kInputFailure : tell(error.what(), runtime::kDeviceFailure);
  }
}

}  // namespace

int main(int count, char** arguments) {
  // A file that grows beyond what is allowed is then an error with a reason, as on a full disk.
  (void)std::signal(SIGXFSZ, SIG_IGN);
  const int code = guarded_work(count, arguments);
  // What is still in the buffers may fail to be written; a result that nobody got is no success.
  std::cout.flush();
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout) return code;
  // The reason may be of long ago: asked for again.
  errno = 0;
  std::clearerr(stdout);
  std::fputc('\n', stdout);
  (void)std::fflush(stdout);
  const auto reason = errno != 0 ? fmt::format(": {}", std::strerror(errno)) : std::string();
  return tell("standard output cannot be written" + reason, code == runtime::kSuccess ? runtime::kInputFailure : code);
}

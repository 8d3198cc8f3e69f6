// SPDX-License-Identifier: Apache-2.0
/// The command `phasic`; docs/command-line.md describes it.
#include <fmt/format.h>

#include <new>

#include "runtime/base/error.hpp"
#include "runtime/base/version.hpp"
#include "runtime/command/options.hpp"
#include "runtime/run/compare.hpp"

int main(int count, char** arguments) {
  namespace runtime = phasic::runtime;
  namespace command = phasic::command;
  CLI::App app("Spiking networks that learn on the chip", "phasic");
  app.set_version_flag("--version", runtime::version());
  app.require_subcommand(0, 1);  // so that an unknown command is named; none at all is caught below
  command::Action chosen;
  command::add_learn(app, chosen);
  command::add_test(app, chosen);
  command::add_compare(app, chosen);
  command::add_info(app, chosen);
  command::add_doctor(app, chosen);
  command::add_demo(app, chosen);
  command::add_data(app, chosen);
  command::add_experiment(app, chosen);
  try {
    app.parse(count, arguments);
  } catch (const CLI::ParseError& error) {
    // CLI11 has its own codes; every wrong option is 1 here.
    return app.exit(error) == 0 ? runtime::kSuccess : runtime::kInputFailure;
  }
  if (!chosen) {
    fmt::print(stderr, "phasic: a command is needed\n{}", app.help());
    return runtime::kInputFailure;
  }
  try {
    return chosen();
  } catch (const runtime::InputError& error) {
    fmt::print(stderr, "phasic: {}\n", error.what());
    return runtime::kInputFailure;
  } catch (const runtime::Mismatch& error) {
    fmt::print(stderr, "phasic: {}\n", error.what());
    return runtime::kMismatch;
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "phasic: out of memory\n");
    return runtime::kDeviceFailure;
  } catch (const std::exception& error) {
    fmt::print(stderr, "phasic: {}\n", error.what());
    return runtime::kDeviceFailure;
  }
}

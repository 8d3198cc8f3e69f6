// SPDX-License-Identifier: Apache-2.0
/// The command phasic_platform: units, banks and a host in SystemC, on real data.
#include <CLI/CLI.hpp>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "bench/platform/commands.hpp"

namespace {

std::string command_line(int argc, char** argv) {
  std::string text;
  for (int at = 0; at < argc; ++at) text += std::string(at == 0 ? "" : " ") + argv[at];
  return text;
}

}  // namespace

int main(int argc, char** argv) try {
  // SystemC greets on standard error otherwise.
  ::setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
  CLI::App app{"Phasic's units on a SystemC TLM-2.0 platform: RTL at its pins, the HLS kernel, memory banks, a host"};
  app.require_subcommand(1);
  phasic::bench::Action chosen;
  phasic::bench::add_run(app, chosen);
  phasic::bench::add_lockstep(app, chosen);
  phasic::bench::add_sweep(app, chosen, command_line(argc, argv));
  CLI11_PARSE(app, argc, argv);
  return chosen();
} catch (const std::exception& error) {
  std::cerr << "phasic_platform: " << error.what() << '\n';
  return 1;
}

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/network/network_fields.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;

std::string path_of_pointer(const std::string& pointer) {
  // "/layers/0/threshold/raw" -> "layers[0].threshold"
  std::string path;
  std::size_t at = 0;
  while (at < pointer.size()) {
    const auto end = std::min(pointer.find('/', at + 1), pointer.size());
    const auto part = pointer.substr(at + 1, end - at - 1);
    if (!part.empty() && part.find_first_not_of("0123456789") == std::string::npos) {
      path += fmt::format("[{}]", part);
    } else if (part != "raw") {
      path += (path.empty() ? "" : ".") + part;
    }
    at = end;
  }
  return path;
}

}  // namespace

Network parse_network(const json& document, const std::string& file) {
  const JsonNode root(document, file, "");
  Network network;
  network.file = file;
  NetworkContext context;
  read_fields(root, network_fields(), context, network);
  return network;
}

Network load_network(const std::filesystem::path& file) { return parse_network(read_json(file), file.string()); }

json canonical(const Network& network) { return print_fields(network, network_fields(), network); }

std::string first_difference(const Network& left, const Network& right) {
  // The name and the units are for people: they change no bit.
  auto a = canonical(left), b = canonical(right);
  for (auto* document : {&a, &b}) {
    document->erase("name");
    for (auto& layer : (*document)["layers"]) layer.erase("unit");
  }
  const auto changes = json::diff(a, b);
  if (changes.empty()) return "";
  const auto pointer = changes[0]["path"].get<std::string>();
  const auto value = [&](const json& document) {
    const json::json_pointer place(pointer);
    return document.contains(place) ? document[place].dump() : std::string("nothing");
  };
  return fmt::format("{}: {} and {}", path_of_pointer(pointer), value(a), value(b));
}

}  // namespace phasic::runtime

// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/prophesee.hpp"

#include "runtime/data/file_formats.hpp"

namespace phasic::runtime {
namespace {

/// "2.0" and so on, from a line "evt 2.0" or "format EVT2;..."; empty: the header has none of them.
std::string evt_version(const PercentHeader& header) {
  if (const auto evt = header.find("evt")) return *evt;
  const auto format = header.find("format").value_or("");
  if (!format.starts_with("EVT")) return {};
  auto version = format.substr(3, format.find(';') - 3);
  if (version.size() == 2) version.insert(1, ".");  // "EVT21"
  if (version.size() == 1) version += ".0";
  return version;
}

}  // namespace

Recording read_prophesee(const StoredFile& file, std::string_view camera) {
  const auto header = read_percent_header(file);
  Reader reader(file.bytes, file.origin);
  (void)reader.take(header.bytes, "header");
  const auto evt = evt_version(header);
  const bool dat = header.find("data").has_value() || has_ending(file.path, ".dat");
  if (evt.empty() && !dat)
    throw InputError(file.origin, "header", "there is no line \"% evt\" or \"% format\" that says which form it is");
  const auto size = [&] { return settled_size(size_in(header, file.origin), camera, file.origin, "header: width, height"); };
  if (evt == "2.0") return read_evt2(reader, size());
  if (evt == "3.0") return read_evt3(reader, size());
  if (!evt.empty()) throw InputError(file.origin, "header: evt", fmt::format("\"{}\"; 2.0 and 3.0 are read", evt));
  const auto version = header.find("version").value_or("");
  if (version != "2") throw InputError(file.origin, "header: Version", fmt::format("\"{}\"; 2 is read", version));
  return read_dat(reader, size());
}

}  // namespace phasic::runtime

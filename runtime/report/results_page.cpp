// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/results_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "runtime/base/error.hpp"
#include "runtime/base/json_place.hpp"
#include "runtime/report/columns.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

constexpr std::string_view kBegin = "@{";
/// Words between blanks; a part in double quotes is one word.
Words words_of(std::string_view text) {
  Words words;
  bool quoted = false, open = false;
  for (const char letter : text) {
    if (letter == '"') {
      quoted = !quoted;
    } else if (!quoted && (letter == ' ' || letter == '\n')) {
      open = false;
      continue;
    }
    if (!open) words.emplace_back();
    open = true;
    if (letter != '"') words.back() += letter;
  }
  return words;
}

Words split(const std::string& text) {
  Words parts(1);
  for (const char letter : text) {
    if (letter == ',') {
      parts.emplace_back();
    } else {
      parts.back() += letter;
    }
  }
  return parts;
}

/// A text for each value that differs, in the order in which they come.
template <class Get>
Words distinct(const std::vector<json>& rows, Get get) {
  Words texts;
  for (const json& row : rows) {
    const std::string text = get(row);
    if (!text.empty() && std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
  }
  return texts;
}

/// "field=value" words choose rows; the others remain in `words`.
struct Choice {
  std::vector<std::pair<std::string, std::string>> wanted;
  explicit Choice(Words& words) {
    std::erase_if(words, [&](const std::string& word) {
      const auto equal = word.find('=');
      if (equal == std::string::npos || word.find(':') < equal) return false;
      wanted.emplace_back(word.substr(0, equal), word.substr(equal + 1));
      return true;
    });
  }
  [[nodiscard]] bool takes(const json& row) const {
    return std::all_of(wanted.begin(), wanted.end(), [&](const auto& one) {
      const json* const value = field_of(row, one.first);
      if (value == nullptr) return false;
      return value->is_string() ? value->get<std::string>() == one.second : value->dump() == one.second;
    });
  }
};

class Page {
 public:
  Page(const ResultsFolder& folder, const PageTemplate& from, std::string link)
      : folder_(folder), template_(from), link_(std::move(link)) {}

  std::string text() {
    // What is left for {others} is known when all other markers have been seen.
    std::string page = expanded(false);
    page = expanded(true);
    for (const auto& [name, line] : used_) {
      if (!told_.contains(name))
        throw InputError(
            template_.name, fmt::format("line {}", line),
            fmt::format("has a figure of {0}, but no table, pivot or source says where it comes from; add @{{source {0}}}",
                        name));
    }
    page.erase(page.find_last_not_of('\n') + 1);
    return page + '\n';
  }

 private:
  [[noreturn]] void refuse(const std::string& problem) const {
    throw InputError(template_.name, fmt::format("line {}", line_), problem);
  }

  std::string expanded(bool is_last) {
    const std::string& text = template_.text;
    std::string page;
    std::size_t at = 0;
    for (std::size_t begin = text.find(kBegin); begin != std::string::npos; begin = text.find(kBegin, at)) {
      page += text.substr(at, begin - at);
      line_ = 1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin), '\n'));
      const std::size_t end = text.find('}', begin);
      if (end == std::string::npos) refuse("a marker has no end");
      const std::string marker = text.substr(begin + kBegin.size(), end - begin - kBegin.size());
      try {
        page += figure(words_of(marker), is_last);
      } catch (const InputError& error) {
        refuse(fmt::format("@{{{}}}: {}", marker, error.what()));
      } catch (const json::exception& error) {  // a field that is no place in a row
        refuse(fmt::format("@{{{}}}: {}", marker, error.what()));
      }
      at = end + 1;
    }
    return page + text.substr(at);
  }

  std::string figure(Words words, bool is_last) {
    if (words.empty()) throw InputError("", "", "is empty");
    const std::string kind = words.front();
    words.erase(words.begin());
    if (kind == "others") return is_last ? others() : std::string();
    if (words.empty()) throw InputError("", "", "needs the name of a file of results");
    const Words names = split(words.front());
    words.erase(words.begin());
    for (const std::string& name : names) used_.try_emplace(name, line_);
    if (kind == "table") return table(names, words) + "\n" + source(names);
    if (kind == "pivot") return pivot(names, words) + "\n" + source(names);
    if (kind == "source") return source(names);
    if (kind == "mean") return mean(names, words);
    if (kind == "value") return value(names, words);
    if (kind == "ratio") return ratio(names, words);
    throw InputError("", kind, "is no marker; table, pivot, source, mean, value, ratio and others are");
  }

  [[nodiscard]] const Measurement* measurement(const std::string& name) const {
    const auto found = folder_.measurements.find(name);
    return found == folder_.measurements.end() ? nullptr : &found->second;
  }

  /// The chosen rows of all files.
  [[nodiscard]] std::vector<json> rows(const Words& names, const Choice& choice) const {
    std::vector<json> all;
    for (const std::string& name : names) {
      const auto found = folder_.rows.find(name);
      if (found == folder_.rows.end()) {
        throw InputError(folder_.folder, name,
                         measurement(name) != nullptr ? "is a measurement; rows of an experiment are needed"
                                                      : "there is neither a file of this name with .jsonl nor one with .json");
      }
      std::copy_if(found->second.begin(), found->second.end(), std::back_inserter(all),
                   [&](const json& row) { return choice.takes(row); });
    }
    if (all.empty()) throw InputError("", "", "no row is chosen");
    return all;
  }

  /// Rows that differ in their seeds alone.
  [[nodiscard]] std::vector<json> one_group(const Words& names, const Choice& choice) const {
    auto chosen = rows(names, choice);
    const auto groups = groups_of(chosen);
    if (groups.size() > 1)
      throw InputError("", "",
                       fmt::format("{} variations are chosen, \"{}\" and \"{}\" among them; FIELD=VALUE chooses one",
                                   groups.size(), groups[0].variation, groups[1].variation));
    return chosen;
  }

  std::string table(const Words& names, Words& words) const {
    if (names.size() == 1 && measurement(names.front()) != nullptr) {
      if (!words.empty()) throw InputError("", words.front(), "the columns of a measurement stand in its file");
      return markdown(table_of(*measurement(names.front())));
    }
    const Choice choice(words);
    const auto chosen = rows(names, choice);
    if (words.empty()) words = usual_columns(chosen);
    return markdown(table_of(groups_of(chosen), words));
  }

  std::string pivot(const Words& names, Words& words) const {
    const Choice choice(words);
    if (words.size() != 3)
      throw InputError("", "", "needs a field for lines, one for columns, and a column that fills the cells");
    const auto chosen = rows(names, choice);
    const auto text = [](const std::string& field) {
      return [&field](const json& row) {
        const json* const value = field_of(row, field);
        return value == nullptr ? std::string() : text_of(*value);
      };
    };
    const Words lines = distinct(chosen, text(words[0])), columns = distinct(chosen, text(words[1]));
    if (lines.empty() || columns.empty()) throw InputError("", lines.empty() ? words[0] : words[1], "no row has it");
    MarkdownTable result;
    result.columns.push_back({.title = words[0].substr(words[0].rfind('/') + 1)});
    for (const std::string& column : columns) result.columns.push_back({.title = column, .number = true});
    for (const std::string& line : lines) {
      result.lines.push_back({line});
      for (const std::string& column : columns) {
        std::vector<json> cell;
        std::copy_if(chosen.begin(), chosen.end(), std::back_inserter(cell),
                     [&](const json& row) { return text(words[0])(row) == line && text(words[1])(row) == column; });
        const auto groups = groups_of(cell);
        if (groups.size() > 1)
          throw InputError("", "",
                           fmt::format("{}, {}: rows of {} variations; FIELD=VALUE chooses some", line, column, groups.size()));
        result.lines.back().push_back(cell.empty() ? "" : table_of(groups, {words[2]}).lines.front().front());
      }
    }
    return markdown(result);
  }

  std::string mean(const Words& names, Words& words) const {
    const Choice choice(words);
    if (words.size() != 1) throw InputError("", "", "needs one column");
    const auto chosen = one_group(names, choice);
    const std::string text = table_of(groups_of(chosen), words).lines.front().front();
    return chosen.size() > 1 ? text : fmt::format("{} (seed {} alone)", text, chosen.front()["seed"].get<std::uint64_t>());
  }

  /// A field of a measurement, or one that all chosen rows have alike.
  [[nodiscard]] json field(const Words& names, const Choice& choice, const std::string& name) const {
    if (names.size() == 1 && measurement(names.front()) != nullptr) {
      const json* const value = find_place(measurement(names.front())->document, "/" + name);
      if (value == nullptr) throw InputError("", name, "is not there");
      return *value;
    }
    const auto chosen = rows(names, choice);
    const json* const first = field_of(chosen.front(), name);
    for (const json& row : chosen) {
      const json* const other = field_of(row, name);
      if (first == nullptr || other == nullptr) throw InputError("", name, "is not in every row");
      if (*first != *other)
        throw InputError("", name, fmt::format("is {} and {}; FIELD=VALUE chooses rows", first->dump(), other->dump()));
    }
    return *first;
  }

  std::string value(const Words& names, Words& words) const {
    const Choice choice(words);
    if (words.empty() || words.size() > 2) throw InputError("", "", "needs a field and may have a format");
    return formatted(field(names, choice, words[0]), words.size() == 2 ? words[1] : "", words[0]);
  }

  std::string ratio(const Words& names, Words& words) const {
    const Choice choice(words);
    if (words.size() != 3) throw InputError("", "", "needs two fields and a format");
    const json above = field(names, choice, words[0]), below = field(names, choice, words[1]);
    if (!above.is_number() || !below.is_number() || below.get<double>() == 0)
      throw InputError("", words[1], fmt::format("{} / {} is no number", above.dump(), below.dump()));
    return formatted(above.get<double>() / below.get<double>(), words[2], words[0]);
  }

  /// A line for each file: commands, the file, seeds, kind, what another engine found, commits.
  std::string source(const Words& names) {
    std::string text;
    for (const std::string& name : names) {
      told_.insert(name);
      std::string line;
      if (const Measurement* const one = measurement(name)) {
        line = fmt::format("[{0}.json]({1}{0}.json), {2}", name, link_, source_text(*one));
      } else {
        Words nothing;
        line = fmt::format("[{0}.jsonl]({1}{0}.jsonl), {2}", name, link_, source_of(rows({name}, Choice(nothing))));
      }
      if (!text.empty()) text += '\n';
      text += names.size() > 1 ? "- " + line : "From " + line + '.';
    }
    return text;
  }

  static std::string source_of(const std::vector<json>& rows) {
    Words parts = distinct(rows, [](const json& row) { return row.value("command", ""); });
    for (std::string& command : parts) command = fmt::format("`{}`", command);
    if (parts.empty()) {
      parts = distinct(rows, [](const json& row) { return row["experiment"].get<std::string>(); });
      for (std::string& name : parts) name.insert(0, "experiment ");
    }
    std::string text = fmt::format("{}: ", fmt::join(parts, ", "));
    std::vector<std::uint64_t> seeds;
    seeds.reserve(rows.size());
    for (const json& row : rows) seeds.push_back(row["seed"].get<std::uint64_t>());
    const std::string listed = seeds_text(seeds);
    text += fmt::format("seed{} {}", listed.find_first_not_of("0123456789") == std::string::npos ? "" : "s", listed);
    for (const std::string& kind : distinct(rows, [](const json& row) {
           return row.contains("/network/phasic_network"_json_pointer) ? std::string("bit-exact")
                                                                       : std::string("floating point");
         }))
      text += ", " + kind;
    for (const std::string& repeated : distinct(rows, [](const json& row) {
           if (!row.contains("repeat")) return std::string();
           const json& repeat = row["repeat"];
           return fmt::format("{} samples of it on {}, simulated: {} differences", text_of(repeat["samples"]),
                              text_of(repeat["engine"]), text_of(repeat["differences"]));
         }))
      text += ", " + repeated;
    for (const std::string& commit : distinct(rows, [](const json& row) { return row.value("commit", ""); }))
      text += ", " + commit;
    return text;
  }

  /// Files of which no marker says anything.
  std::string others() {
    Words names;
    for (const auto& [name, ignored] : folder_.rows) names.push_back(name);
    for (const auto& [name, ignored] : folder_.measurements) names.push_back(name);
    std::sort(names.begin(), names.end());
    std::string text;
    for (const std::string& name : names) {
      if (used_.contains(name)) continue;
      text += text.empty() ? "## Further results\n\n" : "\n\n";
      text += fmt::format("### {}\n\n", name);
      Words words;
      const Measurement* const one = measurement(name);
      if (one == nullptr || one->document.contains("rows")) text += table({name}, words) + '\n';
      text += source({name});
    }
    return text;
  }

  const ResultsFolder& folder_;
  const PageTemplate& template_;
  std::string link_;
  std::size_t line_ = 1;
  std::map<std::string, std::size_t> used_;  ///< files that markers name, and the line of the first
  std::set<std::string> told_;               ///< files of which the page says where they come from
};

}  // namespace

std::string results_page(const ResultsFolder& folder, const PageTemplate& from, const std::string& link) {
  return Page(folder, from, link).text();
}

}  // namespace phasic::runtime

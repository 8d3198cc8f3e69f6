// SPDX-License-Identifier: Apache-2.0
/// The HTML page of `phasic experiment report`, as the command writes it and as a browser without a network shows it.
#include "runtime/report/page.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <regex>

#include "runtime/report/statistics.hpp"
#include "tests/runtime/support.hpp"

namespace phasic {
namespace {

using nlohmann::json;
using test::expect_all_in;

struct Ended {
  int code;
  std::string output;
};

/// Runs a program to its end. Standard error joins the output, unless it is not wanted.
Ended run(const std::vector<std::string>& arguments, const std::filesystem::path& output, bool errors = true) {
  const pid_t child = ::fork();
  if (child == 0) {
    const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    ::dup2(file, STDOUT_FILENO);
    ::dup2(errors ? file : ::open("/dev/null", O_WRONLY), STDERR_FILENO);
    std::vector<char*> pointers;
    for (const auto& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    ::execvp(pointers[0], pointers.data());
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  const auto bytes = test::read_file(output);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, std::string(bytes.begin(), bytes.end())};
}

/// A row of three classes that are learned one after the other by two layers.
json made_row(std::uint64_t seed, std::uint32_t neurons, double accuracy) {
  const auto layer = [](std::uint64_t operations, std::uint64_t spikes) {
    return json{{"synaptic_operations", operations}, {"update_operations", operations / 4}, {"spikes", spikes}};
  };
  json row = {{"phasic_row", 1},
              {"experiment", "made"},
              {"run", "neurons=" + std::to_string(neurons) + " seed=" + std::to_string(seed)},
              {"seed", seed},
              {"variation", {{"network/layers/0/neurons", neurons}}},
              {"task", "class_continual"},
              {"data", "made, training"},
              {"training_samples", 300},
              {"judged_on", "validation"},
              {"judged_samples", 100},
              {"samples_learned", 300},
              {"accuracy", accuracy},
              {"mean_class_accuracy", accuracy - 0.01},
              {"accuracy_by_class", {accuracy, accuracy - 0.1, accuracy + 0.05}},
              {"forgetting", 0.125},
              {"order", {2, 0, 1}},
              {"before_learning", {0.5, 0.625, 0.75}},
              {"validation", {{100, 0.25}, {200, 0.5}, {300, accuracy}}},
              {"formula_operations", 1000 * neurons},
              {"engine", "reference"},
              {"seconds", 1.5},
              {"weights_crc32", "01234567"},
              {"commit", "abcdef0"},
              {"network", {{"inputs", 64}}}};
  row["matrix"] = json::array({json::array({1.0}), {0.75, 0.5}, {accuracy, 0.25, 0.625}});
  for (const char* const phase : {"learned", "judged"}) {
    row[phase] = {{"samples", 300},
                  {"input_events", 6000},
                  {"layers", {layer(std::uint64_t{600'000} * neurons, 3000), layer(std::uint64_t{3000} * neurons, 0)}}};
  }
  return row;
}

std::vector<json> made_rows() {
  std::vector<json> rows;
  for (const std::uint32_t neurons : {10U, 20U}) {
    for (const std::uint64_t seed : {1U, 2U})
      rows.push_back(made_row(seed, neurons, 0.5 + 0.0125 * neurons + 0.03125 * static_cast<double>(seed)));
  }
  return rows;
}

class ReportPage : public ::testing::Test {
 protected:
  std::string write(const std::vector<json>& rows) {
    std::string text;
    for (const json& row : rows) text += row.dump() + '\n';
    test::write_file(results, text);
    return results;
  }
  Ended report() { return run({PHASIC_PROGRAM, "experiment", "report", results, "--html", page}, folder / "output"); }

  /// The page's document after its script has run, in a browser that finds no host.
  std::string shown() {
#ifdef PHASIC_CHROMIUM
    auto ended =
        run({"timeout", "300", PHASIC_CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--disable-background-networking", "--disable-component-update",
             "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=" + (folder / "browser").string(),
             "--window-size=1280,2000", "--dump-dom", "file://" + page},
            folder / "document", false);
    EXPECT_EQ(ended.code, 0) << "the browser failed";
    // Without style, script, data and licences, in which any text may be found.
    const auto& text = ended.output;
    const auto main = text.find("<main");
    EXPECT_NE(main, std::string::npos);
    return text.substr(0, text.find("<style")) + text.substr(std::min(main, text.size()), text.find("</main>") - main);
#else
    return "";
#endif
  }

  test::TemporaryFolder folder;
  std::string results = (folder / "made.jsonl").string(), page = (folder / "report.html").string();
};

/// The document between the first `begin` and the `end` after it.
std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const auto first = text.find(begin);
  if (first == std::string::npos) return "";
  return text.substr(first, text.find(end, first) - first);
}

std::vector<std::string> all_of(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::vector<std::string> found;
  for (auto at = std::sregex_iterator(text.begin(), text.end(), expression); at != std::sregex_iterator(); ++at)
    found.push_back((*at)[1]);
  return found;
}

/// The cells of the Markdown table, line after line, as the page writes them.
std::vector<std::string> cells_of_table(const std::vector<json>& rows) {
  std::istringstream lines(runtime::table_of(rows));
  std::vector<std::string> cells;
  std::string line;
  for (int n = 0; std::getline(lines, line); ++n) {
    if (n < 2) continue;
    for (auto& cell : all_of(line, R"(\| ([^|]*) (?=\|))"))
      cells.push_back(std::regex_replace(cell, std::regex(R"(\+-)"), "±"));
  }
  return cells;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

#if !defined(PHASIC_WITH_PAGE)
#define NEEDS_PAGE GTEST_SKIP() << "the page is not built: there is no npm (./scripts/install --development)"
#else
#define NEEDS_PAGE static_cast<void>(0)
#endif
#if !defined(PHASIC_CHROMIUM)
#define NEEDS_BROWSER GTEST_SKIP() << "there is no chromium (./scripts/install --development)"
#else
#define NEEDS_BROWSER NEEDS_PAGE
#endif

TEST_F(ReportPage, DrawsEveryChartAndShowsTheNumbersOfTheTable) {
  NEEDS_BROWSER;
  auto rows = made_rows();
  const json histogram = {{"edges", {-1, 0, 1}}, {"counts", {3, 4}}};
  json crowd = {{"neurons", 100}, {"steps", 50}, {"spikes", json::array()}};
  for (int n = 0; n < 5000; ++n) crowd["spikes"].push_back({n % 50, n / 50});
  for (json& row : rows) {
    row["weight_changes"] = {histogram, histogram};
    row["raster"] = {{{"neurons", 5}, {"steps", 4}, {"every", 2}, {"spikes", {{0, 0}, {3, 4}}}}, crowd};
    // Two places of three channels: grey and, half as strong as the strongest, a red without green; then the strongest blue.
    row["filters"] = {
        {"rows", 1}, {"columns", 2}, {"channels", 3}, {"filters", 9}, {"shown", {"808080a06080", "8080c08080ff"}}};
  }
  write(rows);
  const auto written = report();
  ASSERT_EQ(written.code, 0) << written.output;
  const auto document = shown();
  expect_all_in(document, {"data-state=\"drawn\"", "data-errors=\"[]\"", "data-charts=\"14\"", ">abcdef0<", "\"inputs\": 64"});
  for (const std::string kind : {"comparison", "matrix", "classes", "learning", "before-learning", "forgetting", "spikes",
                                 "counted-cost", "formula-cost", "weight-changes", "raster", "filters"}) {
    const auto figure = between(document, "data-chart=\"" + kind + "\"", "</figure>");
    EXPECT_GE(count_of(figure, "<path"), 3U) << kind << " is empty: " << figure;
  }
  EXPECT_EQ(count_of(document, "data-chart=\"raster\""), 2U);
  expect_all_in(
      between(document, "data-chart=\"filters\"", "</figure>"),
      {"The first 2 of 9 filters of 1 x 2", "rgb(128,128,128)", "rgb(255,0,128)", "rgb(128,128,192)", "rgb(128,128,255)"});
  expect_all_in(document, {"2 spikes of one in 2 of 5 neurons in 4 steps"});
  EXPECT_EQ(count_of(document, "<canvas"), 1U) << "only the raster with many spikes is drawn on a canvas";
  EXPECT_EQ(all_of(between(document, "class=\"variations\"", "</table>"), "<td [^>]*>([^<]*)</td>"), cells_of_table(rows));

  // Means over the two seeds of the first variation: (0.65625 + 0.6875) / 2 in the matrix, and the same for class 0.
  const auto matrix = between(document, "data-chart=\"matrix\"", "</figure>");
  for (const std::string cell : {"100.0", "75.0", "50.0", "67.2", "25.0", "62.5"})
    EXPECT_NE(matrix.find(">" + cell + "<"), std::string::npos) << cell;
  EXPECT_NE(between(document, "data-chart=\"classes\"", "</figure>").find(">67.2<"), std::string::npos);
}

TEST_F(ReportPage, RowsWithoutOptionalFieldsGiveTheOtherCharts) {
  NEEDS_BROWSER;
  auto row = made_row(1, 10, 0.5);
  for (const char* const field :
       {"matrix", "forgetting", "order", "validation", "before_learning", "network", "judged", "seconds"})
    row.erase(field);
  write({row});
  ASSERT_EQ(report().code, 0);
  const auto document = shown();
  expect_all_in(document, {"data-state=\"drawn\"", "data-errors=\"[]\"", "data-charts=\"4\"", "data-chart=\"classes\""});
  EXPECT_EQ(document.find("data-chart=\"matrix\""), std::string::npos);
}

TEST_F(ReportPage, TextsInRowsStayTexts) {
  NEEDS_BROWSER;
  const std::string text =
      "</script><script>document.documentElement.dataset.planted = 1</script><!--<script><img src=x onerror=planted()>";
  auto rows = made_rows();
  for (json& row : rows) {
    for (const char* const field : {"experiment", "data", "commit", "run"}) row[field] = text + row[field].get<std::string>();
    row["variation"][text] = text;
  }
  write(rows);
  ASSERT_EQ(report().code, 0);
  const auto document = shown();
  expect_all_in(document, {"data-state=\"drawn\"", "data-errors=\"[]\"", "&lt;/script&gt;&lt;script&gt;document"});
  EXPECT_EQ(document.find("data-planted"), std::string::npos);
  EXPECT_EQ(count_of(document, "<script"), 0U);
  EXPECT_EQ(count_of(document, "<img"), 0U);
}

TEST_F(ReportPage, AFieldThatCannotBeDrawnIsSaidAndLeavesTheOthersAlone) {
  NEEDS_BROWSER;
  auto rows = made_rows();
  for (json& row : rows) row["weight_changes"] = {{"edges", {0, 1}}, {"counts", {1, 2, 3}}};
  write(rows);
  ASSERT_EQ(report().code, 0);
  const auto document = shown();
  expect_all_in(document, {"data-state=\"drawn\"", "weight-changes: a histogram needs one count less than edges",
                           "class=\"broken\"", "data-charts=\"9\""});
}

TEST_F(ReportPage, RowsThatDifferInProtocolOrMethodAreApart) {
  NEEDS_BROWSER;
  std::vector<json> rows;
  for (const std::string protocol : {"streaming", "published"}) {
    for (const std::string method : {"naca", "sgd"}) {
      for (const std::uint64_t seed : {1U, 2U}) {
        rows.push_back(made_row(seed, 10, protocol == "published" ? 0.75 : 0.5));
        std::string name = protocol;
        rows.back()["run"] = name.append(" ").append(method).append(" seed=").append(std::to_string(seed));
        rows.back()["protocol"] = protocol;
        rows.back()["method"] = method;
        rows.back()["samples_learned"] = method == "sgd" ? 123'456 + 1000 * seed : 60'000;
        const json samples = seed == 1 || method == "naca" ? json(1000 * seed) : json(nullptr);
        rows.back()["samples_to_reach"] = {{{"level", 0.9}, {"samples", samples}}, {{"level", 0.95}, {"samples", nullptr}}};
      }
    }
  }
  write(rows);
  ASSERT_EQ(report().code, 0);
  const auto document = shown();
  expect_all_in(document, {"data-state=\"drawn\"", "data-errors=\"[]\"", ">streaming, naca, neurons = 10<"});
  const auto cells = all_of(between(document, "class=\"variations\"", "</table>"), "<td [^>]*>([^<]*)</td>");
  EXPECT_EQ(cells, cells_of_table(rows));
  EXPECT_EQ(cells.size(), 4 * 13U);
}

TEST_F(ReportPage, NothingIsLoaded) {
  NEEDS_BROWSER;
  write(made_rows());
  ASSERT_EQ(report().code, 0);
  const auto bytes = test::read_file(page);
  std::string text(bytes.begin(), bytes.end());
  const auto markup = std::regex_replace(text.substr(0, text.find("<style>")), std::regex("\\s+"), " ");
  expect_all_in(markup, {"default-src 'none'"});
  for (const std::string loader : {"<link rel=\"stylesheet\"", "<script src", "@import", "url(http"})
    EXPECT_EQ(text.find(loader), std::string::npos) << loader;

  // What would be loaded is refused and noticed: the empty list of errors in the other tests means that nothing is.
  text.insert(text.rfind("</body>"), "<img src=\"http://planted.invalid/a.png\">");
  test::write_file(page, text);
  expect_all_in(shown(), {"data-state=\"drawn\"", "blocked: http://planted.invalid/a.png"});
}

TEST_F(ReportPage, WrongRowsAreRefusedAndNoPageIsWritten) {
  const auto expect_refusal = [&](const std::string& text, const std::vector<std::string>& parts) {
    test::write_file(results, text);
    for (const bool html : {false, true}) {
      const auto ended = html ? report() : run({PHASIC_PROGRAM, "experiment", "report", results}, folder / "output");
      EXPECT_EQ(ended.code, runtime::kInputFailure) << ended.output;
      expect_all_in(ended.output, parts);
      expect_all_in(ended.output, {results});
    }
    EXPECT_FALSE(std::filesystem::exists(page));
  };
  const std::string good = made_row(1, 10, 0.5).dump() + '\n';
  expect_refusal(good + "{\"experiment\": \"ma\n" + good, {"line 2", "column 18", "invalid string"});
  expect_refusal("", {"has no row"});
  for (const std::string field :
       {"experiment", "run", "seed", "variation", "accuracy", "judged_on", "samples_learned", "learned/layers"}) {
    auto row = made_row(1, 10, 0.5);
    const json::json_pointer place("/" + field);
    row[place] = nullptr;
    expect_refusal(good + row.dump() + '\n', {"line 2, " + field, "null is not"});
    row.erase(field.substr(0, field.find('/')));
    expect_refusal(good + row.dump() + '\n', {"line 2, " + field, "is missing"});
  }
  const auto expect_wrong = [&](const std::string& field, const json& value, const std::string& told) {
    auto row = made_row(1, 10, 0.5);
    row[field] = value;
    expect_refusal(good + row.dump() + '\n', {"line 2, " + field + told});
  };
  expect_wrong("method", 1, ": 1 is not a text");
  expect_wrong("repeat", {{"engine", "rtl8"}, {"samples", 1}}, "/differences: is missing");
  expect_wrong("samples_to_reach", 1, ": 1 is not a list");
  expect_wrong("samples_to_reach", {{{"level", 0.9}}}, "/0/samples: is missing");
  expect_wrong("samples_to_reach", {{{"samples", 10}}}, "/0/level: is missing");
  std::filesystem::remove(results);
  const auto ended = report();
  EXPECT_EQ(ended.code, runtime::kInputFailure);
  expect_all_in(ended.output, {results, "is not there"});
}

TEST_F(ReportPage, WithoutHtmlTheReportIsTheMarkdownTable) {
  const auto rows = made_rows();
  write(rows);
  const auto ended = run({PHASIC_PROGRAM, "experiment", "report", results}, folder / "output");
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.output, results + "\n" + runtime::table_of(rows) + "\n");
}

TEST_F(ReportPage, WithoutTheBuiltPageTheCommandSaysHowToGetIt) {
  // The command looks beside itself.
  std::filesystem::create_directories(folder / "elsewhere" / "bin");
  const auto program = folder / "elsewhere" / "bin" / "phasic";
  std::filesystem::copy_file(PHASIC_PROGRAM, program);
  write(made_rows());
  const auto ended = run({program.string(), "experiment", "report", results, "--html", page}, folder / "output");
  EXPECT_EQ(ended.code, runtime::kInputFailure);
  expect_all_in(ended.output, {"share/report.html", "npm", "./scripts/install --development"});
}

TEST(PageOf, PutsRowsIntoTheOnePlaceAndNoTagAmongThem) {
  auto row = made_row(1, 10, 0.5);
  row["data"] = "</script><!--";
  const auto page = runtime::page_of("<b>@DATA@</b>", {.version = "1", .command = "<i>"}, {{"a<b", {row}}});
  EXPECT_EQ(count_of(page, "<"), 2U) << page;
  const auto document = json::parse(page.substr(3, page.size() - 7));
  EXPECT_EQ(document["command"], "<i>");
  EXPECT_EQ(document["files"][0]["name"], "a<b");
  EXPECT_EQ(document["files"][0]["rows"][0]["data"], "</script><!--");
  EXPECT_EQ(document["files"][0]["rows"][0]["variation_name"], "network/layers/0/neurons = 10");
  for (const std::string wrong : {"", "@DATA@ @DATA@"})
    EXPECT_NE(test::refusal([&] { (void)runtime::page_of(wrong, {}, {}); }).find("@DATA@"), std::string::npos);
}

TEST(WritePage, AFolderThatIsNotThereIsNamed) {
  EXPECT_NE(test::refusal([] { runtime::write_page("/nowhere/page.html", ""); }).find("/nowhere/page.html"), std::string::npos);
}

}  // namespace
}  // namespace phasic

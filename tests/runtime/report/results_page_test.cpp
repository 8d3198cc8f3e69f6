// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/results_page.hpp"

#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;
using test::expect_all_in;
using test::refusal;

json row(const std::string& experiment, std::uint64_t seed, const std::string& rule, double accuracy) {
  return {{"experiment", experiment},
          {"run", "rule=" + rule + " seed=" + std::to_string(seed)},
          {"seed", seed},
          {"variation", {{"network/layers/0/rule", rule}}},
          {"judged_on", "test"},
          {"judged_samples", 10'000},
          {"accuracy", accuracy},
          {"samples_learned", 2000},
          {"network", {{"phasic_network", 1}, {"steps", 20}}},
          {"command", "phasic experiment run " + experiment + ".json"},
          {"commit", "phasic 0.1.0, commit abc"},
          {"learned", {{"layers", {{{"synaptic_operations", 4e9}, {"update_operations", 2e6}}}}}}};
}

/// Two experiments of two seeds each, one with two rules, and two measurements.
ResultsFolder folder() {
  ResultsFolder results;
  results.folder = "results";
  results.rows["first"] = {row("first", 1, "naca", 0.5), row("first", 2, "naca", 0.6), row("first", 1, "frozen", 0.25),
                           row("first", 2, "frozen", 0.25)};
  results.rows["second"] = {row("second", 1, "naca", 0.75), row("second", 2, "naca", 0.85)};
  results.measurements["cycles"] = parse_measurement(
      {{"phasic_measurement", 1},
       {"command", "count --all"},
       {"kind", "simulated"},
       {"seeds", {1, 2, 3}},
       {"values", {{"cycles", 1'234'567}, {"samples", 100}}},
       {"columns", {{{"field", "lanes"}}, {{"field", "cycles"}, {"title", "cycles a sample"}, {"format", ".1"}}}},
       {"rows", {{{"lanes", 8}, {"cycles", 1000}}, {{"lanes", 64}, {"cycles", 2000}}}},
       {"spread", true}},
      "cycles.json");
  return results;
}

std::string page(const std::string& text) { return results_page(folder(), {"page.in", text}, "results/"); }

TEST(ResultsPage, HasTextAsItStandsAndFiguresInPlaceOfMarkers) {
  EXPECT_EQ(page("No marker: {} @ {a}.\n\n\n"), "No marker: {} @ {a}.\n") << "one end of line at the end";
  expect_all_in(page("It is @{mean first accuracy network/layers/0/rule=naca} %.\n@{source first}"),
                {"It is 55.00 +- 7.07 %.\n", "[first.jsonl](results/first.jsonl), `phasic experiment run first.json`: ",
                 "seeds 1, 2, bit-exact, phasic 0.1.0, commit abc."});
  expect_all_in(page("@{value cycles values/cycles}, @{ratio cycles values/cycles values/samples .1}; @{source cycles}"),
                {"1,234,567, 12,345.7; From [cycles.json](results/cycles.json), `count --all`: seeds 1 to 3, simulated."});
  expect_all_in(page("@{value first samples_learned} @{value first network/steps .2}@{source first}"), {"2,000 20.00"});
}

TEST(ResultsPage, TellsWhenAMeanIsOfOneSeedAlone) {
  expect_all_in(page("@{mean second accuracy seed=2}@{source second}"), {"85.00 (seed 2 alone)"});
}

TEST(ResultsPage, TablesHaveALineForEachVariationOfAllFilesAndTheirSources) {
  expect_all_in(page("@{table first,second experiment network/layers/0/rule:\"hidden rule\" seeds accuracy}"),
                {"| experiment | hidden rule | seeds | accuracy, % |\n|---|---|--:|--:|\n| first | naca | 2 | 55.00 +- 7.07 |\n"
                 "| first | frozen | 2 | 25.00 +- 0.00 |\n| second | naca | 2 | 80.00 +- 7.07 |\n\n- [first.jsonl]",
                 "\n- [second.jsonl]"});
  expect_all_in(page("@{table first seeds judged_on samples_learned synaptic_operations network/layers/0/rule=frozen}"),
                {"--:|\n| 2 | test of 10,000 | 2,000 | 2.000 |\n\nFrom [first.jsonl]"});
  expect_all_in(page("@{table cycles}"), {"| lanes | cycles a sample |\n|--:|--:|\n| 8 | 1,000.0 |\n| 64 | 2,000.0 |\n"
                                          "| mean +- deviation | 1,500.0 +- 707.1 |\n\nFrom [cycles.json]"});
}

TEST(ResultsPage, NumbersWithoutEndAreShownWithThreeDigitsAndOthersAsTheyAre) {
  ResultsFolder results = folder();
  results.rows["second"].resize(1);
  results.rows["second"][0]["share"] = {1.0 / 3 / 1000, 0.0625, 1'234'567};
  const std::string made = results_page(
      results, {"page.in", "@{table second share/0:\"third\" share/1:\"sixteenth\" share/2:\"whole\"}"}, "results/");
  expect_all_in(made, {"| 0.000333 | 0.0625 | 1,234,567 |"});
}

TEST(ResultsPage, PivotsPutOneFieldBesideAnother) {
  expect_all_in(
      page("@{pivot first,second network/layers/0/rule experiment accuracy}"),
      {"| rule | first | second |\n|---|--:|--:|\n| naca | 55.00 +- 7.07 | 80.00 +- 7.07 |\n| frozen | 25.00 +- 0.00 | |\n"});
}

TEST(ResultsPage, TellsAnotherEnginesDifferences) {
  auto results = folder();
  for (json& one : results.rows["second"])
    one["repeat"] = {{"engine", "rtl64"}, {"samples", 500}, {"differences", 0}, {"run_cycles", 5000}};
  expect_all_in(results_page(results, {"page.in", "@{source second}"}, ""),
                {"500 samples of it on rtl64, simulated: 0 differences"});
}

TEST(ResultsPage, FilesThatNoMarkerNamesComeWithTheOthers) {
  const auto text = page("@{others}\n@{source first}\n");
  expect_all_in(text, {"## Further results\n\n### cycles\n\n| lanes |", "### second\n\n| run |", "From [first.jsonl]"});
  EXPECT_EQ(text.find("### first"), std::string::npos);
  EXPECT_EQ(page("a @{others}@{source first,second,cycles}").find("Further"), std::string::npos);
}

TEST(ResultsPage, WrongMarkersAreNamedWithTheirLine) {
  const auto refused = [](const std::string& text, const std::vector<std::string>& told) {
    expect_all_in(refusal([&] { (void)page("one\ntwo\n" + text); }), {"page.in", "line 3"});
    expect_all_in(refusal([&] { (void)page("one\ntwo\n" + text); }), told);
  };
  refused("@{tabel first}", {"tabel", "table, pivot"});
  refused("@{}", {"is empty"});
  refused("@{table first", {"no end"});
  refused("@{table third}", {"third", "neither"});
  refused("@{table cycles accuracy}", {"accuracy", "columns of a measurement"});
  refused("@{table first seed=9}", {"no row is chosen"});
  refused("@{value cycles layers/18446744073709551616}", {"layers/18446744073709551616", "is not there"});
  refused("@{value first accuracy_by_class/18446744073709551616}", {"is not in every row"});
  refused("@{value first a~b}", {"a~b", "is not in every row"});
  refused("@{mean first accuracy}", {"2 variations", "FIELD=VALUE"});
  refused("@{mean cycles values}", {"cycles", "is a measurement"});
  refused("@{value first accuracy}", {"accuracy", "0.5", "0.6"});
  refused("@{value first nothing}", {"nothing"});
  refused("@{value cycles values/steps}", {"values/steps"});
  refused("@{value cycles values/a~b}", {"values/a~b"});
  refused("@{value cycles values/cycles roman}", {"roman"});
  refused("@{ratio cycles values/cycles command .1}", {"is no number"});
  refused("@{pivot first experiment seed accuracy}", {"2 variations"});
  refused("@{pivot first experiment nothing accuracy}", {"nothing"});
}

TEST(ResultsPage, AFigureWithoutItsSourceIsRefused) {
  expect_all_in(refusal([] { (void)page("one\n@{value cycles values/cycles}\n"); }),
                {"page.in", "line 2", "cycles", "@{source cycles}"});
}

TEST(ResultsPage, ReadsAFolder) {
  const test::TemporaryFolder files;
  test::write_file(files / "made.jsonl", row("made", 1, "naca", 0.5).dump() + "\n");
  EXPECT_EQ(load_page_template(files.path()).text, "# Results\n\n@{others}\n");
  test::write_file(files / "results.md.in", std::string("@{table made}\n"));
  const auto results = load_results_folder(files.path());
  expect_all_in(results_page(results, load_page_template(files.path()), ""), {"| network/layers/0/rule = \"naca\" | 1 |"});
  test::write_file(files / "made.json", folder().measurements["cycles"].document.dump());
  expect_all_in(refusal([&] { (void)load_results_folder(files.path()); }), {"made", ".jsonl"});
  expect_all_in(refusal([&] { (void)load_results_folder(files / "none"); }), {"none", "is not a folder"});
}

TEST(Measurement, WrongFilesAreNamed) {
  const auto refused = [](auto change, const std::vector<std::string>& told) {
    json document = folder().measurements["cycles"].document;
    change(document);
    expect_all_in(refusal([&] { (void)parse_measurement(document, "m.json"); }), told);
  };
  refused([](json& d) { d["phasic_measurement"] = 2; }, {"m.json", "phasic_measurement", "2"});
  refused([](json& d) { d.erase("command"); }, {"m.json", "command"});
  refused([](json& d) { d["kind"] = "guessed"; }, {"m.json", "kind", "guessed"});
  refused([](json& d) { d["kind"] = {"simulated", "measured"}; }, {"m.json", "kind[1]", "machine"});
  refused([](json& d) { d["seeds"] = {"one"}; }, {"m.json", "seeds[0]", "one"});
  refused([](json& d) { d.erase("columns"); }, {"m.json", "columns and rows"});
  refused([](json& d) { d["columns"][0]["field"] = "bits"; }, {"m.json", "columns[0].field", "bits"});
  refused([](json& d) { d["columns"][1]["title"] = 1; }, {"m.json", "columns[1].title", "1"});
  refused([](json& d) { d["columns"][1]["format"] = 1; }, {"m.json", "columns[1].format", "1"});
  refused([](json& d) { d["colour"] = 1; }, {"m.json", "colour"});
}

TEST(Measurement, ValuesAreWrittenAsTheirFormatSays) {
  EXPECT_EQ(formatted(-1'234'567, "", ""), "-1,234,567");
  EXPECT_EQ(formatted("text", "", ""), "text");
  EXPECT_EQ(formatted(1234.56, "integer", ""), "1,235");
  EXPECT_EQ(formatted(0.97125, "percent", ""), "97.12");
  EXPECT_EQ(formatted(123456.78, ".1", ""), "123,456.8");
  EXPECT_EQ(formatted({{"median", 15700}, {"lowest", 12200}, {"highest", 16800}}, "range", ""), "15,700 (12,200 to 16,800)");
  expect_all_in(refusal([] { (void)formatted("text", ".1", "m.json: rows[0].x"); }), {"m.json: rows[0].x", "text"});
}

TEST(Markdown, ListsSeedsShortly) {
  EXPECT_EQ(seeds_text({1}), "1");
  EXPECT_EQ(seeds_text({2, 1, 2}), "1, 2");
  EXPECT_EQ(seeds_text({5, 4, 3, 2}), "2 to 5");
  EXPECT_EQ(seeds_text({1, 3, 7}), "1, 3, 7");
}

TEST(Documentation, ResultsAreWhatTheCommandMakesOfTheFiles) {
  const auto docs = std::filesystem::path(PHASIC_SOURCE_DIR) / "docs";
  const auto bytes = test::read_file(docs / "results.md");
  const auto folder = docs / "results";
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()),
            results_page(load_results_folder(folder), load_page_template(folder), "results/"))
      << "run: build/bin/phasic experiment page docs/results --output docs/results.md";
}

}  // namespace
}  // namespace phasic::runtime

// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/nettalk.hpp"

#include <set>

#include "runtime/data/load.hpp"
#include "tests/runtime/data/made_files.hpp"

namespace phasic::runtime {
namespace {

using test::expect_all_in;
using test::refusal;
using test::stored;

const std::string kHeader = "     The corpus\n\n\t\tCopyright\n\n-----------------------\n\n";

TEST(Nettalk, WordsAreRead) {
  const auto list = read_nettalk(stored(test::bytes_of(kHeader + "aback\txb@k-\t0>1<<\t0\nabaft\txb@ft\t0>1<<\t0 \r\n")));
  ASSERT_EQ(list.words.size(), 2u);
  EXPECT_EQ(list.words[0].letters, "aback");
  EXPECT_EQ(list.words[0].phonemes, "xb@k-");
  EXPECT_EQ(list.words[1].stresses, "0>1<<");
  EXPECT_TRUE(list.damaged.empty());
  // Without the text in front, too.
  EXPECT_EQ(read_nettalk(stored(test::bytes_of("aback\txb@k-\t0>1<<\t0\n"))).words.size(), 1u);
}

TEST(Nettalk, DamagedLinesAreSkippedAndTold) {
  const auto list = read_nettalk(stored(test::bytes_of(kHeader + "gunpowder\tg^npW-d-R\t0\t0\n"  // line 7
                                                                 "aback\txb@k-\t0>1<<\t0\n"      // line 8
                                                                 "abaft\txb@f\t0>1<<\t0\n"       // line 9
                                                                 "ab-ck\txb@k-\t0>1<<\t0\n"      // line 10
                                                                 "abash\txb@S-\t0>1<x\t0\n"      // line 11
                                                                 "abash\n"                       // line 12
                                                                 "aback\tabcde\t0>1<<\t0\n")));  // another pronunciation
  EXPECT_EQ(list.words.size(), 1u);
  EXPECT_EQ(list.repeated, 1u);
  ASSERT_EQ(list.damaged.size(), 5u);
  expect_all_in(list.damaged[0], {"line 7", "gunpowder", "1 stresses", "9 letters"});
  expect_all_in(list.damaged[1], {"line 9", "abaft", "4 phonemes"});
  expect_all_in(list.damaged[2], {"line 10", "ab-ck"});
  expect_all_in(list.damaged[3], {"line 11", "0>1<x"});
  expect_all_in(list.damaged[4], {"line 12", "1 columns"});
}

TEST(Nettalk, AnotherFileIsRefused) {
  expect_all_in(refusal([] { (void)read_nettalk(stored(test::bytes_of("some\ntext\n"), "nettalk.data")); }),
                {"nettalk.data", "none of 2", "line 1"});
  expect_all_in(refusal([] { (void)read_nettalk(stored({}, "nettalk.data")); }), {"nettalk.data", "none of 0"});
}

TEST(Nettalk, TheWindowHasTheLettersAround) {
  // "cab" around 'a': blank blank c A b blank blank; a is symbol 0, the blank 26.
  const auto window = letter_window("cab", 1);
  ASSERT_EQ(window.size(), 189u);
  const std::vector<std::size_t> symbols{26, 26, 2, 0, 1, 26, 26};
  for (std::size_t k = 0; k < 7; ++k) {
    for (std::size_t symbol = 0; symbol < 27; ++symbol)
      EXPECT_EQ(window[27 * k + symbol], symbol == symbols[k] ? 255 : 0) << k << " " << symbol;
  }
  EXPECT_EQ(letter_window("cab", 0)[27 * 2 + 26], 255);      // a blank before the word
  EXPECT_EQ(letter_window("abcdefgh", 4)[27 * 6 + 7], 255);  // three letters on
}

class NettalkSet : public ::testing::Test {
 protected:
  NettalkSet() {
    std::string text = kHeader;
    // Words of one letter each, so that a window tells its word.
    for (char letter = 'a'; letter <= 'z'; ++letter) {
      const std::string word(4, letter);
      text += word + "\t" + "AB-A" + "\t01<>\t0\n";
    }
    text += "zz\tA\t01\t0\n";
    std::filesystem::create_directories(folder / "nettalk");
    test::write_file(folder / "nettalk" / "nettalk.data", text);
  }
  NamedData load(DataRequest request) {
    const test::Environment data("PHASIC_DATA", folder.path().string());
    request.set = "nettalk";
    return load_named(request);
  }
  test::TemporaryFolder folder;
};

TEST_F(NettalkSet, NoWordIsInBothParts) {
  const auto data = load({});
  EXPECT_EQ(data.classes, (std::vector<std::string>{"-", "A", "B"}));
  EXPECT_EQ(data.training.size() + data.test.size(), 26u * 4);
  EXPECT_EQ(data.test.size(), 5u * 4);  // a fifth of the words
  EXPECT_EQ(data.training.inputs(), 189u);
  const auto letters = [](const Dataset& part) {
    std::set<std::size_t> found;
    for (std::size_t n = 0; n < part.size(); ++n) {
      const auto middle = part.image(n).subspan(3 * 27, 27);
      found.insert(static_cast<std::size_t>(std::find(middle.begin(), middle.end(), 255) - middle.begin()));
    }
    return found;
  };
  const auto training = letters(data.training), testing = letters(data.test);
  EXPECT_EQ(training.size(), 21u);
  EXPECT_EQ(testing.size(), 5u);
  for (const auto letter : testing) EXPECT_FALSE(training.contains(letter)) << letter;
  expect_all_in(data.notes.at(0), {"1 damaged line", "line 33", "zz"});
}

TEST_F(NettalkSet, TheSplitFollowsFromTheSeed) {
  DataRequest other;
  other.seed = 2;
  EXPECT_EQ(load({}).test.pixels, load({}).test.pixels);
  EXPECT_NE(load({}).test.pixels, load(other).test.pixels);
}

TEST_F(NettalkSet, StressIsTheOtherField) {
  DataRequest request;
  request.labels = "stress";
  const auto data = load(request);
  EXPECT_EQ(data.classes, (std::vector<std::string>{"0", "1", "<", ">"}));
}

}  // namespace
}  // namespace phasic::runtime

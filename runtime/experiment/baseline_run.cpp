// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/baseline_run.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <span>

#include "runtime/base/error.hpp"
#include "runtime/baseline/baseline.hpp"
#include "runtime/data/split.hpp"
#include "runtime/experiment/cost.hpp"
#include "runtime/experiment/measures.hpp"
#include "runtime/experiment/order.hpp"

namespace phasic::runtime {
namespace {

using baseline::Baseline;
using Samples = std::span<const std::uint32_t>;

constexpr std::size_t kTestBatch = 256;
constexpr std::uint64_t kBatchesUnseen = 64;  ///< after so many batches weights are looked at, whether they are numbers still

/// Calls `work` with one batch after the other.
template <class Work>
void in_batches(Samples samples, std::size_t size, const Work& work) {
  for (std::size_t first = 0; first < samples.size(); first += size)
    work(samples.subspan(first, std::min(size, samples.size() - first)));
}

std::uint32_t classes_in(const ExperimentData& data) {
  std::uint32_t classes = 0;
  for (const Dataset* const part : {&data.training, &data.validation, &data.test}) {
    for (const std::uint8_t label : part->labels) classes = std::max<std::uint32_t>(classes, label + 1U);
  }
  return classes;
}

/// The batches of a test: all classes mixed, or one class after the other, no batch with two of them.
std::vector<std::vector<std::uint32_t>> test_batches(const Dataset& data, std::uint32_t classes, bool single_class,
                                                     std::uint64_t seed) {
  std::vector<std::vector<std::uint32_t>> groups(single_class ? classes : 1);
  for (const std::uint32_t sample : mixed_order(data.size(), seed, Mixing::kOrder))
    groups[single_class ? data.labels[sample] : 0].push_back(sample);
  std::vector<std::vector<std::uint32_t>> batches;
  for (const auto& group : groups)
    in_batches(group, kTestBatch, [&](Samples batch) { batches.emplace_back(batch.begin(), batch.end()); });
  return batches;
}

Counted counted(const baseline::Work& work) {
  Counted sums{.samples = work.samples, .input_events = {}, .run_cycles = {}, .layers = {}};
  for (const auto& layer : work.layers) {
    sums.layers.push_back({.events = layer.events,
                           .synaptic_operations = layer.synaptic_operations,
                           .spikes = layer.spikes,
                           .update_operations = layer.update_operations,
                           .update_rows = {},
                           .potential_saturations = {},
                           .weight_saturations = {},
                           .feedback_operations = layer.feedback_operations});
  }
  return sums;
}

/// By layer; none if no change of weights spread.
std::optional<std::vector<double>> spread_shares(const baseline::Work& work) {
  std::vector<double> shares;
  for (const auto& layer : work.layers) {
    if (layer.spread_updates == 0) return std::nullopt;
    shares.push_back(layer.spread_shares / static_cast<double>(layer.spread_updates));
  }
  return shares;
}

std::string checksum_of(const baseline::Parameters& parameters) {
  uLong crc = 0;
  baseline::for_each_part(
      [&](const auto& part) {
        if (part.size() == 0) return;  // zlib takes a null pointer for the wish to start anew
        crc = ::crc32(crc, reinterpret_cast<const Bytef*>(part.data()), static_cast<uInt>(part.size() * sizeof(float)));
      },
      parameters);
  return fmt::format("{:08x}", crc);
}

/// What became of all samples of a set.
struct Judged {
  Tally tally;
  double cosines = 0;  ///< sum over the samples
};

/// A baseline that learns, and its looks at validation samples.
class BaselineLearner {
 public:
  BaselineLearner(const RunPlan& plan, const baseline::Settings& settings, const ExperimentData& data, std::uint32_t classes,
                  std::uint64_t samples, const RunProgress& progress)
      : plan_(plan),
        settings_(settings),
        data_(data),
        classes_(classes),
        samples_(samples),
        progress_(progress),
        learner_({.inputs = data.training.inputs(), .hidden = settings.neurons, .classes = classes}, settings,
                 baseline::scale_of(data.training), plan.seed) {}

  /// Samples of a pass, from 1, in this order. Throws InputError if weights stop being numbers.
  void learn(Samples samples, std::uint32_t pass) {
    learner_.begin_pass(pass);
    std::uint64_t batches = 0;
    in_batches(samples, settings_.batch, [&](Samples batch) {
      if (++batches % kBatchesUnseen == 0) check_numbers(pass);
      const std::uint64_t before = position_;
      right_ += learner_.learn(data_.training, batch);
      position_ += batch.size();
      const std::uint64_t every = plan_.experiment.evaluate_every;
      if (every > 0 && position_ / every != before / every) look();
      if (progress_) progress_(position_, samples_);
    });
    check_numbers(pass);
  }

  /// Passes over one class, until it is known as well as `stop_at` asks for; the weights with the lowest loss on it stay. Gives
  /// the number of passes.
  std::uint32_t learn_class(Samples passes, std::uint32_t number) {
    const std::size_t size = passes.size() / number;
    std::uint32_t pass = 0;
    std::uint32_t best_pass = 0;
    double best_loss = std::numeric_limits<double>::infinity();
    baseline::Parameters best;
    while (pass < number) {
      const Samples samples = passes.subspan(pass * size, size);
      learn(samples, ++pass);
      if (!settings_.stop_at) continue;
      const auto [accuracy, loss] = judge_class(samples);
      const bool stops = accuracy > *settings_.stop_at || pass == number;
      if (loss <= best_loss) {
        best_loss = loss;
        best_pass = pass;
        if (!stops) best = learner_.parameters();
      }
      if (stops) break;
    }
    if (settings_.stop_at && best_pass != pass && best_pass != 0) learner_.restore(best);
    learner_.end_class(data_.training, passes.first(size));
    return pass;
  }

  void look() {
    if (!looks_.empty() && looks_.back().first == position_) return;
    baseline::Work work;
    looks_.emplace_back(position_, evaluate(data_.validation, work).tally.share());
  }

  Judged evaluate(const Dataset& data, baseline::Work& work) const {
    Judged judged{.tally = Tally(classes_)};
    auto generator = testing_generator();
    const bool single_class = plan_.experiment.protocol == Protocol::kPublished;
    for (const auto& batch : test_batches(data, classes_, single_class, plan_.seed)) {
      const auto answers = learner_.answer(data, batch, generator, false, work);
      for (std::size_t n = 0; n < batch.size(); ++n) {
        ++judged.tally.shown[data.labels[batch[n]]];
        judged.tally.right[data.labels[batch[n]]] += answers.classes[n] == data.labels[batch[n]] ? 1 : 0;
      }
      judged.cosines += answers.cosine * static_cast<double>(batch.size());
    }
    return judged;
  }

  /// Share of right answers, before each was learned, since the last call.
  double take_share(std::uint64_t since) {
    const double share = static_cast<double>(right_) / static_cast<double>(position_ - since);
    right_ = 0;
    return share;
  }

  [[nodiscard]] std::uint64_t position() const { return position_; }
  [[nodiscard]] const std::vector<Look>& looks() const { return looks_; }
  [[nodiscard]] const Baseline& learner() const { return learner_; }

 private:
  void check_numbers(std::uint32_t pass) const {
    const auto layer = layer_out_of_numbers(learner_.parameters());
    if (!layer) return;
    throw DivergedError(
        plan_.experiment.file, "baseline.method",
        fmt::format("\"{}\": weights of the {} have stopped being numbers in epoch {}, after {} samples (seed {}); "
                    "smaller rates may help",
                    baseline::name(settings_.method), *layer, pass, position_, plan_.seed));
  }

  /// Accuracy and mean loss on training samples of a class, with a gate as in learning.
  [[nodiscard]] std::pair<double, double> judge_class(Samples samples) const {
    auto generator = testing_generator();
    baseline::Work ignored;
    std::uint64_t right = 0;
    double loss = 0;
    in_batches(samples, settings_.batch, [&](Samples batch) {
      const auto answers = learner_.answer(data_.training, batch, generator, true, ignored);
      for (std::size_t n = 0; n < batch.size(); ++n) right += answers.classes[n] == data_.training.labels[batch[n]] ? 1 : 0;
      loss += answers.loss * static_cast<double>(batch.size());
    });
    const auto count = static_cast<double>(samples.size());
    return {static_cast<double>(right) / count, loss / count};
  }

  /// Depends on what was learned so far, but not on how often was looked.
  [[nodiscard]] baseline::Generator testing_generator() const {
    return baseline::generator_of(plan_.seed + position_ * 0x9e3779b97f4a7c15U, baseline::Use::kTesting);
  }

  const RunPlan& plan_;
  const baseline::Settings& settings_;
  const ExperimentData& data_;
  std::uint32_t classes_;
  std::uint64_t samples_;
  const RunProgress& progress_;
  Baseline learner_;
  std::uint64_t position_ = 0;
  std::uint64_t right_ = 0;
  std::vector<Look> looks_;
};

void check_data(const RunPlan& plan, const ExperimentData& data) {
  for (const Dataset* const part : {&data.training, &data.validation, &data.test}) {
    if (part->has_events())
      throw InputError(plan.experiment.file, "data",
                       fmt::format("{} are recordings of events; baselines take intensities", part->name));
    if (part->size() != 0 && part->inputs() != data.training.inputs()) {
      throw InputError(plan.experiment.file, "data",
                       fmt::format("{} has {} inputs, but {} has {}", part->name, part->inputs(), data.training.name,
                                   data.training.inputs()));
    }
  }
}

}  // namespace

Row run_baseline(const RunPlan& plan, const ExperimentData& data, const RunProgress& progress) {
  const Experiment& experiment = plan.experiment;
  check_data(plan, data);
  const bool continual = experiment.task == Task::kClassContinual;
  const bool streaming = experiment.protocol == Protocol::kStreaming;
  const auto settings =
      baseline::parse_settings(JsonNode(experiment.baseline, experiment.file, "baseline"), continual, streaming);
  const std::uint32_t classes = classes_in(data);
  const PresentationOrder order =
      continual ? class_continual_order(data.training, classes, experiment.passes, plan.seed)
                : classification_order(data.training, experiment.passes, plan.seed, settings.keeps_order());
  BaselineLearner learner(plan, settings, data, classes, order.indices.size(), progress);
  const Dataset& judged = experiment.tests ? data.test : data.validation;

  Row row = begun_row(plan, data, baseline::name(settings.method));
  baseline::Work tested;
  std::vector<double> epochs;
  TaskAccuracies tasks;
  Judged last{.tally = Tally(classes)};
  std::size_t first = 0;
  for (const Stretch& stretch : order.stretches) {
    const std::uint64_t since = learner.position();
    const Samples samples = Samples(order.indices).subspan(first, stretch.end - first);
    first = stretch.end;
    if (continual) {
      epochs.push_back(learner.learn_class(samples, experiment.passes));
    } else {
      learner.learn(samples, stretch.class_shown + 1);
    }
    row.before_learning.push_back(learner.take_share(since));
    if (!continual) continue;
    tested = {};
    last = learner.evaluate(judged, tested);
    tasks.add(stretch.class_shown, last.tally);
  }
  if (experiment.evaluate_every > 0) learner.look();
  if (!continual) last = learner.evaluate(judged, tested);

  row.samples_learned = learner.position();
  put_accuracy(row, last.tally);
  row.mean_cosine = last.cosines / static_cast<double>(judged.size());
  row.spread_share = spread_shares(learner.learner().work());
  if (continual) {
    put_tasks(row, tasks);
    row.epochs_by_class = epochs;
  }
  row.formula_operations =
      formula_operations(settings.method, data.training.inputs(), settings.neurons, classes, settings.kind);
  if (experiment.evaluate_every > 0) put_looks(row, learner.looks(), experiment.levels);
  row.learned = counted(learner.learner().work());
  row.judged = counted(tested);
  const double passes = continual ? mean(epochs) : experiment.passes;
  row.epochs = passes;
  row.formula_cost = passes * static_cast<double>(row.formula_operations);
  row.weights_crc32 = checksum_of(learner.learner().parameters());
  row.baseline = baseline::canonical(settings);
  row.engine = "host";
  return row;
}

}  // namespace phasic::runtime

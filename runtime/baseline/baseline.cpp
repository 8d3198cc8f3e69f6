// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/baseline.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "runtime/baseline/analog_network.hpp"
#include "runtime/baseline/gate.hpp"
#include "runtime/baseline/spiking_network.hpp"
#include "runtime/network/levels.hpp"

namespace phasic::baseline {
namespace {

constexpr std::size_t kShownAtOnce = 32;        ///< samples that are answered at once, so that their steps fit caches
constexpr std::size_t kImportanceSamples = 20;  ///< of a batch whose gradient EWC squares

/// Intensities of samples, 0 to 1: m x B.
Matrix intensities_of(const runtime::Dataset& data, std::span<const std::uint32_t> samples) {
  std::array<float, 256> intensity_of;
  for (std::size_t n = 0; n < intensity_of.size(); ++n) intensity_of[n] = static_cast<float>(n) / 255;
  Matrix intensities(data.inputs(), static_cast<Index>(samples.size()));
  for (std::size_t n = 0; n < samples.size(); ++n) {
    const auto image = data.image(samples[n]);
    float* const column = intensities.col(static_cast<Index>(n)).data();
    for (std::size_t k = 0; k < image.size(); ++k) column[k] = intensity_of[image[k]];
  }
  return intensities;
}

Labels labels_of(const runtime::Dataset& data, std::span<const std::uint32_t> samples) {
  Labels labels;
  for (const std::uint32_t sample : samples) labels.push_back(data.labels[sample]);
  return labels;
}

SpikeTrains encode(const Matrix& intensities, const Matrix& batch, const Settings& settings, Generator& generator) {
  // The incremental form codes between the darkest and the brightest of the batch.
  if (settings.incremental()) return rate_coded(intensities, settings.steps, batch.minCoeff(), batch.maxCoeff(), 1, generator);
  return rate_coded(intensities, settings.steps, 0, 1, settings.noise, generator);
}

std::vector<std::uint8_t> largest(const Matrix& scores) {
  std::vector<std::uint8_t> classes;
  for (Index sample = 0; sample < scores.cols(); ++sample) {
    Index place = 0;
    scores.col(sample).maxCoeff(&place);
    classes.push_back(static_cast<std::uint8_t>(place));
  }
  return classes;
}

std::uint64_t right_of(const Matrix& scores, const Labels& labels) {
  const auto classes = largest(scores);
  std::uint64_t right = 0;
  for (std::size_t n = 0; n < labels.size(); ++n) right += classes[n] == labels[n] ? 1 : 0;
  return right;
}

/// Sum over the samples of the mean over classes of the squared error, or of the cross-entropy of EWC's analog network.
double loss_of(const Matrix& scores, const Labels& labels, const Settings& settings) {
  const Matrix expected = one_hot(labels, scores.rows());
  if (settings.method == Method::kEwc && !settings.spiking())
    return -(expected.array() * softmax(scores).array().max(1e-30F).log()).sum();
  return (scores - expected).squaredNorm() / static_cast<float>(scores.rows());
}

/// Sum over the samples of the cosine between the outputs and the target; 0 where all outputs are.
double cosines_of(const Matrix& scores, const Labels& labels) {
  double sum = 0;
  for (std::size_t n = 0; n < labels.size(); ++n) {
    const auto outputs = scores.col(static_cast<Index>(n));
    const float norm = outputs.norm();
    if (norm > 0) sum += outputs(labels[n]) / norm;
  }
  return sum;
}

Teaching teaching_of(const Sizes& sizes, const Settings& settings, std::uint64_t seed) {
  const auto hidden = static_cast<std::uint32_t>(sizes.hidden), classes = static_cast<std::uint32_t>(sizes.classes);
  const auto levels = runtime::modulated_levels(seed, 0, classes, hidden, settings.modulation);
  Generator generator = generator_of(seed, Use::kFeedback);
  const float amplitude = std::sqrt(6 / static_cast<float>(settings.method == Method::kRetrograde ? classes : hidden));
  return {.levels = Eigen::Map<const Eigen::MatrixXd>(levels.data(), hidden, classes).cast<float>(),
          .feedback = uniform(generator, hidden, classes, amplitude)};
}

Matrix rows_of(const Matrix& matrix, const std::vector<Index>& rows) { return matrix(rows, Eigen::all); }

}  // namespace

InputScale scale_of(const runtime::Dataset& training) {
  double sum = 0, squares = 0;
  for (const std::uint8_t pixel : training.pixels) {
    sum += pixel;
    squares += double{1} * pixel * pixel;
  }
  const auto count = static_cast<double>(training.pixels.size());
  const double mean = sum / count / 255;
  const double deviation = std::sqrt(std::max(0.0, squares / count / (255.0 * 255.0) - mean * mean));
  return {.mean = static_cast<float>(mean), .deviation = deviation == 0 ? 1 : static_cast<float>(deviation)};
}

Baseline::Baseline(const Sizes& sizes, const Settings& settings, const InputScale& scale, std::uint64_t seed)
    : sizes_(sizes),
      settings_(settings),
      scale_(scale),
      parameters_(initial_parameters(sizes, settings, seed)),
      teaching_(teaching_of(sizes, settings, seed)),
      optimizer_(settings.optimizer, settings.learning_rate),
      generator_(generator_of(seed, Use::kLearning)),
      settling_(settings.settles() ? make_settling(settings, seed) : nullptr) {}

void Baseline::begin_pass(std::uint32_t pass) {
  if (settings_.method == Method::kRetrograde && pass > settings_.rate_drop) optimizer_.set_rate(settings_.learning_rate / 10);
}

Matrix Baseline::standardised(const Matrix& intensities) const {
  if (!settings_.incremental()) return intensities;
  return (intensities.array() - scale_.mean) / scale_.deviation;
}

Matrix Baseline::gates_of(const Matrix& inputs, Gate gate) const {
  const Opening opening{.margin = settings_.gate_margin, .level = settings_.gate_level};
  if (gate == Gate::kBatch) return gates_of_batch(inputs, sizes_.hidden, opening);
  if (gate == Gate::kSample) return gates_of_samples(inputs, sizes_.hidden, opening);
  return {};
}

Baseline::Taught Baseline::teach(const runtime::Dataset& data, std::span<const std::uint32_t> samples) {
  const Matrix intensities = intensities_of(data, samples);
  const Matrix inputs = standardised(intensities);
  const Labels labels = labels_of(data, samples);
  const Matrix gates = gates_of(inputs, settings_.gate == Gate::kNone ? Gate::kNone : Gate::kBatch);
  const auto learn_with = [&](const Parameters& parameters, const Matrix& open_gates, const Teaching& teaching) {
    Taught taught;
    const auto count_right = [&](const Matrix& scores) { taught.right = right_of(scores, labels); };
    if (settings_.spiking()) {
      const SpikeTrains trains = encode(intensities, intensities, settings_, generator_);
      const SpikingPass pass = show(parameters, trains, open_gates, settings_, work_);
      count_right(pass.rates);
      taught.gradients = settings_.method == Method::kRetrograde
                             ? retrograde_gradients(parameters, trains, pass, labels, teaching, settings_, first_factor_, work_)
                             : gradients_of(parameters, trains, pass, open_gates, labels, teaching, settings_, work_);
    } else {
      const AnalogPass pass = show(parameters, inputs, open_gates, settings_, work_);
      count_right(pass.outputs);
      taught.gradients = gradients_of(parameters, inputs, pass, open_gates, labels, teaching, settings_, work_);
    }
    return taught;
  };
  if (gates.size() == 0) return learn_with(parameters_, gates, teaching_);
  // Closed neurons neither answer nor learn: the network is that of the open ones.
  const auto open = open_neurons(gates);
  Taught taught = learn_with(restricted(parameters_, open), rows_of(gates, open),
                             {.levels = rows_of(teaching_.levels, open), .feedback = rows_of(teaching_.feedback, open)});
  taught.gradients = spread_out(taught.gradients, open, sizes_.hidden);
  return taught;
}

void Baseline::add_penalty(Parameters& gradients) const {
  if (!consolidated_) return;
  for_each_part(
      [&](auto gradient, const auto& weights, const auto& kept, const auto& importance) {
        gradient.array() += settings_.importance * importance.array() * (weights - kept).array();
      },
      gradients, parameters_, consolidated_->weights, consolidated_->importance);
}

std::uint64_t Baseline::learn(const runtime::Dataset& data, std::span<const std::uint32_t> samples) {
  if (settling_) {
    const Labels labels = labels_of(data, samples);
    const Matrix targets = one_hot(labels, sizes_.classes);
    return right_of(settling_->learn(parameters_, intensities_of(data, samples), targets, samples, work_), labels);
  }
  Taught taught = teach(data, samples);
  if (settings_.method == Method::kEwc) {
    add_penalty(taught.gradients);
    const double norm = std::sqrt(taught.gradients.squares());
    if (norm > settings_.largest_gradient) taught.gradients.scale(static_cast<float>(settings_.largest_gradient / norm));
  }
  optimizer_.step(parameters_, taught.gradients);
  return taught.right;
}

Baseline::Answers Baseline::answer(const runtime::Dataset& data, std::span<const std::uint32_t> samples, Generator& generator,
                                   bool as_learning, Work& work) const {
  const Matrix all_intensities = intensities_of(data, samples);
  const Matrix all_inputs = standardised(all_intensities);
  const Matrix all_gates = gates_of(all_inputs, as_learning && settings_.gate == Gate::kSample ? Gate::kBatch : settings_.gate);
  std::vector<Index> open;
  Parameters part;
  const bool gated = all_gates.size() != 0;
  if (gated) {
    open = open_neurons(all_gates);
    part = restricted(parameters_, open);
  }
  const Parameters& parameters = gated ? part : parameters_;
  Answers answers;
  for (std::size_t first = 0; first < samples.size(); first += kShownAtOnce) {
    const std::size_t count = std::min(kShownAtOnce, samples.size() - first);
    const auto columns = Eigen::seqN(static_cast<Index>(first), static_cast<Index>(count));
    Matrix gates;
    if (gated) gates = all_gates(open, columns);
    Matrix scores;
    if (settling_) {
      scores = settling_->answer(parameters, all_intensities(Eigen::all, columns), work);
    } else if (settings_.spiking()) {
      const Matrix intensities = all_intensities(Eigen::all, columns);
      scores = show(parameters, encode(intensities, all_intensities, settings_, generator), gates, settings_, work).rates;
    } else {
      scores = show(parameters, all_inputs(Eigen::all, columns), gates, settings_, work).outputs;
    }
    const auto classes = largest(scores);
    answers.classes.insert(answers.classes.end(), classes.begin(), classes.end());
    const Labels labels = labels_of(data, samples.subspan(first, count));
    answers.loss += loss_of(scores, labels, settings_);
    answers.cosine += cosines_of(scores, labels);
  }
  answers.loss /= static_cast<double>(samples.size());
  answers.cosine /= static_cast<double>(samples.size());
  return answers;
}

void Baseline::end_class(const runtime::Dataset& data, std::span<const std::uint32_t> samples) {
  if (settings_.method != Method::kEwc) return;
  Parameters importance = parameters_.zeros();
  for (std::size_t first = 0; first < samples.size(); first += kImportanceSamples) {
    const std::size_t count = std::min(kImportanceSamples, samples.size() - first);
    // Of the loss alone: with the penalty in it, an importance would be squared again for each class, and soon be infinite.
    const Parameters gradients = teach(data, samples.subspan(first, count)).gradients;
    const auto scale = static_cast<float>(static_cast<double>(count) / static_cast<double>(samples.size()));
    for_each_part([&](auto sum, const auto& gradient) { sum += scale * gradient.cwiseAbs2(); }, importance, gradients);
  }
  if (consolidated_) {
    const auto before = static_cast<float>(consolidated_->classes);
    for_each_part([&](auto now, const auto& old) { now = (now + before * old) / (before + 1); }, importance,
                  consolidated_->importance);
  }
  const std::uint32_t classes = consolidated_ ? consolidated_->classes + 1 : 1;
  consolidated_ = Consolidated{.weights = parameters_, .importance = std::move(importance), .classes = classes};
}

}  // namespace phasic::baseline

// SPDX-License-Identifier: Apache-2.0
#include <fftw3.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>

#include "runtime/data/sound.hpp"

namespace phasic::runtime {
namespace {

double mel_of(double hertz) { return 2595 * std::log10(1 + hertz / 700); }
double hertz_of(double mel) { return 700 * (std::pow(10, mel / 2595) - 1); }

/// Edge k of the filters; band b rises from edge b to edge b + 1 and falls to edge b + 2.
double edge(const FilterBank& bank, std::uint32_t k) { return hertz_of(mel_of(bank.rate / 2.0) * k / (bank.bands + 1)); }

/// Power spectra by way of FFTW. Its planner is the only part that is not thread-safe; data sets are read by one thread.
class Transform {
 public:
  explicit Transform(std::size_t size)
      : size_(size),
        in_(static_cast<double*>(fftw_malloc(sizeof(double) * size)), fftw_free),
        out_(static_cast<fftw_complex*>(fftw_malloc(sizeof(fftw_complex) * (size / 2 + 1))), fftw_free),
        plan_(fftw_plan_dft_r2c_1d(static_cast<int>(size), in_.get(), out_.get(), FFTW_ESTIMATE), fftw_destroy_plan) {}
  double* input() { return in_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t bins() const { return size_ / 2 + 1; }
  void run() { fftw_execute(plan_.get()); }
  [[nodiscard]] double power(std::size_t bin) const {
    return out_.get()[bin][0] * out_.get()[bin][0] + out_.get()[bin][1] * out_.get()[bin][1];
  }

 private:
  std::size_t size_;
  std::unique_ptr<double, void (*)(void*)> in_;
  std::unique_ptr<fftw_complex, void (*)(void*)> out_;
  std::unique_ptr<std::remove_pointer_t<fftw_plan>, void (*)(fftw_plan)> plan_;
};

}  // namespace

double centre_of_band(const FilterBank& bank, std::uint32_t band) { return edge(bank, band + 1); }

std::vector<std::uint8_t> spectrum_picture(const Sound& given, const FilterBank& bank) {
  const auto sound = resampled(given, bank.rate);
  // Twice the window, so that the narrow low bands have several bins each.
  Transform transform(2 * std::size_t{bank.window});
  std::vector<std::vector<double>> filters(bank.bands, std::vector<double>(transform.bins()));
  for (std::uint32_t band = 0; band < bank.bands; ++band) {
    const double low = edge(bank, band), centre = edge(bank, band + 1), high = edge(bank, band + 2);
    for (std::size_t bin = 0; bin < transform.bins(); ++bin) {
      const double hertz = static_cast<double>(bin) * bank.rate / static_cast<double>(transform.size());
      filters[band][bin] = std::max(0.0, std::min((hertz - low) / (centre - low), (high - hertz) / (high - centre)));
    }
  }
  const std::size_t count = sound.samples.empty() ? 1 : (sound.samples.size() - 1) / bank.hop + 1;
  std::vector<std::vector<double>> power(bank.bands, std::vector<double>(count));
  for (std::size_t frame = 0; frame < count; ++frame) {
    // A window is centred on the middle of its hop; beyond the recording there is silence.
    const auto begin = static_cast<std::int64_t>(frame * bank.hop) + bank.hop / 2 - bank.window / 2;
    std::fill_n(transform.input(), transform.size(), 0.0);
    for (std::int64_t n = 0; n < bank.window; ++n) {
      if (begin + n < 0 || begin + n >= static_cast<std::int64_t>(sound.samples.size())) continue;
      const double hann = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * (static_cast<double>(n) + 0.5) / bank.window);
      transform.input()[n] = hann * sound.samples[static_cast<std::size_t>(begin + n)];
    }
    transform.run();
    for (std::uint32_t band = 0; band < bank.bands; ++band) {
      for (std::size_t bin = 0; bin < transform.bins(); ++bin) power[band][frame] += filters[band][bin] * transform.power(bin);
    }
  }
  // Frame k of the picture covers [k, k + 1) * count / frames of the spectra.
  std::vector<double> means(std::size_t{bank.bands} * bank.frames);
  const double width = static_cast<double>(count) / bank.frames;
  for (std::uint32_t band = 0; band < bank.bands; ++band) {
    for (std::uint32_t k = 0; k < bank.frames; ++k) {
      const double begin = k * width, end = begin + width;
      double sum = 0;
      for (auto n = static_cast<std::size_t>(begin); n < count && static_cast<double>(n) < end; ++n) {
        const auto place = static_cast<double>(n);
        sum += power[band][n] * std::max(0.0, std::min(end, place + 1) - std::max(begin, place));
      }
      means[std::size_t{band} * bank.frames + k] = sum / width;
    }
  }
  constexpr double kSilence = 1e-12;
  const double loudest = *std::max_element(means.begin(), means.end());
  std::vector<std::uint8_t> picture(means.size());
  if (loudest < kSilence) return picture;
  for (std::size_t n = 0; n < means.size(); ++n) {
    const double decibels = means[n] > 0 ? 10 * std::log10(means[n] / loudest) : -bank.range;
    picture[n] = static_cast<std::uint8_t>(std::lround(255 * std::clamp(1 + decibels / bank.range, 0.0, 1.0)));
  }
  return picture;
}

}  // namespace phasic::runtime
